/*
 * The one place where arguments become bytes: atom, quoted string or literal, by their type and by
 * what the server can.
 */
#pragma once

#include "imap/command-private.h"
#include "imap/quirks.h"

/* One tagged command without its tag. Before each piece but the first the server must say "+"
 * (a synchronizing literal, RFC 3501 section 4.3). */
typedef struct {
	GPtrArray *pieces; /* of GBytes */
	/* A message to append, or NULL: not copied, it comes behind the last piece and is ended by CRLF. */
	GBytes *message;
	gboolean message_waits; /* "+" must be said before it too */
	gboolean optional;      /* that it is refused does not matter */
} ImapLine;

/* A command that a server refuses may be asked again in a plainer form, step by step. */
enum {
	LIST_EVERYTHING, /* RETURN with all that the server says it can */
	LIST_EXTENDED,   /* RETURN (SUBSCRIBED CHILDREN) */
	LIST_PLAIN,      /* LSUB and LIST of RFC 3501 */

	SELECT_QRESYNC = 0, /* asking for what has changed */
	SELECT_CONDSTORE,
	SELECT_PLAIN,

	NOTIFY_EVERYTHING = 0,
	NOTIFY_MESSAGES,
};

typedef struct {
	const ImapCaps *caps;
	const ImapQuirks *quirks;
	guint step;       /* 0 first */
	gboolean qresync; /* RFC 7162 is in force */
} ImapEncoding;

/* The lines of COMMAND, of ImapLine; more than one where a set is too long for one. It must have
 * passed imap_command_check(). The caller's. */
GPtrArray *imap_encode(const ImapCommand *command, const ImapEncoding *encoding);
/* TRUE when the next step would be something else to try. */
gboolean imap_encode_has_fallback(const ImapCommand *command, const ImapEncoding *encoding);
/* LIST of all names that begin with PREFIX, in the form that this server took. */
ImapLine *imap_encode_list_prefix(
	const ImapCommand *list, const ImapEncoding *encoding, const char *prefix);
void imap_line_free(ImapLine *line);
