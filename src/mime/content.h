/*
 * A part of any kind that has words, as lines for the reader: plain text, HTML, patches, calendars,
 * cards, reports of mail servers, winmail.dat. Fed in pieces as they come from the server. What can't
 * be understood as what it claims to be is shown as plain text with a note.
 */
#pragma once

#include "mime/body.h"

typedef struct MimeContent MimeContent;

/* TYPE: "text/calendar", in any case. TRUE when there is more to it than plain text, or it is that:
 * everything else is for saving. */
gboolean mime_content_can(const char *type);

/* A type that mime_content_can() does not know is shown as text. FORMAT as for mime_text_new(). Where
 * the whole part is needed before anything can be shown, its first 256 KiB count, of winmail.dat
 * 16 MiB. Appends to DOCUMENT (a reference is taken). */
MimeContent *mime_content_new(
	const char *type, const MimeTextFormat *format, MimeDocument *document);
/* What a report is about: the decoded Subject of the message that comes with it. Before the end. */
void mime_content_set_subject(MimeContent *content, const char *subject);
void mime_content_feed(MimeContent *content, const char *bytes, gsize len);
void mime_content_end(MimeContent *content);
void mime_content_free(MimeContent *content);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeContent, mime_content_free)
