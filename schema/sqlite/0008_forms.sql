-- SPDX-License-Identifier: Apache-2.0
-- Forms of the office: blank workbooks that answers are written into.

-- sealed: what the form's head says (title, sheet, headers); file: the blank workbook. Both are sealed, since whatever somebody wrote above a header stands there.
-- columns: what each column was last said to mean, "B=name;C=": letters and words of ours. header: a keyed blind index of the header row.
CREATE TABLE form (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    by INTEGER NOT NULL,
    header BLOB NOT NULL,
    columns TEXT NOT NULL,
    sealed BLOB NOT NULL,
    file BLOB NOT NULL
) STRICT;

-- What a form with that header row was last said to mean, also after it was removed.
CREATE TABLE form_mapping (header BLOB NOT NULL PRIMARY KEY, at INTEGER NOT NULL, columns TEXT NOT NULL) STRICT, WITHOUT ROWID;
