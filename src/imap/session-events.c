/* The queue of events: what each owns, in which order they are handed out. */
#include "imap/session-private.h"

void
session_event_free(QueuedEvent *queued)
{
	if (!queued)
		return;
	g_clear_error(&queued->error);
	uidset_free(queued->uids);
	g_clear_pointer(&queued->selected, session_mailbox_unref);
	g_clear_pointer(&queued->held, g_array_unref);
	g_free(queued->names[0]);
	g_free(queued->names[1]);
	g_free(queued);
}

QueuedEvent *
session_push_event(ImapSession *session, ImapEventKind kind, ImapCmdId cmd)
{
	QueuedEvent *queued = g_new0(QueuedEvent, 1);

	queued->event.kind = kind;
	queued->event.cmd = cmd;
	g_queue_push_tail(&session->events, queued);
	return queued;
}

ImapEvent *
session_emit(ImapSession *session, ImapEventKind kind, ImapCmdId cmd)
{
	return &session_push_event(session, kind, cmd)->event;
}

void
session_emit_done(ImapSession *session, Op *op, const ImapResponse *response)
{
	QueuedEvent *queued = session_push_event(session, IMAP_EVENT_DONE, op->id);

	queued->event.error = queued->error = g_steal_pointer(&op->error);
	queued->event.uids = queued->uids = g_steal_pointer(&op->modified);
	if (!response)
		return;
	queued->event.text = response->text;
	if (response->code.kind != IMAP_CODE_NONE)
		queued->event.code = &response->code;
}

void
session_emit_list(ImapSession *session, const ImapList *list, char *const *take_names)
{
	QueuedEvent *queued = session_push_event(session, IMAP_EVENT_LIST, 0);

	queued->list = *list;
	queued->names[0] = take_names[0];
	queued->names[1] = take_names[1];
	queued->event.list = &queued->list;
}

void
session_emit_status(
	ImapSession *session, ImapCmdId cmd, const ImapMailboxStatus *status, char *take_name)
{
	QueuedEvent *queued = session_push_event(session, IMAP_EVENT_STATUS, cmd);

	queued->status = *status;
	queued->names[0] = take_name;
	queued->event.status = &queued->status;
}

void
session_emit_selected(ImapSession *session)
{
	QueuedEvent *queued = session_push_event(session, IMAP_EVENT_SELECTED, 0);

	queued->selected = g_rc_box_acquire(session->mailbox);
	queued->event.selected = queued->selected;
}

void
session_emit_held(ImapSession *session)
{
	session_push_event(session, IMAP_EVENT_FETCH, 0)->held = g_steal_pointer(&session->held);
}

static gboolean
next_held(QueuedEvent *queued, ImapEvent *out_event)
{
	const ImapFetch *fetch;

	if (!queued->held || queued->held_at >= queued->held->len)
		return FALSE;
	fetch = &g_array_index(queued->held, ImapFetch, queued->held_at++);
	*out_event = queued->event;
	out_event->fetch = fetch;
	out_event->position = fetch->position;
	out_event->uid = fetch->uid;
	return TRUE;
}

gboolean
session_next_event(ImapSession *session, ImapEvent *out_event)
{
	QueuedEvent *head = g_queue_peek_head(&session->events);

	if (head && head->held) {
		if (next_held(head, out_event))
			return TRUE;
		session_event_free(g_queue_pop_head(&session->events));
	}
	session->current = g_queue_pop_head(&session->events);
	if (session->current)
		*out_event = session->current->event;
	return session->current != NULL;
}
