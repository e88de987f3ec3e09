/*
 * Command line, locale, signals and the main loop.
 */
#include "config.h"

#include "app.h"
#include "script.h"

#include "base/text.h"

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

typedef struct {
	char *config, *script, *log, **rest;
	gboolean doctor, offline, version;
} Options;

/* The program while it runs, for signals. */
typedef struct {
	GMainLoop *loop;
	App *app; /* NULL for the doctor */
	int status;
} Run;

/* Both of these go to a terminal, and in its charset: to one of 8 bits the second byte of "Û" in
 * UTF-8 is a CSI. */
static void
complain(const char *what)
{
	g_autofree char *clean = text_clean(what, -1, TEXT_BLOCK);
	g_printerr("postern: %s\n", clean);
}

static gboolean
read_options(int *argc, char ***argv, Options *out, GError **error)
{
	const GOptionEntry entries[] = {
		{"config", 'c', 0, G_OPTION_ARG_FILENAME, &out->config,
			"Read FILE instead of $XDG_CONFIG_HOME/postern/config", "FILE"},
		{"offline", 0, 0, G_OPTION_ARG_NONE, &out->offline, "Connect to nothing", NULL},
		{"doctor", 0, 0, G_OPTION_ARG_NONE, &out->doctor,
			"Check config, network and login of ACCOUNT, or of all, and say what is "
			"wrong",
			NULL},
		{"script", 0, 0, G_OPTION_ARG_FILENAME, &out->script,
			"Run the interface by the directives in FILE", "FILE"},
		{"log", 0, 0, G_OPTION_ARG_FILENAME, &out->log,
			"Write everything that happens to FILE", "FILE"},
		{"version", 0, 0, G_OPTION_ARG_NONE, &out->version, "Say which version this is",
			NULL},
		{G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &out->rest, NULL,
			"[ACCOUNT[/FOLDER]]"},
		{NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_option_context_set_summary(context, "Reads and files mail on IMAP servers.");
	g_option_context_set_description(
		context, "Inside, ? shows the keys and : takes the names of actions.\n");
	g_option_context_add_main_entries(context, entries, NULL);
	return g_option_context_parse(context, argc, argv, error);
}

static gboolean
on_end_signal(gpointer user)
{
	Run *run = user;
	run->status = 1;
	if (run->app != NULL)
		app_quit(run->app, 0);
	else
		g_main_loop_quit(run->loop);
	return G_SOURCE_CONTINUE;
}

/* Ctrl-C, which is a key unless the terminal is lent to another program: then it is that program's,
 * also when it comes a moment before that has taken the terminal. */
static gboolean
on_interrupt(gpointer user)
{
	const Run *run = user;
	if (run->app != NULL && app_terminal_is_lent(run->app))
		return G_SOURCE_CONTINUE;
	return on_end_signal(user);
}

/* ---- the doctor ---- */

static void
on_finding(EngineNoticeLevel level, const char *line, gpointer user)
{
	static const char *const words[] = {
		[ENGINE_NOTICE_INFO] = "ok",
		[ENGINE_NOTICE_WARNING] = "note",
		[ENGINE_NOTICE_ERROR] = "BAD",
	};
	g_autofree char *clean = text_clean(line, -1, TEXT_LINE);
	g_print("%-4s %s\n", words[level], clean); /* flushes */
}

static void
on_doctor_done(gboolean all_good, gpointer user)
{
	Run *run = user;
	run->status = all_good ? 0 : 1;
	g_main_loop_quit(run->loop);
}

static gboolean
run_doctor(Engine *engine, Run *run, const char *account, GError **error)
{
	if (!engine_doctor(engine, account, on_finding, on_doctor_done, run, error))
		return FALSE;
	g_main_loop_run(run->loop);
	return TRUE;
}

/* ---- the interface ---- */

static gboolean
run_app(Engine *engine, Run *run, const char *place, Script *script, GError **error)
{
	AppSetup setup = {.engine = engine,
		.loop = run->loop,
		.place = place,
		.no_tty = script != NULL && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)),
		.rows = 24,
		.cols = 80};
	if (script != NULL)
		(void)script_size(script, &setup.cols, &setup.rows); /* else 80x24 */
	g_autoptr(App) app = app_new(&setup, error);
	if (app == NULL)
		return FALSE;
	run->app = app;
	engine_start(engine);
	if (script != NULL)
		script_start(script, app);
	g_main_loop_run(run->loop);
	run->status = app_exit_status(app);
	run->app = NULL;
	return TRUE;
}

static gboolean
run_all(const Options *options, Run *run, GError **error)
{
	g_autoptr(Script) script = NULL;
	const char *place = options->rest != NULL ? options->rest[0] : NULL;
	if (place != NULL && options->rest[1] != NULL)
		return err_set(error, ERR_INPUT, "At most one ACCOUNT[/FOLDER] can be given");
	if (options->log != NULL && !engine_log_to_file(options->log, error))
		return FALSE;
	if (options->script != NULL && (script = script_load(options->script, error)) == NULL)
		return FALSE;
	EngineSetup setup = {.config_file = options->config, .offline = options->offline};
	g_autoptr(Engine) engine = engine_new(&setup, error);
	if (engine == NULL)
		return FALSE;
	if (options->doctor)
		return run_doctor(engine, run, place, error);
	if (!run_app(engine, run, place, script, error))
		return FALSE;
	if (script != NULL && script_error(script) != NULL)
		complain(script_error(script));
	return TRUE;
}

static void
options_clear(Options *options)
{
	g_free(options->config);
	g_free(options->script);
	g_free(options->log);
	g_strfreev(options->rest);
}

int
main(int argc, char **argv)
{
	Options options = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	Run run = {.loop = loop};
	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	if (!read_options(&argc, &argv, &options, &error)) {
		complain(error->message);
		return 1;
	}
	if (options.version) {
		printf("postern %s\n", PACKAGE_VERSION);
		options_clear(&options);
		return 0;
	}
	g_unix_signal_add(SIGTERM, on_end_signal, &run);
	g_unix_signal_add(SIGHUP, on_end_signal, &run);
	g_unix_signal_add(SIGINT, on_interrupt, &run);
	if (!run_all(&options, &run, &error)) {
		complain(error->message);
		run.status = 1;
	}
	options_clear(&options);
	return run.status;
}
