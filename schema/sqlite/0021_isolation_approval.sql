-- SPDX-License-Identifier: Apache-2.0
-- Whoever was put into isolation by one person alone is not stopped at a gate until somebody else approves. What was in force before stays so.
ALTER TABLE record ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;
UPDATE record SET approved = 1 WHERE kind = 1;
