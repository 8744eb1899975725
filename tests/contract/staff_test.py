# SPDX-License-Identifier: Apache-2.0
"""Operators' accounts over HTTP: the set-up link, second factors, sessions, duty devices, scopes."""

import base64
import hashlib
import hmac
import os
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.service import Service, password
from support.town import TownTest, gate_item

NEW = "a fresh passphrase for li"


def totp(secret, at=None):
    """RFC 6238, from its text alone."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at or time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


class Setup(unittest.TestCase):
    def test_the_first_start_prints_a_link_that_makes_the_first_administrator_once(self):
        with Service() as service:
            service.start()
            link = next(line.strip() for line in service.stderr().splitlines() if "/setup#" in line)
            base, secret = link.split("/setup#")
            self.assertTrue(base.startswith("https://"), link)
            client = service.client()
            body = {"secret": secret, "login": "root", "password": NEW}
            self.assertEqual(client.post("/api/v1/setup", {**body, "secret": "x" * 52}).status, 410)
            self.assertEqual(client.post("/api/v1/setup", body).status, 201)
            self.assertEqual(client.post("/api/v1/setup", {**body, "login": "again"}).status, 410)
            opened = client.post("/api/v1/session", {"login": "root", "password": NEW})
            self.assertEqual(opened.status, 200, opened)
            admin = service.client(opened.json["token"])
            self.assertEqual([row["login"] for row in admin.get("/api/v1/operators").json["operators"]], ["root"])

    def test_no_link_is_printed_once_there_is_an_operator(self):
        with Service() as service:
            service.add_operator("root", "admin")
            service.start()
            self.assertNotIn("/setup#", service.stderr())


class SecondFactor(unittest.TestCase):
    def test_where_it_is_compulsory_only_enrolment_is_open_before_it_is_enrolled(self):
        with Service() as service:
            service.set_config("[access]\nrequire_otp = true\n")
            service.add_operator("t", "tracer")
            service.start()
            login = {"login": "t", "password": password("t")}
            opened = service.client().post("/api/v1/session", login)
            self.assertEqual(opened.status, 200, opened)
            tracer = service.client(opened.json["token"])
            refused = tracer.get("/api/v1/cases")
            self.assertEqual((refused.status, refused.code), (403, "otp_enrol"))
            begun = tracer.post("/api/v1/session/otp", {"password": password("t")})
            self.assertEqual(begun.status, 200, begun)
            self.assertTrue(begun.json["uri"].startswith("otpauth://totp/"), begun)
            code = totp(begun.json["secret"])
            self.assertEqual(tracer.post("/api/v1/session/otp/confirm", {"otp": code}).status, 200)
            self.assertEqual(tracer.get("/api/v1/cases").status, 200)
            # The code that enrolled has been used; the next step's is taken, once.
            again = service.client().post("/api/v1/session", {**login, "otp": code})
            self.assertEqual((again.status, again.code), (401, "otp_wrong"))
            missing = service.client().post("/api/v1/session", login)
            self.assertEqual((missing.status, missing.code), (401, "otp_required"))
            following = totp(begun.json["secret"], time.time() + 30)
            self.assertEqual(service.client().post("/api/v1/session", {**login, "otp": following}).status, 200)
            self.assertEqual(service.client().post("/api/v1/session", {**login, "otp": following}).status, 401)


class Staff(TownTest):
    def login(self, login, secret):
        return self.service.client().post("/api/v1/session", {"login": login, "password": secret})

    def test_an_admin_adds_changes_and_disables_an_operator(self):
        added = self.admin.post("/api/v1/operators", {"login": "li", "roles": ["guard"], "scope": "130682100", "password": NEW})
        self.assertEqual(added.status, 201, added)
        self.assert_problem(self.admin.post("/api/v1/operators", {"login": "li", "roles": ["guard"], "password": NEW}), 409, "login_taken")
        self.assert_field(self.admin.post("/api/v1/operators", {"login": "wu", "roles": ["guard"], "password": "short"}), "/password")
        self.assert_field(self.admin.post("/api/v1/operators", {"login": "wu", "roles": ["king"], "password": NEW}), "/roles")
        li = self.service.client(self.login("li", NEW).json["token"])
        self.assert_problem(li.get("/api/v1/operators"), 403)
        changed = self.admin.call("PATCH", "/api/v1/operators/li", {"roles": ["guard", "tracer"]})
        self.assertEqual(changed.json, {"login": "li", "roles": ["guard", "tracer"], "scope": "130682100", "disabled": False, "otp": False})
        self.assertEqual(li.get("/api/v1/cases").status, 200)   # from the next request on
        self.assert_field(self.admin.call("PATCH", "/api/v1/operators/li", {"roles": []}), "/roles")
        self.assertEqual(self.admin.call("PATCH", "/api/v1/operators/li", {"disabled": True}).status, 200)
        self.assert_problem(li.get("/api/v1/cases"), 401)
        self.assert_problem(self.login("li", NEW), 401, "login_failed")
        self.assert_problem(self.admin.call("PATCH", "/api/v1/operators/nobody", {"disabled": True}), 404)
        self.assert_problem(self.admin.call("PATCH", "/api/v1/operators/admin-1", {"disabled": True}), 409, "last_admin")

    def test_one_lists_and_ends_ones_sessions_and_a_new_password_ends_the_others(self):
        self.service.add_operator("zhao", "guard")
        first = self.service.session("zhao")
        second = self.service.session("zhao")
        sessions = second.get("/api/v1/sessions").json["sessions"]
        self.assertEqual([row["current"] for row in sessions].count(True), 1)
        other = next(row["id"] for row in sessions if not row["current"])
        self.assert_problem(self.guard.call("DELETE", f"/api/v1/sessions/{other}"), 404)   # somebody else's
        self.assertEqual(second.call("DELETE", f"/api/v1/sessions/{other}").status, 200)
        self.assert_problem(first.get("/api/v1/sessions"), 401)
        third = self.service.session("zhao")
        body = {"password": password("zhao"), "new_password": NEW}
        self.assert_problem(second.post("/api/v1/session/password", {**body, "password": "wrong password"}), 401)
        self.assertEqual(second.post("/api/v1/session/password", body).status, 200)
        self.assert_problem(third.get("/api/v1/sessions"), 401)
        self.assertEqual(second.get("/api/v1/sessions").status, 200)
        self.assertEqual(self.login("zhao", NEW).status, 200)

    def test_the_session_cookie_is_locked_to_this_host_and_to_its_own_pages(self):
        cookie = self.login("guard-1", password("guard-1")).headers["Set-Cookie"]
        for part in ("__Host-session=", "Path=/", "Secure", "HttpOnly", "SameSite=Strict"):
            self.assertIn(part, cookie)

    def test_a_duty_device_scans_at_its_own_site_until_it_is_revoked(self):
        paired = self.manager.post("/api/v1/sites/G1/devices")
        self.assertEqual(paired.status, 201, paired)
        secret = paired.json["url"].split("/duty#")[1]
        duty = self.service.client().post("/api/v1/duty", {"secret": secret, "name": "李卫国"})
        self.assertEqual(duty.status, 200, duty)
        self.assertEqual(duty.json["site"], "G1")
        self.assert_problem(self.service.client().post("/api/v1/duty", {"secret": secret, "name": "李卫国"}), 410)
        device = self.service.client(duty.json["token"])
        number = self.number()
        items = [gate_item({"document": document(number), "name": name(number)}, ref) for ref in ("G1", "G2")]
        results = device.post("/api/v1/gate/scans", {"scans": items}).json["results"]
        self.assertEqual([result["status"] for result in results], [201, 404])
        self.assert_problem(device.get("/api/v1/cases"), 403)
        self.assertTrue(self.manager.get("/api/v1/sites/G1/devices").json["devices"][0]["on_duty"])
        self.assertEqual(self.manager.call("DELETE", f"/api/v1/devices/{paired.json['id']}").status, 200)
        self.assert_problem(device.post("/api/v1/gate/scans", {"scans": items}), 401)
        self.assert_problem(self.manager.post(f"/api/v1/devices/{paired.json['id']}/link"), 410)

    def test_a_manager_pairs_devices_only_in_scope(self):
        manager = self.service.operator("manager-far", "manager", scope="130682101")
        self.assert_problem(manager.post("/api/v1/sites/G1/devices"), 404, "site_unknown")
        self.assert_problem(manager.get("/api/v1/sites/G1/devices"), 404, "site_unknown")


if __name__ == "__main__":
    unittest.main()
