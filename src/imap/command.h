/*
 * One command to a server, with typed arguments. Building one never fails; encoding happens in one
 * place when it is sent, because only then are the capabilities known (LITERAL+, UTF8, ESEARCH,
 * CONDSTORE ...). An argument that can't be sent (CR, LF or NUL where no literal may stand) makes
 * the command complete at once with ERR_INPUT: nothing of it reaches the wire.
 *
 * MAILBOX arguments are raw names as the server gave them (see imap/utf7.h for typed ones).
 */
#pragma once

#include "imap/response.h"

typedef struct ImapCommand ImapCommand;

/* What a reconnect may do with a command that was sent and not answered. */
typedef enum {
	IMAP_REPEAT_SAFE, /* asking twice changes nothing: FETCH, STORE +FLAGS, LIST ... */
	IMAP_REPEAT_CHECK, /* look first whether it was done: MOVE, COPY, APPEND, CREATE, RENAME ... */
	IMAP_REPEAT_NEVER, /* bound to the connection: SELECT, IDLE, AUTHENTICATE ... */
} ImapRepeat;

ImapRepeat imap_command_repeat(const ImapCommand *command);
void imap_command_free(ImapCommand *command);

typedef enum {
	IMAP_WANT_FLAGS = 1 << 0, /* and MODSEQ where the server has CONDSTORE */
	IMAP_WANT_ENVELOPE = 1 << 1,
	IMAP_WANT_STRUCTURE = 1 << 2,
	IMAP_WANT_DATE = 1 << 3,
	IMAP_WANT_SIZE = 1 << 4,
	IMAP_WANT_ROW = 0x1f, /* all that a row of a list shows */
} ImapWant;                   /* the UID always comes */

ImapCommand *imap_command_noop(void);
ImapCommand *imap_command_logout(void);

/* Every mailbox below the personal, other users' and shared namespaces, with children, special
 * use and subscription marks; with counts (MESSAGES UNSEEN UIDNEXT UIDVALIDITY) in the same command
 * where the server can (RFC 5819). PATTERN as in LIST, "*" for all. */
ImapCommand *imap_command_list(const char *pattern, gboolean with_counts);
ImapCommand *imap_command_status(const char *mailbox);
/*
 * NOTIFY (RFC 5465, only where imap_caps_has(CAP_NOTIFY)): from its DONE on the server tells at any
 * time what happens: LIST events for folders that are new, renamed, gone (NONEXISTENT) or of another
 * subscription, STATUS events for changes in folders that are not open, and of the open one what
 * IDLE would, with WANT of new messages. WITH_COUNTS: a STATUS event for each folder before DONE.
 * It is no promise: Dovecot 2.3 says nothing at all of a moment in which a folder was made and removed
 * again, not of the other folders either, so counts must still be asked for now and then.
 * A connection without an open folder needs no IDLE then; one with an open folder still does (want
 * it as always), as Dovecot keeps some expunges back otherwise. A second one takes the place of the
 * first.
 */
ImapCommand *imap_command_notify(ImapWant want, gboolean with_counts);
ImapCommand *imap_command_create(const char *mailbox);
ImapCommand *imap_command_delete(const char *mailbox);
ImapCommand *imap_command_rename(const char *mailbox, const char *to);
ImapCommand *imap_command_subscribe(const char *mailbox, gboolean subscribe);

/* SELECT or EXAMINE; with CONDSTORE where offered. Commands submitted after it are sent at once
 * behind it and mean the new mailbox. */
ImapCommand *imap_command_select(const char *mailbox, gboolean read_only);
/* The same for a mailbox of which UIDVALIDITY, MODSEQ (HIGHESTMODSEQ up to which all is known) and the
 * UIDs (KNOWN; NULL: all below UIDNEXT) are known: where QRESYNC is in force the server tells
 * what has changed since (ImapSelected.resynced). */
ImapCommand *imap_command_select_known(const char *mailbox, gboolean read_only, guint32 uidvalidity,
	guint64 modseq, const UidSet *known);
/* UNSELECT, or EXAMINE of nothing where it is not offered: never CLOSE, which would purge. */
ImapCommand *imap_command_unselect(void);

ImapCommand *imap_command_fetch_positions(guint32 first, guint32 last, ImapWant want);
/* Takes UIDS, of which those that are not there do no harm. CHANGED_SINCE: only what has changed
 * since this mod-sequence, and where QRESYNC is in force also which of UIDS are gone, as VANISHED
 * events with EARLIER; 0, or a server without CONDSTORE: all of them. */
ImapCommand *imap_command_fetch_uids(UidSet *take_uids, ImapWant want, guint64 changed_since);
/* BODY.PEEK[section]<offset.length>; LENGTH 0: to the end. */
ImapCommand *imap_command_fetch_body(
	guint32 uid, const char *section, guint64 offset, guint64 length);
/* BINARY.PEEK[section]<offset.length> (RFC 3516): the part without its transfer encoding. Only where
 * imap_session_decodes(); who calls decides on the fallback. */
ImapCommand *imap_command_fetch_binary(
	guint32 uid, const char *section, guint64 offset, guint64 length);
/* The whole SECTION of each of UIDS, which is taken. A body of which neither the server nor the map says
 * the UID comes as one of UID 0. */
ImapCommand *imap_command_fetch_bodies(UidSet *take_uids, const char *section);

typedef enum { IMAP_STORE_ADD, IMAP_STORE_REMOVE } ImapStoreMode;

/* UID STORE. UNCHANGED_SINCE 0: unconditionally. Long sets are split into commands of at most 8000
 * octets, which count as one: one DONE event for all. */
ImapCommand *imap_command_store(
	UidSet *take_uids, ImapStoreMode mode, const FlagSet *flags, guint64 unchanged_since);
/* UID MOVE; only where imap_caps_has(CAP_MOVE): who calls decides on the fallback. */
ImapCommand *imap_command_move(UidSet *take_uids, const char *mailbox);
ImapCommand *imap_command_copy(UidSet *take_uids, const char *mailbox);
/* UID EXPUNGE (RFC 4315); a plain EXPUNGE can't be built. */
ImapCommand *imap_command_uid_expunge(UidSet *take_uids);

typedef enum {
	IMAP_SEARCH_ALL,
	IMAP_SEARCH_TEXT,         /* header or body holds TEXT */
	IMAP_SEARCH_SUBJECT_FROM, /* subject, from or to holds TEXT */
	IMAP_SEARCH_UNSEEN,
	IMAP_SEARCH_FLAGGED,
	IMAP_SEARCH_MESSAGE_ID, /* HEADER Message-ID is TEXT */
	IMAP_SEARCH_SINCE,      /* imap_command_search_since() */
} ImapSearchKind;

/* UID SEARCH. TEXT is UTF-8, or NULL. */
ImapCommand *imap_command_search(ImapSearchKind kind, const char *text);
/* What has arrived on the day of DATE (seconds since 1970, UTC) or later. Servers count the day in a zone of
 * their own. */
ImapCommand *imap_command_search_since(gint64 date);

/* Which of UIDS (taken) are still there. A long set may bring several SEARCH events. */
ImapCommand *imap_command_search_uids(UidSet *take_uids);

/* Takes BYTES (a message with CRLF line ends). DATE 0: now. */
ImapCommand *imap_command_append(
	const char *mailbox, const FlagSet *flags, gint64 date, GBytes *take_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapCommand, imap_command_free)
