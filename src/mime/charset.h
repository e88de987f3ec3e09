/* Bytes of any charset to UTF-8, through iconv, with the names that mailers invent. */
#pragma once

#include <glib.h>

/*
 * Converts as a stream, so that a big body needs no second copy: what is left of an incomplete
 * character waits for the next call. Bytes that are not valid become U+FFFD. CHARSET NULL or
 * unknown: UTF-8 when the bytes are, else as of mime/assumed.h (decided at the first byte above 0x7f).
 */
typedef struct MimeDecoder MimeDecoder;

MimeDecoder *mime_decoder_new(const char *charset);
void mime_decoder_free(MimeDecoder *decoder);
/* LEN 0 with LAST flushes. Appends valid UTF-8 to OUT. */
void mime_decoder_feed(
	MimeDecoder *decoder, const char *bytes, gsize len, gboolean last, GString *out);
/* FALSE when CHARSET (or NULL) leaves open what bytes above 0x7f are: "us-ascii", "unknown-8bit", a name that
 * nobody knows. Who has a better source may ask that one. */
gboolean mime_charset_says(const char *charset);
/* FALSE when CHARSET was given and iconv does not know it. */
gboolean mime_decoder_known(const MimeDecoder *decoder);

/* All at once; without a known CHARSET the whole of BYTES decides. A NUL in BYTES becomes U+FFFD. The
 * caller's. */
char *mime_charset_to_utf8(const char *bytes, gsize len, const char *charset);

/* The same for many short texts, as the words of a header are: opening a converter takes a hundred times as long as
 * one of those. Of more than eight charsets the rest is taken as not declared, so that nobody can have them
 * opened by the thousand. */
typedef struct MimeCharsets MimeCharsets;

MimeCharsets *mime_charsets_new(void);
void mime_charsets_free(MimeCharsets *charsets);
char *mime_charsets_to_utf8(
	MimeCharsets *charsets, const char *bytes, gsize len, const char *charset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeCharsets, mime_charsets_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeDecoder, mime_decoder_free)
