/* What the wire says of a message, as the store keeps it: decoded once, when it arrives. */
#pragma once

#include "imap/response.h"
#include "store/messages.h"

/* FETCH must have an envelope or a structure. The caller's. */
StoreMessage *convert_fetch(guint32 folder, const ImapFetch *fetch);

/* The first part that the reader shows as text, NULL when there is none; borrowed from ROOT. Of
 * alternatives, HTML only when there is no plain text or when it is PREFERred. */
const ImapPart *convert_text_part(const ImapPart *root, gboolean prefer_html);
gboolean convert_is_html(const ImapPart *part);
/* TRUE when PART is something to save rather than to read. */
gboolean convert_is_attachment(const ImapPart *part);
/* The decoded file name, else the description, else "". The caller's. */
char *convert_part_name(const ImapPart *part);
/* "text/plain" in lower case. The caller's. */
char *convert_part_type(const ImapPart *part);
