/*
 * What messages that vanished do to a map of positions, when some of them were never known. Pure; no
 * loop here is longer than the map, whatever set a server names.
 */
#pragma once

#include "imap/seqmap.h"

/* A position that the server has named with its UID. */
typedef struct {
	guint32 position, uid;
} ResyncAnchor;

/*
 * The map of a mailbox that was OLD at the last visit: VANISHED are gone (RFC 7162; it may name UIDs
 * that were never there), ARRIVED are new, EXISTS are there now, and ANCHORS (N of them) were
 * named. NULL when that does not add up. The caller's.
 */
SeqMap *resync_map(const SeqMap *old, const UidSet *vanished, guint32 exists, guint32 arrived,
	const ResyncAnchor *anchors, guint n);
