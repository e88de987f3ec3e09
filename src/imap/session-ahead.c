/*
 * The login and what comes behind it in one flight: what the server could at the last visit is taken for
 * granted until it says otherwise, and never believed before the login is answered.
 *
 * Sent ahead is only what asks and can be asked again (GOES_AHEAD), in one piece each, behind a login
 * that takes one step. Whatever of it is refused is asked once more when the server has said what it
 * can; should the login fail, nothing of it was sent. Where another program takes over behind the login,
 * it may never get what the first one has read: that is asked again, too.
 */
#include "imap/session-private.h"

#include "base/log.h"

#include <string.h>

#define LOST_AFTER (2 * G_USEC_PER_SEC)

/* ---- the guess ---- */

const ImapCaps *
session_caps(const ImapSession *session)
{
	return session->guess ? session->guess : session->caps;
}

/* A literal is never sent ahead: without LITERAL+ it can be told from what goes in one piece. */
static char *
without_literals(const char *names)
{
	g_auto(GStrv) all = g_strsplit(names, " ", -1);
	GString *text = g_string_new(NULL);

	for (char **name = all; *name; name++)
		if (g_ascii_strncasecmp(*name, "LITERAL", strlen("LITERAL")) != 0)
			g_string_append_printf(text, "%s ", *name);
	return g_string_free(text, FALSE);
}

void
session_ahead_begin(ImapSession *session)
{
	g_autofree char *names = NULL;

	if (!session->expected_caps || session->guessed || session->quirks.no_ahead)
		return;
	names = without_literals(session->expected_caps);
	session->guessed = TRUE;
	session->guess = imap_caps_new();
	imap_caps_set(session->guess, names);
	imap_quirks_learn_caps(&session->quirks, session->guess);
	if (session->compress && imap_caps_has(session->guess, CAP_COMPRESS_DEFLATE))
		session_compress_ask(session);
	else
		session_login_introduce(session);
}

static gboolean
is_one_piece(ImapSession *session, Op *op)
{
	gboolean whole = TRUE;

	session_op_encode(session, op);
	for (guint i = 0; i < op->lines->len; i++)
		whole &= ((ImapLine *)op->lines->pdata[i])->pieces->len == 1;
	if (!whole && !op->sent)
		g_clear_pointer(&op->lines, g_ptr_array_unref); /* it will be written anew */
	return whole;
}

gboolean
session_may_go_ahead(ImapSession *session, Op *op)
{
	VerbTraits traits = verb_info(op->command->verb)->traits;

	if (!session->guess || !(traits & GOES_AHEAD) || (op->ahead && !op->sent))
		return FALSE;
	if (session_oldest(session, VERB_COMPRESS))
		return FALSE;
	if ((traits & NEEDS_MAILBOX) && !session_has_flight(session, OPENS_MAILBOX))
		return FALSE;
	return is_one_piece(session, op);
}

/* ---- what the server says ---- */

gboolean
session_ahead_challenge(ImapSession *session, const char *challenge)
{
	Flight *next = g_queue_peek_nth(&session->flights, 1);
	g_autofree char *reply = NULL;
	g_autoptr(GError) error = NULL;

	if (!next || !next->op->ahead)
		return FALSE;
	/* It has taken the line behind the login for the reply, whatever it asks for. */
	reply = imap_auth_reply(session->auth, challenge, &error);
	session->swallowed = imap_auth_reason(session->auth) == NULL;
	return TRUE;
}

static void
end_guess(ImapSession *session)
{
	g_clear_pointer(&session->guess, imap_caps_free);
}

static void
unsend(ImapSession *session)
{
	GList *at = session->flights.head;

	while (at) {
		GList *link = at;
		Flight *flight = at->data;

		at = at->next;
		if (!flight->op->ahead)
			continue;
		g_queue_delete_link(&session->flights, link);
		session_op_unsend(session, flight->op);
		session_flight_free(flight);
	}
}

/* The login has failed: its followers have not been sent. Answers to them mean nothing to us. */
void
session_ahead_undo(ImapSession *session)
{
	end_guess(session);
	unsend(session);
}

/* COMPRESS is no follower: nothing may be sent before its answer, not even a question. */
static gboolean
waits_for_followers(const ImapSession *session)
{
	GList *last = session->flights.tail;

	return last && ((Flight *)last->data)->op->ahead && !session_oldest(session, VERB_COMPRESS);
}

/* TRUE: the server said nothing of what it can, and will be asked in passing. */
gboolean
session_ahead_confirm(ImapSession *session)
{
	gboolean silent = session->guess && !session->caps_are_new;

	if (silent)
		session_learn_caps(session, session->expected_caps);
	else if (session->guess && strcmp(imap_caps_text(session->caps), session->expected_caps))
		log_line(LOG_INFO, session->log_name, "it can other things than last time");
	end_guess(session);
	if (waits_for_followers(session))
		session->ahead_due = session->now + LOST_AFTER;
	return silent;
}

/* ---- what was lost ---- */

gint64
session_ahead_due(const ImapSession *session)
{
	GList *last = session->flights.tail;

	return session->ahead_due && last && ((Flight *)last->data)->op->ahead ? session->ahead_due
									       : G_MAXINT64;
}

/* Servers answer in order. What was sent behind the login's answer is answered, and nothing of what was
 * sent before it: nobody has read that. */
void
session_ahead_answered(ImapSession *session, Op *op)
{
	if (!session->ahead_due)
		return;
	session->ahead_due = 0;
	if (op->ahead)
		return;
	log_line(LOG_WARN, session->log_name,
		"what was sent with the login is lost: asking once more");
	if (session->state == IMAP_STATE_SELECTING)
		session_signal(session, SIGNAL_SELECT_NO);
	unsend(session);
	session_repeat_followers(session);
	op->repeat |= (verb_info(op->command->verb)->traits & NEEDS_MAILBOX) != 0;
	session_login_introduce(session);
}
