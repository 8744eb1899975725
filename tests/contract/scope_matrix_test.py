# SPDX-License-Identifier: Apache-2.0
"""Every cell of call × role × scope. What may be is read off the table of calls (x-who, x-scope, x-unenrolled of the OpenAPI document,
which tests/api hold against the table in api.cpp); here stands one valid request for each call, about each of three places. A cell
that is allowed is answered; one that is not answers the documented code, changes nothing, and tells nothing of the place.
"""

import itertools
import os
import re
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import schema
from support.callers import CASE, DEEP, HERE, PASSPHRASE, SITES, THERE, Callers, password
from support.forms import WORKBOOK, a_form
from support.people import FORM, document, name, person_form, phone, registration
from support.service import QUIET_LIMITS, rfc3339
from support.town import TownTest, gate_item

CSV = {"Content-Type": "text/csv"}
_fresh = itertools.count(1)


class Ask:
    """One valid request. `make(callers, caller, target)` gives path and body; `good` and `bad` judge the answer inside and outside
    the scope, where the table says that scope binds the call."""

    def __init__(self, make, good=None, bad=None):
        self.make = make
        self.good = good or (lambda answer, target: answer.status in (200, 201))
        self.bad = bad


def to(path, body=None):
    """The same request for everybody."""
    return Ask(lambda callers, caller, target: (path, body))


def refused(status, code):
    return lambda answer, target: (answer.status, answer.code) == (status, code)


def of_path(make, code="site_unknown"):
    return Ask(make, bad=refused(404, code))


def item(answer, target, status):
    return answer.status == 200 and [result["status"] for result in answer.json["results"]] == [status]


def imported(make, code):
    """One row: taken, or given back with its reason."""
    return Ask(lambda callers, caller, target: (*make(callers, caller, target), CSV),
               lambda answer, target: answer.status == 200 and answer.json["rejected"] == [],
               lambda answer, target: answer.status == 200 and [row["code"] for row in answer.json["rejected"]] == [code])


def listed(path, names):
    """A list that shows the target's own when it is in the scope."""
    return Ask(lambda callers, caller, target: (path(callers), None),
               lambda answer, target: answer.status == 200 and target.operator in names(answer),
               lambda answer, target: answer.status == 200 and target.operator not in names(answer))


def found(make):
    return Ask(make, lambda answer, target: [row["id"] for row in answer.json["people"]] == [target.person],
               lambda answer, target: answer.status == 200 and answer.json["people"] == [])


def traced(index, good=None, bad=None):
    """A trace from one index subject."""
    def make(callers, caller, target):
        window = callers.window()
        return "/api/v1/traces", {"case": CASE, "index": [index(target, window)], **window}
    return Ask(make, good, bad)


def disclosed(query, code):
    def make(callers, caller, target):
        return f"/api/v1/cases/{CASE}/disclosures", {"query": query(target, callers.window()), "fields": ["name"], "recipient": "疾控", "reason": "通知"}
    return of_path(make, code)


def question(path):
    def make(callers, caller, target):
        window = callers.window()
        return f"/api/v1/{path(target)}?case={CASE}&from={window['from']}&to={window['to']}", None
    return make


def an_asset(callers):
    """The address of a file, as a page names it."""
    return re.search(r'src="([^"]+)"', callers.town.service.client().get("/gate").text).group(1)


def proof(caller):
    return {"password": password(getattr(caller, "login", "nobody"))}


def new_operator(callers, caller, target):
    return "/api/v1/operators", {"login": f"new-{next(_fresh)}", "roles": ["guard"], "scope": target.division, "password": PASSPHRASE}


def enterprise_at(callers, target):
    """The ref of an enterprise of that place."""
    ref = f"firm-{target.ref}"
    made = callers.manager.post("/api/v1/sites", {"ref": ref, "name": f"砖厂{target.ref}", "category": "enterprise", "division": target.division})
    if made.status not in (201, 409):
        raise AssertionError(made)
    return ref


def a_rule(target):
    today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    return {"division": target.division, "from": today, "until": today, "people": 20, "days": 1}


def rule_at(callers, target):
    """The id of a fresh rule of outings of that place."""
    made = callers.manager.post("/api/v1/outing-rules", a_rule(target))
    if made.status != 201:
        raise AssertionError(made)
    return made.json["id"]


def outing_at(callers, target):
    """The id of a scan by which somebody of that place went out, while there is a rule."""
    if callers.manager.call("PATCH", f"/api/v1/sites/{target.ref}", {"category": "village"}).status != 200:   # where people go out of their homes
        raise AssertionError(target.ref)
    rule = rule_at(callers, target)
    number = callers.town.number()
    callers.resident(number, division=target.division, address="仁和街2号3室")
    item = gate_item({"document": document(number)}, target.ref, "out")
    scan = callers.town.guard.post("/api/v1/gate/scans", {"scans": [item]}).json["results"][0]["id"]
    if callers.manager.call("DELETE", f"/api/v1/outing-rules/{rule}").status != 200:
        raise AssertionError(rule)
    return scan


def camera_at(callers, target):
    """The ref of that place, which has a camera."""
    done = callers.manager.post(f"/api/v1/sites/{target.ref}/camera", {"template": "https://nvr.example/{at}"})
    if done.status != 200:
        raise AssertionError(done)
    return target.ref


def gate_scan(callers, caller, target):
    number = callers.town.number()
    return "/api/v1/gate/scans", {"scans": [gate_item({"document": document(number), "name": name(number)}, target.ref)]}


def roster_row(callers, caller, target):
    number = callers.town.number()
    return "/api/v1/people/import", (f"ref,name,document_type,document_number,phone,division\nR-{number},{name(number)},id,"
                                     f"{document(number)['number']},{phone(number)},{target.division}\n")


def history_row(callers, caller, target):
    return "/api/v1/scans/import", (f"document_type,document_number,site,at,direction\nid,{document(target.number)['number']},{target.ref},"
                                    f"{callers.a_moment()},in\n")


def told_visit(callers, caller, target):
    now = int(time.time())
    return f"/api/v1/cases/{CASE}/visits", {"person": target.person, "site": target.ref, "from": rfc3339(now - 7200), "to": rfc3339(now - 3600)}


def begin_duty(callers, caller, target):
    return "/api/v1/duty", {"secret": callers.fresh_secret(), "name": "李卫国"}


def kept_form(callers):
    return callers.town.tracer.post("/api/v1/forms", a_form(), WORKBOOK).json["id"]


def own_session(callers, caller, target):
    """Another session of the caller's own; of somebody else where they have none, as a device, which has one shift at a time."""
    has_another = caller.role not in ("anyone", "resident") and not caller.site
    other = caller.again() if has_another else callers.town.guard
    current = next(row["id"] for row in other.get("/api/v1/sessions").json["sessions"] if row["current"])
    return f"/api/v1/sessions/{current}", None


def unfit_for_devices(*good):
    """A duty device has no password: whoever asks for it is told that it is wrong, whatever they give."""
    return lambda answer, target: answer.status in good or (answer.status, answer.code) == (401, "login_failed")


def split(callers, caller, target):
    person, statements = callers.two_statements_at(target.division)
    return f"/api/v1/people/{person}/split", {"registrations": statements[1:], "reason": "两个人"}


def rerun(callers, caller, target):
    """A question that an unscoped tracer asked about the target."""
    callers.town.tracer.post("/api/v1/traces", {"case": CASE, "index": [{"person": target.person}], **callers.window()})
    kept = callers.town.tracer.get(f"/api/v1/cases/{CASE}/questions").json["questions"]   # one asked in the same second is counted with an earlier one
    about_target = next(one["id"] for one in kept if one["question"].get("index") == [{"person": target.person}])
    return f"/api/v1/cases/{CASE}/questions/{about_target}/run", {}


def lists_review(answer, target):
    return answer.status == 200 and target.review in [review["id"] for review in answer.json["reviews"]]


def hides_review(answer, target):
    return answer.status == 200 and target.review not in [review["id"] for review in answer.json["reviews"]]


def scan(callers, caller, target):
    return {"code": callers.town.code("site-1"), "direction": "in", "at": callers.a_moment()}


ASKS = {
    "GET /healthz": [to("/healthz")],
    "GET /docs": [to("/docs")],
    "GET /readyz": [to("/readyz")],
    "GET /version": [to("/version")],
    "GET /api/v1/openapi.yaml": [to("/api/v1/openapi.yaml")],
    "GET /": [to("/")],
    **{f"GET {page}": [to(page)] for page in ("/gate", "/duty", "/sites", "/trace", "/desk", "/admin", "/setup", "/me")},
    "GET /gate-worker.js": [to("/gate-worker.js")],
    "GET /assets/{set}/{folder}/{file}": [Ask(lambda callers, caller, target: (an_asset(callers), None))],
    "GET /api/v1/exports": [to("/api/v1/exports")],
    "POST /": [Ask(lambda callers, caller, target: ("/", person_form(callers.town.number()), FORM))],
    "GET /s/{code}/{digits}": [Ask(lambda callers, caller, target: (callers.screen_path(), None))],
    "POST /s/{code}/{digits}": [Ask(lambda callers, caller, target: (callers.screen_path(), person_form(callers.town.number(), callers.town.notice, direction="in"), FORM),
                                    lambda answer, target: answer.status == 201)],
    "GET /s/{code}": [Ask(lambda callers, caller, target: (f"/s/{callers.town.code('site-1')}", None))],
    "POST /s/{code}": [Ask(lambda callers, caller, target: (f"/s/{callers.town.code('site-1')}",
                                                           person_form(callers.town.number(), direction="in"), FORM))],
    "GET /api/v1/codes/{code}": [Ask(lambda callers, caller, target: (f"/api/v1/codes/{callers.town.code('site-1')}", None))],
    "POST /api/v1/registrations": [Ask(lambda callers, caller, target: (
        "/api/v1/registrations", registration(callers.town.number(), notice_version=callers.town.notice)))],
    "POST /api/v1/scans": [Ask(lambda callers, caller, target: ("/api/v1/scans", scan(callers, caller, target)))],
    "POST /api/v1/scans/batch": [Ask(lambda callers, caller, target: ("/api/v1/scans/batch", {"scans": [scan(callers, caller, target)]}))],
    "POST /api/v1/scans/{id}/void": [
        Ask(lambda callers, caller, target: (f"/api/v1/scans/{callers.scan_of(caller)}/void", {"reason": "按错了"})),
        Ask(lambda callers, caller, target: (f"/api/v1/scans/{callers.scan_of_somebody_else()}/void", {"reason": "按错了"}),
            refused(404, "scan_unknown"))],
    "GET /api/v1/session": [to("/api/v1/session")],
    "POST /api/v1/session": [to("/api/v1/session", {"login": "guard-1", "password": password("guard-1")})],
    "DELETE /api/v1/session": [to("/api/v1/session")],
    "POST /api/v1/session/confirm": [Ask(lambda callers, caller, target: ("/api/v1/session/confirm", proof(caller)), unfit_for_devices(200))],
    "POST /api/v1/session/password": [Ask(
        lambda callers, caller, target: ("/api/v1/session/password", {**proof(caller), "new_password": proof(caller)["password"]}),
        unfit_for_devices(200))],
    "POST /api/v1/session/otp": [Ask(lambda callers, caller, target: ("/api/v1/session/otp", proof(caller)), unfit_for_devices(200))],
    # A code that fits would enrol: staff_test does that.
    "POST /api/v1/session/otp/confirm": [Ask(lambda callers, caller, target: ("/api/v1/session/otp/confirm", {"otp": "000000"}),
                                             lambda answer, target: answer.code in ("otp_not_begun", "invalid_request", "otp_wrong"))],
    "GET /api/v1/sessions": [to("/api/v1/sessions")],
    "DELETE /api/v1/sessions/{id}": [Ask(own_session, lambda answer, target: answer.status == 200 or (answer.status, answer.code) == (404, "session_unknown"))],
    "POST /api/v1/setup": [Ask(lambda callers, caller, target: ("/api/v1/setup", {"secret": "x" * 52, "login": "root", "password": PASSPHRASE}),
                               refused(410, "link_over"))],   # there are operators already
    "POST /api/v1/duty": [Ask(begin_duty)],
    "GET /api/v1/operators": [listed(lambda callers: "/api/v1/operators", lambda answer: [row["login"] for row in answer.json["operators"]])],
    "POST /api/v1/operators": [Ask(new_operator, bad=refused(403, "scope_outside"))],
    "PATCH /api/v1/operators/{login}": [Ask(lambda callers, caller, target: (f"/api/v1/operators/{target.operator}", {"roles": ["guard"]}),
                                            bad=refused(404, "operator_unknown"))],
    "GET /api/v1/divisions": [to("/api/v1/divisions")],
    "GET /api/v1/sites": [Ask(lambda callers, caller, target: ("/api/v1/sites", None),
                              lambda answer, target: answer.status == 200 and target.ref in [site["ref"] for site in answer.json["sites"]],
                              lambda answer, target: answer.status == 200 and target.ref not in [site["ref"] for site in answer.json["sites"]])],
    "POST /api/v1/sites/search": [Ask(lambda callers, caller, target: ("/api/v1/sites/search", {"text": target.ref}),
                                      lambda answer, target: answer.status == 200 and target.ref in [site["ref"] for site in answer.json["sites"]],
                                      lambda answer, target: answer.status == 200 and target.ref not in [site["ref"] for site in answer.json["sites"]])],
    "POST /api/v1/sites": [Ask(lambda callers, caller, target: ("/api/v1/sites", {"ref": f"fresh-{next(_fresh)}", "name": "新点", "category": "shop", "division": target.division}),
                               bad=refused(422, "scope_outside"))],
    "GET /api/v1/sites/{ref}": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}", None))],
    "PATCH /api/v1/sites/{ref}": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}", {"address": f"新街{next(_fresh)}号"}))],
    "POST /api/v1/sites/{ref}/replace": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/replace", {"accept_old_until": rfc3339(time.time() + 3600)}))],
    "GET /api/v1/sites/{ref}/traffic": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/traffic", None))],
    "GET /api/v1/site-activity": [Ask(lambda callers, caller, target: ("/api/v1/site-activity", None),
                                      lambda answer, target: answer.status == 200 and target.ref in [site["ref"] for site in answer.json["sites"]],
                                      lambda answer, target: answer.status == 200 and target.ref not in [site["ref"] for site in answer.json["sites"]])],
    "POST /api/v1/posters/check": [Ask(lambda callers, caller, target: ("/api/v1/posters/check", {"code": callers.town.code(target.ref)}), bad=refused(404, "code_unknown"))],
    "GET /api/v1/sites/{ref}/devices": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/devices", None))],
    "POST /api/v1/sites/{ref}/devices": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/devices", None))],
    "POST /api/v1/devices/{id}/link": [of_path(lambda callers, caller, target: (f"/api/v1/devices/{target.device}/link", None), "device_unknown")],
    "DELETE /api/v1/devices/{id}": [of_path(lambda callers, caller, target: (f"/api/v1/devices/{callers.pair(target.ref)[0]}", None),
                                            "device_unknown")],
    "GET /api/v1/audit": [listed(lambda callers: f"/api/v1/audit?limit=500&cursor={callers.last_line + 1}",
                                 lambda answer: [line["operator"] for line in answer.json["entries"]])],
    "GET /api/v1/audit/verify": [Ask(lambda callers, caller, target: ("/api/v1/audit/verify", None), lambda answer, target: answer.json["ok"])],
    "GET /api/v1/status": [to("/api/v1/status")],
    "GET /api/v1/upkeep": [to("/api/v1/upkeep")],
    "GET /api/v1/settings": [to("/api/v1/settings")],
    "GET /api/v1/retention": [to("/api/v1/retention")],
    "GET /api/v1/assessment": [to("/api/v1/assessment")],
    "GET /api/v1/office": [to("/api/v1/office")],
    # The office is the whole city's: an admin of a part of it is told so.
    "PATCH /api/v1/office": [Ask(lambda callers, caller, target: ("/api/v1/office", {"hotline": f"0312-{next(_fresh)}"}),
                                 lambda answer, target: answer.status == 200 or answer.code == "scope_outside")],
    "GET /api/v1/me/access": [to("/api/v1/me/access")],
    "GET /api/v1/gate/word": [to("/api/v1/gate/word")],
    "POST /api/v1/gate/verifications": [Ask(
        lambda callers, caller, target: ("/api/v1/gate/verifications", {"credential": target.credential, "document": document(target.number)}),
        lambda answer, target: answer.status == 200)],
    "POST /api/v1/gate/scans": [Ask(gate_scan, lambda answer, target: item(answer, target, 201), lambda answer, target: item(answer, target, 404))],
    "POST /api/v1/gate/vehicles": [Ask(lambda callers, caller, target: ("/api/v1/gate/vehicles", {"checks": [
        {"site": target.ref, "plate": f"冀F{20_000 + next(_fresh)}", "people": 2, "direction": "in"}]}),
        lambda answer, target: item(answer, target, 201), lambda answer, target: item(answer, target, 404))],
    "GET /api/v1/sites/{ref}/screen": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/screen", None))],
    "GET /api/v1/gate/sites": [listed(lambda callers: "/api/v1/gate/sites", lambda answer: [f"probe-at-{row['ref']}" for row in answer.json["sites"]])],
    "POST /api/v1/gate/observations": [of_path(lambda callers, caller, target: (
        "/api/v1/gate/observations", {"scan": callers.scan_at(target), "temperature": 36.5, "method": "ear"}), "scan_unknown")],
    "GET /api/v1/gate/recent": [of_path(lambda callers, caller, target: (f"/api/v1/gate/recent?site={target.ref}", None))],
    "POST /api/v1/gate/roster": [of_path(lambda callers, caller, target: ("/api/v1/gate/roster", {"site": target.ref, "initials": "w"}))],
    "GET /api/v1/gate/shift": [of_path(lambda callers, caller, target: (f"/api/v1/gate/shift?site={target.ref}", None))],
    "GET /api/v1/cases": [to("/api/v1/cases")],
    "POST /api/v1/cases": [Ask(lambda callers, caller, target: (
        "/api/v1/cases", {"number": f"M-{next(_fresh)}", "title": "测试", "purpose": "密接排查"}))],
    "GET /api/v1/cases/{number}": [to(f"/api/v1/cases/{CASE}")],
    "PATCH /api/v1/cases/{number}": [to(f"/api/v1/cases/{CASE}", {"title": "测试二"})],
    "GET /api/v1/cases/{number}/questions": [to(f"/api/v1/cases/{CASE}/questions")],
    "POST /api/v1/cases/{number}/questions/{id}/run": [of_path(rerun, "person_unknown")],
    "POST /api/v1/cases/{number}/contacts": [Ask(   # a contact list is not cut by scope
        lambda callers, caller, target: (f"/api/v1/cases/{CASE}/contacts", {"marks": [{"person": target.person, "state": "to_call"}]}),
        lambda answer, target: answer.status == 200 and answer.json["results"][0]["person"] == target.person)],
    "GET /api/v1/cases/{number}/contacts": [to(f"/api/v1/cases/{CASE}/contacts")],
    "GET /api/v1/cases/{number}/contacts/{person}": [Ask(
        lambda callers, caller, target: (f"/api/v1/cases/{CASE}/contacts/{target.person}", None), lambda answer, target: answer.status == 200)],
    "GET /api/v1/sites/{ref}/poster": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/poster", None))],
    "POST /api/v1/posters": [Ask(lambda callers, caller, target: ("/api/v1/posters", {"sites": [target.ref]}), lambda answer, target: answer.status == 200,
                                 refused(404, "site_unknown"))],
    "GET /api/v1/cases/{number}/visits": [to(f"/api/v1/cases/{CASE}/visits")],
    "POST /api/v1/cases/{number}/visits": [Ask(told_visit, lambda answer, target: answer.status == 201, refused(404, "site_unknown"))],
    "DELETE /api/v1/cases/{number}/visits/{id}": [Ask(
        lambda callers, caller, target: (f"/api/v1/cases/{CASE}/visits/none", None), lambda answer, target: (answer.status, answer.code) == (404, "visit_unknown"))],
    "POST /api/v1/divisions/import": [imported(lambda callers, caller, target: (
        "/api/v1/divisions/import", f"code,name\n{target.division},名{next(_fresh)}\n"), "scope_outside")],
    "POST /api/v1/sites/import": [
        imported(lambda callers, caller, target: (
            "/api/v1/sites/import", f"ref,name,category,division\nN-{next(_fresh)},新口,traffic,{target.division}\n"), "scope_outside"),
        imported(lambda callers, caller, target: (   # somebody's site, to be taken into the caller's own scope
            "/api/v1/sites/import", f"ref,name,category,division\n{target.ref},改名{next(_fresh)},shop,{target.division}\n"), "site_unknown")],
    "POST /api/v1/people/import": [imported(roster_row, "scope_outside")],
    "POST /api/v1/scans/import": [imported(history_row, "site_unknown")],
    "POST /api/v1/people/search": [
        found(lambda callers, caller, target: ("/api/v1/people/search", {"case": CASE, "document": document(target.number)})),
        found(lambda callers, caller, target: ("/api/v1/people/search", {"case": CASE, "phone": phone(target.number), "name": name(target.number)})),
        found(lambda callers, caller, target: ("/api/v1/people/search", {"case": CASE, "plate": target.plate}))],
    "GET /api/v1/people/{id}/trajectory": [Ask(question(lambda target: f"people/{target.person}/trajectory"),
                                               lambda answer, target: answer.status == 200 and len(answer.json["scans"]) >= 1)],
    "GET /api/v1/sites/{ref}/passages": [of_path(question(lambda target: f"sites/{target.ref}/passages"))],
    "POST /api/v1/traces": [
        traced(lambda target, window: {"person": target.person}, bad=refused(404, "person_unknown")),
        traced(lambda target, window: {"site": target.ref, **window}, bad=refused(404, "site_unknown")),
        traced(lambda target, window: {"plate": target.plate}, lambda answer, target: answer.json["contacts"][0]["person"]["id"] == target.person,
               lambda answer, target: answer.status == 200 and answer.json["contacts"] == [])],
    "POST /api/v1/shared-places": [Ask(   # of one person named twice, whom the scope reaches or not
        lambda callers, caller, target: ("/api/v1/shared-places", {"case": CASE, "index": [{"person": target.person}] * 2, **callers.window()}),
        refused(422, "trace_invalid"), refused(404, "person_unknown"))],
    "GET /api/v1/presets": [to("/api/v1/presets")],
    "POST /api/v1/people/{id}/reveal": [Ask(
        lambda callers, caller, target: (f"/api/v1/people/{target.person}/reveal", {"case": CASE, "fields": ["name"], "reason": "流调"}),
        lambda answer, target: answer.status == 200 and answer.json["person"]["id"] == target.person)],
    "POST /api/v1/cases/{number}/disclosures": [
        disclosed(lambda target, window: {"passages": {"site": target.ref, **window}}, "site_unknown"),
        disclosed(lambda target, window: {"contacts": {"index": [{"person": target.person}], **window}}, "person_unknown")],
    "POST /api/v1/cases/{number}/narratives": [   # as a trajectory: never cut by scope within an open case
        Ask(lambda callers, caller, target, kind=kind: (f"/api/v1/cases/{CASE}/narratives", {"person": target.person, "kind": kind, "label": "1", **callers.window()}),
            lambda answer, target: answer.status == 200 or answer.code == "notice_empty")   # too few were there
        for kind in ("report", "notice")],
    "GET /api/v1/forms": [to("/api/v1/forms")],
    "POST /api/v1/forms": [Ask(lambda callers, caller, target: ("/api/v1/forms", a_form(), WORKBOOK), lambda answer, target: answer.status == 201)],
    "PATCH /api/v1/forms/{id}": [Ask(lambda callers, caller, target: (f"/api/v1/forms/{kept_form(callers)}", {"columns": {"B": "name"}}))],
    "DELETE /api/v1/forms/{id}": [Ask(lambda callers, caller, target: (f"/api/v1/forms/{kept_form(callers)}", None))],
    "POST /api/v1/ledger/lists": [Ask(lambda callers, caller, target: (
        f"/api/v1/ledger/lists?document=x&measure=home&until={rfc3339(int(time.time()) + 3600)}", f"name,phone\n{name(1)},{phone(next(_fresh) + 60_000)}\n", CSV))],
    "GET /api/v1/ledger/lists": [Ask(lambda callers, caller, target: (callers.list_at(target) and "/api/v1/ledger/lists", None),
                                     lambda answer, target: f"proposer-at-{target.ref}" in {one["by"].rpartition("-")[0] for one in answer.json["lists"]},
                                     lambda answer, target: answer.status == 200 and f"proposer-at-{target.ref}" not in {one["by"].rpartition("-")[0] for one in answer.json["lists"]})],
    "POST /api/v1/ledger/lists/{id}/approve": [of_path(lambda callers, caller, target: (
        f"/api/v1/ledger/lists/{callers.list_at(target, approved=False)}/approve", None), "list_unknown")],
    "POST /api/v1/ledger/lists/{id}/refuse": [of_path(lambda callers, caller, target: (
        f"/api/v1/ledger/lists/{callers.list_at(target, approved=False)}/refuse", None), "list_unknown")],
    "POST /api/v1/ledger/lists/{id}/undo": [of_path(lambda callers, caller, target: (
        f"/api/v1/ledger/lists/{callers.list_at(target)}/undo", {"reason": "typed wrong"}), "list_unknown")],
    "GET /api/v1/ledger/lists/{id}/entries": [of_path(lambda callers, caller, target: (f"/api/v1/ledger/lists/{callers.list_at(target)}/entries", None), "list_unknown")],
    "GET /api/v1/ledger/entries/{id}": [of_path(lambda callers, caller, target: (f"/api/v1/ledger/entries/{callers.entry_at(target)}", None), "entry_unknown")],
    "GET /api/v1/ledger/handed": [Ask(lambda callers, caller, target: (callers.handed_to(target) and "/api/v1/ledger/handed", None),
                                      lambda answer, target: target.division in {one["division"]["code"] for one in answer.json["entries"]},
                                      lambda answer, target: answer.status == 200 and target.division not in {one["division"]["code"] for one in answer.json["entries"]})],
    "POST /api/v1/ledger/entries/{id}/hand": [of_path(lambda callers, caller, target: (
        f"/api/v1/ledger/entries/{callers.entry_at(target)}/hand", {"division": target.division, "reason": "lives there"}), "entry_unknown")],
    "POST /api/v1/ledger/entries/{id}/check": [of_path(lambda callers, caller, target: (
        f"/api/v1/ledger/entries/{callers.entry_at(target)}/check", {"outcome": "here"}), "entry_unknown")],
    "POST /api/v1/ledger/entries/{id}/undo": [of_path(lambda callers, caller, target: (
        f"/api/v1/ledger/entries/{callers.entry_at(target)}/undo", {"reason": "typed wrong"}), "entry_unknown")],
    "POST /api/v1/sites/{ref}/reports": [of_path(lambda callers, caller, target: (
        f"/api/v1/sites/{enterprise_at(callers, target)}/reports", {"staff": 9, "present": 8, "fever": 0, "elsewhere": 1}))],
    "GET /api/v1/sites/{ref}/reports": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{enterprise_at(callers, target)}/reports", None))],
    "GET /api/v1/reports": [Ask(lambda callers, caller, target: (enterprise_at(callers, target) and "/api/v1/reports", None),
                                lambda answer, target: f"firm-{target.ref}" in {one["ref"] for one in answer.json["enterprises"]},
                                lambda answer, target: answer.status == 200 and f"firm-{target.ref}" not in {one["ref"] for one in answer.json["enterprises"]})],
    "POST /api/v1/sites/{ref}/camera": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/camera", {"template": "https://nvr.example/{at}"}))],
    "GET /api/v1/sites/{ref}/camera": [of_path(lambda callers, caller, target: (f"/api/v1/sites/{target.ref}/camera", None))],
    "POST /api/v1/sites/{ref}/playback": [of_path(lambda callers, caller, target: (
        f"/api/v1/sites/{camera_at(callers, target)}/playback", {"case": CASE, "at": rfc3339(int(time.time()) - 60)}))],
    "POST /api/v1/outing-rules": [Ask(lambda callers, caller, target: ("/api/v1/outing-rules", a_rule(target)), bad=refused(422, "division_unknown"))],
    "GET /api/v1/outing-rules": [Ask(lambda callers, caller, target: (rule_at(callers, target) and "/api/v1/outing-rules", None),
                                     lambda answer, target: target.division in {one["division"]["code"] for one in answer.json["rules"]},
                                     lambda answer, target: answer.status == 200 and target.division not in {one["division"]["code"] for one in answer.json["rules"]})],
    "DELETE /api/v1/outing-rules/{id}": [of_path(lambda callers, caller, target: (f"/api/v1/outing-rules/{rule_at(callers, target)}", None), "outing_rule_unknown")],
    "POST /api/v1/gate/outings": [of_path(lambda callers, caller, target: ("/api/v1/gate/outings", {"scan": outing_at(callers, target), "reason": "看病"}), "scan_unknown")],
    "GET /api/v1/alerts": [Ask(lambda callers, caller, target: (callers.alert_at(target) and "/api/v1/alerts", None),
                               lambda answer, target: target.ref in {one["site"]["ref"] for one in answer.json["alerts"]},
                               lambda answer, target: answer.status == 200 and target.ref not in {one["site"]["ref"] for one in answer.json["alerts"]})],
    "GET /api/v1/alerts/stream": [Ask(lambda callers, caller, target: (f"/api/v1/alerts/stream?wait=0&after={int(callers.alert_at(target)) - 1}", None),
                                      lambda answer, target: answer.status == 200 and "event: alert" in answer.text,
                                      lambda answer, target: answer.status == 200 and "event:" not in answer.text)],
    "POST /api/v1/alerts/{id}/close": [of_path(lambda callers, caller, target: (
        f"/api/v1/alerts/{callers.alert_at(target)}/close", {"note": "called the team"}), "alert_unknown")],
    "GET /api/v1/registers": [Ask(lambda callers, caller, target: (callers.count_certificates(caller, target) and "/api/v1/registers", None),
                                  *[lambda answer, target: answer.status == 200 and answer.json["registers"][-1] == {"kind": "certificate", "open": target.expected, "overdue": 0}] * 2)],
    "GET /api/v1/registers/{kind}": [Ask(lambda callers, caller, target: (callers.record_at(target) and "/api/v1/registers/fever", None),
                                         lambda answer, target: target.ref in {one["site"]["ref"] for one in answer.json["records"]},
                                         lambda answer, target: answer.status == 200 and target.ref not in {one["site"]["ref"] for one in answer.json["records"]})],
    "POST /api/v1/registers/{kind}": [Ask(lambda callers, caller, target: ("/api/v1/registers/round", {"division": target.division, "subject": "仁和街1号"}),
                                          bad=refused(422, "division_unknown"))],
    "GET /api/v1/registers/{kind}/{id}": [of_path(lambda callers, caller, target: (f"/api/v1/registers/fever/{callers.record_at(target)}", None), "record_unknown")],
    "POST /api/v1/registers/{kind}/{id}/steps": [of_path(lambda callers, caller, target: (
        f"/api/v1/registers/fever/{callers.record_at(target)}/steps", {"step": "noted", "note": "called"}), "record_unknown")],
    "POST /api/v1/registers/{kind}/{id}/reveal": [of_path(lambda callers, caller, target: (
        f"/api/v1/registers/fever/{callers.record_at(target)}/reveal", {"fields": ["phone"], "reason": "to call them"}), "record_unknown")],
    "GET /api/v1/isolation/places": [Ask(lambda callers, caller, target: (callers.isolation_at(target) and "/api/v1/isolation/places", None),
                                         lambda answer, target: f"iso-{target.ref}" in {one["ref"] for one in answer.json["places"]},
                                         lambda answer, target: answer.status == 200 and f"iso-{target.ref}" not in {one["ref"] for one in answer.json["places"]})],
    "POST /api/v1/isolation/places/{ref}": [Ask(lambda callers, caller, target: (f"/api/v1/isolation/places/{target.ref}", {"capacity": 10}),
                                                refused(422, "isolation_place"), refused(404, "site_unknown"))],
    "GET /api/v1/counts": [Ask(lambda callers, caller, target: (f"/api/v1/counts?division={target.division}", None), bad=refused(422, "division_unknown"))],
    "GET /api/v1/brief": [Ask(lambda callers, caller, target: (f"/api/v1/brief?division={target.division}", None),   # others' too, without what is small
                              bad=lambda answer, target: answer.status == 200 and not any(value in (1, 2, 3, 4) for one in answer.json["numbers"] for value in one.values()))],
    "POST /api/v1/briefs": [Ask(lambda callers, caller, target: ("/api/v1/briefs", {"division": target.division}), bad=refused(422, "division_unknown"))],
    "GET /api/v1/briefs": [Ask(lambda callers, caller, target: (callers.brief_at(target) and "/api/v1/briefs", None),
                               lambda answer, target: target.division in {one["division"]["code"] for one in answer.json["briefs"]},
                               lambda answer, target: answer.status == 200 and target.division not in {one["division"]["code"] for one in answer.json["briefs"]})],
    "GET /api/v1/briefs/{id}": [of_path(lambda callers, caller, target: (f"/api/v1/briefs/{callers.brief_at(target)}", None), "brief_unknown")],
    "GET /api/v1/reviews": [Ask(lambda callers, caller, target: ("/api/v1/reviews", None), lists_review, hides_review)],
    "POST /api/v1/reviews/{id}": [of_path(lambda callers, caller, target: (
        f"/api/v1/reviews/{callers.undecided(target.other_review)}", {"decision": "distinct"}), "review_unknown")],
    "POST /api/v1/reviews/{id}/undo": [of_path(lambda callers, caller, target: (
        f"/api/v1/reviews/{callers.decided(target.other_review)}/undo", None), "review_unknown")],
    "POST /api/v1/people/{id}/split": [of_path(split, "person_unknown")],
    "GET /api/v1/people/{id}/history": [Ask(
        lambda callers, caller, target: (f"/api/v1/people/{target.person}/history?case={CASE}", None),
        lambda answer, target: answer.status == 200 and answer.json["person"] == target.person)],
    "GET /api/v1/me": [to("/api/v1/me")],
    "PATCH /api/v1/me": [to("/api/v1/me", {"address": "仁和街2号"})],
    "DELETE /api/v1/me": [to("/api/v1/me")],
    "GET /api/v1/me/scans": [to("/api/v1/me/scans")],
    "GET /api/v1/me/export": [to("/api/v1/me/export")],
    "GET /api/v1/me/card": [to("/api/v1/me/card")],
    "GET /api/v1/me/dependants": [to("/api/v1/me/dependants")],
    "DELETE /api/v1/me/dependants/{id}": [Ask(lambda callers, caller, target: ("/api/v1/me/dependants/x", None), good=refused(404, "unknown_dependant"))],
    "POST /api/v1/me/dependants": [to("/api/v1/me/dependants", {"name": "李小花", "relation": "child", "birth_date": "2015-03-02"})],
}
ENDS_WHO_CALLS = {"DELETE /api/v1/session", "DELETE /api/v1/me"}


def calls():
    """(name, who, scope, open to the unenrolled) of each call of the table, in its order."""
    for path, operations in schema.load()["paths"].items():
        for method, described in operations.items():
            yield f"{method.upper()} {path}", described["x-who"].split(), described["x-scope"], described.get("x-unenrolled", False)


def may_call(who, role):
    return "anyone" in who or role in who or ("operator" in who and role not in ("anyone", "resident"))


class Matrix(TownTest):
    sites = SITES
    config = QUIET_LIMITS   # each caller makes each call
    version_read = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.callers = Callers(cls)
        cls.store = sqlite3.connect(f"file:{cls.service.data}/chayan.db?mode=ro", uri=True)
        cls.addClassCleanup(cls.store.close)

    def kept(self):
        """All that the store keeps, but when somebody was seen last, and what was asked, whether it was refused or found nobody in the scope."""
        version = self.store.execute("PRAGMA data_version").fetchone()[0]
        if version != self.__class__.version_read:
            tables = [row[0] for row in self.store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('audit', 'question') ORDER BY name")]
            columns = {"session": "token, operator"}
            self.__class__.read = {table: self.store.execute(f"SELECT {columns.get(table, '*')} FROM {table}").fetchall() for table in tables}
            self.__class__.version_read = version
        return self.read

    def ask(self, call, caller, ask, target):
        path, body, *headers = ask.make(self.callers, caller, target)
        client = caller.again() if call in ENDS_WHO_CALLS and caller.again else caller.client
        return lambda: client.call(call.split()[0], path, body, *headers)

    def assert_refused(self, send, judge, target):
        before = self.kept()
        answer = send()
        self.assertTrue(judge(answer, target), answer)
        self.assertEqual(self.kept(), before)
        text = answer.raw.decode("utf-8")
        for mark in target.marks:
            self.assertNotIn(mark, text)

    def test_every_call_of_the_table_has_its_requests_here(self):
        self.assertEqual(set(ASKS), {call for call, *_ in calls()})
        for call, _, scope, _ in calls():
            binds = scope not in ("whole", "own")
            self.assertEqual([ask.bad is not None for ask in ASKS[call]], [binds] * len(ASKS[call]), call)

    def test_every_cell(self):
        cells = 0
        for call, who, scope, _ in calls():
            for caller in self.callers.everybody():
                for ask in ASKS[call]:
                    bound = ask.bad is not None
                    for target in self.callers.targets if bound else self.callers.targets[1:2]:
                        with self.subTest(call, caller=caller, place=target.ref, request=ASKS[call].index(ask)):
                            self.check_cell(call, who, caller, ask, target)
                            cells += 1
        self.assertGreater(cells, 23 * len(ASKS))

    def check_cell(self, call, who, caller, ask, target):
        send = self.ask(call, caller, ask, target)
        if not may_call(who, caller.role):
            status, code = (401, "unauthenticated") if caller.role == "anyone" else (403, "forbidden")
            self.assert_refused(send, refused(status, code), target)
        elif ask.bad is not None and not caller.reaches(target.division):
            self.assert_refused(send, ask.bad, target)
        else:
            answer = send()
            self.assertTrue(ask.good(answer, target), answer)

    def test_foreign_places_are_as_if_they_were_not_there(self):
        """Byte for byte, so that nobody learns which refs, ids and logins are taken elsewhere (SECURITY S46, T19)."""
        by_title = {caller.title: caller.client for caller in self.callers.staff}
        there = next(target for target in self.callers.targets if target.division == THERE)
        window = self.callers.window()
        query = f"case={CASE}&from={window['from']}&to={window['to']}"
        split_body = {"registrations": ["0" * 23], "reason": "两个人"}
        pairs = [("manager of here", "GET", f"/api/v1/sites/{there.ref}/devices", "/api/v1/sites/nowhere/devices", None),
                 ("manager of here", "POST", f"/api/v1/devices/{there.device}/link", "/api/v1/devices/device:99999/link", None),
                 ("manager of here", "DELETE", f"/api/v1/devices/{there.device}", "/api/v1/devices/device:99999", None),
                 ("manager of here", "POST", f"/api/v1/reviews/{there.review}", f"/api/v1/reviews/{'0' * 26}", {"decision": "same"}),
                 ("manager of here", "POST", f"/api/v1/reviews/{there.review}/undo", f"/api/v1/reviews/{'0' * 26}/undo", None),
                 ("manager of here", "POST", f"/api/v1/people/{there.person}/split", f"/api/v1/people/{'0' * 12}/split", split_body),
                 ("tracer of here", "GET", f"/api/v1/sites/{there.ref}/passages?{query}", f"/api/v1/sites/nowhere/passages?{query}", None)]
        for title, method, foreign, missing, body in pairs:
            with self.subTest(foreign):
                answers = [by_title[title].call(method, path, body) for path in (foreign, missing)]
                self.assertEqual(*[(answer.status, {**answer.json, "request_id": ""}) for answer in answers])

    def test_a_review_of_two_places_is_nobodys_who_reaches_one_of_them_only(self):
        review = self.callers.conflict_at(HERE, THERE)
        for caller in self.callers.staff:
            if caller.role not in ("manager", "tracer"):
                continue
            with self.subTest(caller):
                listed = [row["id"] for row in caller.client.get("/api/v1/reviews").json["reviews"]]
                self.assertEqual(review in listed, caller.scope is None)
                answer = caller.client.post(f"/api/v1/reviews/{review}", {"decision": "distinct"})
                self.assertEqual((answer.status, answer.code), (200, None) if caller.scope is None else (404, "review_unknown"), answer)
                self.callers.undecided(review)

    def test_what_is_out_of_reach_is_reached_by_nobodys_scope_alone(self):
        """The scopes of this test differ: each place is reached by some and not by others."""
        reach = {target.ref: {caller.title for caller in self.callers.staff if caller.reaches(target.division)} for target in self.callers.targets}
        self.assertEqual({ref: len(titles) for ref, titles in reach.items()}, {"site-1": 10, "site-2": 10, "site-3": 15})
        self.assertEqual({HERE, THERE, DEEP}, {site["division"] for site in SITES})


class Unenrolled(TownTest):
    """Where a second factor is compulsory, an operator without one may enrol, and do nothing else."""

    sites = SITES
    config = QUIET_LIMITS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.callers = Callers(cls)

    def test_every_call_of_every_role(self):
        everybody = [caller for caller in self.callers.staff if caller.title.endswith("of all")]
        devices = [self.callers.device]
        # Made before, while the operators may still do it.
        target = self.callers.targets[0]
        self.service.set_config(QUIET_LIMITS + "[access]\nrequire_otp = true\n")
        made = [(call, who, is_open, caller, ASKS[call][0].make(self.callers, caller, target))
                for call, who, _, is_open in calls() for caller in everybody + devices]
        self.restart(*[caller.client for caller in everybody + devices])
        made.sort(key=lambda cell: cell[0] == "DELETE /api/v1/session")   # after it the caller is nobody
        for call, who, is_open, caller, (path, body, *headers) in made:
            with self.subTest(call, caller=caller):
                answer = caller.client.call(call.split()[0], path, body, *headers)
                if not may_call(who, caller.role):
                    self.assert_problem(answer, 403, "forbidden")
                elif "anyone" in who or is_open or caller.site is not None:
                    self.assertNotIn(answer.code, ("forbidden", "otp_enrol", "unauthenticated"), answer)
                else:
                    self.assert_problem(answer, 403, "otp_enrol")


if __name__ == "__main__":
    unittest.main()
