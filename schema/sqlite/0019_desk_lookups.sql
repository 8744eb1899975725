-- SPDX-License-Identifier: Apache-2.0
-- What the write thread asks of the desk's books is a seek, however much they hold: somebody's records, isolations that ended lately, a vehicle that was checked a moment ago.
CREATE INDEX record_by_registration ON record (registration, kind) WHERE registration <> 0;
CREATE INDEX record_by_end ON record (kind, closed) WHERE closed <> 0;
-- token: site, direction and plate, blinded; empty in rows of before.
ALTER TABLE vehicle_check ADD COLUMN token BLOB NOT NULL DEFAULT x'';
CREATE INDEX vehicle_check_by_token ON vehicle_check (token, at);
