-- What the user would miss. Mailbox names are the raw bytes of the wire and so are blobs.

CREATE TABLE counter (last INTEGER NOT NULL);
INSERT INTO counter VALUES (0);

CREATE TABLE op (
	id INTEGER PRIMARY KEY,
	undo_group INTEGER NOT NULL,
	account TEXT NOT NULL,
	mailbox BLOB NOT NULL,
	uidvalidity INTEGER NOT NULL,
	uids TEXT NOT NULL,
	kind INTEGER NOT NULL,
	state INTEGER NOT NULL,
	flags TEXT NOT NULL,
	to_mailbox BLOB,
	to_uidvalidity INTEGER NOT NULL,
	from_uids_done TEXT,
	to_uids_done TEXT,
	step INTEGER NOT NULL,
	is_undo INTEGER NOT NULL,
	made_at INTEGER NOT NULL
);
