/*
 * One connection's conversation with an IMAP server: bytes and time in, bytes and events out. It has
 * no file descriptor, no main loop, no database and no clock.
 *
 *   server                        session                                owner (core/link)
 *   * OK [CAPABILITY ...]  ---->  feed()
 *                          <----  output(): STARTTLS
 *   OK                     ---->  input must be empty      NEED_TLS ---> handshake, secured()
 *                          <----  output(): AUTHENTICATE
 *   OK [CAPABILITY ...]    ---->                           READY    --->
 *                          <----  output(): ID, ENABLE, and what was submitted meanwhile
 *   * 3 EXISTS ... OK      ---->                           SELECTED, DONE --->
 *                          <----  output(): IDLE (when idling is wanted and nothing is queued)
 *
 * The owner: tick(now), feed(), then next() until it returns FALSE, then write output(). Nobody is
 * ever called from in here. After FAILED the session is dead: it gives no more output or events.
 *
 * Invariants, each with a test (field notes 2a, 2b): no credential and no command but CAPABILITY,
 * STARTTLS and LOGOUT before the transport policy is met; bytes behind STARTTLS's OK end it;
 * everything learned before TLS is forgotten; PREAUTH is taken from a tunnel only.
 */
#pragma once

#include "imap/caps.h"
#include "imap/command.h"
#include "imap/parser.h"
#include "imap/response.h"
#include "imap/seqmap.h"

typedef struct ImapSession ImapSession;

typedef enum {
	IMAP_OVER_TLS,      /* TLS from the first byte; the owner has verified it */
	IMAP_OVER_STARTTLS, /* plain until STARTTLS, which is required */
	IMAP_OVER_PLAIN,    /* no TLS at all: the owner has checked that it is loopback */
	IMAP_OVER_TUNNEL,   /* a program of the user's: trusted, PREAUTH allowed */
} ImapTransport;

typedef struct {
	ImapTransport transport;
	const char *host; /* for SASL mechanisms that want it */
	const char *user;
	const char *password;   /* NULL when there is only a token */
	const char *token;      /* OAuth 2 access token, or NULL */
	const char *mechanisms; /* the user's list, separated by blanks, best first; NULL: ours */
	const char *client_name, *client_version; /* for ID; NULL: no ID is sent */
	guint64 tag_secret;       /* random: tags must not be predictable (CVE-2026-42246) */
	const ImapLimits *limits; /* NULL: the defaults */
	gint64 greeting_timeout;  /* microseconds; 0: 30 s */
	gint64 command_timeout;   /* microseconds without any byte from the server; 0: 60 s */
	gint64 idle_renew;        /* microseconds; 0: 29 minutes, or less where a quirk says so */
	/* imap_caps_text() at the last READY of this account, or NULL. Where the login takes one step, what
	 * only asks (SELECT, LIST, STATUS, NOTIFY, FETCH), submitted before, is sent in one flight with
	 * it; what the server then refuses is asked again by itself, and if the login fails nothing of it
	 * counts. Should a session with a guess end before READY for another reason than ERR_AUTH, begin
	 * the next one without: there are proxies that lose what comes behind a login. */
	const char *expected_caps;
	gboolean compress; /* COMPRESS=DEFLATE (RFC 4978) where offered: one round trip more */
	/* Microseconds of quiet before IDLE begins. Until the server has answered it nothing else can be
	 * sent, so a command that comes right behind would wait for a round trip. 0: none. */
	gint64 idle_linger;
} ImapSessionConfig;

/* The table in session-table.c says what may happen in each. */
typedef enum {
	IMAP_STATE_GREETING,  /* waiting for the server's first line */
	IMAP_STATE_PLAIN,     /* asking for capabilities and STARTTLS in the clear */
	IMAP_STATE_HANDSHAKE, /* the owner does TLS */
	IMAP_STATE_LOGIN,     /* secure by policy: capabilities, authentication */
	IMAP_STATE_COMPRESS,  /* waiting for the answer to COMPRESS: nothing else may be sent */
	IMAP_STATE_DEFLATE,   /* the owner switches over to compression */
	IMAP_STATE_READY,     /* authenticated, nothing selected */
	IMAP_STATE_SELECTING, /* SELECT is under way */
	IMAP_STATE_SELECTED,
	IMAP_STATE_LOGOUT, /* LOGOUT was sent */
	IMAP_STATE_DEAD,
} ImapState;

typedef guint32 ImapCmdId; /* never 0 */

typedef enum {
	IMAP_EVENT_NEED_TLS,     /* start the handshake, then call imap_session_secured() */
	IMAP_EVENT_NEED_DEFLATE, /* the line is compressed from here: call imap_session_deflated() */
	IMAP_EVENT_READY,        /* logged in, capabilities are those after login */
	IMAP_EVENT_SELECTED,     /* a mailbox is open; everything of the one before is void */
	IMAP_EVENT_EXISTS,       /* COUNT messages now */
	IMAP_EVENT_EXPUNGED,     /* the message at POSITION is gone; UID 0: not known */
	/* UIDS are gone. With QRESYNC in force it comes in place of EXPUNGED, and COUNT messages are
	 * left: each UID takes seqmap_place() out of the map. EARLIER: the answer to a FETCH of changes,
	 * of messages that were gone before; no position moves for it. */
	IMAP_EVENT_VANISHED,
	IMAP_EVENT_FETCH, /* news of one message; its uid is filled in from the map if it can be */
	IMAP_EVENT_BODY,  /* a piece of a body asked for by CMD */
	IMAP_EVENT_LIST,
	IMAP_EVENT_STATUS,       /* with CMD when a STATUS command asked for it */
	IMAP_EVENT_NOTIFY_ENDED, /* too much has happened to tell: counts and names must be asked for */
	IMAP_EVENT_SEARCH,       /* UIDS found by CMD */
	IMAP_EVENT_COPIED, /* COPYUID or APPENDUID of CMD, before its DONE; also from untagged OK */
	IMAP_EVENT_ALERT,  /* TEXT must be shown to the user (RFC 3501 section 7.1) */
	/* CMD is complete: ERROR is NULL when the server said OK. UIDS: those of a conditional STORE
	 * that were not changed because they had changed since (MODIFIED), or NULL. */
	IMAP_EVENT_DONE,
	IMAP_EVENT_FAILED, /* the session is dead: ERROR says why */
} ImapEventKind;

typedef struct {
	char *mailbox;                        /* raw */
	guint32 exists, uidvalidity, uidnext; /* 0: not said */
	guint64 highestmodseq;                /* 0: none, or NOMODSEQ */
	gboolean read_only;
	gboolean any_keyword;    /* PERMANENTFLAGS has \*, or the server said none */
	FlagSet permanent_flags; /* when the server said none: all system flags */
	/* After imap_command_select_known(): the server has said all that happened to the known messages
	 * since then. VANISHED are gone; those that changed follow as FETCH events right behind this
	 * one, before any other news and before the command's DONE. FALSE: something else has to be
	 * done (and VANISHED is empty). Positions are those of now: VANISHED comes off the map first,
	 * then it grows to EXISTS, then the FETCH events fit. */
	gboolean resynced;
	UidSet *vanished; /* may name UIDs that were never known */
} ImapSelected;

typedef struct {
	ImapEventKind kind;
	ImapCmdId cmd; /* 0 when no command of the owner's is meant */
	const GError *error;
	const ImapSelected *selected;
	guint32 count, position, uid;
	const UidSet *uids;
	gboolean earlier;
	gboolean
		asked; /* FETCH: by a command on its way that wants more of this message than flags */
	const ImapFetch *fetch;
	const ImapBody *body;
	const ImapList *list;
	const ImapMailboxStatus *status;
	const ImapCode *code; /* COPIED; also DONE, when the tagged response had one */
	ImapBytes text;       /* ALERT; human text of DONE */
} ImapEvent;

ImapSession *imap_session_new(const ImapSessionConfig *config);
void imap_session_free(ImapSession *session);

void imap_session_feed(ImapSession *session, const char *data, gsize len);
/* The peer closed. */
void imap_session_eof(ImapSession *session);
/* NOW: monotonic microseconds. Returns when to call again at the latest; G_MAXINT64: never. */
gint64 imap_session_tick(ImapSession *session, gint64 now);

/* TLS is up and verified. CB_*: channel binding data (RFC 9266, 5929), len 0 when there is none. */
typedef struct {
	ImapBytes exporter, unique, server_end_point;
} ImapChannelBinding;
void imap_session_secured(ImapSession *session, const ImapChannelBinding *binding);

/*
 * Compression (RFC 4978). The server deflates from the byte behind its answer on, and wants all that we
 * send behind our command deflated: raw streams without header, that are never ended. On NEED_DEFLATE
 * the owner, before it feeds or writes anything else,
 *
 *   1. makes its stream inflate what it reads and deflate what it writes (with Z_SYNC_FLUSH after each
 *      piece of output()): all that output() gave before was written plain, all that it gives from now
 *      on is to be compressed;
 *   2. calls this: the bytes that were fed already behind the answer, or NULL; they are compressed;
 *   3. has them inflated, ahead of what it reads next, and feeds the result.
 *
 * READY comes then. The caller's.
 */
GBytes *imap_session_deflated(ImapSession *session);

/* The command waits for the state that it needs, then it is sent behind the ones before it. */
ImapCmdId imap_session_submit(ImapSession *session, ImapCommand *take_command);
/* Forgets a command: not sent if it was not yet; else its events are no longer reported. FALSE when
 * it was sent already. */
gboolean imap_session_cancel(ImapSession *session, ImapCmdId cmd);
/* Idle (RFC 2177), or NOOP every 60 s without it, whenever a mailbox is open and nothing is queued. */
void imap_session_want_idle(ImapSession *session, gboolean want);

/* FALSE when there is no event now. *OUT_EVENT is borrowed until the next call on SESSION. */
gboolean imap_session_next(ImapSession *session, ImapEvent *out_event);

const char *imap_session_output(ImapSession *session, gsize *out_len);
void imap_session_wrote(ImapSession *session, gsize len);

ImapState imap_session_state(const ImapSession *session);
const char *imap_state_name(ImapState state);
const ImapCaps *imap_session_caps(const ImapSession *session);
/* Commands submitted and not yet done. */
guint imap_session_pending(const ImapSession *session);
/* Seconds for which the server wants to be left alone, by what it last refused something with ("Suggested
 * Backoff Time", too many connections); 0: it has not said. Still there after FAILED. */
guint imap_session_backoff(const ImapSession *session);
/* QRESYNC is in force (RFC 7162): the server said that it enabled it, and is believed. */
gboolean imap_session_qresync(const ImapSession *session);
/* The server decodes parts (BINARY, RFC 3516), and is not known to do it wrong. */
gboolean imap_session_decodes(const ImapSession *session);
/* The server's name and version from ID or the greeting, unfiltered; "" when not known. */
const char *imap_session_server(const ImapSession *session);
/* How the user was authenticated: "SCRAM-SHA-256", "LOGIN", "PREAUTH"; "" before. */
const char *imap_session_mechanism(const ImapSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_session_free)
