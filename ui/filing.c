/*
 * The actions that change messages: they go to the engine for the targets of the view with the
 * focus. What was done is said by the engine, which knows best.
 */
#include "app-private.h"

#include "view-index.h"

enum { ASKED_FOR_FLAGS = 500 };

typedef struct {
	EngineFolderId folder;
	GArray *uids;
} Targets;

static EngineMessages
messages_of(const Targets *targets)
{
	return (EngineMessages){targets->folder, (const guint32 *)(gpointer)targets->uids->data,
		targets->uids->len};
}

gboolean
filing_is_for(ActionId action)
{
	switch (action) {
	case ACTION_MARK_READ:
	case ACTION_MARK_UNREAD:
	case ACTION_FLAG:
	case ACTION_UNFLAG:
	case ACTION_TOGGLE_FLAG:
	case ACTION_TAG:
	case ACTION_UNTAG:
	case ACTION_MOVE:
	case ACTION_COPY:
	case ACTION_ARCHIVE:
	case ACTION_DELETE: return TRUE;
	default: return FALSE;
	}
}

static gboolean
find_targets(App *app, Targets *out, GError **error)
{
	const View *view = app->views[app->focus];
	out->uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	GError *inner = NULL;
	if (view->ops->targets != NULL &&
		view->ops->targets(view->self, &out->folder, out->uids, &inner))
		return TRUE;
	g_clear_pointer(&out->uids, g_array_unref);
	if (inner == NULL)
		return err_set(error, ERR_INPUT, "There is no message here to do that with");
	g_propagate_error(error, inner);
	return FALSE;
}

static void
count_words(guint n, char *out, gsize size)
{
	if (n == 1)
		g_strlcpy(out, "this message", size);
	else
		g_snprintf(out, size, "%u messages", n);
}

gboolean
filing_targets_words(App *app, char *out, gsize size, GError **error)
{
	Targets targets = {0};
	if (!find_targets(app, &targets, error))
		return FALSE;
	count_words(targets.uids->len, out, size);
	g_array_unref(targets.uids);
	return TRUE;
}

/* TRUE when every target whose row is here has FLAG; of thousands the newest are asked. */
static gboolean
all_have(App *app, const Targets *targets, guint32 flag)
{
	guint n = targets->uids->len;
	for (guint i = 0; i < MIN(n, ASKED_FOR_FLAGS); i++) {
		EngineRow row;
		guint32 uid = g_array_index(targets->uids, guint32, n - 1 - i);
		if (view_index_row(app->views[VIEW_INDEX], uid, &row) && !(row.flags & flag))
			return FALSE;
	}
	return TRUE;
}

static gboolean
find_folder(App *app, const Targets *targets, const char *path, EngineFolder *out, GError **error)
{
	EngineFolder here;
	if (!engine_folder_get(app->engine, targets->folder, &here))
		return err_set(error, ERR_GONE, "The folder of the message is gone");
	EngineFolderId to = engine_folder_find(app->engine, here.account, path, error);
	if (to == 0)
		return FALSE;
	if (!engine_folder_get(app->engine, to, out))
		return err_set(error, ERR_GONE, "The folder \"%s\" is gone", path);
	return TRUE;
}

static gboolean
change_flags(App *app, const Targets *targets, ActionId action, GError **error)
{
	EngineMessages messages = messages_of(targets);
	guint32 flag = FLAG_FLAGGED;
	gboolean add = action == ACTION_FLAG || action == ACTION_MARK_READ;
	if (action == ACTION_MARK_READ || action == ACTION_MARK_UNREAD)
		flag = FLAG_SEEN;
	else if (action == ACTION_TOGGLE_FLAG)
		add = !all_have(app, targets, FLAG_FLAGGED);
	return engine_change_flags(app->engine, &messages, flag, add, error);
}

static gboolean
move_or_copy(App *app, const Targets *targets, const Command *command, GError **error)
{
	EngineMessages messages = messages_of(targets);
	EngineFolder to;
	gboolean copy = command->action->id == ACTION_COPY;
	if (!find_folder(app, targets, command->arg, &to, error))
		return FALSE;
	return copy ? engine_copy(app->engine, &messages, to.id, error)
		    : engine_move(app->engine, &messages, to.id, error);
}

static gboolean
change(App *app, const Targets *targets, const Command *command, GError **error)
{
	EngineMessages messages = messages_of(targets);
	switch (command->action->id) {
	case ACTION_MOVE:
	case ACTION_COPY: return move_or_copy(app, targets, command, error);
	case ACTION_TAG:
	case ACTION_UNTAG:
		return engine_change_keyword(app->engine, &messages, command->arg,
			command->action->id == ACTION_TAG, error);
	case ACTION_ARCHIVE: return engine_archive(app->engine, &messages, error);
	case ACTION_DELETE: return engine_delete(app->engine, &messages, error);
	default: return change_flags(app, targets, command->action->id, error);
	}
}

gboolean
filing_act(App *app, const Command *command, GError **error)
{
	Targets targets = {0};
	if (!find_targets(app, &targets, error))
		return FALSE;
	gboolean done = change(app, &targets, command, error);
	g_array_unref(targets.uids);
	if (!done)
		return FALSE;
	const View *view = app->views[app->focus];
	if (view->ops->acted != NULL)
		view->ops->acted(view->self, command->action->id);
	app_mark_all(app);
	return TRUE;
}
