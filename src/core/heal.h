/*
 * Turns that could not be written: no room, a disk that fails, another Postern that wrote for too long. What the
 * user wanted was refused then, but what the server had said and answered meanwhile is in memory only. So all
 * that is known is written again, every now and then, until it can be; then what the server told in those
 * turns has to be asked for again.
 */
#pragma once

#include "core/opqueue.h"
#include "core/tree.h"

typedef struct Heal Heal;

Heal *heal_new(Core *core, OpQueue *ops, Tree *tree);
void heal_free(Heal *heal);

/* Once per turn, before the commit. TRUE: all is on the disk again, and the open folder is to be looked at
 * anew. */
gboolean heal_settle(Heal *heal);
/* What rows show may be older than what the server has told. */
gboolean heal_is_needed(const Heal *heal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Heal, heal_free)
