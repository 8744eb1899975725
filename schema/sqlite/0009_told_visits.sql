-- SPDX-License-Identifier: Apache-2.0
-- Visits of a case that no scan shows and somebody told of. id: random; it names the visit outside. sealed: of whom, where, from when to when, and what was
-- noted; the columns before it are bound to it. withdrawn, withdrawn_by: 0 while it counts. Nothing is ever removed: earlier answers counted it.
CREATE TABLE told_visit (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    case_number TEXT NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    withdrawn_by INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX told_visit_by_case ON told_visit (case_number, number);
