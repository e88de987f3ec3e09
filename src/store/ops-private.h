/* The rows of the journal for who looks after its file, private to this folder. */
#pragma once

#include "store/db-private.h"

/* Whether DB has op ID as it was written: with a sum that fits. */
gboolean ops_has_whole(Db *db, gint64 id);
/* How many rows of DB make no op. */
guint ops_count_damaged(Db *db);
