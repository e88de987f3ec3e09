#include "net/deflate.h"

#include "base/err.h"

#include <zlib.h>

/* The sign says raw. Commands are short and repeat what was said just before: 4 KiB to look back and
 * small tables pack them within 3 % of what zlib's largest do, in 53 KB instead of 262. The peer
 * chooses its own window, up to 32 KiB: 39 KB. */
#define WRITE_WINDOW (-12)
#define WRITE_MEMORY 6
#define WRITE_LEVEL  6
#define READ_WINDOW  (-15)
#define PIECE_BYTES  (8 * 1024)

struct Deflate {
	z_stream reader, writer;
	Bytes packed; /* fed and not yet read */
	gboolean
		full; /* the last read filled its buffer, or met damage: there is more in the reader */
	gboolean over; /* the peer has ended its stream */
};

Deflate *
deflate_new(GError **error)
{
	Deflate *deflate = g_new0(Deflate, 1);

	if (inflateInit2(&deflate->reader, READ_WINDOW) == Z_OK &&
		deflateInit2(&deflate->writer, WRITE_LEVEL, Z_DEFLATED, WRITE_WINDOW, WRITE_MEMORY,
			Z_DEFAULT_STRATEGY) == Z_OK)
		return deflate;
	deflate_free(deflate);
	err_set(error, ERR_LIMIT, "There is no memory to compress the connection.");
	return NULL;
}

void
deflate_free(Deflate *deflate)
{
	if (!deflate)
		return;
	/* Both complain about a stream that was not begun, or not ended in order. */
	(void)inflateEnd(&deflate->reader);
	(void)deflateEnd(&deflate->writer);
	bytes_clear(&deflate->packed);
	g_free(deflate);
}

void
deflate_feed(Deflate *deflate, const char *data, gsize len)
{
	bytes_add(&deflate->packed, data, len);
}

gboolean
deflate_pending(const Deflate *deflate)
{
	return deflate->full || bytes_len(&deflate->packed) > 0;
}

static DeflateResult
fail(const char *what, GError **error)
{
	err_set(error, ERR_PROTOCOL,
		"What the server sends compressed is damaged (%s); the connection was dropped.",
		what);
	return DEFLATE_FAILED;
}

DeflateResult
deflate_read(Deflate *deflate, char *buf, gsize size, gsize *out_len, GError **error)
{
	z_stream *reader = &deflate->reader;
	gsize len;
	const char *packed = bytes_peek(&deflate->packed, &len);
	gboolean damaged;
	int code;

	if (deflate->over)
		return len ? fail("there is more behind its end", error) : DEFLATE_MORE;
	reader->next_in = (z_const Bytef *)packed;
	reader->avail_in = (uInt)len;
	reader->next_out = (Bytef *)buf;
	reader->avail_out = (uInt)MIN(size, G_MAXUINT);
	code = inflate(reader, Z_NO_FLUSH);
	bytes_take(&deflate->packed, len - reader->avail_in);
	damaged = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
	deflate->full = damaged || reader->avail_out == 0;
	deflate->over = code == Z_STREAM_END;
	size = (gsize)((char *)reader->next_out - buf);
	/* What was good before the damage is handed out; the reader says it again next time. */
	if (damaged && size == 0)
		return fail(reader->msg ? reader->msg : zError(code), error);
	if (size == 0)
		return DEFLATE_MORE;
	*out_len = size;
	return DEFLATE_DONE;
}

void
deflate_write(Deflate *both, const char *data, gsize len, gboolean flush, Bytes *out)
{
	z_stream *writer = &both->writer;
	char piece[PIECE_BYTES];

	writer->next_in = (z_const Bytef *)data;
	writer->avail_in = (uInt)len;
	do {
		writer->next_out = (Bytef *)piece;
		writer->avail_out = sizeof(piece);
		/* Can only say that there was nothing to do. */
		(void)deflate(writer, flush ? Z_SYNC_FLUSH : Z_NO_FLUSH);
		bytes_add(out, piece, sizeof(piece) - writer->avail_out);
	} while (writer->avail_out == 0);
}
