/* What is here is found, by its words and by its rows, and what goes is not found any more. */
#include "store-fixture.h"
#include "store/bodies.h"
#include "store/folders.h"
#include "store/messages.h"
#include "store/search.h"

#include <string.h>
#include <time.h>

static guint32
make_folder(Fixture *fixture, const char *name)
{
	g_autoptr(StoreFolder) folder = g_new0(StoreFolder, 1);
	GError *error = NULL;
	gboolean done;

	folder->account = g_strdup("work");
	folder->name = g_strdup(name);
	done = store_folder_put(fixture->store, folder, &error);
	assert_done(done, error);
	return folder->id;
}

static void
put_body(Fixture *fixture, guint32 folder, guint32 uid)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
	GError *error = NULL;
	gboolean done = store_body_put(fixture->store, folder, uid, "1", bytes, &error) &&
			store_body_put(fixture->store, folder, uid, "HEADER", bytes, &error);

	assert_done(done, error);
}

static void
put_words(Fixture *fixture, guint32 folder, guint32 uid, const char *text)
{
	guint32 next_folder = 0, next_uid = 0;
	GError *error = NULL;
	gboolean done;

	put_body(fixture, folder, uid);
	g_assert_true(store_index_is_behind(fixture->store));
	g_assert_true(store_index_next(fixture->store, &next_folder, &next_uid));
	g_assert_cmpuint(next_folder, ==, folder);
	g_assert_cmpuint(next_uid, ==, uid);
	done = store_index_put(fixture->store, folder, uid, text, &error);
	assert_done(done, error);
	g_assert_false(store_index_is_behind(fixture->store));
}

static void
assert_found(Fixture *fixture, guint32 folder, const char *text, const char *expected)
{
	g_autoptr(UidSet) hits = uidset_new();
	g_autofree char *found = NULL;
	StoreSearchPlace place = {0};

	while (store_search_words(fixture->store, folder, text, 2, &place, hits))
		;
	found = uidset_to_string(hits);
	if (strcmp(found, expected) != 0)
		g_error("\"%s\" finds %s and not %s", text, found, expected);
}

static void
test_words(Fixture *fixture, gconstpointer data)
{
	guint32 inbox = make_folder(fixture, "INBOX"), other = make_folder(fixture, "Other");

	put_words(fixture, inbox, 1, "Die Größe des Postfachs, deployment on Friday");
	put_words(fixture, inbox, 2, "the foo-bar of NEAR and OR, na\xc3\xafve");
	put_words(fixture, inbox, 3, "");
	put_words(fixture, other, 1, "deployment");
	put_words(fixture, inbox, 4, "deploy deploy");
	put_words(fixture, inbox, 5, "deployed");
	assert_found(fixture, inbox, "deploy", "1,4:5");
	assert_found(fixture, other, "DEPLOY", "1");
	assert_found(fixture, inbox, "friday deploy", "1");
	assert_found(fixture, inbox, "größ", "1");
	assert_found(fixture, inbox, "groß", "1");
	assert_found(fixture, inbox, "gr", "");
	assert_found(fixture, inbox, "naive", "2");
	assert_found(fixture, inbox, "ploy", "");
}

/* What the user types is no syntax. */
static void
test_syntax(Fixture *fixture, gconstpointer data)
{
	static const char *const texts[][2] = {
		{"foo-bar", "2"},
		{"foo -bar", "2"},
		{"NEAR(foo bar)", ""},
		{"foo OR deploy", "2"}, /* "or" is in it; "deploy" is too */
		{"foo AND", "2"},
		{"NOT foo", ""},
		{"\"foo\"", "2"},
		{"fo\"o", ""}, /* two words */
		{"text:foo", ""},
		{"^foo", "2"},
		{"foo*", "2"},
		{"(foo", "2"},
		{"foo ... )", "2"},
		{"...", ""},
		{"", ""},
		{"\"", ""},
		{"\xff foo", "2"},
		{"'; DROP TABLE words", ""},
	};
	guint32 inbox = make_folder(fixture, "INBOX");

	put_words(fixture, inbox, 1, "something else");
	put_words(fixture, inbox, 2, "the foo-bar and what is it or deploy");
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_found(fixture, inbox, texts[i][0], texts[i][1]);
}

static void
forget_all(Fixture *fixture, guint expected)
{
	GError *error = NULL;
	guint n = 0;

	for (; store_index_is_behind(fixture->store); n++) {
		gboolean done = store_index_forget(fixture->store, &error);

		assert_done(done, error);
	}
	g_assert_cmpuint(n, ==, expected);
}

static void
sweep_all(Fixture *fixture, guint expected)
{
	GError *error = NULL;

	for (guint i = 0; i < expected; i++) {
		gboolean done = store_sweep(fixture->store, &error);

		assert_done(done, error);
	}
}

/* Its UIDs mean other messages. */
static void
begin_anew(Fixture *fixture, guint32 uidvalidity)
{
	g_autoptr(GPtrArray) folders = store_folders_load(fixture->store, "work");
	StoreFolder *inbox = folders->pdata[0];
	GError *error = NULL;
	gboolean done;

	g_assert_cmpstr(inbox->name, ==, "INBOX");
	inbox->uidvalidity = uidvalidity;
	done = store_folder_put(fixture->store, inbox, &error);
	assert_done(done, error);
}

/* With its message, its budget, its UIDVALIDITY, its folder. */
static void
test_going(Fixture *fixture, gconstpointer data)
{
	g_autoptr(UidSet) first = uidset_new_range(1, 1);
	guint32 inbox = make_folder(fixture, "INBOX"), other = make_folder(fixture, "Other");
	guint32 next_folder, next_uid;
	GError *error = NULL;
	gboolean done;

	for (guint32 uid = 1; uid <= 4; uid++)
		put_words(fixture, inbox, uid, "deployment");
	put_words(fixture, other, 1, "deployment");
	put_body(fixture, inbox, 2); /* again */
	g_assert_false(store_index_is_behind(fixture->store));
	done = store_messages_remove(fixture->store, inbox, first, &error);
	assert_done(done, error);
	assert_found(fixture, inbox, "deploy", "2:4");
	done = store_bodies_trim(fixture->store, "work", 4, &error);
	assert_done(done, error);
	assert_found(fixture, inbox, "deploy", "2");
	assert_found(fixture, other, "deploy", "1");
	forget_all(fixture, 3);
	begin_anew(fixture, 1);
	begin_anew(fixture, 2);
	done = store_folder_remove(fixture->store, other, &error);
	assert_done(done, error);
	assert_found(fixture, inbox, "deploy", "");
	assert_found(fixture, other, "deploy", "");
	sweep_all(fixture, 4);
	forget_all(fixture, 2);
	/* What waits to be indexed goes, too, and what is behind it has its turn. */
	put_body(fixture, inbox, 9);
	begin_anew(fixture, 3);
	put_body(fixture, inbox, 9);
	g_assert_false(store_index_next(fixture->store, &next_folder, &next_uid));
	sweep_all(fixture, 2);
	g_assert_true(store_index_next(fixture->store, &next_folder, &next_uid));
	g_assert_cmpuint(next_folder, ==, inbox);
	put_words(fixture, inbox, 9, "deployment");
	assert_found(fixture, inbox, "deploy", "9");
	g_assert_false(store_index_is_behind(fixture->store));
}

static void
test_cap(Fixture *fixture, gconstpointer data)
{
	guint32 inbox = make_folder(fixture, "INBOX");
	g_autoptr(GString) text = g_string_new(NULL);

	while (text->len < STORE_INDEX_MAX + 10000)
		g_string_append(text, "grün ");
	g_string_append(text, "last");
	put_words(fixture, inbox, 1, text->str);
	assert_found(fixture, inbox, "grün", "1");
	assert_found(fixture, inbox, "last", "");
}

static void
put_row(Fixture *fixture, guint32 folder, guint32 uid, const char *subject, const char *from)
{
	g_autoptr(StoreMessage) message = store_message_new();
	GError *error = NULL;
	gboolean done;

	message->folder = folder;
	message->uid = uid;
	g_free(message->subject);
	message->subject = g_strdup(subject);
	g_free(message->from_name);
	message->from_name = g_strdup(from);
	done = store_message_put(fixture->store, message, &error);
	assert_done(done, error);
}

static void
assert_rows(Fixture *fixture, guint32 folder, const char *text, const char *expected)
{
	g_autoptr(UidSet) hits = uidset_new();
	g_autofree char *folded = store_search_fold(text), *found = NULL;
	StoreSearchPlace place = {0};

	while (store_search_rows(fixture->store, folder, folded, 2, &place, hits))
		;
	found = uidset_to_string(hits);
	g_assert_cmpstr(found, ==, expected);
}

static void
test_rows(Fixture *fixture, gconstpointer data)
{
	put_row(fixture, 1, 1, "Größenänderung des Postfachs", "Zoë");
	put_row(fixture, 1, 2, "x", "Grace Hopper");
	put_row(fixture, 1, 3, "GRÖSSE", "Ada");
	put_row(fixture, 1, G_MAXUINT32, "hop", "Ada");
	put_row(fixture, 2, 5, "hop", "Ada");
	assert_rows(fixture, 1, "HOP", "2,4294967295");
	assert_rows(fixture, 1, "größe", "1,3");
	assert_rows(fixture, 1, "zoë", "1");
	assert_rows(fixture, 1, "%", "");
	assert_rows(fixture, 2, "hop", "5");
}

/* Of the processor, in microseconds: a busy machine must not count. */
static gint64
cpu_time(void)
{
	return (gint64)clock() * G_USEC_PER_SEC / CLOCKS_PER_SEC;
}

/* What one message and one search cost among many. */
static void
test_costs(Fixture *fixture, gconstpointer data)
{
	guint32 inbox = make_folder(fixture, "INBOX");
	g_autoptr(GRand) rand = g_rand_new_with_seed(4);
	g_autoptr(UidSet) hits = uidset_new();
	gint64 worst = 0, whole = 0, begun;
	StoreSearchPlace place = {0};

	for (guint32 uid = 1; uid <= 3000; uid++) {
		g_autoptr(GString) text = g_string_new("usual");
		gint64 taken;

		for (guint i = 0; i < 300; i++)
			g_string_append_printf(text, " w%x", g_rand_int_range(rand, 0, 20000));
		begun = cpu_time();
		put_words(fixture, inbox, uid, text->str);
		fixture_commit(fixture);
		taken = cpu_time() - begun;
		worst = MAX(worst, taken);
		whole += taken;
	}
	begun = cpu_time();
	while (store_search_words(fixture->store, inbox, "usua", 2000, &place, hits))
		;
	begun = cpu_time() - begun;
	g_test_message("a message of 300 words: %.2f ms, at most %.1f; 3,000 found: %.1f ms",
		(double)whole / 3000 / 1000, (double)worst / 1000, (double)begun / 1000);
	g_assert_cmpuint(uidset_count(hits), ==, 3000);
	g_assert_cmpint(whole / 3000, <, 5 * G_TIME_SPAN_MILLISECOND);
}

#define ADD(name, function) \
	g_test_add(         \
		"/store/search/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("words", test_words);
	ADD("syntax", test_syntax);
	ADD("going", test_going);
	ADD("cap", test_cap);
	ADD("rows", test_rows);
	ADD("costs", test_costs);
	return g_test_run();
}
