#include "core/tree.h"

#include "base/clock.h"
#include "base/text.h"
#include "core/tree-order.h"
#include "imap/utf7.h"

#include <string.h>

/* Of one account; what the server lists beyond is left out. */
#define MAX_FOLDERS 100000
#define MAX_NAMES   (16 * 1024 * 1024) /* bytes of all raw names together */
#define MAX_NAME    4000               /* bytes of a raw name */
#define MAX_DEPTH   100

struct Tree {
	Core *core;
	EngineAccountId account;
	const AccountConfig *config;
	GPtrArray *folders;  /* Folder, in the order of showing */
	GHashTable *by_id;   /* borrowed */
	GHashTable *by_name; /* raw name -> Folder, borrowed */
	gsize name_bytes;    /* of all raw names */
	gboolean changed;    /* by the LIST that is under way */
	gboolean complete;   /* a LIST was */
	guint visit;         /* from 1: connections that were lost */
};

static void
folder_free(gpointer data)
{
	Folder *folder = data;

	store_folder_free(folder->stored);
	g_free(folder->path);
	g_free(folder->shown);
	g_free(folder->name);
	g_free(folder);
}

static Folder *
add_folder(Tree *tree, StoreFolder *take_stored)
{
	Folder *folder = g_new0(Folder, 1);

	folder->stored = take_stored;
	folder->path = imap_utf7_decode(take_stored->name, -1);
	folder->shown = g_strdup(folder->path);
	folder->name = g_strdup(folder->path);
	tree->name_bytes += strlen(take_stored->name);
	g_ptr_array_add(tree->folders, folder);
	g_hash_table_insert(tree->by_id, GUINT_TO_POINTER(take_stored->id), folder);
	g_hash_table_insert(tree->by_name, take_stored->name, folder);
	return folder;
}

static StoreFolder *
new_stored(const Tree *tree, const char *raw)
{
	StoreFolder *stored = g_new0(StoreFolder, 1);

	stored->account = g_strdup(tree->config->name);
	stored->name = g_strdup(raw);
	return stored;
}

static void
put_stored(Tree *tree, StoreFolder *stored)
{
	g_autoptr(GError) error = NULL;

	if (!store_folder_put(tree->core->store, stored, &error))
		core_cache_trouble(tree->core, g_steal_pointer(&error));
	core_touch(tree->core);
}

void
tree_save_all(Tree *tree)
{
	for (guint i = 0; i < tree->folders->len; i++)
		put_stored(tree, ((Folder *)g_ptr_array_index(tree->folders, i))->stored);
}

void
tree_forget_marks(Tree *tree)
{
	for (guint i = 0; i < tree->folders->len; i++)
		((Folder *)g_ptr_array_index(tree->folders, i))->stored->highestmodseq = 0;
}

Tree *
tree_new(Core *core, EngineAccountId account, const AccountConfig *config)
{
	Tree *tree = g_new0(Tree, 1);
	g_autoptr(GPtrArray) stored = store_folders_load(core->store, config->name);

	tree->core = core;
	tree->account = account;
	tree->visit = 1;
	tree->config = config;
	tree->folders = g_ptr_array_new_with_free_func(folder_free);
	tree->by_id = g_hash_table_new(NULL, NULL);
	tree->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < stored->len; i++)
		add_folder(tree, store_folder_copy(g_ptr_array_index(stored, i)));
	if (!tree_by_raw(tree, "INBOX")) {
		StoreFolder *inbox = new_stored(tree, "INBOX");

		put_stored(tree, inbox);
		add_folder(tree, inbox);
	}
	tree_order_folders(tree->folders, config);
	return tree;
}

void
tree_free(Tree *tree)
{
	if (!tree)
		return;
	g_hash_table_unref(tree->by_id);
	g_hash_table_unref(tree->by_name);
	g_ptr_array_unref(tree->folders);
	g_free(tree);
}

guint
tree_count(const Tree *tree)
{
	return tree->folders->len;
}

Folder *
tree_at(const Tree *tree, guint i)
{
	return i < tree->folders->len ? g_ptr_array_index(tree->folders, i) : NULL;
}

Folder *
tree_by_id(const Tree *tree, EngineFolderId id)
{
	return g_hash_table_lookup(tree->by_id, GUINT_TO_POINTER(id));
}

Folder *
tree_by_raw(const Tree *tree, const char *raw)
{
	return g_hash_table_lookup(tree->by_name, raw);
}

Folder *
tree_by_role(const Tree *tree, EngineRole role)
{
	for (guint i = 0; i < tree->folders->len; i++) {
		Folder *folder = g_ptr_array_index(tree->folders, i);

		if (folder->role == role)
			return folder;
	}
	return NULL;
}

static gboolean
is_similar(const Folder *folder, const char *folded)
{
	g_autofree char *path = text_fold(folder->path);
	g_autofree char *shown = text_fold(folder->shown);

	return strcmp(path, folded) == 0 || strcmp(shown, folded) == 0;
}

Folder *
tree_by_path(const Tree *tree, const char *path)
{
	g_autofree char *wanted = text_fold(path);
	Folder *similar = NULL, *shown = NULL;
	guint n_similar = 0;

	for (guint i = 0; i < tree->folders->len; i++) {
		Folder *folder = g_ptr_array_index(tree->folders, i);

		if (strcmp(folder->path, path) == 0)
			return folder;
		if (!shown && strcmp(folder->shown, path) == 0)
			shown = folder;
		if (is_similar(folder, wanted)) {
			similar = folder;
			n_similar++;
		}
	}
	return shown ? shown : n_similar == 1 ? similar : NULL;
}

/* ---- what the server tells ---- */

void
tree_begin_list(Tree *tree)
{
	tree->changed = FALSE;
	for (guint i = 0; i < tree->folders->len; i++)
		((Folder *)g_ptr_array_index(tree->folders, i))->listed = FALSE;
}

static gboolean
is_too_long(const ImapList *list)
{
	guint depth = 0;

	for (gsize i = 0; i < list->name.len && list->delimiter; i++)
		depth += list->name.data[i] == list->delimiter;
	return list->name.len > MAX_NAME || depth > MAX_DEPTH;
}

void
tree_take_list(Tree *tree, const ImapList *list)
{
	Folder *folder = list->name.data ? tree_by_raw(tree, list->name.data) : NULL;
	StoreFolder *stored;

	if (!list->name.data || (list->flags & IMAP_MAILBOX_NONEXISTENT))
		return;
	if (!folder) {
		if (tree->folders->len >= MAX_FOLDERS || tree->name_bytes >= MAX_NAMES ||
			is_too_long(list))
			return;
		stored = new_stored(tree, list->name.data);
		stored->delimiter = list->delimiter;
		stored->flags = list->flags;
		put_stored(tree, stored);
		folder = add_folder(tree, stored);
		tree->changed = TRUE;
	}
	stored = folder->stored;
	folder->listed = TRUE;
	if (stored->flags != list->flags || stored->delimiter != list->delimiter) {
		stored->flags = list->flags;
		stored->delimiter = list->delimiter;
		put_stored(tree, stored);
		tree->changed = TRUE;
	}
}

static void
remove_folder(Tree *tree, Folder *folder)
{
	g_autoptr(GError) error = NULL;

	tree->name_bytes -= strlen(folder->stored->name);
	if (!store_folder_remove(tree->core->store, folder->stored->id, &error))
		core_cache_trouble(tree->core, g_steal_pointer(&error));
	g_hash_table_remove(tree->by_id, GUINT_TO_POINTER(folder->stored->id));
	g_hash_table_remove(tree->by_name, folder->stored->name);
	g_ptr_array_remove(tree->folders, folder);
	tree->changed = TRUE;
}

/* Folders that only exist as a part of other names are not listed by every server. */
static void
add_parents(Tree *tree, const Folder *folder)
{
	char delimiter = folder->stored->delimiter;
	const char *end = delimiter ? strchr(folder->stored->name, delimiter) : NULL;

	for (; end; end = strchr(end + 1, delimiter)) {
		g_autofree char *raw =
			g_strndup(folder->stored->name, (gsize)(end - folder->stored->name));
		ImapList parent = {.name = {raw, strlen(raw)},
			.delimiter = delimiter,
			.flags = IMAP_MAILBOX_NOSELECT};
		const Folder *known = *raw ? tree_by_raw(tree, raw) : folder;

		if (!known || (!known->listed && (known->stored->flags & IMAP_MAILBOX_NOSELECT)))
			tree_take_list(tree, &parent);
	}
}

static void
tell_changes(Tree *tree)
{
	EngineEvent event = {.kind = ENGINE_FOLDERS_CHANGED, .account = tree->account};

	if (!tree->changed)
		return;
	tree_order_folders(tree->folders, tree->config);
	core_emit(tree->core, &event);
}

void
tree_take_news(Tree *tree, const ImapList *list)
{
	Folder *folder = list->name.data ? tree_by_raw(tree, list->name.data) : NULL;
	gboolean gone = (list->flags & IMAP_MAILBOX_NONEXISTENT) != 0;

	tree->changed = FALSE;
	if (!gone) {
		tree_take_list(tree, list);
	} else if (folder && folder->has_children) {
		/* What it holds still hangs on it. */
		folder->stored->flags = list->flags | IMAP_MAILBOX_NOSELECT;
		put_stored(tree, folder->stored);
		tree->changed = TRUE;
	} else if (folder && strcmp(folder->stored->name, "INBOX") != 0) {
		remove_folder(tree, folder);
	}
	tell_changes(tree);
}

void
tree_end_list(Tree *tree, gboolean complete)
{
	for (guint i = tree->folders->len; complete && i-- > 0;) {
		const Folder *folder = g_ptr_array_index(tree->folders, i);

		if (folder->listed)
			add_parents(tree, folder);
	}
	for (guint i = tree->folders->len; complete && i-- > 0;) {
		Folder *folder = g_ptr_array_index(tree->folders, i);

		if (!folder->listed && strcmp(folder->stored->name, "INBOX") != 0)
			remove_folder(tree, folder);
	}
	/* Who waits for a folder has to hear that there is none. */
	tree->changed |= complete && !tree->complete;
	tree->complete |= complete;
	tell_changes(tree);
}

gboolean
tree_is_complete(const Tree *tree)
{
	return tree->complete;
}

void
tree_take_status(Tree *tree, const ImapMailboxStatus *status)
{
	Folder *folder = status->name.data ? tree_by_raw(tree, status->name.data) : NULL;
	StoreFolder *stored;
	guint32 total, unread;
	gboolean news;

	if (!folder || !(status->has & (IMAP_STATUS_MESSAGES | IMAP_STATUS_UNSEEN)))
		return;
	stored = folder->stored;
	total = status->has & IMAP_STATUS_MESSAGES ? status->messages : stored->total;
	unread = status->has & IMAP_STATUS_UNSEEN ? status->unseen : stored->unread;
	news = folder->visit != tree->visit || !stored->counts_known || stored->total != total ||
	       stored->unread != unread;
	if (status->has & IMAP_STATUS_UNSEEN && status->has & IMAP_STATUS_UIDNEXT)
		folder->counted = status->uidnext;
	/* So that what is moved there is known by its rows. */
	if (!stored->uidvalidity && status->has & IMAP_STATUS_UIDVALIDITY)
		stored->uidvalidity = status->uidvalidity;
	stored->total = total;
	stored->unread = unread;
	stored->counts_known = TRUE;
	stored->counts_at = clock_wall();
	folder->visit = tree->visit;
	if (news)
		tree_save(tree, folder);
}

/* A count that was confirmed again and again is written once, when that ends. */
static void
save_ages(Tree *tree)
{
	for (guint i = 0; i < tree->folders->len; i++) {
		const Folder *folder = g_ptr_array_index(tree->folders, i);

		if (folder->visit == tree->visit)
			put_stored(tree, folder->stored);
	}
}

void
tree_doubt(Tree *tree)
{
	save_ages(tree);
	tree->visit++;
}

void
tree_save(Tree *tree, Folder *folder)
{
	put_stored(tree, folder->stored);
	tree_touch(tree, folder);
}

void
tree_touch(Tree *tree, const Folder *folder)
{
	EngineEvent event = {.kind = ENGINE_FOLDER_CHANGED,
		.account = tree->account,
		.folder = folder->stored->id};

	core_emit(tree->core, &event);
}

/* ---- for the interface ---- */

static guint32
shown_total(const Folder *folder)
{
	gint64 total = (gint64)folder->stored->total + folder->total_pending;

	return (guint32)CLAMP(total, 0, G_MAXUINT32);
}

static guint32
shown_unread(const Folder *folder)
{
	gint64 unread = (gint64)folder->stored->unread + folder->unread_pending;

	return (guint32)CLAMP(unread, 0, (gint64)shown_total(folder));
}

void
tree_describe(const Tree *tree, const Folder *folder, EngineFolder *out_folder)
{
	const StoreFolder *stored = folder->stored;

	*out_folder = (EngineFolder){
		.id = stored->id,
		.account = tree->account,
		.name = folder->name,
		.path = folder->shown,
		.depth = folder->depth,
		.role = folder->role,
		.selectable = !folder_refusal(folder),
		.has_children = folder->has_children,
		.subscribed = (stored->flags & IMAP_MAILBOX_SUBSCRIBED) != 0,
		.counts_known = stored->counts_known,
		.unread = shown_unread(folder),
		.total = shown_total(folder),
		.counts_old = folder->visit != tree->visit,
		.counts_at = stored->counts_at,
	};
}

const char *
folder_path(const Folder *folder)
{
	return folder->shown;
}

const char *
folder_refusal(const Folder *folder)
{
	if (folder->stored->flags & (IMAP_MAILBOX_NOSELECT | IMAP_MAILBOX_NONEXISTENT))
		return "only holds other folders";
	return NULL;
}
