/* The open mailbox: its beginning and its end, which messages it has, and what is news of them. */
#include "imap/session-private.h"

#include "base/log.h"

/* What a resynchronising SELECT may bring; more of it is no saving any more. */
#define MAX_HELD     20000
#define MAX_VANISHED 100000 /* ranges */

/* ---- its beginning and its end ---- */

static void
clear_fetch(ImapFetch *fetch)
{
	flagset_clear(&fetch->flags);
}

static void
clear_mailbox(gpointer data)
{
	ImapSelected *mailbox = data;

	g_free(mailbox->mailbox);
	flagset_clear(&mailbox->permanent_flags);
	uidset_free(mailbox->vanished);
}

void
session_mailbox_unref(ImapSelected *mailbox)
{
	g_rc_box_release_full(mailbox, clear_mailbox);
}

void
session_mailbox_forget(ImapSession *session)
{
	g_clear_pointer(&session->mailbox, session_mailbox_unref);
	g_clear_pointer(&session->held, g_array_unref);
	g_clear_pointer(&session->map, seqmap_free);
	session->in_body = FALSE;
}

/* With SELECT (QRESYNC ...) what vanished and what has changed comes before the tagged answer
 * (RFC 7162 section 3.2.5), but the owner can't apply it before it knows that the mailbox is the one
 * that it knows: so it is kept until then. */
static void
begin_resync(ImapSession *session)
{
	session->held = g_array_new(FALSE, FALSE, sizeof(ImapFetch));
	g_array_set_clear_func(session->held, (GDestroyNotify)clear_fetch);
	session->mailbox->resynced = TRUE; /* until something speaks against it */
}

void
session_mailbox_begin(ImapSession *session)
{
	Flight *select = g_queue_peek_head(&session->flights);

	session->closing = session->map != NULL;
	session_mailbox_forget(session);
	session->mailbox = g_rc_box_new0(ImapSelected);
	session->mailbox->mailbox = g_strdup(select->op->command->mailbox);
	session->mailbox->permanent_flags.bits =
		FLAG_SEEN | FLAG_ANSWERED | FLAG_FLAGGED | FLAG_DELETED | FLAG_DRAFT;
	session->mailbox->any_keyword =
		TRUE; /* RFC 3501 section 6.3.1: when nothing is said, all */
	session->mailbox->vanished = uidset_new();
	if (select->op->step == SELECT_QRESYNC)
		begin_resync(session);
}

static void
no_resync(ImapSession *session)
{
	if (session->mailbox->resynced)
		log_line(LOG_WARN, session->log_name, "what has changed can't be told");
	session->mailbox->resynced = FALSE;
	uidset_clear(session->mailbox->vanished);
	g_clear_pointer(&session->held, g_array_unref);
}

void
session_mailbox_answered(ImapSession *session, const Op *select)
{
	ImapSelected *mailbox = session->mailbox;

	/* Without CLOSED (RFC 7162 section 3.2.11) what came may have been of the old one. */
	if (session->closing || !imap_session_qresync(session) || !mailbox->highestmodseq ||
		mailbox->uidvalidity != select->command->uidvalidity)
		no_resync(session);
	for (guint i = 0; session->held && i < session->held->len; i++)
		mailbox->exists =
			MAX(mailbox->exists, g_array_index(session->held, ImapFetch, i).position);
}

void
session_mailbox_opened(ImapSession *session)
{
	session->map = seqmap_new(session->mailbox->exists);
	session_emit_selected(session);
	for (guint i = 0; session->held && i < session->held->len; i++) {
		const ImapFetch *fetch = &g_array_index(session->held, ImapFetch, i);

		(void)seqmap_learn(session->map, fetch->position, fetch->uid);
	}
	if (session->held)
		session_emit_held(session);
}

void
session_mailbox_code(ImapSession *session, const ImapCode *code)
{
	ImapSelected *mailbox = session->mailbox;

	if (!mailbox)
		return;
	switch (code->kind) {
	case IMAP_CODE_CLOSED: session->closing = FALSE; break;
	case IMAP_CODE_UIDVALIDITY: mailbox->uidvalidity = (guint32)code->number; break;
	case IMAP_CODE_UIDNEXT: mailbox->uidnext = (guint32)code->number; break;
	case IMAP_CODE_HIGHESTMODSEQ: mailbox->highestmodseq = code->number; break;
	case IMAP_CODE_NOMODSEQ: mailbox->highestmodseq = 0; break;
	case IMAP_CODE_READ_ONLY: mailbox->read_only = TRUE; break;
	case IMAP_CODE_PERMANENTFLAGS:
		flagset_clear(&mailbox->permanent_flags);
		mailbox->permanent_flags = flagset_copy(&code->flags);
		mailbox->any_keyword = code->any_keyword;
		break;
	default: break;
	}
}

/* ---- while it is being opened ---- */

static void
hold_vanished(ImapSession *session, const ImapResponse *response)
{
	UidSet *vanished = session->mailbox->vanished;
	guint n;

	if (session->closing || !session->mailbox->resynced)
		return;
	uidset_add_set(vanished, response->numbers);
	uidset_ranges(vanished, &n);
	if (n > MAX_VANISHED)
		no_resync(session);
}

/* N messages are gone before the mailbox was even open: what is held has other places now. */
static void
shrink_early(ImapSession *session, guint64 n)
{
	if (session->closing)
		return;
	session->mailbox->exists -= (guint32)MIN(n, session->mailbox->exists);
	no_resync(session);
}

static void
hold_fetch(ImapSession *session, const ImapFetch *fetch)
{
	ImapFetch held = {
		.position = fetch->position,
		.uid = fetch->uid,
		.has = fetch->has & (IMAP_HAS_FLAGS | IMAP_HAS_MODSEQ),
		.modseq = fetch->modseq,
	};

	if (session->closing || !session->held)
		return;
	if (!fetch->uid || !fetch->position || session->held->len >= MAX_HELD) {
		no_resync(session);
		return;
	}
	held.flags = flagset_copy(&fetch->flags);
	g_array_append_val(session->held, held);
}

/* ---- while it is open ---- */

void
session_on_exists(ImapSession *session, const ImapResponse *response)
{
	session->mailbox->exists = response->number;
	if (!session->map)
		return; /* SELECTED will say it */
	/* One that is smaller without EXPUNGE breaks the rules; the newest word counts. */
	seqmap_set_count(session->map, response->number);
	session_emit(session, IMAP_EVENT_EXISTS, 0)->count = response->number;
}

void
session_on_expunge(ImapSession *session, const ImapResponse *response)
{
	ImapEvent *event;

	if (!session->map) {
		shrink_early(session, 1);
		return;
	}
	if (!response->number || response->number > seqmap_count(session->map)) {
		log_line(LOG_WARN, session->log_name, "EXPUNGE %u is out of range",
			response->number);
		return;
	}
	event = session_emit(session, IMAP_EVENT_EXPUNGED, 0);
	event->position = response->number;
	event->uid = seqmap_expunge(session->map, response->number);
	event->count = session->mailbox->exists = seqmap_count(session->map);
}

/* UIDS are more than there is: Cyrus names all that ever were when it deletes the folder. Those that are known
 * have vanished, and when none is left, so have the ones that nobody has seen. Where none was known nothing is
 * said of what there is. */
static void
vanish_known(ImapSession *session, const UidSet *uids)
{
	g_autoptr(UidSet) known = seqmap_known(session->map, uids);
	gboolean all = seqmap_knows_only(session->map, known);
	QueuedEvent *queued;

	log_line(LOG_WARN, session->log_name, "VANISHED names more than there was");
	if (uidset_is_empty(known))
		return;
	queued = session_push_event(session, IMAP_EVENT_VANISHED, 0);
	queued->event.uids = queued->uids = g_steal_pointer(&known);
	seqmap_vanish(session->map, queued->uids);
	if (all)
		seqmap_set_count(session->map, 0);
	queued->event.count = session->mailbox->exists = seqmap_count(session->map);
}

void
session_on_vanished(ImapSession *session, const ImapResponse *response)
{
	ImapEvent *event;

	if (!response->numbers)
		return;
	if (!session->map && response->earlier) {
		hold_vanished(session, response);
		return;
	}
	if (!session->map) {
		shrink_early(session, uidset_count(response->numbers));
		return;
	}
	if (!response->earlier && uidset_count(response->numbers) > seqmap_count(session->map)) {
		vanish_known(session, response->numbers);
		return;
	}
	if (!response->earlier)
		seqmap_vanish(session->map, response->numbers);
	session->mailbox->exists = seqmap_count(session->map);
	event = session_emit(session, IMAP_EVENT_VANISHED, 0);
	event->uids = response->numbers;
	event->earlier = response->earlier;
	event->count = session->mailbox->exists;
}

/* A message beyond the end: the mailbox must have grown. Courier may say "* 0 FETCH". */
gboolean
session_mailbox_has(ImapSession *session, guint32 position)
{
	if (!session->map || !position)
		return FALSE;
	if (position > seqmap_count(session->map)) {
		seqmap_set_count(session->map, position);
		session->mailbox->exists = position;
		session_emit(session, IMAP_EVENT_EXISTS, 0)->count = position;
	}
	return TRUE;
}

static gboolean
asks_for(const ImapCommand *command, guint32 position, guint32 uid)
{
	if (!(command->want & ~(guint)IMAP_WANT_FLAGS))
		return FALSE;
	if (command->verb == VERB_FETCH)
		return position >= command->first && position <= command->last;
	return command->verb == VERB_UID_FETCH && uidset_contains(command->uids, uid);
}

static gboolean
is_asked(const ImapSession *session, guint32 position, guint32 uid)
{
	for (const GList *at = session->flights.head; at; at = at->next)
		if (asks_for(((const Flight *)at->data)->op->command, position, uid))
			return TRUE;
	return FALSE;
}

void
session_on_fetch(ImapSession *session, const ImapResponse *response)
{
	const ImapFetch *fetch = &response->fetch;
	ImapEvent *event;

	if (!session->map) {
		hold_fetch(session, fetch);
		return;
	}
	if (!session_mailbox_has(session, fetch->position))
		return;
	if (fetch->uid && !seqmap_learn(session->map, fetch->position, fetch->uid))
		log_line(LOG_WARN, session->log_name, "UID %u at position %u contradicts others",
			fetch->uid, fetch->position);
	event = session_emit(session, IMAP_EVENT_FETCH, 0);
	event->fetch = fetch;
	event->position = fetch->position;
	event->uid = fetch->uid ? fetch->uid : seqmap_uid(session->map, fetch->position);
	event->asked = is_asked(session, event->position, event->uid);
}
