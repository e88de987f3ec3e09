-- How the user likes to read the messages of a sender: as HTML or as text. The number says which choice
-- was made last.

CREATE TABLE liking (
	address TEXT PRIMARY KEY,
	html INTEGER NOT NULL,
	made INTEGER NOT NULL
) WITHOUT ROWID;
