# SPDX-License-Identifier: Apache-2.0
"""What a case keeps: its questions with the digests of their answers."""

import hashlib
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
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


if __name__ == "__main__":
    unittest.main()
