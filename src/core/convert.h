/* What the wire says of a message, as the store keeps it: decoded once, when it arrives. */
#pragma once

#include "imap/response.h"
#include "mime/part.h"
#include "store/messages.h"

/* FETCH must have an envelope or a structure. The caller's. */
StoreMessage *convert_fetch(guint32 folder, const ImapFetch *fetch);

/* The tree of STRUCTURE, decoded. The caller's. */
MimePart *convert_parts(const ImapPart *structure);
