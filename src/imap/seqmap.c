#include "imap/seqmap.h"

#include <string.h>

/*
 * A run is a stretch of positions whose UIDs follow one another: position + k holds uid + k. What
 * makes all else simple is the offset uid - position: since UIDs rise by one or more from position
 * to position it never falls. So every run has its own offset, they rise from run to run, two known
 * messages with the same offset have nothing unknown between them, and a message that breaks the
 * order is one whose offset is out of order.
 *
 * Runs are kept in blocks with a base of their positions each, so that an expunge in a mailbox of
 * half a million runs moves one block and some thousand bases.
 */

#define BLOCK_MAX  1024
#define MAX_WALK   10000 /* UIDs that are looked for one by one */
#define MAX_BLOCKS 4096  /* two million runs at least: beyond it all is forgotten */

typedef struct {
	guint32 position; /* less the base of its block */
	guint32 uid;
	guint32 length;
} Run;

typedef struct {
	guint32 base; /* added to its positions, modulo 2^32 */
	GArray *runs; /* of Run; never empty */
} Block;

struct SeqMap {
	guint32 count;
	GPtrArray *blocks; /* of Block */
};

/* A place in the map: a run, or the end. */
typedef struct {
	guint block, index;
} Place;

/* ---- blocks ---- */

static Block *
block_new(void)
{
	Block *block = g_new0(Block, 1);

	block->runs = g_array_new(FALSE, FALSE, sizeof(Run));
	return block;
}

static void
block_free(Block *block)
{
	g_array_unref(block->runs);
	g_free(block);
}

static Block *
block_at(const SeqMap *map, guint i)
{
	return map->blocks->pdata[i];
}

static Run
block_run(const Block *block, guint i)
{
	Run run = g_array_index(block->runs, Run, i);

	run.position += block->base;
	return run;
}

/* ---- places ---- */

static gboolean
is_end(const SeqMap *map, Place place)
{
	return place.block == map->blocks->len;
}

static Run
get(const SeqMap *map, Place place)
{
	return block_run(block_at(map, place.block), place.index);
}

static void
set(SeqMap *map, Place place, Run run)
{
	Block *block = block_at(map, place.block);

	run.position -= block->base;
	g_array_index(block->runs, Run, place.index) = run;
}

static Place
next(const SeqMap *map, Place place)
{
	if (++place.index < block_at(map, place.block)->runs->len)
		return place;
	return (Place){place.block + 1, 0};
}

/* FALSE at the beginning. */
static gboolean
previous(const SeqMap *map, Place place, Place *out_place)
{
	if (place.index > 0) {
		*out_place = (Place){place.block, place.index - 1};
		return TRUE;
	}
	if (!place.block)
		return FALSE;
	*out_place = (Place){place.block - 1, block_at(map, place.block - 1)->runs->len - 1};
	return TRUE;
}

typedef gboolean (*Reaches)(Run run, guint32 value);

static gboolean
reaches_position(Run run, guint32 position)
{
	return run.position + (run.length - 1) >= position;
}

static gboolean
reaches_uid(Run run, guint32 uid)
{
	return run.uid + (run.length - 1) >= uid;
}

/* The first run that reaches VALUE, or the end. */
static Place
find(const SeqMap *map, Reaches reaches, guint32 value)
{
	guint low = 0, high = map->blocks->len;
	Place place;
	const Block *block;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		block = block_at(map, middle);
		if (reaches(block_run(block, block->runs->len - 1), value))
			high = middle;
		else
			low = middle + 1;
	}
	place = (Place){low, 0};
	if (is_end(map, place))
		return place;
	block = block_at(map, low);
	for (low = 0, high = block->runs->len; low < high;) {
		guint middle = low + (high - low) / 2;

		if (reaches(block_run(block, middle), value))
			high = middle;
		else
			low = middle + 1;
	}
	place.index = low;
	return place;
}

static void
split_block(SeqMap *map, guint i)
{
	Block *block = block_at(map, i), *upper = block_new();
	guint half = block->runs->len / 2;

	upper->base = block->base;
	g_array_append_vals(
		upper->runs, &g_array_index(block->runs, Run, half), block->runs->len - half);
	g_array_set_size(block->runs, half);
	g_ptr_array_insert(map->blocks, (gint)i + 1, upper);
}

/* Inserts before PLACE, which may be the end. */
static void
insert(SeqMap *map, Place place, Run run)
{
	Block *block;

	if (is_end(map, place)) {
		if (!place.block)
			g_ptr_array_add(map->blocks, block_new());
		place.block = map->blocks->len - 1;
		place.index = block_at(map, place.block)->runs->len;
	}
	block = block_at(map, place.block);
	run.position -= block->base;
	g_array_insert_val(block->runs, place.index, run);
	if (block->runs->len > BLOCK_MAX)
		split_block(map, place.block);
}

static void
drop(SeqMap *map, Place place)
{
	Block *block = block_at(map, place.block);

	g_array_remove_index(block->runs, place.index);
	if (!block->runs->len)
		g_ptr_array_remove_index(map->blocks, place.block);
}

/* The runs from PLACE on move down by one. */
static void
move_down(SeqMap *map, Place place)
{
	if (is_end(map, place))
		return;
	if (place.index) {
		Block *block = block_at(map, place.block++);

		for (guint i = place.index; i < block->runs->len; i++)
			g_array_index(block->runs, Run, i).position--;
	}
	for (guint i = place.block; i < map->blocks->len; i++)
		block_at(map, i)->base--;
}

/* ---- the map ---- */

SeqMap *
seqmap_new(guint32 count)
{
	SeqMap *map = g_new0(SeqMap, 1);

	map->count = count;
	map->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)block_free);
	return map;
}

SeqMap *
seqmap_copy(const SeqMap *map)
{
	SeqMap *copy = seqmap_new(map->count);

	for (guint i = 0; i < map->blocks->len; i++) {
		Block *block = block_new();

		block->base = block_at(map, i)->base;
		g_array_append_vals(
			block->runs, block_at(map, i)->runs->data, block_at(map, i)->runs->len);
		g_ptr_array_add(copy->blocks, block);
	}
	return copy;
}

void
seqmap_free(SeqMap *map)
{
	if (!map)
		return;
	g_ptr_array_unref(map->blocks);
	g_free(map);
}

guint32
seqmap_count(const SeqMap *map)
{
	return map->count;
}

static guint32
last_of(Run run)
{
	return run.position + (run.length - 1);
}

void
seqmap_set_count(SeqMap *map, guint32 count)
{
	map->count = count;
	while (map->blocks->len) {
		Block *block = block_at(map, map->blocks->len - 1);
		Place place = {map->blocks->len - 1, block->runs->len - 1};
		Run run = get(map, place);

		if (last_of(run) <= count)
			return;
		if (run.position > count) {
			drop(map, place);
			continue;
		}
		run.length = count - run.position + 1;
		set(map, place, run);
		return;
	}
}

/* ---- learning ---- */

static void
forget_all(SeqMap *map)
{
	g_ptr_array_set_size(map->blocks, 0);
}

static gint64
offset_of(Run run)
{
	return (gint64)run.uid - run.position;
}

/* Forgets what stands before PLACE and has a greater offset; FALSE when something had. */
static gboolean
forget_before(SeqMap *map, Place *place, gint64 offset)
{
	gboolean agreed = TRUE;
	Place before;

	while (previous(map, *place, &before) && offset_of(get(map, before)) > offset) {
		gboolean block_goes = block_at(map, before.block)->runs->len == 1;

		drop(map, before);
		if (before.block == place->block)
			place->index--;
		else if (block_goes)
			place->block--;
		agreed = FALSE;
	}
	return agreed;
}

static gboolean
forget_after(SeqMap *map, Place place, gint64 offset)
{
	gboolean agreed = TRUE;

	while (!is_end(map, place) && offset_of(get(map, place)) < offset) {
		gboolean block_goes = block_at(map, place.block)->runs->len == 1;

		drop(map, place);
		if (!block_goes && place.index == block_at(map, place.block)->runs->len)
			place = (Place){place.block + 1, 0};
		agreed = FALSE;
	}
	return agreed;
}

/* No UID is below 1: before a UID that is as low as it can be nothing is unknown. */
static void
know_beginning(SeqMap *map)
{
	Place first = {0, 0};

	if (!is_end(map, first) && offset_of(get(map, first)) == 0)
		set(map, first, (Run){1, 1, last_of(get(map, first))});
}

/* Puts RUN before PLACE and joins it with neighbours of the same offset; with what lies between,
 * which can't be anything else. */
static void
join(SeqMap *map, Place place, Run run)
{
	Place before;

	if (!is_end(map, place) && offset_of(get(map, place)) == offset_of(run)) {
		run.length = last_of(get(map, place)) - run.position + 1;
		set(map, place, run);
	} else {
		insert(map, place, run);
		place = find(map, reaches_position, run.position);
	}
	if (previous(map, place, &before) && offset_of(get(map, before)) == offset_of(run)) {
		Run lower = get(map, before);

		lower.length = last_of(run) - lower.position + 1;
		drop(map, place);
		set(map, before, lower);
	}
	know_beginning(map);
}

/* PLACE holds POSITION with another UID than the server says now: cuts it out. What is left of
 * the run on both sides may contradict too, and is then forgotten with the rest. */
static Place
cut_out(SeqMap *map, Place place, guint32 position)
{
	Run run = get(map, place);
	Run upper = {
		position + 1, run.uid + (position - run.position) + 1, last_of(run) - position};

	run.length = position - run.position;
	if (run.length && upper.length) {
		set(map, place, run);
		insert(map, next(map, place), upper);
	} else if (run.length || upper.length) {
		set(map, place, run.length ? run : upper);
	} else {
		drop(map, place);
	}
	return find(map, reaches_position, position);
}

gboolean
seqmap_learn(SeqMap *map, guint32 position, guint32 uid)
{
	Run run = {position, uid, 1};
	gboolean agreed;
	Place place;

	if (!position || !uid)
		return FALSE;
	if (map->blocks->len > MAX_BLOCKS)
		forget_all(map);
	agreed = position <= map->count && uid >= position;
	map->count = MAX(map->count, position);
	place = find(map, reaches_position, position);
	if (!is_end(map, place) && get(map, place).position <= position) {
		if (offset_of(get(map, place)) == offset_of(run))
			return agreed;
		place = cut_out(map, place, position);
		agreed = FALSE;
	}
	agreed &= forget_before(map, &place, offset_of(run));
	agreed &= forget_after(map, place, offset_of(run));
	place = find(map, reaches_position, position);
	join(map, place, run);
	return agreed;
}

/* ---- removing ---- */

guint32
seqmap_expunge(SeqMap *map, guint32 position)
{
	Place place;
	Run run;
	guint32 uid = 0;

	if (!position || position > map->count)
		return 0;
	map->count--;
	place = find(map, reaches_position, position);
	if (is_end(map, place))
		return 0;
	run = get(map, place);
	if (run.position <= position) {
		uid = run.uid + (position - run.position);
		place = cut_out(map, place, position);
	}
	move_down(map, place);
	know_beginning(map);
	return uid;
}

guint32
seqmap_place(const SeqMap *map, guint32 uid)
{
	Place above = find(map, reaches_uid, uid), below;
	guint32 last = 0, first;

	if (!uid)
		return 0;
	if (!is_end(map, above) && get(map, above).uid <= uid)
		return get(map, above).position + (uid - get(map, above).uid);
	first = is_end(map, above) ? map->count + 1 : get(map, above).position;
	if (previous(map, above, &below))
		last = last_of(get(map, below));
	return first - last > 1 ? first - 1 : 0;
}

void
seqmap_vanish(SeqMap *map, const UidSet *uids)
{
	guint64 n = uidset_count(uids);

	if (n > MAX_WALK) {
		forget_all(map);
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
	Place place = find(map, reaches_position, position);
	Run run;

	if (!position || is_end(map, place))
		return 0;
	run = get(map, place);
	return run.position <= position ? run.uid + (position - run.position) : 0;
}

guint32
seqmap_position(const SeqMap *map, guint32 uid)
{
	Place place = find(map, reaches_uid, uid);
	Run run;

	if (!uid || is_end(map, place))
		return 0;
	run = get(map, place);
	return run.uid <= uid ? run.position + (uid - run.uid) : 0;
}

UidSet *
seqmap_uids(const SeqMap *map, guint32 first, guint32 last)
{
	UidSet *uids = uidset_new();

	for (Place place = find(map, reaches_position, first); !is_end(map, place);
		place = next(map, place)) {
		Run run = get(map, place);
		guint32 from = MAX(first, run.position), to = MIN(last, last_of(run));

		if (run.position > last)
			break;
		uidset_add_range(
			uids, run.uid + (from - run.position), run.uid + (to - run.position));
	}
	return uids;
}

gboolean
seqmap_unknown(
	const SeqMap *map, guint32 first, guint32 last, guint32 *out_first, guint32 *out_last)
{
	Place place;

	first = MAX(first, 1);
	last = MIN(last, map->count);
	place = find(map, reaches_position, first);
	for (; !is_end(map, place) && first <= last; place = next(map, place)) {
		Run run = get(map, place);

		if (run.position > first) {
			last = MIN(last, run.position - 1);
			break;
		}
		if (last_of(run) >= last)
			return FALSE;
		first = last_of(run) + 1;
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
	for (Place place = {0, 0}; !is_end(map, place); place = next(map, place)) {
		Run run = get(map, place);

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
read_run(const char **at, Run *out_run)
{
	return read_number(at, &out_run->position) && read_sign(at, ':') &&
	       read_number(at, &out_run->uid) && read_sign(at, '+') &&
	       read_number(at, &out_run->length);
}

/* RUN lies inside of the mailbox and in order behind the one before it. */
static gboolean
append_checked(SeqMap *map, Run run)
{
	Place end = {map->blocks->len, 0}, before;

	if (!run.position || !run.uid || !run.length)
		return FALSE;
	if (run.length - 1 > G_MAXUINT32 - run.uid || run.length > map->count ||
		run.position > map->count - run.length + 1)
		return FALSE;
	if (previous(map, end, &before) && (last_of(get(map, before)) >= run.position ||
						   offset_of(get(map, before)) >= offset_of(run)))
		return FALSE;
	insert(map, end, run);
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
		Run run;

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
		Run run = {(guint32)(count - left + 1), ranges[i].first, length};

		if (left <= count && !append_checked(map, run))
			break;
		left -= length;
	}
	return map;
}
