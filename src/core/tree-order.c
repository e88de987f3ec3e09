#include "core/tree-order.h"

#include "base/text.h"

#include <string.h>

typedef struct {
	EngineRole role;
	guint32 flag;      /* RFC 6154 */
	const char *names; /* what servers without SPECIAL-USE call it, folded, between bars */
} RoleRule;

static const RoleRule rules[] = {
	{ENGINE_ROLE_DRAFTS, IMAP_MAILBOX_DRAFTS, "|drafts|draft|entwürfe|brouillons|"},
	{ENGINE_ROLE_SENT, IMAP_MAILBOX_SENT, "|sent|sent items|sent messages|sent mail|gesendet|"},
	{ENGINE_ROLE_ARCHIVE, IMAP_MAILBOX_ARCHIVE, "|archive|archives|archiv|"},
	{ENGINE_ROLE_JUNK, IMAP_MAILBOX_JUNK, "|junk|spam|junk e-mail|junk email|bulk mail|"},
	{ENGINE_ROLE_TRASH, IMAP_MAILBOX_TRASH,
		"|trash|deleted items|deleted messages|papierkorb|corbeille|"},
	{ENGINE_ROLE_ALL, IMAP_MAILBOX_ALL, ""},
	{ENGINE_ROLE_FLAGGED, IMAP_MAILBOX_FLAGGED, ""},
};

static gboolean
is_inbox(const Folder *folder)
{
	return strcmp(folder->stored->name, "INBOX") == 0;
}

/* "INBOX." where the server keeps every folder of the user below INBOX (Courier, Cyrus), else "". */
static char *
common_prefix(GPtrArray *folders)
{
	g_autofree char *prefix = NULL;

	for (guint i = 0; i < folders->len; i++) {
		const Folder *folder = g_ptr_array_index(folders, i);

		if (is_inbox(folder))
			continue;
		if (!prefix)
			prefix = g_strdup_printf("INBOX%c", folder->stored->delimiter);
		if (strlen(prefix) < 6 || !g_str_has_prefix(folder->path, prefix))
			return g_strdup("");
	}
	return prefix ? g_steal_pointer(&prefix) : g_strdup("");
}

static gboolean
taken(GPtrArray *folders, EngineRole role)
{
	for (guint i = 0; i < folders->len; i++)
		if (((Folder *)g_ptr_array_index(folders, i))->role == role)
			return TRUE;
	return FALSE;
}

static void
show_path(Folder *folder, const char *prefix)
{
	g_free(folder->shown);
	folder->shown = g_strdup(folder->path + (is_inbox(folder) ? 0 : strlen(prefix)));
	if (folder->stored->delimiter)
		g_strdelimit(folder->shown, (char[]){folder->stored->delimiter, '\0'}, '/');
}

/* Where folders of others are listed, too, those of the user are still below INBOX. */
static gboolean
is_called(const Folder *folder, const char *names)
{
	g_autofree char *folded = text_fold(folder->shown);
	const char *name = g_str_has_prefix(folded, "inbox/") ? folded + strlen("inbox/") : folded;
	g_autofree char *pattern = g_strdup_printf("|%s|", name);

	return strstr(names, pattern) != NULL;
}

static gboolean
is_below(const Folder *folder)
{
	return strchr(folder->shown, '/') != NULL;
}

/* The user's word first, then the server's, then the name: that of a folder beside INBOX before one in it. */
static void
give_role(GPtrArray *folders, const RoleRule *rule, const AccountConfig *config)
{
	const char *wish = config->folders[rule->role];
	Folder *by_flag = NULL, *by_name = NULL, *by_wish = NULL, *best;

	for (guint i = 0; i < folders->len; i++) {
		Folder *folder = g_ptr_array_index(folders, i);

		if (wish && (!strcmp(folder->path, wish) || !strcmp(folder->shown, wish)))
			by_wish = folder;
		if (folder->role != ENGINE_ROLE_NONE ||
			(folder->stored->flags & IMAP_MAILBOX_NOSELECT))
			continue;
		if (!by_flag && (folder->stored->flags & rule->flag))
			by_flag = folder;
		if (is_called(folder, rule->names) &&
			(!by_name || is_below(by_name) > is_below(folder)))
			by_name = folder;
	}
	best = wish ? by_wish : by_flag ? by_flag : by_name;
	if (best && !taken(folders, rule->role))
		best->role = rule->role;
}

static void
give_roles(GPtrArray *folders, const AccountConfig *config)
{
	for (guint i = 0; i < folders->len; i++) {
		Folder *folder = g_ptr_array_index(folders, i);

		folder->role = is_inbox(folder) ? ENGINE_ROLE_INBOX : ENGINE_ROLE_NONE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
		give_role(folders, &rules[i], config);
}

/* The paths that some folder is below of. */
static GHashTable *
paths_above(GPtrArray *folders)
{
	GHashTable *above = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < folders->len; i++) {
		const Folder *folder = g_ptr_array_index(folders, i);
		char delimiter = folder->stored->delimiter;
		const char *end = delimiter ? strchr(folder->path, delimiter) : NULL;

		for (; end; end = strchr(end + 1, delimiter))
			g_hash_table_add(
				above, g_strndup(folder->path, (gsize)(end - folder->path)));
	}
	return above;
}

typedef struct {
	Folder *folder;
	const char *shown; /* the path without the common prefix */
	char *key;
} Entry;

/* A special folder without others below it stands at the top, wherever the server keeps it
 * ("[Gmail]/Sent Mail"). */
static gboolean
is_lifted(const Folder *folder)
{
	return folder->role != ENGINE_ROLE_NONE && !folder->has_children;
}

static char *
root_of(const Entry *entry)
{
	char delimiter = entry->folder->stored->delimiter;
	const char *end = delimiter ? strchr(entry->shown, delimiter) : NULL;

	return end ? g_strndup(entry->shown, (gsize)(end - entry->shown)) : g_strdup(entry->shown);
}

/* By path, the whole or as it is SHOWN. */
static GHashTable *
index_entries(const GArray *entries, gboolean shown)
{
	GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < entries->len; i++) {
		const Entry *entry = &g_array_index(entries, Entry, i);

		g_hash_table_insert(index, (gpointer)(shown ? entry->shown : entry->folder->path),
			entry->folder);
	}
	return index;
}

/* Where a folder sorts, as one string: special ones by role, the others behind them part by part, so
 * that a folder stands directly before what it holds. */
static char *
sort_key(GHashTable *by_shown, const Entry *entry)
{
	g_autofree char *folded = text_fold(entry->shown);
	g_autofree char *root = root_of(entry);
	const Folder *top = g_hash_table_lookup(by_shown, root);
	EngineRole role = top ? top->role : ENGINE_ROLE_NONE;

	if (is_lifted(entry->folder))
		return g_strdup_printf("%02u", entry->folder->role);
	if (entry->folder->stored->delimiter)
		g_strdelimit(folded, (char[]){entry->folder->stored->delimiter, '\0'}, '\1');
	return g_strdup_printf("%02u\1%s", role != ENGINE_ROLE_NONE ? role : 99, folded);
}

static int
compare_entries(gconstpointer a, gconstpointer b)
{
	const Entry *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->folder->path, y->folder->path);
}

/* The nearest folder above FOLDER that is shown with others below it, or NULL. */
static const Folder *
find_above(GHashTable *by_path, const Folder *folder)
{
	g_autofree char *path = g_strdup(folder->path);
	char *end;

	while (folder->stored->delimiter && (end = strrchr(path, folder->stored->delimiter))) {
		const Folder *above;

		*end = '\0';
		above = g_hash_table_lookup(by_path, path);
		if (above && above->has_children)
			return above;
	}
	return NULL;
}

/* Name and depth; those above have theirs. */
static void
place_entry(GHashTable *by_path, const Entry *entry)
{
	Folder *folder = entry->folder;
	const Folder *above = find_above(by_path, folder);

	g_free(folder->name);
	folder->depth = above ? above->depth + 1 : 0;
	folder->name = g_strdup(above ? folder->path + strlen(above->path) + 1 : entry->shown);
}

static void
lift_special(Folder *folder)
{
	const char *last =
		folder->stored->delimiter ? strrchr(folder->path, folder->stored->delimiter) : NULL;

	g_free(folder->name);
	folder->name = g_strdup(last && last[1] ? last + 1 : folder->path);
	folder->depth = 0;
}

void
tree_order_folders(GPtrArray *folders, const AccountConfig *config)
{
	g_autofree char *prefix = common_prefix(folders);
	g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
	g_autoptr(GHashTable) above = paths_above(folders);
	g_autoptr(GHashTable) by_shown = NULL;
	g_autoptr(GHashTable) by_path = NULL;

	for (guint i = 0; i < folders->len; i++)
		show_path(g_ptr_array_index(folders, i), prefix);
	give_roles(folders, config);
	for (guint i = 0; i < folders->len; i++) {
		Folder *folder = g_ptr_array_index(folders, i);
		Entry entry = {.folder = folder, .shown = folder->path};

		if (!is_inbox(folder))
			entry.shown += strlen(prefix);
		folder->has_children = g_hash_table_contains(above, folder->path) &&
				       !(is_inbox(folder) && *prefix);
		g_array_append_val(entries, entry);
	}
	by_shown = index_entries(entries, TRUE);
	by_path = index_entries(entries, FALSE);
	for (guint i = 0; i < entries->len; i++) {
		Entry *entry = &g_array_index(entries, Entry, i);

		entry->key = sort_key(by_shown, entry);
	}
	g_array_sort(entries, compare_entries);
	for (guint i = 0; i < entries->len; i++) {
		Entry *entry = &g_array_index(entries, Entry, i);

		if (is_lifted(entry->folder))
			lift_special(entry->folder);
		else
			place_entry(by_path, entry);
		folders->pdata[i] = entry->folder;
	}
	for (guint i = 0; i < entries->len; i++)
		g_free(g_array_index(entries, Entry, i).key);
}
