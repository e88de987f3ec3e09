/* The small parts of the base: errors, events, log, clocks, faults. */
#include "base/clock.h"
#include "base/err.h"
#include "base/fault.h"
#include "base/hub.h"
#include "base/log.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* --- err --------------------------------------------------------------------------------------- */

static void
test_err_set(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(err_set(NULL, ERR_NO, "nobody %s", "listens"));
	g_assert_false(err_set(&error, ERR_NO, "Folder %s: %d", "INBOX", 7));
	g_assert_cmpstr(error->message, ==, "Folder INBOX: 7.");
	g_assert_true(err_is(error, ERR_NO));
	g_assert_false(err_is(error, ERR_BAD));
	g_assert_false(err_is(NULL, ERR_CANCELLED));
}

static void
test_err_is_bounded(void)
{
	g_autofree char *reason = g_strnfill(5000000, 'y');
	g_autoptr(GError) error = NULL;

	g_assert_false(err_set(&error, ERR_CLOSED, "It said: %s", reason));
	g_assert_cmpuint(strlen(error->message), <, 20000);
}

static void
test_err_scales(void)
{
	static const struct {
		ErrCode code;
		ErrReach reach;
		ErrRetry retry;
	} cases[] = {
		{ERR_NO, ERR_REACH_ACTION, ERR_RETRY_NEVER},
		{ERR_CLOSED, ERR_REACH_LINK, ERR_RETRY_LATER},
		{ERR_AUTH, ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
		{ERR_CERTIFICATE, ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
		{ERR_POLICY, ERR_REACH_ACCOUNT, ERR_RETRY_NEVER},
		{ERR_CORRUPT, ERR_REACH_PROGRAM, ERR_RETRY_NEVER},
	};
	g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, G_FILE_ERROR_NOENT, "no file");
	g_autoptr(GError) beyond = g_error_new(ERR_DOMAIN, 9999, "no such code");

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		err_set(&error, cases[i].code, "x");
		g_assert_cmpint(err_reach(error), ==, cases[i].reach);
		g_assert_cmpint(err_retry(error), ==, cases[i].retry);
	}
	g_assert_cmpint(err_reach(NULL), ==, ERR_REACH_ACTION);
	g_assert_cmpint(err_retry(foreign), ==, ERR_RETRY_NEVER);
	g_assert_cmpint(err_reach(beyond), ==, ERR_REACH_ACTION);
}

/* --- hub --------------------------------------------------------------------------------------- */

typedef struct {
	char *name;
} Event;

typedef struct {
	Hub *hub;
	GString *heard;
	guint id, other;
} Ear;

static void
event_clear(gpointer data)
{
	g_free(((Event *)data)->name);
}

static void
emit(Hub *hub, const char *name)
{
	hub_emit(hub, &(Event){g_strdup(name)});
}

static void
hear(gconstpointer data, gpointer user)
{
	const Event *event = data;
	Ear *ear = user;

	g_string_append(ear->heard, event->name);
}

static void
test_hub_order(void)
{
	g_autoptr(Hub) hub = hub_new(sizeof(Event), event_clear);
	g_autoptr(GString) heard = g_string_new(NULL);
	Ear ear = {.hub = hub, .heard = heard};

	g_assert_cmpuint(hub_listen(hub, hear, &ear), !=, 0);
	g_assert_false(hub_has_events(hub));
	emit(hub, "a");
	emit(hub, "b");
	g_assert_true(hub_has_events(hub));
	g_assert_cmpstr(heard->str, ==, ""); /* never from inside hub_emit() */
	hub_deliver(hub);
	g_assert_cmpstr(heard->str, ==, "ab");
	g_assert_false(hub_has_events(hub));
	hub_deliver(hub);
	g_assert_cmpstr(heard->str, ==, "ab");
	emit(hub, "freed with the hub");
}

/* Hears "a", emits "c" and asks for a delivery while it is being called. */
static void
hear_and_emit(gconstpointer data, gpointer user)
{
	const Event *event = data;
	Ear *ear = user;

	hear(data, user);
	if (strcmp(event->name, "a") == 0)
		emit(ear->hub, "c");
	hub_deliver(ear->hub);
}

static void
test_hub_emit_inside(void)
{
	g_autoptr(Hub) hub = hub_new(sizeof(Event), event_clear);
	g_autoptr(GString) heard = g_string_new(NULL);
	Ear ear = {.hub = hub, .heard = heard};

	hub_listen(hub, hear_and_emit, &ear);
	emit(hub, "a");
	emit(hub, "b");
	hub_deliver(hub);
	g_assert_cmpstr(heard->str, ==, "abc");
}

/* Leaves, and takes another listener with it. */
static void
hear_and_leave(gconstpointer data, gpointer user)
{
	Ear *ear = user;

	hear(data, user);
	hub_leave(ear->hub, ear->id);
	hub_leave(ear->hub, ear->other);
}

static void
test_hub_leave_inside(void)
{
	g_autoptr(Hub) hub = hub_new(sizeof(Event), event_clear);
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) second = g_string_new(NULL);
	g_autoptr(GString) third = g_string_new(NULL);
	Ear a = {.hub = hub, .heard = first};
	Ear b = {.hub = hub, .heard = second};
	Ear c = {.hub = hub, .heard = third};

	a.id = hub_listen(hub, hear_and_leave, &a);
	a.other = hub_listen(hub, hear, &b);
	c.id = hub_listen(hub, hear, &c);
	emit(hub, "a");
	emit(hub, "b");
	hub_deliver(hub);
	g_assert_cmpstr(first->str, ==, "a");
	g_assert_cmpstr(second->str, ==, "");
	g_assert_cmpstr(third->str, ==, "ab");
	hub_leave(hub, c.id);
	hub_leave(hub, 12345);
	emit(hub, "c");
	hub_deliver(hub);
	g_assert_cmpstr(third->str, ==, "ab");
}

static void
hear_and_add(gconstpointer data, gpointer user)
{
	Ear *ear = user;

	if (!ear->id)
		ear->id = hub_listen(ear->hub, hear, ear);
}

static void
test_hub_listen_inside(void)
{
	g_autoptr(Hub) hub = hub_new(sizeof(Event), event_clear);
	g_autoptr(GString) heard = g_string_new(NULL);
	Ear ear = {.hub = hub, .heard = heard};

	hub_listen(hub, hear_and_add, &ear);
	emit(hub, "a");
	emit(hub, "b");
	hub_deliver(hub);
	g_assert_true(g_str_has_suffix(heard->str, "b"));
}

/* --- log --------------------------------------------------------------------------------------- */

static void
test_log_ring(void)
{
	LogLine line;

	clock_hold_wall(1000);
	log_close();
	g_assert_cmpuint(log_count(), ==, 0);
	g_assert_null(log_get(0, &line));
	for (guint i = 0; i < 2500; i++)
		log_line(LOG_INFO, "test", "line %u", i);
	g_assert_cmpuint(log_count(), ==, 2000);
	g_assert_nonnull(log_get(0, &line));
	g_assert_cmpstr(line.text, ==, "line 500");
	g_assert_nonnull(log_get(1999, &line));
	g_assert_cmpstr(line.text, ==, "line 2499");
	g_assert_cmpstr(line.where, ==, "test");
	g_assert_cmpint(line.level, ==, LOG_INFO);
	g_assert_cmpint(line.wall, ==, 1000);
	g_assert_null(log_get(2000, &line));
	log_close();
	clock_hold_wall(0);
}

static void
test_log_long(void)
{
	g_autofree char *text = g_strnfill(5000, 'x');
	LogLine line;

	log_line(LOG_WIRE, "test", "%s", text);
	g_assert_nonnull(log_get(0, &line));
	g_assert_cmpuint(strlen(line.text), ==, 999);
	log_close();
}

/* A file of mode 0600 that a terminal can show: a server's text must not reach it as an order. */
static void
test_log_file_2f(void)
{
	g_autofree char *dir = g_dir_make_tmp("postern-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "log", NULL);
	g_autofree char *content = NULL;
	g_autoptr(GError) error = NULL;
	struct stat info;

	g_assert_false(log_open_file("/nonexistent/log", &error));
	g_assert_true(err_is(error, ERR_DISK));
	g_assert_true(log_open_file(file, NULL));
	log_line(LOG_WARN, "imap work/1", "%s", "NO \033]0;owned\a\r\nfake line \xc2\x9b");
	log_close();
	g_assert_cmpint(stat(file, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0600);
	g_assert_true(g_file_get_contents(file, &content, NULL, NULL));
	g_assert_nonnull(strstr(content, " warn imap work/1: NO "));
	g_assert_null(strchr(content, '\033'));
	g_assert_null(strchr(content, '\x9b'));
	g_assert_true(strchr(content, '\n') == content + strlen(content) - 1);
	g_unlink(file);
	g_rmdir(dir);
}

/* Neither the lines of one session nor those of several fill the disk. */
static void
test_log_file_ends(void)
{
	g_autofree char *dir = g_dir_make_tmp("postern-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "log", NULL);
	g_autofree char *text = g_strnfill(990, '\033'), *content = NULL;
	g_autoptr(GError) error = NULL;
	struct stat info;
	gsize len;

	g_assert_true(log_open_file(file, NULL));
	for (guint i = 0; i < 10; i++)
		log_line(LOG_WIRE, "test", "before");
	log_close();
	g_assert_true(log_open_file(file, NULL));
	for (guint i = 0; i < 20000; i++)
		log_line(LOG_WIRE, "test", "%s", text);
	g_assert_cmpuint(log_count(), ==, 2000);
	log_close();
	g_assert_cmpint(stat(file, &info), ==, 0);
	g_assert_cmpint(info.st_size, >=, 64 * 1024 * 1024);
	g_assert_cmpint(info.st_size, <, 64 * 1024 * 1024 + 5000);
	g_assert_true(g_file_get_contents(file, &content, &len, NULL));
	g_assert_true(g_str_has_suffix(content, "\nThe log ends here: it has reached 64 MiB.\n"));
	g_assert_false(log_open_file(file, &error));
	g_assert_true(err_is(error, ERR_DISK));
	g_unlink(file);
	g_rmdir(dir);
}

/* --- clock ------------------------------------------------------------------------------------- */

static void
test_clock(void)
{
	gint64 mono = clock_mono_us();

	clock_hold_wall(86400);
	g_assert_cmpint(clock_wall(), ==, 86400);
	clock_hold_wall(0);
	g_assert_cmpint(clock_wall(), >, 1700000000);
	g_assert_cmpint(clock_mono_us(), >=, mono);
}

/* --- fault ------------------------------------------------------------------------------------- */

/* The process dies at the second point, and the file names what it passed. */
static void
test_fault(void)
{
	g_autofree char *dir = NULL;
	g_autofree char *file = NULL;
	g_autofree char *content = NULL;

	if (g_test_subprocess()) {
		fault_point("first");
		fault_point("second");
		fault_point("third");
		return;
	}
	dir = g_dir_make_tmp("postern-XXXXXX", NULL);
	file = g_build_filename(dir, "faults", NULL);
	g_setenv("POSTERN_FAULT", "2", TRUE);
	g_setenv("POSTERN_FAULT_LOG", file, TRUE);
	g_test_trap_subprocess(NULL, 0, 0);
	g_unsetenv("POSTERN_FAULT");
	g_unsetenv("POSTERN_FAULT_LOG");
	g_test_trap_assert_failed();
	g_assert_true(g_file_get_contents(file, &content, NULL, NULL));
	g_assert_cmpstr(content, ==, "first\nsecond\n");
	g_unlink(file);
	g_rmdir(dir);
}

static void
test_fault_unset(void)
{
	fault_point("passes");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/err/set", test_err_set);
	g_test_add_func("/err/bounded", test_err_is_bounded);
	g_test_add_func("/err/scales", test_err_scales);
	g_test_add_func("/hub/order", test_hub_order);
	g_test_add_func("/hub/emit-inside", test_hub_emit_inside);
	g_test_add_func("/hub/leave-inside", test_hub_leave_inside);
	g_test_add_func("/hub/listen-inside", test_hub_listen_inside);
	g_test_add_func("/log/ring", test_log_ring);
	g_test_add_func("/log/long", test_log_long);
	g_test_add_func("/log/file-2f", test_log_file_2f);
	g_test_add_func("/log/file-ends", test_log_file_ends);
	g_test_add_func("/clock", test_clock);
	g_test_add_func("/fault/dies", test_fault);
	g_test_add_func("/fault/unset", test_fault_unset);
	return g_test_run();
}
