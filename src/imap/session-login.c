/* From the greeting to READY: encryption, capabilities, authentication. */
#include "imap/session-private.h"

#include "base/log.h"

#include <string.h>

/* ---- what is known of the server ---- */

void
session_forget_server(ImapSession *session)
{
	imap_caps_clear(session->caps);
	imap_quirks_init(&session->quirks);
	g_free(session->server);
	session->server = g_strdup("");
}

void
session_learn_caps(ImapSession *session, const char *atoms)
{
	imap_caps_set(session->caps, atoms);
	imap_quirks_learn_caps(&session->quirks, session->caps);
	session->caps_are_new = TRUE;
}

void
session_learn_server(ImapSession *session, const char *words)
{
	imap_quirks_learn_words(&session->quirks, words);
	g_free(session->server);
	session->server = g_strdup(words);
}

/* Only what the untagged ENABLED says counts: a server may say OK to names that it does not know
 * (RFC 5161 section 3.1). */
void
session_learn_enabled(ImapSession *session, const char *names)
{
	g_auto(GStrv) all = g_strsplit(names, " ", -1);

	for (char **name = all; *name; name++)
		session->qresync |= !g_ascii_strcasecmp(*name, "QRESYNC");
}

/* Ahead of everything that waits. */
static void
wait_first(ImapSession *session, ImapCommand *take_command)
{
	g_queue_push_head(&session->waiting, session_op_new(session, take_command));
}

/* ---- greeting ---- */

static void
said_bye(ImapSession *session, const ImapResponse *response)
{
	g_autofree char *reason = session_reason(session, response);

	session_fail(session,
		session_error_code(session, response) == ERR_BUSY ? ERR_BUSY : ERR_CLOSED,
		"%s does not take the connection: %s", session->host, reason);
}

void
session_greeting(ImapSession *session, const ImapResponse *response)
{
	gboolean status = response->kind == IMAP_RESPONSE_STATUS;

	if (!status || (response->status != IMAP_OK && response->status != IMAP_PREAUTH &&
			       response->status != IMAP_BYE)) {
		session_fail(session, ERR_PROTOCOL,
			"%s did not greet as an IMAP server does: check the host and the port",
			session->host);
		return;
	}
	if (response->status == IMAP_BYE) {
		said_bye(session, response);
		return;
	}
	if (response->code.kind == IMAP_CODE_CAPABILITY && response->code.argument.len)
		session_learn_caps(session, response->code.argument.data);
	if (response->text.len)
		session_learn_server(session, response->text.data);
	if (response->status == IMAP_PREAUTH)
		session_signal(session, session->transport == IMAP_OVER_TUNNEL
						? SIGNAL_PREAUTH
						: SIGNAL_PREAUTH_BAD);
	else
		session_signal(session,
			session_policy_is_met(session) ? SIGNAL_GREETED : SIGNAL_GREETED_CLEAR);
}

/* PREAUTH is how an attacker on the way skips STARTTLS (CVE-2014-2567, CVE-2020-14093). */
void
session_fail_preauth(ImapSession *session)
{
	session_fail(session, ERR_POLICY,
		"%s claims that you are logged in already, which would leave out the login and the "
		"encryption: the connection was closed",
		session->host);
}

/* ---- STARTTLS ---- */

/* It is asked for without asking first whether it is offered: it is required in any case. */
void
session_login_starttls(ImapSession *session)
{
	if (imap_caps_known(session->caps) && !imap_caps_has(session->caps, CAP_STARTTLS))
		session_signal(session, SIGNAL_TLS_REFUSED);
	else
		session_send_first(session, imap_command_new(VERB_STARTTLS, NULL, NULL));
}

void
session_fail_no_starttls(ImapSession *session)
{
	session_fail(session, ERR_POLICY,
		"%s offers no encryption on this port, so nothing was sent to it: use imaps:// if "
		"it "
		"has that",
		session->host);
}

/* Whatever came with the OK was not said by the server that the certificate is about to prove
 * (CVE-2020-14954 and its forty like). */
void
session_login_handshake(ImapSession *session)
{
	if (imap_parser_pending(session->parser) > 0) {
		session_fail(session, ERR_POLICY,
			"Someone sent more behind the answer of %s to STARTTLS, as an attacker on "
			"the "
			"way does: the connection was closed",
			session->host);
		return;
	}
	session_emit(session, IMAP_EVENT_NEED_TLS, 0);
}

/* ---- authentication ---- */

void
session_login_begin(ImapSession *session)
{
	if (imap_caps_known(session->caps))
		session_signal(session, SIGNAL_CAPS);
	else
		session_send_first(session, imap_command_new(VERB_CAPABILITY, NULL, NULL));
}

void
session_login_preauth(ImapSession *session)
{
	session->authenticated = TRUE;
	session->mechanism = g_strdup("PREAUTH");
	session_login_begin(session);
}

static ImapCredentials
credentials(const ImapSession *session)
{
	return (ImapCredentials){
		.host = session->host,
		.user = session->user,
		.password = session->password,
		.token = session->token,
		.mechanisms = session->mechanisms,
		.encrypted = session->transport != IMAP_OVER_PLAIN,
		.exporter = session->exporter,
		.unique = session->unique,
	};
}

static void
send_login(ImapSession *session)
{
	ImapCommand *command = imap_command_new(VERB_LOGIN, session->user, session->password);
	g_autoptr(GError) error = NULL;

	if (imap_command_check(command, &error)) {
		session->exposed = TRUE;
		session_send_first(session, command);
		if (!session->literal)
			session_ahead_begin(session);
		return;
	}
	imap_command_free(command);
	session_fail(session, ERR_AUTH, "The password for %s holds a line end", session->user);
}

static void
send_authenticate(ImapSession *session)
{
	ImapCommand *command = imap_command_new(VERB_AUTHENTICATE, NULL, session->mechanism);
	const char *initial = imap_auth_initial(session->auth);

	session->exposed = FALSE;
	if (initial && imap_caps_has(session->caps, CAP_SASL_IR) && !session->quirks.no_sasl_ir &&
		!session->no_initial) {
		command->extra = g_strdup(*initial ? initial : "=");
		session->exposed = TRUE;
	}
	session_send_first(session, command);
	if (session->exposed && imap_auth_is_single(session->auth))
		session_ahead_begin(session);
}

static gboolean
try_mechanism(ImapSession *session, const char *name)
{
	ImapCredentials who = credentials(session);
	g_autoptr(GError) error = NULL;

	g_free(session->mechanism);
	session->mechanism = g_strdup(name);
	if (!strcmp(name, IMAP_AUTH_LOGIN_COMMAND)) {
		send_login(session);
		return TRUE;
	}
	session->auth = imap_auth_new(name, &who, &error);
	if (!session->auth) {
		log_line(LOG_WARN, session->log_name, "%s", error->message);
		return FALSE;
	}
	send_authenticate(session);
	return TRUE;
}

static void
fail_without_mechanism(ImapSession *session)
{
	session_fail(session, ERR_AUTH,
		"%s offers no way to log in %s that can be used here (it offers: %s). Check "
		"\"mechanisms\" of this account, or whether it wants an access token",
		session->host, session->user, imap_caps_text(session->caps));
}

void
session_login_next(ImapSession *session)
{
	while (session->candidates->len) {
		g_autofree char *name = g_ptr_array_steal_index(session->candidates, 0);

		if (try_mechanism(session, name))
			return;
	}
	fail_without_mechanism(session);
}

void
session_login_continue(ImapSession *session)
{
	ImapCredentials who = credentials(session);

	if (session->authenticated) {
		session_signal(session,
			session->compress && imap_caps_has(session->caps, CAP_COMPRESS_DEFLATE)
				? SIGNAL_AUTH_OK_COMPRESS
				: SIGNAL_AUTH_OK);
		return;
	}
	if (!session_policy_is_met(session)) {
		session_fail(session, ERR_POLICY, "%s is not encrypted yet", session->host);
		return;
	}
	if (!who.password && !who.token && !who.mechanisms) {
		session_fail(session, ERR_NO_SECRET,
			"There is no password for %s on %s: set \"password-command\" of this "
			"account",
			session->user, session->host);
		return;
	}
	session->caps_are_new = FALSE;
	session->candidates = imap_auth_choose(&who, session->caps);
	session_login_next(session);
}

/* ---- challenges ---- */

void
session_login_challenge(ImapSession *session, const ImapResponse *response)
{
	const char *challenge = response->text.len ? response->text.data : "";
	const char *initial = imap_auth_initial(session->auth);
	g_autofree char *reply = NULL;

	if (session->auth_error) {
		session_fail(session, ERR_PROTOCOL, "%s goes on with a login that was cancelled",
			session->host);
		return;
	}
	if (session_ahead_challenge(session, challenge))
		return;
	if (initial && !session->exposed)
		reply = g_strdup(initial); /* the server does not take it with the command */
	else
		reply = imap_auth_reply(session->auth, challenge, &session->auth_error);
	session->exposed = TRUE;
	session_write(session, reply ? reply : "*", -1);
	session_write(session, "\r\n", -1);
}

/* ---- the answer ---- */

static void
refused(ImapSession *session, const ImapResponse *response)
{
	ErrCode code = session_error_code(session, response) == ERR_BUSY ? ERR_BUSY : ERR_AUTH;
	const char *more = session->auth ? imap_auth_reason(session->auth) : NULL;
	g_autofree char *reason = session_reason(session, response);

	session_fail(session, code, "%s refused the login of %s: %s%s%s%s. %s", session->host,
		session->user, reason, more ? " (" : "", more ? more : "", more ? ")" : "",
		code == ERR_BUSY         ? "It will be tried again"
		: session->token != NULL ? "Check \"oauth-token-command\" of this account"
					 : "Check the user name and the password of this account");
}

static gboolean
is_final(const ImapSession *session, const ImapResponse *response)
{
	/* What the credentials were refused for; each further try counts towards a lock. */
	return response->status == IMAP_NO && !session->swallowed &&
	       (session->exposed || response->code.kind == IMAP_CODE_AUTHENTICATIONFAILED ||
		       session_error_code(session, response) == ERR_BUSY);
}

/* Cyrus and GNU Mailutils offer every mechanism that their SASL library knows. Where they look passwords up
 * elsewhere, in PAM for one, all are refused but those that tell the password, in the same words as for a
 * wrong one; so one of these is tried, too. A server that knows better says AUTHENTICATIONFAILED. */
static gboolean
retry_unhashed(ImapSession *session, const ImapResponse *response)
{
	GPtrArray *rest = session->candidates;

	if (response->status != IMAP_NO || session->swallowed ||
		!imap_auth_is_hashed(session->mechanism) ||
		response->code.kind == IMAP_CODE_AUTHENTICATIONFAILED ||
		session_error_code(session, response) == ERR_BUSY)
		return FALSE;
	for (guint i = rest->len; i-- > 0;)
		if (imap_auth_is_hashed(rest->pdata[i]))
			g_ptr_array_remove_index(rest, i);
	return rest->len > 0;
}

static gboolean
retry_without_initial(ImapSession *session, const ImapResponse *response)
{
	gboolean had_initial = session->auth && imap_auth_initial(session->auth) &&
			       session->exposed && imap_caps_has(session->caps, CAP_SASL_IR) &&
			       !session->quirks.no_sasl_ir;

	if ((response->status != IMAP_BAD && !session->swallowed) || !had_initial ||
		session->no_initial)
		return FALSE;
	session->no_initial = TRUE;
	g_ptr_array_insert(session->candidates, 0, g_strdup(session->mechanism));
	return TRUE;
}

static void
login_failed(ImapSession *session, const ImapResponse *response)
{
	gboolean again;

	session_ahead_undo(session);
	again = retry_without_initial(session, response) || retry_unhashed(session, response);
	if (!again && (is_final(session, response) || !session->candidates->len)) {
		refused(session, response);
		return;
	}
	session->swallowed = FALSE;
	g_clear_pointer(&session->auth, imap_auth_free);
	session_signal(session, SIGNAL_AUTH_NO);
}

void
session_login_answer(ImapSession *session, const ImapResponse *response)
{
	if (session->auth_error) {
		session_fail(session, ERR_AUTH,
			"The login of %s on %s was broken off, %s: either the password is wrong or "
			"this "
			"is not the server that it belongs to",
			session->user, session->host, session->auth_error->message);
		return;
	}
	if (response->status != IMAP_OK) {
		login_failed(session, response);
		return;
	}
	if (session->auth && !imap_auth_is_complete(session->auth)) {
		session_fail(session, ERR_AUTH,
			"%s let %s in without proving that it knows the password: the connection "
			"was "
			"closed",
			session->host, session->user);
		return;
	}
	g_clear_pointer(&session->auth, imap_auth_free);
	session->authenticated = TRUE;
	if (response->code.kind == IMAP_CODE_CAPABILITY && response->code.argument.len)
		session_learn_caps(session, response->code.argument.data);
	if (session_ahead_confirm(session))
		wait_first(session, imap_command_new(VERB_CAPABILITY, NULL, NULL));
	else if (!session->caps_are_new)
		imap_caps_clear(session->caps); /* what it can may differ now (RFC 3501 6.2.2) */
	session_login_begin(session);
}

/* ---- behind the login ---- */

void
session_compress_ask(ImapSession *session)
{
	if (session_oldest(session, VERB_COMPRESS))
		return; /* sent ahead */
	session_send_first(session, imap_command_new(VERB_COMPRESS, NULL, "DEFLATE"));
}

void
session_compress_begin(ImapSession *session)
{
	session_emit(session, IMAP_EVENT_NEED_DEFLATE, 0);
}

/*
 * QRESYNC is all that has to be switched on: SELECT does so for CONDSTORE. UTF8=ACCEPT (RFC 6855) is
 * left alone: it would change the names of folders from modified UTF-7 to UTF-8, which are kept as the
 * server writes them, and what it brings, headers in raw UTF-8, is read without it as well.
 */
static void
wait_enable(ImapSession *session)
{
	const ImapCaps *caps = session_caps(session);

	/* Valid only before a mailbox is opened (RFC 5161 section 3.1). */
	if (session_oldest(session, VERB_ENABLE) || session_has_flight(session, OPENS_MAILBOX))
		return;
	if (imap_caps_has(caps, CAP_ENABLE) && imap_caps_has(caps, CAP_QRESYNC) &&
		!session->quirks.no_qresync)
		wait_first(session, imap_command_new(VERB_ENABLE, NULL, "QRESYNC"));
}

/* Coremail opens no mailbox without it, and its answer tells the quirks. */
static void
wait_id(ImapSession *session)
{
	ImapCommand *id;

	if (!session->client_name || !imap_caps_has(session_caps(session), CAP_ID) ||
		session_oldest(session, VERB_ID))
		return;
	id = imap_command_new(VERB_ID, NULL, session->client_name);
	id->extra = g_strdup(session->client_version);
	wait_first(session, id);
}

void
session_login_introduce(ImapSession *session)
{
	wait_enable(session);
	wait_id(session);
	session_pump(session);
}

void
session_login_done(ImapSession *session)
{
	if (!strcmp(session->mechanism, IMAP_AUTH_LOGIN_COMMAND))
		session->mechanism[strlen("LOGIN")] = 0;
	g_clear_pointer(&session->candidates, g_ptr_array_unref);
	session_emit(session, IMAP_EVENT_READY, 0);
	session_login_introduce(session);
}
