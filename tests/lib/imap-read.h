/* The one response that a text of the wire holds, for tests that look into it. */
#pragma once

#include "imap/parser.h"

#include <string.h>

typedef struct {
	ImapParser *parser;
	const ImapResponse *response;
} ImapRead;

static inline ImapRead
imap_read(const char *wire)
{
	ImapRead read = {imap_parser_new(NULL), NULL};

	imap_parser_feed(read.parser, wire, strlen(wire));
	imap_parser_feed(read.parser, "\r\n", 2);
	g_assert_cmpint(
		imap_parser_next(read.parser, &read.response, NULL), ==, IMAP_PARSE_RESPONSE);
	return read;
}

static inline void
imap_read_clear(ImapRead *read)
{
	imap_parser_free(read->parser);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImapRead, imap_read_clear)

/* TRUE when BYTES are TEXT, NULL for NIL. */
static inline gboolean
imap_bytes_are(ImapBytes bytes, const char *text)
{
	return text ? bytes.data && bytes.len == strlen(text) && strcmp(bytes.data, text) == 0
		    : !bytes.data;
}
