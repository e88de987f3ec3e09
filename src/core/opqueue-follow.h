/*
 * Undo takes back exactly what was changed, and so has to know where it is: a message that is moved, or moved
 * back, has another UID. So what was done follows its messages when they are moved on. Changes where ops that
 * are done say that their messages are, in the queue and in the journal, and nothing else.
 */
#pragma once

#include "core/opqueue.h"

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
/* OP, which was opqueue_trace(), is confirmed; of its messages, FROM[i] (N of them) is TO[i] where it was
 * moved. */
void opqueue_settle_trace(
	OpQueue *queue, StoreOp *op, const guint32 *from, const guint32 *to, guint n);
