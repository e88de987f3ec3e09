/*
 * The inside of a session, shared by its parts:
 *
 *   session.c           its face: bytes in and out, time
 *   session-events.c    the queue of events
 *   session-table.c     which signal may come in which state, and what follows
 *   session-login.c     from the greeting to READY
 *   session-ahead.c     what goes in one flight with the login
 *   session-send.c      what may be sent when; literals, IDLE
 *   session-answer.c    tagged answers: what becomes of a command
 *   session-folders.c   names of folders and what is said of them
 *   session-mailbox.c   the open mailbox and news of it
 *   session-untagged.c  everything else that a server says
 */
#pragma once

#include "base/err.h"
#include "imap/auth.h"
#include "imap/command-private.h"
#include "imap/encode.h"
#include "imap/quirks.h"
#include "imap/session-table.h"

/* A command on its way: waiting, or some of its lines sent, or all of them. */
typedef struct {
	ImapCmdId id; /* 0: the session's own */
	ImapCommand *command;
	GPtrArray *lines; /* of ImapLine; NULL before the first is sent */
	guint sent, answered;
	guint step;      /* how plain it is asked (encode.h) */
	guint order;     /* of being submitted */
	gboolean again;  /* refused in this step: try the next one */
	gboolean ahead;  /* sent before the login was answered */
	gboolean repeat; /* or the same again: it stood on something that was not there */
	gboolean cancelled;
	GError *error;
	UidSet *modified;       /* STORE: what UNCHANGEDSINCE kept from being changed; NULL */
	GHashTable *subscribed; /* LIST: names that LSUB gave; NULL */
	gsize subscribed_bytes;
	GPtrArray *prefixes; /* LIST: namespaces of which no name was seen yet; NULL */
} Op;

/* One tagged line on the wire without its answer. */
typedef struct {
	Op *op;
	ImapLine *line;
	char *tag;
	guint piece;    /* the next to send */
	gboolean begun; /* all lines before it are answered */
} Flight;

typedef enum {
	IDLE_OFF,
	IDLE_ASKED, /* sent, the server has not said "+": DONE would be taken for garbage */
	IDLE_ON,
	IDLE_ENDING, /* DONE was sent */
} IdleState;

/* An event with what it owns; everything else in it is borrowed from the parser's response. */
typedef struct {
	ImapEvent event;
	GError *error;
	UidSet *uids;
	ImapList list;
	ImapMailboxStatus status;
	char *names[2];         /* that LIST and STATUS point to, or NULL */
	ImapSelected *selected; /* a reference: the next SELECT may begin before this is read */
	GArray *held;           /* of ImapFetch: it stands for all of them; NULL */
	guint held_at;          /* the next of them to hand out */
} QueuedEvent;

struct ImapSession {
	/* from the config */
	ImapTransport transport;
	char *host, *user, *password, *token, *mechanisms;
	char *client_name, *client_version;
	char *log_name;
	guint64 tag_secret;
	ImapLimits *limits; /* NULL: the defaults */
	gint64 greeting_timeout, command_timeout, idle_renew, idle_linger;
	gboolean compress;

	/* the wire */
	ImapState state;
	ImapParser *parser;
	gboolean eof, failed;
	GByteArray *out;
	gsize out_at; /* written already */
	guint last_tag, last_order;
	gint64 now, started, heard, sent; /* 0: not yet */

	/* what the server is */
	ImapCaps *caps;
	ImapQuirks quirks;
	guint list_step; /* which form of LIST it took */
	char *server;
	guint backoff;    /* seconds */
	gboolean qresync; /* the server said that it is enabled (RFC 5161) */

	/* logging in */
	gboolean secured, authenticated, caps_are_new;
	char *exporter, *unique; /* channel binding, base64 */
	GPtrArray *candidates;   /* mechanisms not tried yet; NULL before they were chosen */
	ImapAuth *auth;          /* the attempt under way */
	char *mechanism;
	gboolean no_initial; /* the server broke on an initial response */
	gboolean exposed;    /* something secret was sent in this attempt */
	GError *auth_error;  /* why we cancelled it */
	char *expected_caps; /* of the last visit; NULL */
	ImapCaps *guess;     /* while they are taken for granted, or NULL */
	gboolean guessed;    /* once is enough */
	gboolean swallowed;  /* the server took a command for a reply */
	gint64 ahead_due; /* when to ask whether it has lost what was sent ahead; 0: it has not */

	/* commands */
	GHashTable *ops; /* owns each Op */
	GQueue waiting;  /* of Op, which may have lines sent already if it is the first */
	GQueue flights;  /* of Flight, oldest first */
	Flight *literal; /* waits for "+" with its next piece */
	GBytes *upload;  /* a message that is being sent, slice by slice; NULL */
	gsize upload_at;
	Flight *uploading; /* whose it is; NULL when it is answered already */
	ImapCmdId last_id;
	guint pending;
	IdleState idle;
	gint64 idle_since;
	gboolean want_idle, idle_refused;
	gboolean notify; /* the server tells news without being asked (RFC 5465) */

	/* the open mailbox */
	ImapSelected *mailbox; /* being opened or open; a g_rc_box */
	SeqMap *map;           /* NULL unless SELECTED */
	gboolean closing; /* while SELECTING: the server may still speak of the mailbox before */
	GArray *held;     /* of ImapFetch: what has changed, said before SELECTED; NULL */
	gboolean in_body; /* more pieces of a section are to come */
	Flight *body;     /* who asked for it; NULL */

	GQueue events;
	QueuedEvent *current; /* what the owner holds */
	UidSet *no_uids;
};

/* ---- session.c ---- */
void session_signal(ImapSession *session, SessionSignal signal);
void session_fail(ImapSession *session, ErrCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);
gboolean session_policy_is_met(const ImapSession *session);
/* What it is doing now, "opening INBOX". The caller's. */
char *session_doing(const ImapSession *session);
/* Why, in the server's words, to stand within a sentence. The caller's. */
char *session_reason(const ImapSession *session, const ImapResponse *response);

/* ---- session-events.c ---- */
/* The event is borrowed and to be filled in at once. */
ImapEvent *session_emit(ImapSession *session, ImapEventKind kind, ImapCmdId cmd);
/* Takes what OP holds for its owner. */
void session_emit_done(ImapSession *session, Op *op, const ImapResponse *response);
/* TAKE_NAMES: two strings that LIST may point to, or NULL. */
void session_emit_list(ImapSession *session, const ImapList *list, char *const *take_names);
void session_emit_status(
	ImapSession *session, ImapCmdId cmd, const ImapMailboxStatus *status, char *take_name);
void session_emit_selected(ImapSession *session);
/* Takes what the session holds. */
void session_emit_held(ImapSession *session);
QueuedEvent *session_push_event(ImapSession *session, ImapEventKind kind, ImapCmdId cmd);
void session_event_free(QueuedEvent *queued);
/* FALSE when there is none. The owner holds it until session->current is freed. */
gboolean session_next_event(ImapSession *session, ImapEvent *out_event);

/* ---- session-table.c calls these ---- */
void session_login_begin(ImapSession *session);
void session_login_starttls(ImapSession *session);
void session_login_preauth(ImapSession *session);
void session_login_handshake(ImapSession *session);
void session_login_continue(ImapSession *session);
void session_login_next(ImapSession *session);
void session_login_done(ImapSession *session);
void session_compress_ask(ImapSession *session);
void session_compress_begin(ImapSession *session);
void session_fail_preauth(ImapSession *session);
void session_fail_no_starttls(ImapSession *session);
void session_mailbox_begin(ImapSession *session);
void session_mailbox_opened(ImapSession *session);
void session_mailbox_forget(ImapSession *session);
void session_mailbox_unref(ImapSelected *mailbox);

/* ---- session-login.c ---- */
void session_greeting(ImapSession *session, const ImapResponse *response);
void session_forget_server(ImapSession *session);
void session_learn_caps(ImapSession *session, const char *atoms);
void session_learn_server(ImapSession *session, const char *words);
void session_learn_enabled(ImapSession *session, const char *names);
void session_login_challenge(ImapSession *session, const ImapResponse *response);
void session_login_answer(ImapSession *session, const ImapResponse *response);

/* Waits with what is said and asked behind each login: ID, ENABLE. */
void session_login_introduce(ImapSession *session);

/* ---- session-ahead.c ---- */
/* What the server can, as far as is known. */
const ImapCaps *session_caps(const ImapSession *session);
/* A login of one step was sent. */
void session_ahead_begin(ImapSession *session);
gboolean session_may_go_ahead(ImapSession *session, Op *op);
/* TRUE: a command that was sent ahead is the reply already. */
gboolean session_ahead_challenge(ImapSession *session, const char *challenge);
void session_ahead_undo(ImapSession *session);
gboolean session_ahead_confirm(ImapSession *session);
/* When nothing of what was sent ahead is answered: to ask for something behind it; G_MAXINT64: never. */
gint64 session_ahead_due(const ImapSession *session);
/* OP is answered, after the login. */
void session_ahead_answered(ImapSession *session, Op *op);

/* ---- session-send.c ---- */
/* Its lines, if it has none yet. */
void session_op_encode(ImapSession *session, Op *op);
/* A SELECT that is asked again must stay ahead of what followed it. */
void session_wait_in_order(ImapSession *session, Op *op);
/* As if it had never been sent. Frees the session's own. */
void session_op_unsend(ImapSession *session, Op *op);
gboolean session_has_flight(const ImapSession *session, VerbTraits traits);
Op *session_op_new(ImapSession *session, ImapCommand *take_command);
void session_op_free(Op *op);
void session_flight_free(Flight *flight);
/* The session's own, ahead of everything that waits. */
void session_send_first(ImapSession *session, ImapCommand *take_command);
void session_write(ImapSession *session, const char *text, gssize len);
/* Sends what may be sent now. */
void session_pump(ImapSession *session);
/* The next slices of a message, as long as what was sent before is being written. */
void session_upload(ImapSession *session);
/* When to begin to idle; G_MAXINT64: not as things are. */
gint64 session_idle_due(const ImapSession *session);
void session_idle_if_quiet(ImapSession *session);
void session_idle_stop(ImapSession *session);
/* Tells the table when the oldest unanswered command is one that changes the state. */
void session_look_at_head(ImapSession *session);
void session_continue(ImapSession *session, const ImapResponse *response);
Flight *session_oldest(const ImapSession *session, Verb verb);
ImapEncoding session_encoding(const ImapSession *session, const Op *op);

/* ---- session-answer.c ---- */
void session_answer(ImapSession *session, const ImapResponse *response);
void session_op_finish(ImapSession *session, Op *op, const ImapResponse *response);
/* What was sent behind a SELECT that is asked once more is, too. */
void session_repeat_followers(ImapSession *session);
ErrCode session_error_code(const ImapSession *session, const ImapResponse *response);

/* ---- session-folders.c ---- */
void session_on_list(ImapSession *session, const ImapResponse *response);
void session_on_lsub(ImapSession *session, const ImapResponse *response);
void session_on_namespace(ImapSession *session, const ImapResponse *response);
void session_on_mailbox_status(ImapSession *session, const ImapResponse *response);

/* ---- session-mailbox.c ---- */
void session_mailbox_answered(ImapSession *session, const Op *select); /* with OK */
void session_mailbox_code(ImapSession *session, const ImapCode *code);
gboolean session_mailbox_has(ImapSession *session, guint32 position);
void session_on_exists(ImapSession *session, const ImapResponse *response);
void session_on_expunge(ImapSession *session, const ImapResponse *response);
void session_on_vanished(ImapSession *session, const ImapResponse *response);
void session_on_fetch(ImapSession *session, const ImapResponse *response);

/* ---- session-untagged.c ---- */
void session_untagged(ImapSession *session, const ImapResponse *response);
