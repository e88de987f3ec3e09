#include "imap/session-table.h"

#include "imap/session-private.h"

/* clang-format off */
static const SessionRow table[] = {
	/* state                signal                 next                  action */
	{IMAP_STATE_GREETING,  SIGNAL_GREETED,        IMAP_STATE_LOGIN,     session_login_begin},
	{IMAP_STATE_GREETING,  SIGNAL_GREETED_CLEAR,  IMAP_STATE_PLAIN,     session_login_starttls},
	{IMAP_STATE_GREETING,  SIGNAL_PREAUTH,        IMAP_STATE_LOGIN,     session_login_preauth},
	{IMAP_STATE_GREETING,  SIGNAL_PREAUTH_BAD,    IMAP_STATE_DEAD,      session_fail_preauth},

	{IMAP_STATE_PLAIN,     SIGNAL_TLS_AGREED,     IMAP_STATE_HANDSHAKE, session_login_handshake},
	{IMAP_STATE_PLAIN,     SIGNAL_TLS_REFUSED,    IMAP_STATE_DEAD,      session_fail_no_starttls},
	{IMAP_STATE_HANDSHAKE, SIGNAL_SECURED,        IMAP_STATE_LOGIN,     session_login_begin},

	{IMAP_STATE_LOGIN,     SIGNAL_CAPS,           IMAP_STATE_LOGIN,     session_login_continue},
	{IMAP_STATE_LOGIN,     SIGNAL_AUTH_NO,        IMAP_STATE_LOGIN,     session_login_next},
	{IMAP_STATE_LOGIN,     SIGNAL_AUTH_OK,        IMAP_STATE_READY,     session_login_done},

	{IMAP_STATE_LOGIN,     SIGNAL_AUTH_OK_COMPRESS, IMAP_STATE_COMPRESS, session_compress_ask},
	{IMAP_STATE_COMPRESS,  SIGNAL_COMPRESS_REFUSED, IMAP_STATE_READY,   session_login_done},
	{IMAP_STATE_COMPRESS,  SIGNAL_COMPRESS_AGREED,  IMAP_STATE_DEFLATE, session_compress_begin},
	{IMAP_STATE_DEFLATE,   SIGNAL_DEFLATED,       IMAP_STATE_READY,     session_login_done},

	{IMAP_STATE_READY,     SIGNAL_SELECT_BEGUN,   IMAP_STATE_SELECTING, session_mailbox_begin},
	{IMAP_STATE_SELECTED,  SIGNAL_SELECT_BEGUN,   IMAP_STATE_SELECTING, session_mailbox_begin},
	{IMAP_STATE_SELECTING, SIGNAL_SELECT_OK,      IMAP_STATE_SELECTED,  session_mailbox_opened},
	{IMAP_STATE_SELECTING, SIGNAL_SELECT_NO,      IMAP_STATE_READY,     session_mailbox_forget},
	{IMAP_STATE_SELECTED,  SIGNAL_UNSELECTED,     IMAP_STATE_READY,     session_mailbox_forget},

	{IMAP_STATE_READY,     SIGNAL_LOGOUT_SENT,    IMAP_STATE_LOGOUT,    NULL},
	{IMAP_STATE_SELECTED,  SIGNAL_LOGOUT_SENT,    IMAP_STATE_LOGOUT,    NULL},
	{IMAP_STATE_LOGOUT,    SIGNAL_LOGOUT_DONE,    IMAP_STATE_DEAD,      NULL},
};
/* clang-format on */

const SessionRow *
session_table_find(ImapState state, SessionSignal signal)
{
	for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
		if (table[i].state == state && table[i].signal == signal)
			return &table[i];
	return NULL;
}

const char *
session_signal_name(SessionSignal signal)
{
	static const char *const names[SIGNAL_LAST] = {"a greeting", "a greeting in the clear",
		"PREAUTH", "PREAUTH", "capabilities", "OK to STARTTLS", "NO to STARTTLS",
		"encryption", "OK to the login", "NO to the login", "OK to the login",
		"OK to COMPRESS", "NO to COMPRESS", "compression", "SELECT", "OK to SELECT",
		"NO to SELECT", "UNSELECT", "LOGOUT", "OK to LOGOUT"};

	return names[signal];
}

const char *
imap_state_name(ImapState state)
{
	static const char *const names[] = {"greeting", "plain", "handshake", "login", "compress",
		"deflate", "ready", "selecting", "selected", "logout", "dead"};

	return names[state];
}
