/* Tagged answers: what becomes of a command. */
#include "imap/session-private.h"

#include "base/log.h"

#include <string.h>

#define SHORTEST_IDLE (5 * G_USEC_PER_SEC)

ErrCode
session_error_code(const ImapSession *session, const ImapResponse *response)
{
	guint seconds;

	if (response->text.len && imap_quirks_is_busy(response->text.data, &seconds))
		return ERR_BUSY;
	switch (response->code.kind) {
	case IMAP_CODE_UNAVAILABLE:
	case IMAP_CODE_INUSE:
	case IMAP_CODE_LIMIT: return ERR_BUSY;
	case IMAP_CODE_SERVERBUG:
		if (session->quirks.serverbug_is_busy)
			return ERR_BUSY;
		break;
	case IMAP_CODE_NONEXISTENT:
	case IMAP_CODE_TRYCREATE:
	case IMAP_CODE_EXPUNGEISSUED: return ERR_GONE;
	default: break;
	}
	return response->status == IMAP_BAD ? ERR_BAD : ERR_NO;
}

/* ---- the end of a command ---- */

/* Asks once more, in a plainer form unless the form was not to blame. */
static void
ask_again(ImapSession *session, Op *op)
{
	op->again = FALSE;
	g_clear_pointer(&op->lines, g_ptr_array_unref);
	op->sent = op->answered = 0;
	op->step += !op->repeat;
	op->repeat = FALSE;
	if (op->command->verb == VERB_LIST)
		session->list_step = op->step;
	session_wait_in_order(session, op);
}

/* Namespaces of others that "*" did not cover (RFC 2342). */
static gboolean
list_missing_namespaces(ImapSession *session, Op *op)
{
	ImapEncoding encoding = session_encoding(session, op);

	if (op->error || !op->prefixes || !op->prefixes->len)
		return FALSE;
	for (guint i = 0; i < op->prefixes->len; i++) {
		ImapLine *line =
			imap_encode_list_prefix(op->command, &encoding, op->prefixes->pdata[i]);

		line->optional = TRUE;
		g_ptr_array_add(op->lines, line);
	}
	g_ptr_array_set_size(op->prefixes, 0);
	g_queue_push_head(&session->waiting, op);
	return TRUE;
}

void
session_op_finish(ImapSession *session, Op *op, const ImapResponse *response)
{
	if (op->id)
		session->pending--;
	if (op->id && !op->cancelled)
		session_emit_done(session, op, response);
	g_hash_table_remove(session->ops, op);
}

/* All lines that were sent are answered. What was not sent yet is not sent any more after a
 * refusal: the rest of a MOVE into a full mailbox would fare no better. */
static void
op_answered(ImapSession *session, Op *op, const ImapResponse *response)
{
	gboolean unsent = op->sent < op->lines->len;

	if (unsent && !op->error && !op->again)
		return;
	if (unsent)
		g_queue_remove(&session->waiting, op);
	if (op->again)
		ask_again(session, op);
	else if (!list_missing_namespaces(session, op))
		session_op_finish(session, op, response);
}

/* ---- SELECT ---- */

/* What was sent behind a SELECT that failed means no mailbox. */
static void
fail_followers(ImapSession *session, const GError *error)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		Op *op = ((Flight *)at->data)->op;
		VerbTraits traits = verb_info(op->command->verb)->traits;

		if (traits & OPENS_MAILBOX)
			return;
		if ((traits & NEEDS_MAILBOX) && !op->error)
			op->error = g_error_copy(error);
	}
}

/* They will be refused, as nothing is open, and are asked again behind the next SELECT. */
void
session_repeat_followers(ImapSession *session)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		Op *op = ((Flight *)at->data)->op;

		if (verb_info(op->command->verb)->traits & OPENS_MAILBOX)
			return;
		op->repeat |= (verb_info(op->command->verb)->traits & NEEDS_MAILBOX) != 0;
	}
}

static void
select_answered(ImapSession *session, Op *op, const ImapResponse *response)
{
	if (response->status != IMAP_OK) {
		session_signal(session, SIGNAL_SELECT_NO);
		if (op->error)
			fail_followers(session, op->error);
		else
			session_repeat_followers(session);
		return;
	}
	if (session->mailbox) {
		session->mailbox->read_only = op->command->verb == VERB_EXAMINE ||
					      response->code.kind == IMAP_CODE_READ_ONLY;
		session_mailbox_answered(session, op);
		session_signal(session, SIGNAL_SELECT_OK);
	}
}

/* ---- one answer ---- */

char *
session_reason(const ImapSession *session, const ImapResponse *response)
{
	char *reason;
	gsize len;

	if (!response->text.len)
		return g_strdup("it gave no reason");
	/* Text of an attacker before TLS is not shown to the user. */
	if (!session_policy_is_met(session))
		return g_strdup("the reason is not shown, since the line is not encrypted yet");
	reason = g_strchomp(g_strndup(response->text.data, response->text.len));
	len = strlen(reason);
	/* The sentence around it has a full stop of its own. */
	if (len > 1 && reason[len - 1] == '.' && reason[len - 2] != '.')
		reason[len - 1] = '\0';
	return reason;
}

static gboolean
is_unknown(const ImapResponse *response)
{
	return response->status == IMAP_BAD ||
	       (response->text.len && imap_quirks_is_unknown(response->text.data));
}

static void
refuse(ImapSession *session, Op *op, const ImapResponse *response)
{
	ErrCode code = session_error_code(session, response);
	ImapEncoding encoding = session_encoding(session, op);
	gboolean syntax = response->status == IMAP_BAD || op->command->verb == VERB_LIST ||
			  response->code.kind == IMAP_CODE_BADEVENT;
	g_autofree char *doing = NULL, *reason = NULL;

	if (op->error)
		return; /* sent behind a SELECT that failed: a plainer form would fare no better */
	if (op->repeat) {
		op->again = TRUE;
		return;
	}
	if (op->command->verb == VERB_MOVE && code != ERR_BUSY && is_unknown(response)) {
		imap_caps_drop(session->caps, CAP_MOVE);
		code = ERR_BAD;
	}
	if (syntax && imap_encode_has_fallback(op->command, &encoding)) {
		log_line(LOG_WARN, session->log_name, "asking in a plainer form after: %s",
			response->text.data ? response->text.data : "");
		op->again = TRUE;
		return;
	}
	doing = imap_command_describe(op->command);
	reason = session_reason(session, response);
	err_set(&op->error, code, "%s refused %s: %s", session->host, doing, reason);
}

static void
report_copied(ImapSession *session, Op *op, const ImapResponse *response)
{
	ImapCodeKind kind = response->code.kind;

	if (op->id && !op->cancelled && response->status == IMAP_OK &&
		(kind == IMAP_CODE_COPYUID || kind == IMAP_CODE_APPENDUID))
		session_emit(session, IMAP_EVENT_COPIED, op->id)->code = &response->code;
}

/* RFC 7162 section 3.1.3: OK, or NO when some of them are gone; either way the others were changed.
 * A set that was sent in several lines is one for its owner. */
static gboolean
take_modified(Op *op, const ImapResponse *response)
{
	const ImapCode *code = &response->code;

	if (code->kind != IMAP_CODE_MODIFIED || op->command->verb != VERB_STORE)
		return FALSE;
	if (!op->modified)
		op->modified = uidset_new();
	for (guint i = 0; i < code->n_source; i++)
		uidset_add_range(op->modified, code->source[i].first, code->source[i].last);
	return TRUE;
}

static void
caps_answered(ImapSession *session, const ImapResponse *response)
{
	if (session->state != IMAP_STATE_LOGIN)
		return; /* asked in passing: what it said is learned */
	/* One that says nothing of itself can the minimum. */
	if (response->status != IMAP_OK || !imap_caps_known(session->caps))
		session_learn_caps(session, "IMAP4rev1");
	session_signal(session, SIGNAL_CAPS);
}

/* RFC 5161 section 3.2: what is enabled may change what else there is. */
static void
enable_answered(ImapSession *session, const ImapResponse *response)
{
	if (response->code.kind == IMAP_CODE_CAPABILITY && response->code.argument.len)
		session_learn_caps(session, response->code.argument.data);
}

/* A server that does not wait for DONE, whatever it answers, would be asked again and again. */
static void
idle_answered(ImapSession *session)
{
	gboolean at_once =
		session->idle == IDLE_ON && session->now - session->idle_since < SHORTEST_IDLE;

	session->idle_refused |= session->idle == IDLE_ASKED || at_once;
	session->idle = IDLE_OFF;
}

/* TRUE: nothing else has to be done with the command. */
static gboolean
answer_of_own(ImapSession *session, Op *op, const ImapResponse *response)
{
	switch (op->command->verb) {
	case VERB_CAPABILITY: caps_answered(session, response); return TRUE;
	case VERB_STARTTLS:
		session_signal(session,
			response->status == IMAP_OK ? SIGNAL_TLS_AGREED : SIGNAL_TLS_REFUSED);
		return TRUE;
	case VERB_AUTHENTICATE:
	case VERB_LOGIN: session_login_answer(session, response); return TRUE;
	case VERB_IDLE: idle_answered(session); return TRUE;
	case VERB_COMPRESS:
		session_signal(session, response->status == IMAP_OK ? SIGNAL_COMPRESS_AGREED
								    : SIGNAL_COMPRESS_REFUSED);
		return TRUE;
	case VERB_ENABLE: enable_answered(session, response); return TRUE;
	case VERB_ID: return TRUE;
	default: return FALSE;
	}
}

static void
owners_answered(ImapSession *session, Op *op, const ImapLine *line, const ImapResponse *response)
{
	Verb verb = op->command->verb;
	gboolean closed = verb == VERB_UNSELECT && response->status != IMAP_BAD;

	report_copied(session, op, response);
	if (!take_modified(op, response) && response->status != IMAP_OK && !line->optional &&
		!closed)
		refuse(session, op, response);
	if (verb_info(verb)->traits & OPENS_MAILBOX)
		select_answered(session, op, response);
	if (verb == VERB_APPEND && response->status == IMAP_OK && session->quirks.quiet_append &&
		session->state == IMAP_STATE_SELECTED)
		session_send_first(session, imap_command_noop());
	if (verb == VERB_NOTIFY)
		session->notify = response->status == IMAP_OK;
	if (closed && session->state == IMAP_STATE_SELECTED)
		session_signal(session, SIGNAL_UNSELECTED);
	if (++op->answered == op->sent)
		op_answered(session, op, response);
	if (verb == VERB_LOGOUT)
		session_signal(session, SIGNAL_LOGOUT_DONE);
}

/* Ahead of the answer to the login. One that could not be done yet comes again behind it. */
static void
answered_too_early(ImapSession *session, Op *op, const ImapResponse *response)
{
	if (response->status == IMAP_OK) {
		session_fail(session, ERR_PROTOCOL, "%s answered before it had let %s in",
			session->host, session->user);
	} else if (!op->id) {
		g_hash_table_remove(session->ops, op);
	} else {
		op->again = TRUE;
		if (++op->answered == op->sent)
			op_answered(session, op, response);
	}
}

static Flight *
take_flight(ImapSession *session, const ImapResponse *response)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		Flight *flight = at->data;

		if (response->tag.len && !strcmp(flight->tag, response->tag.data)) {
			g_queue_delete_link(&session->flights, at);
			return flight;
		}
	}
	return NULL;
}

void
session_answer(ImapSession *session, const ImapResponse *response)
{
	Flight *flight = take_flight(session, response);
	gboolean unfinished =
		flight && (session->literal == flight || session->uploading == flight);
	gboolean begun = flight && flight->begun;
	ImapLine *line = flight ? flight->line : NULL;
	Op *op = flight ? flight->op : NULL;

	if (!flight) {
		log_line(LOG_WARN, session->log_name, "answer to a tag that was not sent");
		return;
	}
	log_line(LOG_WIRE, session->log_name, "< %s %s", flight->tag,
		response->status == IMAP_OK   ? "OK"
		: response->status == IMAP_NO ? "NO"
					      : "BAD");
	if (session->literal == flight)
		session->literal = NULL; /* its literal was refused */
	if (session->uploading == flight)
		session->uploading = NULL; /* the rest of it has to be sent all the same */
	session_flight_free(flight);
	session_ahead_answered(session, op);
	if (op->ahead && !session->authenticated) {
		answered_too_early(session, op, response);
	} else if (!begun && (verb_info(op->command->verb)->traits & OPENS_MAILBOX)) {
		/* Which mailbox is open now can't be told any more. */
		session_fail(session, ERR_PROTOCOL, "%s answered out of order", session->host);
	} else if (unfinished && response->status == IMAP_OK) {
		g_hash_table_remove(session->ops, op);
		session_fail(session, ERR_PROTOCOL,
			"%s said that a command is done of which it has seen only the half",
			session->host);
	} else if (answer_of_own(session, op, response)) {
		g_hash_table_remove(session->ops, op);
	} else {
		owners_answered(session, op, line, response);
	}
	if (session->state != IMAP_STATE_DEAD)
		session_look_at_head(session);
}
