/*
 * The user's changes of one account: what is waiting, what was sent, and what was done and may be
 * undone. Every change of this queue is in the journal (store/ops.h) before anybody sees it.
 *
 *   core/opqueue-send.h    which change is sent next, and what becomes of it
 *   core/opqueue-follow.h  what was done follows its messages when they are moved on
 *   core/opqueue-undo.h    what can be taken back, and how it leaves the queue
 *
 * This one owns the changes, their order and the journal's rows of the account; it takes changes in, takes
 * over those of programs that have ended, and answers questions. It sends nothing and knows no connection.
 *
 * Rules:
 *   - of ops that set and clear the same flag of a message, the user's last word is sent alone;
 *   - a refused op is removed and reported; the screen falls back to what the server has;
 *   - what goes to another account is not sent from here: core/ferry.h carries it message by message,
 *     and only removing the originals comes back to this queue;
 *   - a changed UIDVALIDITY drops the ops of that folder and says so.
 */
#pragma once

#include "core/core.h"
#include "store/ops.h"

typedef struct OpQueue OpQueue;

/* StoreOp.step of a COPY, of a MOVE on a server without the command, and of an EXPUNGE. */
typedef enum {
	OP_STEP_NONE,
	OP_STEP_COPYING,  /* COPY was sent */
	OP_STEP_FLAGGING, /* the copy is there, STORE +FLAGS \Deleted comes next */
	OP_STEP_PURGING,  /* flagged, UID EXPUNGE comes next */
	OP_STEP_LOOKING,  /* the line was cut while copying: it may have been done or not */
	OP_STEP_TRACING,  /* moved, but the server did not say as what: it is being looked for */
} OpStep;

/* StoreOp.uidvalidity of a change that is done, of messages that went nobody knows where. */
#define OP_LOST 0

/* Loads the journal. */
OpQueue *opqueue_new(Core *core, EngineAccountId account, const char *account_name);
void opqueue_free(OpQueue *queue);
/* Writes all to the journal again, which may have lost a turn. */
void opqueue_save_all(OpQueue *queue);
/* Takes what other programs, ended or killed since, have left in the journal; how many ops. */
guint opqueue_adopt(OpQueue *queue);

/* Writes OPS (StoreOp, one request of the user's: one undo) to the journal, on disk when this
 * returns. FALSE: nothing was changed. */
gboolean opqueue_add(OpQueue *queue, GPtrArray *take_ops, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The journal learns what OP now says of itself (its step, where its messages went). */
void opqueue_note(OpQueue *queue, StoreOp *op);
/* What was confirmed is on disk when this returns; before the rows of messages that are gone are forgotten, by
 * which they could be found again. */
void opqueue_commit(OpQueue *queue);
/* UIDVALIDITY of MAILBOX is another: waiting ops that are older go. How many went. */
guint opqueue_drop_outdated(OpQueue *queue, const char *mailbox, guint32 uidvalidity);

/* All ops of one folder that count on the screen, by rising id (StoreOp, borrowed). The array is
 * the caller's. MAILBOX raw, NULL: of all. */
GPtrArray *opqueue_pending(const OpQueue *queue, const char *mailbox);
/* Ops of the account that the server has not confirmed. */
guint opqueue_count(const OpQueue *queue);
/* Borrowed; NULL when it is gone. */
StoreOp *opqueue_by_id(const OpQueue *queue, gint64 id);
/* TRUE while a change that puts messages into MAILBOX (raw) is not confirmed. */
gboolean opqueue_is_bound_for(const OpQueue *queue, const char *mailbox);
/* What done changes have taken out of MAILBOX (raw). The caller's. */
UidSet *opqueue_gone(const OpQueue *queue, const char *mailbox, guint32 uidvalidity);
/* What changes of this queue have put into MAILBOX (raw). The caller's. */
UidSet *opqueue_arrived(const OpQueue *queue, const char *mailbox);
/* Not answered, and the server may have done it: it was sent, if before a cut or by a program that was
 * killed. It can't be taken back by leaving it out. */
gboolean op_is_begun(const StoreOp *op);

/* Those that carry messages to another account and are not through with it, by rising id (StoreOp,
 * borrowed): the ferry (core/ferry.h) works on them, nobody else. The array is the caller's. */
GPtrArray *opqueue_carried(const OpQueue *queue);
gboolean op_is_carried(const StoreOp *op);
/* Adds to INOUT_UIDS what was carried, as far as is known, to MAILBOX (raw) of ACCOUNT. */
void opqueue_add_known(const OpQueue *queue, const char *account, const char *mailbox,
	guint32 uidvalidity, UidSet *inout_uids);
/* The messages of OP of which no earlier op is pending. The caller's. */
UidSet *opqueue_free_uids(const OpQueue *queue, const StoreOp *op);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpQueue, opqueue_free)
