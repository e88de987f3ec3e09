/*
 * The way of a change to the server: which is sent next and with which others, and what becomes of it by the
 * answer, or by a cut instead of one. Marks the ops of the queue and says so to the journal; it writes to no
 * connection (core/sender.h does) and looks into no folder (core/look.h).
 *
 * Rules:
 *   - ops that say the same of one folder are sent as one command (opqueue_take_next());
 *   - after a cut, sent ops wait again: flags and MOVE may be repeated, because what was done
 *     already is left alone by the server; a COPY may not: its destination is looked at first
 *     (core/look.h), and what that can't decide is reported. The first look is 1 s and 1 ms for each message
 *     after the cut, at most 31 s, and "not there" counts when a second one as long after it finds the
 *     same: only a server that says nothing for twice that time and copies then makes two copies of one.
 */
#pragma once

#include "core/opqueue.h"

/* ---- the next command ---- */

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

/* ---- the answer ---- */

/* How it ended, for each op of one command. */
void opqueue_confirm(OpQueue *queue, StoreOp *op);
void opqueue_refuse(OpQueue *queue, StoreOp *op);
/* The line was cut before the answer. */
void opqueue_retry(OpQueue *queue, StoreOp *op);
/* All messages of a carried OP have arrived: a copy is done, of a move the originals go next. */
void opqueue_carry_done(OpQueue *queue, StoreOp *op);

/* ---- no answer ---- */

/* The server has moved the messages of OP, but did not say as what: it is opqueue_unsure() until it is
 * confirmed. */
void opqueue_trace(OpQueue *queue, StoreOp *op);
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
