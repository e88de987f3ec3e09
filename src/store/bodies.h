/* Sections of messages as the server sent them (cache.db), least recently used first out. */
#pragma once

#include "store/db.h"

/* SECTION as on the wire: "HEADER", "1.2", "". Larger than 1 MiB is not kept (still TRUE). */
gboolean store_body_put(Store *store, guint32 folder, guint32 uid, const char *section,
	GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when it is not there. The caller's reference. */
GBytes *store_body_get(Store *store, guint32 folder, guint32 uid, const char *section);
/* Drops the oldest until at most MAX_BYTES are kept. */
gboolean store_bodies_trim(
	Store *store, guint64 max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
