/*
 * A damaged journal: what can be read of it goes into a new one, and the damaged file is set aside
 * (state.db.damaged-DATE), never deleted. Private to this folder, and only for a program that is alone: another
 * would go on writing to the file that was set aside.
 *
 * Of messages that go to another account, only the op is saved, not what became of each (store/parcels.h):
 * it is marked (StoreOp.in_doubt), and who carries them looks there before he sends any.
 *
 * The new file is whole before the old one is touched, so whoever is killed on the way loses nothing: the next
 * one begins again or does the last step (salvage_finish()).
 */
#pragma once

#include "store/db.h"

/* FILE, of KIND, is damaged and nobody has it open. *OUT_TEXT (the caller's) is what the user has to be told. */
gboolean salvage_journal(const DbKind *kind, const char *dir, char **out_text,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether there is damage of which SQLite says nothing. For a file that nobody has open. */
gboolean salvage_is_needed(const DbKind *kind, const char *dir);
/* Ends what was interrupted, before the file is opened. ALONE: no other Postern runs. */
gboolean salvage_finish(const DbKind *kind, const char *dir, gboolean alone,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
