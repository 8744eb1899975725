-- SPDX-License-Identifier: Apache-2.0
-- A second factor for operators, duty devices (operators bound to one site), who is on duty there, and whom an audit line is about.

-- otp: the sealed TOTP secret, empty while none is enrolled; otp_step: the last step that was used, so that no code serves twice.
-- site: the only site of a duty device, 0 for everybody else.
ALTER TABLE operator ADD COLUMN otp BLOB NOT NULL DEFAULT x'';
ALTER TABLE operator ADD COLUMN otp_step INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operator ADD COLUMN site INTEGER NOT NULL DEFAULT 0;

-- on_duty: the sealed name that the person at a duty device picked.
ALTER TABLE session ADD COLUMN on_duty BLOB NOT NULL DEFAULT x'';

-- subject: a keyed blind index of the registration that was looked at, so that its owner can be told who looked.
CREATE TABLE audit_subject (subject BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (subject, seq)) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
