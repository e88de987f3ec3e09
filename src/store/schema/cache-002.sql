-- What the server of an account could do at the last visit, so that the next one can begin in one flight.

CREATE TABLE account (
	name TEXT PRIMARY KEY,
	capabilities TEXT NOT NULL
) WITHOUT ROWID;
