#include "core/unread.h"

#include "store/messages.h"

#include <string.h>

/* What becomes of messages of a folder by its pending changes. */
typedef struct {
	UidSet *read, *unread; /* marked so, by the last word about them */
	UidSet *gone;
} Fate;

static void
fate_clear(Fate *fate)
{
	uidset_free(fate->read);
	uidset_free(fate->unread);
	uidset_free(fate->gone);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fate, fate_clear)

static void
mark(Fate *fate, const StoreOp *op)
{
	gboolean read = op->kind == STORE_OP_ADD_FLAGS;

	if (!(op->flags.bits & FLAG_SEEN))
		return;
	uidset_add_set(read ? fate->read : fate->unread, op->uids);
	uidset_remove_set(read ? fate->unread : fate->read, op->uids);
}

/* OPS: all that are pending, by rising id. */
static Fate
fate_in(const Folder *folder, const GPtrArray *ops)
{
	Fate fate = {uidset_new(), uidset_new(), uidset_new()};

	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);

		if (strcmp(op->mailbox, folder->stored->name) != 0)
			continue;
		switch (op->kind) {
		case STORE_OP_ADD_FLAGS:
		case STORE_OP_REMOVE_FLAGS: mark(&fate, op); break;
		case STORE_OP_MOVE:
		case STORE_OP_EXPUNGE: uidset_add_set(fate.gone, op->uids); break;
		case STORE_OP_COPY: break;
		}
	}
	return fate;
}

static UidSet *
without(const UidSet *set, const UidSet *other)
{
	UidSet *rest = uidset_copy(set);

	uidset_remove_set(rest, other);
	return rest;
}

/* Of UIDS, as the server has them. Those that are not in the store are in neither number. */
static gint64
count(Core *core, const Folder *folder, const UidSet *uids, gint64 *out_unread)
{
	guint unread;
	guint known = store_messages_count(core->store, folder->stored->id, uids, &unread);

	*out_unread = unread;
	return known;
}

/* How many of UIDS will be unread. */
static gint64
unread_then(Core *core, const Folder *folder, const Fate *fate, const UidSet *uids)
{
	g_autoptr(UidSet) marked = uidset_intersect(uids, fate->unread);
	g_autoptr(UidSet) others = without(uids, fate->read);
	gint64 unread;

	uidset_remove_set(others, fate->unread);
	(void)count(core, folder, others, &unread);
	return unread + (gint64)uidset_count(marked);
}

/* ---- what is pending ---- */

/* A change of flags names exactly the messages that it changes: what is not in the store is not yet
 * as the change wants it. */
static gint64
effect_of_marks(Core *core, const Folder *folder, const Fate *fate)
{
	g_autoptr(UidSet) read = without(fate->read, fate->gone);
	g_autoptr(UidSet) unread = without(fate->unread, fate->gone);
	gint64 unread_of_read, unread_of_unread, known;

	known = count(core, folder, read, &unread_of_read);
	(void)count(core, folder, unread, &unread_of_unread);
	return (gint64)uidset_count(unread) - unread_of_unread -
	       ((gint64)uidset_count(read) - known + unread_of_read);
}

/* What the server has confirmed by COPYUID is in the counts of the other folder already. */
static void
add_incoming(Core *core, const Tree *tree, const Folder *folder, const GPtrArray *ops,
	gint64 *unread, gint64 *total)
{
	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);
		const Folder *from = tree_by_raw(tree, op->mailbox);
		g_autoptr(UidSet) coming = NULL;
		g_auto(Fate) fate = {NULL, NULL, NULL};

		if (!from || op->to_account || g_strcmp0(op->to_mailbox, folder->stored->name) != 0)
			continue;
		fate = fate_in(from, ops);
		coming = uidset_copy(op->uids);
		if (op->from_uids_done)
			uidset_remove_set(coming, op->from_uids_done);
		*unread += unread_then(core, from, &fate, coming);
		*total += (gint64)uidset_count(coming);
	}
}

static void
update_folder(Core *core, Tree *tree, const GPtrArray *ops, Folder *folder)
{
	g_auto(Fate) fate = fate_in(folder, ops);
	gint64 unread_of_gone, unread, total;

	(void)count(core, folder, fate.gone, &unread_of_gone);
	unread = effect_of_marks(core, folder, &fate) - unread_of_gone;
	/* Of the open folder the server tells who goes, before it answers for the change. */
	total = -(folder->live ? (gint64)folder->leaving : (gint64)uidset_count(fate.gone));
	add_incoming(core, tree, folder, ops, &unread, &total);
	unread = CLAMP(unread, G_MININT32, G_MAXINT32);
	total = CLAMP(total, G_MININT32, G_MAXINT32);
	if (folder->unread_pending == unread && folder->total_pending == total)
		return;
	folder->unread_pending = (gint32)unread;
	folder->total_pending = (gint32)total;
	tree_touch(tree, folder);
}

static void
add_concerned(GHashTable *concerned, const Tree *tree, const char *mailbox)
{
	Folder *folder = mailbox ? tree_by_raw(tree, mailbox) : NULL;

	if (folder)
		g_hash_table_add(concerned, folder);
}

/* Every turn: no name of a folder that nothing is about is looked at. There may be twenty thousand, and long. */
void
unread_update(Core *core, Tree *tree, const OpQueue *ops)
{
	g_autoptr(GPtrArray) pending = opqueue_pending(ops, NULL);
	g_autoptr(GHashTable) concerned = g_hash_table_new(NULL, NULL);
	GHashTableIter iter;
	gpointer folder;

	for (guint i = 0; i < pending->len; i++) {
		const StoreOp *op = g_ptr_array_index(pending, i);

		add_concerned(concerned, tree, op->mailbox);
		add_concerned(concerned, tree, op->to_mailbox);
	}
	for (guint i = 0; i < tree_count(tree); i++) {
		Folder *each = tree_at(tree, i);

		if (each->unread_pending || each->total_pending)
			g_hash_table_add(concerned, each);
	}
	g_hash_table_iter_init(&iter, concerned);
	while (g_hash_table_iter_next(&iter, &folder, NULL))
		update_folder(core, tree, pending, folder);
}

/* ---- what is done ---- */

void
unread_carry(
	Core *core, Tree *tree, const OpQueue *ops, Folder *from, Folder *to, const UidSet *uids)
{
	g_autoptr(GPtrArray) pending = opqueue_pending(ops, NULL);
	g_auto(Fate) fate = fate_in(from, pending);

	to->stored->unread += (guint32)unread_then(core, from, &fate, uids);
	to->stored->total += (guint32)uidset_count(uids);
	tree_save(tree, to);
}

void
unread_take_away(Core *core, Tree *tree, Folder *folder, const UidSet *uids)
{
	StoreFolder *stored = folder->stored;
	g_autoptr(GError) error = NULL;
	gint64 unread;

	(void)count(core, folder, uids, &unread);
	stored->unread -= MIN(stored->unread, (guint32)unread);
	stored->total -= (guint32)MIN((guint64)stored->total, uidset_count(uids));
	if (!store_messages_remove(core->store, stored->id, uids, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
	tree_save(tree, folder);
}
