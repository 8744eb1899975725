-- SPDX-License-Identifier: Apache-2.0
-- Numbers that a restore left out: after < number <= upto. Any other gap in the log is a loss, and check says so.
-- The key's columns stand first: integrity_check of SQLite 3.40 takes others for NULL in a table WITHOUT ROWID.
CREATE TABLE sequence_skip (name TEXT NOT NULL, after INTEGER NOT NULL, upto INTEGER NOT NULL, PRIMARY KEY (name, after)) STRICT, WITHOUT ROWID;
