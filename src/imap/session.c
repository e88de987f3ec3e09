#include "imap/session-private.h"

#include "base/log.h"

#include <string.h>

#define SECONDS       G_USEC_PER_SEC
#define POLL_INTERVAL (60 * SECONDS)      /* NOOP where there is no IDLE */
#define IDLE_RENEW    (29 * 60 * SECONDS) /* RFC 2177 */

/* ---- a session's life ---- */

static gint64
or_default(gint64 value, gint64 otherwise)
{
	return value > 0 ? value : otherwise;
}

ImapSession *
imap_session_new(const ImapSessionConfig *config)
{
	ImapSession *session = g_new0(ImapSession, 1);

	session->transport = config->transport;
	session->host = g_strdup(config->host ? config->host : "The server");
	session->user = g_strdup(config->user ? config->user : "");
	session->password = g_strdup(config->password);
	session->token = g_strdup(config->token);
	session->mechanisms = g_strdup(config->mechanisms);
	session->client_name = g_strdup(config->client_name);
	session->client_version = g_strdup(config->client_version);
	session->log_name = g_strconcat("imap ", session->host, NULL);
	session->tag_secret = config->tag_secret;
	session->greeting_timeout = or_default(config->greeting_timeout, 30 * SECONDS);
	session->command_timeout = or_default(config->command_timeout, 60 * SECONDS);
	session->idle_renew = or_default(config->idle_renew, IDLE_RENEW);
	session->idle_linger = config->idle_linger;
	session->compress = config->compress;
	session->expected_caps = g_strdup(config->expected_caps);
	session->limits = g_memdup2(config->limits, config->limits ? sizeof *config->limits : 0);
	session->parser = imap_parser_new(config->limits);
	session->caps = imap_caps_new();
	session->out = g_byte_array_new();
	session->no_uids = uidset_new();
	session->ops = g_hash_table_new_full(NULL, NULL, (GDestroyNotify)session_op_free, NULL);
	session_forget_server(session);
	return session;
}

static void
free_secret(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	g_free(secret);
}

void
imap_session_free(ImapSession *session)
{
	if (!session)
		return;
	g_queue_clear_full(&session->flights, (GDestroyNotify)session_flight_free);
	g_queue_clear(&session->waiting);
	g_hash_table_unref(session->ops);
	session_mailbox_forget(session);
	g_queue_clear_full(&session->events, (GDestroyNotify)session_event_free);
	session_event_free(session->current);
	imap_parser_free(session->parser);
	imap_caps_free(session->caps);
	imap_caps_free(session->guess);
	imap_auth_free(session->auth);
	g_clear_pointer(&session->candidates, g_ptr_array_unref);
	g_clear_error(&session->auth_error);
	g_byte_array_unref(session->out);
	g_clear_pointer(&session->upload, g_bytes_unref);
	uidset_free(session->no_uids);
	free_secret(session->password);
	free_secret(session->token);
	g_free(session->limits);
	g_free(session->host);
	g_free(session->user);
	g_free(session->mechanisms);
	g_free(session->expected_caps);
	g_free(session->client_name);
	g_free(session->client_version);
	g_free(session->log_name);
	g_free(session->server);
	g_free(session->mechanism);
	g_free(session->exporter);
	g_free(session->unique);
	g_free(session);
}

/* ---- for the parts ---- */

gboolean
session_policy_is_met(const ImapSession *session)
{
	return session->transport != IMAP_OVER_STARTTLS || session->secured;
}

void
session_signal(ImapSession *session, SessionSignal signal)
{
	const SessionRow *row = session_table_find(session->state, signal);

	if (session->state == IMAP_STATE_DEAD)
		return;
	if (!row) {
		session_fail(session, ERR_PROTOCOL, "%s broke the protocol: %s in state \"%s\"",
			session->host, session_signal_name(signal),
			imap_state_name(session->state));
		return;
	}
	session->state = row->next;
	if (row->action)
		row->action(session);
}

void
session_fail(ImapSession *session, ErrCode code, const char *format, ...)
{
	QueuedEvent *queued;
	g_autofree char *message = NULL;
	va_list args;

	if (session->failed) /* the first reason is the true one */
		return;
	session->failed = TRUE;
	queued = session_push_event(session, IMAP_EVENT_FAILED, 0);
	va_start(args, format);
	message = g_strdup_vprintf(format, args);
	va_end(args);
	err_set(&queued->error, code, "%s", message);
	queued->event.error = queued->error;
	session->state = IMAP_STATE_DEAD;
	g_byte_array_set_size(session->out, 0);
	session->out_at = 0;
}

char *
session_doing(const ImapSession *session)
{
	Flight *head = g_queue_peek_head((GQueue *)&session->flights);

	if (head)
		return imap_command_describe(head->op->command);
	return g_strdup(
		session->state == IMAP_STATE_GREETING ? "being greeted" : "waiting for news");
}

/* ---- bytes in ---- */

void
imap_session_feed(ImapSession *session, const char *data, gsize len)
{
	if (session->state == IMAP_STATE_DEAD || !len)
		return;
	if (session->state == IMAP_STATE_HANDSHAKE) {
		session_fail(
			session, ERR_POLICY, "%s spoke in the clear after STARTTLS", session->host);
		return;
	}
	session->heard = session->now;
	imap_parser_feed(session->parser, data, len);
}

void
imap_session_eof(ImapSession *session)
{
	session->eof = TRUE;
}

static void
on_eof(ImapSession *session)
{
	g_autofree char *doing = NULL;

	if (session->state == IMAP_STATE_LOGOUT) {
		Flight *logout = session_oldest(session, VERB_LOGOUT);

		if (logout)
			session_emit_done(session, logout->op, NULL);
		session->state = IMAP_STATE_DEAD;
		return;
	}
	doing = session_doing(session);
	session_fail(
		session, ERR_CLOSED, "%s closed the connection while %s", session->host, doing);
}

/* Text of an attacker before TLS is not shown to the user. */
static void
report_alert(ImapSession *session, const ImapResponse *response)
{
	gboolean secure = session->state >= IMAP_STATE_LOGIN && session->state < IMAP_STATE_DEAD;

	if (response->code.kind == IMAP_CODE_ALERT && secure && response->text.len)
		session_emit(session, IMAP_EVENT_ALERT, 0)->text = response->text;
}

/* Whatever it stands in: Exchange says "Server Unavailable." without any form. */
static void
note_backoff(ImapSession *session, const ImapResponse *response)
{
	gboolean refusal = response->kind == IMAP_RESPONSE_UNKNOWN ||
			   ((response->kind == IMAP_RESPONSE_TAGGED ||
				    response->kind == IMAP_RESPONSE_STATUS) &&
				   response->status != IMAP_OK);
	guint seconds;

	if (refusal && response->text.len && imap_quirks_is_busy(response->text.data, &seconds))
		session->backoff = seconds;
}

static void
take_response(ImapSession *session, const ImapResponse *response)
{
	note_backoff(session, response);
	if (session->state == IMAP_STATE_GREETING) {
		session_greeting(session, response);
		report_alert(session, response);
		return;
	}
	report_alert(session, response);
	if (response->kind == IMAP_RESPONSE_TAGGED)
		session_answer(session, response);
	else if (response->kind == IMAP_RESPONSE_CONTINUE)
		session_continue(session, response);
	else
		session_untagged(session, response);
}

/* One more response; FALSE when there is none now. */
static gboolean
parse_one(ImapSession *session)
{
	const ImapResponse *response;
	g_autoptr(GError) error = NULL;

	switch (imap_parser_next(session->parser, &response, &error)) {
	case IMAP_PARSE_RESPONSE: take_response(session, response); return TRUE;
	case IMAP_PARSE_BAD:
		session_fail(session,
			error->domain == ERR_DOMAIN ? (ErrCode)error->code : ERR_PROTOCOL,
			"%s said something that can't be followed: %s", session->host,
			error->message);
		return TRUE;
	default: break;
	}
	if (session->eof)
		on_eof(session);
	return session->eof;
}

/* What comes now is not IMAP before the owner has done its part. */
static gboolean
is_waiting_for_owner(const ImapSession *session)
{
	return session->state == IMAP_STATE_DEAD || session->state == IMAP_STATE_HANDSHAKE ||
	       session->state == IMAP_STATE_DEFLATE;
}

/*
 * Responses are taken from the parser only when the events of the one before have been handed out:
 * so events can point into the response and nothing is copied, bodies above all.
 */
gboolean
imap_session_next(ImapSession *session, ImapEvent *out_event)
{
	g_clear_pointer(&session->current, session_event_free);
	do {
		if (session_next_event(session, out_event))
			return TRUE;
	} while (!is_waiting_for_owner(session) && parse_one(session));
	if (session->state != IMAP_STATE_DEAD)
		session_pump(session);
	return session_next_event(session, out_event);
}

/* ---- bytes out ---- */

const char *
imap_session_output(ImapSession *session, gsize *out_len)
{
	if (session->state != IMAP_STATE_DEAD) {
		session_upload(session);
		session_pump(session);
		if (g_queue_is_empty(&session->events))
			session_idle_if_quiet(session);
	}
	*out_len = session->out->len - session->out_at;
	return (const char *)session->out->data + session->out_at;
}

void
imap_session_wrote(ImapSession *session, gsize len)
{
	session->out_at += MIN(len, session->out->len - session->out_at);
	if (len)
		session->heard = session->now; /* a long upload is no silence */
	if (session->out_at == session->out->len) {
		if (session->out->len)
			explicit_bzero(session->out->data, session->out->len);
		g_byte_array_set_size(session->out, 0);
		session->out_at = 0;
	}
}

/* ---- time ---- */

/* A login is short: a server that says a byte now and then must not keep it up for ever. */
static gint64
login_deadline(const ImapSession *session)
{
	return session->state < IMAP_STATE_READY ? session->started + 3 * session->command_timeout
						 : G_MAXINT64;
}

static gint64
deadline(const ImapSession *session)
{
	if (session->state == IMAP_STATE_GREETING)
		return session->started + session->greeting_timeout;
	if (g_queue_is_empty((GQueue *)&session->flights) || session->idle == IDLE_ON)
		return G_MAXINT64;
	return MIN(session->heard + session->command_timeout, login_deadline(session));
}

static void
time_out(ImapSession *session)
{
	g_autofree char *doing = session_doing(session);
	gint64 waited = session->state == IMAP_STATE_GREETING ? session->greeting_timeout
							      : session->command_timeout;

	if (session->now >= login_deadline(session)) {
		session_fail(session, ERR_TIMEOUT, "%s did not come to an end with %s",
			session->host, doing);
		return;
	}
	session_fail(session, ERR_TIMEOUT, "%s said nothing for %d seconds while %s", session->host,
		(int)(waited / SECONDS), doing);
}

/* How long a connection may be quiet before the server forgets it. */
static gint64
renew_interval(const ImapSession *session)
{
	gint64 quirk = session->quirks.idle_renew;

	return quirk ? MIN(session->idle_renew, quirk) : session->idle_renew;
}

static gint64
idle_end(const ImapSession *session)
{
	if (session->idle != IDLE_ON)
		return G_MAXINT64;
	return session->idle_since + renew_interval(session);
}

static gint64
next_poll(const ImapSession *session)
{
	gboolean deaf = session->idle_refused || !imap_caps_has(session->caps, CAP_IDLE);

	if (session->flights.length || session->waiting.length)
		return G_MAXINT64;
	if (session->want_idle && session->state == IMAP_STATE_SELECTED && deaf)
		return session->sent + POLL_INTERVAL;
	if (session->notify) /* nothing to ask for, but it must not be taken for dead */
		return session->sent + renew_interval(session);
	return G_MAXINT64;
}

gint64
imap_session_tick(ImapSession *session, gint64 now)
{
	gint64 next;

	if (!session->started)
		session->started = session->heard = now;
	session->now = now;
	if (session->state == IMAP_STATE_DEAD)
		return G_MAXINT64;
	if (now >= deadline(session)) {
		time_out(session);
		return G_MAXINT64;
	}
	if (now >= idle_end(session))
		session_idle_stop(session);
	if (now >= next_poll(session) || now >= session_ahead_due(session))
		session_send_first(session, imap_command_noop());
	if (!g_queue_is_empty(&session->events))
		return now;
	next = session_idle_due(session) > now ? session_idle_due(session) : G_MAXINT64;
	next = MIN(next, session_ahead_due(session));
	return MIN(MIN(deadline(session), next), MIN(idle_end(session), next_poll(session)));
}

/* ---- TLS ---- */

static char *
binding_text(const ImapBytes *bytes)
{
	return bytes->len ? g_base64_encode((const guchar *)bytes->data, bytes->len) : NULL;
}

static void
take_binding(ImapSession *session, const ImapChannelBinding *binding)
{
	if (!binding)
		return;
	session->exporter = binding_text(&binding->exporter);
	session->unique = binding_text(&binding->unique);
}

void
imap_session_secured(ImapSession *session, const ImapChannelBinding *binding)
{
	if (session->secured || session->state == IMAP_STATE_DEAD)
		return;
	take_binding(session, binding);
	session->secured = TRUE;
	if (session->state != IMAP_STATE_HANDSHAKE)
		return; /* TLS from the first byte: only the binding is news */
	session_forget_server(session);
	imap_parser_free(session->parser);
	session->parser = imap_parser_new(session->limits);
	session_signal(session, SIGNAL_SECURED);
}

/* ---- compression ---- */

GBytes *
imap_session_deflated(ImapSession *session)
{
	GBytes *rest;

	if (session->state != IMAP_STATE_DEFLATE)
		return NULL;
	rest = imap_parser_take_pending(session->parser);
	session_signal(session, SIGNAL_DEFLATED);
	return rest;
}

/* ---- commands ---- */

ImapCmdId
imap_session_submit(ImapSession *session, ImapCommand *take_command)
{
	Op *op = session_op_new(session, take_command);
	ImapCmdId id = op->id = ++session->last_id;

	session->pending++;
	if (session->state == IMAP_STATE_DEAD) {
		session->pending--;
		g_hash_table_remove(session->ops, op);
	} else if (!imap_command_check(take_command, &op->error) ||
		   imap_command_is_empty(take_command))
		session_op_finish(session, op, NULL);
	else
		g_queue_push_tail(&session->waiting, op);
	return id;
}

gboolean
imap_session_cancel(ImapSession *session, ImapCmdId cmd)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		Op *op = ((Flight *)at->data)->op;

		if (op->id == cmd)
			op->cancelled = TRUE;
	}
	for (GList *at = session->waiting.head; at; at = at->next) {
		Op *op = at->data;

		if (op->id != cmd || op->sent)
			continue;
		g_queue_delete_link(&session->waiting, at);
		session->pending--;
		g_hash_table_remove(session->ops, op);
		return TRUE;
	}
	return FALSE;
}

void
imap_session_want_idle(ImapSession *session, gboolean want)
{
	session->want_idle = want;
}

/* ---- questions ---- */

ImapState
imap_session_state(const ImapSession *session)
{
	return session->state;
}

const ImapCaps *
imap_session_caps(const ImapSession *session)
{
	return session->caps;
}

guint
imap_session_pending(const ImapSession *session)
{
	return session->pending;
}

guint
imap_session_backoff(const ImapSession *session)
{
	return session->backoff;
}

gboolean
imap_session_qresync(const ImapSession *session)
{
	return session->qresync && !session->quirks.no_qresync;
}

gboolean
imap_session_decodes(const ImapSession *session)
{
	return imap_caps_has(session->caps, CAP_BINARY) && !session->quirks.no_binary;
}

const char *
imap_session_server(const ImapSession *session)
{
	return session->server;
}

const char *
imap_session_mechanism(const ImapSession *session)
{
	return session->authenticated ? session->mechanism : "";
}
