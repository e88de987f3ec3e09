#include "imap/ranges.h"

#include "imap/node.h"

#include <stdlib.h>
#include <string.h>

void
imap_ranges_clear(ImapRanges *ranges)
{
	g_clear_pointer(&ranges->at, g_free);
	ranges->n = ranges->allocated = 0;
}

void
imap_ranges_add(ImapRanges *ranges, guint32 first, guint32 last)
{
	UidRange range = {MIN(first, last), MAX(first, last)};
	UidRange *newest = ranges->n ? &ranges->at[ranges->n - 1] : NULL;

	if (newest && newest->last != G_MAXUINT32 && range.first == newest->last + 1) {
		newest->last = range.last;
		return;
	}
	if (ranges->n == ranges->max) {
		ranges->too_big = TRUE;
		return;
	}
	if (ranges->n == ranges->allocated) {
		ranges->allocated = MAX(16, ranges->allocated * 2);
		ranges->at = g_renew(UidRange, ranges->at, ranges->allocated);
	}
	ranges->at[ranges->n++] = range;
}

/* "7" or "3:5". */
static gboolean
add_member(ImapRanges *ranges, const char *text, gsize len)
{
	const char *colon = memchr(text, ':', len);
	gsize first_len = colon ? (gsize)(colon - text) : len;
	guint64 first, last;

	if (!imap_text_get_number(text, first_len, G_MAXUINT32, &first) || first == 0)
		return FALSE;
	last = first;
	if (colon && (!imap_text_get_number(colon + 1, len - first_len - 1, G_MAXUINT32, &last) ||
			     last == 0))
		return FALSE;
	imap_ranges_add(ranges, (guint32)first, (guint32)last);
	return !ranges->too_big;
}

gboolean
imap_ranges_add_text(ImapRanges *ranges, const char *text, gsize len)
{
	const char *end = text + len;

	while (text < end) {
		const char *comma = memchr(text, ',', end - text);
		gsize member = (comma ? comma : end) - text;

		if (member && !add_member(ranges, text, member))
			return FALSE;
		text += member + 1;
	}
	return TRUE;
}

static int
compare(gconstpointer a, gconstpointer b)
{
	const UidRange *left = a, *right = b;

	return (left->first > right->first) - (left->first < right->first);
}

/* Sorted first: adding at the end of a set is cheap, adding thousands in front of it is not. */
UidSet *
imap_ranges_to_set(ImapRanges *ranges)
{
	UidSet *set = uidset_new();

	if (ranges->n)
		qsort(ranges->at, ranges->n, sizeof(UidRange), compare);
	for (guint i = 0; i < ranges->n; i++)
		uidset_add_range(set, ranges->at[i].first, ranges->at[i].last);
	return set;
}
