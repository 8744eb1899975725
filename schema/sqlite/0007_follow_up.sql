-- SPDX-License-Identifier: Apache-2.0
-- What a case keeps: its questions with a checksum of each answer, and what is known of its contacts.

-- id: random; it names the question outside. key: a keyed blind index of its words. by, asked: who asked it first, and when; asked_last, times: it was
-- answered the same since. digest: SHA-256 of the answer's values. bytes: of what is sealed. question, people: sealed; who was found, NULL where that is not kept.
CREATE TABLE question (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    case_number TEXT NOT NULL,
    kind INTEGER NOT NULL,
    key BLOB NOT NULL,
    by INTEGER NOT NULL,
    asked INTEGER NOT NULL,
    asked_last INTEGER NOT NULL,
    times INTEGER NOT NULL,
    count INTEGER NOT NULL,
    is_complete INTEGER NOT NULL,
    digest BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    question BLOB NOT NULL,
    people BLOB
) STRICT;
CREATE INDEX question_by_case ON question (case_number, number);
CREATE INDEX question_by_key ON question (case_number, key, number);
CREATE INDEX question_by_age ON question (case_number, asked_last, number, bytes);

-- What tracers say of a contact; the newest counts, none is changed. statement: the oldest one of whoever was marked: the mark goes where that goes.
-- assigned: to which operator, 0 nobody. note: sealed, also where it says nothing; the other columns are bound to it.
CREATE TABLE contact_mark (
    number INTEGER PRIMARY KEY,
    case_number TEXT NOT NULL,
    statement INTEGER NOT NULL,
    state INTEGER NOT NULL,
    assigned INTEGER NOT NULL,
    by INTEGER NOT NULL,
    at INTEGER NOT NULL,
    note BLOB NOT NULL
) STRICT;
CREATE INDEX contact_mark_by_statement ON contact_mark (case_number, statement, number, state, assigned);
CREATE TRIGGER contact_mark_is_append_only_update BEFORE UPDATE ON contact_mark BEGIN SELECT RAISE(ABORT, 'marks are append-only'); END;
