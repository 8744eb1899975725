-- SPDX-License-Identifier: Apache-2.0
-- A registration whose holder is another belongs to that phone: somebody scanned on it, or a correction of what whoever holds it had said.
ALTER TABLE registration ADD COLUMN is_correction INTEGER NOT NULL DEFAULT 0;

-- Whoever held the credential asked for erasure: all registrations of that phone go when no scan that is kept needs them.
ALTER TABLE revoked_credential ADD COLUMN erase INTEGER NOT NULL DEFAULT 0;
