#include "core/unread.h"

#include "core/flags.h"
#include "store/messages.h"

/* As they will be once the changes of their flags are confirmed. */
static gint64
unread_among(Core *core, const Folder *folder, const UidSet *uids, const GPtrArray *pending)
{
	g_autoptr(GPtrArray) messages = store_messages_get(core->store, folder->stored->id, uids);
	gint64 n = 0;

	for (guint i = 0; i < messages->len; i++) {
		const StoreMessage *message = g_ptr_array_index(messages, i);
		gboolean is_pending;
		g_auto(FlagSet) flags =
			flags_fold(&message->flags, message->uid, pending, &is_pending);

		n += !(flags.bits & FLAG_SEEN);
	}
	return n;
}

/* An op on flags names exactly the messages that it changes. */
static gint64
effect_of(Core *core, const Folder *folder, const StoreOp *op, const GPtrArray *pending)
{
	switch (op->kind) {
	case STORE_OP_ADD_FLAGS:
		return op->flags.bits & FLAG_SEEN ? -(gint64)uidset_count(op->uids) : 0;
	case STORE_OP_REMOVE_FLAGS:
		return op->flags.bits & FLAG_SEEN ? (gint64)uidset_count(op->uids) : 0;
	case STORE_OP_MOVE:
	case STORE_OP_EXPUNGE: return -unread_among(core, folder, op->uids, pending);
	case STORE_OP_COPY: return 0;
	}
	return 0;
}

void
unread_update(Core *core, Tree *tree, const OpQueue *ops, Folder *folder)
{
	g_autoptr(GPtrArray) pending = opqueue_pending(ops, folder->stored->name);
	gint64 effect = 0;

	for (guint i = 0; i < pending->len; i++)
		effect += effect_of(core, folder, g_ptr_array_index(pending, i), pending);
	effect = CLAMP(effect, G_MININT32, G_MAXINT32);
	if (folder->unread_pending == (gint32)effect)
		return;
	folder->unread_pending = (gint32)effect;
	tree_touch(tree, folder);
}
