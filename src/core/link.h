/*
 * One connection of an account: the stream of net/ and the session of imap/, brought together. Bytes
 * go from one to the other, time is told to the session, and what it says is handed to the owner.
 *
 * Commands submitted in one turn leave together at its end. The owner is called from the main loop
 * only, and may submit and free the link from inside such a call.
 */
#pragma once

#include "core/config.h"
#include "core/core.h"
#include "imap/session.h"

typedef struct {
	char *password;
	char *token;
} LinkSecret;

typedef struct {
	/* Logged in. */
	void (*ready)(Link *link, gpointer user);
	/* What belongs to no command with an answer of its own. */
	void (*event)(Link *link, const ImapEvent *event, gpointer user);
	/* The end, once and last; ERROR is never NULL. Every command was answered before. */
	void (*closed)(Link *link, const GError *error, gpointer user);
} LinkEvents;

/* Called for each event of one command, IMAP_EVENT_DONE last; with its error, when the line was
 * cut before the server answered, too. */
typedef void (*LinkAnswer)(Link *link, const ImapEvent *event, gpointer user);

/* Starts connecting. NAME is for the log: "work/main". EXPECTED_CAPS as in ImapSessionConfig, or NULL.
 * Copies SECRET and *EVENTS. */
Link *link_new(Core *core, const char *name, const AccountConfig *config, const LinkSecret *secret,
	const char *expected_caps, const LinkEvents *events, gpointer user);
/* Says LOGOUT without waiting for the answer, and drops everything; nobody is called any more. */
void link_free(Link *link);
/* The same, but every command that waits is answered with ERROR before, as by a cut. */
void link_drop(Link *link, const GError *error);

ImapCmdId link_submit(Link *link, ImapCommand *take_command, LinkAnswer answer, gpointer user);
/* USER is told of none of its commands any more; they go on. */
void link_forget(Link *link, gpointer user);
/* Nobody is told of the command any more; it is not sent if it was not yet. */
void link_cancel(Link *link, ImapCmdId cmd);
void link_want_idle(Link *link, gboolean want);
/* Commands that were submitted and not answered. */
guint link_pending(const Link *link);
gboolean link_is_ready(const Link *link);

/* Hands out what the session has to say. TRUE when there was any. */
gboolean link_drain(Link *link);
/* Writes what the session wants to send. TRUE when there was any. */
gboolean link_write(Link *link);

const ImapSession *link_session(const Link *link);
const NetStream *link_stream(const Link *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)
