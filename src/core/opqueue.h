/*
 * The user's changes of one account: what is waiting, what was sent, and what was done and may be
 * undone. Every change of this queue is in the journal (store/ops.h) before anybody sees it.
 *
 * Rules:
 *   - of ops that set and clear the same flag of a message, the user's last word is sent alone;
 *   - ops that say the same of one folder are sent as one command (opqueue_take_next());
 *   - a refused op is removed and reported; the screen falls back to what the server has;
 *   - after a cut, sent ops wait again: flags and MOVE may be repeated, because what was done
 *     already is left alone by the server; a COPY may not and is reported as uncertain;
 *   - a changed UIDVALIDITY drops the ops of that folder and says so.
 */
#pragma once

#include "core/core.h"
#include "store/ops.h"

typedef struct OpQueue OpQueue;

/* StoreOp.step of a MOVE on a server without the command, and of an EXPUNGE. */
typedef enum {
	OP_STEP_NONE,
	OP_STEP_COPYING,  /* COPY was sent */
	OP_STEP_FLAGGING, /* the copy is there, STORE +FLAGS \Deleted comes next */
	OP_STEP_PURGING,  /* flagged, UID EXPUNGE comes next */
} OpStep;

/* Loads the journal. */
OpQueue *opqueue_new(Core *core, EngineAccountId account, const char *account_name);
void opqueue_free(OpQueue *queue);

/* Writes OPS (StoreOp, one request of the user's: one undo) to the journal, on disk when this
 * returns. FALSE: nothing was changed. */
gboolean opqueue_add(OpQueue *queue, GPtrArray *take_ops, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All ops of one folder that count on the screen, by rising id (StoreOp, borrowed). The array is
 * the caller's. MAILBOX raw. */
GPtrArray *opqueue_pending(const OpQueue *queue, const char *mailbox);
/* Ops of the account that the server has not confirmed. */
guint opqueue_count(const OpQueue *queue);
/* TRUE while a change that puts messages into MAILBOX (raw) is not confirmed. */
gboolean opqueue_is_bound_for(const OpQueue *queue, const char *mailbox);
/* A mailbox that has waiting ops and is not EXCEPT (may be NULL); NULL: none. Borrowed. */
const char *opqueue_waiting_mailbox(const OpQueue *queue, const char *except);

/* One command's worth of ops. */
typedef struct {
	GPtrArray *ops; /* StoreOp, borrowed until they are finished; all say the same */
	UidSet *uids;   /* of all of them, without what a later op says otherwise */
} OpBatch;

/*
 * The next command for MAILBOX: the first waiting op and all others that say the same and may join
 * it without overtaking another of the same messages. They are marked as sent. NULL: nothing waits.
 */
OpBatch *opqueue_take_next(OpQueue *queue, const char *mailbox);
void op_batch_free(OpBatch *batch);

/* How it ended, for each op of one command. */
void opqueue_confirm(OpQueue *queue, StoreOp *op);
void opqueue_refuse(OpQueue *queue, StoreOp *op);
/* The line was cut before the answer. */
void opqueue_retry(OpQueue *queue, StoreOp *op);
/* The journal learns what OP now says of itself (its step, where its messages went). */
void opqueue_note(OpQueue *queue, StoreOp *op);

/* UIDVALIDITY of MAILBOX is another: waiting ops that are older go. How many went. */
guint opqueue_drop_outdated(OpQueue *queue, const char *mailbox, guint32 uidvalidity);

/* The ops of the user's last request that can still be taken back (StoreOp, borrowed, newest
 * first) and is not wanted to be already, NULL when there is none. */
GPtrArray *opqueue_last_group(const OpQueue *queue);
/* The same of the request GROUP. */
GPtrArray *opqueue_group(const OpQueue *queue, gint64 group);
/* That group was taken back: it is no longer offered. Removes what was not sent. */
gboolean opqueue_forget_group(
	OpQueue *queue, gint64 group, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* GROUP is to be taken back once the server has answered for it. Kept in memory only: after a
 * restart the change stands, as the server has it. */
void opqueue_want_undo(OpQueue *queue, gint64 group);
/* A group wanted by opqueue_want_undo() of which nothing is under way any more, 0: none. Gives each
 * once; one that the server has refused has no ops. */
gint64 opqueue_take_wanted_undo(OpQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpQueue, opqueue_free)
