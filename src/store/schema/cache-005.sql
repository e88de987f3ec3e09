-- The words of what was read or kept, to be found. A message waits in to_index from the moment when its
-- header is here; its words are in words under a number that is never given twice. What goes leaves indexed
-- at once, so that it is not found any more, and its words a little later (to_forget), as that takes time.

CREATE TABLE to_index (
	folder INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	PRIMARY KEY (folder, uid)
) WITHOUT ROWID;
INSERT INTO to_index SELECT folder, uid FROM body WHERE section = 'HEADER';

CREATE TABLE indexed (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	folder INTEGER NOT NULL,
	uid INTEGER NOT NULL,
	UNIQUE (folder, uid)
);
CREATE TABLE to_forget (id INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'unicode61 remove_diacritics 2');
-- No merging at length within a turn: store/search.c does it in small pieces.
INSERT INTO words (words, rank) VALUES ('automerge', 0);
INSERT INTO words (words, rank) VALUES ('crisismerge', 500);

CREATE TRIGGER body_came AFTER INSERT ON body WHEN new.section = 'HEADER' BEGIN
	INSERT OR IGNORE INTO to_index VALUES (new.folder, new.uid);
END;
CREATE TRIGGER body_went AFTER DELETE ON body WHEN old.section = 'HEADER' BEGIN
	DELETE FROM to_index WHERE folder = old.folder AND uid = old.uid;
	DELETE FROM indexed WHERE folder = old.folder AND uid = old.uid;
END;
CREATE TRIGGER indexed_went AFTER DELETE ON indexed BEGIN
	INSERT INTO to_forget VALUES (old.id);
END;
