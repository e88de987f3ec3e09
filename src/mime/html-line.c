#include "mime/html-line.h"

HtmlLine *
html_line_new(void)
{
	HtmlLine *line = g_new0(HtmlLine, 1);

	line->text = g_string_new(NULL);
	line->spans = g_array_new(FALSE, FALSE, sizeof(TextSpan));
	return line;
}

void
html_line_free(HtmlLine *line)
{
	if (!line)
		return;
	g_free(line->lead);
	g_string_free(line->text, TRUE);
	g_array_unref(line->spans);
	g_free(line);
}

static void
add_span(HtmlLine *line, gsize start, gsize len, guint emphasis)
{
	TextSpan *last = line->spans->len
				 ? &g_array_index(line->spans, TextSpan, line->spans->len - 1)
				 : NULL;
	TextSpan span = {(guint)start, (guint)len, emphasis};

	if (emphasis == 0 || len == 0)
		return;
	if (last && last->emphasis == emphasis && last->start + last->len == start)
		last->len += (guint)len;
	else
		g_array_append_val(line->spans, span);
}

void
html_line_append(HtmlLine *line, const char *text, gsize len, guint emphasis)
{
	add_span(line, line->text->len, len, emphasis);
	g_string_append_len(line->text, text, (gssize)len);
}

void
html_line_append_line(HtmlLine *line, const HtmlLine *other)
{
	gsize base = line->text->len;

	for (guint i = 0; i < other->spans->len; i++) {
		const TextSpan *span = &g_array_index(other->spans, TextSpan, i);

		add_span(line, base + span->start, span->len, span->emphasis);
	}
	g_string_append_len(line->text, other->text->str, (gssize)other->text->len);
}

/* U+034F is what senders fill the preview of a message up with. */
static gboolean
is_invisible(gunichar c)
{
	return g_unichar_isspace(c) || c == 0x34f || g_unichar_iszerowidth(c) || c == 0x2800 ||
	       c == 0xa0 || c == 0x2007 || c == 0x202f || c == 0xad || c == 0xfeff;
}

gboolean
html_text_is_blank(const char *text, gsize len)
{
	for (const char *at = text; at < text + len; at = g_utf8_next_char(at))
		if (!is_invisible(g_utf8_get_char(at)))
			return FALSE;
	return TRUE;
}

void
html_line_trim(HtmlLine *line)
{
	gsize len = line->text->len;

	while (len > 0) {
		const char *last = g_utf8_find_prev_char(line->text->str, line->text->str + len);

		if (!last || !is_invisible(g_utf8_get_char(last)))
			break;
		len = (gsize)(last - line->text->str);
	}
	g_string_truncate(line->text, len);
	while (line->spans->len > 0) {
		TextSpan *last = &g_array_index(line->spans, TextSpan, line->spans->len - 1);

		if (last->start < len) {
			last->len = MIN(last->len, (guint)len - last->start);
			return;
		}
		g_array_set_size(line->spans, line->spans->len - 1);
	}
}
