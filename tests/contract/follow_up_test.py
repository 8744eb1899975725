# SPDX-License-Identifier: Apache-2.0
"""What a case keeps: its questions with the digests of their answers, and how far its contacts have been followed up."""

import csv
import hashlib
import io
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.service import run
from support.slots import SLOT_S, SlotTest
from support.town import rfc3339


def sha256(lines):
    return hashlib.sha256("".join(line + "\n" for line in lines).encode("utf-8")).hexdigest()


def line(*values):
    """Values as JSON tells them, with a tab between two; lists joined by ';'."""
    told = [";".join(map(str, value)) if isinstance(value, list) else {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
            for value in values]
    return "\t".join(told)


def contacts_digest(answer):
    rows = [line(row["person"]["id"], row["degree"], row["episodes"], row["kinds"], row["total_s"], row["longest_s"], row["first"], row["last"])
            for row in answer["contacts"]]
    return sha256(["contacts", *rows, line(answer["complete"], answer["left_out"])])


class FollowUpTest(SlotTest):
    _cases = iter(range(1, 1000))

    def setUp(self):
        super().setUp()
        self.case = self.service.case(self.tracer, f"F-{next(self._cases)}")

    def questions(self, query="", case=None):
        done = self.tracer.get(f"/api/v1/cases/{case or self.case}/questions{query}")
        self.assertEqual(done.status, 200, done)
        return done.json

    def ask_in_case(self, *people, form="", **more):
        body = {"case": self.case, "index": [{"person": person} for person in people], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S), **more}
        done = self.tracer.post(f"/api/v1/traces{form}", body)
        self.assertEqual(done.status, 200, done)
        return done

    def mark(self, *marks, case=None):
        done = self.tracer.post(f"/api/v1/cases/{case or self.case}/contacts", {"marks": list(marks)})
        self.assertEqual(done.status, 200, done)
        self.assertEqual(len(done.json["results"]), len(marks))
        return done.json["results"]

    def contacts(self, query=""):
        done = self.tracer.get(f"/api/v1/cases/{self.case}/contacts{query}")
        self.assertEqual(done.status, 200, done)
        return done.json

    def last_line(self):
        return self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]


class KeptQuestions(FollowUpTest):
    def window(self):
        return f"from={rfc3339(self.at)}&to={rfc3339(self.at + SLOT_S)}"

    def test_each_question_is_kept_as_it_can_be_sent_again_with_a_digest_of_its_answer(self):
        index, other = self.stay(0, 900), self.stay(300, 1200)
        answer = self.ask_in_case(index).json
        passages = self.tracer.get(f"/api/v1/sites/S1/passages?case={self.case}&{self.window()}").json
        path = self.tracer.get(f"/api/v1/people/{other}/trajectory?case={self.case}&{self.window()}").json
        window = {"from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S)}
        shared_body = {"case": self.case, "index": [{"person": index, **window}, {"person": other}], **window, "limit": 3}
        shared = self.tracer.post("/api/v1/shared-places", shared_body).json
        kept = self.questions()["questions"]
        self.assertEqual([one["kind"] for one in kept], ["places", "trajectory", "passages", "contacts"])
        self.assertEqual({one["by"] for one in kept}, {"tracer-1"})
        self.assertEqual([one["people_kept"] for one in kept], [False, False, False, True])
        self.assertEqual([one["count"] for one in kept], [shared["count"], path["count"], passages["count"], 1])
        self.assertEqual(kept[3]["digest"], contacts_digest(answer))
        self.assertEqual(kept[2]["digest"], sha256(["passages", *[line(row["person"]["id"], row["first"], row["last"], row["scans"]) for row in passages["passages"]]]))
        self.assertEqual(kept[1]["digest"], sha256([
            "trajectory", path["person"]["id"], *[line(one["site"]["ref"], one["begin"], one["end"], one["ended_by"]) for one in path["visits"]],
            *[line(one["id"], one["site"]["ref"], one["at"], one["direction"], one["repeated"], one["voided"], one["flags"], one["evidence"]) for one in path["scans"]]]))
        self.assertEqual(kept[0]["question"], shared_body)
        self.assertEqual(kept[1]["question"], {"person": other, **window})
        self.assertEqual(kept[2]["question"], {"site": "S1", **window})
        self.assertEqual(kept[3]["question"]["index"], [{"person": index}])
        again = self.tracer.post("/api/v1/traces", kept[3]["question"])
        self.assertEqual((again.status, again.json), (200, answer))
        self.assertEqual(self.questions()["questions"][3]["times"], 2)

    def test_the_digest_is_in_the_audit_log_too(self):
        index = self.stay(0, 900)
        self.stay(300, 1200)
        answer = self.ask_in_case(index).json
        line_of_it = self.last_line()
        self.assertEqual(line_of_it["action"], "trace_asked")
        self.assertIn(contacts_digest(answer), line_of_it["sentence"])

    def test_exports_and_disclosures_are_kept_as_the_same_question(self):
        index = self.stay(0, 900)
        self.stay(300, 1200)
        answer = self.ask_in_case(index).json
        for form in ("csv", "ndjson", "xlsx"):
            self.ask_in_case(index, form=f"?format={form}")
        query = {"contacts": {"index": [{"person": index}], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S)}}
        done = self.tracer.post(f"/api/v1/cases/{self.case}/disclosures", {"query": query, "fields": ["name", "phone"], "recipient": "疾控", "reason": "通知"})
        self.assertEqual(done.status, 200, done)
        kept = self.questions()["questions"]
        self.assertEqual([(one["times"], one["digest"]) for one in kept], [(5, contacts_digest(answer))])

    def test_searches_are_not_kept_nor_what_was_refused(self):
        index = self.stay(0, 900)
        self.tracer.post("/api/v1/people/search", {"case": self.case, "name": "李", "phone": "14200000001"})
        self.assertEqual(self.tracer.post("/api/v1/traces", {"case": self.case, "index": [{"person": index}], "from": rfc3339(self.at), "to": rfc3339(self.at)}).status, 422)
        self.assertEqual(self.tracer.get(f"/api/v1/sites/none/passages?case={self.case}&{self.window()}").status, 404)
        self.assertEqual(self.questions(), {"questions": []})

    def test_they_are_listed_in_pages(self):
        people = [self.stay(60 * n, 60 * n + 30) for n in range(3)]
        for person in people:
            self.ask_in_case(person)
        first = self.questions("?limit=2")
        rest = self.questions(f"?limit=2&cursor={first['next']}")
        self.assertEqual([one["question"]["index"][0]["person"] for one in first["questions"] + rest["questions"]], people[::-1])
        self.assertNotIn("next", rest)
        for query, code in (("?limit=0", "page_limit_range"), ("?limit=101", "page_limit_range"), ("?limit=x", "page_limit_range"), ("?cursor=x", "cursor_unknown")):
            self.assert_problem(self.tracer.get(f"/api/v1/cases/{self.case}/questions{query}"), 422, code)

    def test_a_case_that_is_not_open_tells_nothing_of_them(self):
        self.ask_in_case(self.stay(0, 900))
        path = f"/api/v1/cases/{self.case}/questions"
        for state in ("hold", "closed"):
            self.tracer.call("PATCH", f"/api/v1/cases/{self.case}", {"state": state})
            self.assert_problem(self.tracer.get(path), 403, "no_case")
        self.assertEqual(self.last_line()["action"], "question_refused")
        self.tracer.call("PATCH", f"/api/v1/cases/{self.case}", {"state": "open"})
        self.assertEqual(len(self.questions()["questions"]), 1)
        self.assert_problem(self.tracer.get("/api/v1/cases/none/questions"), 403, "no_case")

    def test_they_survive_kill_9_and_the_check_opens_them_all(self):
        index = self.stay(0, 900)
        self.stay(300, 1200)
        self.ask_in_case(index, index=[{"person": index}, {"plate": "冀F77777"}])
        before = self.questions()
        self.restart(hard=True)
        self.assertEqual(self.questions(), before)
        self.service.stop()
        run("check", "--data", self.service.data)
        with open(os.path.join(self.service.data, "chayan.db"), "rb") as file:
            self.assertNotIn("冀F77777".encode(), file.read())
        self.service.restart()
        self.restart()
        self.assertEqual(self.questions(), before)


class Marks(FollowUpTest):
    def test_a_night_of_marks(self):
        index, met, other = self.stay(0, 900), self.stay(300, 1200), self.stay(600, 1500)
        self.assertTrue(all("mark" not in row for row in self.ask_in_case(index).json["contacts"]))
        results = self.mark({"person": met, "state": "to_call", "assigned": "tracer-1"}, {"person": other, "state": "not_contact", "note": "隔着玻璃"})
        self.assertEqual([(one["status"], one["person"], one["state"], one["by"]) for one in results],
                         [(201, met, "to_call", "tracer-1"), (201, other, "not_contact", "tracer-1")])
        self.assertEqual((results[0]["assigned"], results[1]["note"]), ("tracer-1", "隔着玻璃"))
        self.assertEqual([one["status"] for one in self.mark({"person": met, "state": "to_call"})], [200])
        told = {row["person"]["id"]: row["mark"] for row in self.ask_in_case(index).json["contacts"]}
        self.assertEqual(told, {met: {"state": "to_call", "assigned": "tracer-1"}, other: {"state": "not_contact"}})
        self.mark({"person": met, "state": "reached", "note": "已通知居家", "assigned": None})
        listed = self.contacts()
        self.assertEqual([(row["person"]["id"], row["state"], row.get("assigned"), row["note"], row["marks"]) for row in listed["contacts"]],
                         [(met, "reached", None, "已通知居家", 2), (other, "not_contact", None, "隔着玻璃", 1)])
        self.assertEqual((listed["count"], listed["complete"], listed["states"]), (2, True, {"to_call": 0, "reached": 1, "not_contact": 1, "isolated": 0}))
        self.assertEqual([row["person"]["id"] for row in self.contacts("?state=reached")["contacts"]], [met])
        self.assertEqual(self.contacts("?assigned=tracer-1")["count"], 0)
        history = self.tracer.get(f"/api/v1/cases/{self.case}/contacts/{met}").json["marks"]
        self.assertEqual([(one["state"], one.get("note"), one.get("assigned")) for one in history], [("to_call", None, "tracer-1"), ("reached", "已通知居家", None)])
        self.assertEqual(self.tracer.get(f"/api/v1/cases/{self.case}").json["contacts"], listed["states"])

    def test_people_are_masked_and_every_form_tells_all(self):
        people = [self.stay(60 * n, 60 * n + 30) for n in range(3)]
        self.mark(*[{"person": person, "state": "to_call", "note": "=1+1"} for person in people])
        table = self.tracer.get(f"/api/v1/cases/{self.case}/contacts?format=csv")
        self.assertEqual((table.status, table.headers["Chayan-Rows"], table.headers["Chayan-Complete"]), (200, "3", "true"), table)
        rows = list(csv.DictReader(io.StringIO(table.raw.decode("utf-8-sig"))))
        self.assertEqual([row["person.id"] for row in rows], people)
        self.assertTrue(all(row["person.name"].endswith("*") and row["state"] == "to_call" for row in rows), rows)
        self.assertTrue(all(not row["note"].startswith("=") for row in rows), rows)
        for form in ("ndjson", "xlsx"):
            done = self.tracer.get(f"/api/v1/cases/{self.case}/contacts?format={form}")
            self.assertEqual((done.status, done.headers["Chayan-Rows"]), (200, "3"), done)

    def test_a_trace_that_leaves_as_a_table_has_the_marks_in_columns_of_their_own(self):
        index, met, other = self.stay(0, 900), self.stay(300, 1200), self.stay(600, 1500)
        self.mark({"person": met, "state": "isolated", "assigned": "tracer-1"})
        rows = list(csv.DictReader(io.StringIO(self.ask_in_case(index, form="?format=csv").raw.decode("utf-8-sig"))))
        self.assertEqual({row["person.id"]: (row["mark.state"], row["mark.assigned"]) for row in rows}, {met: ("isolated", "tracer-1"), other: ("", "")})
        query = {"contacts": {"index": [{"person": index}], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S)}}
        given = self.tracer.post(f"/api/v1/cases/{self.case}/disclosures?format=csv", {"query": query, "fields": ["name"], "recipient": "疾控", "reason": "通知"})
        self.assertEqual(given.status, 200, given)
        self.assertNotIn("mark", given.raw.decode("utf-8-sig").splitlines()[0])   # what the office says of them is its own

    def test_each_mark_is_judged_on_its_own(self):
        person = self.stay(0, 900)
        results = self.mark({"person": person, "state": "reached"}, {"person": person}, {"person": "0" * 12, "state": "reached"}, {"person": person, "state": "odd"},
                            {"person": person, "state": "not_contact"}, {"person": person, "assigned": "guard-1"}, {"person": person, "state": 1}, {"state": "reached"},
                            {"person": person, "state": "reached", "who": "x"}, {"person": person, "state": "isolated"})
        self.assertEqual([(one["status"], one.get("code")) for one in results], [
            (201, None), (422, "mark_empty"), (404, "person_unknown"), (422, "mark_state_unknown"), (422, "mark_note_needed"), (422, "assignee_unknown"),
            (400, "wrong_type"), (422, "missing"), (400, "unknown_member"), (201, None)])
        self.assertTrue(all(one["detail"] for one in results if "code" in one))
        self.assertEqual([row["state"] for row in self.contacts()["contacts"]], ["isolated"])

    def test_500_at_once_are_taken_and_501_are_none(self):
        person = self.stay(0, 900)
        marks = [{"person": person, "state": ("reached", "to_call")[n % 2]} for n in range(501)]
        path = f"/api/v1/cases/{self.case}/contacts"
        self.assert_problem(self.tracer.post(path, {"marks": marks}), 422, "batch_too_large")
        self.assertEqual(self.contacts()["count"], 0)
        self.assertEqual({one["status"] for one in self.mark(*marks[:500])}, {201})
        self.assertEqual(self.contacts()["contacts"][0]["marks"], 500)
        self.assert_problem(self.tracer.post(path, b"x" * (256 * 1024 + 1)), 413)

    def test_a_note_is_at_most_200_characters(self):
        person = self.stay(0, 900)
        results = self.mark({"person": person, "note": "字" * 200}, {"person": person, "note": "字" * 201})
        self.assertEqual([(one["status"], one.get("code")) for one in results], [(201, None), (422, "text_too_long")])

    def test_one_line_tells_what_was_marked_and_nobody_is_told_that_they_were_looked_at(self):
        index = self.stay(0, 900)
        number = self.number()
        resident = self.resident(number)
        self.scanned(resident, "S1")
        person = self.person_id(phone=phone(number))
        looks = len(resident.get("/api/v1/me/access").json["looks"])
        self.mark({"person": person, "state": "reached", "note": "电话无人接"}, {"person": index, "state": "isolated"})
        told = self.last_line()
        self.assertEqual((told["action"], told["case"]), ("contacts_marked", self.case))
        for word in (person, index, "reached", "isolated"):
            self.assertIn(word, told["sentence"])
        self.assertNotIn("无人接", told["sentence"])
        self.contacts()
        self.assertEqual(self.last_line()["action"], "follow_up_listed")
        self.tracer.get(f"/api/v1/cases/{self.case}/contacts/{person}")
        self.assertEqual(self.last_line()["action"], "marks_listed")
        self.assertEqual(len(resident.get("/api/v1/me/access").json["looks"]), looks)

    def test_nobody_but_a_tracer_marks_or_sees_marks_and_none_without_an_open_case(self):
        person = self.stay(0, 900)
        path = f"/api/v1/cases/{self.case}/contacts"
        body = {"marks": [{"person": person, "state": "reached"}]}
        for client in (self.admin, self.manager, self.guard, self.auditor):
            for answer in (client.post(path, body), client.get(path), client.get(f"{path}/{person}"), client.get(f"/api/v1/cases/{self.case}/questions")):
                self.assert_problem(answer, 403, "forbidden")
        for state in ("hold", "closed"):
            self.tracer.call("PATCH", f"/api/v1/cases/{self.case}", {"state": state})
            for answer in (self.tracer.post(path, body), self.tracer.get(path), self.tracer.get(f"{path}/{person}")):
                self.assert_problem(answer, 403, "no_case")
        self.tracer.call("PATCH", f"/api/v1/cases/{self.case}", {"state": "open"})
        self.assertEqual(self.contacts()["count"], 0)
        self.assert_problem(self.tracer.get(f"{path}?state=odd"), 422, "mark_state_unknown")
        self.assert_problem(self.tracer.get(f"{path}/{'0' * 12}"), 404, "person_unknown")

    def test_marks_are_there_after_kill_9_and_no_word_of_them_lies_open(self):
        person = self.stay(0, 900)
        self.mark({"person": person, "state": "not_contact", "note": "同名另有其人云"})
        before = self.contacts()
        self.restart(hard=True)
        self.assertEqual(self.contacts(), before)
        self.service.stop()
        run("check", "--data", self.service.data)
        with open(os.path.join(self.service.data, "chayan.db"), "rb") as file:
            self.assertNotIn("另有其人云".encode(), file.read())
        self.assertNotIn("另有其人云", self.service.stderr())
        self.service.start()
        self.restart()


class AskedAgain(FollowUpTest):
    def again(self, number=0, query="", **body):
        """The kept question of that number, newest first, asked again."""
        kept = self.questions()["questions"][number]
        done = self.tracer.post(f"/api/v1/cases/{self.case}/questions/{kept['id']}/run{query}", body)
        self.assertEqual(done.status, 200, done)
        return done

    def new_people(self, answer):
        return {row["person"]["id"] for row in answer["contacts"] if row["new"]}

    def test_a_tracers_night_ends_with_who_is_new_since(self):
        index, met = self.stay(0, 900), self.stay(300, 1200)
        answer = self.ask_in_case(index).json
        self.mark({"person": met, "state": "reached"})
        nothing = self.again().json
        self.assertEqual((nothing["same"], nothing["new"], nothing["gone"], self.new_people(nothing)), (True, 0, 0, set()))
        self.assertEqual(nothing["contacts"][0]["mark"], {"state": "reached"})
        self.assertEqual({key: nothing[key] for key in ("count", "complete", "left_out", "parameters")}, {key: answer[key] for key in ("count", "complete", "left_out", "parameters")})
        late = self.stay(600, 1500)   # an offline queue that came in meanwhile
        changed = self.again().json
        self.assertEqual((changed["same"], changed["new"], changed["gone"], changed["count"], self.new_people(changed)), (False, 1, 0, 2, {late}))
        kept = self.questions()["questions"]
        self.assertEqual([(one["count"], one["times"]) for one in kept], [(2, 1), (1, 2)])
        self.assertEqual(kept[1]["asked_last"], changed["since"])
        self.assertEqual(self.again(0).json["new"], 0)      # since the second answer nobody
        self.assertEqual(self.again(1).json["new"], 1)      # since the first still the one
        self.assertEqual(self.last_line()["action"], "trace_asked")

    def test_every_form_says_who_is_new(self):
        index = self.stay(0, 900)
        met = self.stay(300, 1200)
        self.ask_in_case(index)
        late = self.stay(600, 1500)
        rows = list(csv.DictReader(io.StringIO(self.again(query="?format=csv").raw.decode("utf-8-sig"))))
        self.assertEqual({row["person.id"]: row["new"] for row in rows}, {met: "false", late: "true"})
        for form in ("ndjson", "xlsx"):
            self.assertEqual(self.again(1, f"?format={form}").headers["Chayan-Rows"], "2")

    def test_who_became_one_is_not_new_and_who_is_voided_away_is_gone(self):
        index = self.stay(0, 900)
        number, other = self.number(), self.number()
        subject = {"document": document(number), "name": name(number)}
        self.gate((subject, "S1", "in", self.at + 300), (subject, "S1", "out", self.at + 900))
        person = self.person_id(document=document(number))
        first = self.ask_in_case(index).json
        self.assertEqual([row["person"]["id"] for row in first["contacts"]], [person])
        joined = {"document": document(number), "name": name(other)}
        self.gate((joined, "X1", "in", self.at + 8000))
        review = next(one for one in self.tracer.get("/api/v1/reviews").json["reviews"] if person in (one["a"]["person"], one["b"]["person"]))
        self.assertEqual(self.tracer.post(f"/api/v1/reviews/{review['id']}", {"decision": "same"}).status, 200)
        answer = self.again().json
        self.assertEqual((answer["same"], answer["new"], answer["gone"]), (True, 0, 0), answer)
        self.ask_in_case(index, min_overlap_s=1)
        self.assertEqual(self.again(0).json["gone"], 0)

    def test_a_window_is_as_it_was_spelt_out_unless_it_is_to_end_now(self):
        number = self.number()
        index = self.resident(number)
        self.scanned(index, "P1")
        person = self.person_id(phone=phone(number))
        window = {"from": rfc3339(int(time.time()) - 3600), "to": rfc3339(int(time.time()) - 60)}
        for path in (f"/api/v1/people/{person}/trajectory?case={self.case}&from={window['from']}&to={window['to']}",
                     f"/api/v1/sites/P1/passages?case={self.case}&from={window['from']}&to={window['to']}"):
            self.assertEqual(self.tracer.get(path).json["count"], 0)
            self.assertEqual((self.again().json["count"], self.again().json["same"]), (0, True))
            extended = self.again(until_now=True).json
            self.assertEqual((extended["count"], extended["same"]), (1, False))
        body = {"case": self.case, "index": [{"person": person}], "preset": "who", "anchor": {"onset": rfc3339(int(time.time()) - 3600)}}
        self.assertEqual(self.tracer.post("/api/v1/traces", body).json["count"], 0)
        kept = self.questions()["questions"][0]
        self.assertIs(kept["until_now"], True)
        self.assertEqual(self.again().json["parameters"]["to"], kept["question"]["to"])

    def test_only_a_question_of_this_open_case_is_asked_again(self):
        self.ask_in_case(self.stay(0, 900))
        kept = self.questions()["questions"][0]["id"]
        other = self.service.case(self.tracer, f"F-{next(self._cases)}")
        path = f"/api/v1/cases/{self.case}/questions/{kept}/run"
        self.assert_problem(self.tracer.post(f"/api/v1/cases/{other}/questions/{kept}/run", {}), 404, "question_unknown")
        self.assert_problem(self.tracer.post(f"/api/v1/cases/{self.case}/questions/{'0' * 26}/run", {}), 404, "question_unknown")
        self.assert_problem(self.tracer.post(path, {"until": True}), 400)
        self.assert_problem(self.tracer.post(path, {"until_now": 1}), 400)
        self.assert_problem(self.tracer.post(f"{path}?format=odd", {}), 422, "format_unknown")
        for client in (self.admin, self.manager, self.guard, self.auditor):
            self.assert_problem(client.post(path, {}), 403, "forbidden")
        self.tracer.call("PATCH", f"/api/v1/cases/{self.case}", {"state": "closed"})
        self.assert_problem(self.tracer.post(path, {}), 403, "no_case")


class RunOfThen(FollowUpTest):
    def test_a_question_as_known_then_is_asked_again_as_of_now(self):
        index, first = self.stay(0, 1000), self.stay(400, 2000)
        then = rfc3339(int(time.time()))
        time.sleep(1.1)
        late = self.stay(500, 900)
        self.assertEqual([row["person"]["id"] for row in self.ask_in_case(index, known_at=then).json["contacts"]], [first])
        kept = self.questions()["questions"][0]
        self.assertEqual(kept["question"]["known_at"], then)
        again = self.tracer.post(f"/api/v1/cases/{self.case}/questions/{kept['id']}/run", {}).json
        self.assertEqual({row["person"]["id"]: row["new"] for row in again["contacts"]}, {first: False, late: True})
        self.assertEqual((again["gone"], again["same"], "known_at" in again["parameters"]), (0, False, False))


class ToldVisits(FollowUpTest):
    """What somebody says in an interview counts in their case, and nowhere else."""

    def tell(self, person, begin, end, site="X1", status=201, case=None, **more):
        done = self.tracer.post(f"/api/v1/cases/{case or self.case}/visits",
                                {"person": person, "site": site, "from": rfc3339(self.at + begin), "to": rfc3339(self.at + end), **more})
        self.assertEqual(done.status, status, done)
        return done.json

    def met(self, person, case=None, **more):
        rows = self.ask_in_case(person, **more).json["contacts"] if case is None else self.tracer.post("/api/v1/traces", {
            "case": case, "index": [{"person": person}], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S), **more}).json["contacts"]
        return {row["person"]["id"]: row["total_s"] for row in rows}

    def test_a_visit_that_was_told_of_makes_contacts_in_its_case_alone_until_it_is_withdrawn(self):
        index, there = self.stay(0, 900, "S1"), self.stay(3000, 4000, "X1")
        self.assertEqual(self.met(index), {})
        told = self.tell(index, 3600, 5400, note="晚饭，没有扫码")
        self.assertEqual((self.met(index), self.met(there)), ({there: 400}, {index: 400}))
        other = self.service.case(self.tracer, f"F-{next(self._cases)}")
        self.assertEqual(self.met(index, case=other), {})
        reasons = self.ask_in_case(index, explain=True).json["contacts"][0]["explain"]
        self.assertEqual([(one["kind"], one["ended_by"]) for one in reasons], [("venue", "scanned")])
        self.tracer.call("DELETE", f"/api/v1/cases/{self.case}/visits/{told['id']}")
        self.assertEqual(self.met(index), {})
        self.assertEqual(self.tracer.call("DELETE", f"/api/v1/cases/{self.case}/visits/{told['id']}").code, "visit_unknown")

    def test_a_trajectory_shows_it_as_told_and_shared_places_count_it(self):
        one, other = self.stay(0, 900, "S1"), self.stay(0, 900, "S2")
        for person in (one, other):
            self.tell(person, 3600, 5400)
        window = f"case={self.case}&from={rfc3339(self.at)}&to={rfc3339(self.at + SLOT_S)}"
        visits = self.tracer.get(f"/api/v1/people/{one}/trajectory?{window}").json["visits"]
        self.assertEqual([(visit["site"]["ref"], visit["ended_by"]) for visit in visits], [("S1", "scanned"), ("X1", "told")])
        places = self.tracer.post("/api/v1/shared-places", {"case": self.case, "index": [{"person": one}, {"person": other}], "from": rfc3339(self.at),
                                                            "to": rfc3339(self.at + SLOT_S)}).json["places"]
        self.assertEqual([place["site"]["ref"] for place in places], ["X1"])

    def test_as_known_before_it_was_told_it_does_not_count_and_as_known_before_it_was_withdrawn_it_does(self):
        index, there = self.stay(0, 900, "S1"), self.stay(3000, 4000, "X1")
        moments = []

        def pass_a_second():
            moments.append(rfc3339(int(time.time())))
            time.sleep(1.1)
        pass_a_second()
        told = self.tell(index, 3600, 5400)
        pass_a_second()
        self.tracer.call("DELETE", f"/api/v1/cases/{self.case}/visits/{told['id']}")
        pass_a_second()
        self.assertEqual([self.met(index, known_at=moment) for moment in moments], [{}, {there: 400}, {}])

    def test_it_is_listed_with_who_told_it_until_it_is_withdrawn(self):
        index = self.stay(0, 900, "S1")
        told = [self.tell(index, 3600 + n, 5400, note="晚饭") for n in range(2)]
        self.tracer.call("DELETE", f"/api/v1/cases/{self.case}/visits/{told[0]['id']}")
        listed = self.tracer.get(f"/api/v1/cases/{self.case}/visits").json["visits"]
        self.assertEqual([(one["id"], one["person"]["id"], one["site"]["name"], one["from"], one["to"], one["note"], one["by"]) for one in listed],
                         [(told[1]["id"], index, "档案馆", rfc3339(self.at + 3601), rfc3339(self.at + 5400), "晚饭", "tracer-1")])
        self.assertNotEqual(listed[0]["person"]["name"], "")
        lines = self.auditor.get("/api/v1/audit?limit=3").json["entries"]
        self.assertEqual([entry["action"] for entry in lines], ["visits_listed", "visit_withdrawn", "visit_told"])
        self.assertNotIn("晚饭", str(lines))

    def test_the_same_told_twice_counts_once(self):
        index, there = self.stay(0, 900, "S1"), self.stay(3000, 4000, "X1")
        told = [self.tell(index, 3600, 5400)["id"] for _ in range(2)]
        self.assertEqual(told[0], told[1])
        self.assertEqual([row["episodes"] for row in self.ask_in_case(index).json["contacts"]], [1])
        self.assertNotEqual(self.tell(there, 3600, 5400)["id"], told[0])

    def test_it_outlives_a_kill(self):
        index, there = self.stay(0, 900, "S1"), self.stay(3000, 4000, "X1")
        self.tell(index, 3600, 5400)
        self.restart(hard=True)
        self.assertEqual(self.met(index), {there: 400})

    def test_what_is_wrong_is_named(self):
        index = self.stay(0, 900, "S1")
        day = 24 * 3600
        for begin, end, more, status, code in ((0, 0, {}, 422, "window_empty"), (0, day + 1, {}, 422, "visit_long"), (0, 900, {"site": "NOWHERE"}, 404, "site_unknown"),
                                               (0, 900, {"note": "晚" * 201}, 422, "text_too_long"), (0, 900, {"note": "\u0007"}, 422, "text_malformed")):
            with self.subTest(code):
                answer = self.tell(index, begin, end, status=status, **more)
                self.assertIn(code, [answer["code"]] + [error["code"] for error in answer.get("errors", [])])
        self.tell(index, 0, day)
        old = int(time.time()) - 62 * day - self.at
        self.tell(index, old + 60, old + 120)
        self.assertEqual(self.tell(index, old - 60, old + 60, status=422)["errors"][0]["code"], "visit_old")
        ahead = int(time.time()) - self.at
        self.assertEqual(self.tell(index, ahead - 60, ahead + 60, status=422)["errors"][0]["code"], "visit_ahead")
        self.tell("0" * 12, 0, 900, status=404)
        self.assertEqual(self.tell(index, 0, 900, status=403, case="none")["code"], "no_case")
        self.assertEqual(self.guard.post(f"/api/v1/cases/{self.case}/visits", {}).status, 403)


if __name__ == "__main__":
    unittest.main()
