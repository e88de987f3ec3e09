/*
 * What may happen to a connection, and what follows: the table in session-table.c is the whole of
 * it. A signal that has no row for the current state is a violation of the protocol and ends the
 * session, so nothing that a server says out of turn can be taken for something else.
 */
#pragma once

#include "imap/session.h"

typedef enum {
	SIGNAL_GREETED,       /* OK, and the policy on encryption is met */
	SIGNAL_GREETED_CLEAR, /* OK, and STARTTLS has to come first */
	SIGNAL_PREAUTH,       /* from a tunnel */
	SIGNAL_PREAUTH_BAD,   /* from anyone else */
	SIGNAL_CAPS,          /* the answer to our CAPABILITY */
	SIGNAL_TLS_AGREED,
	SIGNAL_TLS_REFUSED,
	SIGNAL_SECURED,
	SIGNAL_AUTH_OK,
	SIGNAL_AUTH_NO,
	SIGNAL_AUTH_OK_COMPRESS, /* OK, and compression is wanted and offered */
	SIGNAL_COMPRESS_AGREED,
	SIGNAL_COMPRESS_REFUSED,
	SIGNAL_DEFLATED,
	SIGNAL_SELECT_BEGUN, /* SELECT is the oldest unanswered command */
	SIGNAL_SELECT_OK,
	SIGNAL_SELECT_NO,
	SIGNAL_UNSELECTED,
	SIGNAL_LOGOUT_SENT,
	SIGNAL_LOGOUT_DONE,
	SIGNAL_LAST
} SessionSignal;

typedef void (*SessionAction)(ImapSession *session);

typedef struct {
	ImapState state;
	SessionSignal signal;
	ImapState next;
	SessionAction action; /* after the state has changed; NULL: nothing more */
} SessionRow;

/* NULL when SIGNAL may not come in STATE. */
const SessionRow *session_table_find(ImapState state, SessionSignal signal);
const char *session_signal_name(SessionSignal signal);
