#include "parting.h"

#include "app-private.h"
#include "mosaic.h"
#include "takeout.h"
#include "view-parts.h"
#include "view-reader.h"

#include "base/text.h"

#include <glib/gstdio.h>

enum { NAME_CELLS = 30 };

gboolean
parting_is_for(ActionId action)
{
	return action == ACTION_SAVE_PART || action == ACTION_SAVE_ALL ||
	       action == ACTION_OPEN_PART || action == ACTION_PIPE_PART ||
	       action == ACTION_PICTURE || action == ACTION_READ;
}

static EngineReading *
reading_of(App *app)
{
	return view_reader_reading(app->views[VIEW_READER]);
}

static void
find_attachments(App *app, GArray *out)
{
	EnginePart part;
	EngineReading *reading = reading_of(app);
	for (guint i = 0; reading && engine_reading_part(reading, i, &part); i++) {
		if (part.attachment)
			g_array_append_val(out, i);
	}
}

/* Of the reader: the first; a message with many is walked in the list of its parts. */
static void
find_picture(App *app, GArray *out)
{
	guint i;
	if (view_reader_picture(app->views[VIEW_READER], &i))
		g_array_append_val(out, i);
}

/* The parts that ACTION is for. FALSE with *ERROR unset: the list is open now, to choose from. */
static gboolean
choose(App *app, ActionId action, GArray *out, GError **error)
{
	if (app->focus == VIEW_PARTS && action != ACTION_SAVE_ALL)
		view_parts_chosen(app->views[VIEW_PARTS], out);
	else if (action == ACTION_PICTURE)
		find_picture(app, out);
	else
		find_attachments(app, out);
	if (out->len > 0 &&
		(out->len == 1 || app->focus == VIEW_PARTS || action == ACTION_SAVE_ALL))
		return TRUE;
	if (action == ACTION_PICTURE)
		return err_set(error, ERR_INPUT,
			"There is no picture in this message that can be shown here");
	if (app->focus == VIEW_PARTS || !reading_of(app))
		return err_set(error, ERR_INPUT, "There is no part here to do that with");
	if (action == ACTION_SAVE_ALL)
		return err_set(error, ERR_INPUT, "Nothing is attached to this message");
	view_parts_show(app->views[VIEW_PARTS]);
	app_set_focus(app, VIEW_PARTS);
	app_notice(app, ENGINE_NOTICE_INFO, "Which part?");
	return FALSE;
}

static char *
save_directory(App *app)
{
	const char *wish = engine_option_string(app->engine, "save-directory");
	const char *downloads = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD);
	if (g_str_has_prefix(wish, "~/"))
		return g_build_filename(g_get_home_dir(), wish + 2, NULL);
	if (*wish != '\0')
		return g_strdup(wish);
	return g_strdup(downloads && g_file_test(downloads, G_FILE_TEST_IS_DIR) ? downloads
										: g_get_home_dir());
}

static void
part_words(App *app, const GArray *parts, char *out, gsize size)
{
	EnginePart part = {.name = "", .type = ""};
	if (parts->len > 1) {
		g_snprintf(out, size, "%u parts", parts->len);
		return;
	}
	(void)engine_reading_part(reading_of(app), g_array_index(parts, guint, 0), &part);
	g_autofree char *clean = text_clean(*part.name ? part.name : part.type, -1, TEXT_LINE);
	g_autofree char *name = text_ellipsize(clean, NAME_CELLS);
	g_strlcpy(out, name, size);
}

gboolean
parting_question(
	App *app, const Action *action, char *label, gsize size, char **out_text, GError **error)
{
	g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(guint));
	char words[NAME_CELLS * 4 + 1];
	if (!choose(app, action->id, parts, error))
		return FALSE;
	part_words(app, parts, words, sizeof words);
	*out_text = NULL;
	if (action->id == ACTION_PIPE_PART) {
		g_snprintf(label, size, "Pipe %s to ", words);
		return TRUE;
	}
	g_autofree char *directory = save_directory(app);
	if (parts->len > 1 || action->id == ACTION_SAVE_ALL) {
		g_snprintf(label, size, "Save %s in ", words);
		*out_text = g_steal_pointer(&directory);
		return TRUE;
	}
	g_autofree char *name =
		engine_export_suggest(reading_of(app), g_array_index(parts, guint, 0));
	g_strlcpy(label, "Save as ", size);
	*out_text = g_build_filename(directory, name, NULL);
	return TRUE;
}

static gboolean
open_part(App *app, guint part, GError **error)
{
	/* A message in a message is read here. */
	if (!view_reader_enter(app->views[VIEW_READER], part))
		return takeout_open(app->takeout, reading_of(app), part, error);
	app_set_focus(app, VIEW_READER);
	return TRUE;
}

static gboolean
is_picture(App *app, guint part)
{
	EnginePart facts;
	return engine_reading_part(reading_of(app), part, &facts) && picture_is_type(facts.type);
}

static gboolean
show_part(App *app, guint part, GError **error)
{
	if (!mosaic_is_available())
		return err_set(error, ERR_INPUT,
			"This Postern was built without libchafa and shows no pictures; open-part "
			"gives them to another program");
	if (!is_picture(app, part))
		return err_set(
			error, ERR_INPUT, "Only %s pictures can be shown here", picture_types());
	return takeout_show(app->takeout, reading_of(app), part, error);
}

static gboolean
take_out(App *app, const Command *command, const char *path, guint part, GError **error)
{
	EngineReading *reading = reading_of(app);
	switch (command->action->id) {
	case ACTION_OPEN_PART: return open_part(app, part, error);
	case ACTION_PICTURE: return show_part(app, part, error);
	case ACTION_READ:
		return mosaic_is_available() && is_picture(app, part) ? show_part(app, part, error)
								      : open_part(app, part, error);
	case ACTION_PIPE_PART:
		return takeout_pipe(app->takeout, reading, part, command->arg, error);
	default: return takeout_save(app->takeout, reading, part, path, error);
	}
}

static gboolean
is_for_many(ActionId action)
{
	return action == ACTION_SAVE_PART || action == ACTION_SAVE_ALL;
}

gboolean
parting_act(App *app, const Command *command, GError **error)
{
	g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autofree char *path = command->arg ? takeout_path(command->arg) : NULL;
	ActionId action = command->action->id;
	GError *inner = NULL;
	if (!choose(app, action, parts, &inner)) {
		if (inner)
			g_propagate_error(error, inner);
		return inner == NULL;
	}
	if (parts->len > 1 && !is_for_many(action))
		return err_set(error, ERR_INPUT, "%u parts are marked: one at a time", parts->len);
	gboolean directory = is_for_many(action) && (action == ACTION_SAVE_ALL || parts->len > 1);
	if (directory && g_mkdir_with_parents(path, 0700) != 0)
		return err_set(error, ERR_DISK, "There can be no directory %s", path);
	for (guint i = 0; i < parts->len; i++) {
		if (!take_out(app, command, path, g_array_index(parts, guint, i), error))
			return FALSE;
	}
	return TRUE;
}
