/* Responses as text, so that tests can compare them and name what they expect. */
#pragma once

#include "imap/parser.h"
#include "imap/response.h"

/* Appends one line for RESPONSE. The pieces of a streamed body are joined: where they are cut is
 * no part of the result. */
void imap_dump(GString *out, const ImapResponse *response);

/* All that a parser with LIMITS makes of DATA when CUT(user) says how many bytes it gets at a time;
 * NULL: the defaults, and all at once. The caller's. */
char *imap_dump_stream(const char *data, gsize len, const ImapLimits *limits,
	gsize (*cut)(gpointer user), gpointer user);
