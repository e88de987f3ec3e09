/*
 * What a server says, as plain structs: the result of parsing and decoding one response of
 * RFC 3501 section 7 (with RFC 9051, 4315, 4731, 5258, 5819, 6154, 7162 and 5530).
 *
 * All of it lives in the arena of the response: borrowed until the parser is asked for the next.
 * Strings are the server's bytes, unfiltered, NUL-terminated behind LEN; a NUL inside was replaced
 * by the parser. Numbers that do not fit or make no sense are 0.
 */
#pragma once

#include "base/flags.h"
#include "base/uidset.h"

#include <glib.h>

typedef struct {
	const char *data; /* NULL for NIL */
	gsize len;
} ImapBytes;

/* ---- envelopes, RFC 3501 section 7.4.2 ---- */

typedef struct {
	ImapBytes name; /* may be an encoded word (RFC 2047) */
	ImapBytes route;
	ImapBytes mailbox; /* with host NIL: start of a group; NIL too: its end */
	ImapBytes host;
} ImapAddress;

typedef struct {
	const ImapAddress *at;
	guint n;
} ImapAddresses;

typedef struct {
	ImapBytes date, subject;
	ImapAddresses from, sender, reply_to, to, cc, bcc;
	ImapBytes in_reply_to, message_id;
} ImapEnvelope;

/* ---- body structures ---- */

typedef struct {
	ImapBytes name, value;
} ImapParam;

typedef struct {
	const ImapParam *at;
	guint n;
} ImapParams;

typedef struct ImapPart ImapPart;
struct ImapPart {
	/* As BODY[section] wants it: "1.2"; "" for a multipart at the top; "2.TEXT" for one that is
	 * the body of message/rfc822 in part "2", whose children are "2.1", "2.2". */
	const char *section;
	ImapBytes type, subtype; /* "multipart" for one */
	ImapParams params;
	ImapBytes id, description, encoding;
	guint64 octets, lines;
	ImapBytes disposition;
	ImapParams disposition_params;
	const ImapEnvelope *envelope; /* of message/rfc822 and message/global, else NULL */
	ImapPart *const *children;    /* of multipart; the one body of message/rfc822 */
	guint n_children;
};

/* ---- FETCH ---- */

typedef enum {
	IMAP_HAS_FLAGS = 1 << 0,
	IMAP_HAS_ENVELOPE = 1 << 1,
	IMAP_HAS_STRUCTURE = 1 << 2,
	IMAP_HAS_INTERNALDATE = 1 << 3,
	IMAP_HAS_SIZE = 1 << 4,
	IMAP_HAS_MODSEQ = 1 << 5,
} ImapHas;

typedef struct {
	guint32 position; /* the message's number in the mailbox now, from 1 */
	guint32 uid;      /* 0 when the response did not say */
	ImapHas has;      /* which of these fields the response held and could be understood */
	FlagSet flags;
	gint64 internaldate; /* seconds since 1970 */
	guint64 size;        /* RFC822.SIZE, octets */
	guint64 modseq;
	const ImapEnvelope *envelope;
	const ImapPart *structure;
} ImapFetch;

/* A piece of BODY[section]<offset>, or of BINARY[...] (RFC 3516), streamed as it comes; literals are never
 * held whole. */
typedef struct {
	guint32 position;
	guint32 uid;         /* 0 when the server names it only behind the literal */
	const char *section; /* "1.2", "HEADER", "" */
	guint64 offset;      /* where this piece begins in the section */
	const char *data;    /* any bytes, not terminated */
	gsize len;           /* 0 for NIL and for the empty string */
	gboolean last;       /* the last piece of this response's literal */
	gboolean nil;
	gboolean binary; /* without its transfer encoding, and so is OFFSET */
} ImapBody;

/* ---- status responses and their codes ---- */

typedef enum { IMAP_OK, IMAP_NO, IMAP_BAD, IMAP_PREAUTH, IMAP_BYE } ImapStatus;

typedef enum {
	IMAP_CODE_NONE,
	IMAP_CODE_OTHER, /* one that we do not know: NAME and ARGUMENT say what it was */
	IMAP_CODE_ALERT,
	IMAP_CODE_BADCHARSET,
	IMAP_CODE_CAPABILITY,
	IMAP_CODE_PARSE,
	IMAP_CODE_PERMANENTFLAGS,
	IMAP_CODE_READ_ONLY,
	IMAP_CODE_READ_WRITE,
	IMAP_CODE_TRYCREATE,
	IMAP_CODE_UIDNEXT,
	IMAP_CODE_UIDVALIDITY,
	IMAP_CODE_UNSEEN,
	IMAP_CODE_APPENDUID, /* RFC 4315 */
	IMAP_CODE_COPYUID,
	IMAP_CODE_UIDNOTSTICKY,
	IMAP_CODE_HIGHESTMODSEQ, /* RFC 7162 */
	IMAP_CODE_NOMODSEQ,
	IMAP_CODE_MODIFIED,
	IMAP_CODE_CLOSED,
	IMAP_CODE_UNAVAILABLE, /* RFC 5530 from here */
	IMAP_CODE_AUTHENTICATIONFAILED,
	IMAP_CODE_AUTHORIZATIONFAILED,
	IMAP_CODE_EXPIRED,
	IMAP_CODE_PRIVACYREQUIRED,
	IMAP_CODE_CONTACTADMIN,
	IMAP_CODE_NOPERM,
	IMAP_CODE_INUSE,
	IMAP_CODE_EXPUNGEISSUED,
	IMAP_CODE_CORRUPTION,
	IMAP_CODE_SERVERBUG,
	IMAP_CODE_CLIENTBUG,
	IMAP_CODE_CANNOT,
	IMAP_CODE_LIMIT,
	IMAP_CODE_OVERQUOTA,
	IMAP_CODE_ALREADYEXISTS,
	IMAP_CODE_NONEXISTENT,
	IMAP_CODE_HASCHILDREN, /* RFC 9051 */
	IMAP_CODE_NOTSAVED,    /* RFC 5182 */
	IMAP_CODE_UNKNOWN_CTE, /* RFC 3516 */
	IMAP_CODE_TOOBIG,      /* RFC 4469, 7889 */
	IMAP_CODE_BADEVENT,    /* RFC 5465 */
	IMAP_CODE_NOTIFICATIONOVERFLOW,
	IMAP_CODE_COMPRESSIONACTIVE, /* RFC 4978 */
} ImapCodeKind;

typedef struct {
	ImapCodeKind kind;
	ImapBytes name;     /* as the server wrote it */
	ImapBytes argument; /* the rest between the brackets, raw */
	guint64 number; /* UIDNEXT, UIDVALIDITY, UNSEEN, HIGHESTMODSEQ; UIDVALIDITY of *UID codes */
	FlagSet flags;  /* PERMANENTFLAGS, without \* */
	gboolean any_keyword; /* PERMANENTFLAGS held \* */
	/* COPYUID, MODIFIED: the set as ranges in the order of the server, which may descend (Gmail). */
	const UidRange *source, *dest;
	guint n_source, n_dest;
} ImapCode;

/* ---- mailboxes ---- */

typedef enum {
	IMAP_MAILBOX_NOSELECT = 1 << 0,
	IMAP_MAILBOX_NOINFERIORS = 1 << 1,
	IMAP_MAILBOX_NONEXISTENT = 1 << 2,
	IMAP_MAILBOX_HAS_CHILDREN = 1 << 3,
	IMAP_MAILBOX_HAS_NO_CHILDREN = 1 << 4,
	IMAP_MAILBOX_SUBSCRIBED = 1 << 5,
	IMAP_MAILBOX_REMOTE = 1 << 6,
	IMAP_MAILBOX_MARKED = 1 << 7,
	IMAP_MAILBOX_UNMARKED = 1 << 8,
	/* RFC 6154 */
	IMAP_MAILBOX_ALL = 1 << 16,
	IMAP_MAILBOX_ARCHIVE = 1 << 17,
	IMAP_MAILBOX_DRAFTS = 1 << 18,
	IMAP_MAILBOX_FLAGGED = 1 << 19,
	IMAP_MAILBOX_JUNK = 1 << 20,
	IMAP_MAILBOX_SENT = 1 << 21,
	IMAP_MAILBOX_TRASH = 1 << 22,
	IMAP_MAILBOX_IMPORTANT = 1 << 23, /* RFC 8457 */
} ImapMailboxFlag;

typedef struct {
	ImapBytes name;     /* raw, as the server wants it back; INBOX in any case is "INBOX" */
	char delimiter;     /* 0 for NIL */
	guint32 flags;      /* ImapMailboxFlag */
	ImapBytes old_name; /* what it was called before it was renamed (RFC 5465), or NULL */
} ImapList;

typedef enum {
	IMAP_STATUS_MESSAGES = 1 << 0,
	IMAP_STATUS_RECENT = 1 << 1,
	IMAP_STATUS_UIDNEXT = 1 << 2,
	IMAP_STATUS_UIDVALIDITY = 1 << 3,
	IMAP_STATUS_UNSEEN = 1 << 4,
	IMAP_STATUS_HIGHESTMODSEQ = 1 << 5,
	IMAP_STATUS_SIZE = 1 << 6,
} ImapStatusHas;

typedef struct {
	ImapBytes name; /* raw */
	guint32 has;    /* ImapStatusHas */
	guint32 messages, recent, uidnext, uidvalidity, unseen;
	guint64 highestmodseq, size;
} ImapMailboxStatus;

typedef struct {
	ImapBytes prefix;
	char delimiter;
} ImapNamespace;

/* ---- one response ---- */

typedef enum {
	IMAP_RESPONSE_CONTINUE,   /* "+ text" */
	IMAP_RESPONSE_STATUS,     /* untagged OK, NO, BAD, PREAUTH, BYE */
	IMAP_RESPONSE_TAGGED,     /* the same with a tag */
	IMAP_RESPONSE_CAPABILITY, /* TEXT: the atoms, separated by one blank */
	IMAP_RESPONSE_ENABLED,    /* TEXT likewise */
	IMAP_RESPONSE_FLAGS,
	IMAP_RESPONSE_EXISTS,
	IMAP_RESPONSE_RECENT,
	IMAP_RESPONSE_EXPUNGE,
	IMAP_RESPONSE_VANISHED,
	IMAP_RESPONSE_FETCH, /* all that is not BODY[...]; may come with HAS 0 */
	IMAP_RESPONSE_BODY,  /* a piece of a BODY[...], before the FETCH that it stands in */
	IMAP_RESPONSE_LIST,
	IMAP_RESPONSE_LSUB,
	IMAP_RESPONSE_MAILBOX_STATUS,
	IMAP_RESPONSE_SEARCH,
	IMAP_RESPONSE_ESEARCH,
	IMAP_RESPONSE_NAMESPACE,
	IMAP_RESPONSE_ID,
	IMAP_RESPONSE_UNKNOWN, /* could not be understood: TEXT is the line, for the log */
} ImapResponseKind;

typedef struct {
	ImapResponseKind kind;
	ImapBytes tag;     /* TAGGED; ESEARCH: the TAG correlator or NIL */
	ImapStatus status; /* STATUS, TAGGED */
	ImapCode code;     /* STATUS, TAGGED */
	ImapBytes text;    /* human text of STATUS, TAGGED, CONTINUE; see above for others */
	guint32 number;    /* EXISTS, RECENT, EXPUNGE */
	FlagSet flags;     /* FLAGS */
	ImapFetch fetch;   /* FETCH */
	ImapBody body;     /* BODY */
	ImapList list;     /* LIST, LSUB */
	ImapMailboxStatus mailbox_status;
	/* SEARCH and ESEARCH, VANISHED */
	const UidSet *numbers; /* UIDs or positions, as was asked */
	gboolean by_uid;       /* ESEARCH: UID was said */
	gboolean has_count;
	guint32 count, min, max; /* ESEARCH */
	guint64 modseq;          /* SEARCH, ESEARCH: 0 when not said */
	gboolean earlier;        /* VANISHED (EARLIER) */
	/* NAMESPACE: personal, other users', shared */
	const ImapNamespace *namespaces[3];
	guint n_namespaces[3];
	ImapParams id; /* ID */
} ImapResponse;
