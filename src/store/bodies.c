#include "store/bodies.h"

#include "store/db-private.h"

#define BODY_BYTES_MAX (1024 * 1024)
/* Uses that are remembered until the next write; the earliest are forgotten. */
#define USES_MAX 1000

/* Reading must not write (it would wait for another Postern), so uses are noted and written down
 * before the next change for which their order counts. */
static void
note_use(Store *store, gint64 id)
{
	GArray *used = store->bodies_used;

	if (used->len && g_array_index(used, gint64, used->len - 1) == id)
		return;
	if (used->len == USES_MAX)
		g_array_remove_index(used, 0);
	g_array_append_val(used, id);
}

static gboolean
write_uses(Store *store, GError **error)
{
	for (guint i = 0; i < store->bodies_used->len; i++) {
		Query query = query_begin(store->cache,
			"UPDATE body SET used = (SELECT max(used) + 1 FROM body) WHERE id = ?");

		query_add_int(&query, g_array_index(store->bodies_used, gint64, i));
		if (!query_run(&query, error))
			return FALSE;
	}
	g_array_set_size(store->bodies_used, 0);
	return TRUE;
}

gboolean
store_body_put(Store *store, guint32 folder, guint32 uid, const char *section, GBytes *bytes,
	GError **error)
{
	Query query;

	if (g_bytes_get_size(bytes) > BODY_BYTES_MAX)
		return TRUE;
	if (!write_uses(store, error))
		return FALSE;
	query = query_begin(store->cache,
		"INSERT OR REPLACE INTO body (folder, uid, section, used, octets, bytes)"
		" VALUES (?, ?, ?, (SELECT coalesce(max(used), 0) + 1 FROM body), ?, ?)");
	query_add_int(&query, folder);
	query_add_int(&query, uid);
	query_add_text(&query, section);
	query_add_int(&query, (gint64)g_bytes_get_size(bytes));
	query_add_bytes(&query, bytes);
	return query_run(&query, error);
}

GBytes *
store_body_get(Store *store, guint32 folder, guint32 uid, const char *section)
{
	g_auto(Query) query = query_begin(store->cache,
		"SELECT id, bytes FROM body WHERE folder = ? AND uid = ? AND section = ?");

	query_add_int(&query, folder);
	query_add_int(&query, uid);
	query_add_text(&query, section);
	if (!query_next(&query))
		return NULL;
	note_use(store, query_get_int(&query));
	return query_get_bytes(&query);
}

/* The "used" of the newest body that does not fit any more into MAX_BYTES; 0 when all fit. */
static gboolean
find_first_to_drop(Store *store, guint64 max_bytes, gint64 *out_used, GError **error)
{
	g_auto(Query) query =
		query_begin(store->cache, "SELECT used, octets FROM body ORDER BY used DESC");
	guint64 sum = 0;

	while (query_next(&query)) {
		gint64 used = query_get_int(&query);

		sum += (guint64)query_get_int(&query);
		if (sum > max_bytes) {
			*out_used = used;
			return TRUE;
		}
	}
	if (!query_check(&query, error))
		return FALSE;
	*out_used = 0;
	return TRUE;
}

gboolean
store_bodies_trim(Store *store, guint64 max_bytes, GError **error)
{
	Query query;
	gint64 used;

	if (!write_uses(store, error) || !find_first_to_drop(store, max_bytes, &used, error))
		return FALSE;
	if (!used)
		return TRUE;
	query = query_begin(store->cache, "DELETE FROM body WHERE used <= ?");
	query_add_int(&query, used);
	return query_run(&query, error);
}
