#include "wrap.h"

#include "base/text.h"

#include <string.h>

#define TAB_CELLS 8

static char *
expand_tabs(const char *text)
{
	GString *out = g_string_new(NULL);
	guint col = 0, cells;
	gsize step;
	for (; (step = text_cluster(text, &cells)) > 0; text += step) {
		if (*text != '\t') {
			g_string_append_len(out, text, (gssize)step);
			col += cells;
			continue;
		}
		/* A mark may stand on a tab; its cell is the last of the blanks. */
		do {
			g_string_append_c(out, ' ');
		} while (++col % TAB_CELLS != 0);
		g_string_append_len(out, text + 1, (gssize)step - 1);
	}
	return g_string_free(out, FALSE);
}

char *
wrap_prepare(const char *bytes, gsize len)
{
	g_autofree char *text = text_clean(bytes, (gssize)len, TEXT_BLOCK);
	g_strdelimit(text, "\n", ' ');
	return strchr(text, '\t') ? expand_tabs(text) : g_steal_pointer(&text);
}

static gsize
cut_fixed(const char *text, guint cells)
{
	guint used;
	gsize fits = text_fit(text, cells, &used);
	return fits > 0 ? fits : text_cluster(text, &used);
}

void
wrap_rows(const char *text, guint cells, gboolean fixed, GArray *out_rows)
{
	gsize at = 0;
	do {
		gsize next, len = 0;
		if (text[at] == '\0')
			next = 0;
		else if (fixed)
			len = next = cut_fixed(text + at, cells);
		else
			len = text_wrap(text + at, cells, &next);
		WrapSpan row = {at, len};
		g_array_append_val(out_rows, row);
		at += next;
	} while (text[at] != '\0');
}

/* The bytes at the start of TEXT that fold to NEEDLE, cluster by cluster; 0: it does not. */
static gsize
match_here(const char *text, const char *needle)
{
	gsize at = 0;
	guint cells;
	while (*needle) {
		gsize step = text_cluster(text + at, &cells);
		if (step == 0)
			return 0;
		g_autofree char *cluster = g_strndup(text + at, step);
		g_autofree char *folded = text_fold(cluster);
		gsize len = strlen(folded);
		if (strncmp(needle, folded, len) != 0)
			return 0;
		needle += len;
		at += step;
	}
	return at;
}

void
wrap_matches(const char *text, const char *needle, GArray *out_spans)
{
	gsize at = 0, step;
	guint cells;
	if (!text_contains(text, needle))
		return;
	for (; (step = text_cluster(text + at, &cells)) > 0; at += step) {
		gsize len = match_here(text + at, needle);
		WrapSpan span = {at, len};
		if (len == 0)
			continue;
		g_array_append_val(out_spans, span);
		step = len;
	}
}
