#include "model.h"

#include "base/flags.h"

#include <string.h>

enum { INBOX, ARCHIVE, TRASH };

const char *const model_folders[MODEL_FOLDERS] = {
	"INBOX", "Archive", "Trash", "Lists/kernel", "Work notes"};

void
model_init(Model *model, guint n)
{
	memset(model, 0, sizeof *model);
	for (guint folder = 0; folder < MODEL_FOLDERS; folder++)
		for (guint i = 0; i < n; i++)
			model->items[model->n_items++] =
				(ModelItem){.name = folder * n + i, .folder = (int)folder};
}

void
model_settle(Model *model)
{
	guint kept = 0;

	for (guint i = 0; i < model->n_items; i++)
		model->items[i].busy = FALSE;
	for (guint i = 0; i < model->n_groups; i++)
		if (model->groups[i].n)
			model->groups[kept++] = model->groups[i];
	memset(&model->groups[kept], 0, (model->n_groups - kept) * sizeof model->groups[0]);
	model->n_groups = kept;
}

/* ---- applying ---- */

/* What is taken back is exactly what was changed. */
static void
push_group(Model *model, const Action *action, guint to)
{
	ModelGroup *group = &model->groups[model->n_groups];

	g_assert_cmpuint(model->n_groups, <, MODEL_UNDO_MAX);
	memset(group, 0, sizeof *group);
	*group = (ModelGroup){action->kind, action->folder, to, action->flag, action->add, 0, {0}};
	model->n_groups++;
}

static void
note(Model *model, guint item)
{
	ModelGroup *group = &model->groups[model->n_groups - 1];

	group->items[group->n++] = item;
}

static void
set_flag(ModelItem *item, guint32 flag, gboolean add)
{
	item->flags = add ? item->flags | flag : item->flags & ~flag;
}

static void
apply_flag(Model *model, const Action *action, guint32 flag, gboolean add)
{
	Action whole = *action;

	whole.kind = ACTION_FLAG;
	whole.flag = flag;
	whole.add = add;
	push_group(model, &whole, 0);
	for (guint i = 0; i < action->n; i++) {
		ModelItem *item = &model->items[action->items[i]];

		if (((item->flags & flag) != 0) == add)
			continue;
		set_flag(item, flag, add);
		note(model, action->items[i]);
	}
	if (!model->groups[model->n_groups - 1].n)
		model->n_groups--;
}

static void
apply_move(Model *model, const Action *action, guint to)
{
	Action whole = *action;

	whole.kind = ACTION_MOVE;
	push_group(model, &whole, to);
	for (guint i = 0; i < action->n; i++) {
		ModelItem *item = &model->items[action->items[i]];

		item->folder = (int)to;
		item->busy = TRUE;
		note(model, action->items[i]);
	}
}

static void
apply_copy(Model *model, const Action *action)
{
	push_group(model, action, action->to);
	for (guint i = 0; i < action->n; i++) {
		ModelItem *item = &model->items[action->items[i]];

		g_assert_cmpuint(model->n_items, <, MODEL_ITEMS_MAX);
		item->busy = TRUE;
		model->items[model->n_items] = *item;
		model->items[model->n_items].folder = (int)action->to;
		note(model, model->n_items++);
	}
}

static void
apply_delete(Model *model, const Action *action)
{
	if (action->folder != TRASH) {
		apply_move(model, action, TRASH);
		return;
	}
	push_group(model, action, 0);
	for (guint i = 0; i < action->n; i++)
		model->items[action->items[i]].folder = -1;
	for (guint i = 0; i < action->n; i++)
		note(model, action->items[i]);
}

static void
take_back(const ModelGroup *group, ModelItem *item)
{
	switch (group->kind) {
	case ACTION_FLAG: set_flag(item, group->flag, !group->add); break;
	case ACTION_MOVE: item->folder = (int)group->from; break;
	case ACTION_DELETE: item->folder = TRASH; break;
	default: item->folder = -1; break; /* the copy goes */
	}
}

static void
apply_undo(Model *model, gboolean taken)
{
	const ModelGroup *group = &model->groups[--model->n_groups];

	for (guint i = 0; i < group->n; i++) {
		ModelItem *item = &model->items[group->items[i]];

		item->busy = TRUE;
		if (taken && (item->folder >= 0 || group->kind == ACTION_DELETE))
			take_back(group, item);
	}
}

gboolean
model_can_undo(const Model *model)
{
	return model->n_groups && model->groups[model->n_groups - 1].kind != ACTION_DELETE;
}

gboolean
model_apply_unsure(Model *model, const Action *action)
{
	Action whole = *action;
	guint groups = model->n_groups;

	if (action->kind != ACTION_FLAG && action->kind != ACTION_READ)
		return FALSE;
	model_apply(model, action, TRUE);
	if (model->n_groups > groups)
		return FALSE;
	push_group(model, &whole, 0);
	return TRUE;
}

void
model_apply(Model *model, const Action *action, gboolean taken)
{
	switch (action->kind) {
	case ACTION_READ: apply_flag(model, action, FLAG_SEEN, TRUE); break;
	case ACTION_FLAG: apply_flag(model, action, action->flag, action->add); break;
	case ACTION_MOVE: apply_move(model, action, action->to); break;
	case ACTION_COPY: apply_copy(model, action); break;
	case ACTION_ARCHIVE: apply_move(model, action, ARCHIVE); break;
	case ACTION_DELETE: apply_delete(model, action); break;
	case ACTION_UNDO: apply_undo(model, taken); break;
	}
}

/* ---- choosing ---- */

static gboolean
holds(const Model *model, guint folder, guint name)
{
	for (guint i = 0; i < model->n_items; i++)
		if (model->items[i].folder == (int)folder && model->items[i].name == name)
			return TRUE;
	return FALSE;
}

/* Where the messages of an action go to; FALSE when they stay. */
static gboolean
goes_to(const Action *action, guint *out_to)
{
	if (action->kind == ACTION_ARCHIVE)
		*out_to = ARCHIVE;
	else if (action->kind == ACTION_DELETE && action->folder != TRASH)
		*out_to = TRASH;
	else if (action->kind == ACTION_MOVE || action->kind == ACTION_COPY)
		*out_to = action->to;
	else
		return FALSE;
	return TRUE;
}

/* WANTED messages of the folder, from a random one on, that may take part. */
static void
choose_items(const Model *model, GRand *rand, guint wanted, Action *action)
{
	guint from = (guint)g_rand_int_range(rand, 0, (gint32)model->n_items);
	guint to = 0;
	gboolean goes = goes_to(action, &to);

	for (guint i = 0; i < model->n_items && action->n < wanted; i++) {
		guint at = (from + i) % model->n_items;
		const ModelItem *item = &model->items[at];

		if (item->folder == (int)action->folder && !item->busy &&
			!(goes && holds(model, to, item->name)))
			action->items[action->n++] = at;
	}
}

static ActionKind
choose_kind(GRand *rand)
{
	static const ActionKind kinds[] = {ACTION_READ, ACTION_FLAG, ACTION_FLAG, ACTION_FLAG,
		ACTION_FLAG, ACTION_MOVE, ACTION_MOVE, ACTION_MOVE, ACTION_COPY, ACTION_ARCHIVE,
		ACTION_DELETE, ACTION_DELETE, ACTION_UNDO, ACTION_UNDO};

	return kinds[g_rand_int_range(rand, 0, G_N_ELEMENTS(kinds))];
}

/* Names stay unique within a folder. */
static gboolean
may_undo(const Model *model)
{
	const ModelGroup *group;

	if (!model->n_groups)
		return FALSE;
	group = &model->groups[model->n_groups - 1];
	for (guint i = 0; i < group->n && group->kind == ACTION_MOVE; i++)
		if (holds(model, group->from, model->items[group->items[i]].name))
			return FALSE;
	return TRUE;
}

gboolean
model_choose(const Model *model, GRand *rand, guint folder, Action *out_action)
{
	static const guint32 flags[] = {FLAG_SEEN, FLAG_FLAGGED};
	Action action = {.kind = choose_kind(rand), .folder = folder};
	guint wanted = g_rand_int_range(rand, 0, 3) ? 1 : MODEL_MANY;

	if (action.kind == ACTION_UNDO && !may_undo(model))
		action.kind = ACTION_FLAG;
	if (action.kind == ACTION_ARCHIVE && folder == ARCHIVE)
		action.kind = ACTION_MOVE;
	action.flag = flags[g_rand_int_range(rand, 0, G_N_ELEMENTS(flags))];
	action.add = g_rand_boolean(rand);
	action.to = (folder + (guint)g_rand_int_range(rand, 1, MODEL_FOLDERS)) % MODEL_FOLDERS;
	if (action.kind == ACTION_READ)
		wanted = 1;
	if (action.kind != ACTION_UNDO) {
		choose_items(model, rand, wanted, &action);
		if (!action.n)
			return FALSE;
	}
	*out_action = action;
	return TRUE;
}

/* ---- words ---- */

char *
model_command(const Model *model, const Action *action)
{
	static const char *const names[] = {
		"read", "flag", "move", "copy", "archive", "delete", "undo"};
	GString *line = g_string_new(names[action->kind]);

	for (guint i = 0; i < action->n; i++)
		g_string_append_printf(
			line, "%cm%02u", i ? ',' : '\t', model->items[action->items[i]].name);
	if (action->kind == ACTION_FLAG)
		g_string_append_printf(line, "\t%c%c", action->add ? '+' : '-',
			action->flag == FLAG_SEEN ? 'S' : 'F');
	if (action->kind == ACTION_MOVE || action->kind == ACTION_COPY)
		g_string_append_printf(line, "\t%s", model_folders[action->to]);
	return g_string_free(line, FALSE);
}

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
join_sorted(GPtrArray *take_words)
{
	g_autoptr(GPtrArray) words = take_words;

	g_ptr_array_sort(words, compare_words);
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" ", (char **)words->pdata);
}

char *
model_folder_text(const Model *model, guint folder)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < model->n_items; i++) {
		const ModelItem *item = &model->items[i];

		if (item->folder == (int)folder)
			g_ptr_array_add(words, g_strdup_printf("m%02u:%s%s", item->name,
						       item->flags & FLAG_FLAGGED ? "F" : "",
						       item->flags & FLAG_SEEN ? "S" : ""));
	}
	return join_sorted(words);
}

/* "\Flagged\Seen" in either order, and whatever else as it is. */
static char *
flag_letters(const char *flags)
{
	g_auto(GStrv) names = g_strsplit(flags, "\\", -1);
	GString *letters = g_string_new(NULL);

	if (strstr(flags, "\\Flagged"))
		g_string_append_c(letters, 'F');
	if (strstr(flags, "\\Seen"))
		g_string_append_c(letters, 'S');
	for (guint i = 0; names[i]; i++)
		if (*names[i] && strcmp(names[i], "Flagged") != 0 && strcmp(names[i], "Seen") != 0)
			g_string_append_printf(letters, "[%s]", names[i]);
	return g_string_free(letters, FALSE);
}

char *
model_text_of_list(const char *list)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) lines = g_strsplit(list, "\n", -1);

	for (guint i = 0; lines[i] && *lines[i]; i++) {
		g_auto(GStrv) fields = g_strsplit(lines[i], ":", 3);
		g_autofree char *letters = flag_letters(fields[1]);

		g_ptr_array_add(words, g_strconcat(fields[2], ":", letters, NULL));
	}
	return join_sorted(words);
}
