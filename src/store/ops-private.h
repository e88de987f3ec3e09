/* The rows of the journal for who looks after its file, private to this folder. */
#pragma once

#include "store/db.h"

/* Whether DB has op ID as it was written: with a sum that fits. */
gboolean ops_has_whole(Db *db, gint64 id);
/* Marks what goes to other accounts and has not arrived in whole: what became of each message is lost. */
gboolean ops_doubt_carried(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many rows of DB make no op. */
guint ops_count_damaged(Db *db);
