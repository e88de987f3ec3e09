/* Everything that a server says without being asked, or ahead of a tagged answer. */
#include "imap/session-private.h"

#include "base/log.h"

#include <string.h>

/* ---- status responses ---- */

/* The oldest command that names the message UID. Dovecot says the COPYUIDs of several MOVEs first and
 * only then answers them all. */
static Flight *
oldest_with_uid(const ImapSession *session, Verb verb, guint32 uid)
{
	for (GList *at = session->flights.head; at; at = at->next) {
		Flight *flight = at->data;
		const ImapCommand *command = flight->op->command;

		if (command->verb == verb && uidset_contains(command->uids, uid))
			return flight;
	}
	return NULL;
}

static void
copied(ImapSession *session, const ImapResponse *response)
{
	guint32 uid = response->code.n_source ? response->code.source[0].first : 0;
	Flight *flight = oldest_with_uid(session, VERB_MOVE, uid);

	flight = flight ? flight : oldest_with_uid(session, VERB_COPY, uid);
	if (flight && !flight->op->cancelled)
		session_emit(session, IMAP_EVENT_COPIED, flight->op->id)->code = &response->code;
}

/* RFC 5465 section 5.8: from here on it is as after NOTIFY NONE. */
static void
notify_ended(ImapSession *session)
{
	if (session->notify)
		session_emit(session, IMAP_EVENT_NOTIFY_ENDED, 0);
	session->notify = FALSE;
}

static void
on_bye(ImapSession *session, const ImapResponse *response)
{
	g_autofree char *doing = NULL, *reason = NULL;

	if (session->state == IMAP_STATE_LOGOUT)
		return;
	doing = session_doing(session);
	reason = session_reason(session, response);
	session_fail(session,
		session_error_code(session, response) == ERR_BUSY ? ERR_BUSY : ERR_CLOSED,
		"%s ended the connection while %s: %s", session->host, doing, reason);
}

static void
on_status(ImapSession *session, const ImapResponse *response)
{
	const ImapCode *code = &response->code;

	if (response->status == IMAP_BYE) {
		on_bye(session, response);
		return;
	}
	if (code->kind == IMAP_CODE_CAPABILITY && code->argument.len)
		session_learn_caps(session, code->argument.data);
	else if (code->kind == IMAP_CODE_COPYUID)
		copied(session, response);
	else if (code->kind == IMAP_CODE_NOTIFICATIONOVERFLOW)
		notify_ended(session);
	else
		session_mailbox_code(session, code);
	if (response->status != IMAP_OK)
		log_line(LOG_WARN, session->log_name, "the server warns: %s",
			response->text.data ? response->text.data : "");
}

/* ---- bodies ---- */

/* How well BODY answers COMMAND: 0 not at all, 2 fully. One that does not say where it begins
 * is still the answer to the right section of the right message. */
static guint
fits(const ImapCommand *command, const ImapBody *body, guint32 uid)
{
	if (command->verb != VERB_FETCH_BODY || command->binary != body->binary ||
		(uid && !uidset_contains(command->uids, uid)))
		return 0;
	if (g_ascii_strcasecmp(command->text, body->section ? body->section : ""))
		return 0;
	return body->offset == command->offset ? 2 : 1;
}

/* Who asked for the section that begins with BODY; NULL when nobody did. */
static Flight *
find_body_flight(const ImapSession *session, const ImapBody *body, guint32 uid)
{
	Flight *best = NULL;
	guint best_fit = 0;

	for (GList *at = session->flights.head; at && best_fit < 2; at = at->next) {
		Flight *flight = at->data;
		guint fit = fits(flight->op->command, body, uid);

		if (fit > best_fit) {
			best = flight;
			best_fit = fit;
		}
	}
	return best;
}

/* A body without a UID can only belong to the message that was asked for, when that was one. */
static guint32
only_uid(const ImapCommand *command)
{
	return uidset_count(command->uids) == 1 ? uidset_min(command->uids) : 0;
}

/* The later pieces of a section belong to whom the first belonged. */
static void
on_body(ImapSession *session, const ImapResponse *response)
{
	const ImapBody *body = &response->body;
	guint32 uid = body->uid;
	const Op *op;
	ImapEvent *event;

	if (!session_mailbox_has(session, body->position))
		return;
	uid = uid ? uid : seqmap_uid(session->map, body->position);
	if (!session->in_body)
		session->body = find_body_flight(session, body, uid);
	session->in_body = !body->last;
	op = session->body ? session->body->op : NULL;
	if (op && op->cancelled)
		return;
	event = session_emit(session, IMAP_EVENT_BODY, op ? op->id : 0);
	event->body = body;
	event->position = body->position;
	event->uid = uid || !op ? uid : only_uid(op->command);
}

/* ---- the rest ---- */

static Flight *
find_tag(const ImapSession *session, const ImapBytes *tag)
{
	for (GList *at = session->flights.head; at && tag->len; at = at->next)
		if (!strcmp(((Flight *)at->data)->tag, tag->data))
			return at->data;
	return NULL;
}

static void
on_search(ImapSession *session, const ImapResponse *response)
{
	Flight *flight = find_tag(session, &response->tag);
	ImapEvent *event;

	flight = flight ? flight : session_oldest(session, VERB_SEARCH);
	if (!flight || flight->op->cancelled)
		return;
	event = session_emit(session, IMAP_EVENT_SEARCH, flight->op->id);
	event->uids = response->numbers ? response->numbers : session->no_uids;
}

static void
on_capability(ImapSession *session, const ImapResponse *response)
{
	session_learn_caps(session, response->text.data ? response->text.data : "");
}

static void
on_enabled(ImapSession *session, const ImapResponse *response)
{
	session_learn_enabled(session, response->text.data ? response->text.data : "");
}

static void
on_id(ImapSession *session, const ImapResponse *response)
{
	g_autoptr(GString) words = g_string_new(NULL);

	for (guint i = 0; i < response->id.n; i++) {
		const ImapParam *param = &response->id.at[i];

		if (param->name.len && param->value.len &&
			(!g_ascii_strcasecmp(param->name.data, "name") ||
				!g_ascii_strcasecmp(param->name.data, "version")))
			g_string_append_printf(words, words->len ? " %s" : "%s", param->value.data);
	}
	if (words->len)
		session_learn_server(session, words->str);
}

static void
on_unknown(ImapSession *session, const ImapResponse *response)
{
	log_line(LOG_WARN, session->log_name, "not understood: %.200s",
		response->text.data ? response->text.data : "");
}

/* ---- who may say what when ---- */

typedef enum {
	ANYTIME,   /* once greeted */
	LOGGED_IN, /* CVE-2021-38371, -38372: folders and mail are not taken from before */
	MAILBOX,   /* being opened or open */
} When;

typedef struct {
	When when;
	void (*take)(ImapSession *session, const ImapResponse *response);
} Handler;

static const Handler handlers[] = {
	[IMAP_RESPONSE_STATUS] = {ANYTIME, on_status},
	[IMAP_RESPONSE_CAPABILITY] = {ANYTIME, on_capability},
	[IMAP_RESPONSE_UNKNOWN] = {ANYTIME, on_unknown},
	[IMAP_RESPONSE_ENABLED] = {LOGGED_IN, on_enabled},
	[IMAP_RESPONSE_ID] = {LOGGED_IN, on_id},
	[IMAP_RESPONSE_LIST] = {LOGGED_IN, session_on_list},
	[IMAP_RESPONSE_LSUB] = {LOGGED_IN, session_on_lsub},
	[IMAP_RESPONSE_MAILBOX_STATUS] = {LOGGED_IN, session_on_mailbox_status},
	[IMAP_RESPONSE_NAMESPACE] = {LOGGED_IN, session_on_namespace},
	[IMAP_RESPONSE_EXISTS] = {MAILBOX, session_on_exists},
	[IMAP_RESPONSE_EXPUNGE] = {MAILBOX, session_on_expunge},
	[IMAP_RESPONSE_VANISHED] = {MAILBOX, session_on_vanished},
	[IMAP_RESPONSE_FETCH] = {MAILBOX, session_on_fetch},
	[IMAP_RESPONSE_BODY] = {MAILBOX, on_body},
	[IMAP_RESPONSE_SEARCH] = {MAILBOX, on_search},
	[IMAP_RESPONSE_ESEARCH] = {MAILBOX, on_search},
};

void
session_untagged(ImapSession *session, const ImapResponse *response)
{
	const Handler *handler;
	gboolean logged_in =
		session->state >= IMAP_STATE_READY && session->state <= IMAP_STATE_SELECTED;

	if (response->kind >= G_N_ELEMENTS(handlers))
		return;
	handler = &handlers[response->kind];
	if (!handler->take || (handler->when == LOGGED_IN && !logged_in) ||
		(handler->when == MAILBOX && !session->mailbox))
		return;
	handler->take(session, response);
}
