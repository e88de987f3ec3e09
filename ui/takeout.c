#include "takeout.h"

#include "app-private.h"
#include "capture.h"
#include "mailcap.h"
#include "run.h"
#include "view-picture.h"
#include "view-source.h"

#include "base/err.h"

#include <string.h>

enum { OUTPUT_MAX = 1024 * 1024 };

typedef enum { SAVE, OPEN, PIPE, SHOW } Purpose;

typedef struct {
	EngineExport *export;
	Purpose purpose;
	char *command; /* PIPE */
} Item;

struct Takeout {
	App *app;
	GPtrArray *items; /* Item */
	guint saved;      /* of those that were asked for together */
	Capture *capture; /* a program whose output is awaited; NULL: none */
};

static void
item_free(gpointer data)
{
	Item *item = data;
	engine_export_free(item->export);
	g_free(item->command);
	g_free(item);
}

Takeout *
takeout_new(App *app)
{
	Takeout *takeout = g_new0(Takeout, 1);
	takeout->app = app;
	takeout->items = g_ptr_array_new_with_free_func(item_free);
	return takeout;
}

void
takeout_free(Takeout *takeout)
{
	if (!takeout)
		return;
	g_ptr_array_unref(takeout->items);
	capture_free(takeout->capture);
	g_free(takeout);
}

/* ---- the start ---- */

static gboolean
start(Takeout *takeout, EngineReading *reading, guint part, Purpose purpose, const char *word,
	GError **error)
{
	static const EngineExportKind kinds[] = {[SAVE] = ENGINE_EXPORT_SAVE,
		[OPEN] = ENGINE_EXPORT_OPEN,
		[PIPE] = ENGINE_EXPORT_MEMORY,
		[SHOW] = ENGINE_EXPORT_MEMORY};
	EngineExportWish wish = {.kind = kinds[purpose], .path = purpose == SAVE ? word : NULL};
	EngineExport *export = engine_export(reading, part, &wish, error);
	if (!export)
		return FALSE;
	Item *item = g_new0(Item, 1);
	*item = (Item){export, purpose, purpose == PIPE ? g_strdup(word) : NULL};
	g_ptr_array_add(takeout->items, item);
	return TRUE;
}

char *
takeout_path(const char *path)
{
	if (g_str_has_prefix(path, "~/"))
		return g_build_filename(g_get_home_dir(), path + 2, NULL);
	return g_canonicalize_filename(path, NULL);
}

gboolean
takeout_save(Takeout *takeout, EngineReading *reading, guint part, const char *path, GError **error)
{
	return start(takeout, reading, part, SAVE, path, error);
}

gboolean
takeout_open(Takeout *takeout, EngineReading *reading, guint part, GError **error)
{
	return start(takeout, reading, part, OPEN, NULL, error);
}

gboolean
takeout_pipe(
	Takeout *takeout, EngineReading *reading, guint part, const char *command, GError **error)
{
	return start(takeout, reading, part, PIPE, command, error);
}

gboolean
takeout_show(Takeout *takeout, EngineReading *reading, guint part, GError **error)
{
	return start(takeout, reading, part, SHOW, NULL, error);
}

gboolean
takeout_stop(Takeout *takeout)
{
	gboolean any = takeout->items->len > 0 || takeout->capture;
	g_ptr_array_set_size(takeout->items, 0);
	takeout->saved = 0;
	g_clear_pointer(&takeout->capture, capture_free);
	return any;
}

/* ---- the end ---- */

static void
on_program_end(const char *sentence, gpointer user)
{
	if (sentence)
		app_notice(user, ENGINE_NOTICE_WARNING, "%s", sentence);
}

static void
on_output(GBytes *output, gboolean cut, gpointer user)
{
	Takeout *takeout = user;
	App *app = takeout->app;
	view_source_show_output(app->views[VIEW_SOURCE], output, cut);
	app_set_focus(app, VIEW_SOURCE);
	g_clear_pointer(&takeout->capture, capture_free);
}

/* What the program says is made of the mail: it is shown by us, never let loose on the terminal. */
static gboolean
show_output(Takeout *takeout, const char *const *argv, GBytes *input, GError **error)
{
	capture_free(takeout->capture);
	takeout->capture = capture_new(argv, input, OUTPUT_MAX, on_output, takeout, error);
	return takeout->capture != NULL;
}

static gboolean
run_mailcap(Takeout *takeout, const MailcapProgram *program, GError **error)
{
	const char *const *argv = (const char *const *)program->argv;
	Run run = {.argv = argv,
		.terminal = program->terminal,
		.done = on_program_end,
		.user = takeout->app};
	if (program->output && !program->terminal)
		return show_output(takeout, argv, NULL, error);
	return runner_start(takeout->app->runner, &run, error);
}

static gboolean
run_command(App *app, const char *command, const char *path, GError **error)
{
	g_auto(GStrv) argv = run_words(command, path, error);
	if (!argv)
		return FALSE;
	const char *programs = engine_option_string(app->engine, "terminal-programs");
	Run run = {.argv = (const char *const *)argv,
		.terminal = run_is_one_of((const char *const *)argv, programs),
		.done = on_program_end,
		.user = app};
	return runner_start(app->runner, &run, error);
}

static gboolean
open_file(Takeout *takeout, const EngineExport *export, GError **error)
{
	App *app = takeout->app;
	const char *command = engine_option_string(app->engine, "open-command");
	const char *path = engine_export_path(export), *type = engine_export_type(export);
	gboolean display = g_getenv("DISPLAY") || g_getenv("WAYLAND_DISPLAY");
	g_autofree char *mailcap = NULL;
	g_auto(MailcapProgram) program = {0};
	if (*command != '\0')
		return run_command(app, command, path, error);
	mailcap = mailcap_read();
	if (mailcap_find(mailcap, type, path, display, &program))
		return run_mailcap(takeout, &program, error);
	if (display)
		return run_command(app, "xdg-open", path, error);
	return err_set(
		error, ERR_INPUT, "No program is known for %s: open-command can name one", type);
}

/* TRUE when the last program of a line for the shell is one that needs the terminal: "sort | less". */
static gboolean
ends_in_terminal(App *app, const char *command)
{
	const char *bar = strrchr(command, '|');
	g_auto(GStrv) words = run_words(bar ? bar + 1 : command, NULL, NULL);
	const char *programs = engine_option_string(app->engine, "terminal-programs");
	return words && run_is_one_of((const char *const *)words, programs);
}

static gboolean
pipe_bytes(Takeout *takeout, const Item *item, GError **error)
{
	App *app = takeout->app;
	const char *const argv[] = {"/bin/sh", "-c", item->command, NULL};
	GBytes *input = engine_export_bytes(item->export);
	Run run = {.argv = argv,
		.input = input,
		.terminal = TRUE,
		.is_job = TRUE,
		.done = on_program_end,
		.user = app};
	if (!ends_in_terminal(app, item->command))
		return show_output(takeout, argv, input, error);
	return runner_start(app->runner, &run, error);
}

static void
tell_saved(Takeout *takeout, const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	if (++takeout->saved == 1)
		app_notice(takeout->app, ENGINE_NOTICE_INFO, "Saved as %s", path);
	else
		app_notice(takeout->app, ENGINE_NOTICE_INFO, "Saved %u files in %s", takeout->saved,
			folder);
	if (takeout->items->len == 0)
		takeout->saved = 0;
}

static void
show_picture(App *app, const EngineExport *export)
{
	view_picture_show(
		app->views[VIEW_PICTURE], engine_export_name(export), engine_export_bytes(export));
	app_set_focus(app, VIEW_PICTURE);
}

static gboolean
finish(Takeout *takeout, const Item *item, GError **error)
{
	switch (item->purpose) {
	case OPEN: return open_file(takeout, item->export, error);
	case PIPE: return pipe_bytes(takeout, item, error);
	case SHOW: show_picture(takeout->app, item->export); return TRUE;
	case SAVE: break;
	}
	tell_saved(takeout, engine_export_path(item->export));
	return TRUE;
}

void
takeout_event(Takeout *takeout, const EngineEvent *event)
{
	if (event->kind != ENGINE_EXPORT_CHANGED)
		return;
	for (guint i = 0; i < takeout->items->len; i++) {
		Item *item = takeout->items->pdata[i];
		g_autoptr(GError) error = NULL;
		if (item->export != event->export ||
			engine_export_state(item->export) == ENGINE_EXPORT_RUNNING)
			continue;
		g_ptr_array_steal_index(takeout->items, i);
		if (engine_export_state(item->export) == ENGINE_EXPORT_FAILED)
			app_notice(takeout->app, ENGINE_NOTICE_ERROR, "%s",
				engine_export_error(item->export));
		else if (!finish(takeout, item, &error))
			app_notice(takeout->app, ENGINE_NOTICE_ERROR, "%s", error->message);
		item_free(item);
		return;
	}
}

gboolean
takeout_is_idle(const Takeout *takeout)
{
	return takeout->capture == NULL;
}

void
takeout_where(const Takeout *takeout, char *out, gsize size)
{
	guint64 done = 0, total = 0;
	gboolean waiting = TRUE;
	g_strlcpy(out, "", size);
	if (takeout->items->len == 0)
		return;
	for (guint i = 0; i < takeout->items->len; i++) {
		const Item *item = takeout->items->pdata[i];
		guint64 here, wanted;
		engine_export_progress(item->export, &here, &wanted);
		done += MIN(here, wanted);
		total += wanted;
		waiting = waiting && engine_export_is_waiting(item->export);
	}
	if (waiting)
		g_strlcpy(out, "fetching, waits for the connection", size);
	else
		g_snprintf(out, size, "fetching %u%%", (guint)(done * 100 / MAX(total, 1)));
}
