/* What may be sent when. Owns the queue of commands and the lines on the wire. */
#include "imap/session-private.h"

#include "base/log.h"

#include <string.h>

#define MAX_FLIGHTS 16
#define MAX_OUTPUT  (64 * 1024)
#define SLICE       (16 * 1024) /* of a message that is appended */

Op *
session_op_new(ImapSession *session, ImapCommand *take_command)
{
	Op *op = g_new0(Op, 1);

	op->command = take_command;
	op->order = ++session->last_order;
	g_hash_table_add(session->ops, op);
	return op;
}

void
session_op_free(Op *op)
{
	if (!op)
		return;
	imap_command_free(op->command);
	g_clear_pointer(&op->lines, g_ptr_array_unref);
	g_clear_pointer(&op->subscribed, g_hash_table_unref);
	g_clear_pointer(&op->prefixes, g_ptr_array_unref);
	uidset_free(op->modified);
	g_clear_error(&op->error);
	g_free(op);
}

void
session_flight_free(Flight *flight)
{
	g_free(flight->tag);
	g_free(flight);
}

ImapEncoding
session_encoding(const ImapSession *session, const Op *op)
{
	Verb verb = op->command->verb;
	guint step = op->step;
	/* Asked for and not answered yet, it is believed as far as a refusal does no harm. */
	gboolean qresync = imap_session_qresync(session) || session_oldest(session, VERB_ENABLE);

	if (op->lines) /* this is how it was sent */
		return (ImapEncoding){session_caps(session), &session->quirks, step, FALSE};
	if (verb == VERB_LIST)
		step = MAX(step, MAX(session->quirks.list_step, session->list_step));
	/* This mailbox has no mod-sequences: they need not be asked for to be refused. */
	if ((verb == VERB_FETCH || verb == VERB_UID_FETCH) &&
		session->state == IMAP_STATE_SELECTED && !session->mailbox->highestmodseq)
		step = MAX(step, 1);
	if ((verb_info(verb)->traits & OPENS_MAILBOX) && (!qresync || !op->command->since))
		step = MAX(step, SELECT_CONDSTORE);
	return (ImapEncoding){session_caps(session), &session->quirks, step, qresync};
}

void
session_op_encode(ImapSession *session, Op *op)
{
	ImapEncoding encoding = session_encoding(session, op);

	if (op->lines)
		return;
	op->lines = imap_encode(op->command, &encoding);
	op->step = encoding.step;
}

void
session_wait_in_order(ImapSession *session, Op *op)
{
	GList *at = session->waiting.head;

	while (at && ((Op *)at->data)->order < op->order)
		at = at->next;
	g_queue_insert_before(&session->waiting, at, op);
}

void
session_op_unsend(ImapSession *session, Op *op)
{
	g_queue_remove(&session->waiting, op);
	if (!op->id) {
		if (++op->answered == op->sent)
			g_hash_table_remove(session->ops, op);
		return;
	}
	g_clear_pointer(&op->lines, g_ptr_array_unref);
	op->sent = op->answered = op->step = 0;
	op->again = op->repeat = FALSE;
	session_wait_in_order(session, op);
}

Flight *
session_oldest(const ImapSession *session, Verb verb)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		Flight *flight = at->data;

		if (flight->op->command->verb == verb)
			return flight;
	}
	return NULL;
}

gboolean
session_has_flight(const ImapSession *session, VerbTraits traits)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		Flight *flight = at->data;

		if (verb_info(flight->op->command->verb)->traits & traits)
			return TRUE;
	}
	return FALSE;
}

/* ---- writing ---- */

void
session_write(ImapSession *session, const char *text, gssize len)
{
	gsize n = len < 0 ? strlen(text) : (gsize)len;

	g_byte_array_append(session->out, (const guint8 *)text, (guint)n);
}

/* Nobody can guess it and so have an answer ready before the command is sent (CVE-2026-42246);
 * the number makes it unique. */
static char *
new_tag(ImapSession *session)
{
	guint64 counted = ++session->last_tag;
	g_autofree char *mac =
		g_compute_hmac_for_data(G_CHECKSUM_SHA256, (const guchar *)&session->tag_secret,
			sizeof session->tag_secret, (const guchar *)&counted, sizeof counted);

	return g_strdup_printf("p%.8s.%u", mac, session->last_tag);
}

static void
log_sent(const ImapSession *session, const Flight *flight, GBytes *piece)
{
	const VerbInfo *info = verb_info(flight->op->command->verb);
	gsize len;
	const char *text = g_bytes_get_data(piece, &len);
	const char *end = memchr(text, '\r', len);

	if (info->traits & HIDDEN)
		log_line(LOG_WIRE, session->log_name, "> %s %s ...", flight->tag, info->name);
	else
		log_line(LOG_WIRE, session->log_name, "> %s %.*s", flight->tag,
			(int)MIN((gsize)(end ? end - text : 0), 500), text);
}

static void
send_piece(ImapSession *session, Flight *flight)
{
	GBytes *piece = flight->line->pieces->pdata[flight->piece++];
	gsize len;
	const char *data = g_bytes_get_data(piece, &len);

	session_write(session, data, (gssize)len);
	session->sent = session->now;
}

/* A message may be large: it is not copied whole, and not all at once. Nothing else can be sent before its
 * end, whatever the server says meanwhile. */
void
session_upload(ImapSession *session)
{
	while (session->upload && session->out->len - session->out_at < MAX_OUTPUT) {
		gsize len;
		const char *data = g_bytes_get_data(session->upload, &len);
		gsize n = MIN(len - session->upload_at, SLICE);

		if (n)
			session_write(session, data + session->upload_at, (gssize)n);
		session->upload_at += n;
		session->sent = session->now;
		if (session->upload_at < len)
			continue;
		session_write(session, "\r\n", 2);
		g_clear_pointer(&session->upload, g_bytes_unref);
		session->uploading = NULL;
	}
}

static void
begin_upload(ImapSession *session, Flight *flight)
{
	session->upload = g_bytes_ref(flight->line->message);
	session->upload_at = 0;
	session->uploading = flight;
	session_upload(session);
}

/* Sends as much of the line as goes without another "+". */
static void
go_on(ImapSession *session, Flight *flight)
{
	const ImapLine *line = flight->line;
	gboolean all_sent = flight->piece == line->pieces->len;

	session->literal = NULL;
	if (!all_sent)
		send_piece(session, flight);
	if (flight->piece < line->pieces->len || (!all_sent && line->message_waits))
		session->literal = flight;
	else if (line->message)
		begin_upload(session, flight);
}

static void
send_line(ImapSession *session, Op *op)
{
	Flight *flight = g_new0(Flight, 1);

	flight->op = op;
	flight->line = op->lines->pdata[op->sent++];
	flight->tag = new_tag(session);
	if (g_queue_is_empty(&session->flights))
		session->heard = session->now; /* its deadline begins here */
	g_queue_push_tail(&session->flights, flight);
	log_sent(session, flight, flight->line->pieces->pdata[0]);
	session_write(session, flight->tag, -1);
	session_write(session, " ", 1);
	go_on(session, flight);
}

/* ---- when ---- */

/*
 * RFC 3501 section 5.5 lets commands be sent ahead unless an answer could mean either of two:
 *
 * - Two plain SEARCHes can't be told apart; ESEARCH names the tag.
 * - A FETCH by position may follow commands that let the server expunge. The positions that it
 *   asks for may then be others than were meant, but every answer is taken with the numbers of
 *   its moment and brings its UID, so nothing is mistaken: a row may be missing and is asked again.
 * - Behind a SELECT without answer only reading goes ahead. Should the SELECT fail and the server
 *   keep the old mailbox against the rules, a STORE or a MOVE would hit other messages.
 */
static gboolean
is_unambiguous(const ImapSession *session, const Op *op)
{
	VerbTraits traits = verb_info(op->command->verb)->traits;
	gboolean esearch =
		imap_caps_has(session_caps(session), CAP_ESEARCH) && !session->quirks.no_esearch;

	if (op->command->verb == VERB_SEARCH && !esearch && session_oldest(session, VERB_SEARCH))
		return FALSE;
	if (!(traits & NEEDS_MAILBOX))
		return TRUE;
	if (session_oldest(session, VERB_UNSELECT))
		return FALSE;
	return (traits & ONLY_READS) || !session_has_flight(session, OPENS_MAILBOX);
}

static gboolean
may_send(ImapSession *session, Op *op)
{
	VerbTraits traits = verb_info(op->command->verb)->traits;
	gboolean logged_in = session->state >= IMAP_STATE_READY;

	if (session->literal || session->upload || session->idle == IDLE_ASKED ||
		session_oldest(session, VERB_LOGOUT))
		return FALSE;
	if (op->error || op->again) /* its other lines are still on the way */
		return FALSE;
	if (!logged_in && (op->id || (traits & GOES_AHEAD)) && !session_may_go_ahead(session, op))
		return FALSE;
	if (session->flights.length >= MAX_FLIGHTS ||
		session->out->len - session->out_at >= MAX_OUTPUT)
		return FALSE;
	return is_unambiguous(session, op);
}

/* Nothing is open and nothing on the way will open it: it would wait for ever. */
static gboolean
lacks_mailbox(const ImapSession *session, const Op *op)
{
	return session->state == IMAP_STATE_READY && !session_has_flight(session, OPENS_MAILBOX) &&
	       (verb_info(op->command->verb)->traits & NEEDS_MAILBOX);
}

static void
send_next_line(ImapSession *session, Op *op)
{
	if (session->idle == IDLE_ON)
		session_idle_stop(session);
	session_op_encode(session, op);
	if (session->guess && (verb_info(op->command->verb)->traits & GOES_AHEAD))
		op->ahead = op->repeat = TRUE;
	send_line(session, op);
	if (op->sent == op->lines->len)
		g_queue_pop_head(&session->waiting);
	session_look_at_head(session);
}

void
session_pump(ImapSession *session)
{
	Op *op;

	while (session->state != IMAP_STATE_DEAD && (op = g_queue_peek_head(&session->waiting))) {
		if (lacks_mailbox(session, op) && !op->sent) {
			g_queue_pop_head(&session->waiting);
			err_set(&op->error, ERR_GONE, "No folder is open on this connection");
			session_op_finish(session, op, NULL);
		} else if (may_send(session, op)) {
			send_next_line(session, op);
		} else {
			return;
		}
	}
}

void
session_send_first(ImapSession *session, ImapCommand *take_command)
{
	g_queue_push_head(&session->waiting, session_op_new(session, take_command));
	session_pump(session);
}

void
session_look_at_head(ImapSession *session)
{
	Flight *head = g_queue_peek_head(&session->flights);

	if (!head || head->begun)
		return;
	head->begun = TRUE;
	if (verb_info(head->op->command->verb)->traits & OPENS_MAILBOX)
		session_signal(session, SIGNAL_SELECT_BEGUN);
	else if (head->op->command->verb == VERB_LOGOUT)
		session_signal(session, SIGNAL_LOGOUT_SENT);
}

/* ---- "+" ---- */

void
session_continue(ImapSession *session, const ImapResponse *response)
{
	if (session->literal)
		go_on(session, session->literal);
	else if (session->auth)
		session_login_challenge(session, response);
	else if (session->idle == IDLE_ASKED) {
		session->idle = IDLE_ON;
		session->idle_since = session->now;
	} else
		log_line(LOG_WARN, session->log_name, "the server asked for more of nothing");
}

/* ---- IDLE ---- */

/* NOTIFY does not take its place for the open mailbox, though RFC 5465 section 5.2 would have it so:
 * Dovecot 2.3 tells at once that flags have changed, and keeps back what was expunged in the same moment
 * until a command or IDLE asks. */

gint64
session_idle_due(const ImapSession *session)
{
	gboolean quiet = !session->waiting.length && !session->flights.length;

	if (!quiet || !session->want_idle || session->state != IMAP_STATE_SELECTED)
		return G_MAXINT64;
	if (!imap_caps_has(session->caps, CAP_IDLE) || session->idle_refused)
		return G_MAXINT64;
	return MAX(session->heard, session->sent) + session->idle_linger;
}

void
session_idle_if_quiet(ImapSession *session)
{
	if (!session->want_idle && session->idle == IDLE_ON)
		session_idle_stop(session);
	if (session->now < session_idle_due(session))
		return;
	session->idle = IDLE_ASKED;
	g_queue_push_tail(&session->waiting,
		session_op_new(session, imap_command_new(VERB_IDLE, NULL, NULL)));
	send_next_line(session, g_queue_peek_head(&session->waiting));
}

void
session_idle_stop(ImapSession *session)
{
	session_write(session, "DONE\r\n", -1);
	session->idle = IDLE_ENDING;
	session->heard = session->now;
}
