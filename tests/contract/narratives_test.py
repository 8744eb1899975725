# SPDX-License-Identifier: Apache-2.0
"""A person's days in words: the report of an investigation, masked or as a disclosure, and a public notice that tells nobody who it is."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.town import CASE, DAY, TownTest, local_second, rfc3339


class Narratives(TownTest):
    """One person at a mall where twelve others were, at a pharmacy where nobody was, and at a village's gate; yesterday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one = cls.number()
        cls.resident_one = cls.service.resident(cls.one, cls.notice, address="仁和街2号", division="130682001")
        cls.at = local_second(1, 10, 10)
        stops = [("G1", "any", cls.at - 3600), ("S1", "in", cls.at), ("S1", "out", cls.at + 1800), ("P1", "in", cls.at + 3600)]
        for ref, direction, at in stops:
            answer = cls.resident_one.post("/api/v1/scans", {"code": cls.code(ref), "direction": "in" if direction == "any" else direction, "at": rfc3339(at)})
            assert answer.status == 201, answer
        for _ in range(12):
            other = cls.service.resident(cls.number(), cls.notice)
            assert other.post("/api/v1/scans", {"code": cls.code("S1"), "direction": "in", "at": rfc3339(cls.at + 60)}).status == 201
        cls.person = cls.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(cls.one)}).json["people"][0]["id"]
        cls.window = {"from": rfc3339(cls.at - DAY), "to": rfc3339(cls.at + DAY)}

    def narrate(self, kind="report", client=None, case=CASE, path="", **changes):
        return (client or self.tracer).post(f"/api/v1/cases/{case}/narratives{path}", {"person": self.person, **self.window, "kind": kind, **changes})

    def newest(self, count):
        return self.auditor.get(f"/api/v1/audit?limit={count}").json["entries"]

    def test_a_report_tells_the_days_and_masks_the_person(self):
        answer = self.narrate(label="3")
        self.assertEqual(answer.status, 200, answer)
        text = answer.json["text"]
        for words in (f"病例3：{name(self.one)[0]}*", "经过东内堡村口（村口），本人扫场所码（静态码）；是否停留不明。", "10:10—10:40 国大商场（商超，中山路1号），本人扫场所码（静态码）；离开时有扫码。",
                      "11:10—11:25 仁和药店（药店），本人扫场所码（静态码）；离开时间按停留时长推定。", "没有扫码记录，去向不明", f"个案编号{CASE}"):
            self.assertIn(words, text)
        for secret in (name(self.one), phone(self.one), document(self.one)["number"], "仁和街2号"):
            self.assertNotIn(secret, text)
        self.assertEqual(self.newest(1)[0]["action"], "trajectory_asked")

    def test_in_full_it_is_a_disclosure_with_all_its_rules(self):
        full = {"fields": ["name", "phone"], "recipient": "定州市疾控中心", "reason": "流调报告"}
        for path in ("", "?format=txt"):
            answer = self.narrate(path=path, **full)
            self.assertEqual(answer.status, 200, answer)
            text = answer.json["text"] if path == "" else answer.raw.decode()
            self.assertIn(name(self.one), text)
            self.assertIn("+86" + phone(self.one), text)
            self.assertNotIn(document(self.one)["number"], text)
            done, _, asked = self.newest(3)
            self.assertEqual((asked["action"], done["action"]), ("disclosure_asked", "disclosed"))
            self.assertIn(answer.headers["Repr-Digest"].split(":")[1], done["sentence"])
            look = self.resident_one.get("/api/v1/me/access").json["looks"][0]
            self.assertEqual((look["action"], look["number"]), ("disclosed", done["seq"]))
        for changes, code in (({**full, "recipient": ""}, "missing"), ({**full, "reason": " "}, "missing"), ({**full, "fields": []}, "missing"), ({**full, "fields": ["x"]}, "field_unknown"),
                              ({"recipient": "疾控"}, "missing"), ({"reason": "流调"}, "missing")):
            self.assert_problem(self.narrate(**changes), 422, code)

    def test_a_notice_tells_where_and_when_but_not_who(self):
        answer = self.narrate("notice", label="3")
        self.assertEqual(answer.status, 200, answer)
        text = answer.json["text"]
        sex = "男" if self.one % 2 == 0 else "女"
        self.assertRegex(text, rf"^病例3，{sex}，\d0至\d9岁。")
        self.assertIn("10:00—11:00在南城区街道国大商场" if "南城区街道" in text else "10:00—11:00在定州市国大商场", text)
        for secret in (name(self.one), phone(self.one), document(self.one)["number"], "仁和街2号", self.person, "东内堡村口", "仁和药店", "10:10", "1961"):
            self.assertNotIn(secret, text)
        made = self.newest(1)[0]
        self.assertEqual(made["action"], "notice_made")
        self.assertIn(self.person, made["sentence"])
        self.assertEqual(self.resident_one.get("/api/v1/me/access").json["looks"][0]["number"], made["seq"])

    def test_what_is_asked_wrongly_is_refused(self):
        for changes, code in (({"kind": "story"}, "narrative_kind"), ({"label": "王小明"}, "narrative_label"), ({"label": "1234567"}, "narrative_label"),
                              ({"kind": "notice", "label": "12345678"}, "narrative_label"), ({"kind": "notice", "fields": ["name"]}, "notice_fields"), ({"kind": "notice", "reason": "x"}, "notice_fields"),
                              ({"from": rfc3339(self.at - 63 * DAY), "to": rfc3339(self.at)}, "narrative_window"), ({"from": self.window["to"], "to": self.window["from"]}, "window_malformed")):
            self.assert_problem(self.narrate(**{"kind": "report", **changes}), 422, code)
        self.assertEqual(self.narrate(**{"from": rfc3339(self.at - 62 * DAY), "to": rfc3339(self.at)}).status, 200)
        self.assert_problem(self.narrate(path="?format=csv"), 422, "format_unknown")
        self.assert_problem(self.narrate("notice", path="?format=txt"), 422, "format_unknown")
        self.assert_problem(self.narrate("notice"), 422, "narrative_label")
        self.assert_problem(self.narrate("notice", label="1", **{"from": rfc3339(self.at - 20 * DAY), "to": rfc3339(self.at - 19 * DAY)}), 422, "notice_empty")
        for kind in ("report", "notice"):
            self.assert_problem(self.narrate(kind, case="404", label="1"), 403, "no_case")
            self.assert_problem(self.narrate(kind, person="0" * 12, label="1"), 404, "person_unknown")
            for role in ("admin", "manager", "guard", "auditor"):
                self.assert_problem(self.narrate(kind, getattr(self, role)), 403, "forbidden")


if __name__ == "__main__":
    unittest.main()
