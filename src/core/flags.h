/* The one place where the server's word and the user's pending changes become what is shown. */
#pragma once

#include "store/ops.h"

/*
 * The flags of message UID: SERVER's, with each pending op of OPS (StoreOp of the message's folder,
 * by rising id) laid over them in turn. Ops that are DONE, or are not about flags, or not about UID,
 * change nothing. Pure. The result is the caller's; *OUT_PENDING tells whether any op counted.
 */
FlagSet flags_fold(const FlagSet *server, guint32 uid, const GPtrArray *ops, gboolean *out_pending);

/* TRUE when the op would change a message whose effective flags are FLAGS. */
gboolean flags_op_matters(const FlagSet *flags, const StoreOp *op);
