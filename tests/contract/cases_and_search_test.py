# SPDX-License-Identifier: Apache-2.0
"""Cases, without which no question is answered; and the masked answers of a search for people."""

import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, phone
from support.town import CASE, DAY, TownTest, gate_item, rfc3339


class Cases(TownTest):
    def ask_everything(self, case):
        """The status and code of each question that names this case."""
        now = int(time.time())
        number = self.number()
        self.resident(number)
        person = self.person_id(document=document(number))
        window = f"case={case}&from={rfc3339(now - DAY)}&to={rfc3339(now)}"
        answers = [self.tracer.post("/api/v1/people/search", {"case": case, "phone": phone(number)}),
                   self.tracer.get(f"/api/v1/sites/S1/passages?{window}"),
                   self.tracer.get(f"/api/v1/people/{person}/trajectory?{window}"),
                   self.tracer.post("/api/v1/traces", {"case": case, "index": [{"person": person}],
                                                       "from": rfc3339(now - DAY), "to": rfc3339(now)})]
        return [(answer.status, answer.code if answer.status != 200 else None) for answer in answers]

    def set_state(self, number, state):
        answer = self.tracer.call("PATCH", f"/api/v1/cases/{number}", {"state": state})
        self.assertEqual(answer.status, 200, answer)

    def test_a_case_is_opened_with_201_and_its_number(self):
        answer = self.tracer.post("/api/v1/cases", {"number": "2020-100", "title": "聚集", "purpose": "密接排查"})
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.json["number"], "2020-100")

    def test_a_number_is_taken_only_once(self):
        body = {"number": "2020-101", "title": "聚集", "purpose": "密接排查"}
        self.assertEqual(self.tracer.post("/api/v1/cases", body).status, 201)
        self.assert_problem(self.tracer.post("/api/v1/cases", body), 409)

    def test_number_title_and_purpose_are_required(self):
        for missing in ("number", "title", "purpose"):
            body = {"number": "2020-102", "title": "聚集", "purpose": "密接排查"}
            del body[missing]
            answer = self.tracer.post("/api/v1/cases", body)
            self.assertIn(answer.status, (400, 422), answer)
            self.assertIn(f"/{missing}", answer.pointers, answer)

    def test_an_open_case_answers_every_question(self):
        self.assertEqual(self.ask_everything(CASE), [(200, None)] * 4)

    def test_no_question_is_answered_without_an_existing_case(self):
        self.assertEqual(self.ask_everything("1999-404"), [(403, "no_case")] * 4)

    def test_a_question_that_names_no_case_at_all_is_refused(self):
        now = int(time.time())
        for answer in (self.tracer.post("/api/v1/people/search", {"phone": phone(1)}),
                       self.tracer.get(f"/api/v1/sites/S1/passages?from={rfc3339(now - DAY)}&to={rfc3339(now)}"),
                       self.tracer.post("/api/v1/traces", {"index": [{"site": "S1", "from": rfc3339(now - DAY),
                                                                      "to": rfc3339(now)}],
                                                           "from": rfc3339(now - DAY), "to": rfc3339(now)})):
            self.assertIn(answer.status, (400, 403, 422), answer)

    def test_a_closed_case_answers_nothing_from_that_moment(self):
        self.service.case(self.tracer, "2020-103")
        self.assertEqual(self.ask_everything("2020-103"), [(200, None)] * 4)
        self.set_state("2020-103", "closed")
        self.assertEqual(self.ask_everything("2020-103"), [(403, "no_case")] * 4)

    def test_a_case_on_hold_answers_nothing_until_it_is_open_again(self):
        self.service.case(self.tracer, "2020-104")
        self.set_state("2020-104", "hold")
        self.assertEqual(self.ask_everything("2020-104"), [(403, "no_case")] * 4)
        self.set_state("2020-104", "open")
        self.assertEqual(self.ask_everything("2020-104"), [(200, None)] * 4)

    def test_a_state_that_is_none_is_refused(self):
        self.service.case(self.tracer, "2020-105")
        answer = self.tracer.call("PATCH", "/api/v1/cases/2020-105", {"state": "ajar"})
        self.assert_problem(answer, 422)

    def test_an_expired_case_answers_nothing(self):
        soon = int(time.time()) + 2
        answer = self.tracer.post("/api/v1/cases", {"number": "2020-106", "title": "聚集", "purpose": "密接排查",
                                                    "expires": rfc3339(soon)})
        self.assertEqual(answer.status, 201, answer)
        time.sleep(max(0, soon + 1.2 - time.time()))
        self.assertEqual(self.ask_everything("2020-106"), [(403, "no_case")] * 4)

    def test_cases_survive_a_restart(self):
        self.service.case(self.tracer, "2020-107")
        self.service.case(self.tracer, "2020-108")
        self.set_state("2020-108", "closed")
        self.restart(hard=True)
        self.assertEqual(self.ask_everything("2020-107"), [(200, None)] * 4)
        self.assertEqual(self.ask_everything("2020-108"), [(403, "no_case")] * 4)


class Search(TownTest):
    def test_finds_by_document_by_phone_and_by_name(self):
        number = self.number()
        self.resident(number, name="王小河")
        by_document = self.person_id(document=document(number))
        self.assertEqual(self.person_id(phone=phone(number)), by_document)
        self.assertEqual(self.person_id(name="王小河"), by_document)

    def test_finds_by_plate(self):
        number = self.number()
        self.gate([{"document": document(number), "name": "王小江"}, "G2", "in", int(time.time()) - 60,
                   {"plate": "冀F77777"}])
        self.assertEqual(self.person_id(plate="冀F77777"), self.person_id(document=document(number)))
        self.assertEqual(self.person_id(plate="冀f·77777"), self.person_id(document=document(number)))

    def test_all_terms_must_fit(self):
        one, other = self.number(), self.number()
        self.resident(one, name="王小湖")
        self.resident(other, name="王小湖")
        self.assertEqual(len(self.search(name="王小湖")), 2)
        self.assertEqual(len(self.search(name="王小湖", phone=phone(one))), 1)
        self.assertEqual(self.search(document=document(one), phone=phone(other)), [])

    def test_whom_nobody_knows_is_an_empty_answer(self):
        self.assertEqual(self.search(document=document(self.number() + 5000)), [])
        self.assertEqual(self.search(plate="冀F00001"), [])

    def test_terms_are_read_in_every_spelling(self):
        number = self.number()
        self.resident(number, name="阿卜杜·买买提")
        found = self.person_id(document=document(number))
        self.assertEqual(self.person_id(name="阿卜杜•买买提", phone=phone(number)), found)
        self.assertEqual(self.person_id(phone="+86 " + phone(number)), found)

    def test_the_answer_is_masked(self):
        number = self.number()
        card = next(text for text in (id_number(i, "19860117") for i in range(300)) if text.endswith("X"))
        self.resident(number, name="王小海", document={"type": "id", "number": card})
        answer = self.tracer.post("/api/v1/people/search", {"case": CASE, "phone": phone(number)})
        person = answer.json["people"][0]
        self.assertRegex(person["name"], r"^王\*+$")
        text = answer.raw.decode()
        for secret in (card, phone(number), "王小海", "小海", "19860117", "1986-01-17", phone(number)[3:7] + phone(number)[7:]):
            self.assertNotIn(secret, text)
        shown = re.findall(r"\d{3,6}\*{8,11}\d{3}[\dX]", text)
        self.assertTrue(all(len(one) == 18 and card.startswith(one[:3]) and card.endswith(one[-4:]) for one in shown), text)
        for one in re.findall(r"14\d\*{4}\d{4}", text):
            self.assertEqual((one[:3], one[-4:]), (phone(number)[:3], phone(number)[-4:]))

    def test_at_least_one_term_is_required(self):
        answer = self.tracer.post("/api/v1/people/search", {"case": CASE})
        self.assert_problem(answer, 422)

    def test_wrong_terms_are_named(self):
        wrong = {"/phone": {"phone": "12345"}, "/document/number": {"document": {"type": "id", "number": "1"}},
                 "/document/type": {"document": {"type": "teapot", "number": "1"}}}
        for pointer, terms in wrong.items():
            with self.subTest(pointer):
                self.assert_field(self.tracer.post("/api/v1/people/search", {"case": CASE, **terms}), pointer)
        self.assertEqual(self.tracer.post("/api/v1/people/search", {"case": CASE, "like": "王%"}).status, 400)

    def test_a_wildcard_is_no_name(self):
        for text in ("%", "*", "_", "王%", "' OR 1=1--"):
            answer = self.tracer.post("/api/v1/people/search", {"case": CASE, "name": text})
            self.assertTrue(answer.status == 422 or answer.json["people"] == [], answer)

    def test_an_id_is_never_reused_or_guessed_from_another(self):
        ids = []
        for _ in range(5):
            number = self.number()
            self.resident(number)
            ids.append(str(self.person_id(document=document(number))))
        self.assertEqual(len(set(ids)), 5)


class Passages(TownTest):
    def passages(self, ref, since, until):
        answer = self.tracer.get(f"/api/v1/sites/{ref}/passages?case={CASE}&from={rfc3339(since)}&to={rfc3339(until)}")
        self.assertEqual(answer.status, 200, answer)
        self.assertIs(answer.json["complete"], True)
        self.assertEqual(answer.json["count"], len(answer.json["passages"]))
        return answer.json["passages"]

    def enter(self, *items):
        body = {"scans": [gate_item(*item) for item in items]}
        results = self.guard.post("/api/v1/gate/scans", body).json["results"]
        self.assertEqual({result["status"] for result in results}, {201}, results)

    def test_one_row_for_each_person_by_first_without_repeats(self):
        one, other = self.number(), self.number()
        base = int(time.time()) - 3 * DAY
        first = {"document": document(one), "name": "王大山"}
        second = {"document": document(other), "name": "李大山"}
        self.enter([second, "P1", "in", base + 100], [first, "P1", "in", base], [first, "P1", "in", base + 30],
                   [first, "P1", "out", base + 200], [second, "P1", "out", base + 300], [second, "S1", "in", base + 400])
        rows = self.passages("P1", base, base + 400)
        found = [(row["person"]["id"], row["first"], row["last"], row["scans"]) for row in rows]
        self.assertEqual(found, [(self.person_id(document=document(one)), rfc3339(base), rfc3339(base + 200), 2),
                                 (self.person_id(document=document(other)), rfc3339(base + 100), rfc3339(base + 300), 2)])
        self.assertEqual([row["person"]["name"][0] for row in rows], ["王", "李"])
        self.assertNotIn("大山", str(rows))

    def test_the_window_begins_with_its_first_and_ends_before_its_last_second(self):
        number, base = self.number(), int(time.time()) - 4 * DAY
        self.enter([{"document": document(number), "name": "王二山"}, "P1", "in", base])
        self.assertEqual(len(self.passages("P1", base, base + 1)), 1)
        self.assertEqual(self.passages("P1", base + 1, base + 100), [])
        self.assertEqual(self.passages("P1", base - 100, base), [])

    def test_a_time_zone_typed_as_it_stands_is_understood(self):
        number, base = self.number(), int(time.time()) - 5 * DAY
        self.enter([{"document": document(number), "name": "王三山"}, "P1", "in", base])
        local = [time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second + 8 * 3600)) for second in (base, base + 1)]
        for plus in ("+", "%2B"):
            answer = self.tracer.get(f"/api/v1/sites/P1/passages?case={CASE}&from={local[0]}{plus}08:00&to={local[1]}{plus}08:00")
            self.assertEqual((answer.status, answer.json.get("count")), (200, 1), answer)

    def test_a_site_that_does_not_exist_is_404(self):
        now = int(time.time())
        answer = self.tracer.get(f"/api/v1/sites/NOWHERE/passages?case={CASE}&from={rfc3339(now - DAY)}&to={rfc3339(now)}")
        self.assert_problem(answer, 404)

    def test_a_site_outside_the_tracers_scope_is_404(self):
        tracer, now = self.service.operator("tracer-village", "tracer", "130682100"), int(time.time())
        window = f"case={CASE}&from={rfc3339(now - DAY)}&to={rfc3339(now)}"
        self.assertEqual(tracer.get(f"/api/v1/sites/G1/passages?{window}").status, 200)
        self.assert_problem(tracer.get(f"/api/v1/sites/S1/passages?{window}"), 404)

    def test_a_tracer_finds_and_follows_only_whom_the_scope_reaches_and_sees_their_path_whole(self):
        tracer, now = self.service.operator("tracer-village-2", "tracer", "130682100"), int(time.time())
        inside, outside = self.number(), self.number()
        for number, refs in ((inside, ("G1", "S1")), (outside, ("S1",))):
            resident = self.resident(number)
            for ref in refs:
                self.scanned(resident, ref)
        find = lambda who, number: who.post("/api/v1/people/search", {"case": CASE, "document": document(number)}).json["people"]
        self.assertEqual([len(find(tracer, inside)), len(find(tracer, outside))], [1, 0])
        ids = [find(self.tracer, number)[0]["id"] for number in (inside, outside)]
        window = {"from": rfc3339(now - DAY), "to": rfc3339(now + 60)}
        trace = lambda person: tracer.post("/api/v1/traces", {"case": CASE, "index": [{"person": person}], **window})
        contacts = trace(ids[0])
        self.assertEqual([row["person"]["id"] for row in contacts.json["contacts"]], [ids[1]], contacts)   # a list is never cut
        self.assert_problem(trace(ids[1]), 404, "person_unknown")
        path = tracer.get(f"/api/v1/people/{ids[0]}/trajectory?case={CASE}&from={window['from']}&to={window['to']}")
        self.assertEqual({scan["site"]["ref"] for scan in path.json["scans"]}, {"G1", "S1"}, path)

    def test_a_window_is_required_and_runs_forward(self):
        now = int(time.time())
        for query in (f"case={CASE}", f"case={CASE}&from={rfc3339(now)}", f"case={CASE}&to={rfc3339(now)}",
                      f"case={CASE}&from=x&to=y", f"case={CASE}&from={rfc3339(now)}&to={rfc3339(now - 10)}",
                      f"case={CASE}&from={rfc3339(now - 10)}&from={rfc3339(now - 5)}&to={rfc3339(now)}"):
            with self.subTest(query):
                self.assertIn(self.tracer.get(f"/api/v1/sites/S1/passages?{query}").status, (400, 422))


if __name__ == "__main__":
    unittest.main()
