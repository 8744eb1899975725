-- SPDX-License-Identifier: Apache-2.0
-- An entry of the ledger may be handed to another division, whose it is since; digits 0: its list's.
ALTER TABLE ledger_entry ADD COLUMN division INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_entry ADD COLUMN division_digits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_act ADD COLUMN division INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_act ADD COLUMN division_digits INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ledger_entry_handed ON ledger_entry (id) WHERE division_digits <> 0;
