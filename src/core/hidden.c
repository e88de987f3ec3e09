#include "core/hidden.h"

void
hidden_init(Hidden *hidden)
{
	hidden->uids = uidset_new();
	hidden->positions = g_array_new(FALSE, FALSE, sizeof(guint32));
	hidden->stale = FALSE;
}

void
hidden_clear(Hidden *hidden)
{
	g_clear_pointer(&hidden->uids, uidset_free);
	g_clear_pointer(&hidden->positions, g_array_unref);
}

static void
refresh(Hidden *hidden, const SeqMap *map)
{
	if (!hidden->stale)
		return;
	hidden->stale = FALSE;
	g_array_set_size(hidden->positions, 0);
	/* UIDs rise with positions, so the positions come out sorted. */
	for (guint32 uid = uidset_min(hidden->uids); uid; uid = uidset_next(hidden->uids, uid)) {
		guint32 position = seqmap_position(map, uid);

		if (position)
			g_array_append_val(hidden->positions, position);
	}
}

/* How many hidden positions are below POSITION. */
static guint
count_below(const Hidden *hidden, guint32 position)
{
	guint low = 0, high = hidden->positions->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (g_array_index(hidden->positions, guint32, middle) < position)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Keeps the positions up to date: to compute them again for each of thousands that a server takes
 * away one by one would take seconds. */
void
hidden_expunge(Hidden *hidden, const SeqMap *map, guint32 position, guint32 uid)
{
	guint at;

	refresh(hidden, map);
	at = count_below(hidden, position);
	if (uid)
		uidset_remove(hidden->uids, uid);
	if (at < hidden->positions->len &&
		g_array_index(hidden->positions, guint32, at) == position)
		g_array_remove_index(hidden->positions, at);
	for (; at < hidden->positions->len; at++)
		g_array_index(hidden->positions, guint32, at)--;
}

guint
hidden_row_count(Hidden *hidden, const SeqMap *map)
{
	refresh(hidden, map);
	return seqmap_count(map) - hidden->positions->len;
}

guint32
hidden_position(Hidden *hidden, const SeqMap *map, guint row)
{
	guint rank =
		hidden_row_count(hidden, map) - row; /* among those that show, 1 at the oldest */
	guint low = 0, high = hidden->positions->len;

	/* The hidden position number I has its value less I + 1 shown ones below it. */
	while (low < high) {
		guint middle = (low + high) / 2;

		if (g_array_index(hidden->positions, guint32, middle) - middle <= rank)
			low = middle + 1;
		else
			high = middle;
	}
	return rank + low;
}

gboolean
hidden_row(Hidden *hidden, const SeqMap *map, guint32 position, guint *out_row)
{
	guint count = hidden_row_count(hidden, map);
	guint below;

	if (!position || position > seqmap_count(map))
		return FALSE;
	below = count_below(hidden, position);
	if (below < hidden->positions->len &&
		g_array_index(hidden->positions, guint32, below) == position)
		return FALSE;
	*out_row = count - (position - below);
	return TRUE;
}
