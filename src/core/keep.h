/*
 * Keeps messages on the disk before anybody reads them, so that they can be read without a line: header
 * and text of what the config names (keep-days, keep-folders), on a connection of its own that is open only
 * while there is something to keep. Newest first; what is here already is not asked for again, so a cut or
 * a restart costs only what was under way. The budget (keep-budget) counts all that the account has read
 * or kept, and the oldest gives way.
 *
 * A folder is looked through once in a session, and again when its UIDNEXT rises.
 */
#pragma once

#include "core/core.h"
#include "core/link.h"
#include "core/tree.h"

typedef struct Keep Keep;

Keep *keep_new(Core *core, EngineAccountId account, const AccountConfig *config, Tree *tree);
void keep_free(Keep *keep);

/* TRUE when there is something to keep: a connection is wanted. */
gboolean keep_is_wanted(const Keep *keep);
/* Once per turn. SECRET to connect with; NULL: there may be no connection now. HOLD: the user waits for
 * something, so nothing more is asked for. YIELD: the connection is wanted for something else as soon as
 * all is kept. */
void keep_settle(Keep *keep, const LinkSecret *secret, gboolean hold, gboolean yield);
/* FALSE when nothing is being kept; else in which folder (as the user sees it, borrowed), and how many
 * of its messages are here. */
gboolean keep_progress(
	const Keep *keep, const char **out_folder, guint32 *out_done, guint32 *out_total);
/* Drops the oldest bodies of the account as far as they do not fit into its budget. */
void keep_trim(Core *core, const AccountConfig *config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keep, keep_free)
