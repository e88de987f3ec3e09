-- When the list that POSITIONS describes was what the server had.

ALTER TABLE folder ADD COLUMN positions_at INTEGER NOT NULL DEFAULT 0;
