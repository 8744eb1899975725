-- SPDX-License-Identifier: Apache-2.0
-- The desk's registers: records, and the steps that were taken with each. Nothing is removed. Kinds, states, steps, results, found: domain/register.hpp.
-- registration: whose it is; 0: nobody's. subject, place: sealed; the last eleven hold as the newest step left them. opened_by 0: the service itself, by a scan. closed, due: 0 none.
CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    registration INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    opened_by INTEGER NOT NULL,
    subject BLOB NOT NULL,
    place BLOB NOT NULL,
    state INTEGER NOT NULL,
    division INTEGER NOT NULL,
    division_digits INTEGER NOT NULL,
    site INTEGER NOT NULL,
    found INTEGER NOT NULL,
    temperature INTEGER NOT NULL,
    result INTEGER NOT NULL,
    until INTEGER NOT NULL,
    due INTEGER NOT NULL,
    closed INTEGER NOT NULL
) STRICT;
CREATE INDEX record_open ON record (kind, due, id) WHERE closed = 0;
CREATE INDEX record_closed ON record (kind, id) WHERE closed <> 0;
-- The standing that a step left, and what it said.
CREATE TABLE record_step (
    number INTEGER PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES record (id),
    step INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by INTEGER NOT NULL,
    state INTEGER NOT NULL,
    division INTEGER NOT NULL,
    division_digits INTEGER NOT NULL,
    site INTEGER NOT NULL,
    temperature INTEGER NOT NULL,
    result INTEGER NOT NULL,
    until INTEGER NOT NULL,
    place BLOB NOT NULL,
    note BLOB NOT NULL
) STRICT;
CREATE INDEX record_step_by_record ON record_step (record);
CREATE INDEX record_step_by_time ON record_step (at);
CREATE TRIGGER record_step_is_append_only_update BEFORE UPDATE ON record_step BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TRIGGER record_step_is_append_only_delete BEFORE DELETE ON record_step BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
CREATE TABLE isolation_place (site INTEGER PRIMARY KEY REFERENCES site (id), capacity INTEGER NOT NULL) STRICT;

-- Vehicles that were checked at a gate, with the people in them. sealed: the plate.
CREATE TABLE vehicle_check (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL,
    at INTEGER NOT NULL,
    received INTEGER NOT NULL,
    direction INTEGER NOT NULL,
    people INTEGER NOT NULL,
    by INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX vehicle_check_by_time ON vehicle_check (at, site);
-- What scans and checks come to on a local day, which outlives them: visits by hour (24 numbers), people. A site without any has no row; a day that was counted has one in counted_day.
CREATE TABLE site_day (
    day INTEGER NOT NULL,
    site INTEGER NOT NULL,
    people INTEGER NOT NULL,
    visits BLOB NOT NULL,
    PRIMARY KEY (day, site)
) STRICT, WITHOUT ROWID;
CREATE TABLE counted_day (day INTEGER PRIMARY KEY) STRICT;
-- A brief as it was sent: numbers alone, and whoever froze it.
CREATE TABLE brief (
    id INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    division INTEGER NOT NULL,
    division_digits INTEGER NOT NULL,
    cutoff INTEGER NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL,
    numbers TEXT NOT NULL
) STRICT;
