#include "core/look.h"

#include "base/log.h"
#include "core/convert.h"
#include "core/opqueue-follow.h"
#include "core/opqueue-send.h"

#include <string.h>

/* A set that is no longer than this goes in one command, whatever the server's limit is. */
#define ONE_COMMAND_OCTETS 500
/* Messages that came since; among more, none is told from another. */
#define MAX_ARRIVED 100000

struct Look {
	Core *core;
	Tree *tree;
	OpQueue *queue;
	LookOwner owner;
	gpointer user;
	char *mailbox;       /* raw; NULL: nothing is under way */
	guint32 first;       /* the first UID that is asked for */
	guint32 uidvalidity; /* 0: not open yet */
	gboolean for_copies; /* it was not too early for them */
	GHashTable *arrived; /* what a message is told by -> GArray of UIDs, falling */
	guint n_arrived;
};

Look *
look_new(Core *core, Tree *tree, OpQueue *queue, const LookOwner *owner, gpointer user)
{
	Look *look = g_new0(Look, 1);

	look->core = core;
	look->tree = tree;
	look->queue = queue;
	look->owner = *owner;
	look->user = user;
	look->arrived = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
	return look;
}

void
look_free(Look *look)
{
	if (!look)
		return;
	g_hash_table_unref(look->arrived);
	g_free(look->mailbox);
	g_free(look);
}

/* ---- what has arrived ---- */

static char *
identity_of(const StoreMessage *message)
{
	if (*message->message_id)
		return g_strdup_printf(
			"%" G_GUINT64_FORMAT " %s", message->size, message->message_id);
	/* Without a name of its own, by all that there is: a message taken for another's copy would be
	 * expunged by an undo. */
	return g_strdup_printf("%" G_GUINT64_FORMAT " at %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
			       " %s\n%s",
		message->size, message->internaldate, message->date, message->from_address,
		message->subject);
}

static void
take_fetch(Look *look, const ImapFetch *fetch)
{
	g_autoptr(StoreMessage) message = NULL;
	g_autofree char *identity = NULL;
	GArray *uids;

	if (fetch->uid < look->first || !(fetch->has & IMAP_HAS_ENVELOPE))
		return;
	if (++look->n_arrived > MAX_ARRIVED) {
		g_hash_table_remove_all(look->arrived);
		return;
	}
	message = convert_fetch(0, fetch);
	identity = identity_of(message);
	uids = g_hash_table_lookup(look->arrived, identity);
	if (!uids) {
		uids = g_array_new(FALSE, FALSE, sizeof(guint32));
		g_hash_table_insert(look->arrived, g_steal_pointer(&identity), uids);
	}
	g_array_append_val(uids, fetch->uid);
}

void
look_take_event(Look *look, const ImapEvent *event)
{
	if (!look->mailbox)
		return;
	if (event->kind == IMAP_EVENT_SELECTED && !strcmp(event->selected->mailbox, look->mailbox))
		look->uidvalidity = event->selected->uidvalidity;
	else if (event->kind == IMAP_EVENT_FETCH && look->uidvalidity)
		take_fetch(look, event->fetch);
}

/* Those like MESSAGE that arrived; or NULL. */
static GArray *
alike(const Look *look, const StoreMessage *message)
{
	g_autofree char *identity = identity_of(message);

	return g_hash_table_lookup(look->arrived, identity);
}

/* Takes the last that arrived from UIDNEXT on and is not taken for another yet; 0: none. */
static guint32
claim(Look *look, const StoreMessage *message, guint32 uidnext)
{
	GArray *uids = alike(look, message);

	for (guint i = uids ? uids->len : 0; i-- > 0;) {
		guint32 uid = g_array_index(uids, guint32, i);

		if (uid < uidnext)
			continue;
		g_array_remove_index(uids, i);
		return uid;
	}
	return 0;
}

/* The only one that arrived from UIDNEXT on and is not KNOWN to be another; 0: there is none, or more. */
static guint32
find_only(const Look *look, const StoreMessage *message, guint32 uidnext, const UidSet *known)
{
	const GArray *uids = alike(look, message);
	guint32 only = 0;

	for (guint i = 0; uids && i < uids->len; i++) {
		guint32 uid = g_array_index(uids, guint32, i);

		if (uid < uidnext || uidset_contains(known, uid))
			continue;
		if (only)
			return 0;
		only = uid;
	}
	return only;
}

/* ---- what became of an op ---- */

typedef struct {
	UidSet *from, *to; /* messages found, and as what */
	guint known;       /* messages that could be looked for */
} Found;

static void
found_clear(Found *found)
{
	uidset_free(found->from);
	uidset_free(found->to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static Found
find_copies(Look *look, const StoreOp *op)
{
	const Folder *source = tree_by_raw(look->tree, op->mailbox);
	Found found = {uidset_new(), uidset_new(), 0};
	g_autoptr(GPtrArray) messages = NULL;

	if (!source)
		return found;
	messages = store_messages_get(look->core->store, source->stored->id, op->uids);
	found.known = messages->len;
	for (guint i = messages->len; i-- > 0;) {
		const StoreMessage *message = g_ptr_array_index(messages, i);
		guint32 uid = claim(look, message, op->to_uidnext);

		if (uid) {
			uidset_add(found.from, message->uid);
			uidset_add(found.to, uid);
		}
	}
	return found;
}

static gboolean
can_be_told(const Look *look, const StoreOp *op)
{
	return op->to_uidnext && op->to_uidvalidity && op->to_uidvalidity == look->uidvalidity &&
	       look->n_arrived <= MAX_ARRIVED;
}

static OpLooked
judge(const StoreOp *op, const Found *found)
{
	g_autofree char *text = uidset_to_string(op->uids);
	gboolean all_known = found->known == uidset_count(op->uids);
	guint64 n = uidset_count(found->from);

	if (!found->known || (!all_known && strlen(text) > ONE_COMMAND_OCTETS))
		return OP_COPY_UNKNOWN;
	if (n == 0)
		return OP_COPY_ABSENT;
	if (n == found->known)
		return OP_COPY_DONE;
	return all_known ? OP_COPY_PARTLY : OP_COPY_UNKNOWN;
}

static void
settle_op(Look *look, StoreOp *op)
{
	g_auto(Found) found = {uidset_new(), uidset_new(), 0};
	OpLooked looked = OP_COPY_UNKNOWN;
	g_autofree char *mailbox = g_strdup(op->mailbox);
	g_autoptr(UidSet) uids = uidset_copy(op->uids);

	if (can_be_told(look, op)) {
		found_clear(&found);
		found = find_copies(look, op);
		looked = judge(op, &found);
	}
	log_line(LOG_INFO, "look",
		"%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " copies have arrived",
		uidset_count(found.from), uidset_count(uids));
	if (opqueue_settle_copy(look->queue, op, looked, found.from, found.to))
		look->owner.settled(mailbox, uids, FALSE,
			uidset_is_empty(found.to) ? NULL : look->mailbox, found.to, look->user);
}

/* ---- what was moved ---- */

/* As with COPYUID: the row is known in the other folder from now on, also for whoever looks for it there. */
static void
carry_row(const Look *look, const Folder *source, guint32 uid, guint32 to_uid)
{
	const Folder *to = tree_by_raw(look->tree, look->mailbox);
	g_autoptr(GError) error = NULL;

	if (!to || to->live || to->stored->uidvalidity != look->uidvalidity)
		return;
	if (!store_message_copy(
		    look->core->store, source->stored->id, uid, to->stored->id, to_uid, &error))
		core_cache_trouble(look->core, g_steal_pointer(&error));
}

static void
find_moved(const Look *look, const StoreOp *op, GArray *from, GArray *to)
{
	const Folder *source = tree_by_raw(look->tree, op->mailbox);
	g_autoptr(UidSet) uids = uidset_copy(op->uids);
	g_autoptr(UidSet) known = opqueue_arrived(look->queue, look->mailbox);
	g_autoptr(GPtrArray) messages = NULL;

	if (!source || !can_be_told(look, op))
		return;
	if (op->from_uids_done)
		uidset_remove_set(uids, op->from_uids_done);
	messages = store_messages_get(look->core->store, source->stored->id, uids);
	for (guint i = 0; i < messages->len; i++) {
		const StoreMessage *message = g_ptr_array_index(messages, i);
		guint32 uid = find_only(look, message, op->to_uidnext, known);

		if (!uid)
			continue;
		g_array_append_val(from, message->uid);
		g_array_append_val(to, uid);
		carry_row(look, source, message->uid, uid);
	}
}

static void
trace_op(Look *look, StoreOp *op)
{
	g_autoptr(GArray) from = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(UidSet) to_uids = NULL;
	g_autofree char *mailbox = g_strdup(op->mailbox);
	g_autoptr(UidSet) uids = uidset_copy(op->uids);

	find_moved(look, op, from, to);
	log_line(LOG_INFO, "look", "%u moved messages were found again", from->len);
	opqueue_settle_trace(
		look->queue, op, (const guint32 *)from->data, (const guint32 *)to->data, from->len);
	to_uids = op->to_uids_done ? uidset_copy(op->to_uids_done) : uidset_new();
	opqueue_commit(look->queue);
	look->owner.settled(mailbox, uids, TRUE, look->mailbox, to_uids, look->user);
}

static void
settle(Look *look)
{
	g_autoptr(GPtrArray) ops = opqueue_unsure(look->queue, look->mailbox);

	/* The youngest claims first what arrived last. */
	for (guint i = ops ? ops->len : 0; i-- > 0;) {
		StoreOp *op = g_ptr_array_index(ops, i);

		/* One that was cut since has a look of its own. */
		if (op->to_uidnext && op->to_uidnext < look->first)
			continue;
		if (op->step == OP_STEP_TRACING)
			trace_op(look, op);
		else if (look->for_copies)
			settle_op(look, op);
	}
}

/* ---- looking ---- */

static void
on_opened(Link *link, const ImapEvent *event, gpointer user)
{
	/* Whether it is open shows in look_take_event(). */
}

static void
on_listed(Link *link, const ImapEvent *event, gpointer user)
{
	Look *look = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	/* After another cut it is looked once more. */
	if (!event->error || link_is_ready(link))
		settle(look);
	g_clear_pointer(&look->mailbox, g_free);
	g_hash_table_remove_all(look->arrived);
	look->owner.over(look->user);
	core_touch(look->core);
}

gboolean
look_is_wanted(const Look *look)
{
	g_autoptr(GPtrArray) ops = look->mailbox ? NULL : opqueue_unsure(look->queue, NULL);

	return ops != NULL;
}

const char *
look_begin(Look *look, Link *link)
{
	g_autoptr(GPtrArray) ops = opqueue_unsure(look->queue, NULL);
	const StoreOp *first;

	if (!ops || look->mailbox)
		return NULL;
	first = g_ptr_array_index(ops, 0);
	look->mailbox = g_strdup(first->to_mailbox);
	look->first = G_MAXUINT32;
	look->uidvalidity = 0;
	look->n_arrived = 0;
	look->for_copies = FALSE;
	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);

		if (strcmp(op->to_mailbox, look->mailbox) != 0)
			continue;
		look->for_copies |= op->step == OP_STEP_LOOKING;
		if (op->to_uidnext)
			look->first = MIN(look->first, op->to_uidnext);
	}
	link_submit(link, imap_command_select(look->mailbox, TRUE), on_opened, look);
	link_submit(link,
		imap_command_fetch_uids(uidset_new_range(look->first, G_MAXUINT32),
			IMAP_WANT_ENVELOPE | IMAP_WANT_DATE | IMAP_WANT_SIZE, 0),
		on_listed, look);
	return look->mailbox;
}
