#include "store/likings.h"

#include "store/store-private.h"

gboolean
store_liking_get(Store *store, const char *address, gboolean *out_html)
{
	g_autofree char *key = g_utf8_casefold(address, -1);
	g_auto(Query) query =
		query_begin(store->cache, "SELECT html FROM liking WHERE address = ?");

	query_add_text(&query, key);
	if (!query_next(&query))
		return FALSE;
	*out_html = query_get_int(&query) != 0;
	return TRUE;
}

static gboolean
trim(Store *store, GError **error)
{
	Query query = query_begin(store->cache,
		"DELETE FROM liking WHERE made <="
		" (SELECT made FROM liking ORDER BY made DESC LIMIT 1 OFFSET ?)");

	query_add_int(&query, LIKINGS_MAX);
	return query_run(&query, error);
}

gboolean
store_liking_put(Store *store, const char *address, gboolean html, GError **error)
{
	g_autofree char *key = g_utf8_casefold(address, -1);
	Query query = query_begin(store->cache,
		"INSERT OR REPLACE INTO liking (address, html, made)"
		" VALUES (?, ?, (SELECT coalesce(max(made), 0) + 1 FROM liking))");

	query_add_text(&query, key);
	query_add_int(&query, html);
	return query_run(&query, error) && trim(store, error);
}
