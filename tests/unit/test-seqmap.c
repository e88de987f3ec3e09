/* Positions and UIDs: the rules one by one, then random news beside a plain array. */
#include "imap/seqmap.h"

#include <string.h>

static void
assert_text(const SeqMap *map, const char *expected)
{
	g_autofree char *text = seqmap_to_text(map);

	g_assert_cmpstr(text, ==, expected);
}

static void
test_learn(void)
{
	g_autoptr(SeqMap) map = seqmap_new(100);

	assert_text(map, "100");
	g_assert_true(seqmap_learn(map, 50, 500));
	g_assert_true(seqmap_learn(map, 51, 501));
	assert_text(map, "100;50:500+2");
	g_assert_true(seqmap_learn(map, 10, 400));
	assert_text(map, "100;10:400+1,50:500+2");
	g_assert_cmpuint(seqmap_uid(map, 51), ==, 501);
	g_assert_cmpuint(seqmap_uid(map, 52), ==, 0);
	g_assert_cmpuint(seqmap_uid(map, 0), ==, 0);
	g_assert_cmpuint(seqmap_position(map, 400), ==, 10);
	g_assert_cmpuint(seqmap_position(map, 401), ==, 0);
	g_assert_cmpuint(seqmap_position(map, 0), ==, 0);
}

static void
test_two_anchors_know_what_lies_between(void)
{
	g_autoptr(SeqMap) map = seqmap_new(1000000);

	g_assert_true(seqmap_learn(map, 999, 1999));
	g_assert_true(seqmap_learn(map, 1000000, 1001000));
	assert_text(map, "1000000;999:1999+999002");
	g_assert_cmpuint(seqmap_uid(map, 500000), ==, 501000);
}

static void
test_first_uids_are_known_from_the_last(void)
{
	g_autoptr(SeqMap) map = seqmap_new(1000);

	g_assert_true(seqmap_learn(map, 1000, 1000));
	assert_text(map, "1000;1:1+1000");
}

static void
test_newest_word_wins(void)
{
	g_autoptr(SeqMap) map = seqmap_from_text("10;1:10+3,6:20+2,9:40+1");

	g_assert_false(seqmap_learn(map, 2, 25)); /* above the UIDs of positions 6 and 7 */
	assert_text(map, "10;1:10+1,2:25+1,9:40+1");
	g_assert_false(seqmap_learn(map, 12, 43)); /* beyond the end */
	assert_text(map, "12;1:10+1,2:25+1,9:40+4");
	g_assert_false(seqmap_learn(map, 12, 5)); /* UIDs that fall */
	assert_text(map, "12;12:5+1");
	g_assert_false(seqmap_learn(map, 0, 5));
	g_assert_false(seqmap_learn(map, 5, 0));
	assert_text(map, "12;12:5+1");
	g_assert_false(seqmap_learn(map, G_MAXUINT32, G_MAXUINT32 - 1));
	g_assert_cmpuint(seqmap_count(map), ==, G_MAXUINT32);
}

static void
test_expunge(void)
{
	g_autoptr(SeqMap) map = seqmap_from_text("10;3:103+5");

	g_assert_cmpuint(seqmap_expunge(map, 1), ==, 0);
	assert_text(map, "9;2:103+5");
	g_assert_cmpuint(seqmap_expunge(map, 4), ==, 105);
	assert_text(map, "8;2:103+2,4:106+2");
	g_assert_cmpuint(seqmap_expunge(map, 9), ==, 0);
	g_assert_cmpuint(seqmap_expunge(map, 0), ==, 0);
	assert_text(map, "8;2:103+2,4:106+2");
}

static guint32
vanish(SeqMap *map, guint32 uid)
{
	guint32 position = seqmap_place(map, uid);

	seqmap_expunge(map, position);
	return position;
}

static void
test_vanish(void)
{
	g_autoptr(SeqMap) map = seqmap_from_text("10;3:103+2,7:110+1,8:112+1");

	g_assert_cmpuint(vanish(map, 104), ==, 4);
	assert_text(map, "9;3:103+1,6:110+1,7:112+1");
	g_assert_cmpuint(vanish(map, 105), ==, 5); /* or 4 */
	assert_text(map, "8;3:103+1,5:110+1,6:112+1");
	g_assert_cmpuint(vanish(map, 111), ==, 0); /* no room for it */
	assert_text(map, "8;3:103+1,5:110+1,6:112+1");
	g_assert_cmpuint(vanish(map, 200), ==, 8); /* at the end */
	assert_text(map, "7;3:103+1,5:110+1,6:112+1");
	g_assert_cmpuint(vanish(map, 1), ==, 2);
	assert_text(map, "6;2:103+1,4:110+1,5:112+1");
	g_assert_cmpuint(vanish(map, 0), ==, 0);
}

/* Nobody waits for four thousand million steps. */
static void
test_vanish_many(void)
{
	g_autoptr(SeqMap) map = seqmap_from_text("4294967295;3:103+2");
	g_autoptr(UidSet) few = uidset_new_range(100, 103), many = uidset_new_range(1, 4294967290u);
	g_autoptr(UidSet) all = uidset_new_range(1, G_MAXUINT32);

	seqmap_vanish(map, few);
	assert_text(map, "4294967292;1:104+1");
	seqmap_vanish(map, many);
	assert_text(map, "2");
	seqmap_vanish(map, all);
	assert_text(map, "0");
}

/* A server that names messages without end does not fill the memory. */
static void
test_endless_news(void)
{
	g_autoptr(SeqMap) map = seqmap_new(G_MAXUINT32);
	guint32 known = 0;

	for (guint32 i = 1; i <= 5000000; i++)
		g_assert_true(seqmap_learn(map, i * 2, i * 3));
	for (guint32 i = 1; i <= 5000000; i++)
		known += seqmap_uid(map, i * 2) == i * 3;
	g_assert_cmpuint(known, >, 0);
	g_assert_cmpuint(known, <, 4500000);
	g_assert_cmpuint(seqmap_count(map), ==, G_MAXUINT32);
}

static void
test_count(void)
{
	g_autoptr(SeqMap) map = seqmap_from_text("10;3:103+5,9:120+2");

	seqmap_set_count(map, 20);
	assert_text(map, "20;3:103+5,9:120+2");
	seqmap_set_count(map, 5);
	assert_text(map, "5;3:103+3");
	seqmap_set_count(map, 0);
	assert_text(map, "0");
}

static void
test_unknown(void)
{
	g_autoptr(SeqMap) map = seqmap_from_text("20;3:103+5,10:120+2");
	guint32 first = 77, last = 77;

	g_assert_false(seqmap_unknown(map, 3, 7, &first, &last));
	g_assert_cmpuint(first, ==, 77);
	g_assert_true(seqmap_unknown(map, 0, 100, &first, &last));
	g_assert_cmpuint(first, ==, 1);
	g_assert_cmpuint(last, ==, 2);
	g_assert_true(seqmap_unknown(map, 4, 100, &first, &last));
	g_assert_cmpuint(first, ==, 8);
	g_assert_cmpuint(last, ==, 9);
	g_assert_true(seqmap_unknown(map, 11, 100, &first, &last));
	g_assert_cmpuint(first, ==, 12);
	g_assert_cmpuint(last, ==, 20);
}

static void
test_text(void)
{
	static const char *const bad[] = {"", "x", "10;", "10,1:1+1", "10;1:1+0", "10;0:1+1",
		"10;1:0+1", "10;11:20+1", "10;5:20+7", "10;1:1+1;2:3+1", "10;2:20+1,1:30+1",
		"10;1:10+3,3:20+1", "10;1:10+1,2:11+1", "10;1:10+1,5:11+1", "10;1:4294967295+2",
		"4294967296", "10;1:1+99999999999999", "10;1:1+1 ", "-1", "10;1:1+1,"};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_null(seqmap_from_text(bad[i]));
	for (guint i = 0; i < 2; i++) {
		const char *good[] = {"4294967295", "10;1:4294967286+10"};
		g_autoptr(SeqMap) map = seqmap_from_text(good[i]);

		assert_text(map, good[i]);
	}
}

/* A mailbox of a million where every other UID is missing, so half a million runs, that loses
 * 10,000 messages in any order. What is checked here is that it ends: with one flat array this
 * takes many seconds. */
static void
test_many_expunges(void)
{
	g_autoptr(SeqMap) map = seqmap_new(1000000);
	gint64 begin;

	for (guint32 position = 1; position <= 1000000; position++)
		g_assert_true(seqmap_learn(map, position, position * 2));
	begin = g_get_monotonic_time();
	for (guint i = 0; i < 10000; i++) {
		guint32 position = (guint32)g_test_rand_int_range(1, (gint32)seqmap_count(map) + 1);
		guint32 uid = seqmap_uid(map, position);

		g_assert_cmpuint(seqmap_expunge(map, position), ==, uid);
		g_assert_cmpuint(seqmap_position(map, uid), ==, 0);
	}
	g_test_message("10,000 expunges in %d us", (int)(g_get_monotonic_time() - begin));
	g_assert_cmpuint(seqmap_count(map), ==, 990000);
}

/* ---- beside a naive model ---- */

#define MAX_COUNT 60

typedef struct {
	guint32 count;
	guint32 uids[2 * MAX_COUNT + 1]; /* 0: not known */
} Model;

static gint64
model_offset(const Model *model, guint32 position)
{
	return (gint64)model->uids[position] - position;
}

/* Between two with the same offset nothing is unknown; nor before the first UIDs there can be. */
static void
model_fill(Model *model, gint64 offset)
{
	guint32 first = 0, last = 0, lowest = 0;

	for (guint32 at = model->count; at > 0; at--) {
		lowest = model->uids[at] ? at : lowest;
		if (!model->uids[at] || model_offset(model, at) != offset)
			continue;
		first = at;
		last = MAX(last, at);
	}
	if (offset == 0 && lowest == first)
		first = 1;
	for (guint32 at = first; at <= last; at++)
		model->uids[at] = (guint32)(at + offset);
}

static void
model_learn(Model *model, guint32 position, guint32 uid)
{
	gint64 offset = (gint64)uid - position;

	model->count = MAX(model->count, position);
	model->uids[position] = uid;
	for (guint32 at = 1; at <= model->count; at++)
		if (model->uids[at] && ((at < position && model_offset(model, at) > offset) ||
					       (at > position && model_offset(model, at) < offset)))
			model->uids[at] = 0;
	model_fill(model, offset);
}

static void
model_expunge(Model *model, guint32 position)
{
	memmove(model->uids + position, model->uids + position + 1,
		(model->count - position) * sizeof *model->uids);
	model->uids[model->count--] = 0;
	model_fill(model, 0);
}

static void
model_vanish(Model *model, guint32 uid)
{
	guint32 room = 0, at = 1;

	for (; at <= model->count; at++) {
		if (model->uids[at] >= uid)
			break;
		room = model->uids[at] ? 0 : at;
	}
	if (at <= model->count && model->uids[at] == uid)
		model_expunge(model, at);
	else if (room)
		model_expunge(model, room);
}

static void
model_set_count(Model *model, guint32 count)
{
	for (guint32 at = count + 1; at <= model->count; at++)
		model->uids[at] = 0;
	model->count = count;
}

/* ALL are those that are known. */
static void
assert_known(const SeqMap *map, const UidSet *all)
{
	guint32 middle = uidset_min(all) + (uidset_max(all) - uidset_min(all)) / 2;
	g_autoptr(UidSet) lower = uidset_new_range(1, MAX(middle, 1)), some = uidset_copy(all);
	g_autoptr(UidSet) expected = uidset_intersect(all, lower);
	g_autoptr(UidSet) known = seqmap_known(map, lower), again = seqmap_known(map, all);

	g_assert_true(uidset_equal(known, expected));
	g_assert_true(uidset_equal(again, all));
	g_assert_true(seqmap_knows_only(map, all) == !uidset_is_empty(all));
	uidset_remove(some, middle);
	g_assert_true(
		seqmap_knows_only(map, some) == (!uidset_is_empty(all) && uidset_equal(some, all)));
}

static void
assert_like_model(const SeqMap *map, const Model *model)
{
	g_autofree char *text = seqmap_to_text(map);
	g_autoptr(SeqMap) again = seqmap_from_text(text);
	g_autoptr(SeqMap) copy = seqmap_copy(map);
	g_autoptr(UidSet) uids = seqmap_uids(map, 1, model->count);
	guint32 first, last, unknown = 1;

	g_assert_nonnull(again);
	assert_text(copy, text);
	assert_text(again, text);
	g_assert_cmpuint(seqmap_count(map), ==, model->count);
	while (unknown <= model->count && model->uids[unknown])
		unknown++;
	g_assert_true(
		seqmap_unknown(map, 1, model->count, &first, &last) == (unknown <= model->count));
	g_assert_true(unknown > model->count || first == unknown);
	assert_known(map, uids);
	for (guint32 at = 1; at <= model->count; at++) {
		guint32 uid = model->uids[at];

		g_assert_cmpuint(seqmap_uid(map, at), ==, uid);
		g_assert_true(!uid || uidset_contains(uids, uid));
		g_assert_true(!uid || seqmap_position(map, uid) == at);
	}
}

static void
step(SeqMap *map, Model *model)
{
	int what = g_test_rand_int_range(0, 100);
	guint32 position = (guint32)g_test_rand_int_range(1, MAX_COUNT + 1);
	/* Most often a UID that may be true, now and then any. */
	guint32 uid = position + (position / 7) * (guint32)g_test_rand_int_range(0, 3);

	if (what < 10)
		uid = (guint32)g_test_rand_int_range(1, 3 * MAX_COUNT);
	if (what < 60) {
		seqmap_learn(map, position, uid);
		model_learn(model, position, uid);
	} else if (what < 80 && position <= model->count) {
		g_assert_cmpuint(seqmap_expunge(map, position), ==, model->uids[position]);
		model_expunge(model, position);
	} else if (what < 90) {
		vanish(map, uid);
		model_vanish(model, uid);
	} else {
		guint32 count =
			MIN(model->count + (guint32)g_test_rand_int_range(0, 20), MAX_COUNT);

		count = what < 98 ? count : position;
		seqmap_set_count(map, count);
		model_set_count(model, count);
	}
}

static void
test_random_news(void)
{
	g_autoptr(SeqMap) map = seqmap_new(0);
	Model model = {0};

	for (guint i = 0; i < 50000; i++) {
		step(map, &model);
		assert_like_model(map, &model);
	}
}

static void
check_tail(guint32 count, const char *uids, const char *expected)
{
	g_autoptr(UidSet) set = uidset_parse(uids, strlen(uids), 100, NULL);
	g_autoptr(SeqMap) map = seqmap_new_tail(count, set);
	g_autofree char *text = seqmap_to_text(map);

	g_assert_cmpstr(text, ==, expected);
}

static void
test_tail(void)
{
	check_tail(10, "7,9:11", "10;7:7+1,8:9+3");
	check_tail(4, "7,9:11", "4;1:7+1,2:9+3");
	check_tail(3, "7,9:11", "3;1:9+3"); /* more than there are */
	check_tail(2, "9:11", "2");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/seqmap/learn", test_learn);
	g_test_add_func("/seqmap/anchors", test_two_anchors_know_what_lies_between);
	g_test_add_func("/seqmap/first-uids", test_first_uids_are_known_from_the_last);
	g_test_add_func("/seqmap/newest-word", test_newest_word_wins);
	g_test_add_func("/seqmap/expunge", test_expunge);
	g_test_add_func("/seqmap/vanish", test_vanish);
	g_test_add_func("/seqmap/vanish-many", test_vanish_many);
	g_test_add_func("/seqmap/endless-news", test_endless_news);
	g_test_add_func("/seqmap/count", test_count);
	g_test_add_func("/seqmap/unknown", test_unknown);
	g_test_add_func("/seqmap/text", test_text);
	g_test_add_func("/seqmap/many-expunges", test_many_expunges);
	g_test_add_func("/seqmap/random-news", test_random_news);
	g_test_add_func("/seqmap/tail", test_tail);
	return g_test_run();
}
