#include "mime/note.h"

#include "mime/date.h"

#include <string.h>

enum {
	NAME_CELLS = 10,
	MAX_LINES = 2000, /* of one text */
};

char *
mime_note_size(guint64 bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double size = (double)bytes;
	guint unit = 0;

	if (bytes < 1000)
		return g_strdup_printf("%u %s", (guint)bytes, bytes == 1 ? "byte" : "bytes");
	for (size /= 1000; size >= 999.5 && unit + 1 < G_N_ELEMENTS(units); size /= 1000)
		unit++;
	return g_strdup_printf(size < 9.95 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

/* The lines of TEXT, blank ones at both ends left out. NULL when there is none. */
static char **
lines_of(const char *text)
{
	g_autofree char *trimmed = g_strstrip(g_strdup(text ? text : ""));

	return *trimmed ? g_strsplit(trimmed, "\n", MAX_LINES) : NULL;
}

void
mime_note_field(MimeDocument *document, const char *name, const char *text)
{
	g_auto(GStrv) lines = lines_of(text);
	g_autofree char *lead = g_strdup_printf("%-*s", NAME_CELLS, name);

	for (guint i = 0; lines && lines[i]; i++) {
		if (!*g_strchomp(lines[i]))
			continue;
		if (i > 0)
			memset(lead, ' ', strlen(lead));
		mime_document_add_line(document,
			&(MimeLine){.kind = MIME_LINE_TEXT, .text = lines[i], .lead = lead});
	}
}

void
mime_note_date(MimeDocument *document, const char *name, const char *raw)
{
	g_autofree char *words = raw ? mime_date_words(raw) : NULL;

	mime_note_field(document, name, words);
}

void
mime_note_text(MimeDocument *document, const char *text)
{
	g_auto(GStrv) lines = lines_of(text);

	if (lines)
		mime_document_add(document, MIME_LINE_TEXT, 0, "");
	for (guint i = 0; lines && lines[i]; i++)
		mime_document_add(document, MIME_LINE_TEXT, 0, g_strchomp(lines[i]));
}
