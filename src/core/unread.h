/*
 * What pending changes will do to the counts of folders, and how that passes into the counts
 * themselves when the server has done it: at every moment the sum of both is what the user will see
 * in the end, so that no count on the screen goes back and forth.
 */
#pragma once

#include "core/opqueue.h"
#include "core/tree.h"

/* Computes what is pending of all folders anew, and tells of changes. */
void unread_update(Core *core, Tree *tree, const OpQueue *ops);

/* The server has put UIDS of FROM into TO. They are still pending in OPS. */
void unread_carry(
	Core *core, Tree *tree, const OpQueue *ops, Folder *from, Folder *to, const UidSet *uids);
/* The server has taken UIDS out of FOLDER, and does not tell of it otherwise: their rows go too. */
void unread_take_away(Core *core, Tree *tree, Folder *folder, const UidSet *uids);
