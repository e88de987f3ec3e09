/*
 * A user without a screen: does what its standard input says through engine.h, as fast as the engine
 * takes it, and answers each line with one of its own: "ok", "ok TEXT", or "refused WHY".
 *
 *   open FOLDER                    read SUBJECT       undo
 *   flag SUBJECT,... +S|-S|+F|-F   move|copy SUBJECT,... FOLDER
 *   archive|delete SUBJECT,...     offline            online
 *   settle     all is confirmed, and the open list is what the server holds
 *   idle       the same, and nothing at all is on its way
 *   show ROWS  the open list is "m01:FS m02:", by subject; "~" behind a pending one
 *   counts     "FOLDER=unread/total ..." of all folders
 *   log        to standard error
 *   fault N    is killed at the Nth point from here (base/fault.h); 0: at none. How many were passed
 *   notices    what the user was told since the last time, joined by " | "
 *
 * Words are separated by tabs. A message that is not in the list yet is waited for; a cut line is
 * mended at once. What is not reached in time ends the program with the log.
 */
#include "base/fault.h"
#include "engine.h"

#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_SECONDS 30
#define VIEW             60
#define TICK_MS          10

typedef struct {
	Engine *engine;
	EngineList *list;
	char *folder;
	GString *input;
	gboolean ended; /* standard input */
	GString *notices;
	const char *doing;
} Actor;

typedef gboolean (*Check)(Actor *actor, gconstpointer data);

static gboolean
get_account(const Actor *actor, EngineAccount *out_account)
{
	return engine_account_get(actor->engine, 1, out_account);
}

/* ---- waiting ---- */

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
list_rows(const Actor *actor)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	EngineRow row;

	for (guint i = 0; actor->list && engine_list_row(actor->list, i, &row); i++)
		g_ptr_array_add(
			words, g_strdup_printf("%s:%s%s%s", row.uid ? row.subject : "?",
				       row.flags & FLAG_FLAGGED ? "F" : "",
				       row.flags & FLAG_SEEN ? "S" : "", row.pending ? "~" : ""));
	g_ptr_array_sort(words, compare_words);
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" ", (char **)words->pdata);
}

static void
print_log(void)
{
	EngineLogLine line;

	for (guint i = 0; engine_log_at(i, &line); i++)
		fprintf(stderr, "# %s: %s\n", line.where, line.text);
}

static void
give_up(Actor *actor, const char *what)
{
	EngineAccount account = {0};
	g_autofree char *rows = list_rows(actor);

	get_account(actor, &account);
	print_log();
	fprintf(stderr, "# %s: %s not reached; state %d (%s), %u pending, list %s\n", actor->doing,
		what, account.state, account.state_text, account.pending,
		actor->list && engine_list_is_current(actor->list) ? "current" : "not current");
	fprintf(stderr, "# rows: %s\n# notices: %s\n", rows, actor->notices->str);
	abort();
}

/* A user who sees that the line is cut, or that changes wait, asks for another try at once; where there
 * is a line this does nothing. */
static gboolean
on_tick(gpointer user)
{
	Actor *actor = user;
	EngineAccount account;

	if (!get_account(actor, &account))
		return G_SOURCE_CONTINUE;
	if (account.state == ENGINE_WAITING || (account.state == ENGINE_LIVE && account.pending))
		engine_account_reconnect(actor->engine, 1);
	return G_SOURCE_CONTINUE;
}

static void
wait_until(Actor *actor, const char *what, Check check, gconstpointer data)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_SECONDS * G_TIME_SPAN_SECOND;

	while (!check(actor, data)) {
		if (g_get_monotonic_time() > deadline)
			give_up(actor, what);
		g_main_context_iteration(NULL, TRUE);
	}
}

static gboolean
is_settled(Actor *actor, gconstpointer data)
{
	EngineAccount account;
	EngineRow row;

	if (!get_account(actor, &account) || account.state != ENGINE_LIVE || account.pending)
		return FALSE;
	if (!actor->list)
		return TRUE;
	if (!engine_list_is_current(actor->list))
		return FALSE;
	for (guint i = 0; engine_list_row(actor->list, i, &row); i++)
		if (!row.uid || row.pending)
			return FALSE;
	return TRUE;
}

static gboolean
is_idle(Actor *actor, gconstpointer data)
{
	return is_settled(actor, data) && engine_is_idle(actor->engine);
}

/* 0 when SUBJECT is not in the open list. */
static guint32
find_uid(const Actor *actor, const char *subject)
{
	EngineRow row;

	for (guint i = 0; actor->list && engine_list_row(actor->list, i, &row); i++)
		if (row.uid && strcmp(row.subject, subject) == 0)
			return row.uid;
	return 0;
}

static gboolean
has_subject(Actor *actor, gconstpointer subject)
{
	return find_uid(actor, subject) != 0;
}

/* ---- answers ---- */

static void
answer(const char *text)
{
	g_autofree char *line = g_strdup(text);

	g_strdelimit(line, "\n", ' ');
	printf("%s\n", line);
	fflush(stdout);
}

static void
answer_result(gboolean done, GError *take_error)
{
	g_autoptr(GError) error = take_error;
	g_autofree char *text = done ? NULL : g_strconcat("refused ", error->message, NULL);

	answer(done ? "ok" : text);
}

/* ---- what a user does ---- */

static EngineFolderId
find_folder(Actor *actor, const char *path)
{
	return engine_folder_find(actor->engine, 1, path, NULL);
}

static gboolean
has_folder(Actor *actor, gconstpointer path)
{
	return find_folder(actor, path) != 0;
}

static void
open_folder(Actor *actor, const char *path)
{
	wait_until(actor, path, has_folder, path);
	actor->list = engine_list_open(actor->engine, find_folder(actor, path));
	engine_list_set_view(actor->list, 0, VIEW);
	g_free(actor->folder);
	actor->folder = g_strdup(path);
	answer("ok");
}

static gboolean
is_read(Actor *actor, gconstpointer reading)
{
	return engine_reading_state(reading) != ENGINE_READING_LOADING;
}

static void
read_message(Actor *actor, const char *subject)
{
	gboolean done = FALSE;

	while (!done) {
		EngineReading *reading;

		wait_until(actor, subject, has_subject, subject);
		reading = engine_read(actor->engine, engine_list_folder(actor->list),
			find_uid(actor, subject), FALSE);
		wait_until(actor, "text", is_read, reading);
		done = engine_reading_state(reading) == ENGINE_READING_READY;
		engine_reading_free(reading);
	}
	answer("ok");
}

static void
change(Actor *actor, char **words)
{
	g_auto(GStrv) subjects = g_strsplit(words[1], ",", -1);
	g_autofree guint32 *uids = g_new0(guint32, g_strv_length(subjects));
	EngineMessages messages = {engine_list_folder(actor->list), uids, g_strv_length(subjects)};
	const char *verb = words[0], *more = words[2];
	GError *error = NULL;
	gboolean done;

	for (guint i = 0; subjects[i]; i++) {
		wait_until(actor, subjects[i], has_subject, subjects[i]);
		uids[i] = find_uid(actor, subjects[i]);
	}
	if (more && *more != '+' && *more != '-')
		wait_until(actor, more, has_folder, more);
	if (strcmp(verb, "flag") == 0)
		done = engine_change_flags(actor->engine, &messages,
			more[1] == 'S' ? FLAG_SEEN : FLAG_FLAGGED, more[0] == '+', &error);
	else if (strcmp(verb, "move") == 0)
		done = engine_move(actor->engine, &messages, find_folder(actor, more), &error);
	else if (strcmp(verb, "copy") == 0)
		done = engine_copy(actor->engine, &messages, find_folder(actor, more), &error);
	else if (strcmp(verb, "archive") == 0)
		done = engine_archive(actor->engine, &messages, &error);
	else
		done = engine_delete(actor->engine, &messages, &error);
	answer_result(done, error);
}

static void
undo(Actor *actor)
{
	GError *error = NULL;
	gboolean done = engine_undo(actor->engine, &error);

	answer_result(done, error);
}

/* ---- what a user sees ---- */

static gboolean
shows(Actor *actor, gconstpointer rows)
{
	g_autofree char *shown = list_rows(actor);

	return strcmp(shown, rows) == 0;
}

static void
tell_counts(Actor *actor)
{
	g_autoptr(GString) line = g_string_new("ok");
	EngineFolder folder;

	for (guint i = 0; engine_folder_at(actor->engine, 1, i, &folder); i++)
		g_string_append_printf(line, " %s=%u/%u", folder.path, folder.unread, folder.total);
	answer(line->str);
}

static void
tell_notices(Actor *actor)
{
	g_autofree char *line = g_strconcat("ok ", actor->notices->str, NULL);

	answer(line);
	g_string_truncate(actor->notices, 0);
}

static void
arm(const char *count)
{
	guint64 n = g_ascii_strtoull(count, NULL, 10);
	g_autofree char *line = g_strdup_printf("ok %u", fault_arm((guint)n));

	answer(line);
}

static void
obey(Actor *actor, char **words)
{
	const char *verb = words[0];

	actor->doing = verb;
	if (strcmp(verb, "open") == 0) {
		open_folder(actor, words[1]);
	} else if (strcmp(verb, "read") == 0) {
		read_message(actor, words[1]);
	} else if (strcmp(verb, "undo") == 0) {
		undo(actor);
	} else if (strcmp(verb, "offline") == 0 || strcmp(verb, "online") == 0) {
		engine_set_online(actor->engine, strcmp(verb, "online") == 0);
		answer("ok");
	} else if (strcmp(verb, "settle") == 0) {
		wait_until(actor, "settled", is_settled, NULL);
		answer("ok");
	} else if (strcmp(verb, "idle") == 0) {
		wait_until(actor, "idle", is_idle, NULL);
		answer("ok");
	} else if (strcmp(verb, "show") == 0) {
		wait_until(actor, words[1], shows, words[1]);
		answer("ok");
	} else if (strcmp(verb, "counts") == 0) {
		tell_counts(actor);
	} else if (strcmp(verb, "log") == 0) {
		print_log();
		answer("ok");
	} else if (strcmp(verb, "fault") == 0) {
		arm(words[1]);
	} else if (strcmp(verb, "notices") == 0) {
		tell_notices(actor);
	} else {
		change(actor, words);
	}
}

/* ---- life ---- */

static void
on_event(const EngineEvent *event, gpointer user)
{
	Actor *actor = user;

	if (event->kind == ENGINE_NOTICE)
		g_string_append_printf(actor->notices, "%s | ", event->text);
}

static gboolean
on_input(int fd, GIOCondition condition, gpointer user)
{
	Actor *actor = user;
	char bytes[4096];
	gssize n = read(fd, bytes, sizeof bytes);

	if (n > 0)
		g_string_append_len(actor->input, bytes, n);
	else
		actor->ended = TRUE;
	return n > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* The next line of the input, while the engine goes on; NULL at the end. */
static char *
next_line(Actor *actor)
{
	const char *end;
	char *line;

	while (!(end = strchr(actor->input->str, '\n'))) {
		if (actor->ended)
			return NULL;
		g_main_context_iteration(NULL, TRUE);
	}
	line = g_strndup(actor->input->str, (gsize)(end - actor->input->str));
	g_string_erase(actor->input, 0, end - actor->input->str + 1);
	return line;
}

int
main(int argc, char **argv)
{
	EngineSetup setup = {.config_file = argc > 1 ? argv[1] : NULL};
	Actor actor = {.input = g_string_new(NULL), .notices = g_string_new(NULL)};
	GError *error = NULL;
	char *line;

	actor.engine = engine_new(&setup, &error);
	answer_result(actor.engine != NULL, error);
	if (!actor.engine)
		return 1;
	engine_listen(actor.engine, on_event, &actor);
	engine_start(actor.engine);
	g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &actor);
	g_timeout_add(TICK_MS, on_tick, &actor);
	while ((line = next_line(&actor))) {
		g_auto(GStrv) words = g_strsplit(line, "\t", -1);

		obey(&actor, words);
		g_free(line);
	}
	engine_free(actor.engine);
	g_string_free(actor.input, TRUE);
	g_string_free(actor.notices, TRUE);
	g_free(actor.folder);
	return 0;
}
