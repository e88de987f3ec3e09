/*
 * Content-Transfer-Encodings as streams: the same bytes come out however they are cut.
 *
 * Not GMime's: its base64 ends at the first padding and loses an unpadded tail, and its uudecoder
 * gives other bytes when a line comes in two pieces.
 */
#pragma once

#include <glib.h>

/* Base64 with anything between its letters: other bytes are left out, padding in the middle (two
 * texts glued together) goes on with a new group. */
typedef struct {
	guint32 bits;
	guint count; /* letters of the open group, 0..3 */
} MimeBase64;

void mime_base64_feed(MimeBase64 *base64, const char *bytes, gsize len, GString *out);
/* Ends the open group as padding would. */
void mime_base64_end(MimeBase64 *base64, GString *out);
/* Whether DECODED octets, written by a program that breaks lines as most do, are SENT octets of base64. FALSE
 * where anything but the letters was left out, or something else than all of them decoded. */
gboolean mime_base64_fits(guint64 decoded, guint64 sent);

typedef struct MimeTransfer MimeTransfer;

/* A Content-Transfer-Encoding without what mailers put around the word: blanks, quotes, a semicolon, a comment. The
 * caller's. */
char *mime_transfer_name(const char *field);
/* FALSE when octets pass as they are: "7bit", and what nobody knows. NULL: 7bit. */
gboolean mime_transfer_is_coded(const char *encoding);

/* ENCODING NULL or unknown: bytes pass as they are, and so does what says that it is base64 and is
 * not: a text in clear, or a footer below the padding. */
MimeTransfer *mime_transfer_new(const char *encoding);
void mime_transfer_free(MimeTransfer *transfer);
void mime_transfer_feed(MimeTransfer *transfer, const char *bytes, gsize len, GString *out);
void mime_transfer_end(MimeTransfer *transfer, GString *out);

/* All at once, for a thread where BYTES are many; ENCODING may be NULL. The caller's. */
GBytes *mime_transfer_decode(GBytes *bytes, const char *encoding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeTransfer, mime_transfer_free)
