-- SPDX-License-Identifier: Apache-2.0
-- What enterprises report of each day. A later row of the same site and day is a correction; nothing is changed or removed. day: local, counted from 1970-01-01.
CREATE TABLE site_report (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES site (id),
    day INTEGER NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL,
    staff INTEGER NOT NULL,
    present INTEGER NOT NULL,
    fever INTEGER NOT NULL,
    elsewhere INTEGER NOT NULL,
    note BLOB NOT NULL
) STRICT;
CREATE INDEX site_report_by_day ON site_report (day, site);
CREATE INDEX site_report_by_site ON site_report (site, day);
CREATE TRIGGER site_report_is_append_only_update BEFORE UPDATE ON site_report BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
CREATE TRIGGER site_report_is_append_only_delete BEFORE DELETE ON site_report BEGIN SELECT RAISE(ABORT, 'reports are append-only'); END;
-- Where a site's camera plays a moment back; sealed, for it is where a recorder answers.
CREATE TABLE site_camera (
    site INTEGER PRIMARY KEY REFERENCES site (id),
    sealed BLOB NOT NULL
) STRICT;
-- How many of a household may go out of a village or a community. from_day, until_day: local, both included. undone, undone_by: 0 while it stands.
CREATE TABLE outing_rule (
    id INTEGER PRIMARY KEY,
    division INTEGER NOT NULL,
    division_digits INTEGER NOT NULL,
    from_day INTEGER NOT NULL,
    until_day INTEGER NOT NULL,
    people INTEGER NOT NULL,
    days INTEGER NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    undone_by INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Who went out while there was a rule. household, scan: keyed blind indexes. sealed: whose scan it was, and when. excepted, excepted_by: 0 unless a guard said why it counts for nothing.
CREATE TABLE outing (
    id INTEGER PRIMARY KEY,
    household BLOB NOT NULL,
    scan BLOB NOT NULL UNIQUE,
    day INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    excepted INTEGER NOT NULL DEFAULT 0,
    excepted_by INTEGER NOT NULL DEFAULT 0,
    reason BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX outing_by_household ON outing (household, day);
