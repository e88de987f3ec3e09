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
