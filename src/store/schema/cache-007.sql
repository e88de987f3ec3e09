-- A folder that has another UIDVALIDITY, or is gone, may leave a hundred thousand rows behind, more than one
-- turn can remove. So from that moment on its rows are those under another number, which no folder has, and
-- those under the number of before are of nothing: they go some at a time.

CREATE TABLE anew (
	folder INTEGER PRIMARY KEY,
	place INTEGER NOT NULL
);
CREATE TABLE void (place INTEGER PRIMARY KEY);
