/* Any bytes through the gate to the screen: nothing that could act on a terminal comes out, and
 * measuring, cutting and wrapping agree with one another. The first byte is the width. */

#include "base/text.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
assert_harmless(const char *text, TextShape shape)
{
	g_assert_true(g_utf8_validate(text, -1, NULL));
	for (const char *s = text; *s; s = g_utf8_next_char(s)) {
		gunichar uc = g_utf8_get_char(s);
		gboolean allowed = shape == TEXT_BLOCK && (uc == '\n' || uc == '\t');

		g_assert_true(allowed || !g_unichar_iscntrl(uc));
		g_assert_false(uc >= 0x202a && uc <= 0x202e);
		g_assert_false(uc >= 0x2066 && uc <= 0x2069);
		g_assert_false(uc == 0x200b || uc == 0x200e || uc == 0x200f || uc == 0xfeff);
		g_assert_false(uc >= 0xe0000 && uc <= 0xe0fff);
	}
}

static void
assert_clusters(const char *text)
{
	guint sum = 0, cells;
	gsize len;

	for (const char *s = text; (len = text_cluster(s, &cells)); s += len) {
		g_assert_cmpuint(cells, <=, 2);
		sum += cells;
	}
	g_assert_cmpuint(sum, ==, text_width(text, -1));
}

static void
assert_cut(const char *text, guint cells)
{
	g_autofree char *cut = text_ellipsize(text, cells);
	guint used;
	gsize len = text_fit(text, cells, &used);

	g_assert_cmpuint(used, <=, cells);
	g_assert_cmpuint(text_width(text, (gssize)len), ==, used);
	g_assert_cmpuint(text_width(cut, -1), <=, cells);
	g_assert_true(g_utf8_validate(cut, -1, NULL));
}

static void
assert_wrapped(const char *text, guint cells)
{
	while (*text) {
		gsize next;
		gsize len = text_wrap(text, cells, &next);

		g_assert_cmpuint(len, >, 0);
		g_assert_cmpuint(next, >=, len);
		g_assert_cmpuint(text_width(text, (gssize)len), <=, MAX(cells, 2));
		g_assert_true(g_utf8_validate(text, (gssize)len, NULL));
		text += next;
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	guint cells = size ? data[0] % 40 : 0;
	g_autofree char *raw = g_strndup((const char *)data, size);
	g_autofree char *line = text_clean((const char *)data, (gssize)size, TEXT_LINE);
	g_autofree char *block = text_clean((const char *)data, (gssize)size, TEXT_BLOCK);
	g_autofree char *again = text_clean(line, -1, TEXT_LINE);
	g_autofree char *folded = text_fold(raw);

	assert_harmless(line, TEXT_LINE);
	assert_harmless(block, TEXT_BLOCK);
	g_assert_cmpstr(again, ==, line);
	g_assert_true(g_utf8_validate(folded, -1, NULL));
	g_assert_true(text_contains(line, line));
	assert_clusters(line);
	assert_cut(line, cells);
	assert_wrapped(line, cells);
	return 0;
}
