# SPDX-License-Identifier: Apache-2.0
"""The gates of tools/town --story: whoever is on shift scans people, measures them and checks vehicles, in batches of what passed since the last shift."""

from town_story_plan import NEWCOMERS, document, name, plate
from town_story_service import GUARDS, StoryError, rfc3339

BATCH = 100
# Of a hundred passages, where they are scanned; before a kind is open, the others have its share.
SHARES = {"traffic": 40, "village": 32, "community": 16, "enterprise": 12}
STRANGER_SHARE = 0.05       # of whoever passes a traffic station
MEASURED_SHARE = 0.8


class Gates:
    """`known`: the numbers of whoever was scanned; `told`: how often the guards were told what, by the word of the verdict."""

    def __init__(self, service, plan):
        self._service, self._plan, self._dice = service, plan, plan.dice
        self.known = set()
        self.told = {}
        self._fresh = iter(range(NEWCOMERS, 10 * NEWCOMERS))
        self._homes = {}            # of each home's ref, its people

    def newcomer(self):
        """The number of somebody whom nothing has named so far."""
        return next(self._fresh)

    def pass_people(self, moment):
        """The scans since the last moment: each person passes one gate at most, and whoever has a fever none later on."""
        open_sites = {kind: self._plan.sites_of(kind, moment.day) for kind in SHARES}
        kinds = [kind for kind in SHARES if open_sites[kind]]
        scans, passed = [], set()
        for kind in self._dice.choices(kinds, [SHARES[kind] for kind in kinds], k=moment.passages - moment.fevers):
            site = self._dice.choice(open_sites[kind])
            scans.append(self._scan(moment, site, self._somebody(site, passed), self._usual_temperature()))
        for _ in range(moment.fevers):
            kind = self._dice.choice([of for of in kinds if of != "enterprise"])
            temperature = round(37.3 + 2.2 * self._dice.random() ** 2, 1)
            scans.append(self._scan(moment, self._dice.choice(open_sites[kind]), self.newcomer(), temperature))
        self._send(moment, "scans", sorted(scans, key=lambda item: item["at"]))

    def check_vehicles(self, moment):
        """The vehicles since the last moment, no plate twice."""
        roads, villages = self._plan.sites_of("traffic", moment.day), self._plan.sites_of("village", moment.day)
        checks = []
        for number in self._dice.sample(range(self._plan.plates), moment.vehicles):
            is_road = self._dice.random() < 0.85
            people = self._dice.choices((1, 2, 3, 4, 5, 30), (40, 30, 14, 10, 5, 1))[0]
            checks.append(
                {"site": self._dice.choice(roads if is_road else villages).ref, "plate": plate(number), "people": people,
                 "direction": self._dice.choice(("in", "out")), "at": rfc3339(self._plan.second_within(moment))})
        self._send(moment, "vehicles", checks)

    def _send(self, moment, what, items):
        guard = GUARDS[moment.shift]
        for first in range(0, len(items), BATCH):
            body = {"scans" if what == "scans" else "checks": items[first:first + BATCH]}
            for result in self._service.post(guard, f"/api/v1/gate/{what}", body)["results"]:
                if result["status"] != 201:
                    raise StoryError(f"gate/{what}: {result['status']} {result.get('code', '')} {result.get('pointer', '')}")
                if "verdict" in result:
                    self.told[result["verdict"]] = self.told.get(result["verdict"], 0) + 1

    def _scan(self, moment, site, number, temperature):
        subject = {"document": document(number)}
        if number not in self.known:
            subject["name"] = name(number)     # registers them
            self.known.add(number)
        # Whoever goes home from work opens no passage of their own: those exits are left out.
        direction = "in" if site.category == "enterprise" else self._dice.choice(("in", "out"))
        item = {"subject": subject, "site": site.ref, "direction": direction, "at": rfc3339(self._plan.second_within(moment))}
        return item if temperature is None else {**item, "temperature": temperature}

    def _usual_temperature(self):
        return round(36.0 + 1.1 * self._dice.random(), 1) if self._dice.random() < MEASURED_SHARE else None

    def _somebody(self, site, passed):
        """Whoever lives there, works there, or is on the road; nobody who passed already."""
        if site.category == "traffic" and self._dice.random() < STRANGER_SHARE:
            return self.newcomer()
        own = self._people_of(site)
        for _ in range(20):
            number = self._dice.choice(own)
            if number not in passed:
                break
        else:
            return self.newcomer()             # all of that village are out already: a visitor
        passed.add(number)
        return number

    def _people_of(self, site):
        if site.category == "traffic":
            return range(self._plan.people)
        if not self._homes:
            for kinds in (("village", "community"), ("enterprise",)):
                refs = [one.ref for one in self._plan.sites if one.category in kinds]
                for i, ref in enumerate(refs):
                    self._homes[ref] = range(i, self._plan.people, len(refs))
        return self._homes[site.ref]
