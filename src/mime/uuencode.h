/*
 * Files that stand in the middle of a text, as before MIME: uuencode and yEnc. They are recognised
 * line by line; what turns out to be no such file stays text.
 */
#pragma once

#include <glib.h>

typedef enum {
	EMBEDDED_TEXT, /* no file is open, and LINE begins none */
	EMBEDDED_HELD, /* LINE may begin a file: one of the next, no more than four, says */
	EMBEDDED_NONE, /* it did not: what was held is text; LINE is to be given once more */
	EMBEDDED_DATA,
	EMBEDDED_END, /* LINE ends the file, whose name and size are known now */
	EMBEDDED_CUT, /* the file has no end; LINE is to be given once more */
} EmbeddedLine;

typedef struct MimeEmbedded MimeEmbedded;

MimeEmbedded *mime_embedded_new(void);
void mime_embedded_free(MimeEmbedded *embedded);
/* LINE: without its end; UTF-8 or octets. What it decodes to is appended to OUT, unless NULL. */
EmbeddedLine mime_embedded_line(
	MimeEmbedded *embedded, const char *line, gsize len, gboolean utf8, GString *out);
/* "photo.jpg, 120 KB, uuencoded in the text" of the last file. The caller's. */
char *mime_embedded_note(const MimeEmbedded *embedded, gboolean whole);
/* Its name, "" when it has none, the caller's; and in *OUT_SIZE the bytes that were seen of it. */
char *mime_embedded_name(const MimeEmbedded *embedded, guint64 *out_size);

/* File INDEX of TEXT (octets without transfer encoding) that mime_text_*() tells of; at most MAX
 * bytes of it. Its name in *OUT_NAME (decoded, no folders; NULL when it has none). NULL: there are not so
 * many. */
GBytes *mime_embedded_extract(const char *text, gsize len, guint index, gsize max, char **out_name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeEmbedded, mime_embedded_free)
