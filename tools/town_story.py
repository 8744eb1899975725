# SPDX-License-Identifier: Apache-2.0
"""tools/town --story: the first user's town from 23 January to 26 February 2020, played through a real service, and the brief of that last day.

    tools/town --story [--scale 1] [--seed 2020] [--stops 3] [--keep DIR]

It starts a `chayan` on loopback that believes it is 2020, with a fresh data folder; guards, tracers and desks then tell it what happened, up to three
times a day. Nothing of the brief is typed in: its figures are what the service counted, read from GET /api/v1/brief. At the end they stand beside
the article's; exit code 1 names each that differs, 2 says why the story could not be played. Needs libfaketime (tools/packages, [story]).
--scale 0.1 plays a tenth, whose figures are a tenth of the article's. --keep leaves the service's data in DIR, with a command to serve it.
"""

import argparse
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests"))
from programs import ROOT, programs_of
from town_story_desk import Leads, Registers, SiteDesk
from town_story_gates import Gates
from town_story_plan import ARTICLE, BRIEF_AT, DAYS, TELLING, Plan, date_of, second_of
from town_story_service import StoryError, StoryService, find_library, rfc3339

TITLES = {"passages": "检查人员（人次）", "people": "其中人数", "vehicles": "检查车辆（车次）", "fevers": "卡口发现发热", "fevers_sent": "送医",
          "fevers_open": "发热未办结", "fevers_overdue": "发热超时", "screened": "发热筛查", "leads": "线索", "leads_checked": "已核查", "leads_open": "待核查",
          "ledger": "列入台账", "isolation_in": "累计隔离", "isolation_out": "解除隔离", "isolation_now": "现隔离", "villages_open": "开放村庄",
          "enterprises_open": "复工企业", "enterprises_reported": "已报告企业", "sites_silent": "没有记录的检测点", "alerts_open": "未处理提醒"}


class Story:
    """Five weeks. `show` is told how far it is, in one line."""

    def __init__(self, service, plan, show):
        self.service, self.plan, self._show = service, plan, show
        self.sites = SiteDesk(service, plan)
        self.gates = Gates(service, plan)
        self.leads = Leads(service, plan, self.gates)
        self.registers = Registers(service, plan, self.gates)

    def play(self):
        self.service.watch_clock(self.sites.set_up())
        self.sites.set_beds()
        for moment in self.plan.moments:
            self.service.move_clock(moment.at)
            self._tell(moment)
            self._show(f"{rfc3339(moment.at)}  {len(self.gates.known)} people known, the guards were told {self.gates.told}")
        self.service.move_clock(second_of(DAYS - 1, BRIEF_AT))

    def _tell(self, moment):
        self.gates.pass_people(moment)
        self.gates.check_vehicles(moment)
        self.leads.close_alerts()
        self.leads.check_off(moment)
        self.leads.propose(moment)
        if moment.is_first:
            self.registers.look_after(moment)
        self.registers.screen(moment)
        self.registers.walk_fevers(moment)
        self.sites.report(moment)
        if moment.is_last:
            self.sites.open_sites(moment.day + 1)

    def brief(self, language="zh"):
        return self.service.get("desk", f"/api/v1/brief?day={date_of(DAYS - 1)}", {"Accept-Language": language})


def differences(brief, wanted):
    """A sentence for each figure of the article that the brief has not."""
    numbers = {number["name"]: number for number in brief["numbers"]}
    for of, column, _ in ARTICLE:
        counted = numbers.get(of, {}).get(column)
        if counted != wanted[of]:
            yield f"{of}: {counted} counted, {wanted[of]} in the article"


def print_brief(brief, english, wanted):
    columns = {of: column for of, column, _ in ARTICLE}
    print(f"{brief['sentence']}\n{english['sentence']}\n")
    print(f"{'':22}{'today':>9}{'yesterday':>11}{'week_ago':>10}{'total':>9}{'article':>9}")
    for number in brief["numbers"]:
        of = number["name"]
        told = ["" if number[column] is None else str(number[column]) for column in ("today", "yesterday", "week_ago", "total")]
        article = str(wanted[of]) if of in columns else ""
        print(f"{of:22}{told[0]:>9}{told[1]:>11}{told[2]:>10}{told[3]:>9}{article:>9}  {TITLES.get(of, '')}")


def options_of(words):
    parser = argparse.ArgumentParser(prog="tools/town --story", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="what share of the town is played, from 0.01 to 1")
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--stops", type=int, choices=sorted(TELLING), default=3, help="how often a day the service is told what happened")
    parser.add_argument("--keep", metavar="DIR", help="a new folder for the service's data, which stays")
    options = parser.parse_args(words)
    if not 0.01 <= options.scale <= 1:
        parser.error("--scale is a share from 0.01 to 1")
    if options.keep and os.path.exists(options.keep):
        parser.error(f"{options.keep} is there already")
    return options


def show_progress(line):
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)


def play(options, library):
    """The brief in both languages, and what it was planned from."""
    plan = Plan(options.scale, options.seed, options.stops)
    with StoryService(library, plan.moments[0].windows[0][0], options.keep and os.path.abspath(options.keep)) as service:
        story = Story(service, plan, show_progress)
        story.play()
        if options.keep:
            service.leave_notes(second_of(DAYS - 1, BRIEF_AT))
        return story.brief("zh"), story.brief("en"), plan.figures


def main(words):
    options = options_of(words)
    library = find_library()
    if library is None:
        print("缺少 libfaketime：apt-get install --no-install-recommends libfaketime\nThe story's clock is libfaketime's, which is not installed.", file=sys.stderr)
        return 2
    begun = time.monotonic()
    try:
        if "CHAYAN" not in os.environ:
            programs_of(["chayan"])
        brief, english, wanted = play(options, library)
    except (RuntimeError, StoryError, AssertionError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    finally:
        show_progress("")
    print_brief(brief, english, wanted)
    wrong = list(differences(brief, wanted))
    print(f"\n{time.monotonic() - begun:.0f} s; " + ("the article's figures, all counted" if not wrong else f"{len(wrong)} of the article's figures differ"))
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0
