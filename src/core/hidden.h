/*
 * Between the positions of a map (1 at the oldest, as the server counts) and the rows of a list (0
 * at the newest) when some of the messages are hidden.
 */
#pragma once

#include "imap/seqmap.h"

typedef struct {
	UidSet *uids;      /* that are hidden */
	GArray *positions; /* guint32, rising: where they are in the map, if that is known */
	gboolean stale;    /* the map or UIDS changed since POSITIONS was computed */
} Hidden;

void hidden_init(Hidden *hidden);
void hidden_clear(Hidden *hidden);

/* POSITION with UID (0: not known) is expunged from MAP: call it before that happens. */
void hidden_expunge(Hidden *hidden, const SeqMap *map, guint32 position, guint32 uid);

/* How many rows a list over MAP has. */
guint hidden_row_count(Hidden *hidden, const SeqMap *map);
/* The position of ROW; ROW must be below hidden_row_count(). */
guint32 hidden_position(Hidden *hidden, const SeqMap *map, guint row);
/* The row of POSITION; FALSE when it is hidden or outside of the map. */
gboolean hidden_row(Hidden *hidden, const SeqMap *map, guint32 position, guint *out_row);
