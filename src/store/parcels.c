#include "store/parcels.h"

#include "store/store-private.h"

#define COLUMNS "op, uid, state, spool, size, date, flags, identity"

void
store_parcel_clear(StoreParcel *parcel)
{
	g_clear_pointer(&parcel->spool, g_free);
	g_clear_pointer(&parcel->identity, g_free);
	flagset_clear(&parcel->flags);
}

static StoreParcel
read_parcel(Query *query)
{
	StoreParcel parcel = {0};
	g_autofree char *flags = NULL;

	parcel.op = query_get_int(query);
	parcel.uid = (guint32)query_get_int(query);
	parcel.state = (StoreParcelState)query_get_int(query);
	parcel.spool = query_get_string(query);
	parcel.size = (guint64)query_get_int(query);
	parcel.date = query_get_int(query);
	flags = query_get_string(query);
	parcel.flags = flagset_parse(flags);
	parcel.identity = query_get_string(query);
	return parcel;
}

GArray *
store_parcels_load(Store *store, gint64 op)
{
	GArray *parcels = g_array_new(FALSE, FALSE, sizeof(StoreParcel));
	g_auto(Query) query = query_begin(
		store->state, "SELECT " COLUMNS " FROM parcel WHERE op = ? ORDER BY uid");

	g_array_set_clear_func(parcels, (GDestroyNotify)store_parcel_clear);
	query_add_int(&query, op);
	while (query_next(&query)) {
		StoreParcel parcel = read_parcel(&query);

		g_array_append_val(parcels, parcel);
	}
	return parcels;
}

gboolean
store_parcel_put(Store *store, const StoreParcel *parcel, GError **error)
{
	g_autofree char *flags = flagset_to_string(&parcel->flags);
	Query query = query_begin(store->state,
		"INSERT OR REPLACE INTO parcel (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)");

	query_add_int(&query, parcel->op);
	query_add_int(&query, parcel->uid);
	query_add_int(&query, parcel->state);
	query_add_text(&query, parcel->spool);
	query_add_int(&query, (gint64)parcel->size);
	query_add_int(&query, parcel->date);
	query_add_text(&query, flags);
	query_add_blob(&query, parcel->identity);
	return query_run(&query, error);
}

gboolean
store_parcel_remove(Store *store, gint64 op, guint32 uid, GError **error)
{
	Query query = query_begin(store->state, "DELETE FROM parcel WHERE op = ? AND uid = ?");

	query_add_int(&query, op);
	query_add_int(&query, uid);
	return query_run(&query, error);
}
