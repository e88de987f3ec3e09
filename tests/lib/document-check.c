#include "document-check.h"

#include <string.h>

static void
check_line(const MimeLine *line)
{
	gsize at = 0, len = strlen(line->text);

	g_assert_true(g_utf8_validate(line->text, -1, NULL));
	g_assert_null(strpbrk(line->text, "\r\n\t\033"));
	g_assert_null(line->lead ? strpbrk(line->lead, "\r\n\t\033") : NULL);
	g_assert_cmpuint(line->quote, <=, 64);
	for (guint i = 0; i < line->n_spans; i++) {
		g_assert_cmpuint(line->spans[i].start, >=, at);
		at = line->spans[i].start + line->spans[i].len;
		g_assert_cmpuint(at, <=, len);
	}
}

void
document_check_sound(const MimeDocument *document)
{
	for (guint i = 0; i < mime_document_count(document); i++)
		check_line(mime_document_line(document, i));
	for (guint i = 0; i < mime_document_file_count(document); i++)
		g_assert_true(g_utf8_validate(mime_document_file(document, i)->name, -1, NULL));
}

void
document_check_equal(const MimeDocument *a, const MimeDocument *b)
{
	document_check_sound(a);
	g_assert_cmpuint(mime_document_count(a), ==, mime_document_count(b));
	g_assert_cmpuint(mime_document_file_count(a), ==, mime_document_file_count(b));
	for (guint i = 0; i < mime_document_count(a); i++) {
		const MimeLine *one = mime_document_line(a, i);
		const MimeLine *other = mime_document_line(b, i);

		g_assert_cmpint(one->kind, ==, other->kind);
		g_assert_cmpuint(one->quote, ==, other->quote);
		g_assert_cmpstr(one->text, ==, other->text);
		g_assert_cmpstr(one->lead, ==, other->lead);
		g_assert_cmpuint(one->n_spans, ==, other->n_spans);
		for (guint s = 0; s < one->n_spans; s++)
			g_assert_cmpmem(&one->spans[s], sizeof(TextSpan), &other->spans[s],
				sizeof(TextSpan));
	}
}
