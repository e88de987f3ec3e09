/*
 * COPYUID (RFC 4315): as what messages are known where they were moved or copied. The ops that asked for it
 * learn the pairs of UIDs, so that undo knows the way, and the rows are known in the other folder at once.
 * Writes to these ops, to the rows in the cache and to the unread messages of both folders; the journal hears
 * of it from who has sent them (core/sender.h).
 */
#pragma once

#include "core/link.h"
#include "core/opqueue-send.h"
#include "core/tree.h"

/* What one batch is told; servers may do it piece by piece. All borrowed. */
typedef struct {
	Core *core;
	Tree *tree;
	OpQueue *queue;
	const OpBatch *batch;
	guint32 last_from, last_to; /* of the pairs, 0: there was none */
	gboolean crossed;           /* they do not rise, or fall, together */
} CopyUid;

void copyuid_take(CopyUid *copyuid, const ImapCode *code);
