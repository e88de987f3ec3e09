#include "imap/seqmap.h"

#include "imap/seqmap-runs.h"

/*
 * What makes all simple is the offset uid - position: since UIDs rise by one or more from position to
 * position it never falls. So every run has its own offset, they rise from run to run, two known messages with
 * the same offset have nothing unknown between them, and a message that breaks the order is one whose offset is
 * out of order.
 */

#define MAX_WALK 10000 /* UIDs that are looked for one by one */

struct SeqMap {
	guint32 count;
	SeqRuns *runs;
};

/* ---- the map ---- */

SeqMap *
seqmap_new(guint32 count)
{
	SeqMap *map = g_new0(SeqMap, 1);

	map->count = count;
	map->runs = seqruns_new();
	return map;
}

SeqMap *
seqmap_copy(const SeqMap *map)
{
	SeqMap *copy = g_new0(SeqMap, 1);

	copy->count = map->count;
	copy->runs = seqruns_copy(map->runs);
	return copy;
}

void
seqmap_free(SeqMap *map)
{
	if (!map)
		return;
	seqruns_free(map->runs);
	g_free(map);
}

guint32
seqmap_count(const SeqMap *map)
{
	return map->count;
}

void
seqmap_set_count(SeqMap *map, guint32 count)
{
	SeqPlace place;

	map->count = count;
	while (seqruns_previous(map->runs, seqruns_end(map->runs), &place)) {
		SeqRun run = seqruns_get(map->runs, place);

		if (seqrun_last(run) <= count)
			return;
		if (run.position > count) {
			seqruns_drop(map->runs, place);
			continue;
		}
		run.length = count - run.position + 1;
		seqruns_set(map->runs, place, run);
		return;
	}
}

/* ---- learning ---- */

/* Forgets what stands before PLACE and has a greater offset; FALSE when something had. */
static gboolean
forget_before(SeqMap *map, SeqPlace *place, gint64 offset)
{
	gboolean agreed = TRUE;
	SeqPlace before;

	while (seqruns_previous(map->runs, *place, &before) &&
		seqrun_offset(seqruns_get(map->runs, before)) > offset) {
		*place = seqruns_drop_before(map->runs, *place);
		agreed = FALSE;
	}
	return agreed;
}

static gboolean
forget_after(SeqMap *map, SeqPlace place, gint64 offset)
{
	gboolean agreed = TRUE;

	while (!seqruns_is_end(map->runs, place) &&
		seqrun_offset(seqruns_get(map->runs, place)) < offset) {
		place = seqruns_drop(map->runs, place);
		agreed = FALSE;
	}
	return agreed;
}

/* No UID is below 1: before a UID that is as low as it can be nothing is unknown. */
static void
know_beginning(SeqMap *map)
{
	SeqPlace first = seqruns_first();

	if (!seqruns_is_end(map->runs, first) && seqrun_offset(seqruns_get(map->runs, first)) == 0)
		seqruns_set(map->runs, first,
			(SeqRun){1, 1, seqrun_last(seqruns_get(map->runs, first))});
}

/* Puts RUN before PLACE and joins it with neighbours of the same offset; with what lies between,
 * which can't be anything else. */
static void
join(SeqMap *map, SeqPlace place, SeqRun run)
{
	SeqPlace before;

	if (!seqruns_is_end(map->runs, place) &&
		seqrun_offset(seqruns_get(map->runs, place)) == seqrun_offset(run)) {
		run.length = seqrun_last(seqruns_get(map->runs, place)) - run.position + 1;
		seqruns_set(map->runs, place, run);
	} else {
		seqruns_insert(map->runs, place, run);
		place = seqruns_find(map->runs, seqrun_reaches_position, run.position);
	}
	if (seqruns_previous(map->runs, place, &before) &&
		seqrun_offset(seqruns_get(map->runs, before)) == seqrun_offset(run)) {
		SeqRun lower = seqruns_get(map->runs, before);

		lower.length = seqrun_last(run) - lower.position + 1;
		seqruns_drop(map->runs, place);
		seqruns_set(map->runs, before, lower);
	}
	know_beginning(map);
}

/* PLACE holds POSITION with another UID than the server says now: cuts it out. What is left of
 * the run on both sides may contradict too, and is then forgotten with the rest. */
static SeqPlace
cut_out(SeqMap *map, SeqPlace place, guint32 position)
{
	SeqRun run = seqruns_get(map->runs, place);
	SeqRun upper = {
		position + 1, run.uid + (position - run.position) + 1, seqrun_last(run) - position};

	run.length = position - run.position;
	if (run.length && upper.length) {
		seqruns_set(map->runs, place, run);
		seqruns_insert(map->runs, seqruns_next(map->runs, place), upper);
	} else if (run.length || upper.length) {
		seqruns_set(map->runs, place, run.length ? run : upper);
	} else {
		seqruns_drop(map->runs, place);
	}
	return seqruns_find(map->runs, seqrun_reaches_position, position);
}

gboolean
seqmap_learn(SeqMap *map, guint32 position, guint32 uid)
{
	SeqRun run = {position, uid, 1};
	gboolean agreed;
	SeqPlace place;

	if (!position || !uid)
		return FALSE;
	if (seqruns_are_too_many(map->runs))
		seqruns_clear(map->runs);
	agreed = position <= map->count && uid >= position;
	map->count = MAX(map->count, position);
	place = seqruns_find(map->runs, seqrun_reaches_position, position);
	if (!seqruns_is_end(map->runs, place) &&
		seqruns_get(map->runs, place).position <= position) {
		if (seqrun_offset(seqruns_get(map->runs, place)) == seqrun_offset(run))
			return agreed;
		place = cut_out(map, place, position);
		agreed = FALSE;
	}
	agreed &= forget_before(map, &place, seqrun_offset(run));
	agreed &= forget_after(map, place, seqrun_offset(run));
	place = seqruns_find(map->runs, seqrun_reaches_position, position);
	join(map, place, run);
	return agreed;
}

/* ---- removing ---- */

guint32
seqmap_expunge(SeqMap *map, guint32 position)
{
	SeqPlace place;
	SeqRun run;
	guint32 uid = 0;

	if (!position || position > map->count)
		return 0;
	map->count--;
	place = seqruns_find(map->runs, seqrun_reaches_position, position);
	if (seqruns_is_end(map->runs, place))
		return 0;
	run = seqruns_get(map->runs, place);
	if (run.position <= position) {
		uid = run.uid + (position - run.position);
		place = cut_out(map, place, position);
	}
	seqruns_move_down(map->runs, place);
	know_beginning(map);
	return uid;
}

guint32
seqmap_place(const SeqMap *map, guint32 uid)
{
	SeqPlace above = seqruns_find(map->runs, seqrun_reaches_uid, uid), below;
	guint32 last = 0, first;

	if (!uid)
		return 0;
	if (!seqruns_is_end(map->runs, above) && seqruns_get(map->runs, above).uid <= uid)
		return seqruns_get(map->runs, above).position +
		       (uid - seqruns_get(map->runs, above).uid);
	first = seqruns_is_end(map->runs, above) ? map->count + 1
						 : seqruns_get(map->runs, above).position;
	if (seqruns_previous(map->runs, above, &below))
		last = seqrun_last(seqruns_get(map->runs, below));
	return first - last > 1 ? first - 1 : 0;
}

void
seqmap_vanish(SeqMap *map, const UidSet *uids)
{
	guint64 n = uidset_count(uids);

	if (n > MAX_WALK) {
		seqruns_clear(map->runs);
		map->count -= (guint32)MIN(n, map->count);
		return;
	}
	for (guint32 uid = uidset_min(uids); uid; uid = uidset_next(uids, uid))
		seqmap_expunge(map, seqmap_place(map, uid));
}

/* ---- questions ---- */

guint32
seqmap_uid(const SeqMap *map, guint32 position)
{
	SeqPlace place = seqruns_find(map->runs, seqrun_reaches_position, position);
	SeqRun run;

	if (!position || seqruns_is_end(map->runs, place))
		return 0;
	run = seqruns_get(map->runs, place);
	return run.position <= position ? run.uid + (position - run.position) : 0;
}

guint32
seqmap_position(const SeqMap *map, guint32 uid)
{
	SeqPlace place = seqruns_find(map->runs, seqrun_reaches_uid, uid);
	SeqRun run;

	if (!uid || seqruns_is_end(map->runs, place))
		return 0;
	run = seqruns_get(map->runs, place);
	return run.uid <= uid ? run.position + (uid - run.uid) : 0;
}

UidSet *
seqmap_uids(const SeqMap *map, guint32 first, guint32 last)
{
	UidSet *uids = uidset_new();

	for (SeqPlace place = seqruns_find(map->runs, seqrun_reaches_position, first);
		!seqruns_is_end(map->runs, place); place = seqruns_next(map->runs, place)) {
		SeqRun run = seqruns_get(map->runs, place);
		guint32 from = MAX(first, run.position), to = MIN(last, seqrun_last(run));

		if (run.position > last)
			break;
		uidset_add_range(
			uids, run.uid + (from - run.position), run.uid + (to - run.position));
	}
	return uids;
}

UidSet *
seqmap_known(const SeqMap *map, const UidSet *uids)
{
	UidSet *known = uidset_new();
	guint n;
	const UidRange *ranges = uidset_ranges(uids, &n);

	for (guint i = 0; i < n; i++) {
		SeqPlace place = seqruns_find(map->runs, seqrun_reaches_uid, ranges[i].first);

		for (; !seqruns_is_end(map->runs, place); place = seqruns_next(map->runs, place)) {
			SeqRun run = seqruns_get(map->runs, place);

			if (run.uid > ranges[i].last)
				break;
			uidset_add_range(known, MAX(run.uid, ranges[i].first),
				MIN(run.uid + (run.length - 1), ranges[i].last));
		}
	}
	return known;
}

gboolean
seqmap_knows_only(const SeqMap *map, const UidSet *uids)
{
	guint n, i = 0;
	const UidRange *ranges = uidset_ranges(uids, &n);
	SeqPlace place = seqruns_first();

	if (seqruns_is_end(map->runs, place))
		return FALSE;
	for (; !seqruns_is_end(map->runs, place); place = seqruns_next(map->runs, place)) {
		SeqRun run = seqruns_get(map->runs, place);

		while (i < n && ranges[i].last < run.uid)
			i++;
		if (i == n || ranges[i].first > run.uid ||
			ranges[i].last < run.uid + (run.length - 1))
			return FALSE;
	}
	return TRUE;
}

gboolean
seqmap_unknown(
	const SeqMap *map, guint32 first, guint32 last, guint32 *out_first, guint32 *out_last)
{
	SeqPlace place;

	first = MAX(first, 1);
	last = MIN(last, map->count);
	place = seqruns_find(map->runs, seqrun_reaches_position, first);
	for (; !seqruns_is_end(map->runs, place) && first <= last;
		place = seqruns_next(map->runs, place)) {
		SeqRun run = seqruns_get(map->runs, place);

		if (run.position > first) {
			last = MIN(last, run.position - 1);
			break;
		}
		if (seqrun_last(run) >= last)
			return FALSE;
		first = seqrun_last(run) + 1;
	}
	if (first > last)
		return FALSE;
	*out_first = first;
	*out_last = last;
	return TRUE;
}

/* ---- as text ---- */

char *
seqmap_to_text(const SeqMap *map)
{
	GString *text = g_string_new(NULL);
	const char *separator = ";";

	g_string_append_printf(text, "%u", map->count);
	for (SeqPlace place = seqruns_first(); !seqruns_is_end(map->runs, place);
		place = seqruns_next(map->runs, place)) {
		SeqRun run = seqruns_get(map->runs, place);

		g_string_append_printf(
			text, "%s%u:%u+%u", separator, run.position, run.uid, run.length);
		separator = ",";
	}
	return g_string_free(text, FALSE);
}

static gboolean
read_number(const char **at, guint32 *out_number)
{
	guint64 number = 0;

	if (!g_ascii_isdigit(**at))
		return FALSE;
	for (; g_ascii_isdigit(**at) && number <= G_MAXUINT32; (*at)++)
		number = number * 10 + (guint64)(**at - '0');
	*out_number = (guint32)number;
	return number <= G_MAXUINT32;
}

static gboolean
read_sign(const char **at, char sign)
{
	gboolean there = **at == sign;

	*at += there;
	return there;
}

static gboolean
read_run(const char **at, SeqRun *out_run)
{
	return read_number(at, &out_run->position) && read_sign(at, ':') &&
	       read_number(at, &out_run->uid) && read_sign(at, '+') &&
	       read_number(at, &out_run->length);
}

/* RUN lies inside of the mailbox and in order behind the one before it. */
static gboolean
append_checked(SeqMap *map, SeqRun run)
{
	SeqPlace end = seqruns_end(map->runs), before;

	if (!run.position || !run.uid || !run.length)
		return FALSE;
	if (run.length - 1 > G_MAXUINT32 - run.uid || run.length > map->count ||
		run.position > map->count - run.length + 1)
		return FALSE;
	if (seqruns_previous(map->runs, end, &before) &&
		(seqrun_last(seqruns_get(map->runs, before)) >= run.position ||
			seqrun_offset(seqruns_get(map->runs, before)) >= seqrun_offset(run)))
		return FALSE;
	seqruns_insert(map->runs, end, run);
	return TRUE;
}

SeqMap *
seqmap_from_text(const char *text)
{
	g_autoptr(SeqMap) map = seqmap_new(0);
	char separator = ';';

	if (!read_number(&text, &map->count))
		return NULL;
	while (*text) {
		SeqRun run;

		if (!read_sign(&text, separator) || !read_run(&text, &run) ||
			!append_checked(map, run))
			return NULL;
		separator = ',';
	}
	return g_steal_pointer(&map);
}

SeqMap *
seqmap_new_tail(guint32 count, const UidSet *uids)
{
	SeqMap *map = seqmap_new(count);
	guint n;
	const UidRange *ranges = uidset_ranges(uids, &n);
	guint64 left = uidset_count(uids);

	for (guint i = 0; i < n; i++) {
		guint32 length = ranges[i].last - ranges[i].first + 1;
		SeqRun run = {(guint32)(count - left + 1), ranges[i].first, length};

		if (left <= count && !append_checked(map, run))
			break;
		left -= length;
	}
	return map;
}
