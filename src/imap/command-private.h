/*
 * What is inside of a command: for command.c that builds it, encode.c that writes it and the
 * session that runs it. The table of verbs says what each needs and may do.
 */
#pragma once

#include "imap/command.h"

typedef enum {
	/* the session's own */
	VERB_CAPABILITY,
	VERB_STARTTLS,
	VERB_AUTHENTICATE,
	VERB_LOGIN,
	VERB_ID,
	VERB_ENABLE,
	VERB_COMPRESS,
	VERB_IDLE,
	/* the owner's */
	VERB_NOOP,
	VERB_LOGOUT,
	VERB_LIST,
	VERB_STATUS,
	VERB_NOTIFY,
	VERB_CREATE,
	VERB_DELETE,
	VERB_RENAME,
	VERB_SUBSCRIBE,
	VERB_UNSUBSCRIBE,
	VERB_SELECT,
	VERB_EXAMINE,
	VERB_UNSELECT,
	VERB_FETCH,
	VERB_UID_FETCH,
	VERB_FETCH_BODY,
	VERB_STORE,
	VERB_MOVE,
	VERB_COPY,
	VERB_EXPUNGE,
	VERB_SEARCH,
	VERB_APPEND,
	VERB_LAST
} Verb;

typedef enum {
	NEEDS_MAILBOX = 1 << 0, /* a mailbox must be selected */
	ONLY_READS = 1 << 1,    /* harmless when the SELECT that it was sent behind fails */
	OPENS_MAILBOX = 1 << 2, /* SELECT and EXAMINE */
	HIDDEN = 1 << 3,        /* its arguments are never logged */
	GOES_AHEAD = 1 << 4,    /* may be sent before the login is answered (session-ahead.c) */
} VerbTraits;

typedef struct {
	const char *name; /* on the wire */
	VerbTraits traits;
	ImapRepeat repeat;
	const char *doing; /* for sentences: "said nothing while DOING"; %s is the mailbox */
} VerbInfo;

const VerbInfo *verb_info(Verb verb);

struct ImapCommand {
	Verb verb;
	char *mailbox; /* raw; the pattern of LIST; the user of LOGIN */
	char *text;    /* raw name to rename to, search text, body section, mechanism, password */
	char *extra;   /* initial response of AUTHENTICATE; version of ID; UIDs known to SELECT */
	UidSet *uids;
	guint32 first, last; /* positions */
	ImapWant want;
	guint64 since;       /* CHANGEDSINCE, UNCHANGEDSINCE, mod-sequence of QRESYNC */
	guint32 uidvalidity; /* QRESYNC */
	guint64 offset, length;
	gboolean binary; /* of a section: decoded */
	ImapStoreMode mode;
	ImapSearchKind search;
	FlagSet flags;
	gint64 date;
	GBytes *bytes;
	gboolean with_counts;
};

ImapCommand *imap_command_new(Verb verb, const char *mailbox, const char *text);

/* FALSE with ERR_INPUT when an argument could smuggle in a line or can't be sent at all. */
gboolean imap_command_check(const ImapCommand *command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* There is nothing to ask the server for: an empty set, no flags. */
gboolean imap_command_is_empty(const ImapCommand *command);
/* "opening INBOX". The caller's. */
char *imap_command_describe(const ImapCommand *command);
