# SPDX-License-Identifier: Apache-2.0
"""Small random worlds for the oracle: a few people, a few sites, scans that like to collide. Pure, by seed."""

import random

from support.oracle import DAY, LOCAL_OFFSET_S, REPEAT_S, Scan, Site, World

STEP_S = 20
PEOPLE = 7
SCANS = 120
PLATES = ("冀F2000", "冀F2001")
_SHIFTS = (0, 0, 20, 40, REPEAT_S, REPEAT_S + 1, 80, 300, 600, 601)

# ref, category, dwell_min as a site overrides it, place, opens, closes
_SITES = [("V1", "shop", "", "", "", ""), ("V2", "pharmacy", "", "", "", ""), ("V3", "office", "", "", "", ""),
          ("V0", "other", "0", "", "", ""), ("D1", "school", "20", "", "", ""), ("D2", "school", "45", "D1", "", ""),
          ("H1", "shop", "", "", "07:30", "21:00"), ("G1", "village", "", "", "", ""),
          ("G2", "traffic", "", "", "", ""), ("G3", "traffic", "4", "G2", "", "")]
_DWELL_MIN = {"shop": 30, "pharmacy": 15, "office": 60, "other": 60, "school": 480, "village": 5, "traffic": 2}
_GATES = {"village", "traffic"}


def site_rows(world):
    """The rows of a world's sites as `Service.sites` takes them; every world has refs of its own."""
    return [{"ref": f"{world}-{ref}", "category": category, "dwell_min": dwell, "place": f"{world}-{place}" if place else "",
             "opens": opens, "closes": closes} for ref, category, dwell, place, opens, closes in _SITES]


def oracle_sites(world):
    for ref, category, dwell, place, _, closes in _SITES:
        dwell_min = int(dwell) if dwell else _DWELL_MIN[category]
        closes_s = int(closes[:2]) * 3600 + int(closes[3:]) * 60 if closes else None
        yield Site(f"{world}-{ref}", "gate" if category in _GATES else "venue", dwell_min * 60,
                   f"{world}-{place}" if place else "", closes_s)


def places_of(world, categories):
    """The refs of the places whose sites have one of these categories."""
    return {f"{world}-{place or ref}" for ref, category, _, place, _, _ in _SITES if category in categories}


def make(world, seed, day, voids=0.0, plates=0.15):
    """A World around the evening of the local day that holds the second `day`; its shop closes at 21:00."""
    dice = random.Random(seed)
    local = day + LOCAL_OFFSET_S
    begin = local - local % DAY - LOCAL_OFFSET_S + 19 * 3600
    refs = [f"{world}-{site[0]}" for site in _SITES]
    keys = {}
    while len(keys) < SCANS:
        for scan in _scans(dice, world, begin, refs, list(keys)):
            plate = dice.choice(PLATES) + world[-1] if dice.random() < plates else ""
            keys.setdefault(scan[:4], scan._replace(plate=plate))
    scans = list(keys.values())
    voided = {scan for scan in scans if dice.random() < voids}
    # Whether a repeat or a voided scan still makes company is not said: they carry no plate.
    odd = World(oracle_sites(world), scans, voided).repeats | voided
    scans = [scan._replace(plate="") if scan in odd else scan for scan in scans]
    return World(oracle_sites(world), scans, {scan._replace(plate="") for scan in voided})


def _scans(dice, world, begin, refs, earlier):
    """One scan near an earlier one, or a new stay of some minutes, or a single scan."""
    person = f"{world}-{dice.randrange(PEOPLE)}"
    site, at = dice.choice(refs), begin + STEP_S * dice.randrange(3 * 3600 // STEP_S)
    if earlier and dice.random() < 0.1:  # again at the same site: a repeat, or just not
        near = dice.choice(earlier)
        return [Scan(near[0], near[1], near[2] + dice.choice((1, 20, REPEAT_S, REPEAT_S + 1)), near[3])]
    if earlier and dice.random() < 0.5:
        near = dice.choice(earlier)
        person = near[0] if dice.random() < 0.3 else person
        site = near[1] if dice.random() < 0.8 else site
        at = near[2] + dice.choice(_SHIFTS)
    elif dice.random() < 0.1:
        at += DAY + dice.choice((-STEP_S, 0, 1, STEP_S))
        if dice.random() < 0.4:  # into the shop that is about to close
            site, at = f"{world}-H1", begin + DAY + dice.randrange(100 * 60, 121 * 60)
            return [Scan(person, site, at, dice.choice(("in", "pass")))]
    if dice.random() < 0.4:
        return [Scan(person, site, at, "in"), Scan(person, site, at + dice.choice((60, 300, 900, 2400)), "out")]
    return [Scan(person, site, at, dice.choice(("in", "out", "pass")))]
