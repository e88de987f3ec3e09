#include "core/copyuid.h"

#include "core/unread.h"
#include "store/messages.h"

#define MAX_PAIRS 100000 /* that are taken into the cache */

/* Walks the UIDs of ranges, which may descend (Gmail). */
typedef struct {
	const UidRange *ranges;
	guint n, at;
	guint32 done; /* of the range at AT */
} Walk;

/* 0 at the end. */
static guint32
walk_next(Walk *walk)
{
	const UidRange *range;
	gboolean rises;
	guint32 uid;

	if (walk->at >= walk->n)
		return 0;
	range = &walk->ranges[walk->at];
	rises = range->first <= range->last;
	uid = rises ? range->first + walk->done : range->first - walk->done;
	walk->done++;
	if (uid == range->last) {
		walk->at++;
		walk->done = 0;
	}
	return uid;
}

static void
note_pair(const OpBatch *batch, guint32 uidvalidity, guint32 from, guint32 to)
{
	for (guint i = 0; i < batch->ops->len; i++) {
		StoreOp *op = g_ptr_array_index(batch->ops, i);

		if (!uidset_contains(op->uids, from))
			continue;
		if (!op->from_uids_done) {
			op->from_uids_done = uidset_new();
			op->to_uids_done = uidset_new();
		}
		op->to_uidvalidity = uidvalidity;
		uidset_add(op->from_uids_done, from);
		uidset_add(op->to_uids_done, to);
	}
}

/* Of the UIDs that RANGES span, those whose rows are in the store; none of a folder that is not known.
 * It is asked once: how many ranges there are, and how long, is the server's word. */
static UidSet *
rows_here(const Core *core, const Folder *folder, const UidRange *ranges, guint n)
{
	guint32 first = G_MAXUINT32, last = 0;

	for (guint i = 0; i < n; i++) {
		first = MIN(first, MIN(ranges[i].first, ranges[i].last));
		last = MAX(last, MAX(ranges[i].first, ranges[i].last));
	}
	if (!folder || first > last)
		return uidset_new();
	return store_messages_uids(core->store, folder->stored->id, first, last);
}

static void
copy_row(Core *core, const Folder *from, guint32 uid, const Folder *to, guint32 to_uid)
{
	g_autoptr(GError) error = NULL;

	if (!store_message_copy(core->store, from->stored->id, uid, to->stored->id, to_uid, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
}

/* Rank by rank is how the op keeps them. */
static void
check_order(CopyUid *copyuid, guint32 from, guint32 to)
{
	if (copyuid->last_from && (copyuid->last_from < from) != (copyuid->last_to < to))
		copyuid->crossed = TRUE;
	copyuid->last_from = from;
	copyuid->last_to = to;
}

void
copyuid_take(CopyUid *copyuid, const ImapCode *code)
{
	Core *core = copyuid->core;
	const StoreOp *head = g_ptr_array_index(copyuid->batch->ops, 0);
	Folder *from = tree_by_raw(copyuid->tree, head->mailbox);
	Folder *to = tree_by_raw(copyuid->tree, head->to_mailbox);
	gboolean same = to && to->stored->uidvalidity == (guint32)code->number;
	g_autoptr(UidSet) here = rows_here(core, from, code->source, code->n_source);
	g_autoptr(UidSet) there = rows_here(core, to, code->dest, same ? code->n_dest : 0);
	g_autoptr(UidSet) come = uidset_new();
	Walk sources = {code->source, code->n_source, 0, 0};
	Walk dests = {code->dest, code->n_dest, 0, 0};

	for (guint i = 0; i < MAX_PAIRS; i++) {
		guint32 source = walk_next(&sources);
		guint32 dest = walk_next(&dests);

		if (!source || !dest)
			break;
		note_pair(copyuid->batch, (guint32)code->number, source, dest);
		check_order(copyuid, source, dest);
		/* Rows that have come there by themselves before were counted. */
		if (same && to->live && uidset_contains(there, dest))
			continue;
		uidset_add(come, source);
		if (same && uidset_contains(here, source))
			copy_row(core, from, source, to, dest);
	}
	if (from && to)
		unread_carry(core, copyuid->tree, copyuid->queue, from, to, come);
}
