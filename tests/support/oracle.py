# SPDX-License-Identifier: Apache-2.0
"""Visits and contacts by brute force: section 5 of the contract, written for the reader and not for speed. Pure.

Times are whole seconds since 1970. It knows one person as one name; sites keep their first settings.
"""

from dataclasses import dataclass
from typing import NamedTuple, Optional

DAY = 86400
REPEAT_S = 60
COMPANY_S = 600
LOCAL_OFFSET_S = 8 * 3600
_RANK = {"out": 0, "in": 1, "pass": 2}
_ENDS = ("scanned", "next_scan", "closing", "dwell")


@dataclass(frozen=True)
class Site:
    ref: str
    presence: str  # venue, gate
    dwell_s: int
    place: str = ""  # the ref of the site whose door it is, empty for itself
    closes_s: Optional[int] = None  # seconds after local midnight

    @property
    def at_place(self):
        return self.place or self.ref


class Scan(NamedTuple):
    person: str
    site: str
    at: int
    direction: str
    plate: str = ""


class Visit(NamedTuple):
    person: str
    place: str
    site: str  # of the opening scan
    begin: int
    end: int
    ended_by: str


class Episode(NamedTuple):
    place: str
    begin: int
    end: int
    overlap_s: int
    kind: str


class World:
    """`sites` and `scans` as they are; `voided` is a set of scans. A scan given twice is one scan."""

    def __init__(self, sites, scans, voided=()):
        self.sites = {site.ref: site for site in sites}
        self.voided = set(voided)
        self.scans = sorted(set(scans), key=lambda scan: (scan.at, _RANK[scan.direction], scan.site, scan.person))
        self._by_person = {}
        for scan in self.scans:
            self._by_person.setdefault(scan.person, []).append(scan)
        self.people = sorted(self._by_person)
        self.repeats = {scan for person in self.people for scan in self._repeats(person)}
        self._visits = {person: self._derive(person) for person in self.people}

    def place(self, scan):
        return self.sites[scan.site].at_place

    def of(self, person):
        """What a person scanned and did not void, in order."""
        return [scan for scan in self._by_person.get(person, []) if scan not in self.voided]

    def _repeats(self, person):
        previous = {}
        for scan in self.of(person):
            before = previous.get(self.place(scan))
            if before and before.direction == scan.direction and scan.at - before.at <= REPEAT_S:
                yield scan
            previous[self.place(scan)] = scan

    def visits(self, person):
        return sorted(self._visits.get(person, []), key=lambda visit: (visit.begin, visit.end, visit.site))

    def _derive(self, person):
        scans = [scan for scan in self.of(person) if scan not in self.repeats]
        visits = []
        for place in {self.place(scan) for scan in scans}:
            here = [scan for scan in scans if self.place(scan) == place]
            elsewhere = [scan for scan in scans if self.place(scan) != place]
            gate = self.sites[here[0].site].presence == "gate"
            derive = self._gate_visits if gate else self._venue_visits
            visits += [Visit(person, place, *visit) for visit in derive(here, elsewhere)]
        return visits

    def _gate_visits(self, here, elsewhere):
        return [self._inferred(scan, here, elsewhere) for scan in here]

    def _venue_visits(self, here, elsewhere):
        entries = [scan for scan in here if scan.direction == "in"]
        used = set()
        for position, scan in enumerate(here):
            if scan.direction == "pass":
                yield self._inferred(scan, entries, elsewhere)
            if scan.direction != "in":
                continue
            leaving = None
            for later in here[position + 1:]:
                if later.direction == "in":
                    break
                if later.direction == "out":
                    leaving = later
                    break
            if leaving and leaving.at - scan.at <= DAY:
                used.add(leaving)
                yield scan.site, scan.at, leaving.at, "scanned"
            else:
                yield self._inferred(scan, entries, elsewhere)
        for scan in here:
            if scan.direction == "out" and scan not in used:
                yield scan.site, scan.at, scan.at, "scanned"

    def _inferred(self, scan, cutting_here, elsewhere):
        site = self.sites[scan.site]
        ends = [(scan.at + site.dwell_s, "dwell")]
        if site.closes_s is not None:
            midnight = (scan.at + LOCAL_OFFSET_S) // DAY * DAY - LOCAL_OFFSET_S
            if midnight + site.closes_s > scan.at:
                ends.append((midnight + site.closes_s, "closing"))
        ends += [(other.at, "next_scan") for other in [*cutting_here, *elsewhere] if other.at > scan.at]
        end, ended_by = min(ends, key=lambda one: (one[0], _ENDS.index(one[1])))
        return scan.site, scan.at, end, ended_by

    # --- contacts ---

    def persons_at(self, site, since, until):
        """{person: beginning of the first visit at the site's place that meets [since, until)}."""
        place = self.sites[site].at_place
        found = {}
        for person in self.people:
            for visit in self.visits(person):
                if visit.place == place and meets(visit.begin, visit.end, since, until):
                    found.setdefault(person, visit.begin)
        return found

    def contacts(self, index, since, until, linger_s=None, min_overlap_s=0, accumulate="total", places=None, among=None):
        """{person: Contact} of degree 1. `index` maps each index person to the moment from which it counts.

        `places` is what the categories of a question come to: the refs of the places that count, None for all.
        `among`: nobody else is looked at, for whoever never scanned at a place of the index persons is no contact.
        """
        found = {}
        for other in self.people if among is None else among:
            if other in index:
                continue
            episodes, overlaps, via = [], [], set()
            for person, moment in index.items():
                before = len(episodes)
                start = max(since, moment)
                mine = list(self._cut(person, start, until, places))
                theirs = list(self._cut(other, start, until, places))
                for one in mine:
                    for two in theirs:
                        self._meet(one, two, linger_s, episodes, overlaps)
                episodes += self._company(person, other, start, until)
                if len(episodes) > before:
                    via.add(person)
            contact = Contact(episodes, union(overlaps), via)
            if contact.counts(min_overlap_s, accumulate):
                found[other] = contact
        return found

    def _cut(self, person, since, until, places):
        for visit in self._visits.get(person, []):
            if places is not None and visit.place not in places:
                continue
            if visit.begin == visit.end:
                if since <= visit.begin < until:
                    yield visit
                continue
            cut = visit._replace(begin=max(visit.begin, since), end=min(visit.end, until))
            if cut.begin < cut.end:
                yield cut

    def _meet(self, one, two, linger_s, episodes, overlaps):
        if one.place != two.place:
            return
        begin, end = max(one.begin, two.begin), min(one.end, two.end)
        overlap_s, gap_s = max(0, end - begin), max(0, begin - end)
        if overlap_s > 0 or (linger_s is not None and gap_s <= linger_s):
            kind = self.sites[one.site].presence
            episodes.append(Episode(one.place, begin, max(begin, end), overlap_s, kind))
        if overlap_s > 0:
            overlaps.append((begin, end))

    def _company(self, person, other, since, until):
        for one in self.of(person):
            for two in self.of(other):
                if (one.plate and one.plate == two.plate and self.place(one) == self.place(two)
                        and since <= min(one.at, two.at) and max(one.at, two.at) < until
                        and abs(one.at - two.at) <= COMPANY_S):
                    later = max(one.at, two.at)
                    yield Episode(self.place(one), later, later, 0, "company")


class Contact:
    """One row of an answer: `via` are the index persons with an episode, `stretches` the time together."""

    def __init__(self, episodes, stretches, via):
        self.via = via
        self.episodes = episodes
        self.stretches = stretches
        self.total_s = sum(end - begin for begin, end in stretches)
        self.longest_s = max((end - begin for begin, end in stretches), default=0)
        self.day_s = most_within_a_day(stretches)
        self.kinds = {episode.kind for episode in episodes}
        self.places = {episode.place for episode in episodes}
        self.company = "company" in self.kinds

    def measure(self, accumulate):
        return {"total": self.total_s, "longest": self.longest_s, "day": self.day_s}[accumulate]

    def counts(self, min_overlap_s, accumulate):
        return bool(self.episodes) and (self.company or self.measure(accumulate) >= min_overlap_s)

    @property
    def first(self):
        return min(episode.begin for episode in self.episodes)

    @property
    def last(self):
        return max(episode.end for episode in self.episodes)


def meets(begin, end, since, until):
    """Whether [begin, end), or the moment begin = end, meets [since, until)."""
    if begin == end:
        return since <= begin < until
    return begin < until and end > since


def union(intervals):
    """The union as sorted stretches; stretches that touch are one."""
    stretches = []
    for begin, end in sorted(intervals):
        if stretches and begin <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((begin, end))
    return stretches


def most_within_a_day(stretches):
    """The most time that some 24 hours hold: the best window begins or ends with a stretch."""
    starts = [begin for begin, _ in stretches] + [end - DAY for _, end in stretches]
    return max((sum(max(0, min(end, start + DAY) - max(begin, start)) for begin, end in stretches)
                for start in starts), default=0)
