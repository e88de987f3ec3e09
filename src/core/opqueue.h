/*
 * The user's changes of one account: what is waiting, what was sent, and what was done and may be
 * undone. Every change of this queue is in the journal (store/ops.h) before anybody sees it.
 *
 * Rules:
 *   - of ops that set and clear the same flag of a message, the user's last word is sent alone;
 *   - ops that say the same of one folder are sent as one command (opqueue_take_next());
 *   - a refused op is removed and reported; the screen falls back to what the server has;
 *   - after a cut, sent ops wait again: flags and MOVE may be repeated, because what was done
 *     already is left alone by the server; a COPY may not: its destination is looked at first
 *     (core/look.h), and what that can't decide is reported. The first look is 1 s and 1 ms for each message
 *     after the cut, at most 31 s, and "not there" counts when a second one as long after it finds the
 *     same: only a server that says nothing for twice that time and copies then makes two copies of one;
 *   - what was done follows its messages when they are moved on, so that an undo finds them where
 *     they are (opqueue_follow());
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

/* All ops of one folder that count on the screen, by rising id (StoreOp, borrowed). The array is
 * the caller's. MAILBOX raw, NULL: of all. */
GPtrArray *opqueue_pending(const OpQueue *queue, const char *mailbox);
/* Ops of the account that the server has not confirmed. */
guint opqueue_count(const OpQueue *queue);
/* TRUE while a change that puts messages into MAILBOX (raw) is not confirmed. */
gboolean opqueue_is_bound_for(const OpQueue *queue, const char *mailbox);
/* Those that carry messages to another account and are not through with it, by rising id (StoreOp,
 * borrowed): the ferry (core/ferry.h) works on them, nobody else. The array is the caller's. */
GPtrArray *opqueue_carried(const OpQueue *queue);
gboolean op_is_carried(const StoreOp *op);
/* Borrowed; NULL when it is gone. */
StoreOp *opqueue_by_id(const OpQueue *queue, gint64 id);
/* Adds to INOUT_UIDS what was carried, as far as is known, to MAILBOX (raw) of ACCOUNT. */
void opqueue_add_known(const OpQueue *queue, const char *account, const char *mailbox,
	guint32 uidvalidity, UidSet *inout_uids);
/* The messages of OP of which no earlier op is pending. The caller's. */
UidSet *opqueue_free_uids(const OpQueue *queue, const StoreOp *op);
/* All messages of a carried OP have arrived: a copy is done, of a move the originals go next. */
void opqueue_carry_done(OpQueue *queue, StoreOp *op);
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
/* Copies that a cut has left open and moves whose way is not known, to TO_MAILBOX (raw; NULL: to any), by
 * rising id: StoreOp, borrowed. Without the copies for which it is too early. NULL: none. The array is the
 * caller's. */
GPtrArray *opqueue_unsure(const OpQueue *queue, const char *to_mailbox);
typedef enum {
	OP_COPY_DONE, /* as if the server had said OK: confirmed, or the next step of a MOVE waits */
	OP_COPY_PARTLY,  /* the same for FROM; the others wait again */
	OP_COPY_ABSENT,  /* waits again */
	OP_COPY_UNKNOWN, /* the user is told; the op is gone */
} OpLooked;
/* FROM: which of its messages have arrived; TO: as what. FALSE: it has to be looked once more, later. */
gboolean opqueue_settle_copy(
	OpQueue *queue, StoreOp *op, OpLooked looked, const UidSet *from, const UidSet *to);
/* The server has moved the messages of OP, but did not say as what: it is opqueue_unsure() until it is
 * confirmed. */
void opqueue_trace(OpQueue *queue, StoreOp *op);
/* What done changes have taken out of MAILBOX (raw). The caller's. */
UidSet *opqueue_gone(const OpQueue *queue, const char *mailbox, guint32 uidvalidity);
/* OP is confirmed; of its messages, FROM[i] (N of them) is TO[i] where it was moved. */
void opqueue_settle_trace(
	OpQueue *queue, StoreOp *op, const guint32 *from, const guint32 *to, guint n);
/* What changes of this queue have put into MAILBOX (raw). The caller's. */
UidSet *opqueue_arrived(const OpQueue *queue, const char *mailbox);
/* What was confirmed is on disk when this returns; before the rows of messages that are gone are forgotten, by
 * which they could be found again. */
void opqueue_commit(OpQueue *queue);
/* The journal learns what OP now says of itself (its step, where its messages went). */
void opqueue_note(OpQueue *queue, StoreOp *op);

/* Messages that a MOVE has taken from MAILBOX to TO_MAILBOX (both raw): FROM[i] is TO[i] there. */
typedef struct {
	const char *mailbox, *to_mailbox;
	guint32 uidvalidity, to_uidvalidity;
	const guint32 *from, *to;
	guint n;
} OpMoved;

/* What was done to these messages before is about where they are now. */
void opqueue_follow(OpQueue *queue, const OpMoved *moved);
/* The same by what OP, a MOVE that is answered, says of itself. */
void opqueue_follow_op(OpQueue *queue, const StoreOp *op);
/* UIDS have gone from MAILBOX (raw), nobody knows where: what was done to them can't be undone. */
void opqueue_lose(OpQueue *queue, const char *mailbox, guint32 uidvalidity, const UidSet *uids);

/* UIDVALIDITY of MAILBOX is another: waiting ops that are older go. How many went. */
guint opqueue_drop_outdated(OpQueue *queue, const char *mailbox, guint32 uidvalidity);

/* Not answered, and the server may have done it: it was sent, if before a cut or by a program that was
 * killed. It can't be taken back by leaving it out. */
gboolean op_is_begun(const StoreOp *op);
/* The ops of the user's last request that can still be taken back (StoreOp, borrowed, newest
 * first) and is not wanted to be already, NULL when there is none. */
GPtrArray *opqueue_last_group(const OpQueue *queue);
/* The same of the request GROUP. */
GPtrArray *opqueue_group(const OpQueue *queue, gint64 group);
/* That group is taken back by INVERSES (StoreOp) of OTHER (QUEUE, or the one of the account to which the
 * messages went), in one transaction: it is no longer offered. Removes what was not sent. */
gboolean opqueue_take_back(OpQueue *queue, gint64 group, OpQueue *other, GPtrArray *take_inverses,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same without any. */
gboolean opqueue_forget_group(
	OpQueue *queue, gint64 group, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What takes GROUP back can't be said before the server has answered: where messages go, or come back to. */
gboolean opqueue_must_wait(const OpQueue *queue, gint64 group);
/* GROUP is to be taken back once the server has answered for it, also after a restart: on disk when this
 * returns. */
gboolean opqueue_want_undo(OpQueue *queue, gint64 group, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A group wanted by opqueue_want_undo() of which nothing is under way any more, 0: none. Gives each
 * once; one that the server has refused has no ops. */
gint64 opqueue_take_wanted_undo(OpQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OpQueue, opqueue_free)
