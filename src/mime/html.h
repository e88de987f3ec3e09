/*
 * Turns a text/html part into the lines of a document, fed in pieces as they come from the server:
 * headings, emphasis, lists, quotes, tables, links with numbers and a list of where they lead.
 * What the sender hides stays hidden, what lies outside of the message is never fetched. Takes time
 * in proportion to the bytes, whatever they are.
 */
#pragma once

#include "mime/body.h"

typedef struct MimeHtml MimeHtml;

/* Of FORMAT, FLOWED and DELSP mean nothing. Without a charset, a byte order mark or the first <meta>
 * that names one decides. Appends to DOCUMENT (a reference is taken). */
MimeHtml *mime_html_new(const MimeTextFormat *format, MimeDocument *document);
void mime_html_feed(MimeHtml *html, const char *bytes, gsize len);
void mime_html_end(MimeHtml *html);
void mime_html_free(MimeHtml *html);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeHtml, mime_html_free)
