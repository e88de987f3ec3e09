-- How many octets of bodies each folder has, so that a budget can be held without counting; and bodies by
-- when they were last of use, which is in seconds since 1970 from here on.

CREATE TABLE body_sum (
	folder INTEGER PRIMARY KEY,
	octets INTEGER NOT NULL
);
INSERT INTO body_sum SELECT folder, sum(octets) FROM body GROUP BY folder;

CREATE TRIGGER body_added AFTER INSERT ON body BEGIN
	INSERT INTO body_sum VALUES (new.folder, new.octets)
		ON CONFLICT (folder) DO UPDATE SET octets = octets + excluded.octets;
END;
CREATE TRIGGER body_changed AFTER UPDATE OF octets ON body BEGIN
	UPDATE body_sum SET octets = octets + new.octets - old.octets WHERE folder = new.folder;
END;
CREATE TRIGGER body_removed AFTER DELETE ON body BEGIN
	UPDATE body_sum SET octets = octets - old.octets WHERE folder = old.folder;
END;

DROP INDEX body_by_use;
CREATE INDEX body_by_use ON body (used, folder, uid);

-- Which messages a folder had when it was looked through to keep them (seqmap_to_text()), for who opens it
-- without a line.
CREATE TABLE kept (
	folder INTEGER PRIMARY KEY,
	positions TEXT NOT NULL,
	seen_at INTEGER NOT NULL
);
