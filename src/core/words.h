/* The user's changes in words, for notices and questions. All results are the caller's. */
#pragma once

#include "core/tree.h"
#include "store/ops.h"

/* "Moved 12 messages to Archive", "Marked 1 message read". */
char *words_done(const StoreOp *op, guint64 n, const Tree *tree);
/* "move 12 messages to Archive", "mark 1 message read". */
char *words_do(const StoreOp *op, guint64 n, const Tree *tree);
/* "Archive" for a raw name. */
char *words_folder(const Tree *tree, const char *raw);
