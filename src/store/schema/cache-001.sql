-- What the server can tell again. Mailbox names are the raw bytes of the wire and so are blobs.

CREATE TABLE counter (last INTEGER NOT NULL);
INSERT INTO counter VALUES (0);

CREATE TABLE folder (
	id INTEGER PRIMARY KEY,
	account TEXT NOT NULL,
	name BLOB NOT NULL,
	delimiter INTEGER NOT NULL,
	flags INTEGER NOT NULL,
	uidvalidity INTEGER NOT NULL,
	uidnext INTEGER NOT NULL,
	highestmodseq INTEGER NOT NULL,
	counts_known INTEGER NOT NULL,
	total INTEGER NOT NULL,
	unread INTEGER NOT NULL,
	counts_at INTEGER NOT NULL,
	positions TEXT,
	UNIQUE (account, name)
);

CREATE TABLE message (
	folder INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	flags TEXT NOT NULL,
	modseq INTEGER NOT NULL,
	internaldate INTEGER NOT NULL,
	date INTEGER NOT NULL,
	size INTEGER NOT NULL,
	attachment INTEGER NOT NULL,
	from_name TEXT NOT NULL,
	from_address TEXT NOT NULL,
	to_name TEXT NOT NULL,
	subject TEXT NOT NULL,
	message_id BLOB NOT NULL,
	in_reply_to BLOB NOT NULL,
	structure BLOB,
	PRIMARY KEY (folder, uid)
) WITHOUT ROWID;

-- "used" rises with every use: the smallest is dropped first.
CREATE TABLE body (
	id INTEGER PRIMARY KEY,
	folder INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	section TEXT NOT NULL,
	used INTEGER NOT NULL,
	octets INTEGER NOT NULL,
	bytes BLOB NOT NULL,
	UNIQUE (folder, uid, section)
);
CREATE INDEX body_by_use ON body (used, octets);
