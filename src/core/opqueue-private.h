/* What the files of the queue share; the head of core/opqueue.h says which does what. */
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

/* opqueue.c */

/* What the journal could not take is logged; the op lives on in memory. */
void opqueue_save(OpQueue *queue, StoreOp *op);
/* From the journal too. */
void opqueue_drop(OpQueue *queue, StoreOp *op);
/* OPS, as one request, go into the journal and are on disk; then into the queue. */
gboolean opqueue_write_group(
	OpQueue *queue, GPtrArray *ops, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void opqueue_adopt_group(OpQueue *queue, const GPtrArray *ops);
gboolean op_is_in(const StoreOp *op, const char *mailbox);
gboolean op_is_about_flags(const StoreOp *op);
gboolean op_is_pending(const StoreOp *op);

/* opqueue-undo.c */

gboolean opqueue_is_undo_wanted(const OpQueue *queue, gint64 group);
