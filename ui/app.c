/* Life of the program and what views ask it for; see app.h. */
#include "app-private.h"

#include "notify.h"
#include "view-folders.h"
#include "view-help.h"
#include "view-index.h"
#include "view-log.h"
#include "view-parts.h"
#include "view-picture.h"
#include "view-reader.h"
#include "view-source.h"

#include <stdlib.h>
#include <string.h>

enum { RING_PAUSE_US = G_USEC_PER_SEC }; /* a flood of mail is no flood of bells */

/* ---- for views ---- */

Engine *
app_engine(const App *app)
{
	return app->engine;
}

Keymap *
app_keymap(const App *app)
{
	return app->keymap;
}

View *
app_view(const App *app, ViewKind kind)
{
	return app->views[kind];
}

/* Everything that changes the screen comes through here or app_mark(). */
static void
request_frame(App *app)
{
	if (app->frame != NULL)
		frame_request(app->frame);
}

void
app_mark(App *app, ViewKind kind)
{
	if (app->views[kind] != NULL)
		app->views[kind]->dirty = TRUE;
	request_frame(app);
}

void
app_mark_all(App *app)
{
	for (guint i = 0; i < VIEW_COUNT; i++)
		app_mark(app, (ViewKind)i);
}

static gboolean
on_tick(gpointer user)
{
	App *app = user;
	EngineAccount account;
	gboolean counting = FALSE;
	gint64 expires = status_expires(app->status);
	if (expires != 0 && g_get_monotonic_time() >= expires)
		(void)status_seen(app->status); /* painted either way */
	for (guint i = 0; engine_account_at(app->engine, i, &account); i++)
		counting = counting || account.state == ENGINE_WAITING;
	request_frame(app);
	if (counting || status_expires(app->status) != 0)
		return G_SOURCE_CONTINUE;
	app->tick_source = 0;
	return G_SOURCE_REMOVE;
}

static void
start_ticking(App *app)
{
	if (app->tick_source == 0)
		app->tick_source = g_timeout_add(1000, on_tick, app);
}

void
app_notice(App *app, EngineNoticeLevel level, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	status_notice(app->status, level, text);
	start_ticking(app);
	request_frame(app);
}

void
app_ask(App *app, const PromptSetup *setup)
{
	prompt_open(app->prompt, setup);
	app_mark_all(app);
}

gboolean
app_is_asking(const App *app)
{
	return prompt_is_open(app->prompt);
}

ViewKind
app_focus(const App *app)
{
	return app->focus;
}

void
app_relayout(App *app)
{
	Layout before = app->layout;
	LayoutWish wish = {.rows = term_rows(app->term),
		.cols = term_cols(app->term),
		.focus = app->focus,
		.reader_open = app->reader_open};
	layout_compute(&wish, &app->layout);
	for (guint i = 0; i < VIEW_COUNT; i++) {
		const Rect *now = &app->layout.panes[i], *was = &before.panes[i];
		View *view = app->views[i];
		if (now->rows > 0 && (now->rows != was->rows || now->cols != was->cols) &&
			view->ops->resize != NULL)
			view->ops->resize(view->self, now->rows, now->cols);
	}
	app_mark_all(app);
}

void
app_set_focus(App *app, ViewKind kind)
{
	ViewKind under = app->focus;
	if (kind == app->focus)
		return;
	/* Help and the log are no place to come back to. */
	while (under == VIEW_HELP || under == VIEW_LOG)
		under = app->under[under];
	if (view_is_page(kind))
		app->under[kind] = under;
	keymap_forget(app->keymap);
	app->focus = kind;
	app_relayout(app);
}

void
app_open_folder(App *app, EngineFolderId folder)
{
	g_clear_pointer(&app->wanted_place, g_free);
	if (app->reader_open && folder != view_index_folder(app->views[VIEW_INDEX]))
		app_close(app, VIEW_READER);
	view_index_open(app->views[VIEW_INDEX], folder);
	view_folders_set_open(app->views[VIEW_FOLDERS], folder);
	app_set_focus(app, VIEW_INDEX);
	app_mark_all(app);
}

void
app_read(App *app, EngineFolderId folder, guint32 uid)
{
	app->reader_open = TRUE;
	view_reader_open(app->views[VIEW_READER], folder, uid);
	app->focus = VIEW_READER;
	app_relayout(app);
}

PaintMeans
app_means(const App *app)
{
	PaintMeans means = paint_screen_means(app->screen);
	means.colors = MIN(means.colors, theme_colors_needed(app->theme));
	return means;
}

PixelsMeans
app_pixels(const App *app)
{
	const char *mode = engine_option_string(app->engine, "picture-mode");
	gboolean inside = graphics_is_inside();
	if (strcmp(mode, "cells") == 0 || (strcmp(mode, "auto") == 0 && inside))
		return (PixelsMeans){PIXELS_NONE, 0, 0};
	term_ask(app->term);
	Graphics graphics = term_graphics(app->term);
	return graphics_means(&graphics, mode, inside);
}

void
app_close(App *app, ViewKind kind)
{
	if (kind == VIEW_READER) {
		app->reader_open = FALSE;
		view_reader_close(app->views[VIEW_READER]);
		for (guint i = 0; i < VIEW_COUNT; i++) {
			if (app->under[i] == VIEW_READER)
				app->under[i] = VIEW_INDEX;
		}
		if (app->focus == VIEW_READER)
			app->focus = VIEW_INDEX;
	} else if (app->focus == kind) {
		app->focus = app->under[kind];
	}
	if (kind == VIEW_SOURCE)
		view_source_close(app->views[VIEW_SOURCE]);
	if (kind == VIEW_PICTURE)
		view_picture_close(app->views[VIEW_PICTURE]);
	keymap_forget(app->keymap);
	app_relayout(app);
}

gboolean
app_reader_is_open(const App *app)
{
	return app->reader_open;
}

gboolean
app_act_line(App *app, const char *line, GError **error)
{
	g_auto(Command) command = {NULL, NULL};
	if (!command_parse(line, &command, error))
		return FALSE;
	gboolean done = app_act(app, &command, error);
	request_frame(app);
	return done;
}

void
app_run_line(App *app, const char *line)
{
	g_autoptr(GError) error = NULL;
	if (!app_act_line(app, line, &error))
		app_notice(app, ENGINE_NOTICE_ERROR, "%s",
			error != NULL ? error->message : "That did not work");
}

static void
folder_values(App *app, const EngineAccount *account, gboolean whole, GPtrArray *out)
{
	EngineFolder folder;
	for (guint i = 0; engine_folder_at(app->engine, account->id, i, &folder); i++) {
		if (!folder.selectable)
			continue;
		g_ptr_array_add(out, whole ? g_strconcat(account->name, "/", folder.path, NULL)
					   : g_strdup(folder.path));
	}
}

/* Where messages can go: first the folders beside theirs, then those of the other accounts. */
static void
transfer_values(App *app, GPtrArray *out)
{
	EngineAccount here, account;
	if (!app_current_account(app, &here))
		return;
	folder_values(app, &here, FALSE, out);
	for (guint i = 0; engine_account_at(app->engine, i, &account); i++)
		if (account.id != here.id)
			folder_values(app, &account, TRUE, out);
}

void
app_values(ActionArg kind, GPtrArray *out_values, gpointer user)
{
	App *app = user;
	EngineAccount account;
	if (kind == ACTION_ARG_THEME) {
		g_autoptr(GPtrArray) names = theme_names();
		for (guint i = 0; i < names->len; i++)
			g_ptr_array_add(out_values, g_strdup(names->pdata[i]));
	} else if (kind == ACTION_ARG_LINK) {
		follow_values(app, out_values);
	} else if (kind == ACTION_ARG_FOLDER) {
		transfer_values(app, out_values);
	} else if (kind == ACTION_ARG_PLACE) {
		for (guint i = 0; engine_account_at(app->engine, i, &account); i++)
			folder_values(app, &account, TRUE, out_values);
	}
}

gboolean
app_current_account(App *app, EngineAccount *out_account)
{
	EngineFolder folder;
	if (engine_folder_get(app->engine, view_index_folder(app->views[VIEW_INDEX]), &folder))
		return engine_account_get(app->engine, folder.account, out_account);
	return engine_account_at(app->engine, 0, out_account);
}

gboolean
app_use_theme(App *app, const char *name, GError **error)
{
	Theme *theme = theme_load(name, error);
	if (theme == NULL)
		return FALSE;
	/* A terminal with fewer colours than the theme asks for has a theme of its own. */
	guint colors = term_colors(app->term);
	if (colors < theme_colors_needed(theme)) {
		theme_free(theme);
		theme = theme_load(colors >= 8 ? "sixteen" : "plain", error);
		if (theme == NULL)
			return FALSE;
	}
	if (app->screen == NULL)
		app->screen = paint_screen_new(theme, colors);
	else
		paint_screen_set_theme(app->screen, theme);
	theme_free(app->theme);
	app->theme = theme;
	if (app->views[VIEW_PICTURE])
		view_picture_restyle(app->views[VIEW_PICTURE]);
	app_mark_all(app);
	return TRUE;
}

/* ---- keys ---- */

/* Silence would look like a program that hangs. */
static void
say_unbound(App *app, const char *begun, Key key)
{
	KeySeq seq = {.keys = {key}, .n = 1};
	g_autofree char *name = key_seq_to_string(&seq);
	g_autofree char *help = keymap_keys_of(app->keymap, ACTION_HELP, app->focus, FALSE);
	app_notice(app, ENGINE_NOTICE_INFO, "Nothing is bound to %s%s%s here; %s shows every key.",
		begun, *begun != '\0' ? " " : "", name, help != NULL ? help : ":help");
}

static void
command_key(App *app, Key key)
{
	const char *line;
	g_autofree char *begun = g_strdup(keymap_pending(app->keymap));
	switch (keymap_feed(app->keymap, app->focus, key, &line)) {
	case KEYMAP_COMMAND: {
		g_autofree char *copy = g_strdup(line);
		app_run_line(app, copy);
		break;
	}
	case KEYMAP_MORE: break;
	case KEYMAP_NONE:
		if (key != KEY_ESCAPE) /* which only leaves the keys begun */
			say_unbound(app, begun, key);
		break;
	}
}

void
app_key(App *app, Key key)
{
	(void)status_seen(app->status); /* painted either way */
	if (prompt_is_open(app->prompt))
		prompt_key(app->prompt, key);
	else
		command_key(app, key);
	if (app->frame != NULL)
		frame_hurry(app->frame);
}

void
app_paste(App *app, const char *text)
{
	prompt_paste(app->prompt, text); /* elsewhere a paste must not act as keys */
	request_frame(app);
}

static void
on_input(const InputEvent *event, gpointer user)
{
	App *app = user;
	switch (event->kind) {
	case INPUT_KEY: app_key(app, event->key); break;
	case INPUT_PASTE: app_paste(app, event->text); break;
	case INPUT_MOUSE: app_mouse(app, event); break;
	case INPUT_ANSWER: break; /* the terminal's own affair */
	}
}

static void
on_resized(gpointer user)
{
	App *app = user;
	app_relayout(app);
	view_picture_restyle(app->views[VIEW_PICTURE]); /* cells may have another size */
	term_repaint(app->term);
}

static void
on_learned(gpointer user)
{
	view_picture_restyle(((App *)user)->views[VIEW_PICTURE]);
}

static void
on_drained(gpointer user)
{
	frame_drained(((App *)user)->frame);
}

static void
on_gone(const char *reason, gpointer user)
{
	app_quit(user, 1);
}

/* ---- events ---- */

/* The account that PLACE begins with; else the one that is shown. */
static gboolean
account_of_place(App *app, const char *place, EngineAccount *out_account)
{
	g_autofree char *name = g_strndup(place, strcspn(place, "/"));
	for (guint i = 0; engine_account_at(app->engine, i, out_account); i++) {
		if (g_ascii_strcasecmp(out_account->name, name) == 0)
			return TRUE;
	}
	return app_current_account(app, out_account);
}

gboolean
app_want_place(App *app, const char *place)
{
	EngineAccount account;
	if (!account_of_place(app, place, &account) || account.listed ||
		(account.state != ENGINE_CONNECTING && account.state != ENGINE_LIVE))
		return FALSE;
	g_free(app->wanted_place);
	app->wanted_place = g_strdup(place);
	return TRUE;
}

/* Where to begin, as soon as the folders are known. */
static void
try_wanted_place(App *app)
{
	EngineAccount account;
	g_autoptr(GError) error = NULL;
	if (app->wanted_place == NULL || !account_of_place(app, app->wanted_place, &account))
		return;
	const char *place = *app->wanted_place != '\0' ? app->wanted_place : account.name;
	EngineFolderId folder = engine_folder_find(app->engine, account.id, place, &error);
	if (folder == 0 && place != account.name && account.listed) {
		/* No other in its place: what follows, of a script too, was meant for this one. */
		app_notice(app, ENGINE_NOTICE_ERROR, "%s", error->message);
		g_clear_pointer(&app->wanted_place, g_free);
		app_set_focus(app, VIEW_FOLDERS);
		return;
	}
	if (folder != 0)
		app_open_folder(app, folder);
}

static void
show_engine_notice(App *app, const EngineEvent *event)
{
	g_autofree char *undo = keymap_keys_of(app->keymap, ACTION_UNDO, app->focus, FALSE);
	if (event->undoable && undo != NULL)
		app_notice(app, event->level, "%s %s %s undoes", event->text,
			paint_glyph_text(GLYPH_DOT), undo);
	else
		app_notice(app, event->level, "%s", event->text);
}

static void
ring(App *app, const char *text)
{
	gint64 now = g_get_monotonic_time();
	NotifyKind kind = notify_kind(engine_option_string(app->engine, "notify"));
	gboolean bell = engine_option_bool(app->engine, "bell");
	if (app->rung_at != 0 && now - app->rung_at < RING_PAUSE_US)
		return;
	app->rung_at = now;
	g_autofree char *bytes = notify_bytes(kind, bell, "Postern", text);
	term_send(app->term, bytes);
}

static void
on_event(const EngineEvent *event, gpointer user)
{
	App *app = user;
	if (event->kind == ENGINE_NOTICE)
		show_engine_notice(app, event);
	if (event->kind == ENGINE_NEW_MAIL) {
		app_notice(app, ENGINE_NOTICE_INFO, "%s", event->text);
		ring(app, event->text);
	}
	if (event->kind == ENGINE_FOLDERS_CHANGED || event->kind == ENGINE_ACCOUNT_CHANGED)
		try_wanted_place(app);
	if (event->kind == ENGINE_ACCOUNT_CHANGED)
		start_ticking(app);
	takeout_event(app->takeout, event);
	for (guint i = 0; i < VIEW_COUNT; i++) {
		View *view = app->views[i];
		if (view->ops->event != NULL)
			view->ops->event(view->self, event);
	}
	request_frame(app); /* the bars say something about nearly every event */
}

/* ---- life ---- */

static gboolean
bind_user_keys(App *app, GError **error)
{
	EngineKey key;
	for (guint i = 0; engine_key_at(app->engine, i, &key); i++) {
		g_autoptr(GError) inner = NULL;
		ViewKind view = VIEW_INDEX;
		const char *file = engine_config_file(app->engine);
		if (*key.view != '\0' && !action_find_view(key.view, &view))
			return err_set(error, ERR_CONFIG,
				"%s, line %u: there is no view \"%s\"; there are folders, index, "
				"reader, parts, picture, source, help and log",
				file, key.line, key.view);
		guint views = *key.view != '\0' ? 1u << view : IN_ALL;
		if (!keymap_bind(app->keymap, views, key.key, key.command, &inner))
			return err_set(error, ERR_CONFIG, "%s, line %u: %s: %s", file, key.line,
				key.key, inner->message);
	}
	return TRUE;
}

/* The account part of a place given by the user must exist; its folders may not be known yet. */
static gboolean
check_place(App *app, const char *place, GError **error)
{
	EngineAccount account;
	g_autofree char *name = place != NULL ? g_strndup(place, strcspn(place, "/")) : NULL;
	if (!engine_account_at(app->engine, 0, &account))
		return err_set(error, ERR_CONFIG, "%s: there is no [account NAME] in it",
			engine_config_file(app->engine));
	if (place == NULL || engine_folder_find(app->engine, account.id, place, NULL) != 0)
		return TRUE;
	for (guint i = 0; engine_account_at(app->engine, i, &account); i++) {
		if (g_ascii_strcasecmp(account.name, name) == 0)
			return TRUE;
	}
	return err_set(error, ERR_INPUT, "There is no account \"%s\" in %s", name,
		engine_config_file(app->engine));
}

static void
make_views(App *app)
{
	app->views[VIEW_FOLDERS] = view_folders_new(app);
	app->views[VIEW_INDEX] = view_index_new(app);
	app->views[VIEW_READER] = view_reader_new(app);
	app->views[VIEW_HELP] = view_help_new(app);
	app->views[VIEW_LOG] = view_log_new(app);
	app->views[VIEW_SOURCE] = view_source_new(app);
	app->views[VIEW_PARTS] = view_parts_new(app);
	app->views[VIEW_PICTURE] = view_picture_new(app);
}

App *
app_new(const AppSetup *setup, GError **error)
{
	g_autoptr(App) app = g_new0(App, 1);
	app->engine = setup->engine;
	app->loop = setup->loop;
	app->focus = VIEW_INDEX;
	for (guint i = 0; i < VIEW_COUNT; i++)
		app->under[i] = VIEW_INDEX;
	app->keymap = keymap_new();
	app->prompt = prompt_new();
	app->status = status_new();
	/* Everything that can be wrong in the config is said before the screen is touched. */
	const char *name = engine_option_string(app->engine, "theme");
	g_autoptr(Theme) check = theme_load(name, error);
	if (check == NULL)
		g_prefix_error(error, "%s: theme: ", engine_config_file(app->engine));
	if (check == NULL || !bind_user_keys(app, error) || !check_place(app, setup->place, error))
		return NULL;
	TermSetup terminal = {.no_tty = setup->no_tty,
		.rows = setup->rows,
		.cols = setup->cols,
		.input = on_input,
		.resized = on_resized,
		.learned = on_learned,
		.drained = on_drained,
		.gone = on_gone,
		.user = app};
	app->term = term_new(&terminal, error);
	if (app->term == NULL || !app_use_theme(app, name, error))
		return NULL;
	make_views(app);
	app->runner = runner_new(app->term);
	app->follow = follow_new(app);
	app->takeout = takeout_new(app);
	app->frame = frame_new(app->term, app_paint, app);
	app->listener = engine_listen(app->engine, on_event, app);
	app_relayout(app);
	app->wanted_place = g_strdup(setup->place != NULL ? setup->place : "");
	try_wanted_place(app);
	frame_now(app->frame);
	return g_steal_pointer(&app);
}

void
app_free(App *app)
{
	if (app == NULL)
		return;
	if (app->listener != 0)
		engine_leave(app->engine, app->listener);
	if (app->tick_source != 0)
		g_source_remove(app->tick_source);
	for (guint i = 0; i < VIEW_COUNT; i++)
		view_free(app->views[i]);
	frame_free(app->frame);
	takeout_free(app->takeout);
	follow_free(app->follow);
	runner_free(app->runner);
	term_free(app->term);
	paint_screen_free(app->screen);
	theme_free(app->theme);
	keymap_free(app->keymap);
	prompt_free(app->prompt);
	status_free(app->status);
	g_free(app->wanted_place);
	g_free(app);
}

void
app_quit(App *app, int status)
{
	app->exit_status = status;
	g_main_loop_quit(app->loop);
}

int
app_exit_status(const App *app)
{
	return app->exit_status;
}

/* ---- for scripts ---- */

void
app_resize(App *app, guint rows, guint cols)
{
	term_set_size(app->term, rows, cols);
	on_resized(app);
}

gboolean
app_terminal_is_lent(const App *app)
{
	return term_is_lent(app->term);
}

gboolean
app_is_idle(const App *app)
{
	return engine_is_idle(app->engine) && runner_is_idle(app->runner) &&
	       takeout_is_idle(app->takeout) && view_picture_is_idle(app->views[VIEW_PICTURE]) &&
	       frame_is_clean(app->frame) && !term_is_busy(app->term);
}

char *
app_screen_text(const App *app)
{
	frame_now(app->frame);
	return paint_screen_text(app->screen);
}

gboolean
app_save_screen(App *app, const char *file, GError **error)
{
	g_autoptr(GError) inner = NULL;
	/* A device or a pipe would be replaced by a file. */
	if (g_file_test(file, G_FILE_TEST_EXISTS) && !g_file_test(file, G_FILE_TEST_IS_REGULAR))
		return err_set(error, ERR_INPUT, "%s is no file that can be written", file);
	g_autofree char *text = app_screen_text(app);
	/* Nor is a link replaced: /dev/stdout is one. NULL: there is nothing yet. */
	char *real = realpath(file, NULL);
	gboolean written = g_file_set_contents(real != NULL ? real : file, text, -1, &inner);
	free(real);
	if (!written)
		return err_set(error, ERR_DISK, "The screen can't be written: %s", inner->message);
	return TRUE;
}
