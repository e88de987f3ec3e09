/*
 * Decoded text to the lines of a document: line ends, quoting, format=flowed (RFC 3676), the
 * signature, patches, tables, and files that stand in the text.
 */
#pragma once

#include "mime/body.h"

typedef struct MimeLines MimeLines;

/* Appends to DOCUMENT, which must outlive it. FORMAT is needed for the call only. */
MimeLines *mime_lines_new(MimeDocument *document, const MimeTextFormat *format);
void mime_lines_free(MimeLines *lines);
/* TEXT: valid UTF-8, cut anywhere; CRLF, LF and CR end a line. Both return FALSE once the document
 * has as many lines as it may have: the rest is left out. */
gboolean mime_lines_feed(MimeLines *lines, const char *text, gsize len);
gboolean mime_lines_end(MimeLines *lines);
