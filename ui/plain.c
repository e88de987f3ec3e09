#include "plain.h"

#include "base/text.h"
#include "wrap.h"

#include <string.h>

enum { PAGE_CELLS = 78, QUOTE_MAX = 20, NAME_CELLS = 9 };

/* TEXT in rows, each behind START; LEAD before the first, and as many blanks before the others. */
static void
add_rows(GString *out, const char *start, const char *lead, const char *text, gboolean fixed)
{
	g_autofree char *prepared = wrap_prepare(text, strlen(text));
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(WrapSpan));
	guint indent = text_width(lead, -1);
	guint taken = indent + text_width(start, -1);
	/* What is fixed has its own ends, and a printer knows what to do with more. */
	guint cells = fixed ? G_MAXINT : PAGE_CELLS - MIN(taken, PAGE_CELLS / 2);
	wrap_rows(prepared, cells, fixed, rows);
	for (guint i = 0; i < rows->len; i++) {
		WrapSpan row = g_array_index(rows, WrapSpan, i);
		gsize before = out->len;
		g_string_append(out, start);
		if (i == 0)
			g_string_append(out, lead);
		else
			g_string_append_printf(out, "%*s", (int)indent, "");
		g_string_append_len(out, prepared + row.start, (gssize)row.len);
		while (out->len > before && out->str[out->len - 1] == ' ')
			g_string_truncate(out, out->len - 1);
		g_string_append_c(out, '\n');
	}
}

static void
add_field(GString *out, const EngineField *field)
{
	g_autofree char *name = text_clean(field->name, -1, TEXT_LINE);
	g_autofree char *lead = g_strdup_printf(
		"%s: %*s", name, (int)NAME_CELLS - (int)MIN(text_width(name, -1), NAME_CELLS), "");
	add_rows(out, "", lead, field->value, FALSE);
}

static void
add_line(GString *out, const EngineLine *line)
{
	g_autofree char *marks = g_strnfill(MIN(line->quote, QUOTE_MAX), '>');
	g_autofree char *start = line->quote > 0 ? g_strconcat(marks, " ", NULL) : g_strdup("");
	g_autofree char *lead = text_clean(line->lead ? line->lead : "", -1, TEXT_LINE);
	add_rows(out, start, lead, line->text, line->kind == ENGINE_LINE_FIXED);
}

char *
plain_text(const EngineReading *reading, gboolean full)
{
	GString *out = g_string_new(NULL);
	EngineField field;
	EngineLine line;
	for (guint i = 0; engine_reading_field(reading, full, i, &field); i++)
		add_field(out, &field);
	g_string_append_c(out, '\n');
	for (guint i = 0; engine_reading_line(reading, i, &line); i++)
		add_line(out, &line);
	return g_string_free(out, FALSE);
}
