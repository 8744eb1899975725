-- SPDX-License-Identifier: Apache-2.0
-- A new statement is matched against persons, not against statements: a seek for each person, whatever the number of statements of one.
CREATE INDEX registration_by_document_and_name ON registration (document, name, person) WHERE document IS NOT NULL;
DROP INDEX registration_by_phone;
CREATE INDEX registration_by_phone ON registration (phone, name, document IS NULL, person) WHERE phone IS NOT NULL;
