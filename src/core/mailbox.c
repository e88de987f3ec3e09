#include "core/mailbox.h"

#include "base/log.h"
#include "core/convert.h"
#include "core/fetcher.h"

#include <string.h>

#define MAX_POSITIONS (256 * 1024) /* bytes of a map that are worth saving */
#define MAX_ARRIVALS  100          /* new messages that are fetched though they are not in view */

struct Mailbox {
	Core *core;
	EngineAccountId account;
	Tree *tree;
	EngineFolderId folder;
	char *raw;
	MailboxOwner owner;
	gpointer user;
	EngineList *list;
	Fetcher *fetcher;
	Link *link; /* borrowed; NULL while there is none */
	gboolean selected;
	gboolean refused; /* the server does not open it */
	guint32 uidvalidity;
	SeqMap *fresh; /* what the server has now, until it takes the place of the list's; or NULL */
	UidSet *removed; /* expunged in this turn */
};

static Folder *
my_folder(const Mailbox *mailbox)
{
	return tree_by_id(mailbox->tree, mailbox->folder);
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
	mailbox->uidvalidity = folder->stored->uidvalidity;
	mailbox->removed = uidset_new();
	mailbox->list = msglist_new(
		core, account, mailbox->folder, mailbox->raw, ops, outgoing, &list_owner, mailbox);
	mailbox->fetcher = fetcher_new(mailbox->list);
	msglist_set_map(mailbox->list, saved_map(folder->stored), FALSE);
	return mailbox;
}

static guint
count_unread_in(const GPtrArray *messages)
{
	guint n = 0;

	for (guint i = 0; i < messages->len; i++)
		n += !(((const StoreMessage *)g_ptr_array_index(messages, i))->flags.bits &
			FLAG_SEEN);
	return n;
}

static void
forget_removed(Mailbox *mailbox)
{
	Folder *folder = my_folder(mailbox);
	g_autoptr(GPtrArray) messages = NULL;
	g_autoptr(GError) error = NULL;

	if (uidset_is_empty(mailbox->removed))
		return;
	messages = store_messages_get(mailbox->core->store, mailbox->folder, mailbox->removed);
	if (!store_messages_remove(mailbox->core->store, mailbox->folder, mailbox->removed, &error))
		core_cache_trouble(mailbox->core, g_steal_pointer(&error));
	uidset_clear(mailbox->removed);
	if (!folder)
		return;
	folder->stored->unread -= MIN(folder->stored->unread, count_unread_in(messages));
	tree_save(mailbox->tree, folder);
	mailbox->owner.moved(mailbox, mailbox->user);
}

/* What is on the screen now is what the next visit begins with. */
static void
save_map(Mailbox *mailbox)
{
	Folder *folder = my_folder(mailbox);
	g_autofree char *text = NULL;

	if (!folder || !engine_list_is_current(mailbox->list))
		return;
	text = seqmap_to_text(msglist_map(mailbox->list));
	g_free(folder->stored->positions);
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
	save_map(mailbox);
	fetcher_free(mailbox->fetcher);
	msglist_free(mailbox->list);
	seqmap_free(mailbox->fresh);
	uidset_free(mailbox->removed);
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

guint32
mailbox_uidvalidity(const Mailbox *mailbox)
{
	return mailbox->uidvalidity;
}

gboolean
mailbox_is_busy(const Mailbox *mailbox)
{
	return mailbox->link && (mailbox->fresh || fetcher_is_busy(mailbox->fetcher));
}

/* ---- the connection ---- */

static void
on_select_done(Link *link, const ImapEvent *event, gpointer user)
{
	Mailbox *mailbox = user;
	Folder *folder = my_folder(mailbox);

	if (event->kind != IMAP_EVENT_DONE || !event->error || !link_is_ready(link))
		return;
	mailbox->refused = TRUE;
	core_notice(mailbox->core, mailbox->account, ENGINE_NOTICE_ERROR, "%s can't be opened. %s",
		folder ? folder->path : mailbox->raw, event->error->message);
}

void
mailbox_attach(Mailbox *mailbox, Link *link)
{
	mailbox->link = link;
	mailbox->refused = FALSE;
	link_submit(link, imap_command_select(mailbox->raw, FALSE), on_select_done, mailbox);
	link_want_idle(link, TRUE);
}

void
mailbox_detach(Mailbox *mailbox)
{
	save_map(mailbox);
	mailbox->link = NULL;
	mailbox->selected = FALSE;
	fetcher_attach(mailbox->fetcher, NULL);
	g_clear_pointer(&mailbox->fresh, seqmap_free);
	msglist_set_current(mailbox->list, FALSE);
}

/* ---- SELECT ---- */

/* Everything that was known of the folder is void (RFC 3501 section 2.3.1.1). */
static void
take_new_validity(Mailbox *mailbox, Folder *folder, guint32 uidvalidity)
{
	g_autoptr(GError) error = NULL;

	if (folder->stored->uidvalidity && folder->stored->uidvalidity != uidvalidity) {
		log_line(LOG_INFO, "mailbox", "%s has another UIDVALIDITY: begun anew",
			folder->path);
		if (!store_folder_reset(mailbox->core->store, mailbox->folder, &error))
			core_cache_trouble(mailbox->core, g_steal_pointer(&error));
		g_clear_pointer(&folder->stored->positions, g_free);
		folder->stored->uidnext = 0;
		msglist_set_map(mailbox->list, seqmap_new(0), FALSE);
	}
	folder->stored->uidvalidity = uidvalidity;
	mailbox->uidvalidity = uidvalidity;
}

/* The fresh map takes the place of the one on the screen. */
static void
adopt(Mailbox *mailbox)
{
	if (!mailbox->fresh)
		return;
	msglist_set_map(mailbox->list, g_steal_pointer(&mailbox->fresh), TRUE);
	core_touch(mailbox->core);
}

static void
on_window_done(Link *link, const ImapEvent *event, gpointer user)
{
	Mailbox *mailbox = user;

	if (event->kind == IMAP_EVENT_DONE && mailbox->link == link && mailbox->selected)
		adopt(mailbox);
}

/* Asks for the rows in view as they stand now: all of those that are new since the last visit, and
 * only the flags of the others, whose rows the store has. */
static void
confirm_window(Mailbox *mailbox, guint32 exists, guint32 arrived)
{
	guint first_row, rows;
	guint32 last, first, first_new;

	fetcher_view(mailbox->fetcher, &first_row, &rows);
	last = exists > first_row ? exists - first_row : exists;
	first = last > rows ? last - rows + 1 : 1;
	first_new = exists > arrived ? exists - arrived + 1 : 1;
	if (first_new <= last)
		link_submit(mailbox->link,
			imap_command_fetch_positions(MAX(first, first_new), last, IMAP_WANT_ROW),
			on_located, mailbox);
	link_submit(mailbox->link,
		imap_command_fetch_positions(
			first, MAX(first, MIN(last, first_new)), IMAP_WANT_FLAGS),
		on_window_done, mailbox);
}

static void
take_selected(Mailbox *mailbox, const ImapSelected *selected)
{
	Folder *folder = my_folder(mailbox);
	guint32 known_uidnext, arrived;
	gboolean seen_before;

	if (!folder || strcmp(selected->mailbox, mailbox->raw) != 0)
		return;
	/* A server that says none (RFC 3501 asks for it) can't mean more than one. */
	take_new_validity(mailbox, folder, selected->uidvalidity ? selected->uidvalidity : 1);
	known_uidnext = folder->stored->uidnext;
	seen_before = folder->stored->positions != NULL && known_uidnext && selected->uidnext;
	arrived = seen_before && selected->uidnext >= known_uidnext
			  ? MIN(selected->uidnext - known_uidnext, selected->exists)
			  : selected->exists;
	folder->stored->uidnext = MAX(selected->uidnext, known_uidnext);
	folder->stored->highestmodseq = selected->highestmodseq;
	folder->stored->total = selected->exists;
	tree_save(mailbox->tree, folder);
	mailbox->selected = TRUE;
	g_clear_pointer(&mailbox->fresh, seqmap_free);
	mailbox->fresh = seqmap_new(selected->exists);
	fetcher_attach(mailbox->fetcher, mailbox->link);
	if (seen_before && selected->exists)
		confirm_window(mailbox, selected->exists, arrived);
	else
		adopt(mailbox);
	mailbox->owner.selected(mailbox, mailbox->user);
}

/* ---- news of the open folder ---- */

static void
count_unread(Mailbox *mailbox, gboolean was_unread, gboolean is_unread)
{
	Folder *folder = my_folder(mailbox);

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
	Folder *folder = my_folder(mailbox);

	if (before && !(fetch->has & IMAP_HAS_FLAGS)) {
		flagset_clear(&message->flags);
		message->flags = flagset_copy(&before->flags);
	}
	if (!store_message_put(mailbox->core->store, message, &error))
		core_cache_trouble(mailbox->core, g_steal_pointer(&error));
	if (before)
		count_unread(mailbox, !(before->flags.bits & FLAG_SEEN),
			!(message->flags.bits & FLAG_SEEN));
	else if (folder && folder->stored->uidnext && fetch->uid >= folder->stored->uidnext)
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
	if (mailbox->fresh)
		(void)seqmap_learn(mailbox->fresh, fetch->position, fetch->uid);
	else
		msglist_learn(mailbox->list, fetch->position, fetch->uid);
	if (fetch->has & (IMAP_HAS_ENVELOPE | IMAP_HAS_STRUCTURE))
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
	Folder *folder = my_folder(mailbox);
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
	Folder *folder = my_folder(mailbox);

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
take_vanished(Mailbox *mailbox, const UidSet *uids)
{
	Folder *folder = my_folder(mailbox);

	uidset_add_set(mailbox->removed, uids);
	fetcher_shift(mailbox->fetcher);
	if (mailbox->fresh)
		seqmap_vanish(mailbox->fresh, uids);
	else
		msglist_vanish(mailbox->list, uids);
	if (folder)
		folder->stored->total =
			seqmap_count(mailbox->fresh ? mailbox->fresh : msglist_map(mailbox->list));
}

void
mailbox_take_event(Mailbox *mailbox, const ImapEvent *event)
{
	if (event->kind == IMAP_EVENT_SELECTED)
		take_selected(mailbox, event->selected);
	if (!mailbox->selected)
		return;
	switch (event->kind) {
	case IMAP_EVENT_EXISTS: take_exists(mailbox, event->count); break;
	case IMAP_EVENT_EXPUNGED: take_expunge(mailbox, event->position, event->uid); break;
	case IMAP_EVENT_VANISHED: take_vanished(mailbox, event->uids); break;
	case IMAP_EVENT_FETCH: take_fetch(mailbox, event); break;
	default: break;
	}
}

/* ---- once per turn ---- */

void
mailbox_settle(Mailbox *mailbox)
{
	forget_removed(mailbox);
	if (mailbox->selected && !mailbox->fresh)
		fetcher_settle(mailbox->fetcher);
}
