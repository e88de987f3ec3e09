/*
 * The body of a part as a document for the reader: paragraphs of clean text, each with its place in
 * the quoting and spans of emphasis. Widths are the reader's business: it wraps.
 */
#pragma once

#include "base/text.h"
#include "mime/html-links.h"

#include <glib.h>

typedef enum {
	MIME_LINE_TEXT,  /* a paragraph, to be wrapped at any width */
	MIME_LINE_FIXED, /* kept as it is: patches, ASCII art; cut or scrolled, never re-flowed */
	MIME_LINE_SIGNATURE, /* below "-- " */
	MIME_LINE_NOTE,      /* said by Postern, not by the message: "image/png, 120 KB" */
	MIME_LINE_HEADING,
} MimeLineKind;

typedef struct {
	MimeLineKind kind;
	guint quote;      /* depth of quoting, 0: none; the marks themselves are not in TEXT */
	const char *text; /* valid UTF-8 through text_clean(), no LF */
	const char
		*lead; /* "  2. ": before the first row, the others are indented by it; or NULL */
	const TextSpan *spans; /* in order, without overlaps */
	guint n_spans;
} MimeLine;

typedef struct MimeDocument MimeDocument;

MimeDocument *mime_document_new(void);
MimeDocument *mime_document_ref(MimeDocument *document);
void mime_document_unref(MimeDocument *document);
guint mime_document_count(const MimeDocument *document);
const MimeLine *mime_document_line(const MimeDocument *document, guint i);
/* Copies TEXT through text_clean(). */
void mime_document_add(MimeDocument *document, MimeLineKind kind, guint quote, const char *text);

/* Copies LINE, its text and lead through text_clean(). */
void mime_document_add_line(MimeDocument *document, const MimeLine *line);

/* Where its links lead; the document's. In plain text too they are numbered as they come. */
HtmlLinks *mime_document_links(MimeDocument *document);

/* A file that lies in a text or a packet and is no part of the message (mime/uuencode.h, mime/tnef.h). */
typedef struct {
	char *name;   /* no folder; not fit to be a path; "" when it has none */
	guint64 size; /* as far as it is here */
} MimeFile;

/* Those that were met, in order, at most 200. */
guint mime_document_file_count(const MimeDocument *document);
const MimeFile *mime_document_file(const MimeDocument *document, guint i);
void mime_document_add_file(MimeDocument *document, const char *name, guint64 size);

/* Turns a text/plain part into lines, fed in pieces as they come from the server. */
typedef struct MimeText MimeText;

typedef struct {
	const char *encoding; /* Content-Transfer-Encoding, NULL: 7bit */
	const char *charset;  /* NULL: not declared */
	gboolean flowed;      /* format=flowed (RFC 3676) */
	gboolean delsp;
	/* Lines at its start repeat fields of the header, for programs that can't show those that are encrypted
	 * with it, and are left out (RFC 9788, hp-legacy-display). */
	gboolean legacy_fields;
	gboolean patch;  /* text/x-patch: every line is kept as it is */
	gsize max_bytes; /* of decoded text; the rest is left out with a note. 0: 8 MiB */
} MimeTextFormat;

/* Appends to DOCUMENT (a reference is taken). */
MimeText *mime_text_new(const MimeTextFormat *format, MimeDocument *document);
void mime_text_feed(MimeText *text, const char *bytes, gsize len);
void mime_text_end(MimeText *text);
void mime_text_free(MimeText *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeDocument, mime_document_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeText, mime_text_free)
