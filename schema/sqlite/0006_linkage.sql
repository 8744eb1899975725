-- SPDX-License-Identifier: Apache-2.0
-- Who is who: keys by which candidates are found, why a statement was joined to whom, what humans decide, and in which order persons came to be.

-- Keyed blind indexes of parts of a statement (the sound of a name with the birth date, …): candidates without opening the table.
CREATE TABLE link_key (key BLOB NOT NULL, person INTEGER NOT NULL, registration INTEGER NOT NULL, PRIMARY KEY (key, person, registration)) STRICT, WITHOUT ROWID;

-- link_to: the statement that this one was found to be of the same person as, 0: none; link_reason: a rule's name, or weights by field.
ALTER TABLE registration ADD COLUMN link_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE registration ADD COLUMN link_reason TEXT NOT NULL DEFAULT '';

-- upto: the last registration that had been placed by then. Merges of before were of what was there.
ALTER TABLE person_event ADD COLUMN upto INTEGER NOT NULL DEFAULT 0;
UPDATE person_event SET upto = (SELECT ifnull(max(id), 0) FROM registration);

-- Are the persons of these two statements one? id: a keyed blind index of both. decided, by, note: of the last decision. event: the merge or split that
-- the decision made, 0: none.
CREATE TABLE review (
    a INTEGER NOT NULL,
    b INTEGER NOT NULL,
    id BLOB NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    weight REAL NOT NULL,
    reasons TEXT NOT NULL,
    at INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    by INTEGER NOT NULL,
    note BLOB NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_by_b ON review (b);
CREATE INDEX review_by_state ON review (state);

-- Staff saw the document that this statement gives.
CREATE TABLE verification (registration INTEGER PRIMARY KEY REFERENCES registration (id), at INTEGER NOT NULL, by INTEGER NOT NULL) STRICT;
