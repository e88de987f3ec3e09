/* Messages that go to another account, wherever the line is cut, the answer is lost or the program ends: all of
 * each, once. */
#include "two-accounts.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a line that is cut ---- */

typedef enum { TO_WORK, FROM_WORK, TO_HOME, FROM_HOME, WAYS } Way;

/* Moves all, with the line cut behind octet AT of WAY since the first key; how many octets went that way. */
static guint64
move_cut(Way way, guint64 at)
{
	Two *two = two_settled(two_server());
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
	two_carry(two, TRUE);
	two_wait_settled(two, "");
	after = proxy_counts(proxy);
	two_assert_arrived(two);
	two_assert_same(two->world->other, "INBOX", "");
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
	two_carry(two, TRUE);
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
	two_start(two);
	two_wait_settled(two, "");
	two_assert_arrived(two);
	two_assert_same(two->world->other, "INBOX", "");
	/* Where they went was found out. */
	world_undo(two->world);
	two_wait_settled(two, TWO_ROWS);
	two_assert_same(two->world->other, "INBOX", two->before);
	two_assert_only_first(two);
}

/* Nothing has gone from where it was: what has arrived is taken away there. */
static void
test_undo_under_way(Two *two)
{
	lose_answers(two);
	world_undo(two->world);
	world_wait_notice(two->world, "as soon as the server has answered");
	mend(two);
	two_wait_settled(two, TWO_ROWS);
	two_assert_same(two->world->other, "INBOX", two->before);
	two_assert_only_first(two);
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
	two_start(two);
	world_wait_notice(two->world, "1 was saved, 1 of them still to be sent");
	two_wait_settled(two, "");
	two_assert_arrived(two);
	two_assert_same(two->world->other, "INBOX", "");
	world_undo(two->world);
	two_wait_settled(two, TWO_ROWS);
	two_assert_same(two->world->other, "INBOX", two->before);
	two_assert_only_first(two);
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
	two_carry(two, TRUE);
	world_wait(two->world, "files", has_some, NULL);
	world_stop(two->world);
	damage_parcels();
	mend(two);
	two_start(two);
	two_wait_settled(two, "");
	two_assert_arrived(two);
	two_assert_same(two->world->other, "INBOX", "");
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
	g_autofree char *here = two_all_of(two->world->other, "INBOX");
	g_autofree char *there = two_all_of(two->home, "Archive");
	g_autofree char *have = g_strjoin("\n", here, there, NULL);
	g_autofree char *want = g_strjoin("\n", two->before, first, NULL);
	g_auto(GStrv) has = g_strsplit(have, "\n", -1);
	g_auto(GStrv) wants = g_strsplit(want, "\n", -1);

	qsort(has, g_strv_length(has), sizeof *has, two_compare_texts);
	qsort(wants, g_strv_length(wants), sizeof *wants, two_compare_texts);
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
	Two *two = two_new(two_server());
	g_autofree char *first = two_all_of(two->home, "Archive");
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
	inbox = two_all_of(two->world->other, "INBOX");
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

int
main(int argc, char **argv)
{
	two_begin(&argc, &argv);
	g_test_add_func("/ferry-cut/cuts", test_cuts);
	g_test_add_func("/ferry-cut/kills", test_kills);
	two_add("/ferry-cut/restart", test_restart);
	two_add("/ferry-cut/undo-under-way", test_undo_under_way);
	two_add("/ferry-cut/salvaged", test_salvaged);
	two_add("/ferry-cut/salvaged-early", test_salvaged_early);
	return two_run();
}
