/* UID sets: the edges one by one, then random operations beside a plain array of booleans. */
#include "base/err.h"
#include "base/uidset.h"

#include <string.h>

#define UNIVERSE 200

static void
assert_text(const UidSet *set, const char *expected)
{
	g_autofree char *text = uidset_to_string(set);

	g_assert_cmpstr(text, ==, expected);
}

static void
test_add(void)
{
	g_autoptr(UidSet) set = uidset_new();

	assert_text(set, "");
	uidset_add(set, 5);
	uidset_add(set, 7);
	assert_text(set, "5,7");
	uidset_add(set, 6);
	assert_text(set, "5:7");
	uidset_add_range(set, 20, 10);
	uidset_add_range(set, 1, 2);
	assert_text(set, "1:2,5:7,10:20");
	uidset_add_range(set, 3, 9);
	assert_text(set, "1:20");
	uidset_add(set, 0);
	uidset_add_range(set, 0, 0);
	assert_text(set, "1:20");
}

static void
test_largest(void)
{
	g_autoptr(UidSet) set = uidset_new_range(G_MAXUINT32, 0);
	g_autoptr(UidSet) other = uidset_copy(set);

	g_assert_cmpuint(uidset_count(set), ==, G_MAXUINT32);
	assert_text(set, "1:4294967295");
	uidset_add(set, G_MAXUINT32);
	uidset_add_set(set, other);
	assert_text(set, "1:4294967295");
	g_assert_cmpuint(uidset_next(set, G_MAXUINT32), ==, 0);
	uidset_remove(set, G_MAXUINT32);
	assert_text(set, "1:4294967294");
	g_assert_cmpuint(uidset_next(set, G_MAXUINT32 - 1), ==, 0);
	g_assert_cmpuint(uidset_previous(set, G_MAXUINT32), ==, G_MAXUINT32 - 1);
	uidset_remove_set(other, set);
	assert_text(other, "4294967295");
	uidset_add(set, G_MAXUINT32);
	assert_text(set, "1:4294967295");
	uidset_remove_range(set, 0, G_MAXUINT32);
	g_assert_true(uidset_is_empty(set));
}

static void
test_remove(void)
{
	g_autoptr(UidSet) set = uidset_new_range(1, 20);

	uidset_remove(set, 10);
	assert_text(set, "1:9,11:20");
	uidset_remove_range(set, 8, 12);
	assert_text(set, "1:7,13:20");
	uidset_remove_range(set, 9, 11);
	uidset_remove_range(set, 30, 40);
	assert_text(set, "1:7,13:20");
	uidset_remove_range(set, 7, 19);
	assert_text(set, "1:6,20");
	uidset_remove_range(set, 0, 1);
	assert_text(set, "2:6,20");
	uidset_clear(set);
	assert_text(set, "");
}

static void
check_parse(const char *text, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(UidSet) set = uidset_parse(text, strlen(text), 100, &error);

	g_assert_no_error(error);
	assert_text(set, expected);
}

static void
check_refused(const char *text, guint max, ErrCode code)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(UidSet) set = uidset_parse(text, strlen(text), max, &error);

	g_assert_null(set);
	g_assert_true(err_is(error, code));
}

static void
test_parse(void)
{
	static const char *const bad[] = {"0", "*", "1:*", "1,", ",1", "1,,2", "1:", ":1", "1:0",
		"x", "1 ", "1:2:3", "4294967296", "99999999999999999999999", "-1", "+1"};

	check_parse("", "");
	check_parse("1", "1");
	check_parse("9,7:5,6,1,2", "1:2,5:7,9");
	check_parse("4294967295:1", "1:4294967295");
	check_parse("3:9,1:100,50:60", "1:100");
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		check_refused(bad[i], 100, ERR_PROTOCOL);
	check_refused("1,3,5", 2, ERR_LIMIT);
}

/* CVE-2021-32055: a set with a comma at its end was read past its end. The text is not terminated
 * here, so a sanitizer sees what a test can't. */
static void
test_parse_trailing_comma(void)
{
	g_autofree char *text = g_memdup2("1:3,", 4);
	g_autoptr(GError) error = NULL;
	g_autoptr(UidSet) set = uidset_parse(text, 4, 100, &error);

	g_assert_null(set);
	g_assert_true(err_is(error, ERR_PROTOCOL));
}

/* CVE-2025-25186: a set is never expanded. This would take 16 GiB and minutes. */
static void
test_parse_is_not_expanded(void)
{
	g_autoptr(UidSet) set = uidset_parse("1:4294967295", 12, 1, NULL);
	guint n;

	g_assert_cmpuint(uidset_ranges(set, &n)->last, ==, G_MAXUINT32);
	g_assert_cmpuint(n, ==, 1);
}

static void
test_many_ranges_descending(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(UidSet) set = NULL;
	g_autoptr(UidSet) all = uidset_new_range(1, 400000);

	for (guint uid = 400000; uid > 0; uid -= 2)
		g_string_append_printf(text, "%u,", uid);
	set = uidset_parse(text->str, text->len - 1, 200000, NULL);
	g_assert_cmpuint(uidset_count(set), ==, 200000);
	uidset_remove_set(all, set);
	g_assert_cmpuint(uidset_count(all), ==, 200000);
	g_assert_cmpuint(uidset_min(all), ==, 1);
	uidset_add_set(all, set);
	assert_text(all, "1:400000");
}

/* ---- beside a naive model ---- */

static void
assert_like_model(const UidSet *set, const gboolean *model)
{
	guint count = 0, n;
	guint32 before = 0;
	const UidRange *ranges = uidset_ranges(set, &n);

	for (guint i = 0; i < n; i++) {
		g_assert_cmpuint(ranges[i].first, <=, ranges[i].last);
		g_assert_true(i == 0 || ranges[i].first > ranges[i - 1].last + 1);
	}
	for (guint32 uid = 1; uid <= UNIVERSE; uid++) {
		g_assert_cmpint(uidset_contains(set, uid), ==, model[uid]);
		g_assert_cmpuint(uidset_previous(set, uid), ==, before);
		if (!model[uid])
			continue;
		g_assert_cmpuint(uidset_next(set, before), ==, uid);
		before = uid;
		count++;
	}
	g_assert_cmpuint(uidset_max(set), ==, before);
	g_assert_cmpuint(uidset_count(set), ==, count);
}

static UidSet *
random_set(gboolean *out_model)
{
	UidSet *set = uidset_new();

	memset(out_model, 0, (UNIVERSE + 1) * sizeof *out_model);
	for (int i = g_test_rand_int_range(0, 12); i > 0; i--) {
		guint32 first = (guint32)g_test_rand_int_range(1, UNIVERSE + 1);
		guint32 length = (guint32)g_test_rand_int_range(0, 20);
		guint32 last = MIN(first + length, UNIVERSE);

		uidset_add_range(set, first, last);
		for (guint32 uid = first; uid <= last; uid++)
			out_model[uid] = TRUE;
	}
	return set;
}

static void
step(UidSet *set, gboolean *model)
{
	gboolean other_model[UNIVERSE + 1];
	g_autoptr(UidSet) other = random_set(other_model);
	guint32 first = (guint32)g_test_rand_int_range(1, UNIVERSE + 1);
	guint32 last = (guint32)g_test_rand_int_range((gint32)first, UNIVERSE + 1);
	int what = g_test_rand_int_range(0, 5);

	last = MIN(last, first + 15);
	if (what == 0)
		uidset_add_range(set, last, first);
	else if (what == 1)
		uidset_remove_range(set, first, last);
	else if (what == 2)
		uidset_add_set(set, other);
	else
		uidset_remove_set(set, other);
	for (guint32 uid = 1; uid <= UNIVERSE; uid++) {
		gboolean inside = uid >= first && uid <= last;

		if (what == 0)
			model[uid] |= inside;
		else if (what == 1)
			model[uid] &= !inside;
		else if (what == 2)
			model[uid] |= other_model[uid];
		else
			model[uid] &= !other_model[uid];
	}
}

static void
test_random_operations(void)
{
	gboolean model[UNIVERSE + 1];
	g_autoptr(UidSet) set = random_set(model);

	for (guint i = 0; i < 5000; i++) {
		step(set, model);
		assert_like_model(set, model);
	}
}

static void
test_random_pairs(void)
{
	for (guint i = 0; i < 2000; i++) {
		gboolean a_model[UNIVERSE + 1], b_model[UNIVERSE + 1];
		g_autoptr(UidSet) a = random_set(a_model);
		g_autoptr(UidSet) b = random_set(b_model);
		g_autoptr(UidSet) both = uidset_intersect(a, b);
		g_autofree char *text = uidset_to_string(a);
		g_autoptr(UidSet) again = uidset_parse(text, strlen(text), 100, NULL);
		g_autoptr(UidSet) copy = uidset_copy(a);

		g_assert_true(uidset_equal(a, again));
		g_assert_true(uidset_equal(a, copy));
		g_assert_true(uidset_equal(a, b) == !memcmp(a_model, b_model, sizeof a_model));
		for (guint32 uid = 1; uid <= UNIVERSE; uid++)
			a_model[uid] &= b_model[uid];
		a_model[0] = FALSE;
		assert_like_model(both, a_model);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/uidset/add", test_add);
	g_test_add_func("/uidset/largest", test_largest);
	g_test_add_func("/uidset/remove", test_remove);
	g_test_add_func("/uidset/parse", test_parse);
	g_test_add_func("/uidset/CVE-2021-32055", test_parse_trailing_comma);
	g_test_add_func("/uidset/CVE-2025-25186", test_parse_is_not_expanded);
	g_test_add_func("/uidset/many-ranges-descending", test_many_ranges_descending);
	g_test_add_func("/uidset/random-operations", test_random_operations);
	g_test_add_func("/uidset/random-pairs", test_random_pairs);
	return g_test_run();
}
