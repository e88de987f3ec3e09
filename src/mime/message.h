/*
 * A whole message taken apart here, for when a server can't describe it or describes it wrongly. Every
 * message has some tree: what can't be understood is text. One pass over the octets, nothing is copied
 * but names.
 *
 * Not GMime's parser: it gives nothing for messages whose header block is bad or missing, and of what
 * it has beside the tree we need nothing.
 */
#pragma once

#include "mime/part.h"

/* The tree of the body, with OFFSET and OCTETS of each part in BYTES and sections as a server would number
 * them; the header is what stands before the OFFSET of the top. Takes time in proportion to LEN and may be called
 * from any thread. Never NULL; the caller's. */
MimePart *mime_message_parse(const char *bytes, gsize len);

/* FALSE when mime_message_parse() would let the body begin before the end of BLOCK, of which a server says that it
 * is the header with the empty line behind it. */
gboolean mime_message_header_is_sound(const char *block, gsize len);

/* TRUE when mime_message_amend() may find something: a part that is said to be in clear. */
gboolean mime_message_may_amend(const MimePart *part);
/* Servers pass over fields that they can't read to the letter, and say then that a part is text in clear. What
 * its own header BLOCK (BODY[n.MIME], or that of the message) says of transfer encoding, charset and HTML is
 * taken where the server's PART says nothing. */
void mime_message_amend(MimePart *part, const char *block, gsize len);
