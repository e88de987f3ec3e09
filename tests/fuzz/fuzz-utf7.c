/* Any bytes as a mailbox name and as typed text: what is valid comes back as it was. */

#include "imap/utf7.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
assert_round_trip(const char *utf8)
{
	g_autofree char *raw = imap_utf7_encode(utf8);
	g_autofree char *back = NULL;

	if (!g_utf8_validate(utf8, -1, NULL)) {
		g_assert_null(raw);
		return;
	}
	g_assert_true(g_str_is_ascii(raw));
	back = imap_utf7_decode(raw, -1);
	g_assert_cmpstr(back, ==, utf8);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *decoded = imap_utf7_decode((const char *)data, (gssize)size);

	assert_round_trip(text);
	assert_round_trip(decoded);
	return 0;
}
