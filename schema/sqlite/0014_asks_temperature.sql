-- SPDX-License-Identifier: Apache-2.0
-- Does the site ask residents for the temperature that they have taken themselves? 0: no.
ALTER TABLE site ADD COLUMN asks_temperature INTEGER NOT NULL DEFAULT 0;
