/* What a row of a list shows, by folder and UID (cache.db): the server's state, without the user's
 * pending changes. */
#pragma once

#include "base/flags.h"
#include "base/uidset.h"
#include "store/store.h"

typedef struct {
	guint32 folder, uid;
	FlagSet flags;
	guint64 modseq;
	gint64 internaldate, date; /* seconds since 1970; date: the sender's, 0 when he gave none */
	guint64 size;              /* octets */
	gboolean attachment;
	/* Decoded UTF-8, not filtered for the screen; never NULL, at most 1000 bytes each. */
	char *from_name, *from_address, *to_name, *subject;
	char *message_id;  /* raw, "" when none */
	char *in_reply_to; /* raw, "" when none */
	GBytes *structure; /* imap_structure_to_text(), or NULL */
} StoreMessage;

StoreMessage *store_message_new(void);
void store_message_free(StoreMessage *message);

/* Inserts or replaces; longer texts are cut. Without a STRUCTURE the one that is known stays; one
 * larger than 256 KiB is not kept. */
gboolean store_message_put(
	Store *store, const StoreMessage *message, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when it is not there. STRUCTURE is left out unless asked for. */
StoreMessage *store_message_get(Store *store, guint32 folder, guint32 uid, gboolean with_structure);
/* Those of UIDS that are there, by rising UID: StoreMessage, freed with the array. */
GPtrArray *store_messages_get(Store *store, guint32 folder, const UidSet *uids);
/* How many of UIDS are there, and of those the unread ones. */
guint store_messages_count(Store *store, guint32 folder, const UidSet *uids, guint *out_unread);
/* The octets of those of UIDS that are there. */
guint64 store_messages_octets(Store *store, guint32 folder, const UidSet *uids);
/* Which UIDs from FIRST to LAST are there. The caller's. */
UidSet *store_messages_uids(Store *store, guint32 folder, guint32 first, guint32 last);
/* The lowest UIDs of UIDS, those of MAX messages that are there at most; of these, *OUT_UNREAD are
 * unread. The caller's. */
UidSet *store_messages_head(
	Store *store, guint32 folder, const UidSet *uids, guint max, guint *out_unread);
/* Which of the messages FIRST to LAST are there with their STRUCTURE. The caller's. */
UidSet *store_messages_described(Store *store, guint32 folder, guint32 first, guint32 last);
/* New flags of a message that is there; one that is not is left alone. */
gboolean store_message_set_flags(Store *store, guint32 folder, guint32 uid, const FlagSet *flags,
	guint64 modseq, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_messages_remove(
	Store *store, guint32 folder, const UidSet *uids, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A message was moved or copied (COPYUID): its row is known in TO under TO_UID too, without its
 * MODSEQ, unless there is one already. */
gboolean store_message_copy(Store *store, guint32 from, guint32 uid, guint32 to, guint32 to_uid,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreMessage, store_message_free)
