#include "store/search.h"

#include "store/store-private.h"

#include <string.h>

#define IN_FOLDER     "folder = " DB_PLACE("1")
#define BEGIN_LETTERS 4 /* a word of so many stands for all that begin so */
#define MERGE_PAGES \
	16 /* of the index, after each message: it never has to be tidied up at length */

/* ---- making the index ---- */

gboolean
store_index_next(Store *store, guint32 *out_folder, guint32 *out_uid)
{
	g_auto(Query) query = query_begin(store->cache,
		"SELECT coalesce((SELECT folder FROM anew WHERE place = to_index.folder), folder),"
		" uid FROM to_index WHERE NOT EXISTS (SELECT 1 FROM void) LIMIT 1");

	if (!query_next(&query))
		return FALSE;
	*out_folder = (guint32)query_get_int(&query);
	*out_uid = (guint32)query_get_int(&query);
	return TRUE;
}

/* TRUE when SQL has changed a row of that message. */
static gboolean
change(Store *store, const char *sql, guint32 folder, guint32 uid, gboolean *out_changed,
	GError **error)
{
	Query query = query_begin(store->cache, sql);

	query_add_int(&query, folder);
	query_add_int(&query, uid);
	if (!query_run(&query, error))
		return FALSE;
	*out_changed = query_changes(store->cache) > 0;
	return TRUE;
}

/* The number under which the message's words are put; 0 when another Postern was faster. */
static gboolean
claim(Store *store, guint32 folder, guint32 uid, gint64 *out_id, GError **error)
{
	g_auto(Query) query =
		query_begin(store->cache, "SELECT id FROM indexed WHERE " IN_FOLDER " AND uid = ?");
	gboolean waited = FALSE, is_new = FALSE;

	if (!change(store, "DELETE FROM to_index WHERE " IN_FOLDER " AND uid = ?", folder, uid,
		    &waited, error))
		return FALSE;
	if (waited &&
		!change(store,
			"INSERT OR IGNORE INTO indexed (folder, uid) VALUES (" DB_PLACE("1") ", ?)",
			folder, uid, &is_new, error))
		return FALSE;
	*out_id = 0;
	if (!is_new)
		return TRUE;
	query_add_int(&query, folder);
	query_add_int(&query, uid);
	if (!query_next(&query))
		return query_check(&query, error);
	*out_id = query_get_int(&query);
	return TRUE;
}

/* TEXT, or a copy without what is behind the last character that fits, which *OUT_COPY owns. */
static const char *
limit_text(const char *text, char **out_copy)
{
	gsize len = strnlen(text, STORE_INDEX_MAX + 1);

	if (len <= STORE_INDEX_MAX)
		return text;
	for (len = STORE_INDEX_MAX; len > 0 && ((guchar)text[len] & 0xc0) == 0x80;)
		len--;
	return *out_copy = g_strndup(text, len);
}

static gboolean
merge(Store *store, GError **error)
{
	Query query =
		query_begin(store->cache, "INSERT INTO words (words, rank) VALUES ('merge', ?)");

	query_add_int(&query, MERGE_PAGES);
	return query_run(&query, error);
}

gboolean
store_index_put(Store *store, guint32 folder, guint32 uid, const char *text, GError **error)
{
	g_autofree char *copy = NULL;
	gint64 id;
	Query query;

	if (!claim(store, folder, uid, &id, error))
		return FALSE;
	if (!id || !*text)
		return TRUE;
	query = query_begin(store->cache, "INSERT INTO words (rowid, text) VALUES (?, ?)");
	query_add_int(&query, id);
	query_add_text(&query, limit_text(text, &copy));
	return query_run(&query, error) && merge(store, error);
}

static gboolean
find_forgotten(Store *store, gint64 *out_id)
{
	g_auto(Query) query = query_begin(store->cache, "SELECT id FROM to_forget LIMIT 1");

	if (!query_next(&query))
		return FALSE;
	*out_id = query_get_int(&query);
	return TRUE;
}

static gboolean
remove_by_id(Store *store, const char *sql, gint64 id, GError **error)
{
	Query query = query_begin(store->cache, sql);

	query_add_int(&query, id);
	return query_run(&query, error);
}

gboolean
store_index_forget(Store *store, GError **error)
{
	gint64 id;

	if (!find_forgotten(store, &id))
		return TRUE;
	return remove_by_id(store, "DELETE FROM words WHERE rowid = ?", id, error) &&
	       remove_by_id(store, "DELETE FROM to_forget WHERE id = ?", id, error);
}

gboolean
store_index_is_behind(Store *store)
{
	g_auto(Query) query = query_begin(store->cache,
		"SELECT EXISTS (SELECT 1 FROM to_index) OR EXISTS (SELECT 1 FROM to_forget)"
		" OR EXISTS (SELECT 1 FROM void)");

	return query_next(&query) && query_get_int(&query);
}

/* ---- searching ---- */

static gboolean
has_letter(const char *word)
{
	for (; *word; word = g_utf8_next_char(word))
		if (g_unichar_isalnum(g_utf8_get_char(word)))
			return TRUE;
	return FALSE;
}

/* The expression for all words, from BEGIN_LETTERS on by how they begin: of less SQLite would gather half of
 * the index before it gives the first. No byte of what the user types is syntax: each word is a
 * string, and one without a letter or a digit, which would match nothing, is left out. NULL: no words. */
static char *
make_expression(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	g_auto(GStrv) words = g_strsplit_set(valid, " \t\r\n\"", -1);
	g_autoptr(GString) expression = g_string_new(NULL);

	for (guint i = 0; words[i]; i++)
		if (has_letter(words[i]))
			g_string_append_printf(expression, "\"%s\" %s", words[i],
				g_utf8_strlen(words[i], -1) >= BEGIN_LETTERS ? "* " : "");
	return expression->len ? g_string_free(g_steal_pointer(&expression), FALSE) : NULL;
}

gboolean
store_search_words(Store *store, guint32 folder, const char *text, guint limit,
	StoreSearchPlace *place, UidSet *hits)
{
	g_autofree char *expression = make_expression(text);
	g_auto(Query) query = query_begin(store->cache,
		"SELECT words.rowid, indexed." IN_FOLDER ", indexed.uid FROM words"
		" LEFT JOIN indexed ON indexed.id = words.rowid"
		" WHERE words MATCH ? AND words.rowid > ? ORDER BY words.rowid LIMIT ?");
	guint n = 0;

	if (!expression)
		return FALSE;
	query_add_folder(&query, store, folder);
	query_add_text(&query, expression);
	query_add_int(&query, place->word);
	query_add_int(&query, limit);
	for (; query_next(&query); n++) {
		place->word = query_get_int(&query);
		if (query_get_int(&query))
			uidset_add(hits, (guint32)query_get_int(&query));
	}
	return n == limit;
}

char *
store_search_fold(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	return g_utf8_casefold(valid, -1);
}

static gboolean
row_holds(Query *query, const char *folded)
{
	for (guint i = 0; i < 4; i++) {
		g_autofree char *field = query_get_string(query);
		g_autofree char *text = store_search_fold(field);

		if (strstr(text, folded))
			return TRUE;
	}
	return FALSE;
}

gboolean
store_search_rows(Store *store, guint32 folder, const char *folded, guint limit,
	StoreSearchPlace *place, UidSet *hits)
{
	g_auto(Query) query = query_begin(store->cache,
		"SELECT uid, subject, from_name, from_address, to_name FROM message"
		" WHERE " IN_FOLDER " AND uid < ? ORDER BY uid DESC LIMIT ?");
	guint n = 0;

	query_add_folder(&query, store, folder);
	query_add_int(&query, place->uid ? place->uid : G_MAXINT64);
	query_add_int(&query, limit);
	for (; query_next(&query); n++) {
		place->uid = query_get_int(&query);
		if (row_holds(&query, folded))
			uidset_add(hits, (guint32)place->uid);
	}
	return n == limit;
}
