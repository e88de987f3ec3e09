/* Any bytes to the parser and the decoders: nothing breaks, and cuts change nothing. The first byte
 * seeds the cuts and chooses the limits. */

#include "imap-dump.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gsize
cut(gpointer user)
{
	guint32 *state = user;

	*state = *state * 1664525 + 1013904223;
	return 1 + (*state >> 24) % 23;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const ImapLimits small = {
		.line = 200,
		.literal = 4096,
		.held = 20,
		.nesting = 6,
		.list = 40,
	};
	guint32 state = size ? data[0] : 0;
	const ImapLimits *limits = state & 1 ? &small : NULL; /* "*" is even */
	g_autofree char *whole = imap_dump_stream((const char *)data, size, limits, NULL, NULL);
	g_autofree char *pieces = imap_dump_stream((const char *)data, size, limits, cut, &state);

	g_assert_cmpstr(pieces, ==, whole);
	return 0;
}
