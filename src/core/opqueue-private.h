/* What the files of the queue share: opqueue.c keeps the changes in order and in the journal,
 * opqueue-follow.c keeps what was done true when its messages are moved on. */
#pragma once

#include "core/opqueue.h"

struct OpQueue {
	Core *core;
	EngineAccountId account;
	char *account_name;
	GPtrArray *ops;      /* StoreOp by rising id; DONE ones are kept for undo */
	GArray *undo_wanted; /* gint64, groups */
	guint look_timer;    /* until it makes sense to look for copies */
	guint look_delay;    /* milliseconds, the longest that was needed */
};

/* What the journal could not take is logged; the op lives on in memory. */
void opqueue_save(OpQueue *queue, StoreOp *op);
gboolean op_is_in(const StoreOp *op, const char *mailbox);
gboolean op_is_about_flags(const StoreOp *op);
