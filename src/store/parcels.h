/*
 * What became of each message of an op that goes to another account (StoreOp.to_account), from when
 * it is in a file of its own until it has arrived: in state.db, beside the op. Messages of the op
 * without a parcel and not in its from_uids_done have not been touched.
 */
#pragma once

#include "base/flags.h"
#include "store/store.h"

typedef enum {
	STORE_PARCEL_SPOOLED = 1, /* the file is whole, nothing was sent */
	STORE_PARCEL_SENT,        /* APPEND was sent: it may have been done or not */
} StoreParcelState;

typedef struct {
	gint64 op;
	guint32 uid; /* of the message where it comes from */
	StoreParcelState state;
	char *spool;    /* name of the file (store/spool.h) */
	guint64 size;   /* its octets */
	gint64 date;    /* INTERNALDATE, seconds since 1970 */
	FlagSet flags;  /* that it shall have there */
	char *identity; /* what it is told by from others */
} StoreParcel;

void store_parcel_clear(StoreParcel *parcel);

/* Those of OP, by rising UID: of StoreParcel, cleared with the array. */
GArray *store_parcels_load(Store *store, gint64 op);
/* Inserts or updates. */
gboolean store_parcel_put(
	Store *store, const StoreParcel *parcel, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_parcel_remove(
	Store *store, gint64 op, guint32 uid, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreParcel, store_parcel_clear)
