/* Carrying out actions: the view with the focus first, then the program. */
#include "app-private.h"

#include "parting.h"
#include "view-help.h"
#include "view-index.h"
#include "view-log.h"
#include "view-parts.h"
#include "view-reader.h"
#include "view-source.h"

#include <string.h>

enum { DOUBLE_CLICK_US = 400000 };

/* ---- asking for what is missing ---- */

static GPtrArray *
complete_line(const char *text, gpointer user)
{
	return command_complete(text, app_values, user);
}

static GPtrArray *
complete_value(const char *text, gpointer user)
{
	App *app = user;
	return command_complete_value(text, action_get(app->asked)->arg, app_values, app);
}

static void
on_line(const char *text, gpointer user)
{
	if (text != NULL && *text != '\0')
		app_run_line(user, text);
}

static void
on_value(const char *text, gpointer user)
{
	App *app = user;
	if (text == NULL || *text == '\0')
		return;
	g_autofree char *line = g_strdup_printf("%s %s", action_get(app->asked)->name, text);
	app_run_line(app, line);
}

static const char *
label_of(ActionArg kind)
{
	switch (kind) {
	case ACTION_ARG_PLACE: return "Open ";
	case ACTION_ARG_FILE: return "Write to ";
	case ACTION_ARG_THEME: return "Theme ";
	case ACTION_ARG_LINK: return "Link number ";
	default: return "/";
	}
}

static gboolean
ask_argument(App *app, const Action *action, GError **error)
{
	char what[64], label[160];
	EngineLink link;
	gboolean listed = action->arg != ACTION_ARG_TEXT && action->arg != ACTION_ARG_FILE;
	g_strlcpy(label, label_of(action->arg), sizeof(label));
	if (action->id == ACTION_MOVE || action->id == ACTION_COPY) {
		if (!filing_targets_words(app, what, sizeof(what), error))
			return FALSE;
		g_snprintf(label, sizeof(label), "%s %s to ",
			action->id == ACTION_MOVE ? "Move" : "Copy", what);
	}
	if (action->arg == ACTION_ARG_LINK && !view_reader_link(app->views[VIEW_READER], 1, &link))
		return err_set(error, ERR_INPUT, "There are no links in this message");
	if (action->id == ACTION_TAG || action->id == ACTION_UNTAG)
		g_strlcpy(label, action->id == ACTION_TAG ? "Tag " : "Untag ", sizeof(label));
	g_autofree char *text = NULL;
	if (parting_is_for(action->id)) {
		GError *inner = NULL;
		if (!parting_question(app, action, label, sizeof(label), &text, &inner)) {
			if (inner)
				g_propagate_error(error, inner);
			return inner == NULL;
		}
	}
	app->asked = action->id;
	PromptSetup setup = {.label = label,
		.text = text,
		.history = action->arg != ACTION_ARG_LINK ? action->name : NULL,
		.pick = listed,
		.complete = listed ? complete_value : NULL,
		.done = on_value,
		.user = app};
	app_ask(app, &setup);
	return TRUE;
}

static void
ask_command(App *app)
{
	PromptSetup setup = {.label = ":",
		.history = "command",
		.complete = complete_line,
		.done = on_line,
		.user = app};
	app_ask(app, &setup);
}

/* ---- panes ---- */

static void
focus_step(App *app, gint direction)
{
	static const ViewKind ring[] = {VIEW_FOLDERS, VIEW_INDEX, VIEW_READER};
	gint at = 0;
	for (gint i = 0; i < 3; i++) {
		if (ring[i] == app->focus)
			at = i;
	}
	do {
		at = (at + direction + 3) % 3;
	} while (ring[at] == VIEW_READER && !app->reader_open);
	app_set_focus(app, ring[at]);
}

/* One step back towards the list. */
static void
step_back(App *app)
{
	if (app->focus == VIEW_FOLDERS)
		app_set_focus(app, VIEW_INDEX);
	else if (app->focus != VIEW_INDEX)
		app_close(app, app->focus);
	else if (app->reader_open)
		app_close(app, VIEW_READER);
}

static void
show_page(App *app, ViewKind kind)
{
	if (kind == VIEW_HELP)
		view_help_show(app->views[VIEW_HELP],
			app->focus == VIEW_HELP ? app->under[VIEW_HELP] : app->focus);
	else
		view_log_show(app->views[VIEW_LOG]);
	app_set_focus(app, kind);
}

/* ---- messages ---- */

static void
read_step(App *app, gint delta)
{
	guint32 uid;
	View *index = app->views[VIEW_INDEX];
	if (view_index_step(index, delta, &uid))
		app_read(app, view_index_folder(index), uid);
	else
		app_notice(app, ENGINE_NOTICE_INFO,
			delta > 0 ? "This is the last message" : "This is the first message");
}

/* From the reader: the list looks, and what it finds is read. */
static gboolean
read_next_unread(App *app, const Command *command, GError **error)
{
	View *index = app->views[VIEW_INDEX];
	guint32 before = view_index_uid(index);
	if (index->ops->act(index->self, command, error) == VIEW_FAILED)
		return FALSE;
	guint32 uid = view_index_uid(index);
	if (uid != 0 && uid != before)
		app_read(app, view_index_folder(index), uid);
	return TRUE;
}

static gboolean
show_source(App *app, GError **error)
{
	const View *reader = app->views[VIEW_READER];
	EngineFolderId folder;
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	if (!reader->ops->targets(reader->self, &folder, uids, NULL))
		return err_set(error, ERR_INPUT, "There is no message to show the source of");
	view_source_show(app->views[VIEW_SOURCE], folder, g_array_index(uids, guint32, 0));
	app_set_focus(app, VIEW_SOURCE);
	return TRUE;
}

static void
on_printed(const char *sentence, gpointer user)
{
	app_notice(user, sentence ? ENGINE_NOTICE_WARNING : ENGINE_NOTICE_INFO, "%s",
		sentence ? sentence : "Given to the printer");
}

static gboolean
print_message(App *app, GError **error)
{
	g_autofree char *text = view_reader_plain(app->views[VIEW_READER]);
	const char *command = engine_option_string(app->engine, "print-command");
	if (!text)
		return err_set(error, ERR_INPUT, "The message is not here yet");
	g_auto(GStrv) argv = run_words(command, NULL, error);
	if (!argv)
		return FALSE;
	gsize len = strlen(text);
	g_autoptr(GBytes) input = g_bytes_new_take(g_steal_pointer(&text), len);
	Run run = {.argv = (const char *const *)argv,
		.input = input,
		.is_job = TRUE,
		.done = on_printed,
		.user = app};
	return runner_start(app->runner, &run, error);
}

static gboolean
open_place(App *app, const char *place, GError **error)
{
	EngineAccount account = {0};
	(void)app_current_account(app, &account); /* none: 0, any account */
	g_autoptr(GError) unknown = NULL;
	EngineFolderId folder = engine_folder_find(app->engine, account.id, place, &unknown);
	if (folder == 0 && !app_want_place(app, place)) {
		g_propagate_error(error, g_steal_pointer(&unknown));
		return FALSE;
	}
	if (folder != 0)
		app_open_folder(app, folder);
	else
		app_notice(app, ENGINE_NOTICE_INFO, "%s opens once the folders are known", place);
	return TRUE;
}

static void
reconnect_all(App *app)
{
	EngineAccount account;
	for (guint i = 0; engine_account_at(app->engine, i, &account); i++)
		engine_account_reconnect(app->engine, account.id);
}

/* ---- the program's own actions ---- */

static gboolean
act_globally(App *app, const Command *command, GError **error)
{
	const char *arg = command->arg;
	switch (command->action->id) {
	case ACTION_OPEN: return open_place(app, arg, error);
	case ACTION_CLOSE:
	case ACTION_ESCAPE: step_back(app); break;
	case ACTION_FOCUS_NEXT: focus_step(app, 1); break;
	case ACTION_FOCUS_PREVIOUS: focus_step(app, -1); break;
	case ACTION_FOCUS_FOLDERS: app_set_focus(app, VIEW_FOLDERS); break;
	case ACTION_FOCUS_INDEX: app_set_focus(app, VIEW_INDEX); break;
	case ACTION_NEXT_MESSAGE: read_step(app, 1); break;
	case ACTION_PREVIOUS_MESSAGE: read_step(app, -1); break;
	case ACTION_NEXT_UNREAD: return read_next_unread(app, command, error);
	case ACTION_LINK:
	case ACTION_COPY_LINK: return follow_act(app->follow, command, error);
	case ACTION_PARTS:
		view_parts_show(app->views[VIEW_PARTS]);
		app_set_focus(app, VIEW_PARTS);
		break;
	case ACTION_STOP:
		if (!takeout_stop(app->takeout))
			return err_set(error, ERR_INPUT, "There is nothing to stop");
		app_notice(app, ENGINE_NOTICE_INFO, "Stopped");
		break;
	case ACTION_SOURCE: return show_source(app, error);
	case ACTION_PRINT: return print_message(app, error);
	case ACTION_UNDO: return engine_undo(app->engine, error);
	case ACTION_COMMAND: ask_command(app); break;
	case ACTION_HELP: show_page(app, VIEW_HELP); break;
	case ACTION_LOG: show_page(app, VIEW_LOG); break;
	case ACTION_RECONNECT: reconnect_all(app); break;
	case ACTION_OFFLINE: engine_set_online(app->engine, FALSE); break;
	case ACTION_ONLINE: engine_set_online(app->engine, TRUE); break;
	case ACTION_THEME: return app_use_theme(app, arg, error);
	case ACTION_REDRAW: term_repaint(app->term); break;
	case ACTION_SUSPEND: term_suspend(app->term); break;
	case ACTION_SAVE_SCREEN: return app_save_screen(app, arg, error);
	case ACTION_WAIT_IDLE: return err_set(error, ERR_INPUT, "wait-idle is for scripts");
	case ACTION_QUIT: app_quit(app, 0); break;
	default: break; /* means nothing in this view */
	}
	return TRUE;
}

static gboolean
check_view(App *app, const Action *action, GError **error)
{
	if (action->views & (1u << app->focus) || action->views == 0)
		return TRUE;
	return err_set(error, ERR_INPUT, "There is nothing to %s in the %s", action->name,
		action_view_name(app->focus));
}

gboolean
app_act(App *app, const Command *command, GError **error)
{
	const Action *action = command->action;
	if (!check_view(app, action, error))
		return FALSE;
	if (action->arg != ACTION_ARG_NONE && command->arg == NULL && !action->optional)
		return ask_argument(app, action, error);
	View *view = app->views[app->focus];
	ViewAnswer answer = view->ops->act(view->self, command, error);
	if (answer == VIEW_PASS && parting_is_for(action->id))
		return parting_act(app, command, error);
	if (answer == VIEW_PASS && filing_is_for(action->id))
		return filing_act(app, command, error);
	if (answer == VIEW_PASS)
		return act_globally(app, command, error);
	return answer == VIEW_DONE;
}

/* ---- the mouse ---- */

static MouseKind
mouse_kind(App *app, const InputEvent *event)
{
	gint64 now = g_get_monotonic_time();
	if (event->mouse == INPUT_WHEEL_UP)
		return MOUSE_WHEEL_UP;
	if (event->mouse == INPUT_WHEEL_DOWN)
		return MOUSE_WHEEL_DOWN;
	gboolean twice = now - app->click_at < DOUBLE_CLICK_US && app->click_row == event->row &&
			 app->click_col == event->col;
	app->click_at = twice ? 0 : now;
	app->click_row = event->row;
	app->click_col = event->col;
	return twice ? MOUSE_DOUBLE : MOUSE_CLICK;
}

void
app_mouse(App *app, const InputEvent *event)
{
	if (prompt_is_open(app->prompt))
		return;
	for (guint i = 0; i < VIEW_COUNT; i++) {
		const Rect *rect = &app->layout.panes[i];
		View *view = app->views[i];
		if (!rect_has(rect, event->row, event->col) || view->ops->mouse == NULL)
			continue;
		Mouse mouse = {
			mouse_kind(app, event), event->row - rect->row, event->col - rect->col};
		if (mouse.kind == MOUSE_CLICK)
			app_set_focus(app, (ViewKind)i);
		view->ops->mouse(view->self, &mouse);
		return;
	}
}
