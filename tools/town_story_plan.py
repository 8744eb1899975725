# SPDX-License-Identifier: Apache-2.0
"""What happens when in tools/town --story, and where: five weeks of the first user's town, planned beforehand from a seed. Pure.

The plan says how often something is done, never what is printed: that is counted by the service. Times are seconds UTC, days count from 0.
"""

import calendar
import datetime
import os
import random
import sys
from collections import namedtuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests"))
from support.people import id_number, name, phone

# The brief of 26 February: a number's name, the column it stands in, and what the article says.
ARTICLE = (("passages", "total", 250_000), ("vehicles", "total", 83_000), ("fevers", "total", 49), ("fevers_sent", "total", 49),
           ("leads", "total", 3_677), ("leads_checked", "total", 3_677), ("ledger", "today", 2_396), ("screened", "total", 2_433),
           ("isolation_in", "total", 116), ("isolation_out", "total", 109), ("isolation_now", "today", 7),
           ("villages_open", "today", 486), ("enterprises_open", "today", 208), ("enterprises_reported", "today", 208))

FIRST_DAY, DAYS = datetime.date(2020, 1, 23), 35
WORK_RESUMES = 18                            # 10 February
ISOLATED_DAYS = 14
LOCAL_OFFSET_S, DAY_S = 8 * 3600, 86_400
DAY_BEGINS, DAY_ENDS = (6, 30), (21, 30)     # nobody is scanned at night
# When the service is told what happened since the last time, by how many times a day.
TELLING = {1: [(16, 30)], 2: [(11, 0), (16, 30)], 3: [(11, 0), (16, 30), (21, 30)]}
REPORT_FROM, BRIEF_AT = (16, 0), (17, 0)
# Nobody passes so shortly before or after: a vehicle that is checked twice within ten minutes was checked once.
QUIET_S = 6 * 60

ROWS_OF_A_LIST = 10                          # of leads, or more: in a small town they do not come each day
TRAFFIC_SITES, CLINICS, COMMUNITIES = 16, 6, 40
CENTRE, CENTRE_BEDS = "I1", 120
PEOPLE = 60_000                              # who live here and pass gates
NEWCOMERS = 1_000_000                        # numbers of everybody else begin here
PLATES = 30_000

CITY = "130682"
UNITS = [("130682001", "南城区街道"), ("130682002", "北城区街道"), ("130682003", "西城区街道"), ("130682004", "长安路街道"),
         ("130682100", "留早镇"), ("130682101", "清风店镇"), ("130682102", "庞村镇"), ("130682103", "砖路镇"), ("130682104", "明月店镇"),
         ("130682105", "叮咛店镇"), ("130682106", "东亭镇"), ("130682107", "大辛庄镇"), ("130682108", "东旺镇"), ("130682109", "高蓬镇"),
         ("130682110", "邢邑镇"), ("130682111", "李亲顾镇"), ("130682112", "子位镇"), ("130682113", "开元镇"), ("130682115", "周村镇"),
         ("130682116", "息冢镇"), ("130682203", "东留春乡"), ("130682204", "号头庄回族乡"), ("130682205", "杨家庄乡"),
         ("130682206", "大鹿庄乡"), ("130682208", "西城乡")]
_STREETS = 4                                 # of the units: they have communities, the others villages
_CLANS, _KINDS = "王李张刘陈赵孟庞邢杜郝冯曹甄白齐", ("家庄村", "家营村", "家屯村", "家堡村", "各庄村")
_LEADS, _BLOCKS = "东西南北大小前后上下", ("和平", "新华", "民生", "清泉", "兴定", "中山", "文苑", "祥和", "永安", "福苑")
_TRADES = ("体育用品", "汽车零部件", "食品", "纺织", "建材", "包装", "机械", "医药", "农机", "化工")

Moment = namedtuple("Moment", "at day shift is_first is_last windows passages vehicles fevers screened leads")
Site = namedtuple("Site", "ref name category division opens")    # opens: on which day


def second_of(day, clock):
    """The second of a local wall clock (hour, minute) on a day of the story."""
    return calendar.timegm((FIRST_DAY + datetime.timedelta(days=day)).timetuple()) + clock[0] * 3600 + clock[1] * 60 - LOCAL_OFFSET_S


def date_of(day):
    return (FIRST_DAY + datetime.timedelta(days=day)).isoformat()


def apportion(total, weights):
    """Whole numbers in proportion to the weights, with exactly this sum."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_rest = sorted(range(len(weights)), key=lambda i: parts[i] - exact[i])
    for i in by_rest[:total - sum(parts)]:
        parts[i] += 1
    return parts


def figures(scale):
    """The article's figures for a town of that share, by name; at 1 as they are."""
    wanted = {of: max(1, round(figure * scale)) for of, _, figure in ARTICLE}
    wanted["isolation_in"] = wanted["isolation_out"] + wanted["isolation_now"]
    wanted["fevers_sent"] = wanted["fevers"]
    wanted["leads_checked"] = wanted["leads"]
    wanted["enterprises_reported"] = wanted["enterprises_open"]
    return wanted


def document(number):
    """The ID number of the number-th person. Requires: number < 10 million."""
    birth = datetime.date(1935, 1, 1) + datetime.timedelta(days=number * 9973 % 27_000)   # 9973 is prime: no day twice in 27,000
    return {"type": "id", "number": id_number(number // 27_000, birth.strftime("%Y%m%d"), number % 2 == 0)}


def person(number):
    return {"name": name(number), "document": document(number), "phone": phone(number)}


def plate(number):
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return f"冀F{letters[number % len(letters)]}{number // len(letters):04d}"


class Plan:
    """`moments` in order; by day: `opening` (sites, which open on that morning), `isolated` (people); `outcomes` of the leads, in any order."""

    def __init__(self, scale=1.0, seed=2020, stops=3):
        self.dice = random.Random(seed)
        self.figures = figures(scale)
        self.people = max(600, round(PEOPLE * scale))
        self.plates = max(400, round(PLATES * scale))
        self.divisions, self.sites = self._place()
        self.opening = [[site for site in self.sites if site.opens == day] for day in range(DAYS)]
        self.isolated = self._isolated()
        self.outcomes = self._outcomes()
        self.moments = self._moments(stops)

    def sites_of(self, category, day):
        """Those that are open on that day."""
        return [site for site in self.sites if site.category == category and site.opens <= day]

    # --- places ---

    def _place(self):
        divisions = [(CITY, "定州市", "")] + [(code, of, CITY) for code, of in UNITS]
        sites = [Site(f"T{i + 1:02d}", f"{i + 1}号交通检验站", "traffic", UNITS[i * 7 % len(UNITS)][0], 0) for i in range(TRAFFIC_SITES)]
        villages, communities = self.figures["villages_open"], max(2, round(COMMUNITIES * self.figures["villages_open"] / 486))
        for i, day in enumerate(_in_days(villages, [4, 3, 2, 2, 1, 1, 1], 0)):
            unit, of = UNITS[_STREETS:][i % (len(UNITS) - _STREETS)], _LEADS[i % 10] + _CLANS[i // 10 % 16] + _KINDS[i // 160 % 5]
            divisions.append((f"{unit[0]}{200 + i // (len(UNITS) - _STREETS):03d}", of, unit[0]))
            sites.append(Site(f"V{i + 1:03d}", of + "村口", "village", divisions[-1][0], day))
        for i, day in enumerate(_in_days(communities, [1, 1, 1, 1], 2)):
            unit, of = UNITS[i % _STREETS], _BLOCKS[i % 10] + (f"第{i // 10 + 1}" if i >= 10 else "") + "社区"
            divisions.append((f"{unit[0]}{1 + i // _STREETS:03d}", of, unit[0]))
            sites.append(Site(f"C{i + 1:02d}", of, "community", divisions[-1][0], day))
        for i, day in enumerate(_in_days(self.figures["enterprises_open"], [1] * 16, WORK_RESUMES)):
            sites.append(Site(f"E{i + 1:03d}", f"{_CLANS[i % 16]}氏{_TRADES[i % 10]}厂{i + 1}", "enterprise", UNITS[i * 3 % len(UNITS)][0], day))
        sites += [Site(f"F{i + 1}", f"第{i + 1}发热门诊", "clinic", UNITS[i][0], 0) for i in range(CLINICS)]
        sites.append(Site(CENTRE, "集中隔离点", "isolation", UNITS[0][0], 0))
        return divisions, sites

    # --- days ---

    def _isolated(self):
        """Whoever is released by the last day came two weeks before at the latest; whoever is in on that day came later."""
        early = apportion(self.figures["isolation_out"], [0] + [1 + self.dice.random() for _ in range(DAYS - ISOLATED_DAYS - 1)])
        late = apportion(self.figures["isolation_now"], [1 + self.dice.random() for _ in range(DAYS - len(early) - 1)])
        return early + late + [0]

    def _outcomes(self):
        here = self.figures["ledger"]
        elsewhere = self.figures["leads"] - here
        outcomes = ["known"] * (here // 7) + ["here"] * (here - here // 7) + ["wrong_person"] * (elsewhere // 5) + ["elsewhere"] * (elsewhere - elsewhere // 5)
        self.dice.shuffle(outcomes)
        return outcomes

    def _moments(self, stops):
        clocks = [(day, clock) for day in range(DAYS) for clock in TELLING[stops] if day < DAYS - 1 or clock < BRIEF_AT]
        windows = [_windows(clocks[i - 1] if i else None, clock) for i, clock in enumerate(clocks)]
        length = [sum(to - since for since, to in window) for window in windows]
        # At first some gates only; people go back to work from the 19th day on.
        busy = [min(1, (day + 2) / 8) * (1.6 if day >= WORK_RESUMES else 1) * (0.85 + 0.3 * self.dice.random()) for day in range(DAYS)]
        searched = [min(1, (day + 1) / 5) * (1.3 if 6 <= day < 20 else 0.6) * (0.7 + 0.6 * self.dice.random()) for day in range(DAYS)]
        firsts = [i == 0 or clocks[i - 1][0] != clocks[i][0] for i in range(len(clocks))]
        lasts = [i + 1 == len(clocks) or clocks[i + 1][0] != clocks[i][0] for i in range(len(clocks))]
        by_busy = [busy[day] * length[i] for i, (day, _) in enumerate(clocks)]
        # No list of one or two; and what comes at the last moment could not be checked any more.
        between = max(1, round(DAYS * ROWS_OF_A_LIST / self.figures["leads"]))
        by_search = [searched[day] if firsts[i] and day % between == 0 and i + 1 < len(clocks) else 0 for i, (day, _) in enumerate(clocks)]
        passages, vehicles = apportion(self.figures["passages"], by_busy), apportion(self.figures["vehicles"], by_busy)
        screened = apportion(self.figures["screened"] - self.figures["fevers"], [searched[day] * length[i] for i, (day, _) in enumerate(clocks)])
        leads, fevers = apportion(self.figures["leads"], by_search), [0] * len(clocks)
        for i in self.dice.choices(range(len(clocks)), passages, k=self.figures["fevers"]):
            fevers[i] += 1
        return [Moment(second_of(*clocks[i]), clocks[i][0], TELLING[3].index(clocks[i][1]), firsts[i], lasts[i], windows[i], passages[i], vehicles[i], fevers[i],
                       screened[i], leads[i])
                for i in range(len(clocks))]

    def second_within(self, moment):
        """Some second of what is told at that moment."""
        at = self.dice.randrange(sum(to - since for since, to in moment.windows))
        for since, to in moment.windows:
            if at < to - since:
                return since + at
            at -= to - since
        raise AssertionError("beyond the windows")


def _in_days(count, weights, first):
    """On which day each of so many opens, the first ones first."""
    return [first + day for day, share in enumerate(apportion(count, weights)) for _ in range(share)]


def _windows(before, now):
    """The spans of waking hours since the moment before, without what is close to either."""
    day, clock = now
    since = second_of(*before) + QUIET_S if before else second_of(0, DAY_BEGINS)
    to = second_of(day, clock) - QUIET_S
    spans = [(max(since, second_of(of, DAY_BEGINS)), min(to, second_of(of, DAY_ENDS) - QUIET_S)) for of in range(before[0] if before else 0, day + 1)]
    return [(since, to) for since, to in spans if since < to]
