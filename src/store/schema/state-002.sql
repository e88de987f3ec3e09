-- Several programs, one journal: whose op it is (store/instance.h), 0 nobody's. And what tells, after
-- a cut, whether a COPY was done.

ALTER TABLE op ADD COLUMN owner INTEGER NOT NULL DEFAULT 0;
ALTER TABLE op ADD COLUMN to_uidnext INTEGER NOT NULL DEFAULT 0;
