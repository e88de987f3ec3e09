#include "core/mailbox-private.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/convert.h"

#include <string.h>

#define MAX_POSITIONS (256 * 1024) /* bytes of a map that are worth saving */
#define MAX_ARRIVALS  100          /* new messages that are fetched though they are not in view */
#define REMOVED_ROWS  500          /* that leave the store in one turn */

Folder *
mailbox_my_folder(const Mailbox *mailbox)
{
	return tree_by_id(mailbox->tree, mailbox->folder);
}

void
mailbox_set_live(Mailbox *mailbox, gboolean live)
{
	Folder *folder = mailbox_my_folder(mailbox);

	if (folder)
		folder->live = live;
	if (folder)
		folder->leaving = 0;
}

void
mailbox_count_leaving(const Mailbox *mailbox)
{
	Folder *folder = mailbox_my_folder(mailbox);

	if (folder)
		folder->leaving =
			seqmap_count(msglist_map(mailbox->list)) - engine_list_count(mailbox->list);
}

static void
on_view_changed(gpointer user)
{
	core_touch(((Mailbox *)user)->core);
}

static void
on_located(Link *link, const ImapEvent *event, gpointer user)
{
	/* The FETCH itself came through mailbox_take_event(). */
}

static void
on_locate(guint32 uid, gpointer user)
{
	Mailbox *mailbox = user;

	if (mailbox->selected)
		link_submit(mailbox->link,
			imap_command_fetch_uids(uidset_new_range(uid, uid), IMAP_WANT_ROW, 0),
			on_located, mailbox);
}

static void
on_closed(gpointer user)
{
	Mailbox *mailbox = user;

	mailbox->owner.closed(mailbox, mailbox->user);
}

static SeqMap *
saved_map(const StoreFolder *stored)
{
	SeqMap *map = stored->positions ? seqmap_from_text(stored->positions) : NULL;

	if (map)
		return map;
	return seqmap_new(stored->counts_known ? stored->total : 0);
}

/* What was kept later than the last visit tells more, and is no ground to resynchronise from: nobody knows
 * what has happened to the flags since. */
static void
show_saved(Mailbox *mailbox, const StoreFolder *stored)
{
	g_autoptr(SeqMap) visited = saved_map(stored), kept = NULL;
	gint64 kept_at = 0;
	g_autofree char *text = store_folder_kept(mailbox->core->store, mailbox->folder, &kept_at);

	if (text && (!stored->positions || kept_at > stored->positions_at))
		kept = seqmap_from_text(text);
	msglist_set_seen_at(mailbox->list, kept ? kept_at : stored->positions_at);
	if (kept) {
		msglist_set_map(mailbox->list, g_steal_pointer(&kept), FALSE);
		mailbox->visited = g_steal_pointer(&visited);
	} else {
		msglist_set_map(mailbox->list, g_steal_pointer(&visited), FALSE);
	}
}

Mailbox *
mailbox_new(Core *core, EngineAccountId account, Tree *tree, const Folder *folder,
	const OpQueue *ops, const MailboxOwner *owner, gpointer user)
{
	static const MsglistOwner list_owner = {on_view_changed, on_locate, on_closed};
	Mailbox *mailbox = g_new0(Mailbox, 1);
	gboolean outgoing = folder->role == ENGINE_ROLE_SENT || folder->role == ENGINE_ROLE_DRAFTS;

	mailbox->core = core;
	mailbox->account = account;
	mailbox->tree = tree;
	mailbox->folder = folder->stored->id;
	mailbox->raw = g_strdup(folder->stored->name);
	mailbox->owner = *owner;
	mailbox->user = user;
	mailbox->ops = ops;
	mailbox->uidvalidity = folder->stored->uidvalidity;
	mailbox->removed = uidset_new();
	mailbox->list = msglist_new(
		core, account, mailbox->folder, mailbox->raw, ops, outgoing, &list_owner, mailbox);
	mailbox->fetcher = fetcher_new(mailbox->list);
	show_saved(mailbox, folder->stored);
	return mailbox;
}

/* By its row a message is found again that was moved without a word of where to (core/look.h). */
static UidSet *
find_forgettable(Mailbox *mailbox)
{
	g_autoptr(GPtrArray) ops = opqueue_pending(mailbox->ops, mailbox->raw);
	g_autoptr(UidSet) moving = uidset_new();
	UidSet *forgettable = uidset_copy(mailbox->removed);

	for (guint i = 0; i < ops->len; i++) {
		const StoreOp *op = g_ptr_array_index(ops, i);

		if (op->kind == STORE_OP_MOVE)
			uidset_add_set(moving, op->uids);
	}
	uidset_remove_set(forgettable, moving);
	return forgettable;
}

/* Some rows each turn: of a big folder that was emptied elsewhere there may be a hundred thousand. Rows
 * that a crash leaves behind are of no message, and are shown nowhere. */
static void
forget_removed(Mailbox *mailbox)
{
	Store *store = mailbox->core->store;
	Folder *folder = mailbox_my_folder(mailbox);
	g_autoptr(UidSet) forgettable = NULL;
	g_autoptr(UidSet) head = NULL;
	g_autoptr(GError) error = NULL;
	guint unread;

	if (uidset_is_empty(mailbox->removed) || !folder)
		return;
	forgettable = find_forgettable(mailbox);
	if (uidset_is_empty(forgettable))
		return;
	head = store_messages_head(store, mailbox->folder, forgettable, REMOVED_ROWS, &unread);
	if (!store_messages_remove(store, mailbox->folder, head, &error))
		core_cache_trouble(mailbox->core, g_steal_pointer(&error));
	uidset_remove_set(mailbox->removed, head);
	if (!uidset_equal(head, forgettable))
		core_touch(mailbox->core);
	folder->stored->unread -= MIN(folder->stored->unread, unread);
	tree_save(mailbox->tree, folder);
	mailbox->owner.moved(mailbox, mailbox->user);
}

void
mailbox_save_map(Mailbox *mailbox)
{
	Folder *folder = mailbox_my_folder(mailbox);
	g_autofree char *text = NULL;

	if (!folder || !engine_list_is_current(mailbox->list))
		return;
	text = seqmap_to_text(msglist_map(mailbox->list));
	g_free(folder->stored->positions);
	folder->stored->positions_at = clock_wall();
	folder->stored->positions = strlen(text) <= MAX_POSITIONS ? g_steal_pointer(&text) : NULL;
	tree_save(mailbox->tree, folder);
}

void
mailbox_free(Mailbox *mailbox)
{
	if (!mailbox)
		return;
	if (mailbox->link)
		link_forget(mailbox->link, mailbox);
	forget_removed(mailbox);
	mailbox_save_map(mailbox);
	mailbox_set_live(mailbox, FALSE);
	fetcher_free(mailbox->fetcher);
	msglist_free(mailbox->list);
	seqmap_free(mailbox->fresh);
	seqmap_free(mailbox->visited);
	resync_free(mailbox->resync);
	uidset_free(mailbox->removed);
	flagset_clear(&mailbox->permanent_flags);
	g_free(mailbox->raw);
	g_free(mailbox);
}

EngineList *
mailbox_list(const Mailbox *mailbox)
{
	return mailbox->list;
}

EngineFolderId
mailbox_folder(const Mailbox *mailbox)
{
	return mailbox->folder;
}

gboolean
mailbox_is_selected(const Mailbox *mailbox)
{
	return mailbox->selected;
}

gboolean
mailbox_is_refused(const Mailbox *mailbox)
{
	return mailbox->refused;
}

gboolean
mailbox_keeps_keyword(const Mailbox *mailbox, const char *keyword)
{
	char **kept = mailbox->permanent_flags.keywords;

	if (!mailbox->selected || mailbox->any_keyword)
		return TRUE;
	for (; kept && *kept; kept++)
		if (g_ascii_strcasecmp(*kept, keyword) == 0)
			return TRUE;
	return FALSE;
}

guint32
mailbox_uidvalidity(const Mailbox *mailbox)
{
	return mailbox->uidvalidity;
}

gboolean
mailbox_is_busy(const Mailbox *mailbox)
{
	return mailbox->link &&
	       (mailbox->fresh || mailbox->resync || fetcher_is_busy(mailbox->fetcher));
}

/* ---- news of the open folder ---- */

static void
count_unread(Mailbox *mailbox, gboolean was_unread, gboolean is_unread)
{
	Folder *folder = mailbox_my_folder(mailbox);

	if (!folder || was_unread == is_unread)
		return;
	if (is_unread)
		folder->stored->unread++;
	else if (folder->stored->unread)
		folder->stored->unread--;
	tree_save(mailbox->tree, folder);
}

/* A whole row. A message that the last visit had not seen counts as arrived. */
static void
put_row(Mailbox *mailbox, const ImapFetch *fetch)
{
	g_autoptr(StoreMessage) message = convert_fetch(mailbox->folder, fetch);
	g_autoptr(StoreMessage) before =
		store_message_get(mailbox->core->store, mailbox->folder, fetch->uid, FALSE);
	g_autoptr(GError) error = NULL;
	Folder *folder = mailbox_my_folder(mailbox);

	if (before && !(fetch->has & IMAP_HAS_FLAGS)) {
		flagset_clear(&message->flags);
		message->flags = flagset_copy(&before->flags);
	}
	if (!store_message_put(mailbox->core->store, message, &error))
		core_cache_trouble(mailbox->core, g_steal_pointer(&error));
	if (before)
		count_unread(mailbox, !(before->flags.bits & FLAG_SEEN),
			!(message->flags.bits & FLAG_SEEN));
	else if (!(message->flags.bits & FLAG_SEEN))
		mailbox->owner.arrived(mailbox, message, mailbox->user);
	if (!before && folder && folder->stored->uidnext &&
		fetch->uid >= MAX(folder->stored->uidnext, folder->counted))
		count_unread(mailbox, FALSE, !(message->flags.bits & FLAG_SEEN));
	if (folder && fetch->uid >= folder->stored->uidnext)
		folder->stored->uidnext = fetch->uid + 1;
}

static void
put_flags(Mailbox *mailbox, const ImapFetch *fetch)
{
	g_autoptr(StoreMessage) before =
		store_message_get(mailbox->core->store, mailbox->folder, fetch->uid, FALSE);
	g_autoptr(GError) error = NULL;

	if (!before)
		return;
	if (!store_message_set_flags(mailbox->core->store, mailbox->folder, fetch->uid,
		    &fetch->flags, fetch->modseq, &error))
		core_cache_trouble(mailbox->core, g_steal_pointer(&error));
	count_unread(mailbox, !(before->flags.bits & FLAG_SEEN), !(fetch->flags.bits & FLAG_SEEN));
}

static void
take_fetch(Mailbox *mailbox, const ImapEvent *event)
{
	ImapFetch named = *event->fetch;
	const ImapFetch *fetch = &named;

	/* News of flags comes without the UID (RFC 3501 section 7.4.2); the session knows it. */
	named.uid = event->uid;
	if (!fetch->uid || !fetch->position)
		return;
	if (fetch->has & IMAP_HAS_FLAGS)
		fetcher_confirm(mailbox->fetcher, fetch->uid);
	if (mailbox->resync)
		resync_take_fetch(mailbox->resync, fetch);
	else if (mailbox->fresh)
		(void)seqmap_learn(mailbox->fresh, fetch->position, fetch->uid);
	else
		msglist_learn(mailbox->list, fetch->position, fetch->uid);
	/* Servers tell flags unasked, and nothing else: rows that nobody wants would fill the disk. */
	if (event->asked && fetch->has & (IMAP_HAS_ENVELOPE | IMAP_HAS_STRUCTURE))
		put_row(mailbox, fetch);
	else if (fetch->has & IMAP_HAS_FLAGS)
		put_flags(mailbox, fetch);
	else
		return;
	msglist_refresh(mailbox->list, fetch->uid);
	msglist_found(mailbox->list, fetch->uid);
}

static void
take_exists(Mailbox *mailbox, guint32 count)
{
	Folder *folder = mailbox_my_folder(mailbox);
	const SeqMap *map = mailbox->fresh ? mailbox->fresh : msglist_map(mailbox->list);
	guint32 before = seqmap_count(map);

	if (folder) {
		folder->stored->total = count;
		tree_save(mailbox->tree, folder);
	}
	if (mailbox->fresh)
		seqmap_set_count(mailbox->fresh, count);
	else
		msglist_grow(mailbox->list, count);
	if (count <= before)
		return;
	mailbox->owner.moved(mailbox, mailbox->user);
	if (mailbox->selected)
		fetcher_want(mailbox->fetcher,
			MAX(before + 1, count > MAX_ARRIVALS ? count - MAX_ARRIVALS : 1), count);
}

static void
take_expunge(Mailbox *mailbox, guint32 position, guint32 uid)
{
	Folder *folder = mailbox_my_folder(mailbox);

	if (uid)
		uidset_add(mailbox->removed, uid);
	fetcher_shift(mailbox->fetcher);
	if (mailbox->fresh)
		seqmap_expunge(mailbox->fresh, position);
	else
		msglist_expunge(mailbox->list, position);
	if (folder && folder->stored->total)
		folder->stored->total--;
}

static void
take_vanished(Mailbox *mailbox, const ImapEvent *event)
{
	Folder *folder = mailbox_my_folder(mailbox);

	uidset_add_set(mailbox->removed, event->uids);
	/* Told of the time before this SELECT, whose positions the map has already. */
	if (event->earlier)
		return;
	fetcher_shift(mailbox->fetcher);
	if (!mailbox->fresh) {
		msglist_vanish(mailbox->list, event->uids);
		if (seqmap_count(msglist_map(mailbox->list)) != event->count)
			msglist_set_map(mailbox->list, seqmap_new(event->count), TRUE);
	} else {
		seqmap_vanish(mailbox->fresh, event->uids);
		seqmap_set_count(mailbox->fresh, event->count);
	}
	if (folder)
		folder->stored->total = event->count;
}

void
mailbox_take_event(Mailbox *mailbox, const ImapEvent *event)
{
	if (event->kind == IMAP_EVENT_SELECTED)
		mailbox_take_selected(mailbox, event->selected);
	if (!mailbox->selected)
		return;
	switch (event->kind) {
	case IMAP_EVENT_EXISTS: take_exists(mailbox, event->count); break;
	case IMAP_EVENT_EXPUNGED: take_expunge(mailbox, event->position, event->uid); break;
	case IMAP_EVENT_VANISHED: take_vanished(mailbox, event); break;
	case IMAP_EVENT_FETCH: take_fetch(mailbox, event); break;
	default: break;
	}
}

/* ---- once per turn ---- */

/* A program that is killed saves nothing at its end: without this, a folder that it had opened for the first
 * time would be all blanks at the next start until the server has answered. */
static void
keep_first_view(Mailbox *mailbox)
{
	if (mailbox->saved || mailbox_is_busy(mailbox))
		return;
	mailbox->saved = TRUE;
	mailbox_save_map(mailbox);
}

void
mailbox_settle(Mailbox *mailbox)
{
	forget_removed(mailbox);
	if (!mailbox->selected || mailbox->fresh)
		return;
	fetcher_settle(mailbox->fetcher);
	keep_first_view(mailbox);
}
