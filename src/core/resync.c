#include "core/resync.h"

#define MAX_GUESSES 100000 /* unknown UIDs that are looked at, however many a server names */

/* The UIDs of the map that VANISHED names are gone for sure. From the end, so that each costs little. */
static UidSet *
expunge_known(SeqMap *map, const UidSet *vanished)
{
	g_autoptr(UidSet) all = seqmap_uids(map, 1, seqmap_count(map));
	UidSet *known = uidset_intersect(all, vanished);

	for (guint32 uid = uidset_max(known); uid; uid = uidset_previous(known, uid))
		seqmap_expunge(map, seqmap_position(map, uid));
	return known;
}

/* The others may have stood at positions that were never looked at, or may be long gone: as many as
 * it takes until COUNT are left are taken for the former. */
static void
expunge_unknown(SeqMap *map, const UidSet *vanished, const UidSet *known, guint32 count)
{
	g_autoptr(UidSet) unknown = uidset_copy(vanished);
	guint guesses = MAX_GUESSES;

	uidset_remove_set(unknown, known);
	for (guint32 uid = uidset_max(unknown); uid && guesses && seqmap_count(map) > count;
		uid = uidset_previous(unknown, uid), guesses--)
		seqmap_expunge(map, seqmap_place(map, uid));
}

SeqMap *
resync_map(const SeqMap *old, const UidSet *vanished, guint32 exists, guint32 arrived,
	const ResyncAnchor *anchors, guint n)
{
	g_autoptr(SeqMap) map = seqmap_copy(old);
	g_autoptr(UidSet) known = expunge_known(map, vanished);

	if (arrived > exists)
		return NULL;
	expunge_unknown(map, vanished, known, exists - arrived);
	if (seqmap_count(map) != exists - arrived)
		return NULL;
	seqmap_set_count(map, exists);
	for (guint i = 0; i < n; i++)
		if (anchors[i].position > exists ||
			!seqmap_learn(map, anchors[i].position, anchors[i].uid))
			return NULL;
	return g_steal_pointer(&map);
}
