/* Selecting the folder and finding out what happened since the last visit: QRESYNC tells it, else
 * CONDSTORE tells which flags have changed, else rows are asked for theirs when they come into view. */
#include "core/mailbox-private.h"

#include "base/log.h"

#include <string.h>

void
resync_free(Resync *resync)
{
	if (!resync)
		return;
	uidset_free(resync->vanished);
	uidset_free(resync->arrived);
	g_array_unref(resync->anchors);
	g_free(resync);
}

/* Everything that was known of the folder is void (RFC 3501 section 2.3.1.1); the store sees it by the number
 * when the folder is saved. */
static void
take_new_validity(Mailbox *mailbox, Folder *folder, guint32 uidvalidity)
{
	if (folder->stored->uidvalidity && folder->stored->uidvalidity != uidvalidity) {
		log_line(LOG_INFO, "mailbox", "%s has another UIDVALIDITY: begun anew",
			folder_path(folder));
		uidset_clear(mailbox->removed);
		g_clear_pointer(&folder->stored->positions, g_free);
		folder->stored->uidnext = 0;
		folder->stored->highestmodseq = 0;
		msglist_begin_anew(mailbox->list);
		g_clear_pointer(&mailbox->visited, seqmap_free);
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
	g_clear_pointer(&mailbox->visited, seqmap_free);
	mailbox_save_map(mailbox);
	core_touch(mailbox->core);
}

static void
on_answer(Link *link, const ImapEvent *event, gpointer user)
{
	/* What was asked for came through mailbox_take_event(). */
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
			on_answer, mailbox);
	link_submit(mailbox->link,
		imap_command_fetch_positions(
			first, MAX(first, MIN(last, first_new)), IMAP_WANT_FLAGS),
		on_window_done, mailbox);
}

/* The flags in the store are those of MODSEQ. */
static void
confirm_store(Mailbox *mailbox, guint64 modseq)
{
	Folder *folder = mailbox_my_folder(mailbox);

	fetcher_set_confirmed(mailbox->fetcher, TRUE);
	if (!folder)
		return;
	folder->stored->highestmodseq = modseq;
	tree_save(mailbox->tree, folder);
}

static void
on_changes_done(Link *link, const ImapEvent *event, gpointer user)
{
	Mailbox *mailbox = user;

	if (event->kind == IMAP_EVENT_DONE && !event->error && mailbox->link == link)
		confirm_store(mailbox, mailbox->modseq);
}

/* The ladder's second step: CONDSTORE tells which flags have changed. Without it the rows are asked
 * for theirs when they come into view. */
static void
ask_changes(Mailbox *mailbox, const Folder *folder, guint32 uidnext)
{
	if (!mailbox->modseq || !folder->stored->highestmodseq || uidnext < 2)
		return;
	link_submit(mailbox->link,
		imap_command_fetch_uids(uidset_new_range(1, uidnext - 1), IMAP_WANT_FLAGS,
			folder->stored->highestmodseq),
		on_changes_done, mailbox);
}

/* What the server has now, without a word of what happened since the last visit. */
static void
begin_anew(Mailbox *mailbox, Folder *folder, guint32 exists, guint32 known_uidnext)
{
	gboolean seen_before = folder->stored->positions != NULL && known_uidnext;
	guint32 uidnext = folder->stored->uidnext;
	guint32 arrived = seen_before && uidnext >= known_uidnext
				  ? MIN(uidnext - known_uidnext, exists)
				  : exists;

	seqmap_free(mailbox->fresh);
	mailbox->fresh = seqmap_new(exists);
	if (seen_before && exists)
		confirm_window(mailbox, exists, arrived);
	else
		adopt(mailbox);
	if (known_uidnext)
		ask_changes(mailbox, folder, known_uidnext);
	else
		confirm_store(mailbox, mailbox->modseq);
}

static void
begin_resync(Mailbox *mailbox, const ImapSelected *selected, guint32 known_uidnext)
{
	Resync *resync = g_new0(Resync, 1);

	resync->vanished = uidset_copy(selected->vanished);
	resync->anchors = g_array_new(FALSE, FALSE, sizeof(ResyncAnchor));
	resync->arrived = uidset_new();
	resync->exists = selected->exists;
	resync->uidnext = known_uidnext;
	resync->modseq = selected->highestmodseq;
	resync_free(mailbox->resync);
	mailbox->resync = resync;
	uidset_add_set(mailbox->removed, selected->vanished);
}

void
resync_take_fetch(Resync *resync, const ImapFetch *fetch)
{
	ResyncAnchor anchor = {fetch->position, fetch->uid};

	g_array_append_val(resync->anchors, anchor);
	if (fetch->uid >= resync->uidnext)
		uidset_add(resync->arrived, fetch->uid);
}

/* Until there is another. */
static void
forget_map(Mailbox *mailbox, Folder *folder)
{
	g_clear_pointer(&folder->stored->positions, g_free);
	tree_save(mailbox->tree, folder);
}

/* All was told: the list on the screen becomes what the server has, or, when it does not add up, the
 * next step of the ladder is taken. The mark from which the server is to tell next time and the list of that
 * moment are written together: after a crash, what is between an older list and the mark would never be
 * told. */
static void
end_resync(Mailbox *mailbox)
{
	g_autoptr(Resync) resync = g_steal_pointer(&mailbox->resync);
	Folder *folder = mailbox_my_folder(mailbox);
	const SeqMap *before = mailbox->visited ? mailbox->visited : msglist_map(mailbox->list);
	SeqMap *map = resync_map(before, resync->vanished, resync->exists,
		(guint32)uidset_count(resync->arrived), (const ResyncAnchor *)resync->anchors->data,
		resync->anchors->len);

	confirm_store(mailbox, resync->modseq);
	if (map) {
		msglist_set_map(mailbox->list, map, TRUE);
		g_clear_pointer(&mailbox->visited, seqmap_free);
		mailbox_save_map(mailbox);
	} else if (folder) {
		log_line(LOG_INFO, "mailbox", "%s: the map is built anew", folder_path(folder));
		begin_anew(mailbox, folder, resync->exists, resync->uidnext);
		if (mailbox->fresh)
			forget_map(mailbox, folder);
	}
	core_touch(mailbox->core);
}

/* What the server tells from now on is not about this folder. */
static void
leave(Mailbox *mailbox)
{
	mailbox_set_live(mailbox, FALSE);
	mailbox->selected = mailbox->asking = FALSE;
	fetcher_attach(mailbox->fetcher, NULL);
	g_clear_pointer(&mailbox->fresh, seqmap_free);
	g_clear_pointer(&mailbox->resync, resync_free);
	msglist_set_current(mailbox->list, FALSE);
}

void
mailbox_take_selected(Mailbox *mailbox, const ImapSelected *selected)
{
	Folder *folder = mailbox_my_folder(mailbox);
	guint32 known_uidnext;

	/* Of a folder that was opened and left before the server had answered. */
	if (!folder || strcmp(selected->mailbox, mailbox->raw) != 0) {
		leave(mailbox);
		return;
	}
	/* A server that says none (RFC 3501 asks for it) can't mean more than one. */
	take_new_validity(mailbox, folder, selected->uidvalidity ? selected->uidvalidity : 1);
	known_uidnext = folder->stored->uidnext;
	folder->stored->uidnext = MAX(selected->uidnext, known_uidnext);
	folder->stored->total = selected->exists;
	tree_save(mailbox->tree, folder);
	mailbox->modseq = selected->highestmodseq;
	mailbox->any_keyword = selected->any_keyword;
	flagset_clear(&mailbox->permanent_flags);
	mailbox->permanent_flags = flagset_copy(&selected->permanent_flags);
	mailbox->selected = TRUE;
	mailbox->saved = FALSE;
	mailbox_set_live(mailbox, TRUE);
	fetcher_attach(mailbox->fetcher, mailbox->link);
	if (selected->resynced && known_uidnext)
		begin_resync(mailbox, selected, known_uidnext);
	else
		begin_anew(mailbox, folder, selected->exists, known_uidnext);
	mailbox->owner.selected(mailbox, mailbox->user);
}

/* ---- the connection ---- */

static void
on_select_done(Link *link, const ImapEvent *event, gpointer user)
{
	Mailbox *mailbox = user;
	Folder *folder = mailbox_my_folder(mailbox);

	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (!event->error && mailbox->resync)
		end_resync(mailbox);
	if (!event->error || !link_is_ready(link))
		return;
	mailbox->refused = TRUE;
	core_notice(mailbox->core, mailbox->account, ENGINE_NOTICE_ERROR, "%s can't be opened. %s",
		folder ? folder_path(folder) : mailbox->raw, event->error->message);
	mailbox->owner.refused(mailbox, mailbox->user);
}

static ImapCommand *
select_command(const Mailbox *mailbox)
{
	const Folder *folder = mailbox_my_folder(mailbox);

	if (!folder || !folder->stored->highestmodseq || !folder->stored->uidvalidity)
		return imap_command_select(mailbox->raw, FALSE);
	return imap_command_select_known(mailbox->raw, FALSE, folder->stored->uidvalidity,
		folder->stored->highestmodseq, NULL);
}

void
mailbox_attach(Mailbox *mailbox, Link *link)
{
	mailbox->link = link;
	mailbox->refused = FALSE;
	link_submit(link, select_command(mailbox), on_select_done, mailbox);
	link_want_idle(link, TRUE);
}

void
mailbox_detach(Mailbox *mailbox)
{
	mailbox_save_map(mailbox);
	leave(mailbox);
	mailbox->link = NULL;
}

void
mailbox_look_again(Mailbox *mailbox)
{
	Link *link = mailbox->link;

	if (!link)
		return;
	mailbox_detach(mailbox);
	mailbox_attach(mailbox, link);
}

static guint32
count_here(const Mailbox *mailbox)
{
	return seqmap_count(mailbox->fresh ? mailbox->fresh : msglist_map(mailbox->list));
}

/* What it brought came as events. */
static void
on_noop(Link *link, const ImapEvent *event, gpointer user)
{
	Mailbox *mailbox = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	mailbox->asking = FALSE;
	if (!mailbox->selected || count_here(mailbox) == mailbox->told)
		return;
	mailbox->disputed[0] = mailbox->told;
	mailbox->disputed[1] = count_here(mailbox);
	mailbox_look_again(mailbox);
}

/* GNU Mailutils says nothing to who idles, and of what was expunged not even to who asks; Courier tells once a
 * minute; where the folder was deleted and made anew, Cyrus goes on as if nothing had been. A server that counts
 * in two ways is asked once, and one that tells counts without end is asked once at a time. */
void
mailbox_take_status(Mailbox *mailbox, const ImapMailboxStatus *status)
{
	const guint32 *disputed = mailbox->disputed;
	gboolean other = status->has & IMAP_STATUS_UIDVALIDITY && status->uidvalidity &&
			 status->uidvalidity != mailbox->uidvalidity;

	if (!mailbox->selected)
		return;
	if (other && status->uidvalidity != disputed[2]) {
		mailbox->disputed[2] = status->uidvalidity;
		mailbox_look_again(mailbox);
	} else if (status->has & IMAP_STATUS_MESSAGES && status->messages != count_here(mailbox) &&
		   !(status->messages == disputed[0] && count_here(mailbox) == disputed[1])) {
		mailbox->told = status->messages;
		if (!mailbox->asking)
			link_submit(mailbox->link, imap_command_noop(), on_noop, mailbox);
		mailbox->asking = TRUE;
	}
}
