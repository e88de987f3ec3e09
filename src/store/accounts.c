#include "store/accounts.h"

#include "store/store-private.h"

char *
store_account_capabilities(Store *store, const char *account)
{
	g_auto(Query) query =
		query_begin(store->cache, "SELECT capabilities FROM account WHERE name = ?");

	query_add_text(&query, account);
	return query_next(&query) ? query_get_string(&query) : NULL;
}

gboolean
store_account_put_capabilities(
	Store *store, const char *account, const char *capabilities, GError **error)
{
	Query query = query_begin(
		store->cache, "INSERT OR REPLACE INTO account (name, capabilities) VALUES (?, ?)");

	query_add_text(&query, account);
	query_add_text(&query, capabilities);
	return query_run(&query, error);
}
