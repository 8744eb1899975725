-- SPDX-License-Identifier: Apache-2.0
-- The ledger: lists of people who are looked for or under a measure, proposed by one operator and decided by another; an entry for each of them; what was done with
-- an entry; and an alert for each scan of somebody who is watched. Nothing is removed: an entry that was undone says so, and who did it.
-- scope: the division of whoever proposed it (as operator.scope). sealed: the document that the list rests on. file: its good rows, sealed, until it is decided.
-- measure, outcome, verdict: domain/ledger.hpp. state: 0 proposed, 1 approved, 2 refused, 3 undone. decided, decided_by: 0 while nobody has.
CREATE TABLE ledger_list (
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL,
    scope_digits INTEGER NOT NULL,
    measure INTEGER NOT NULL,
    until INTEGER NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    file BLOB NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    decided INTEGER NOT NULL DEFAULT 0,
    decided_by INTEGER NOT NULL DEFAULT 0
) STRICT;
-- An entry is a statement's: who that is, the rules of identity say. line: of the file; approving goes on where it was cut off. The last four hold as the newest act left them.
CREATE TABLE ledger_entry (
    id INTEGER PRIMARY KEY,
    list INTEGER NOT NULL REFERENCES ledger_list (id),
    line INTEGER NOT NULL,
    registration INTEGER NOT NULL REFERENCES registration (id),
    measure INTEGER NOT NULL,
    outcome INTEGER NOT NULL DEFAULT 0,
    until INTEGER NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    UNIQUE (list, line)
) STRICT;
CREATE TABLE ledger_act (
    number INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL REFERENCES ledger_entry (id),
    measure INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    until INTEGER NOT NULL,
    undone INTEGER NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL,
    note BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_act_by_entry ON ledger_act (entry);
CREATE TRIGGER ledger_act_is_append_only_update BEFORE UPDATE ON ledger_act BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END;
CREATE TRIGGER ledger_act_is_append_only_delete BEFORE DELETE ON ledger_act BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END;
-- sealed: whose scan it was and by which entry; a copy of the file must not say where somebody passed. closed, closed_by: 0 while it is open.
CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    site INTEGER NOT NULL,
    at INTEGER NOT NULL,
    received INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0,
    closed_by INTEGER NOT NULL DEFAULT 0,
    note BLOB NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX alert_open ON alert (id) WHERE closed = 0;
