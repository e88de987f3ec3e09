/* Words that several renderers say in the same way. */
#pragma once

#include "mime/body.h"

/* "512 bytes", "120 KB", "3.4 MB". The caller's. */
char *mime_note_size(guint64 bytes);
/* A line "Where   text", its name said by Postern; nothing when TEXT is NULL or blank. Line ends in
 * TEXT begin new lines below the first. */
void mime_note_field(MimeDocument *document, const char *name, const char *text);
/* The same of a date as it stands in a mail: in local time, in words; as it is when it is no date. */
void mime_note_date(MimeDocument *document, const char *name, const char *raw);
/* The lines of TEXT as paragraphs, a blank line before them; nothing when TEXT is NULL or blank. */
void mime_note_text(MimeDocument *document, const char *text);
