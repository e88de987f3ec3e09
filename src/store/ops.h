/*
 * The journal of the user's changes (state.db): written before the screen confirms, deleted when
 * the server has confirmed or refused, replayed after a restart. Order is by id.
 *
 * Folders are named by account and raw mailbox name, never by an id of the cache, which may be
 * deleted at any time.
 *
 * Each op belongs to the program that put it. What others put is neither loaded nor changed here as
 * long as they live; when they have ended, or were killed, who asks first takes it over.
 */
#pragma once

#include "base/flags.h"
#include "base/uidset.h"
#include "store/store.h"

typedef enum {
	STORE_OP_ADD_FLAGS = 1,
	STORE_OP_REMOVE_FLAGS,
	STORE_OP_MOVE,
	STORE_OP_COPY,
	STORE_OP_EXPUNGE, /* \Deleted and UID EXPUNGE */
} StoreOpKind;

typedef enum {
	STORE_OP_WAITING = 1, /* not sent, or certain not to have been done */
	STORE_OP_SENT,        /* sent, no answer yet: after a cut it may have been done or not */
	STORE_OP_DONE,        /* confirmed; kept for undo */
} StoreOpState;

typedef struct {
	gint64 id;    /* 0 until put; rising */
	gint64 group; /* ops of one request of the user's share it: one undo */
	char *account;
	char *mailbox; /* raw */
	guint32 uidvalidity;
	UidSet *uids;
	StoreOpKind kind;
	StoreOpState state;
	FlagSet flags;      /* of the flag kinds */
	char *to_mailbox;   /* raw; of MOVE and COPY */
	char *to_account;   /* where TO_MAILBOX is; NULL: in ACCOUNT. Then each message goes its way
				 * by itself (store/parcels.h) */
	guint32 to_uidnext; /* of the destination before a COPY was sent: what is older was not
				 * made by it; 0: not known */
	guint32 to_uidvalidity; /* of the destination: with to_uidnext, and as COPYUID said; or 0 */
	UidSet *from_uids_done; /* DONE MOVE/COPY: the source and, rank by rank, ... */
	UidSet *to_uids_done; /* ... the destination UIDs; NULL when not known. To another account:
				 * in no order, and fewer where the server does not say */
	guint step;           /* how far a MOVE by COPY + STORE + EXPUNGE has come */
	gboolean is_undo;     /* made by undo: not undone itself */
	gboolean undo_wanted; /* to be undone as soon as the server has answered */
	gboolean unsure;      /* never sent, and made when it was not known what it changes */
	gboolean in_doubt; /* to another account: its parcels were lost with a damaged journal, so
			       * nobody knows which of its messages were sent */
	gint64 made_at;    /* seconds since 1970 */
	guint looked;      /* not kept: 1 and how many had arrived when a cut COPY was last looked
				 * for, 0: not yet */
	gboolean tried;    /* not kept: it may have been sent before, and been done. Of what is
				 * loaded nobody knows, unless it is unsure */
} StoreOp;

StoreOp *store_op_new(void);
StoreOp *store_op_copy(const StoreOp *op);
void store_op_free(StoreOp *op);

/* Takes over the ops of ACCOUNT whose owner no longer lives, on disk when this returns; how many they
 * were (OUT_ADOPTED may be NULL). When there are some, commits what this turn has written before. PATIENT: at
 * the start, where another Postern is waited for up to two seconds. On failure they stay for the next one
 * who asks. */
gboolean store_ops_adopt(Store *store, const char *account, gboolean patient, guint *out_adopted,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All own ops of ACCOUNT by rising id: StoreOp, freed with the array. Rows that can't be read are left
 * out and counted in *OUT_DAMAGED. */
GPtrArray *store_ops_load(Store *store, const char *account, guint *out_damaged);
/* Inserts (id 0: sets OP->id) or updates; an op that a failed commit took away is there again when
 * it is put again, under a new id if another program was given the old one since. ERR_INPUT, ERR_LIMIT when it could not be read again: without UIDs, or with more
 * than 100,000 ranges of them. */
gboolean store_op_put(Store *store, StoreOp *op, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean store_op_remove(Store *store, gint64 id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Own ops of ACCOUNT are OPS (StoreOp) and no others: for who has them in memory, after turns that could not be
 * written. */
gboolean store_ops_replace(Store *store, const char *account, GPtrArray *ops,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A number never given before, for StoreOp.group. */
gint64 store_op_new_group(Store *store);
/* Drops own DONE ops but those of the last KEEP groups. */
gboolean store_ops_trim(Store *store, guint keep, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreOp, store_op_free)
