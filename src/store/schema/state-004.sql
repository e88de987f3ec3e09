-- Messages on their way to another account: where an op goes (NULL: it stays in its account), and what
-- became of each message that was fetched for it, until it has arrived.

ALTER TABLE op ADD COLUMN to_account TEXT;

CREATE TABLE parcel (
	op INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	state INTEGER NOT NULL,
	spool TEXT NOT NULL,
	size INTEGER NOT NULL,
	date INTEGER NOT NULL,
	flags TEXT NOT NULL,
	identity BLOB NOT NULL,
	PRIMARY KEY (op, uid)
) WITHOUT ROWID;
