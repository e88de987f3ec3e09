/*
 * Bytes of a server in, responses out; may be stopped and continued at any byte.
 *
 *   imap_parser_feed(p, data, len);
 *   while (imap_parser_next(p, &response) == IMAP_PARSE_RESPONSE) ...
 *
 * It never reads, never blocks, and holds at most what LIMITS allow. A line that is not IMAP gives a
 * response of kind UNKNOWN and the stream goes on at the next line; a FETCH that is larger than the
 * limits comes without what did not fit. Only what makes it impossible to find the next line ends
 * it (a literal above the limit), and what could only be given in part as if it were all (a line or
 * a set above the limit that is no FETCH): IMAP_PARSE_BAD with ERR_LIMIT, then nothing more.
 */
#pragma once

#include "imap/response.h"

typedef struct ImapParser ImapParser;

typedef struct {
	gsize line;      /* bytes of one response without its streamed literals */
	guint64 literal; /* bytes of one literal */
	gsize held;      /* bytes of a literal that must be held, such as a subject */
	guint nesting;   /* depth of parentheses */
	guint list;      /* members of all lists of one response, and ranges of one set */
} ImapLimits;

typedef enum { IMAP_PARSE_RESPONSE, IMAP_PARSE_MORE, IMAP_PARSE_BAD } ImapParse;

/* NULL: the defaults (8 MiB, which a SEARCH of a million takes; 4 GiB - 1; 1 MiB; 100; 1000000). */
ImapParser *imap_parser_new(const ImapLimits *limits);
void imap_parser_free(ImapParser *parser);

/* Copies DATA. Call imap_parser_next() until it wants MORE before feeding again: then a copy is
 * short and the buffer stays small. */
void imap_parser_feed(ImapParser *parser, const char *data, gsize len);

/* *OUT_RESPONSE is borrowed until the next call on PARSER. ERROR is set for BAD only. */
ImapParse imap_parser_next(ImapParser *parser, const ImapResponse **out_response,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes that were fed and not yet used: must be 0 at the OK of STARTTLS (field notes 2a). */
gsize imap_parser_pending(const ImapParser *parser);

/* Takes them out, before a response has begun in them; NULL when there are none. The caller's. */
GBytes *imap_parser_take_pending(ImapParser *parser);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapParser, imap_parser_free)
