/*
 * Sections of messages as the server sent them (cache.db): what was read, and what is kept to be read
 * without a line. Each has a time when it was last of use; what is oldest by that gives way, and a
 * message as a whole.
 */
#pragma once

#include "base/uidset.h"
#include "store/store.h"

#define STORE_BODY_MAX (1024 * 1024) /* octets of a section; larger ones are not kept */

/* SECTION as on the wire: "HEADER", "1.2", "". It is of use now. One that is larger than STORE_BODY_MAX is
 * not kept (still TRUE). */
gboolean store_body_put(Store *store, guint32 folder, guint32 uid, const char *section,
	GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a message that nobody has read: it was of use when it arrived, at USED (seconds since 1970).
 * What is there already stays as it is. */
gboolean store_body_keep(Store *store, guint32 folder, guint32 uid, const char *section,
	GBytes *bytes, gint64 used, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when it is not there. The caller's reference. */
GBytes *store_body_get(Store *store, guint32 folder, guint32 uid, const char *section);
/* The same, and nobody has read it. */
GBytes *store_body_peek(Store *store, guint32 folder, guint32 uid, const char *section);
/* Which of the messages FIRST to LAST have their SECTION here. The caller's. */
UidSet *store_bodies_uids(
	Store *store, guint32 folder, guint32 first, guint32 last, const char *section);
/* The octets of all bodies of ACCOUNT. */
guint64 store_bodies_octets(Store *store, const char *account);
/* When the oldest of them was last of use; 0: there are none. */
gint64 store_bodies_oldest(Store *store, const char *account);
/* Drops the oldest messages of ACCOUNT until at most MAX_OCTETS are kept. */
gboolean store_bodies_trim(Store *store, const char *account, guint64 max_octets,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
