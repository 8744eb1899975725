-- SPDX-License-Identifier: Apache-2.0
-- What the office says of itself: its name, the hotline, the filing number. Nothing of it is secret: it stands on every poster.
CREATE TABLE office (word TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
