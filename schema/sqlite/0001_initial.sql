-- SPDX-License-Identifier: Apache-2.0
-- Whatever identifies a person is sealed or a keyed blind index (BLOB). Times are whole seconds UTC.

-- The log: appended in commit order, no index (DESIGN 3). sealed: registration and vehicle under that local day's key.
CREATE TABLE scan (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL,
    at INTEGER NOT NULL,
    direction INTEGER NOT NULL,
    source INTEGER NOT NULL,
    temperature INTEGER,
    delay_s INTEGER,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE scan_void (
    scan INTEGER PRIMARY KEY REFERENCES scan (id),
    at INTEGER NOT NULL,
    by INTEGER NOT NULL,
    reason BLOB NOT NULL
) STRICT;

-- Who recorded a scan for someone else.
CREATE TABLE scan_staff (scan INTEGER PRIMARY KEY REFERENCES scan (id), by INTEGER NOT NULL) STRICT;

-- The floor below which no number is given out again, raised by a restore.
CREATE TABLE sequence (name TEXT PRIMARY KEY, floor INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE registration (
    id INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    at INTEGER NOT NULL,
    by INTEGER NOT NULL,
    notice_version INTEGER NOT NULL,
    name BLOB NOT NULL,
    document BLOB,
    phone BLOB,
    profile BLOB NOT NULL
) STRICT;
CREATE INDEX registration_by_name ON registration (name);
CREATE INDEX registration_by_document ON registration (document) WHERE document IS NOT NULL;
CREATE INDEX registration_by_phone ON registration (phone) WHERE phone IS NOT NULL;

CREATE TABLE person_event (
    seq INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    from_person INTEGER NOT NULL,
    into_person INTEGER NOT NULL,
    registrations BLOB NOT NULL,
    at INTEGER NOT NULL,
    by INTEGER NOT NULL,
    reason BLOB NOT NULL
) STRICT;

CREATE TABLE vehicle (id INTEGER PRIMARY KEY, plate BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL) STRICT;
CREATE TABLE roster_ref (ref BLOB PRIMARY KEY, registration INTEGER NOT NULL REFERENCES registration (id)) STRICT, WITHOUT ROWID;
CREATE TABLE revoked_credential (registration INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;

CREATE TABLE division (code INTEGER NOT NULL, digits INTEGER NOT NULL, name TEXT NOT NULL, parent INTEGER, parent_digits INTEGER,
    PRIMARY KEY (code, digits)) STRICT, WITHOUT ROWID;

CREATE TABLE site (
    id INTEGER PRIMARY KEY,
    ref TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    category INTEGER NOT NULL,
    division INTEGER NOT NULL,
    division_digits INTEGER NOT NULL,
    place INTEGER NOT NULL,
    longitude REAL,
    latitude REAL,
    presence INTEGER,
    dwell_s INTEGER,
    opens_s INTEGER NOT NULL,
    closes_s INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    old_until INTEGER,
    closed INTEGER
) STRICT;

-- How long people stay, over time: what holds for scans after `since`.
CREATE TABLE site_stay (
    site INTEGER NOT NULL REFERENCES site (id),
    number INTEGER NOT NULL,
    since INTEGER NOT NULL,
    presence INTEGER NOT NULL,
    dwell_s INTEGER NOT NULL,
    opens_s INTEGER NOT NULL,
    closes_s INTEGER NOT NULL,
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE operator (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL UNIQUE,
    roles INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    scope_digits INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    disabled INTEGER
) STRICT;

CREATE TABLE session (
    token BLOB PRIMARY KEY,
    csrf BLOB NOT NULL,
    operator INTEGER NOT NULL REFERENCES operator (id),
    created INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    last_seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE case_file (
    number TEXT PRIMARY KEY,
    title BLOB NOT NULL,
    purpose BLOB NOT NULL,
    state INTEGER NOT NULL,
    expires INTEGER,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    by INTEGER NOT NULL,
    action TEXT NOT NULL,
    case_number TEXT NOT NULL,
    detail BLOB NOT NULL,
    chain BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER scan_is_append_only_update BEFORE UPDATE ON scan BEGIN SELECT RAISE(ABORT, 'the scan log is append-only'); END;
