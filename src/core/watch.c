#include "core/watch.h"

#include "base/log.h"
#include "core/look.h"

#include <string.h>

#define REFRESH_SECONDS 60
/* With NOTIFY: only to keep the connection, and to mend what a server may have forgotten to tell. */
#define NOTIFIED_SECONDS 600
#define COUNT_DELAY_MS   300 /* changes come in bursts */
/* So long ago may be what a server tells without being asked: Dovecot gathers news for half a second. */
#define NEWS_AGE (2 * G_TIME_SPAN_SECOND)

struct Watch {
	Core *core;
	Tree *tree;
	Sender *sender;
	Look *look;
	WatchOwner owner;
	gpointer user;
	Link *link;    /* borrowed, or NULL */
	gboolean lent; /* it is the one of the open folder */
	gboolean need; /* there is something to do that needs one */
	guint refresh, count_timer;
	gboolean want_list, want_counts;
	Link *listing;       /* where a LIST is under way, or NULL */
	GHashTable *counts;  /* raw names whose counts are wanted */
	GHashTable *changed; /* raw name -> gint64: when a change of ours was last answered */
	gint64 listed_at, asked_at; /* when LIST and counts were asked for; all monotonic */
	gboolean listed;            /* LIST, and NOTIFY if there is that, were answered on LINK */
	gboolean notified;          /* NOTIFY is in force on LINK */
	char *selecting;            /* raw name, or NULL */
	char *selected;             /* raw name that the link has selected, or NULL */
	gboolean fresh;             /* nothing was sent there since */
	guint32 uidvalidity;
};

static gboolean
on_refresh(gpointer user)
{
	Watch *watch = user;

	watch->want_list = TRUE;
	core_touch(watch->core);
	return G_SOURCE_CONTINUE;
}

/* ---- copies that a cut has left open ---- */

static void
on_copy_settled(const char *mailbox, const UidSet *uids, gboolean taken_away, const char *to,
	const UidSet *to_uids, gpointer user)
{
	Watch *watch = user;

	watch->owner.settled(mailbox, uids, taken_away, to, to_uids, watch->user);
}

static void
on_look_over(gpointer user)
{
	Watch *watch = user;

	/* It is open read-only: for changes it has to be selected again. */
	watch->fresh = FALSE;
	g_clear_pointer(&watch->selecting, g_free);
}

/* Selecting another folder pulls the ground from under what is being sent. */
static void
look_for_copies(Watch *watch)
{
	const char *mailbox;

	if (watch->selecting || sender_is_busy(watch->sender, watch->link))
		return;
	mailbox = look_begin(watch->look, watch->link);
	if (!mailbox)
		return;
	g_clear_pointer(&watch->selected, g_free);
	watch->selecting = g_strdup(mailbox);
}

/* ---- life ---- */

Watch *
watch_new(Core *core, Tree *tree, OpQueue *queue, Sender *sender, const WatchOwner *owner,
	gpointer user)
{
	static const LookOwner look_owner = {on_copy_settled, on_look_over};
	Watch *watch = g_new0(Watch, 1);

	watch->core = core;
	watch->tree = tree;
	watch->sender = sender;
	watch->look = look_new(core, tree, queue, &look_owner, watch);
	watch->owner = *owner;
	watch->user = user;
	watch->want_list = TRUE;
	watch->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	watch->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	watch->refresh = g_timeout_add_seconds(REFRESH_SECONDS, on_refresh, watch);
	return watch;
}

void
watch_free(Watch *watch)
{
	if (!watch)
		return;
	g_source_remove(watch->refresh);
	if (watch->count_timer)
		g_source_remove(watch->count_timer);
	look_free(watch->look);
	g_hash_table_unref(watch->counts);
	g_hash_table_unref(watch->changed);
	g_free(watch->selecting);
	g_free(watch->selected);
	g_free(watch);
}

/* ---- folders and counts ---- */

static void
set_notified(Watch *watch, gboolean notified)
{
	if (watch->notified == notified)
		return;
	watch->notified = notified;
	g_source_remove(watch->refresh);
	watch->refresh = g_timeout_add_seconds(
		notified ? NOTIFIED_SECONDS : REFRESH_SECONDS, on_refresh, watch);
}

/* More has happened than the server could tell: all is asked for again, and then NOTIFY too. */
static void
end_notify(Watch *watch)
{
	set_notified(watch, FALSE);
	watch->want_list = TRUE;
	core_touch(watch->core);
}

static void
take_selected(Watch *watch, const ImapSelected *selected)
{
	g_free(watch->selected);
	watch->selected = g_strdup(selected->mailbox);
	watch->uidvalidity = selected->uidvalidity;
	watch->fresh = TRUE;
}

/* FALSE while nobody knows on which side of a change of ours the count is: the change is under way, or
 * was answered on the other connection after the count was asked for, at ASKED. */
static gboolean
is_sound(const Watch *watch, const ImapMailboxStatus *status, gint64 asked)
{
	const gint64 *changed = g_hash_table_lookup(watch->changed, status->name.data);
	const Folder *folder = tree_by_raw(watch->tree, status->name.data);

	if (sender_concerns(watch->sender, status->name.data))
		return FALSE;
	if (!changed || *changed < asked)
		return TRUE;
	/* Where it says what is known anyway there is nothing to ask. */
	return folder && status->has & IMAP_STATUS_UNSEEN &&
	       status->unseen == folder->stored->unread &&
	       !(status->has & IMAP_STATUS_MESSAGES && status->messages != folder->stored->total);
}

static void
take_status(Watch *watch, const ImapMailboxStatus *status, gint64 asked)
{
	if (status->name.data && !is_sound(watch, status, asked)) {
		watch_want_count(watch, status->name.data);
		return;
	}
	watch->owner.counted(status, watch->user);
	tree_take_status(watch->tree, status);
}

/* What EVENT tells was asked for at ASKED. */
static void
take_event(Watch *watch, const ImapEvent *event, gint64 asked)
{
	look_take_event(watch->look, event);
	if (event->kind == IMAP_EVENT_LIST && watch->listing)
		tree_take_list(watch->tree, event->list);
	else if (event->kind == IMAP_EVENT_LIST)
		tree_take_news(watch->tree, event->list);
	else if (event->kind == IMAP_EVENT_NOTIFY_ENDED)
		end_notify(watch);
	else if (event->kind == IMAP_EVENT_STATUS)
		take_status(watch, event->status, asked);
	else if (event->kind == IMAP_EVENT_SELECTED)
		take_selected(watch, event->selected);
}

void
watch_take_event(Watch *watch, const ImapEvent *event)
{
	take_event(watch, event, g_get_monotonic_time() - NEWS_AGE);
}

static void
on_notify(Link *link, const ImapEvent *event, gpointer user)
{
	Watch *watch = user;

	watch_take_event(watch, event);
	if (event->kind != IMAP_EVENT_DONE || watch->link != link)
		return;
	watch->listed = TRUE;
	set_notified(watch, !event->error);
}

static void
ask_notify(Watch *watch, Link *link)
{
	const ImapCaps *caps = imap_session_caps(link_session(link));

	if (link == watch->link && !watch->lent && !watch->notified &&
		imap_caps_has(caps, CAP_NOTIFY))
		link_submit(link, imap_command_notify(IMAP_WANT_FLAGS, FALSE), on_notify, watch);
	else
		watch->listed = TRUE;
}

/* Without LIST-STATUS every folder is asked for by itself. */
static void
want_all_counts(Watch *watch)
{
	for (guint i = 0; i < tree_count(watch->tree); i++) {
		const Folder *folder = tree_at(watch->tree, i);

		if (!folder_refusal(folder))
			g_hash_table_add(watch->counts, g_strdup(folder->stored->name));
	}
	watch->want_counts = TRUE;
}

static void
on_list(Link *link, const ImapEvent *event, gpointer user)
{
	Watch *watch = user;

	take_event(watch, event, watch->listed_at);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	watch->listing = NULL;
	tree_end_list(watch->tree, !event->error);
	if (event->error && link_is_ready(link))
		log_line(LOG_WARN, "watch", "the folders could not be listed: %s",
			event->error->message);
	else if (event->error)
		watch->want_list = TRUE;
	else if (!imap_caps_has(imap_session_caps(link_session(link)), CAP_LIST_STATUS))
		want_all_counts(watch);
	if (!event->error)
		ask_notify(watch, link);
	core_touch(watch->core);
}

static void
list_folders(Watch *watch, Link *link)
{
	watch->want_list = FALSE;
	watch->listing = link;
	watch->listed_at = g_get_monotonic_time();
	tree_begin_list(watch->tree);
	link_submit(link, imap_command_list("*", TRUE), on_list, watch);
}

static void
on_count(Link *link, const ImapEvent *event, gpointer user)
{
	Watch *watch = user;

	take_event(watch, event, watch->asked_at);
}

static void
ask_counts(Watch *watch)
{
	GHashTableIter iter;
	gpointer raw;

	watch->want_counts = FALSE;
	watch->asked_at = g_get_monotonic_time();
	g_hash_table_iter_init(&iter, watch->counts);
	while (g_hash_table_iter_next(&iter, &raw, NULL)) {
		link_submit(watch->link, imap_command_status(raw), on_count, watch);
		g_hash_table_iter_remove(&iter);
	}
}

static gboolean
on_count_timer(gpointer user)
{
	Watch *watch = user;

	watch->count_timer = 0;
	watch->want_counts = TRUE;
	core_touch(watch->core);
	return G_SOURCE_REMOVE;
}

void
watch_note_change(Watch *watch, const char *mailbox)
{
	gint64 now = g_get_monotonic_time();

	g_hash_table_replace(watch->changed, g_strdup(mailbox), g_memdup2(&now, sizeof(now)));
}

void
watch_want_count(Watch *watch, const char *mailbox)
{
	g_hash_table_add(watch->counts, g_strdup(mailbox));
	if (!watch->count_timer)
		watch->count_timer = g_timeout_add(COUNT_DELAY_MS, on_count_timer, watch);
}

void
watch_want_list(Watch *watch)
{
	watch->want_list = TRUE;
	core_touch(watch->core);
}

/* ---- changes elsewhere ---- */

static void
on_select(Link *link, const ImapEvent *event, gpointer user)
{
	Watch *watch = user;
	g_autofree char *mailbox = NULL;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	mailbox = g_steal_pointer(&watch->selecting);
	if (event->error && link_is_ready(link))
		watch->owner.refused(mailbox, event->error, watch->user);
	core_touch(watch->core);
}

void
watch_send_changes(Watch *watch, const char *mailbox)
{
	watch->need = TRUE;
	if (!watch->link || !link_is_ready(watch->link) || watch->selecting)
		return;
	/* A server answers OK for messages that came after it was last asked about the folder, and
	 * does nothing (Dovecot): those just moved there, which an undo is about. */
	if (watch->fresh && g_strcmp0(watch->selected, mailbox) == 0) {
		sender_send(watch->sender, watch->link, mailbox, watch->uidvalidity);
		watch->fresh = !sender_is_busy(watch->sender, watch->link);
		return;
	}
	/* Selecting another folder would pull the ground from under what is being sent. */
	if (sender_is_busy(watch->sender, watch->link))
		return;
	g_clear_pointer(&watch->selected, g_free);
	watch->selecting = g_strdup(mailbox);
	link_submit(watch->link, imap_command_select(mailbox, FALSE), on_select, watch);
}

gboolean
watch_has_selected(const Watch *watch, const char *mailbox)
{
	return g_strcmp0(watch->selected, mailbox) == 0;
}

/* ---- the connection ---- */

void
watch_attach(Watch *watch, Link *link)
{
	watch->link = link;
	watch->lent = FALSE;
	watch->listed = FALSE;
	set_notified(watch, FALSE);
	g_clear_pointer(&watch->selected, g_free);
	g_clear_pointer(&watch->selecting, g_free);
	/* What happened meanwhile is not known, nor is NOTIFY in force here. */
	if (link && !watch->listing)
		list_folders(watch, link);
}

void
watch_borrow(Watch *watch, Link *link)
{
	watch->link = link;
	watch->lent = link != NULL;
	g_clear_pointer(&watch->selected, g_free);
	g_clear_pointer(&watch->selecting, g_free);
	core_touch(watch->core);
}

gboolean
watch_take_need(Watch *watch)
{
	gboolean need = watch->need || look_is_wanted(watch->look);

	watch->need = FALSE;
	return need;
}

Link *
watch_link(const Watch *watch)
{
	return watch->link;
}

/* A folder that is selected is not among those of which the server tells counts. */
static void
on_unselected(Link *link, const ImapEvent *event, gpointer user)
{
}

static void
leave_folder(Watch *watch)
{
	if (watch->lent || !watch->selected || watch->selecting ||
		sender_is_busy(watch->sender, watch->link))
		return;
	g_clear_pointer(&watch->selected, g_free);
	link_submit(watch->link, imap_command_unselect(), on_unselected, watch);
}

void
watch_settle(Watch *watch, Link *spare)
{
	Link *link = watch->link ? watch->link : spare;

	if (watch->want_list && link && !watch->listing)
		list_folders(watch, link);
	if (!watch->link || !link_is_ready(watch->link))
		return;
	leave_folder(watch);
	if (watch->want_counts)
		ask_counts(watch);
	look_for_copies(watch);
}

gboolean
watch_has_listed(const Watch *watch)
{
	return watch->listed;
}

gboolean
watch_is_notified(const Watch *watch)
{
	return watch->notified;
}

gboolean
watch_is_idle(const Watch *watch)
{
	if (watch->listing || watch->count_timer || watch->selecting)
		return FALSE;
	return !watch->link || (link_is_ready(watch->link) && !link_pending(watch->link));
}
