#include "base/uidset.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

struct UidSet {
	GArray *ranges; /* of UidRange; rising, and never touching one another */
};

static UidRange *
range_at(const UidSet *set, guint i)
{
	return &g_array_index(set->ranges, UidRange, i);
}

UidSet *
uidset_new(void)
{
	UidSet *set = g_new(UidSet, 1);

	set->ranges = g_array_new(FALSE, FALSE, sizeof(UidRange));
	return set;
}

UidSet *
uidset_new_range(guint32 first, guint32 last)
{
	UidSet *set = uidset_new();

	uidset_add_range(set, first, last);
	return set;
}

UidSet *
uidset_copy(const UidSet *set)
{
	UidSet *copy = uidset_new();

	g_array_append_vals(copy->ranges, set->ranges->data, set->ranges->len);
	return copy;
}

void
uidset_free(UidSet *set)
{
	if (!set)
		return;
	g_array_unref(set->ranges);
	g_free(set);
}

void
uidset_clear(UidSet *set)
{
	g_array_set_size(set->ranges, 0);
}

/* The index of the first range that ends at UID or above; the number of ranges when none does. */
static guint
find(const UidSet *set, guint32 uid)
{
	guint low = 0, high = set->ranges->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (range_at(set, middle)->last < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Adds a range that begins at or above the beginning of the last one. */
static void
append(GArray *ranges, UidRange range)
{
	UidRange *end = ranges->len ? &g_array_index(ranges, UidRange, ranges->len - 1) : NULL;

	if (end && (end->last == G_MAXUINT32 || range.first <= end->last + 1))
		end->last = MAX(end->last, range.last);
	else
		g_array_append_val(ranges, range);
}

/* Puts the ranges in order; FALSE when nothing is left of them. */
static gboolean
set_in_order(guint32 *first, guint32 *last)
{
	if (*first > *last) {
		guint32 swap = *first;

		*first = *last;
		*last = swap;
	}
	*first = MAX(*first, 1);
	return *last > 0;
}

void
uidset_add(UidSet *set, guint32 uid)
{
	uidset_add_range(set, uid, uid);
}

void
uidset_add_range(UidSet *set, guint32 first, guint32 last)
{
	UidRange range;
	guint from, to;

	if (!set_in_order(&first, &last))
		return;
	range = (UidRange){first, last};
	/* From the first range that overlaps or touches to behind the last one that does. */
	from = find(set, first - 1);
	if (from == set->ranges->len) {
		g_array_append_val(set->ranges, range);
		return;
	}
	to = find(set, last);
	if (to < set->ranges->len && (last == G_MAXUINT32 || range_at(set, to)->first <= last + 1))
		to++;
	if (from == to) {
		g_array_insert_val(set->ranges, from, range);
		return;
	}
	range.first = MIN(first, range_at(set, from)->first);
	range.last = MAX(last, range_at(set, to - 1)->last);
	*range_at(set, from) = range;
	if (to - from > 1)
		g_array_remove_range(set->ranges, from + 1, to - from - 1);
}

/* Both walk the two sets once: a server may send sets of 100,000 ranges. */

void
uidset_add_set(UidSet *set, const UidSet *other)
{
	GArray *sum;
	guint a = 0, b = 0;

	if (set == other || uidset_is_empty(other))
		return;
	sum = g_array_sized_new(FALSE, FALSE, sizeof(UidRange), set->ranges->len);
	while (a < set->ranges->len || b < other->ranges->len) {
		if (b == other->ranges->len ||
			(a < set->ranges->len &&
				range_at(set, a)->first <= range_at(other, b)->first))
			append(sum, *range_at(set, a++));
		else
			append(sum, *range_at(other, b++));
	}
	g_array_unref(set->ranges);
	set->ranges = sum;
}

void
uidset_remove_set(UidSet *set, const UidSet *other)
{
	GArray *rest = g_array_new(FALSE, FALSE, sizeof(UidRange));
	guint b = 0;

	for (guint a = 0; a < set->ranges->len; a++) {
		UidRange range = *range_at(set, a);
		gboolean left = TRUE;

		while (b < other->ranges->len && range_at(other, b)->last < range.first)
			b++;
		for (guint i = b; left && i < other->ranges->len; i++) {
			UidRange cut = *range_at(other, i);

			if (cut.first > range.last)
				break;
			b = i;
			if (cut.first > range.first)
				append(rest, (UidRange){range.first, cut.first - 1});
			left = cut.last < range.last;
			range.first = left ? cut.last + 1 : range.first;
		}
		if (left)
			append(rest, range);
	}
	g_array_unref(set->ranges);
	set->ranges = rest;
}

void
uidset_remove(UidSet *set, guint32 uid)
{
	uidset_remove_range(set, uid, uid);
}

void
uidset_remove_range(UidSet *set, guint32 first, guint32 last)
{
	guint from, to;

	if (!set_in_order(&first, &last))
		return;
	from = find(set, first);
	if (from == set->ranges->len || range_at(set, from)->first > last)
		return;
	if (range_at(set, from)->first < first) {
		UidRange before = {range_at(set, from)->first, first - 1};

		if (range_at(set, from)->last > last) { /* a hole inside of one range */
			range_at(set, from)->first = last + 1;
			g_array_insert_val(set->ranges, from, before);
			return;
		}
		*range_at(set, from++) = before;
	}
	to = find(set, last);
	if (to < set->ranges->len && range_at(set, to)->first <= last) {
		if (range_at(set, to)->last > last)
			range_at(set, to)->first = last + 1;
		else
			to++;
	}
	if (to > from)
		g_array_remove_range(set->ranges, from, to - from);
}

UidSet *
uidset_intersect(const UidSet *a, const UidSet *b)
{
	UidSet *both = uidset_new();
	guint i = 0, j = 0;

	while (i < a->ranges->len && j < b->ranges->len) {
		const UidRange *x = range_at(a, i), *y = range_at(b, j);
		UidRange common = {MAX(x->first, y->first), MIN(x->last, y->last)};

		if (common.first <= common.last)
			append(both->ranges, common);
		if (x->last < y->last)
			i++;
		else
			j++;
	}
	return both;
}

gboolean
uidset_contains(const UidSet *set, guint32 uid)
{
	guint i = find(set, uid);

	return uid && i < set->ranges->len && range_at(set, i)->first <= uid;
}

gboolean
uidset_is_empty(const UidSet *set)
{
	return !set->ranges->len;
}

gboolean
uidset_equal(const UidSet *a, const UidSet *b)
{
	return a->ranges->len == b->ranges->len &&
	       (!a->ranges->len || !memcmp(a->ranges->data, b->ranges->data,
					   a->ranges->len * sizeof(UidRange)));
}

guint64
uidset_count(const UidSet *set)
{
	guint64 count = 0;

	for (guint i = 0; i < set->ranges->len; i++)
		count += (guint64)range_at(set, i)->last - range_at(set, i)->first + 1;
	return count;
}

guint32
uidset_min(const UidSet *set)
{
	return set->ranges->len ? range_at(set, 0)->first : 0;
}

guint32
uidset_max(const UidSet *set)
{
	return set->ranges->len ? range_at(set, set->ranges->len - 1)->last : 0;
}

guint32
uidset_next(const UidSet *set, guint32 uid)
{
	guint i;

	if (uid == G_MAXUINT32)
		return 0;
	i = find(set, uid + 1);
	return i < set->ranges->len ? MAX(range_at(set, i)->first, uid + 1) : 0;
}

guint32
uidset_previous(const UidSet *set, guint32 uid)
{
	guint i;

	if (uid <= 1)
		return 0;
	i = find(set, uid - 1);
	if (i < set->ranges->len && range_at(set, i)->first < uid)
		return uid - 1;
	return i > 0 ? range_at(set, i - 1)->last : 0;
}

const UidRange *
uidset_ranges(const UidSet *set, guint *out_n)
{
	*out_n = set->ranges->len;
	return (const UidRange *)(gconstpointer)set->ranges->data;
}

char *
uidset_to_string(const UidSet *set)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < set->ranges->len; i++) {
		const UidRange *range = range_at(set, i);

		g_string_append_printf(text, i ? ",%u" : "%u", range->first);
		if (range->last > range->first)
			g_string_append_printf(text, ":%u", range->last);
	}
	return g_string_free(text, FALSE);
}

/* ---- reading ---- */

/* A number of 1 to 4294967295 at *AT, which moves behind it; 0 when there is none. */
static guint32
read_number(const char **at, const char *end)
{
	guint64 number = 0;

	for (; *at < end && g_ascii_isdigit(**at) && number <= G_MAXUINT32; (*at)++)
		number = number * 10 + (guint64)(**at - '0');
	return number <= G_MAXUINT32 ? (guint32)number : 0;
}

static gboolean
read_range(const char **at, const char *end, UidRange *out_range)
{
	guint32 first = read_number(at, end), last = first;

	if (*at < end && **at == ':') {
		(*at)++;
		last = read_number(at, end);
	}
	if (!first || !last)
		return FALSE;
	*out_range = (UidRange){MIN(first, last), MAX(first, last)};
	return TRUE;
}

static int
compare_ranges(const void *a, const void *b)
{
	const UidRange *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Sorts and joins: the ranges of a server come in any order, and adding them one by one would take
 * time in the square of their number. */
static void
normalise(GArray *ranges)
{
	guint n = ranges->len;

	if (n)
		qsort(ranges->data, n, sizeof(UidRange), compare_ranges);
	g_array_set_size(ranges, 0);
	for (guint i = 0; i < n; i++) /* never overtakes itself: what is joined gets shorter */
		append(ranges, ((const UidRange *)(gconstpointer)ranges->data)[i]);
}

UidSet *
uidset_parse(const char *text, gsize len, guint max_ranges, GError **error)
{
	g_autoptr(UidSet) set = uidset_new();
	const char *at = text, *end = text + len;

	while (at < end) {
		UidRange range;

		if (set->ranges->len == max_ranges) {
			err_set(error, ERR_LIMIT, "A set of messages has more than %u ranges",
				max_ranges);
			return NULL;
		}
		if (!read_range(&at, end, &range) || (at < end && *at != ',') ||
			(at < end && at + 1 == end)) {
			err_set(error, ERR_PROTOCOL, "A set of messages can't be read");
			return NULL;
		}
		g_array_append_val(set->ranges, range);
		at += at < end;
	}
	normalise(set->ranges);
	return g_steal_pointer(&set);
}
