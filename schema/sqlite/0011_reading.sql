-- SPDX-License-Identifier: Apache-2.0
-- Temperatures that staff took of somebody whose scan was in the log already. scan.temperature is never changed: the newest reading of a scan counts. Tenths of a
-- degree; second: another reading of the same moment, 0: none.
CREATE TABLE reading (
    number INTEGER PRIMARY KEY,
    scan INTEGER NOT NULL REFERENCES scan (id),
    at INTEGER NOT NULL,
    by INTEGER NOT NULL,
    temperature INTEGER NOT NULL,
    method INTEGER NOT NULL,
    second INTEGER NOT NULL
) STRICT;
CREATE INDEX reading_by_scan ON reading (scan);
CREATE TRIGGER reading_is_append_only_update BEFORE UPDATE ON reading BEGIN SELECT RAISE(ABORT, 'readings are append-only'); END;
