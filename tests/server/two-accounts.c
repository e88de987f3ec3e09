#include "two-accounts.h"

#include <string.h>

static Server *server;

int
two_compare_texts(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
without_recent(const char *flags)
{
	g_auto(GStrv) words = g_strsplit(flags, " ", -1);
	g_autoptr(GPtrArray) kept = g_ptr_array_new();

	for (guint i = 0; words[i]; i++)
		if (*words[i] && strcmp(words[i], "\\Recent") != 0)
			g_ptr_array_add(kept, words[i]);
	g_ptr_array_sort(kept, two_compare_texts);
	g_ptr_array_add(kept, NULL);
	return g_strjoinv(" ", (char **)kept->pdata);
}

/* What is between BEGIN and END in TEXT. */
static char *
part_of(const char *text, const char *begin, const char *end)
{
	const char *from = strstr(text, begin);
	const char *to = from ? strstr(from + strlen(begin), end) : NULL;

	g_assert_nonnull(to);
	from += strlen(begin);
	return g_strndup(from, (gsize)(to - from));
}

char *
two_all_of(Other *other, const char *folder)
{
	g_autofree char *selected = other_ask(other, "SELECT \"%s\"", folder);
	g_autofree char *count = part_of(selected, "* ", " EXISTS");
	const char *number = strrchr(count, ' ') ? strrchr(count, ' ') + 1 : count;
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 1; i <= g_ascii_strtoull(number, NULL, 10); i++) {
		g_autofree char *about = other_ask(other, "FETCH %u (FLAGS INTERNALDATE)", i);
		g_autofree char *body = other_ask(other, "FETCH %u BODY.PEEK[]", i);
		g_autofree char *flags = part_of(about, "FLAGS (", ")");
		g_autofree char *kept = without_recent(flags);
		g_autofree char *date = part_of(about, "INTERNALDATE \"", "\"");
		g_autofree char *sum = NULL;
		char *end = g_strrstr(body, "\nOK ");

		g_assert_nonnull(end);
		*end = '\0'; /* the tagged answer tells the time that it took */
		sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, strstr(body, "BODY[]"), -1);
		g_ptr_array_add(lines, g_strdup_printf("%s %s %s", kept, date, sum));
	}
	g_ptr_array_sort(lines, two_compare_texts);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("\n", (char **)lines->pdata);
}

void
two_deliver(Other *other, const char *folder, const char *arguments, const char *header, gsize size)
{
	g_autoptr(GString) text = g_string_new(header);

	g_string_append(text, "\r\n");
	for (guint i = 0; text->len < size; i++)
		g_string_append_printf(text, "Line %u of a message that goes far.\r\n", i);
	g_free(other_ask(other, "APPEND %s %s {%" G_GSIZE_FORMAT "+}\r\n%s", folder, arguments,
		text->len, text->str));
}

static void
fill(Other *other)
{
	two_deliver(other, "INBOX", "(\\Seen todo) \"14-Nov-2023 22:13:20 +0000\"",
		"Message-ID: <m1@example.org>\r\nSubject: m1\r\n", 100);
	two_deliver(other, "INBOX", "(\\Flagged)",
		"Message-ID: <m2@example.org>\r\nSubject: m2\r\n", 5000);
	two_deliver(other, "INBOX", "(\\Flagged)",
		"Message-ID: <m2@example.org>\r\nSubject: m2\r\n", 5000);
	two_deliver(other, "INBOX", "(\\Answered $Forwarded) \" 1-Mar-2001 00:00:59 +0000\"",
		"From: ada@example.org\r\nSubject: m4\r\n", TWO_LARGE);
	two_deliver(other, "INBOX", "", "Message-ID: <m5@example.org>\r\nSubject: m5\r\n", 10);
}

Two *
two_new(Server *on)
{
	static const char *const folders[] = {"Archive", "Trash", "INBOX"};
	Two *two = g_new0(Two, 1);
	g_autoptr(GError) error = NULL;

	two->world = world_new_with(on, 0);
	two->home_server.facts = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < 3; i++) {
		static const char *const names[] = {"imap_port", "password", "user"};

		g_hash_table_insert(two->home_server.facts, (char *)names[i],
			(char *)server_fact(on, i == 2 ? "second_user" : names[i]));
	}
	two->home = other_new(&two->home_server);
	two->home_proxy = proxy_new(server_port(on, "imap_port"), &error);
	g_assert_no_error(error);
	for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
		other_empty(two->home, folders[i]);
	fill(two->world->other);
	/* In the way: it was there before. */
	g_free(other_ask(two->home, "APPEND Archive {30+}\r\nMessage-ID: <m5@example.org>\r\n"));
	two->before = two_all_of(two->world->other, "INBOX");
	return two;
}

void
two_free(Two *two)
{
	world_stop(two->world);
	proxy_free(two->home_proxy);
	other_free(two->home);
	g_hash_table_unref(two->home_server.facts);
	world_free(two->world);
	g_free(two->before);
	g_free(two);
}

void
two_start(Two *two)
{
	World *world = two->world;
	const char *password = server_fact(world->server, "password");
	g_autofree char *text = g_strdup_printf(
		"[account work]\nimap = imap+insecure://alice%%40example.org@127.0.0.1:%u\n"
		"password = %s\n"
		"[account home]\nimap = imap+insecure://alice%%40home.example@127.0.0.1:%u\n"
		"password = %s\n",
		proxy_port(world->proxy), password, proxy_port(two->home_proxy), password);

	world_start_config(world, text);
	world_open(world, "INBOX");
}

static gboolean
is_settled(World *world, gconstpointer rows)
{
	g_autofree char *shown = world_rows(world);

	for (EngineAccountId id = 1; id <= 2; id++) {
		EngineAccount account;

		engine_account_get(world->engine, id, &account);
		if (account.state == ENGINE_WAITING)
			engine_account_reconnect(world->engine, id);
		if (account.state != ENGINE_LIVE || account.pending)
			return FALSE;
	}
	return engine_list_is_current(world->list) && engine_is_idle(world->engine) &&
	       strcmp(shown, rows) == 0;
}

void
two_carry(Two *two, gboolean move)
{
	World *world = two->world;
	guint32 uids[5];
	EngineMessages messages = {engine_list_folder(world->list), uids, 5};
	EngineFolderId to = world_folder(world, "home/Archive");
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 5; i++) {
		EngineRow row;

		g_assert_true(engine_list_row(world->list, i, &row));
		uids[i] = row.uid;
	}
	g_assert_true(move ? engine_move(world->engine, &messages, to, &error)
			   : engine_copy(world->engine, &messages, to, &error));
}

void
two_assert_arrived(Two *two)
{
	g_autofree char *there = two_all_of(two->home, "Archive");
	g_auto(GStrv) lines = g_strsplit(there, "\n", -1);
	g_auto(GStrv) expected = g_strsplit(two->before, "\n", -1);
	guint found = 0;

	for (guint i = 0; expected[i]; i++)
		found += g_strv_contains((const char *const *)lines, expected[i]);
	if (found != 5 || g_strv_length(lines) != 6)
		g_error("home/Archive has\n%s\nand not\n%s", there, two->before);
}

void
two_assert_same(Other *other, const char *folder, const char *expected)
{
	g_autofree char *there = two_all_of(other, folder);

	g_assert_cmpstr(there, ==, expected);
}

void
two_wait_settled(Two *two, const char *rows)
{
	world_wait(two->world, rows, is_settled, rows);
}

Two *
two_settled(Server *on)
{
	Two *two = two_new(on);

	two_start(two);
	two_wait_settled(two, TWO_ROWS);
	return two;
}

void
two_assert_only_first(Two *two)
{
	g_autofree char *selected = other_ask(two->home, "SELECT Archive");

	g_assert_nonnull(strstr(selected, "* 1 EXISTS"));
}

void
two_begin(int *argc, char ***argv)
{
	world_begin(argc, argv);
	server = server_new(NULL);
}

int
two_run(void)
{
	return world_run(server);
}

Server *
two_server(void)
{
	return server;
}

static void
with_two(gconstpointer test)
{
	Two *two = two_settled(server);

	((void (*)(Two *))test)(two);
	two_free(two);
}

void
two_add(const char *name, void (*test)(Two *))
{
	g_test_add_data_func(name, (gconstpointer)test, with_two);
}
