/*
 * Which message stands at which position of a mailbox: positions 1 to count, each with its UID or
 * not known yet. Kept as runs, so that a million messages of which a screenful was seen cost a few
 * hundred bytes. UIDs rise with positions (RFC 3501 section 2.3.1.1).
 *
 * The session keeps one for the wire; core keeps its own copy of what is on the screen, which
 * outlives the connection.
 */
#pragma once

#include "base/uidset.h"

typedef struct SeqMap SeqMap;

SeqMap *seqmap_new(guint32 count);
/* COUNT positions, of which the last ones hold UIDS; those that do not fit are left out. */
SeqMap *seqmap_new_tail(guint32 count, const UidSet *uids);
SeqMap *seqmap_copy(const SeqMap *map);
void seqmap_free(SeqMap *map);

guint32 seqmap_count(const SeqMap *map);
/* EXISTS. Growing adds unknown positions at the end; a smaller count forgets the end. */
void seqmap_set_count(SeqMap *map, guint32 count);

/* The server said that UID stands at POSITION. FALSE when that contradicts what is known (order or
 * range): then the server's newest word is taken and what contradicts it is forgotten. */
gboolean seqmap_learn(SeqMap *map, guint32 position, guint32 uid);

/* EXPUNGE: removes POSITION, the later ones move down. Its UID, or 0 when that was not known. */
guint32 seqmap_expunge(SeqMap *map, guint32 position);
/* VANISHED: where UID stands, or else one of the unknown positions that it must be one of: which of
 * them is expunged for it makes no difference. 0: no room for it. */
guint32 seqmap_place(const SeqMap *map, guint32 uid);
/* VANISHED: the mailbox is shorter by each of UIDS, also by those that were never seen (RFC 7162
 * section 3.2.10.2). When they are thousands, what was known of the others is forgotten, too. */
void seqmap_vanish(SeqMap *map, const UidSet *uids);

guint32 seqmap_uid(const SeqMap *map, guint32 position); /* 0: not known */
guint32 seqmap_position(const SeqMap *map, guint32 uid); /* 0: not known */
/* All UIDs known at positions FIRST to LAST. The caller's. */
UidSet *seqmap_uids(const SeqMap *map, guint32 first, guint32 last);
/* Those of UIDS that are known. It takes the time of what is found and of UIDS, not that of the map. The
 * caller's. */
UidSet *seqmap_known(const SeqMap *map, const UidSet *uids);
/* No other than UIDS is known, and one is. */
gboolean seqmap_knows_only(const SeqMap *map, const UidSet *uids);
/* The first stretch of unknown positions in FIRST..LAST; FALSE when there is none. */
gboolean seqmap_unknown(
	const SeqMap *map, guint32 first, guint32 last, guint32 *out_first, guint32 *out_last);

/* For the cache: "count;position:uid+length,..."; reading checks everything, NULL when damaged. */
char *seqmap_to_text(const SeqMap *map);
SeqMap *seqmap_from_text(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeqMap, seqmap_free)
