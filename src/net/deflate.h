/*
 * The two directions of COMPRESS=DEFLATE (RFC 4978): raw deflate without header or check sum, as
 * bytes in and bytes out. Knows no line. Holds less than 100 KB and what was fed.
 */
#pragma once

#include "net/bytes.h"

typedef struct Deflate Deflate;

typedef enum {
	DEFLATE_DONE,   /* what was asked for happened */
	DEFLATE_MORE,   /* feed more */
	DEFLATE_FAILED, /* ERROR says why */
} DeflateResult;

/* NULL when there is no memory (ERR_LIMIT). */
Deflate *deflate_new(GError **error) G_GNUC_WARN_UNUSED_RESULT;
void deflate_free(Deflate *deflate);

/* DATA (copied) came from the peer. */
void deflate_feed(Deflate *deflate, const char *data, gsize len);
/* At least one and at most SIZE bytes of what was fed; the rest stays packed. */
DeflateResult deflate_read(Deflate *deflate, char *buf, gsize size, gsize *out_len,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether deflate_read() may have something without being fed. */
gboolean deflate_pending(const Deflate *deflate);

/* Adds DATA packed to OUT, some of it later; FLUSH: all that there was, so that the peer can unpack
 * it. LEN fits an unsigned int. */
void deflate_write(Deflate *deflate, const char *data, gsize len, gboolean flush, Bytes *out);
