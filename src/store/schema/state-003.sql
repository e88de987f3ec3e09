-- What tells a whole op from one that a failing disk has changed (store/ops.c).

ALTER TABLE op ADD COLUMN sum TEXT;
