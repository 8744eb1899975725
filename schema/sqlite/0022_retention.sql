-- SPDX-License-Identifier: Apache-2.0
-- Everything else that is forgotten: what goes by its age, people of whom nothing is left, and the oldest part of the audit log.
-- kind: storage/ended.hpp. day: the last local day on which some of it went; today: how many then; untold: of which no line of the audit log tells yet; total: ever.
CREATE TABLE forgotten_kind (
    kind INTEGER PRIMARY KEY,
    day INTEGER NOT NULL,
    today INTEGER NOT NULL,
    untold INTEGER NOT NULL,
    total INTEGER NOT NULL
) STRICT;
-- Since when a case is known to be closed or over; what it keeps goes some time after that.
CREATE TABLE case_end (case_number TEXT NOT NULL PRIMARY KEY, noticed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- The last line of the audit log that was removed, and how many were in all: the chain goes on from here. seal: made with a key, as the chain is.
CREATE TABLE audit_anchor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    chain BLOB NOT NULL,
    seal BLOB NOT NULL
) STRICT;
-- A list of people that was imported, on which legal basis and until when it is kept; and who stands on it, by the newest list.
CREATE TABLE roster (
    id INTEGER PRIMARY KEY,
    basis TEXT NOT NULL,
    until INTEGER NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE roster_person (
    registration INTEGER PRIMARY KEY REFERENCES registration (id),
    roster INTEGER NOT NULL REFERENCES roster (id)
) STRICT;
-- Who was on a roster before this is kept for half a year from now on, as if it were imported today without an end.
INSERT INTO roster (basis, until, by, at) SELECT '', CAST(strftime('%s', 'now') AS INTEGER) + 184 * 86400, 0, CAST(strftime('%s', 'now') AS INTEGER)
    WHERE EXISTS (SELECT 1 FROM registration WHERE origin = 2);
INSERT INTO roster_person (registration, roster) SELECT registration.id, roster.id FROM registration, roster WHERE origin = 2;
-- Who or what goes in this transaction; empty outside of one. Only of these are rows taken that are append-only otherwise.
CREATE TABLE going (id INTEGER PRIMARY KEY) STRICT;

-- Whatever names a registration is found by it.
CREATE INDEX link_key_by_registration ON link_key (registration);
CREATE INDEX ledger_entry_by_registration ON ledger_entry (registration);
CREATE INDEX roster_ref_by_registration ON roster_ref (registration);
CREATE INDEX contact_mark_by_registration ON contact_mark (statement);
CREATE INDEX roster_person_by_roster ON roster_person (roster);
CREATE INDEX audit_subject_by_seq ON audit_subject (seq);

DROP TRIGGER audit_is_append_only_delete;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit WHEN OLD.seq > (SELECT ifnull(max(seq), 0) FROM audit_anchor)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
DROP TRIGGER ledger_act_is_append_only_delete;
CREATE TRIGGER ledger_act_is_append_only_delete BEFORE DELETE ON ledger_act WHEN NOT EXISTS (SELECT 1 FROM going WHERE id = OLD.entry)
    BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END;
DROP TRIGGER record_step_is_append_only_delete;
CREATE TRIGGER record_step_is_append_only_delete BEFORE DELETE ON record_step WHEN NOT EXISTS (SELECT 1 FROM going WHERE id = OLD.record)
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END;
