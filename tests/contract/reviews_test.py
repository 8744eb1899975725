# SPDX-License-Identifier: Apache-2.0
"""Who is who, as a tracer and a manager decide it: what is asked, what same, distinct, split and undo do to traces, what history and
the audit log say of it, who may, and that nobody is shown in full on the way."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, name, phone, registration
from support.town import CASE, DAY, TownTest, align_to_second, rfc3339, unix_second

CSV = {"Content-Type": "text/csv"}
HERE, THERE = "130682001", "130682100"


class ReviewsTest(TownTest):
    """Every answer about who is who is held against all that was registered: nobody stands there in full."""

    def setUp(self):
        self.secrets = set()

    def stated(self, number, **changes):
        """A resident as `resident` makes them, whose words are looked for in every answer."""
        told = registration(number, **changes)
        self.secrets |= {told["name"], told["document"]["number"], told["phone"]}
        return self.resident(number, **changes)

    def asked(self, who, method, path, body=None, status=200):
        answer = who.call(method, path, body, {"Accept-Language": "en"})
        self.assertEqual(answer.status, status, answer)
        text = answer.raw.decode("utf-8")
        for secret in self.secrets:
            self.assertNotIn(secret, text)
        return answer.json

    def reviews(self, state="open", who=None):
        """All of that state, page by page."""
        found, cursor = [], ""
        while True:
            page = self.asked(who or self.manager, "GET", f"/api/v1/reviews?state={state}{cursor and '&cursor=' + cursor}")
            found += page["reviews"]
            if "next" not in page:
                self.assertEqual(len(found), page["count"])
                return found
            cursor = page["next"]

    def reviews_between(self, *persons, state="open"):
        return [review for review in self.reviews(state) if {review["a"]["person"], review["b"]["person"]} == set(persons)]

    def only_review(self, *persons):
        found = self.reviews_between(*persons)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def decide(self, review, decision, who=None, status=200, **more):
        return self.asked(who or self.manager, "POST", f"/api/v1/reviews/{review}", {"decision": decision, **more}, status)

    def undo(self, review, who=None, status=200):
        return self.asked(who or self.manager, "POST", f"/api/v1/reviews/{review}/undo", status=status)

    def split(self, person, statements, who=None, status=200, reason="两个人"):
        return self.asked(who or self.manager, "POST", f"/api/v1/people/{person}/split", {"registrations": statements, "reason": reason}, status)

    def history(self, person, at=None):
        return self.asked(self.tracer, "GET", f"/api/v1/people/{person}/history?case={CASE}" + (f"&at={rfc3339(at)}" if at else ""))

    def traces(self, *persons):
        """Of each person what the trajectory tells, scans and visits."""
        now = int(time.time())
        told = []
        for person in persons:
            whole = self.trajectory(person, now - DAY, now + 60)
            told.append((whole["visits"], whole["scans"]))
        return told

    def a_conflict(self, number=None, other=None, **changes):
        """One document under two names, each with a scan: the two residents, their persons, the review."""
        number, other = number or self.number(), other or self.number()
        now = int(time.time())
        first, second = self.stated(number, **changes), self.stated(other, document=document(number), **changes)
        self.scanned(first, "S1", "in", now - 900)
        self.scanned(second, "S1", "out", now - 600)
        persons = [self.person_id(document=document(number), name=name(who)) for who in (number, other)]
        return (first, second), persons, self.only_review(*persons)


class WhatIsAsked(ReviewsTest):
    def test_the_characters_and_digits_that_differ_are_told_and_never_a_whole_name(self):
        for mine, theirs, told in (("马建军", "马建山", ("马*军", "马*山")), ("王芳", "王丽", ("*芳", "*丽")), ("李秀英", "李大山", ("李秀*", "李大*"))):
            number, other = self.number(), self.number()
            self.stated(number, name=mine)
            self.stated(other, document=document(number), name=theirs)
            persons = [self.person_id(document=document(number), name=name) for name in (mine, theirs)]
            review = self.only_review(*persons)
            by_person = {review[side]["person"]: review[side]["name"] for side in "ab"}
            self.assertEqual(tuple(by_person[person] for person in persons), told)

    def test_two_dependants_of_one_phone_who_are_named_differently_are_two_and_nobody_is_asked(self):
        resident = self.stated(self.number())
        before = len(self.reviews())
        for name in ("周一一", "周依依"):
            body = {"name": name, "birth_date": "2019-05-01", "relation": "女儿"}
            self.assertEqual(resident.post("/api/v1/me/dependants", body).status, 201)
        self.assertEqual(len(self.reviews()), before)

    def test_one_document_under_two_names_is_two_persons_and_one_question(self):
        _, persons, review = self.a_conflict()
        self.assertEqual(len(set(persons)), 2)
        self.assertEqual((review["kind"], review["state"]), ("conflict", "open"))
        self.assertIn("document equal", review["reasons"])
        self.assertIn("One document under two names", review["question"])
        chinese = next(one for one in self.manager.get("/api/v1/reviews").json["reviews"] if one["id"] == review["id"])
        self.assertIn("证件 相同", chinese["reasons"])
        self.assertNotRegex(chinese["reasons"] + chinese["question"], "[a-z]")
        self.assertEqual([review[side]["person"] for side in "ab"], persons)
        self.assertEqual({review[side]["source"] for side in "ab"}, {"phone"})
        self.assertNotIn("decided", review)
        for side in "ab":
            self.assertIn("*", review[side]["name"])
            self.assertIn("*", review[side]["document"]["number"])
            self.assertIn("*", review[side]["phone"])

    def test_a_phone_and_a_name_under_two_valid_documents_are_two_persons_and_a_question(self):
        number, namesake = self.number(), self.number()
        self.stated(number)
        self.stated(namesake, name=name(number), phone=phone(number))
        persons = [self.person_id(document=document(who)) for who in (number, namesake)]
        self.assertEqual(len(set(persons)), 2)
        review = self.only_review(*persons)
        self.assertEqual(review["kind"], "conflict")
        for words in ("name equal", "phone equal", "document"):
            self.assertIn(words, review["reasons"])

    def test_two_of_a_household_are_not_asked_about(self):
        number, kin = self.number(), self.number()
        self.stated(number)
        self.stated(kin, phone=phone(number))
        persons = [self.person_id(document=document(who)) for who in (number, kin)]
        self.assertEqual(self.reviews_between(*persons), [])

    def test_a_roster_row_of_the_same_sound_birth_date_and_phone_is_the_resident_or_a_question_and_says_why(self):
        number = self.number()
        self.stated(number, document={"type": "id", "number": id_number(7, "19710203")}, name="李国华")
        person = self.person_id(phone=phone(number), name="李国华")
        row = f"ref,name,phone,birth_date\nH-1,李国花,{phone(number)},1971-02-03\n"
        told = self.admin.call("POST", "/api/v1/people/import", row, CSV).json
        self.secrets.add("李国花")
        self.assertEqual((told["new"], told["rejected"]), (0, []), told)
        others = [one["id"] for one in self.search(phone=phone(number), name="李国花")]
        if told["matched"]:
            self.assertEqual(others, [person])
            reasons = self.history(person)["registrations"][1]["joined_by"]
        else:
            self.assertEqual(told["review"], 1, told)
            review = self.only_review(person, *others)
            self.assertEqual((review["kind"], review["b"]["source"]), ("likely", "roster"))
            reasons = review["reasons"]
        for words in ("name sound", "birth_date equal", "phone equal"):
            self.assertIn(words, reasons)

    def test_a_guards_entry_of_the_same_sound_and_phone_is_nobody_known_until_somebody_says_so(self):
        """A family shares a phone, and sisters are called alike: too little to join, and guards enter no birth date."""
        number = self.number()
        self.stated(number, name="赵春花")
        self.secrets.add("赵春华")
        self.assertEqual(self.gate([{"phone": phone(number), "name": "赵春华"}, "S1", "in", int(time.time()) - 60])[0]["status"], 201)
        persons = [self.person_id(phone=phone(number), name=one) for one in ("赵春花", "赵春华")]
        self.assertEqual(len(set(persons)), 2)
        for review in self.reviews_between(*persons):   # whether anybody is asked is for the weights to say
            self.assertEqual((review["kind"], review["b"]["source"]), ("likely", "guard"))
            self.assertIn("name sound", review["reasons"])

    def test_a_guards_entry_with_the_document_and_a_name_of_the_same_sound_is_a_question_with_its_source(self):
        number, now = self.number(), int(time.time())
        self.stated(number, name="孙玉兰")
        self.secrets.add("孙玉岚")
        subject = {"document": document(number), "name": "孙玉岚"}
        self.assertEqual(self.gate([subject, "S1", "in", now - 60])[0]["status"], 201)
        found = self.search(document=document(number))
        if len(found) == 2:   # else the rules took one sound and one document for one person
            self.assertEqual(self.only_review(*[one["id"] for one in found])["b"]["source"], "guard")
        else:
            told = self.history(found[0]["id"])["registrations"]
            self.assertEqual([one["source"] for one in told], ["phone", "guard"])
            self.assertIn("name sound", told[1]["joined_by"])
            self.assertEqual(told[1]["joined_to"], told[0]["registration"])

    def test_the_same_answer_for_known_conflicting_and_new_residents(self):
        number = self.number()
        self.stated(number)
        told = set()
        for who, changes in ((number, {}), (self.number(), {"document": document(number)}), (self.number(), {"name": name(number), "phone": phone(number)}),
                             (self.number(), {})):
            answer = self.service.client().post("/api/v1/registrations", registration(who, notice_version=self.notice, **changes))
            headers = {key: value for key, value in answer.headers.items() if key.lower() not in ("date", "set-cookie")}
            told.add((answer.status, tuple(answer.json), len(answer.raw), str(sorted(headers.items()))))
        self.assertEqual(len(told), 1, told)
        self.assertGreaterEqual(len(self.search(document=document(number))), 2)   # two of them were questions

    def test_a_pair_in_a_case_is_shown_first_and_then_who_scans_most_and_managers_are_told_of_no_case(self):
        _, persons, quiet = self.a_conflict()
        residents, _, busy = self.a_conflict()
        for minute in range(5):
            self.scanned(residents[0], "P1", "in", int(time.time()) - 500 + 70 * minute)
        order = [review["id"] for review in self.reviews()]
        self.assertLess(order.index(busy["id"]), order.index(quiet["id"]))
        self.trajectory(persons[0], int(time.time()) - 60, int(time.time()))
        seen = {review["id"]: review["in_case"] for review in self.reviews(who=self.tracer)}
        self.assertTrue(seen[quiet["id"]])
        self.assertFalse(any(review["in_case"] for review in self.reviews(who=self.manager)))


class WhatIsDecided(ReviewsTest):
    def test_same_makes_one_trajectory_of_two_and_undo_gives_each_their_own_back_to_the_second(self):
        _, persons, review = self.a_conflict()
        before = self.traces(*persons)
        answer = self.decide(review["id"], "same", note="本人来电说明")
        self.assertEqual((answer["state"], answer["by"], answer["note"]), ("same", "manager-1", "本人来电说明"))
        self.assertEqual(answer["a"]["person"], answer["b"]["person"])
        one, other = self.traces(*persons)   # an id that was told goes on naming the human
        self.assertEqual(one, other)
        self.assertEqual(sorted(scan["id"] for scan in one[1]), sorted(scan["id"] for trace in before for scan in trace[1]))
        self.assertEqual([(visit["site"]["ref"], visit["ended_by"]) for visit in one[0]], [("S1", "scanned")])
        again = self.undo(review["id"])
        self.assertEqual(again["state"], "open")
        self.assertEqual([again[side]["person"] for side in "ab"], persons)
        self.assertEqual(self.traces(*persons), before)
        self.restart()
        self.assertEqual(self.traces(*persons), before)

    def test_whoever_registered_since_goes_with_the_side_they_joined(self):
        number, other = self.number(), self.number()
        _, persons, review = self.a_conflict(number, other)
        self.decide(review["id"], "same")
        now = int(time.time())
        later = [self.stated(number, phone=phone(70_000 + number)), self.stated(other, document=document(number), phone=phone(70_000 + other))]
        for resident, ref in zip(later, ("P1", "O1")):
            self.scanned(resident, ref, "in", now - 300)
        self.assertEqual(len(self.search(document=document(number))), 1)
        self.undo(review["id"])
        refs = [{scan["site"]["ref"] for scan in trace[1]} for trace in self.traces(*persons)]
        self.assertEqual(refs, [{"S1", "P1"}, {"S1", "O1"}])

    def test_distinct_is_remembered_whatever_is_registered_later(self):
        number, other = self.number(), self.number()
        _, persons, review = self.a_conflict(number, other)
        self.assertEqual(self.decide(review["id"], "distinct")["state"], "distinct")
        for again in range(3):
            self.stated(number, phone=phone(71_000 + 10 * number + again))
            self.stated(other, document=document(number), phone=phone(71_000 + 10 * number + 5 + again))
        self.assertEqual({one["id"] for one in self.search(document=document(number))}, set(persons))
        self.restart()
        self.stated(number, phone=phone(72_000 + number))
        self.assertEqual({one["id"] for one in self.search(document=document(number))}, set(persons))
        self.assertEqual(self.reviews_between(*persons), [], "nobody is asked again")

    def test_one_who_corrects_their_name_is_asked_about_no_more(self):
        number = self.number()
        resident = self.stated(number)
        self.secrets.add("钱多多")
        self.assertEqual(resident.call("PATCH", "/api/v1/me", {"name": "钱多多"}).status, 200)
        person = self.person_id(document=document(number), name="钱多多")
        for state in ("open", "same", "distinct"):
            self.assertEqual(self.reviews_between(person, state=state), [], "both statements are one person already")

    def test_a_split_takes_its_scans_along_and_undo_brings_them_back(self):
        number, now = self.number(), int(time.time())
        first, second = self.stated(number), self.stated(number, phone=phone(73_000 + number))
        self.scanned(first, "S1", "in", now - 900)
        self.scanned(second, "P1", "in", now - 600)
        person = self.person_id(document=document(number))
        before = self.traces(person)
        statements = [one["registration"] for one in self.history(person)["registrations"]]
        done = self.split(person, statements[1:])
        self.assertNotEqual(done["person"], person)
        refs = [{scan["site"]["ref"] for scan in trace[1]} for trace in self.traces(person, done["person"])]
        self.assertEqual(refs, [{"S1"}, {"P1"}])
        told = [review for review in self.reviews("distinct") if review["id"] == done["review"]]
        self.assertEqual([(review["kind"], review["by"], review["note"]) for review in told], [("split", "manager-1", "两个人")])
        self.stated(number, phone=phone(74_000 + number))   # fits both: joined to neither
        self.assertEqual(self.traces(done["person"])[0][1][0]["site"]["ref"], "P1")
        undone = self.undo(done["review"])
        self.assertEqual((undone["state"], undone["a"]["person"]), ("settled", undone["b"]["person"]))
        self.assertEqual(self.traces(person), before)
        self.assertEqual(self.traces(done["person"]), before)

    def test_history_tells_statements_why_they_joined_events_and_who_it_was_on_that_day(self):
        number, other = self.number(), self.number()
        first = self.stated(number)
        self.stated(number, phone=phone(75_000 + number))
        self.stated(other, document=document(number))
        persons = [self.person_id(document=document(number), name=name(who)) for who in (number, other)]
        told = self.history(persons[0])
        self.assertEqual(told["person"], persons[0])
        self.assertEqual(told["events"], [])
        self.assertNotIn("then", told)
        one, again = told["registrations"]
        self.assertNotIn("joined_to", one)
        self.assertEqual((again["joined_to"], again["joined_by"]), (one["registration"], "document and name"))
        third = self.history(persons[1])["registrations"][0]["registration"]
        before = align_to_second()
        align_to_second()
        review = self.only_review(*persons)
        self.decide(review["id"], "same", self.tracer)
        self.assertEqual(first.call("PATCH", "/api/v1/me", {"address": "仁和街2号"}).status, 200)
        told = self.history(persons[1], before)
        self.assertEqual(told["person"], persons[0], "the older stays")
        self.assertEqual(sorted((part["person"], tuple(part["registrations"])) for part in told["then"]),
                         sorted([(persons[0], (one["registration"], again["registration"])), (persons[1], (third,))]))
        self.assertEqual([(event["kind"], event["by"], event["registrations"]) for event in told["events"]], [("merge", "tracer-1", [third])])
        self.assertGreater(unix_second(told["events"][0]["at"]), before)
        self.assertEqual([(statement["source"], statement["corrected"]) for statement in told["registrations"]],
                         [("phone", True), ("phone", False), ("phone", False), ("phone", False)])

    def test_history_of_before_a_split_names_those_who_left(self):
        number = self.number()
        self.stated(number)
        self.stated(number, phone=phone(76_000 + number))
        person = self.person_id(document=document(number))
        both = [one["registration"] for one in self.history(person)["registrations"]]
        before = align_to_second()
        align_to_second()
        done = self.split(person, both[1:])
        for part in (person, done["person"]):
            self.assertEqual(self.history(part, before)["then"], [{"person": person, "registrations": both}])
            self.assertEqual([event["kind"] for event in self.history(part)["events"]], ["split"])

    def test_the_audit_log_has_a_line_for_each_act_and_no_personal_data(self):
        number = self.number()
        _, persons, review = self.a_conflict(number)
        seq = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["seq"]
        self.decide(review["id"], "same", self.tracer, note="钱多多来电")
        self.undo(review["id"], self.tracer)
        self.decide(review["id"], "distinct", self.manager)
        self.stated(number, phone=phone(77_000 + number))
        statements = [one["registration"] for one in self.history(persons[0])["registrations"]]
        done = self.split(persons[0], statements[1:], reason="钱多多不是他")
        self.undo(done["review"])
        self.asked(self.manager, "GET", "/api/v1/reviews")
        self.secrets.add("钱多多")
        lines = {}
        for language in ("zh", "en"):
            answer = self.auditor.get("/api/v1/audit?limit=50", {"Accept-Language": language})
            for secret in self.secrets:
                self.assertNotIn(secret, answer.raw.decode("utf-8"))
            lines[language] = [line for line in reversed(answer.json["entries"]) if line["seq"] > seq]
        self.assertEqual([(line["action"], line["operator"], line["case"]) for line in lines["en"]],
                         [("review_decided", "tracer-1", ""), ("review_undone", "tracer-1", ""), ("review_decided", "manager-1", ""),
                          ("history_asked", "tracer-1", CASE), ("person_split", "manager-1", ""), ("review_undone", "manager-1", ""),
                          ("reviews_listed", "manager-1", "")])
        self.assertRegex(lines["en"][0]["sentence"], f"review {review['id']} about [a-z0-9]{{12}} and [a-z0-9]{{12}}: same")
        self.assertIn(review["id"], lines["zh"][1]["sentence"])
        self.assertIn(done["person"], lines["zh"][4]["sentence"])
        self.assertTrue(self.auditor.get("/api/v1/audit/verify").json["ok"])


class WhoMay(ReviewsTest):
    def test_guards_auditors_admins_and_residents_may_not_and_strangers_are_nobody(self):
        residents, persons, review = self.a_conflict()
        calls = [("GET", "/api/v1/reviews", None), ("POST", f"/api/v1/reviews/{review['id']}", {"decision": "same"}),
                 ("POST", f"/api/v1/reviews/{review['id']}/undo", None),
                 ("POST", f"/api/v1/people/{persons[0]}/split", {"registrations": ["0" * 23], "reason": "两个人"}),
                 ("GET", f"/api/v1/people/{persons[0]}/history?case={CASE}", None)]
        for method, path, body in calls:
            for who in (self.guard, self.auditor, self.admin, residents[0]):
                with self.subTest(path, who=who):
                    self.assert_problem(who.call(method, path, body), 403, "forbidden")
            self.assert_problem(self.service.client().call(method, path, body), 401)
        self.assert_problem(self.manager.call(*calls[-1]), 403, "forbidden")   # a manager sees both sides, and nobody's history
        self.assertEqual(self.only_review(*persons)["state"], "open")

    def test_a_manager_in_scope_sees_and_answers_only_what_lies_in_scope_on_both_sides(self):
        manager = self.service.operator("manager-here", "manager", HERE)
        _, own_persons, own = self.a_conflict_of(HERE, HERE)
        others = [self.a_conflict_of(*divisions)[2] for divisions in ((HERE, THERE), (THERE, HERE), (THERE, THERE), (None, HERE))]
        self.assertEqual([review["id"] for review in self.reviews(who=manager)], [own["id"]])
        for review in others:
            for decision in ("same", "distinct"):
                self.assertEqual(self.decide(review["id"], decision, manager, 404)["code"], "review_unknown")
            self.assertEqual(self.undo(review["id"], manager, 404)["code"], "review_unknown")
        self.decide(own["id"], "same", manager)
        self.undo(own["id"], manager)
        person = others[2]["a"]["person"]
        self.assertEqual(self.split(person, ["0" * 23], manager, 404)["code"], "person_unknown")
        self.assertEqual(self.split(own_persons[0], ["0" * 23], manager, 422)["code"], "statement_unknown")

    def a_conflict_of(self, one, other):
        number, namesake = self.number(), self.number()
        self.stated(number, division=one)
        self.stated(namesake, division=other, document=document(number))
        persons = [self.person_id(document=document(number), name=name(who)) for who in (number, namesake)]
        return number, persons, self.only_review(*persons)


class Mistakes(ReviewsTest):
    def test_wrong_decisions_and_notes_are_told_by_field(self):
        _, persons, review = self.a_conflict()
        path = f"/api/v1/reviews/{review['id']}"
        for body, pointer in (({"decision": "perhaps"}, "/decision"), ({"decision": ""}, "/decision"), ({"decision": "SAME"}, "/decision"), ({}, "/decision"),
                              ({"decision": "same", "note": "长" * 201}, "/note"), ({"decision": "same", "note": "a\nb"}, "/note")):
            with self.subTest(body):
                self.assert_field(self.manager.post(path, body), pointer)
        for body in ({"decision": 1}, {"decision": "same", "why": "x"}, [], {"decision": "same", "note": 5}):
            with self.subTest(body):
                self.assert_problem(self.manager.post(path, body), 400)
        self.assertEqual(self.only_review(*persons)["state"], "open")

    def test_ids_that_are_nobodys_are_not_there(self):
        _, _, review = self.a_conflict()
        for wrong in ("x", "0" * 26, review["id"][:-1], review["id"][1:] + "0", review["id"].upper() + "0", review["a"]["registration"]):
            with self.subTest(wrong):
                self.assert_problem(self.manager.post(f"/api/v1/reviews/{wrong}", {"decision": "same"}), 404, "review_unknown")
                self.assert_problem(self.manager.post(f"/api/v1/reviews/{wrong}/undo"), 404, "review_unknown")
        for wrong in ("x", "0" * 12, review["id"]):
            self.assert_problem(self.manager.post(f"/api/v1/people/{wrong}/split", {"registrations": ["x"], "reason": "两个人"}), 404, "person_unknown")
            self.assert_problem(self.tracer.get(f"/api/v1/people/{wrong}/history?case={CASE}"), 404, "person_unknown")

    def test_the_same_decision_twice_is_no_error_and_the_opposite_is(self):
        for decision, opposite in (("same", "distinct"), ("distinct", "same")):
            with self.subTest(decision):
                _, persons, review = self.a_conflict()
                self.assertEqual(self.undo(review["id"], status=409)["code"], "review_open")
                first = self.decide(review["id"], decision, note="甲")
                again = self.decide(review["id"], decision, self.tracer, note="乙")
                self.assertEqual({**again, "in_case": first["in_case"]}, first, "the first decision stays as it was")
                self.assertEqual(self.decide(review["id"], opposite, status=409)["code"], "review_decided")
                self.undo(review["id"])
                self.assertEqual(self.undo(review["id"], status=409)["code"], "review_open")
                self.decide(review["id"], opposite)
                self.assertEqual(len({self.history(person)["person"] for person in persons}), 1 if opposite == "same" else 2)

    def test_same_against_what_others_said_is_refused(self):
        """Three names under one document: a is b, b is not c; so a is not c."""
        a, b, c = (self.number() for _ in range(3))
        for who in (a, b, c):
            self.stated(who, document=document(a))
        ids = {who: self.person_id(document=document(a), name=name(who)) for who in (a, b, c)}
        self.decide(self.only_review(ids[a], ids[b])["id"], "same")
        of_b, of_a = self.only_two_with(ids[c])
        self.decide(of_b["id"], "distinct")
        self.assertEqual(self.decide(of_a["id"], "same", status=409)["code"], "review_settled")
        self.undo(of_b["id"])
        self.decide(of_a["id"], "same")
        self.assertEqual(len(self.search(document=document(a))), 1)

    def only_two_with(self, person):
        found = [review for review in self.reviews() if person in (review["a"]["person"], review["b"]["person"])]
        self.assertEqual(len(found), 2, found)
        return sorted(found, key=lambda review: review["a"]["registration"], reverse=True)

    def test_odd_splits_are_refused(self):
        number = self.number()
        for way in (phone(number), phone(78_000 + number)):
            self.stated(number, phone=way)
        person = self.person_id(document=document(number))
        statements = [one["registration"] for one in self.history(person)["registrations"]]
        _, others, review = self.a_conflict()
        for leaving, code in (([], "split_whole"), (statements, "split_whole"), ([review["a"]["registration"]], "statement_unknown"),
                              ([statements[0], "x"], "statement_unknown")):
            with self.subTest(leaving):
                self.assertEqual(self.split(person, leaving, status=422)["code"], code)
        self.assertEqual(self.split(others[0], [review["a"]["registration"]], status=422)["code"], "split_whole")
        for body in ({"registrations": statements[1:]}, {"registrations": "x", "reason": "两个人"}, {"reason": 1}):
            with self.subTest(body):
                self.assert_problem(self.manager.post(f"/api/v1/people/{person}/split", body), 400 if "reason" in body else 422)
        self.assert_field(self.manager.post(f"/api/v1/people/{person}/split", {"registrations": statements[1:], "reason": ""}), "/reason")
        self.assertEqual(len(self.history(person)["registrations"]), 2)

    def test_odd_pages_are_refused(self):
        odd = {"page_limit_range": ("limit=0", "limit=201", "limit=x", "limit=-1"), "cursor_unknown": ("cursor=x", "cursor=-1"),
               "review_state_unknown": ("state=shut",)}
        for code, queries in odd.items():
            for query in queries:
                with self.subTest(query):
                    self.assert_problem(self.manager.get(f"/api/v1/reviews?{query}"), 422, code)
        self.assert_problem(self.manager.get("/api/v1/reviews?page=2"), 400)

    def test_pages_hold_all_once(self):
        for _ in range(5):
            self.a_conflict()
        seen, cursor = [], ""
        while True:
            page = self.asked(self.manager, "GET", f"/api/v1/reviews?limit=2{cursor}")
            self.assertLessEqual(len(page["reviews"]), 2)
            seen += [review["id"] for review in page["reviews"]]
            if "next" not in page:
                break
            cursor = f"&cursor={page['next']}"
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), page["count"])
        self.assertGreaterEqual(len(seen), 5)


if __name__ == "__main__":
    unittest.main()
