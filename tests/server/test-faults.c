/* The engine against servers that lack things, refuse things, and over lines that fail at any octet. */
#include "world.h"

#include <glib/gstdio.h>
#include <string.h>

/* A config with the account over TLS. */
static char *
account_text(const Server *server, const char *url, const char *port, const char *more)
{
	return g_strdup_printf("[account work]\nimap = %salice%%40example.org@localhost:%s\n%s",
		url, server_fact(server, port), more);
}

/* ---- servers that can less ---- */

static void
test_without_move(void)
{
	const char *const args[] = {"--without", "MOVE", NULL};
	Server *server = server_new(args);
	World *world = world_new_with(server, 2);

	/* The same UIDs as in INBOX. */
	g_free(other_ask(world->other, "CREATE Other"));
	for (guint i = 1; i <= 2; i++)
		other_deliver(world->other, "Other", i == 1 ? "o1" : "o2", 1);
	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	world_wait_idle(world);
	proxy_set_faults(world->proxy, &(ProxyFaults){.delay_ms = 10});
	/* The folder is left while the first of three steps is under way: the others must not hit the
	 * messages of the next one. */
	world_move(world, "m1", "Archive");
	for (guint i = 0; i < 3; i++)
		g_main_context_iteration(NULL, FALSE);
	world_open(world, "Other");
	world_wait_rows(world, "*o2\n*o1");
	world_wait_pending(world, 0);
	world_wait_idle(world);
	world_assert_server(world, "Other", "^1::o1\n2::o2\n$");
	world_assert_server(world, "INBOX", "^2::m2\n$");
	world_assert_server(world, "Archive", "^1::m1\n$");
	world_undo(world);
	world_wait_pending(world, 0);
	world_assert_server(world, "INBOX", "^2::m2\n3::m1\n$");
	world_assert_server(world, "Archive", "^$");
	world_free(world);
	server_free(server);
}

static void
test_bare(void)
{
	const char *const args[] = {"--without",
		"MOVE,UIDPLUS,LIST-STATUS,LIST-EXTENDED,IDLE,CONDSTORE,QRESYNC,SPECIAL-USE,SASL-IR,"
		"LITERAL+,ESEARCH,UNSELECT,ENABLE,NAMESPACE,CHILDREN,ID,COMPRESS=DEFLATE",
		NULL};
	Server *server = server_new(args);
	World *world = world_new_with(server, 2);
	EngineFolder folder;

	world_start(world, NULL);
	world_wait_idle(world);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m2\n*m1");
	g_assert_true(engine_folder_get(world->engine, world_folder(world, "Trash"), &folder));
	g_assert_cmpint(folder.role, ==, ENGINE_ROLE_TRASH);
	g_assert_true(folder.counts_known);
	world_flag(world, "m1", FLAG_SEEN, TRUE);
	world_wait_rows(world, "*m2\nm1");
	/* Nothing but our own message may be purged, and without UIDPLUS nothing can be. */
	world_move(world, "m2", "Archive");
	world_wait_notice(world, "marked as deleted");
	world_wait_pending(world, 0);
	world_wait_idle(world);
	world_assert_server(world, "Archive", "^\\d+::m2\n$");
	world_assert_server(world, "INBOX", "^\\d+:\\\\Seen:m1\n\\d+:\\\\Deleted:m2\n$");
	world_free(world);
	server_free(server);
}

/* ---- what is not known for sure ---- */

/* What the last visit has left says that it is flagged; meanwhile it is not any more. */
static void
test_stale_flag(Server *server)
{
	World *world = world_new_with(server, 1);

	world_start(world, NULL);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m1");
	world_flag(world, "m1", FLAG_FLAGGED, TRUE);
	world_wait_pending(world, 0);
	world_wait_idle(world);
	world_stop(world);
	g_free(other_ask(world->other, "SELECT INBOX"));
	g_free(other_ask(world->other, "STORE 1 -FLAGS (\\Flagged)"));
	world_start(world, NULL);
	engine_set_online(world->engine, FALSE);
	world_open(world, "INBOX");
	world_wait_rows(world, "*!m1");
	world_flag(world, "m1", FLAG_FLAGGED, TRUE);
	world_wait_pending(world, 1);
	engine_set_online(world->engine, TRUE);
	world_wait_pending(world, 0);
	world_wait_idle(world);
	world_assert_server(world, "INBOX", "^\\d+:\\\\Flagged:m1\n$");
	world_free(world);
}

static void
test_unknown_trash(Server *server)
{
	World *world = world_new_with(server, 1);
	guint32 uid = 1;
	EngineMessages messages = {0, &uid, 1};
	g_autoptr(GError) error = NULL;

	world_start(world, NULL);
	messages.folder = world_folder(world, "INBOX");
	g_assert_false(engine_delete(world->engine, &messages, &error));
	g_assert_nonnull(strstr(error->message, "not known yet"));
	g_clear_error(&error);
	g_assert_false(engine_archive(world->engine, &messages, &error));
	g_assert_nonnull(strstr(error->message, "not known yet"));
	world_wait_idle(world);
	world_free(world);
}

/* ---- folders ---- */

static void
test_folder_names(Server *server)
{
	static const char *const names[] = {"a b", "100%25 %s %n", "q\\\"uote", "back\\\\slash",
		"&AOQ-", "&IC4-reversed", "&bad", "-rf", "x..y", "tab\ttab", "{5}", "(a)", "*"};
	World *world = world_new_with(server, 0);
	guint made = 0, opened = 0;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *command = g_strdup_printf("CREATE \"%s\"", names[i]);
		g_autofree char *answer = other_try(world->other, command);

		if (!strstr(answer, "OK"))
			continue;
		made++;
		other_deliver(world->other, names[i], "here", 1);
	}
	g_assert_cmpuint(made, >=, 8);
	world_start(world, NULL);
	world_wait_idle(world);
	for (guint i = 0; i < engine_folder_count(world->engine, 1); i++) {
		EngineFolder folder;

		g_assert_true(engine_folder_at(world->engine, 1, i, &folder));
		g_assert_true(g_utf8_validate(folder.path, -1, NULL));
		if (folder.role != ENGINE_ROLE_NONE || folder.total != 1)
			continue;
		world->list = engine_list_open(world->engine, folder.id);
		engine_list_set_view(world->list, 0, 20);
		world_wait_rows(world, "*here");
		opened++;
	}
	g_assert_cmpuint(opened, ==, made);
	world_wait_idle(world);
	world_free(world);
}

/* ---- certificates ---- */

static void
assert_refused(Server *server, const char *why)
{
	World *world = world_new(server);
	g_autofree char *more = g_strdup_printf(
		"password = postern\ntls-ca-file = %s\n", server_fact(server, "ca"));
	g_autofree char *text = account_text(server, "imaps://", "imaps_port", more);
	g_autofree char *said = NULL, *pinned = NULL;
	const char *pin, *end;

	world_start_config(world, text);
	world_wait_state(world, ENGINE_STOPPED);
	said = g_strdup(world_account(world).state_text);
	if (!strstr(said, why))
		g_error("\"%s\" does not say: %s", said, why);
	world_wait_notice(world, why);
	pin = strstr(said, "tls-pin = sha256:");
	g_assert_nonnull(pin);
	world_stop(world);
	/* With the pin that it offers. */
	end = strchr(pin + strlen("tls-pin = "), '=');
	pinned = g_strdup_printf("%s%.*s\n", text, (int)(end - pin + 1), pin);
	world_start_config(world, pinned);
	world_wait_state(world, ENGINE_LIVE);
	world_open(world, "INBOX");
	world_wait_idle(world);
	world_free(world);
}

static void
test_certificate(const char *kind, const char *why)
{
	const char *const args[] = {"--certificate", kind, NULL};
	Server *server = server_new(args);

	assert_refused(server, why);
	server_free(server);
}

static void
test_expired(void)
{
	test_certificate("expired", "expired");
}

static void
test_wrong_host(void)
{
	test_certificate("wrong-host", "mail.example.net");
}

static void
test_self_signed(void)
{
	test_certificate("self-signed", "signed by itself");
}

static void
test_tls(Server *server)
{
	static const char *const ways[][2] = {{"imaps://", "imaps_port"}, {"imap://", "imap_port"}};

	for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
		World *world = world_new_with(server, 1);
		g_autofree char *more = g_strdup_printf(
			"password = postern\ntls-ca-file = %s\n", server_fact(server, "ca"));
		g_autofree char *text = account_text(server, ways[i][0], ways[i][1], more);

		world_start_config(world, text);
		world_open(world, "INBOX");
		world_wait_rows(world, "*m1");
		world_wait_idle(world);
		world_free(world);
	}
}

/* ---- logging in ---- */

static void
assert_stopped(Server *server, const char *secret, const char *why)
{
	World *world = world_new_with(server, 1);
	g_autofree char *more =
		g_strdup_printf("%s\ntls-ca-file = %s\n", secret, server_fact(server, "ca"));
	g_autofree char *text = account_text(server, "imaps://", "imaps_port", more);

	world_start_config(world, text);
	world_wait_state(world, ENGINE_STOPPED);
	if (!strstr(world_account(world).state_text, why))
		g_error("\"%s\" does not say: %s", world_account(world).state_text, why);
	world_wait_idle(world);
	/* Once more, by the user's wish. */
	engine_account_reconnect(world->engine, 1);
	g_assert_cmpint(world_account(world).state, ==, ENGINE_CONNECTING);
	world_wait_state(world, ENGINE_STOPPED);
	world_free(world);
}

static void
test_refused_login(Server *server)
{
	assert_stopped(server, "password = wrong", "password");
	assert_stopped(server, "password-command = sh -c \"echo locked >&2; exit 3\"", "locked");
	assert_stopped(server, "password-command = true", "printed nothing");
	assert_stopped(server, "password-command = /nonexistent/program", "can't be run");
	assert_stopped(server, "oauth-token-command = echo token", "no way to log in");
}

/* Refused, then mended: the command is asked again, and nothing of the first try is in the way. */
static void
test_second_password(Server *server)
{
	World *world = world_new_with(server, 1);
	g_autofree char *file = g_build_filename(g_get_tmp_dir(), "postern-password-XXXXXX", NULL);
	int fd = g_mkstemp(file);
	g_autofree char *more = g_strdup_printf(
		"password-command = cat %s\ntls-ca-file = %s\n", file, server_fact(server, "ca"));
	g_autofree char *text = account_text(server, "imaps://", "imaps_port", more);

	g_assert_cmpint(fd, >=, 0);
	g_assert_true(g_close(fd, NULL));
	g_assert_true(g_file_set_contents(file, "wrong\n", -1, NULL));
	world_start_config(world, text);
	world_wait_state(world, ENGINE_STOPPED);
	g_assert_cmpuint(engine_folder_count(world->engine, 1), ==, 1);
	g_assert_true(g_file_set_contents(file, server_fact(server, "password"), -1, NULL));
	engine_account_reconnect(world->engine, 1);
	world_wait_state(world, ENGINE_LIVE);
	world_wait_idle(world);
	g_assert_cmpuint(engine_folder_count(world->engine, 1), >, 4);
	g_assert_cmpint(g_remove(file), ==, 0);
	world_free(world);
}

static gboolean
is_asked(World *world, gconstpointer file)
{
	g_autofree char *pid = NULL;
	gsize len;

	/* It is there before it says anything. */
	return g_file_get_contents(file, &pid, &len, NULL) && len && pid[len - 1] == '\n';
}

/* A command that hangs holds nothing up, and does not outlive the program. */
static void
test_hanging_command(Server *server)
{
	World *world = world_new_with(server, 1);
	g_autofree char *file = g_build_filename(g_get_user_cache_dir(), "asked", NULL);
	g_autofree char *more = g_strdup_printf(
		"password-command = sh -c \"echo $$ > %s; exec sleep 1000\"\n", file);
	g_autofree char *text = account_text(server, "imaps://", "imaps_port", more);
	g_autofree char *pid = NULL, *process = NULL;
	gint64 begun;

	world_start_config(world, text);
	world_wait(world, "the command runs", is_asked, file);
	g_assert_cmpint(world_account(world).state, ==, ENGINE_CONNECTING);
	begun = g_get_monotonic_time();
	world_stop(world);
	g_assert_cmpint(g_get_monotonic_time() - begun, <, 10 * G_TIME_SPAN_SECOND);
	g_assert_true(g_file_get_contents(file, &pid, NULL, NULL));
	process = g_strdup_printf("/proc/%s/cmdline", g_strchomp(pid));
	/* GLib's reaper is another thread: the process is gone soon. */
	begun = g_get_monotonic_time();
	for (;;) {
		g_autofree char *line = NULL;
		gsize len = 0;

		if (!g_file_get_contents(process, &line, &len, NULL) || !len)
			break;
		g_assert_cmpint(g_get_monotonic_time() - begun, <, 60 * G_TIME_SPAN_SECOND);
		g_thread_yield();
	}
	world_free(world);
}

static gboolean
is_read(World *world, gconstpointer data)
{
	return engine_reading_state(data) == ENGINE_READING_READY;
}

static void
test_first_line(Server *server)
{
	World *world = world_new_with(server, 1);
	g_autofree char *more = g_strdup_printf(
		"password-command = sh -c \"echo postern; echo more\"\ntls-ca-file = %s\n",
		server_fact(server, "ca"));
	g_autofree char *text = account_text(server, "imaps://", "imaps_port", more);

	world_start_config(world, text);
	world_open(world, "INBOX");
	world_wait_rows(world, "*m1");
	world_free(world);
}

/* ---- a line that fails ---- */

/* Reconnects as soon as that makes sense, so that no back-off has to be waited for. */
static gboolean
is_settled(World *world, gconstpointer data)
{
	g_autofree char *rows = world_rows(world);

	if (world_account(world).state == ENGINE_WAITING)
		engine_account_reconnect(world->engine, 1);
	return world_account(world).state == ENGINE_LIVE && engine_list_is_current(world->list) &&
	       !world_account(world).pending && engine_is_idle(world->engine) &&
	       strcmp(rows, data) == 0;
}

/* Opens, reads, flags and moves; returns when the server has confirmed all of it. */
static void
run_session(World *world)
{
	EngineReading *reading;

	world_start(world, "mechanisms = plain\n");
	world_open(world, "INBOX");
	world_wait(world, "rows", is_settled, "*m3\n*m2\n*m1");
	world_flag(world, "m1", FLAG_FLAGGED, TRUE);
	reading = engine_read(
		world->engine, engine_list_folder(world->list), world_uid(world, "m1"), FALSE);
	world_move(world, "m2", "Archive");
	world_wait(world, "changes", is_settled, "*m3\n!m1");
	g_assert_true(is_read(world, reading));
	engine_reading_free(reading);
	world_assert_server(
		world, "INBOX", "^\\d+:(\\\\Flagged\\\\Seen|\\\\Seen\\\\Flagged):m1\n\\d+::m3\n$");
	world_assert_server(world, "Archive", "^\\d+::m2\n$");
	world_stop(world);
}

static guint64
measure_session(Server *server)
{
	World *world = world_new_with(server, 3);
	guint64 octets;

	run_session(world);
	octets = proxy_counts(world->proxy).to_client;
	world_free(world);
	return octets;
}

static void
test_cuts(Server *server)
{
	guint64 octets = measure_session(server);
	guint n = g_test_slow() ? 200 : 20;

	for (guint i = 0; i < n; i++) {
		World *world = world_new_with(server, 3);
		guint64 at = 1 + octets * i / n + (guint64)g_test_rand_int_range(0, 50);

		g_test_message(
			"cut after %" G_GUINT64_FORMAT " octets of %" G_GUINT64_FORMAT, at, octets);
		proxy_set_faults(world->proxy, &(ProxyFaults){.cut_after = at});
		run_session(world);
		world_free(world);
	}
}

typedef struct {
	gint64 until;
} Moment;

static gboolean
is_over(World *world, gconstpointer data)
{
	return g_get_monotonic_time() >= ((const Moment *)data)->until;
}

/* Whatever it hangs in, nothing waits for it, and the user can go. */
static void
test_stalls(Server *server)
{
	guint64 octets = measure_session(server);
	guint n = g_test_slow() ? 100 : 12;

	for (guint i = 0; i < n; i++) {
		World *world = world_new_with(server, 3);
		Moment moment = {g_get_monotonic_time() + 150 * G_TIME_SPAN_MILLISECOND};
		g_autofree char *rows = NULL;
		gint64 begun;

		proxy_set_faults(world->proxy, &(ProxyFaults){.stall_after = 1 + octets * i / n});
		world_start(world, "mechanisms = plain\n");
		world_open(world, "INBOX");
		world_wait(world, "time", is_over, &moment);
		rows = world_rows(world);
		if (strstr(rows, "m1"))
			world_flag(world, "m1", FLAG_FLAGGED, TRUE);
		moment.until = g_get_monotonic_time() + 50 * G_TIME_SPAN_MILLISECOND;
		world_wait(world, "time", is_over, &moment);
		g_assert_cmpint(world->longest, <, 2 * G_TIME_SPAN_SECOND);
		begun = g_get_monotonic_time();
		world_stop(world);
		g_assert_cmpint(g_get_monotonic_time() - begun, <, 5 * G_TIME_SPAN_SECOND);
		/* And what was asked for is done the next time. */
		proxy_set_faults(world->proxy, &(ProxyFaults){0});
		world_start(world, NULL);
		world_open(world, "INBOX");
		world_wait(world, "changes", is_settled,
			strstr(rows, "m1") ? "*m3\n*m2\n*!m1" : "*m3\n*m2\n*m1");
		world_free(world);
	}
}

/* ---- one server for those that need nothing special ---- */

static void
with_server(gconstpointer data)
{
	Server *server = server_new(NULL);

	((void (*)(Server *))data)(server);
	server_free(server);
}

static void
add(const char *name, void (*test)(Server *))
{
	g_test_add_data_func(name, (gconstpointer)test, with_server);
}

int
main(int argc, char **argv)
{
	world_begin(&argc, &argv);
	g_test_add_func("/faults/without-move", test_without_move);
	g_test_add_func("/faults/bare", test_bare);
	add("/faults/folder-names", test_folder_names);
	add("/faults/stale-flag", test_stale_flag);
	add("/faults/unknown-trash", test_unknown_trash);
	g_test_add_func("/faults/expired", test_expired);
	g_test_add_func("/faults/wrong-host", test_wrong_host);
	g_test_add_func("/faults/self-signed", test_self_signed);
	add("/faults/tls", test_tls);
	add("/faults/refused-login", test_refused_login);
	add("/faults/second-password", test_second_password);
	add("/faults/hanging-command", test_hanging_command);
	add("/faults/password-command", test_first_line);
	add("/faults/cuts", test_cuts);
	add("/faults/stalls", test_stalls);
	return world_run(NULL);
}
