# SPDX-License-Identifier: Apache-2.0
"""The ledger: lists proposed by one and approved by another, compared at every scan; what guard, phone and desk see of each kind of lead; what abuse meets."""

import os
import re
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.town import DAY, TownTest, gate_item, rfc3339, with_name

CSV = {"Content-Type": "text/csv"}
HEADER = "name,document_number,phone"


class Ledger(TownTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.service.operator("tracer-2", "tracer")
        cls.until = rfc3339(int(time.time()) + 7 * DAY)

    def row(self, number, who=None, of=None):
        return f"{who or name(number)},{document(of or number)['number']},{phone(number)}"

    def propose(self, *rows, measure="central", until=None, header=HEADER, client=None, document_name="省推送〔2020〕5号"):
        from urllib.parse import quote
        path = f"/api/v1/ledger/lists?document={quote(document_name)}&measure={measure}&until={until or self.until}"
        return (client or self.tracer).call("POST", path, "\n".join([header, *rows]) + "\n", CSV)

    def watch(self, *rows, **more):
        """A list in force: its id."""
        made = self.propose(*rows, **more)
        self.assertEqual(made.status, 201, made)
        done = self.second.post(f"/api/v1/ledger/lists/{made.json['id']}/approve")
        self.assertEqual((done.status, done.json["state"], done.json["decided_by"]), (200, "approved", "tracer-2"), done)
        return made.json["id"]

    def entry_of(self, listed):
        return self.tracer.get(f"/api/v1/ledger/lists/{listed}/entries").json["entries"][0]

    def at_gate(self, number, ref="G1", **more):
        item = gate_item({"document": document(number)} if not more.get("newcomer") else with_name(document(number), name(number)), ref, "in", int(time.time()))
        return self.guard.post("/api/v1/gate/scans", {"scans": [item]}).json["results"][0]

    def listen(self, client, **query):
        """What the stream answers, and when, in a thread: join() and look at `told`."""
        told = {}

        def run():
            told["answer"] = client.get("/api/v1/alerts/stream" + "".join(f"?{key}={value}" for key, value in query.items()))
            told["at"] = time.monotonic()
        thread = threading.Thread(target=run)
        thread.told = told
        thread.start()
        return thread

    def watched(self):
        number = self.number()
        self.resident(number)
        self.watch(self.row(number))
        return number

    def device_at(self, ref):
        secret = self.manager.post(f"/api/v1/sites/{ref}/devices").json["url"].split("#")[1]
        return self.service.client(self.service.client().post("/api/v1/duty", {"secret": secret, "name": "李卫国"}).json["token"])

    def alerts(self, client=None, state="open"):
        return (client or self.tracer).get(f"/api/v1/alerts?state={state}").json["alerts"]


class Handing(Ledger):
    def test_an_entry_that_is_handed_over_is_seen_by_both_with_its_history(self):
        there = self.service.operator("grid-there", "tracer", "130682001")
        number = self.number()
        listed = self.watch(self.row(number))
        entry = self.entry_of(listed)["id"]
        self.assert_problem(there.get(f"/api/v1/ledger/entries/{entry}"), 404, "entry_unknown")
        self.assertEqual(there.get("/api/v1/ledger/handed").json["entries"], [])
        self.assert_problem(self.tracer.post(f"/api/v1/ledger/entries/{entry}/hand", {"division": "000000", "reason": "x"}), 422, "division_unknown")
        self.assert_problem(self.tracer.post(f"/api/v1/ledger/entries/{entry}/hand", {"division": "130682001", "reason": ""}), 422)
        done = self.tracer.post(f"/api/v1/ledger/entries/{entry}/hand", {"division": "130682001", "reason": "住南城区"})
        self.assertEqual((done.status, done.json["division"]["code"]), (200, "130682001"), done)
        self.assertEqual([one["id"] for one in there.get("/api/v1/ledger/handed").json["entries"]], [entry])
        checked = there.post(f"/api/v1/ledger/entries/{entry}/check", {"outcome": "here", "note": "在家"})
        self.assertEqual([(act["by"], act["outcome"], act["division"]["code"]) for act in checked.json["acts"]], [("tracer-1", "open", "130682001"), ("grid-there", "here", "130682001")])
        self.assertEqual(self.tracer.get(f"/api/v1/ledger/entries/{entry}").json["outcome"], "here")
        self.assert_problem(there.get(f"/api/v1/ledger/lists/{listed}/entries"), 404, "list_unknown")   # one entry, not the list

    def test_a_lead_says_when_its_person_registered(self):
        number = self.number()
        listed = self.watch(self.row(number))
        self.assertNotIn("registered", self.entry_of(listed))
        self.resident(number)
        self.assertIn("registered", self.entry_of(listed))


class Hostile(Ledger):
    """What spreadsheets and mischief make of a list of leads."""

    def propose_bytes(self, content):
        from urllib.parse import quote
        return self.tracer.call("POST", f"/api/v1/ledger/lists?document={quote('x')}&measure=home&until={self.until}", content, CSV)

    def test_numbers_that_a_spreadsheet_mangled_come_back_with_a_reason_or_are_read(self):
        numbers = [self.number() for _ in range(4)]
        ids = [document(n)["number"] for n in numbers]
        wide = ids[1].translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
        rows = [f"{name(numbers[0])},'{ids[0]},", f"{name(numbers[1])},{wide},", f"{name(numbers[2])},{ids[2][:15]}000,", f"{name(numbers[3])},4.40524E+17,", f"{name(numbers[3])},\t{ids[3]},"]
        made = self.propose(*rows)
        self.assertEqual(made.status, 201, made)
        self.assertEqual([(row["line"], row["code"]) for row in made.json["rejected"]], [(4, "document_rounded"), (5, "document_rounded")], made)
        self.assertEqual(made.json["rows"], 3)   # an apostrophe, full width, and a tab before it: nothing of those was lost

    def test_a_file_that_is_not_what_its_name_says_is_refused_as_a_whole(self):
        row = self.row(self.number())
        for content in (b"PK\x03\x04" + bytes(200), ("name,document_number\n" + row).encode("utf-16"), b"\xff\xfe\x00", b"\n\n", b"phone,phone\n1,2\n", b"document_number\n1\n"):
            answer = self.propose_bytes(content)
            self.assertEqual((answer.status, answer.headers["Content-Type"].split(";")[0]), (422, "application/problem+json"), (content[:20], answer))

    def test_ragged_rows_quotes_and_formulas_cost_their_own_row_alone(self):
        good = [self.number() for _ in range(2)]
        made = self.propose(self.row(good[0]), f"{name(1)},1,2,3,4", f"\"=cmd|'/c calc'!A0\",{document(self.number())['number']},", f"{'长' * 5000},{document(self.number())['number']},", self.row(good[1]))
        self.assertEqual((made.status, made.json["rows"], [row["line"] for row in made.json["rejected"]]), (201, 2, [3, 4, 5]), made)

    def test_a_hundred_thousand_rows_are_read_and_refused_for_what_they_would_do(self):
        rows = "\n".join(f"{name(i % 10_000)},,{phone(100_000 + i)}" for i in range(100_000))
        began = time.monotonic()
        answer = self.propose_bytes((HEADER + "\n" + rows + "\n").encode())
        self.assert_problem(answer, 422, "ledger_share")
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(self.tracer.get("/healthz").status, 200)


class Lists(Ledger):
    def test_nobody_is_watched_before_somebody_else_approves(self):
        number = self.number()
        self.resident(number)
        made = self.propose(self.row(number))
        self.assertEqual({key: made.json[key] for key in ("state", "rows", "matched", "by", "own", "document", "measure", "rejected")},
                         {"state": "proposed", "rows": 1, "matched": 1, "by": "tracer-1", "own": True, "document": "省推送〔2020〕5号", "measure": "central", "rejected": []})
        self.assertEqual(self.at_gate(number)["verdict"], "pass")
        self.assert_problem(self.tracer.post(f"/api/v1/ledger/lists/{made.json['id']}/approve"), 403, "ledger_own")
        self.assertEqual(self.second.get(f"/api/v1/ledger/lists/{made.json['id']}/entries").json["entries"], [])
        self.assertEqual(self.second.post(f"/api/v1/ledger/lists/{made.json['id']}/approve").status, 200)
        self.assert_problem(self.second.post(f"/api/v1/ledger/lists/{made.json['id']}/approve"), 409, "ledger_decided")
        self.assertEqual(self.at_gate(number, "G2")["verdict"], "stop")

    def test_a_refused_list_is_forgotten_and_watches_nobody(self):
        number = self.number()
        self.resident(number)
        made = self.propose(self.row(number)).json["id"]
        self.assertEqual(self.tracer.post(f"/api/v1/ledger/lists/{made}/refuse").json["state"], "refused")   # whoever proposed it may take it back
        self.assert_problem(self.second.post(f"/api/v1/ledger/lists/{made}/approve"), 409, "ledger_decided")
        self.assertEqual(self.at_gate(number)["verdict"], "pass")

    def test_bad_rows_come_back_with_a_reason_each_and_never_break_the_others(self):
        one, two = self.number(), self.number()
        wrong = document(two)["number"][:17] + ("0" if document(two)["number"][17] != "0" else "1")
        made = self.propose(self.row(one), f"{name(two)},{wrong},", f"{name(two)},4.40524E+17,", f"{name(two)},,", self.row(one), f"=1+1,{document(two)['number']},", self.row(two))
        self.assertEqual((made.status, made.json["rows"]), (201, 2), made)
        self.assertEqual([(row["line"], row["code"]) for row in made.json["rejected"]],
                         [(3, "document_checksum"), (4, "document_rounded"), (5, "lead_unidentified"), (6, "lead_twice"), (7, "name_characters")])
        self.assertTrue(all(row["reason"] for row in made.json["rejected"]))

    def test_what_a_list_must_say(self):
        row = self.row(self.number())
        for changes, code in (({"document_name": " "}, "ledger_document"), ({"measure": "prison"}, "measure_unknown"), ({"until": "soon"}, "time_malformed"),
                              ({"until": rfc3339(int(time.time()) - 1)}, "ledger_until"), ({"until": rfc3339(int(time.time()) + 400 * DAY)}, "ledger_until")):
            self.assert_problem(self.propose(row, **changes), 422, code)
        self.assert_problem(self.propose("x,1,"), 422, "ledger_empty")
        self.assert_problem(self.propose(row, header="a,b,c"), 422, "csv_header_missing")

    def test_one_list_cannot_watch_more_than_a_hundredth_of_all_people(self):
        numbers = [self.number() for _ in range(21)]
        third, fourth = self.service.operator("tracer-3", "tracer"), self.service.operator("tracer-4", "tracer")
        self.assert_problem(self.propose(*map(self.row, numbers), client=third), 422, "ledger_share")
        self.assertEqual(self.propose(*map(self.row, numbers[:20]), client=third).status, 201)
        self.assert_problem(self.propose(self.row(numbers[20]), client=third), 422, "ledger_share")   # nor in two parts on one day
        parts = [self.propose(*map(self.row, numbers[begin:end]), client=fourth) for begin, end in ((0, 10), (10, 20))]
        self.assertEqual([part.status for part in parts], [201, 201])
        self.assert_problem(self.propose(self.row(numbers[20]), client=fourth), 422, "ledger_share")
        self.assertEqual(fourth.post(f"/api/v1/ledger/lists/{parts[0].json['id']}/refuse").status, 200)   # what is taken back counts no more
        self.assertEqual(self.propose(self.row(numbers[20]), client=fourth).status, 201)

    def test_a_list_and_an_entry_are_undone_with_a_reason_and_by_a_name(self):
        one, two = self.number(), self.number()
        for number in (one, two):
            self.resident(number)
        listed = self.watch(self.row(one), self.row(two))
        entries = self.tracer.get(f"/api/v1/ledger/lists/{listed}/entries").json["entries"]
        self.assertEqual([entry["outcome"] for entry in entries], ["open", "open"])
        self.assert_problem(self.tracer.post(f"/api/v1/ledger/entries/{entries[0]['id']}/undo", {"reason": " "}), 422, "missing")
        undone = self.tracer.post(f"/api/v1/ledger/entries/{entries[0]['id']}/undo", {"reason": "名单录错"})
        self.assertEqual((undone.json["undone"], undone.json["acts"][-1]["by"], undone.json["acts"][-1]["note"]), (True, "tracer-1", "名单录错"))
        self.assertEqual([self.at_gate(number)["verdict"] for number in (one, two)], ["pass", "stop"])
        self.assert_problem(self.tracer.post(f"/api/v1/ledger/entries/{entries[0]['id']}/check", {"outcome": "here"}), 409, "entry_undone")
        self.assertEqual(self.second.post(f"/api/v1/ledger/lists/{listed}/undo", {"reason": "依据已撤销"}).json["state"], "undone")
        self.assertEqual(self.at_gate(two, "G2")["verdict"], "pass")
        self.assert_problem(self.tracer.post(f"/api/v1/ledger/entries/{entries[1]['id']}/check", {"outcome": "here"}), 409, "ledger_not_approved")

    def test_the_audit_log_says_who_asked_and_who_approved(self):
        listed = self.watch(self.row(self.number()))
        lines = {}
        for entry in self.auditor.get("/api/v1/audit?limit=4").json["entries"]:   # newest first
            lines.setdefault(entry["action"], entry["sentence"])
        self.assertIn("省推送〔2020〕5号", lines["ledger_proposed"])
        self.assertTrue("tracer-2" in lines["ledger_approved"] and "tracer-1" in lines["ledger_approved"] and listed in lines["ledger_approved"], lines)


class Compared(Ledger):
    def test_the_guard_learns_what_to_do_the_phone_only_whom_to_see_and_the_desk_who_and_where(self):
        number = self.number()
        resident = self.resident(number)
        listed = self.watch(self.row(number))
        told = resident.post("/api/v1/scans", {"code": self.code("G1"), "direction": "in"})
        self.assertEqual((told.status, told.json["verdict"]), (201, "see_staff"))
        self.assertNotIn("ledger", told.text)
        result = self.at_gate(number, "G2")
        entry = self.entry_of(listed)
        self.assertEqual((result["status"], result["verdict"], result["ledger"]), (201, "stop", {"entry": entry["id"], "measure": "central", "until": self.until}))
        mine = [alert for alert in self.alerts() if alert["entry"] == entry["id"]]
        self.assertEqual([(alert["site"]["ref"], alert["verdict"], alert["person"]["id"]) for alert in mine], [("G2", "stop", entry["person"]["id"]), ("G1", "stop", entry["person"]["id"])])
        self.assertEqual(mine[0]["person"]["name"], f"{name(number)[0]}*")
        self.assertNotIn(document(number)["number"], str(mine))

    def test_an_alert_is_closed_once_and_by_a_name(self):
        number = self.number()
        self.resident(number)
        listed = self.watch(self.row(number))
        self.at_gate(number)
        alert = next(alert for alert in self.alerts() if alert["entry"] == self.entry_of(listed)["id"])["id"]
        self.assert_problem(self.guard.post(f"/api/v1/alerts/{alert}/close", {"note": ""}), 422, "missing")
        self.assertEqual(self.guard.post(f"/api/v1/alerts/{alert}/close", {"note": "已联系专班"}).status, 200)
        self.assert_problem(self.guard.post(f"/api/v1/alerts/{alert}/close", {"note": "again"}), 409, "alert_closed")
        self.assertNotIn(alert, [one["id"] for one in self.alerts()])
        closed = next(one for one in self.alerts(state="all") if one["id"] == alert)
        self.assertEqual((closed["closed_by"], closed["note"]), ("guard-1", "已联系专班"))
        self.assert_problem(self.tracer.get("/api/v1/alerts?state=old"), 422, "alert_state_unknown")
        for path in ("/api/v1/alerts", f"/api/v1/ledger/lists/{listed}/entries"):
            self.assert_problem(self.tracer.get(f"{path}?cursor=zzz"), 422, "cursor_unknown")

    def test_a_retry_and_a_repeat_raise_no_second_alert_and_a_late_scan_raises_its_own(self):
        number = self.number()
        resident = self.resident(number)
        entry = self.entry_of(self.watch(self.row(number)))["id"]
        now = int(time.time())
        body = {"code": self.code("G1"), "direction": "in", "at": rfc3339(now - 3600)}
        self.assertEqual([resident.post("/api/v1/scans", body).json["verdict"] for _ in range(2)], ["see_staff"] * 2)
        resident.post("/api/v1/scans", {**body, "at": rfc3339(now - 3570)})
        mine = [alert for alert in self.alerts() if alert["entry"] == entry]
        self.assertEqual([alert["at"] for alert in mine], [rfc3339(now - 3600)])
        self.assertGreater(mine[0]["received"], mine[0]["at"])

    def test_a_lead_before_its_person_registers_and_one_after(self):
        before, after = self.number(), self.number()
        self.resident(after)
        early = self.watch(self.row(before), self.row(after))
        self.assertEqual(self.at_gate(after)["verdict"], "stop")
        resident = self.resident(before)
        self.assertEqual(resident.post("/api/v1/scans", {"code": self.code("G2"), "direction": "in"}).json["verdict"], "see_staff")
        self.assertEqual(self.at_gate(before)["verdict"], "stop")
        people = {entry["person"]["id"] for entry in self.tracer.get(f"/api/v1/ledger/lists/{early}/entries").json["entries"]}
        self.assertEqual(len(people), 2)

    def test_the_office_hears_when_somebody_who_is_looked_for_registers_and_nobody_else_does(self):
        number = self.number()
        entry = self.entry_of(self.watch(self.row(number)))
        mine = lambda client=None: [alert for alert in (client or self.tracer).get("/api/v1/alerts").json["alerts"] if alert["entry"] == entry["id"]]
        self.assertEqual(mine(), [])
        answer = self.resident(number)
        self.assertEqual([(alert["verdict"], alert["measure"], alert["person"]["id"], "site" in alert) for alert in mine()], [("stop", "central", entry["person"]["id"], False)])
        self.assertEqual(mine(self.guard), [])   # it is at nobody's gate
        for again in (self.resident(number), answer):   # another phone, and what they are asked next
            again.get("/api/v1/me")
        self.assertEqual(len(mine()), 1)
        self.assertEqual(self.tracer.post(f"/api/v1/alerts/{mine()[0]['id']}/close", {"note": "已联系"}).status, 200)
        line = next(one for one in self.tracer.get("/api/v1/alerts?state=all").json["alerts"] if one["entry"] == entry["id"])
        self.assertEqual(line["note"], "已联系")

    def test_who_was_known_before_raises_no_alert_by_registering_again(self):
        number = self.number()
        self.resident(number)
        entry = self.entry_of(self.watch(self.row(number)))
        self.resident(number)
        self.assertEqual([alert for alert in self.alerts() if alert["entry"] == entry["id"]], [])

    def test_a_wrong_digit_comes_back_and_somebody_of_the_same_name_passes(self):
        number, other = self.number(), self.number()
        same = self.resident(other, name=name(number))
        self.watch(self.row(number))
        self.assertEqual(same.post("/api/v1/scans", {"code": self.code("G1"), "direction": "in"}).json["verdict"], "pass")
        self.assertEqual(self.at_gate(other)["verdict"], "pass")

    def test_a_document_under_another_name_is_a_call_until_a_human_says_who_it_is(self):
        number, other = self.number(), self.number()
        listed = self.watch(self.row(number))
        stranger = self.resident(number, name=name(other))   # the same document, another name: a person of its own, and a review
        self.assertEqual(stranger.post("/api/v1/scans", {"code": self.code("G1"), "direction": "in"}).json["verdict"], "see_staff")
        entry = self.entry_of(listed)
        mine = [alert for alert in self.alerts() if alert["entry"] == entry["id"]]
        self.assertEqual([(alert["verdict"], alert.get("site", {}).get("ref")) for alert in mine], [("call", "G1"), ("call", None)])   # who registered, and scanned
        self.assertNotEqual(mine[0]["person"]["id"], entry["person"]["id"])
        review = next(one for one in self.tracer.get("/api/v1/reviews").json["reviews"] if entry["person"]["id"] in str(one))
        self.assertEqual(self.tracer.post(f"/api/v1/reviews/{review['id']}", {"decision": "distinct"}).status, 200)
        self.assertEqual(stranger.post("/api/v1/scans", {"code": self.code("G2"), "direction": "in"}).json["verdict"], "pass")

    def test_another_phone_of_somebody_whom_a_human_made_one_with_a_lead_is_told_too(self):
        number, wrong = self.number(), self.number()
        first = self.resident(number)
        listed = self.watch(f"{name(number)},{document(wrong)['number']},{phone(number)}")   # the lead has another number, of the same name and phone
        entry = self.entry_of(listed)
        review = next(one for one in self.tracer.get("/api/v1/reviews").json["reviews"] if entry["person"]["id"] in str(one))
        self.assertEqual(self.tracer.post(f"/api/v1/reviews/{review['id']}", {"decision": "same", "note": "名单证件号录错"}).status, 200)
        self.assertEqual(first.post("/api/v1/scans", {"code": self.code("G1"), "direction": "in"}).json["verdict"], "see_staff")
        again = self.resident(number)   # the same statement from another phone
        self.assertEqual(again.post("/api/v1/scans", {"code": self.code("G2"), "direction": "in"}).json["verdict"], "see_staff")
        self.assertEqual(self.at_gate(number, "S1")["verdict"], "stop")

    def test_more_than_was_approved_is_asked_for_with_a_reason(self):
        number = self.number()
        self.resident(number)
        entry = self.entry_of(self.watch(self.row(number), measure="observation"))["id"]
        path = f"/api/v1/ledger/entries/{entry}/check"
        self.assert_problem(self.tracer.post(path, {"outcome": "here", "measure": "central"}), 422, "note_missing")
        self.assert_problem(self.tracer.post(path, {"outcome": "here", "until": rfc3339(int(time.time()) + 60 * DAY)}), 422, "note_missing")
        self.assertEqual(self.tracer.post(path, {"outcome": "here", "measure": "none"}).status, 200)
        done = self.tracer.post(path, {"outcome": "here", "measure": "central", "note": "核酸阳性"}).json
        self.assertEqual((done["document"], done["proposed_by"], done["approved_by"]), ("省推送〔2020〕5号", "tracer-1", "tracer-2"))

    def test_what_came_of_a_lead_changes_what_the_guard_is_told(self):
        number = self.number()
        self.resident(number)
        entry = self.entry_of(self.watch(self.row(number), measure="none"))["id"]
        ways = iter(("G1", "G2", "S1", "S2"))
        self.assertEqual(self.at_gate(number, next(ways))["verdict"], "call")   # nobody has looked yet
        checked = self.second.post(f"/api/v1/ledger/entries/{entry}/check", {"outcome": "here", "measure": "home", "note": "在家"})
        self.assertEqual([(act["outcome"], act["measure"], act["by"], act["note"]) for act in checked.json["acts"]], [("here", "home", "tracer-2", "在家")])
        self.assertEqual(self.at_gate(number, next(ways))["verdict"], "stop")
        self.second.post(f"/api/v1/ledger/entries/{entry}/check", {"outcome": "wrong_person"})
        self.assertEqual(self.at_gate(number, next(ways))["verdict"], "pass")
        self.second.post(f"/api/v1/ledger/entries/{entry}/check", {"outcome": "open", "measure": "observation"})
        self.assertEqual(self.at_gate(number, next(ways))["verdict"], "call")
        self.assert_problem(self.second.post(f"/api/v1/ledger/entries/{entry}/check", {"outcome": "gone"}), 422, "outcome_unknown")



class Heard(Ledger):
    def test_an_alert_reaches_a_listening_desk_within_a_second_and_a_gate_its_own(self):
        number = self.watched()
        desk = self.listen(self.service.session("tracer-2"))
        gate, other = self.listen(self.device_at("G1")), self.listen(self.device_at("G2"))
        time.sleep(0.5)
        begun = time.monotonic()
        self.assertEqual(self.at_gate(number)["verdict"], "stop")
        for thread in (desk, gate):
            thread.join(5)
            self.assertLess(thread.told["at"] - begun, 1)
            answer = thread.told["answer"]
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/event-stream; charset=utf-8"))
            self.assertRegex(answer.text, r"^retry: 200\nid: \d+\nevent: alert\ndata: \{\"id\":\"\d+\"\}\n\n$")
        self.assertNotIn("answer", other.told)
        newest = re.search(r"id: (\d+)", desk.told["answer"].text).group(1)
        self.assertEqual(self.alerts()[0]["id"], newest)
        self.at_gate(number, "G2")
        other.join(5)
        self.assertIn("event: alert", other.told["answer"].text)

    def test_the_office_whose_list_it_is_hears_of_it_wherever_it_was(self):
        number = self.number()
        self.resident(number)
        here = self.service.operator("grid-here", "tracer", "130682100")
        made = self.propose(self.row(number), client=here).json["id"]
        self.second.post(f"/api/v1/ledger/lists/{made}/approve")
        listening = self.listen(here)
        time.sleep(0.5)
        self.at_gate(number, "S1")
        listening.join(5)
        self.assertIn("event: alert", listening.told["answer"].text)
        entry = here.get(f"/api/v1/ledger/lists/{made}/entries").json["entries"][0]["id"]
        mine = [alert for alert in here.get("/api/v1/alerts").json["alerts"] if alert["entry"] == entry]
        self.assertEqual([(alert["site"]["ref"], alert["by_staff"]) for alert in mine], [("S1", True)])

    def test_an_alert_of_before_a_restart_is_told_to_whoever_asks_behind_it(self):
        number = self.watched()
        self.at_gate(number)
        before = int(self.alerts()[0]["id"]) - 1
        self.restart(self.second, hard=True)
        client = self.service.session("tracer-2")
        self.assertIn("event: alert", client.get(f"/api/v1/alerts/stream?after={before}").text)

    def test_what_came_between_two_calls_is_told_at_once(self):
        number = self.watched()
        before = int(self.alerts()[0]["id"]) if self.alerts() else 0
        self.at_gate(number)
        client = self.service.session("tracer-2")
        self.assertIn("event: alert", client.get(f"/api/v1/alerts/stream?after={before}").text)
        self.assertIn("event: alert", client.get("/api/v1/alerts/stream", {"Last-Event-ID": str(before)}).text)


class Stopped(Ledger):
    def test_a_stop_keeps_nobody_waiting(self):
        listening = self.listen(self.service.session("tracer-2"))
        time.sleep(0.5)
        begun = time.monotonic()
        self.restart()
        listening.join(5)
        self.assertEqual(listening.told["answer"].status, 200)
        self.assertNotIn("event:", listening.told["answer"].text)
        self.assertLess(time.monotonic() - begun, 15)


class Killed(Ledger):
    def test_what_was_approved_and_who_passed_are_there_after_a_kill(self):
        number = self.number()
        self.resident(number)
        self.watch(self.row(number))
        self.at_gate(number)
        count = len(self.alerts())
        self.restart(hard=True)
        self.assertEqual(self.at_gate(number, "G2")["verdict"], "stop")
        self.assertEqual(len(self.alerts()), count + 1)


if __name__ == "__main__":
    unittest.main()
