-- SPDX-License-Identifier: Apache-2.0
-- Days of scans that are forgotten, in the days of the keys, counted from 1970-01-01: marked, and after waited_s of the service's running their key is destroyed and their rows
-- are removed. scans: rows removed so far, which are no gap in the log. finished: null while rows may be left. They stay as the proof.
CREATE TABLE forgotten_day (
    day INTEGER PRIMARY KEY,
    marked INTEGER NOT NULL,
    waited_s INTEGER NOT NULL,
    scans INTEGER NOT NULL,
    finished INTEGER
) STRICT;
-- On which day days were last chosen, and when: a clock that jumps shows.
CREATE TABLE forgetting (one INTEGER PRIMARY KEY CHECK (one = 1), day INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
