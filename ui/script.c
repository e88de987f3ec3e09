/* See script.h. */
#include "script.h"

#include <stdio.h>
#include <string.h>

enum { WAIT_MS = 4, WAIT_SECONDS = 10, FILE_MAX = 1024 * 1024 };

typedef enum { STEP_NEXT, STEP_AGAIN, STEP_FAILED } Step;

struct Script {
	App *app;
	char *file;
	char **lines;
	guint at;
	gint64 since; /* that this line waits, 0: it does not */
	guint source;
	char *error;
};

typedef Step (*Run)(Script *script, const char *arg, GError **error);

Script *
script_load(const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) inner = NULL;
	gsize len;
	if (!g_file_get_contents(file, &text, &len, &inner)) {
		err_set(error, ERR_CONFIG, "The script can't be read: %s", inner->message);
		return NULL;
	}
	if (len > FILE_MAX || !g_utf8_validate(text, (gssize)len, NULL)) {
		err_set(error, ERR_CONFIG, "%s is not a script: UTF-8, at most %d bytes", file,
			FILE_MAX);
		return NULL;
	}
	Script *script = g_new0(Script, 1);
	script->file = g_strdup(file);
	script->lines = g_strsplit(text, "\n", -1);
	return script;
}

void
script_free(Script *script)
{
	if (script == NULL)
		return;
	if (script->source != 0)
		g_source_remove(script->source);
	g_strfreev(script->lines);
	g_free(script->file);
	g_free(script->error);
	g_free(script);
}

const char *
script_error(const Script *script)
{
	return script->error;
}

/* ---- directives ---- */

static gboolean
parse_size(const char *arg, guint *out_cols, guint *out_rows)
{
	guint64 cols, rows;
	g_auto(GStrv) parts = g_strsplit(arg, "x", 3);
	if (g_strv_length(parts) != 2 ||
		!g_ascii_string_to_unsigned(parts[0], 10, 1, 1000, &cols, NULL) ||
		!g_ascii_string_to_unsigned(parts[1], 10, 1, 500, &rows, NULL))
		return FALSE;
	*out_cols = (guint)cols;
	*out_rows = (guint)rows;
	return TRUE;
}

/* Starts the wait of this line, or goes on with it. */
static Step
wait_until(Script *script, gboolean good, guint seconds, GError **error, const char *what)
{
	gint64 now = g_get_monotonic_time();
	if (good)
		return STEP_NEXT;
	if (script->since == 0)
		script->since = now;
	if (now - script->since < (gint64)seconds * G_USEC_PER_SEC)
		return STEP_AGAIN;
	g_autofree char *screen = app_screen_text(script->app);
	err_set(error, ERR_TIMEOUT, "after %u s still %s; the screen shows:\n%s", seconds, what,
		screen);
	return STEP_FAILED;
}

static Step
run_key(Script *script, const char *arg, GError **error)
{
	KeySeq seq;
	g_auto(GStrv) words = g_strsplit_set(arg, " \t", -1);
	for (char **word = words; *word != NULL; word++) {
		if (**word == '\0')
			continue;
		if (!key_parse_seq(*word, &seq, error))
			return STEP_FAILED;
		for (guint i = 0; i < seq.n; i++)
			app_key(script->app, seq.keys[i]);
	}
	return STEP_NEXT;
}

static Step
run_type(Script *script, const char *arg, GError **error)
{
	for (; *arg != '\0'; arg = g_utf8_next_char(arg))
		app_key(script->app, g_utf8_get_char(arg));
	return STEP_NEXT;
}

static Step
run_wait_idle(Script *script, const char *arg, GError **error)
{
	guint64 seconds = WAIT_SECONDS;
	if (*arg != '\0' && !g_ascii_string_to_unsigned(arg, 10, 1, 3600, &seconds, NULL)) {
		err_set(error, ERR_INPUT, "\"%s\" is not a number of seconds", arg);
		return STEP_FAILED;
	}
	return wait_until(
		script, app_is_idle(script->app), (guint)seconds, error, "something on the way");
}

static gboolean
is_on_screen(Script *script, const char *text)
{
	g_autofree char *screen = app_screen_text(script->app);
	return strstr(screen, text) != NULL;
}

static Step
run_wait_for(Script *script, const char *arg, GError **error)
{
	return wait_until(
		script, is_on_screen(script, arg), WAIT_SECONDS, error, "not on the screen");
}

static Step
run_wait_gone(Script *script, const char *arg, GError **error)
{
	return wait_until(script, !is_on_screen(script, arg), WAIT_SECONDS, error, "on the screen");
}

static Step
run_save_screen(Script *script, const char *arg, GError **error)
{
	return app_save_screen(script->app, arg, error) ? STEP_NEXT : STEP_FAILED;
}

static Step
run_size(Script *script, const char *arg, GError **error)
{
	guint cols, rows;
	if (!parse_size(arg, &cols, &rows)) {
		err_set(error, ERR_INPUT, "\"%s\" is not a size such as 80x24", arg);
		return STEP_FAILED;
	}
	app_resize(script->app, rows, cols);
	return STEP_NEXT;
}

static Step
run_clock(Script *script, const char *arg, GError **error)
{
	gint64 seconds;
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(arg, utc);
	if (time != NULL) {
		seconds = g_date_time_to_unix(time);
	} else if (!g_ascii_string_to_signed(arg, 10, 0, G_MAXINT64, &seconds, NULL)) {
		err_set(error, ERR_INPUT, "\"%s\" is not a time such as 2024-05-12T09:41:00", arg);
		return STEP_FAILED;
	}
	engine_hold_now(seconds);
	app_mark_all(script->app);
	return STEP_NEXT;
}

static Step
run_echo(Script *script, const char *arg, GError **error)
{
	printf("%s\n", arg);
	fflush(stdout);
	return STEP_NEXT;
}

static Step
run_quit(Script *script, const char *arg, GError **error)
{
	script->at = g_strv_length(script->lines);
	return STEP_NEXT;
}

static const struct {
	const char *name;
	Run run;
} directives[] = {
	{"key", run_key},
	{"keys", run_key},
	{"type", run_type},
	{"wait-idle", run_wait_idle},
	{"wait-for", run_wait_for},
	{"wait-gone", run_wait_gone},
	{"save-screen", run_save_screen},
	{"size", run_size},
	{"clock", run_clock},
	{"echo", run_echo},
	{"quit", run_quit},
};

/* ---- running ---- */

/* LINE without blanks around it; wait-idle may come with a ':' too. */
static Step
run_line(Script *script, const char *line, GError **error)
{
	gsize len = strcspn(line, " \t");
	if (*line == '\0' || *line == '#')
		return STEP_NEXT;
	if (*line == ':' && !g_str_has_prefix(line, ":wait-idle"))
		return app_act_line(script->app, line, error) ? STEP_NEXT : STEP_FAILED;
	if (*line == ':') {
		line++;
		len--;
	}
	const char *arg = line + len + strspn(line + len, " \t");
	for (gsize i = 0; i < G_N_ELEMENTS(directives); i++) {
		if (strlen(directives[i].name) == len &&
			strncmp(directives[i].name, line, len) == 0)
			return directives[i].run(script, arg, error);
	}
	err_set(error, ERR_INPUT, "there is no directive \"%.*s\"", (int)len, line);
	return STEP_FAILED;
}

static gboolean on_turn(gpointer user);

static void
schedule(Script *script, guint delay_ms)
{
	script->source = delay_ms > 0 ? g_timeout_add(delay_ms, on_turn, script)
				      : g_idle_add_full(G_PRIORITY_DEFAULT, on_turn, script, NULL);
}

/* One line per turn of the loop, so that what it did can be seen. */
static gboolean
on_turn(gpointer user)
{
	Script *script = user;
	g_autoptr(GError) error = NULL;
	script->source = 0;
	if (script->lines[script->at] == NULL) {
		app_quit(script->app, 0);
		return G_SOURCE_REMOVE;
	}
	guint number = script->at;
	g_autofree char *line = g_strstrip(g_strdup(script->lines[number]));
	Step step = run_line(script, line, &error);
	if (step == STEP_FAILED) {
		script->error = g_strdup_printf("%s:%u: %s: %s", script->file, number + 1, line,
			error != NULL ? error->message : "failed");
		app_quit(script->app, 1);
		return G_SOURCE_REMOVE;
	}
	if (step == STEP_NEXT) {
		script->since = 0;
		script->at += script->lines[script->at] != NULL ? 1 : 0;
	}
	schedule(script, step == STEP_AGAIN ? WAIT_MS : 0);
	return G_SOURCE_REMOVE;
}

gboolean
script_size(const Script *script, guint *out_cols, guint *out_rows)
{
	for (char **line = script->lines; *line != NULL; line++) {
		g_autofree char *bare = g_strstrip(g_strdup(*line));
		if (g_str_has_prefix(bare, "size "))
			return parse_size(g_strchug(bare + strlen("size ")), out_cols, out_rows);
		if (*bare != '\0' && *bare != '#')
			return FALSE;
	}
	return FALSE;
}

void
script_start(Script *script, App *app)
{
	script->app = app;
	schedule(script, 0);
}
