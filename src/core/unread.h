/* What pending changes will do to the count of unread messages of a folder. */
#pragma once

#include "core/opqueue.h"
#include "core/tree.h"

/* Computes Folder.unread_pending anew and tells of a change. */
void unread_update(Core *core, Tree *tree, const OpQueue *ops, Folder *folder);
