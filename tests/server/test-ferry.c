/* Messages that go to another account: all of each, once, wherever the line is cut or the program ends. */
#include "world.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGE 700000 /* octets: more than one piece, in both directions */

static Server *server; /* for tests that need nothing special */

typedef struct {
	World *world; /* the account "work" */
	Server home_server;
	Other *home; /* the other client of the account "home" */
	Proxy *home_proxy;
	char *before; /* the messages of INBOX of "work", as all_of() tells them */
} Two;

static int
compare_texts(gconstpointer a, gconstpointer b)
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
	g_ptr_array_sort(kept, compare_texts);
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

/* "flags date checksum" of every message of FOLDER, sorted: everything that must arrive. */
static char *
all_of(Other *other, const char *folder)
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
	g_ptr_array_sort(lines, compare_texts);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("\n", (char **)lines->pdata);
}

static void
deliver(Other *other, const char *folder, const char *arguments, const char *header, gsize size)
{
	g_autoptr(GString) text = g_string_new(header);

	g_string_append(text, "\r\n");
	for (guint i = 0; text->len < size; i++)
		g_string_append_printf(text, "Line %u of a message that goes far.\r\n", i);
	g_free(other_ask(other, "APPEND %s %s {%" G_GSIZE_FORMAT "+}\r\n%s", folder, arguments,
		text->len, text->str));
}

/* m2 is twice the same; m4 has no Message-ID and is large. */
static void
fill(Other *other)
{
	deliver(other, "INBOX", "(\\Seen todo) \"14-Nov-2023 22:13:20 +0000\"",
		"Message-ID: <m1@example.org>\r\nSubject: m1\r\n", 100);
	deliver(other, "INBOX", "(\\Flagged)", "Message-ID: <m2@example.org>\r\nSubject: m2\r\n",
		5000);
	deliver(other, "INBOX", "(\\Flagged)", "Message-ID: <m2@example.org>\r\nSubject: m2\r\n",
		5000);
	deliver(other, "INBOX", "(\\Answered $Forwarded) \" 1-Mar-2001 00:00:59 +0000\"",
		"From: ada@example.org\r\nSubject: m4\r\n", LARGE);
	deliver(other, "INBOX", "", "Message-ID: <m5@example.org>\r\nSubject: m5\r\n", 10);
}

static Two *
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
	two->before = all_of(two->world->other, "INBOX");
	return two;
}

static void
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

static void
start(Two *two)
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

/* Reconnects as soon as that makes sense, so that no back-off has to be waited for. */
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

#define ROWS "*m5\n*m4\n*!m2\n*!m2\nm1"

static void
carry(Two *two, gboolean move)
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

/* All of it is in home/Archive, once, beside what was there. */
static void
assert_arrived(Two *two)
{
	g_autofree char *there = all_of(two->home, "Archive");
	g_auto(GStrv) lines = g_strsplit(there, "\n", -1);
	g_auto(GStrv) expected = g_strsplit(two->before, "\n", -1);
	guint found = 0;

	for (guint i = 0; expected[i]; i++)
		found += g_strv_contains((const char *const *)lines, expected[i]);
	if (found != 5 || g_strv_length(lines) != 6)
		g_error("home/Archive has\n%s\nand not\n%s", there, two->before);
}

static void
assert_same(Other *other, const char *folder, const char *expected)
{
	g_autofree char *there = all_of(other, folder);

	g_assert_cmpstr(there, ==, expected);
}

static void
wait_settled(Two *two, const char *rows)
{
	world_wait(two->world, rows, is_settled, rows);
}

/* Connected, and all is known. */
static Two *
two_settled(Server *on)
{
	Two *two = two_new(on);

	start(two);
	wait_settled(two, ROWS);
	return two;
}

static void
assert_only_first(Two *two)
{
	g_autofree char *selected = other_ask(two->home, "SELECT Archive");

	g_assert_nonnull(strstr(selected, "* 1 EXISTS"));
}

static void
test_move(Two *two)
{
	carry(two, TRUE);
	g_assert_cmpuint(engine_list_count(two->world->list), ==, 0);
	world_wait_notice(two->world, "Moved 5 messages to home/Archive");
	wait_settled(two, "");
	assert_arrived(two);
	assert_same(two->world->other, "INBOX", "");
	g_assert_cmpstr(two->world->mail->str, ==, "");
	world_undo(two->world);
	wait_settled(two, ROWS);
	assert_same(two->world->other, "INBOX", two->before);
	assert_only_first(two);
}

static void
test_copy(Two *two)
{
	carry(two, FALSE);
	wait_settled(two, ROWS);
	assert_arrived(two);
	assert_same(two->world->other, "INBOX", two->before);
	world_undo(two->world);
	wait_settled(two, ROWS);
	assert_only_first(two);
}

/* Each of two folders has a large message, with the same UID: no piece of one may get into the other. */
static void
test_two_folders(void)
{
	Two *two = two_new(server);
	World *world = two->world;
	g_autofree char *other_text = NULL, *arrived = NULL;
	g_auto(GStrv) lines = NULL;

	for (guint i = 0; i < 3; i++)
		deliver(world->other, "Archive", "(\\Seen)", "Subject: small\r\n", 10);
	deliver(world->other, "Archive", "(\\Seen)", "Subject: another\r\n", LARGE);
	other_text = all_of(world->other, "Archive");
	start(two);
	wait_settled(two, ROWS);
	world_open(world, "work/Archive");
	wait_settled(two, "another\nsmall\nsmall\nsmall");
	proxy_refuse(two->home_proxy, TRUE);
	proxy_cut(two->home_proxy);
	engine_set_online(world->engine, FALSE);
	world_move(world, "another", "home/Archive");
	world_open(world, "work/INBOX");
	world_wait_rows(world, ROWS);
	carry(two, TRUE);
	proxy_refuse(two->home_proxy, FALSE);
	engine_set_online(world->engine, TRUE);
	wait_settled(two, "");
	arrived = all_of(two->home, "Archive");
	lines = g_strsplit(arrived, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 7);
	{
		g_autofree char *both = g_strjoin("\n", other_text, two->before, NULL);
		g_auto(GStrv) expected = g_strsplit(both, "\n", -1);
		guint found = 0;

		for (guint i = 0; lines[i]; i++)
			found += g_strv_contains((const char *const *)expected, lines[i]);
		g_assert_cmpuint(found, ==, 6);
	}
	two_free(two);
}

static gboolean
is_read(World *world, gconstpointer reading)
{
	return engine_reading_state(reading) == ENGINE_READING_READY;
}

static gboolean
is_saved(World *world, gconstpointer export)
{
	return engine_export_state(export) != ENGINE_EXPORT_RUNNING;
}

/* A message of a folder that is not open is saved by the same connection: both have their turn. */
static void
test_beside_a_save(void)
{
	Two *two = two_new(server);
	World *world = two->world;
	EngineExportWish wish = {.kind = ENGINE_EXPORT_MEMORY};
	g_autoptr(GError) error = NULL;
	EngineReading *reading;
	EngineExport *export;
	gsize len = 0;

	deliver(world->other, "Archive", "(\\Seen)", "Subject: another\r\n", LARGE);
	start(two);
	wait_settled(two, ROWS);
	world_open(world, "work/Archive");
	wait_settled(two, "another");
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "another"), TRUE);
	world_wait(world, "the text", is_read, reading);
	world_open(world, "work/INBOX");
	wait_settled(two, ROWS);
	carry(two, TRUE);
	export = engine_export(reading, ENGINE_WHOLE_MESSAGE, &wish, &error);
	g_assert_no_error(error);
	world_wait(world, "the message", is_saved, export);
	g_assert_cmpstr(engine_export_error(export), ==, "");
	(void)g_bytes_get_data(engine_export_bytes(export), &len);
	g_assert_cmpuint(len, >=, LARGE);
	wait_settled(two, "");
	assert_arrived(two);
	engine_export_free(export);
	engine_reading_free(reading);
	two_free(two);
}

/* ---- a line that is cut ---- */

typedef enum { TO_WORK, FROM_WORK, TO_HOME, FROM_HOME, WAYS } Way;

/* Moves all, with the line cut behind octet AT of WAY since the first key; how many octets went that way. */
static guint64
move_cut(Way way, guint64 at)
{
	Two *two = two_settled(server);
	Proxy *proxy;
	ProxyFaults faults = {0};
	ProxyCounts before, after;

	proxy = way < TO_HOME ? two->world->proxy : two->home_proxy;
	before = proxy_counts(proxy);
	if (way == TO_WORK || way == TO_HOME)
		faults.cut_after_sent = at;
	else
		faults.cut_after = at;
	proxy_set_faults(proxy, &faults);
	carry(two, TRUE);
	wait_settled(two, "");
	after = proxy_counts(proxy);
	assert_arrived(two);
	assert_same(two->world->other, "INBOX", "");
	if (strstr(two->world->notices->str, "look there"))
		g_error("asks the user:\n%s", two->world->notices->str);
	two_free(two);
	return way == TO_WORK || way == TO_HOME ? after.to_server - before.to_server
						: after.to_client - before.to_client;
}

static void
test_cuts(void)
{
	const guint n = g_test_slow() ? 40 : 4;

	for (Way way = 0; way < WAYS; way++) {
		guint64 octets = move_cut(way, 0);

		for (guint i = 0; i < n; i++) {
			guint64 at = 1 + octets * i / n +
				     (guint64)g_test_rand_int_range(0, (gint32)(octets / n));

			g_test_message("way %d, cut after %" G_GUINT64_FORMAT
				       " octets of %" G_GUINT64_FORMAT,
				way, at, octets);
			move_cut(way, at);
		}
	}
}

/* ---- answers that are lost ---- */

static gboolean
has_arrived(World *world, gconstpointer data)
{
	const Two *two = data;
	g_autofree char *selected = other_ask(two->home, "SELECT Archive");

	return strstr(selected, "* 6 EXISTS") != NULL;
}

/* All are there, and no OK, or not each, has come through when the line is cut. */
static void
lose_answers(Two *two)
{
	proxy_set_faults(two->home_proxy, &(ProxyFaults){.delay_ms = 250});
	carry(two, TRUE);
	world_wait(two->world, "all have arrived", has_arrived, two);
	proxy_refuse(two->home_proxy, TRUE);
	proxy_cut(two->home_proxy);
}

/* The line is back. */
static void
mend(Two *two)
{
	proxy_set_faults(two->home_proxy, &(ProxyFaults){0});
	proxy_refuse(two->home_proxy, FALSE);
}

static void
test_restart(Two *two)
{
	lose_answers(two);
	world_stop(two->world);
	mend(two);
	start(two);
	wait_settled(two, "");
	assert_arrived(two);
	assert_same(two->world->other, "INBOX", "");
	/* Where they went was found out. */
	world_undo(two->world);
	wait_settled(two, ROWS);
	assert_same(two->world->other, "INBOX", two->before);
	assert_only_first(two);
}

/* Noise over what the journal knows of each message on its way; the op itself stays whole. */
static void
damage_parcels(void)
{
	g_autofree char *path =
		g_build_filename(g_get_user_state_dir(), "postern", "state.db", NULL);
	g_autofree char *octets = NULL;
	g_autoptr(GError) error = NULL;
	gsize len;
	guint damaged = 0;

	g_assert_true(g_file_get_contents(path, &octets, &len, &error));
	/* Parcels are the only table of the journal whose pages are those of an index. */
	for (gsize page = 4096; page < len; page += 4096) {
		if (octets[page] != 10)
			continue;
		memset(octets + page, 0xa5, 4096);
		damaged++;
	}
	g_assert_cmpuint(damaged, >, 0);
	g_assert_true(g_file_set_contents_full(
		path, octets, (gssize)len, G_FILE_SET_CONTENTS_NONE, 0600, &error));
}

/* It is not known any more which of the messages were sent. All were, and none is sent twice. */
static void
test_salvaged(Two *two)
{
	lose_answers(two);
	world_stop(two->world);
	damage_parcels();
	mend(two);
	start(two);
	world_wait_notice(two->world, "1 was saved, 1 of them still to be sent");
	wait_settled(two, "");
	assert_arrived(two);
	assert_same(two->world->other, "INBOX", "");
	world_undo(two->world);
	wait_settled(two, ROWS);
	assert_same(two->world->other, "INBOX", two->before);
	assert_only_first(two);
}

static gboolean
has_some(World *world, gconstpointer data)
{
	EngineAccount account = world_account(world);

	return account.progress_done > account.progress_total / 4;
}

/* Nothing was sent yet. */
static void
test_salvaged_early(Two *two)
{
	proxy_refuse(two->home_proxy, TRUE);
	proxy_cut(two->home_proxy);
	carry(two, TRUE);
	world_wait(two->world, "files", has_some, NULL);
	world_stop(two->world);
	damage_parcels();
	mend(two);
	start(two);
	wait_settled(two, "");
	assert_arrived(two);
	assert_same(two->world->other, "INBOX", "");
}

/* Nothing has gone from where it was: what has arrived is taken away there. */
static void
test_undo_under_way(Two *two)
{
	lose_answers(two);
	world_undo(two->world);
	world_wait_notice(two->world, "as soon as the server has answered");
	mend(two);
	wait_settled(two, ROWS);
	assert_same(two->world->other, "INBOX", two->before);
	assert_only_first(two);
}

/* Before anything was sent. */
static void
test_undo_at_once(Two *two)
{
	proxy_refuse(two->home_proxy, TRUE);
	proxy_cut(two->home_proxy);
	carry(two, TRUE);
	g_assert_cmpuint(engine_list_count(two->world->list), ==, 0);
	world_undo(two->world);
	world_wait_notice(two->world, "Undone: Moved 5 messages to home/Archive");
	world_wait_rows(two->world, ROWS);
	proxy_refuse(two->home_proxy, FALSE);
	wait_settled(two, ROWS);
	assert_only_first(two);
}

/* ---- a program that is killed ---- */

/* A program of its own (tests/crash/actor), that does what it is told line by line. */
typedef struct {
	GSubprocess *process;
	GDataInputStream *output;
} Actor;

/* The answer; NULL when it was killed. */
static char *
hear(Actor *actor)
{
	return g_data_input_stream_read_line(actor->output, NULL, NULL, NULL);
}

static char *
tell(Actor *actor, const char *line)
{
	g_autofree char *whole = g_strconcat(line, "\n", NULL);
	GOutputStream *input = g_subprocess_get_stdin_pipe(actor->process);

	if (!g_output_stream_write_all(input, whole, strlen(whole), NULL, NULL, NULL))
		return NULL;
	return hear(actor);
}

/* FALSE: it was killed. */
static gboolean
act(Actor *actor, const char *line)
{
	g_autofree char *answer = tell(actor, line);

	if (answer && !g_str_has_prefix(answer, "ok"))
		g_error("%s: %s", line, answer);
	return answer != NULL;
}

static Actor *
actor_new(const char *config)
{
	const char *build = g_getenv("abs_top_builddir");
	g_autofree char *program =
		g_build_filename(build ? build : ".", "tests", "crash", "actor", NULL);
	Actor *actor = g_new0(Actor, 1);
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = NULL;

	actor->process =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
			&error, program, config, NULL);
	g_assert_no_error(error);
	actor->output = g_data_input_stream_new(g_subprocess_get_stdout_pipe(actor->process));
	answer = hear(actor);
	g_assert_cmpstr(answer, ==, "ok");
	g_assert_true(act(actor, "open\tINBOX"));
	return actor;
}

static void
actor_free(Actor *actor)
{
	g_output_stream_close(g_subprocess_get_stdin_pipe(actor->process), NULL, NULL);
	g_subprocess_wait(actor->process, NULL, NULL);
	g_object_unref(actor->output);
	g_object_unref(actor->process);
	g_free(actor);
}

/* INBOX here and Archive there hold what INBOX held, and what was there before. */
static void
assert_all_once(Two *two, const char *first)
{
	g_autofree char *here = all_of(two->world->other, "INBOX");
	g_autofree char *there = all_of(two->home, "Archive");
	g_autofree char *have = g_strjoin("\n", here, there, NULL);
	g_autofree char *want = g_strjoin("\n", two->before, first, NULL);
	g_auto(GStrv) has = g_strsplit(have, "\n", -1);
	g_auto(GStrv) wants = g_strsplit(want, "\n", -1);

	qsort(has, g_strv_length(has), sizeof *has, compare_texts);
	qsort(wants, g_strv_length(wants), sizeof *wants, compare_texts);
	if (!g_strv_equal((const char *const *)has, (const char *const *)wants))
		g_error("there are\n%s\nand not\n%s", have, want);
}

static void
write_config(Two *two)
{
	const char *password = server_fact(two->world->server, "password");
	guint port = server_port(two->world->server, "imap_port");
	g_autofree char *text = g_strdup_printf(
		"[account work]\nimap = imap+insecure://alice%%40example.org@127.0.0.1:%u\n"
		"password = %s\n"
		"[account home]\nimap = imap+insecure://alice%%40home.example@127.0.0.1:%u\n"
		"password = %s\n",
		port, password, port, password);

	g_assert_true(g_file_set_contents(two->world->config, text, -1, NULL));
	g_assert_cmpint(g_chmod(two->world->config, 0600), ==, 0);
}

/* Moves four of five, killed at the Nth point, and again behind the next start. How many points there
 * were; 0 when it was killed. */
static guint
move_killed(guint n)
{
	Two *two = two_new(server);
	g_autofree char *first = all_of(two->home, "Archive");
	g_autofree char *arm = g_strdup_printf("fault\t%u", n);
	g_autofree char *inbox = NULL;
	Actor *actor;
	guint points = 0;

	write_config(two);
	actor = actor_new(two->world->config);
	g_assert_true(act(actor, "idle"));
	for (guint i = 0; i < 2; i++) {
		gboolean lives = act(actor, arm) &&
				 (i || act(actor, "move\tm1,m2,m4,m5\thome/Archive")) &&
				 act(actor, "idle");
		g_autofree char *passed = lives ? tell(actor, "fault\t0") : NULL;

		if (!i && passed)
			points = (guint)g_ascii_strtoull(passed + 3, NULL, 10);
		/* It may have been killed behind the last answer. */
		if (passed)
			break;
		actor_free(actor);
		actor = actor_new(two->world->config);
	}
	g_assert_true(act(actor, "fault\t0"));
	g_assert_true(act(actor, "idle"));
	actor_free(actor);
	assert_all_once(two, first);
	inbox = all_of(two->world->other, "INBOX");
	/* Killed before the journal had it, nothing happened. */
	if (strchr(inbox, '\n'))
		g_assert_cmpstr(inbox, ==, two->before);
	two_free(two);
	return points;
}

static void
test_kills(void)
{
	const guint n = g_test_slow() ? G_MAXUINT : 12;
	guint points = move_killed(0);
	guint step = MAX(points / n, 1);

	g_test_message("%u points", points);
	for (guint at = 1; at <= points; at += step) {
		guint here = MIN(at + (guint)g_test_rand_int_range(0, (gint32)step), points);

		g_test_message("killed at point %u of %u", here, points);
		move_killed(here);
	}
}

/* ---- refusals ---- */

static void
assert_count(Other *other, const char *folder, guint n)
{
	g_autofree char *selected = other_ask(other, "SELECT \"%s\"", folder);
	g_autofree char *exists = g_strdup_printf("* %u EXISTS", n);

	if (!strstr(selected, exists))
		g_error("%s has not %u messages:\n%s", folder, n, selected);
}

/* Room for two more: the others stay, and the user is told why. */
static void
test_quota(void)
{
	const char *const args[] = {"--extra",
		"mail_plugins = zlib quota\nprotocol imap {\n  mail_plugins = zlib imap_zlib "
		"quota\n}\n"
		"plugin {\n  quota = count:User quota\n"
		"  quota_rule = *:messages=8\n  quota_vsizes = yes\n}\n",
		NULL};
	Server *small = server_new(args);
	Two *two = two_new(small);

	for (guint i = 0; i < 5; i++)
		other_deliver(two->home, "Trash", "in the way", 1);
	start(two);
	wait_settled(two, ROWS);
	carry(two, TRUE);
	world_wait_notice(two->world, "Could not move 3 messages to home/Archive.");
	world_wait_notice(two->world, "Quota exceeded");
	wait_settled(two, "*m5\n*m4\n*!m2");
	assert_count(two->world->other, "INBOX", 3);
	assert_count(two->home, "Archive", 3);
	/* What has gone can be brought back. */
	world_undo(two->world);
	wait_settled(two, "*!m2\nm1\n*m5\n*m4\n*!m2");
	assert_same(two->world->other, "INBOX", two->before);
	assert_only_first(two);
	two_free(two);
	server_free(small);
}

/* ---- many ---- */

static gboolean
is_spool_empty(World *world, gconstpointer data)
{
	g_autofree char *path = g_build_filename(g_get_user_state_dir(), "postern", "spool", NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	return !dir || !g_dir_read_name(dir);
}

static void
test_many(void)
{
	enum { MANY = 500 };

	Two *two = two_new(server);
	World *world = two->world;
	g_autofree guint32 *uids = g_new(guint32, MANY);
	g_autoptr(GError) error = NULL;
	EngineMessages messages = {0, uids, MANY};
	gint64 begun;

	other_empty(world->other, "INBOX");
	for (guint i = 0; i < MANY; i++)
		other_deliver(world->other, "INBOX", "many", 20);
	g_free(two->before);
	two->before = all_of(world->other, "INBOX");
	start(two);
	world_wait_idle(world);
	for (guint i = 0; i < MANY; i++)
		uids[i] = world_uid(world, "many") - i;
	messages.folder = engine_list_folder(world->list);
	world->longest = 0;
	begun = g_get_monotonic_time();
	g_assert_true(
		engine_move(world->engine, &messages, world_folder(world, "home/Archive"), &error));
	wait_settled(two, "");
	g_test_message("%u messages: %.1f s, the longest turn %.1f ms", MANY,
		(double)(g_get_monotonic_time() - begun) / G_USEC_PER_SEC,
		(double)world->longest / 1000);
	assert_count(world->other, "INBOX", 0);
	assert_count(two->home, "Archive", MANY + 1);
	world_wait(world, "an empty spool", is_spool_empty, NULL);
	two_free(two);
}

/* ---- a server that does not say what it calls them ---- */

static void
test_without_uidplus(void)
{
	const char *const args[] = {"--without", "UIDPLUS,MOVE", NULL};
	Server *bare = server_new(args);
	Two *two = two_settled(bare);

	carry(two, FALSE);
	wait_settled(two, ROWS);
	assert_arrived(two);
	two_free(two);
	server_free(bare);
}

/* ---- those that begin settled ---- */

static void
with_two(gconstpointer test)
{
	Two *two = two_settled(server);

	((void (*)(Two *))test)(two);
	two_free(two);
}

static void
add(const char *name, void (*test)(Two *))
{
	g_test_add_data_func(name, (gconstpointer)test, with_two);
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	server = server_new(NULL);
	add("/ferry/move", test_move);
	add("/ferry/copy", test_copy);
	g_test_add_func("/ferry/two-folders", test_two_folders);
	g_test_add_func("/ferry/beside-a-save", test_beside_a_save);
	g_test_add_func("/ferry/cuts", test_cuts);
	g_test_add_func("/ferry/kills", test_kills);
	add("/ferry/restart", test_restart);
	add("/ferry/salvaged", test_salvaged);
	add("/ferry/salvaged-early", test_salvaged_early);
	add("/ferry/undo-under-way", test_undo_under_way);
	add("/ferry/undo-at-once", test_undo_at_once);
	g_test_add_func("/ferry/quota", test_quota);
	g_test_add_func("/ferry/many", test_many);
	g_test_add_func("/ferry/without-uidplus", test_without_uidplus);
	return world_run(server);
}
