#include "core/flags.h"

static void
apply(FlagSet *flags, const StoreOp *op)
{
	if (op->kind == STORE_OP_ADD_FLAGS)
		flagset_add_set(flags, &op->flags);
	else
		flagset_remove_set(flags, &op->flags);
}

static gboolean
is_about_flags(const StoreOp *op)
{
	return op->kind == STORE_OP_ADD_FLAGS || op->kind == STORE_OP_REMOVE_FLAGS;
}

FlagSet
flags_fold(const FlagSet *server, guint32 uid, const GPtrArray *ops, gboolean *out_pending)
{
	FlagSet flags = flagset_copy(server);

	*out_pending = FALSE;
	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);

		if (op->state == STORE_OP_DONE || !is_about_flags(op) ||
			!uidset_contains(op->uids, uid))
			continue;
		apply(&flags, op);
		*out_pending = TRUE;
	}
	return flags;
}

gboolean
flags_op_matters(const FlagSet *flags, const StoreOp *op)
{
	g_auto(FlagSet) after = flagset_copy(flags);

	if (!is_about_flags(op))
		return TRUE;
	apply(&after, op);
	return !flagset_equal(flags, &after);
}
