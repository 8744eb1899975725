# SPDX-License-Identifier: Apache-2.0
"""A tracer's questions as SQL, for `tools/bench trace`: as one would write them for clustered indexes on (place, began) and (person, began).

Whoever met a visit is a range of begins at its place, bounded by the longest visit that there is. Time together is the union of the overlaps. One
person's visits hardly ever overlap each other, and then the union is a sum; else, and for several persons, their visits are first put together
where they meet (gaps and islands), so that each visit of somebody else is looked at once, and what overlaps all the same is cut by a window."""

import collections

# `mine` and `theirs`: the visits by person and by place, which may be one table.
Dialect = collections.namedtuple("Dialect", "least greatest mine theirs")

_EARLIER = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
# The contacts of `met` (person, b, e), whose stretches may overlap.
_UNITED = (f"piece AS (SELECT person, b, e, max(e) OVER (PARTITION BY person ORDER BY b {_EARLIER}) AS until FROM met) "
           "SELECT person, sum(CASE WHEN until IS NULL OR until <= b THEN e - b WHEN until < e THEN e - until ELSE 0 END) AS total, "
           "min(b) AS first, max(e) AS last FROM piece GROUP BY person")


class Questions:
    """Texts in one dialect, for a city whose longest visit has `longest_s`."""

    def __init__(self, dialect, longest_s):
        self._names = {**dialect._asdict(), "longest_s": longest_s}

    def _text(self, template, **values):
        return template.format(**self._names, **values)

    def overlapping(self, person):
        """How many pairs of the person's visits overlap each other."""
        return self._text("SELECT count(*) FROM {mine} a CROSS JOIN {mine} b WHERE a.person = {person} AND b.person = {person} "
                          "AND (a.began, a.place, a.ended) < (b.began, b.place, b.ended) AND b.began < a.ended", person=person)

    def contacts(self, person, is_apart, linger_s=None):
        """Rows (person, total, first, last). `is_apart`: none of the person's visits overlap each other."""
        near = ("o.began > m.began - {longest_s} AND o.began < m.ended AND o.ended > m.began AND o.ended > o.began AND m.ended > m.began"
                if linger_s is None else
                "o.began >= m.began - {longest_s} - {linger_s} AND o.began <= m.ended + {linger_s} AND o.ended >= m.began - {linger_s}")
        end = "{least}(m.ended, o.ended)" if linger_s is None else "{greatest}({least}(m.ended, o.ended), m.began, o.began)"   # a gap takes no time
        met = self._text(f"SELECT o.person, {{greatest}}(m.began, o.began) AS b, {end} AS e FROM {{mine}} m CROSS JOIN {{theirs}} o "
                         f"WHERE m.person = {{person}} AND o.place = m.place AND o.person <> {{person}} AND {near}", person=person, linger_s=linger_s)
        if is_apart:
            return f"SELECT person, sum(e - b) AS total, min(b) AS first, max(e) AS last FROM ({met}) met GROUP BY person"
        return f"WITH met AS ({met}), {_UNITED}"

    def group(self, persons):
        """As contacts, of all of them together."""
        among = ", ".join(map(str, persons))
        return self._union(self._text("SELECT place, began AS b, ended AS e FROM {mine} WHERE person IN ({among}) AND began < ended", among=among), among)

    def second_degree(self, person, is_apart, limit):
        """Rows (degree, person, total, first, last), the nearest `limit` of each degree."""
        nearest = f"ORDER BY total DESC, person LIMIT {limit}"
        own = self._text("SELECT v.place, {greatest}(v.began, n.first) AS b, v.ended AS e FROM near n CROSS JOIN {mine} v "
                         "WHERE v.person = n.person AND v.ended > n.first AND v.ended > v.began")
        return (f"WITH direct AS MATERIALIZED ({self.contacts(person, is_apart)}), near AS MATERIALIZED (SELECT * FROM direct {nearest}), "
                f"next AS ({self._union(own, f'SELECT person FROM direct UNION ALL SELECT {person}')}) "
                f"SELECT 1, person, total, first, last FROM near UNION ALL SELECT 2, person, total, first, last FROM (SELECT * FROM next {nearest}) further")

    def _union(self, own, known):
        """Whoever met one of the stretches `own` (place, b, e) and is not `known`."""
        return self._text(
            "WITH own AS ({own}), "
            "marked AS (SELECT place, b, e, CASE WHEN b <= max(e) OVER (PARTITION BY place ORDER BY b, e {earlier}) THEN 0 ELSE 1 END AS fresh FROM own), "
            "numbered AS (SELECT place, b, e, sum(fresh) OVER (PARTITION BY place ORDER BY b, e ROWS UNBOUNDED PRECEDING) AS island FROM marked), "
            "stay AS MATERIALIZED (SELECT place, min(b) AS b, max(e) AS e FROM numbered GROUP BY place, island), "
            "met AS (SELECT o.person, {greatest}(s.b, o.began) AS b, {least}(s.e, o.ended) AS e FROM stay s CROSS JOIN {theirs} o WHERE o.place = s.place "
            "AND o.began > s.b - {longest_s} AND o.began < s.e AND o.ended > s.b AND o.ended > o.began AND o.person NOT IN ({known})), "
            "{united}", own=own, known=known, earlier=_EARLIER, united=_UNITED)

    @staticmethod
    def passages(site, begin, end):
        """Rows (person, first, last, scans)."""
        return ("SELECT person, min(at) AS first, max(at) AS last, sum(1 - repeated) AS scans FROM scan_by_site "
                f"WHERE site = {site} AND at >= {begin} AND at < {end} GROUP BY person")

    @staticmethod
    def scans_of(person):
        return f"SELECT 0, at, direction, site, repeated FROM scan_by_person WHERE person = {person} ORDER BY at"

    def visits_of(self, person):
        return self._text("SELECT 1, began, ended, place, 0 FROM {mine} WHERE person = {person} ORDER BY began", person=person)
