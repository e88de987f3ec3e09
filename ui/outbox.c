#include "outbox.h"

enum { PIECE = 16384 }; /* of a picture */

typedef enum { PICTURE_WAITS, PICTURE_GOES, PICTURE_SHOWN } PictureState;

struct Outbox {
	GString *bytes; /* while a picture goes: the piece of it */
	gsize sent;     /* of bytes */
	Pixels *pixels; /* NULL: none */
	char *before, *after;
	PictureState state;
	gsize at; /* what of the picture was put into bytes */
	gboolean held;
};

Outbox *
outbox_new(void)
{
	Outbox *outbox = g_new0(Outbox, 1);
	outbox->bytes = g_string_new(NULL);
	return outbox;
}

void
outbox_free(Outbox *outbox)
{
	if (!outbox)
		return;
	outbox_clear(outbox);
	g_string_free(outbox->bytes, TRUE);
	g_free(outbox);
}

/* ---- the picture ---- */

static void
cut_short(Outbox *outbox)
{
	if (outbox->state != PICTURE_GOES)
		return;
	g_string_truncate(outbox->bytes, outbox->sent);
	g_string_append(outbox->bytes, outbox->pixels->stop);
	g_string_append(outbox->bytes, outbox->after);
	outbox->state = PICTURE_WAITS;
}

static void
forget(Outbox *outbox)
{
	cut_short(outbox);
	g_clear_pointer(&outbox->pixels, pixels_unref);
	g_clear_pointer(&outbox->before, g_free);
	g_clear_pointer(&outbox->after, g_free);
	outbox->state = PICTURE_WAITS;
}

static gboolean
is_wanted(const Outbox *outbox)
{
	return outbox->pixels && outbox->state != PICTURE_SHOWN && !outbox->held;
}

static void
put_piece(Outbox *outbox)
{
	gsize len;
	const char *draw = g_bytes_get_data(outbox->pixels->draw, &len);
	if (outbox->state == PICTURE_WAITS) {
		outbox->state = PICTURE_GOES;
		outbox->at = 0;
		g_string_append(outbox->bytes, outbox->before);
	}
	gsize n = MIN(len - outbox->at, PIECE);
	g_string_append_len(outbox->bytes, draw + outbox->at, (gssize)n);
	outbox->at += n;
	if (outbox->at == len)
		g_string_append(outbox->bytes, outbox->after);
}

void
outbox_show(Outbox *outbox, Pixels *pixels, const char *before, const char *after)
{
	outbox->held = FALSE;
	if (outbox->pixels != pixels || g_strcmp0(outbox->before, before) != 0) {
		forget(outbox);
		outbox->pixels = pixels ? pixels_ref(pixels) : NULL;
		outbox->before = g_strdup(before);
	}
	if (g_strcmp0(outbox->after, after) != 0) {
		cut_short(outbox);
		g_free(outbox->after);
		outbox->after = g_strdup(after);
	}
}

void
outbox_hold(Outbox *outbox)
{
	cut_short(outbox);
	outbox->held = TRUE;
}

/* ---- bytes ---- */

void
outbox_add(Outbox *outbox, const char *bytes, gsize len)
{
	if (len == 0)
		return;
	cut_short(outbox);
	g_string_append_len(outbox->bytes, bytes, (gssize)len);
}

void
outbox_clear(Outbox *outbox)
{
	forget(outbox);
	g_string_truncate(outbox->bytes, 0);
	outbox->sent = 0;
}

const char *
outbox_next(Outbox *outbox, gsize *out_len)
{
	if (outbox->sent == outbox->bytes->len && is_wanted(outbox))
		put_piece(outbox);
	if (outbox->sent == outbox->bytes->len)
		return NULL;
	*out_len = outbox->bytes->len - outbox->sent;
	return outbox->bytes->str + outbox->sent;
}

void
outbox_sent(Outbox *outbox, gsize n)
{
	outbox->sent += n;
	if (outbox->sent < outbox->bytes->len)
		return;
	g_string_truncate(outbox->bytes, 0);
	outbox->sent = 0;
	if (outbox->state == PICTURE_GOES && outbox->at == g_bytes_get_size(outbox->pixels->draw))
		outbox->state = PICTURE_SHOWN;
}

gboolean
outbox_is_empty(const Outbox *outbox)
{
	return outbox->sent == outbox->bytes->len && !is_wanted(outbox);
}

gsize
outbox_waiting(const Outbox *outbox)
{
	return outbox->state == PICTURE_GOES ? 0 : outbox->bytes->len - outbox->sent;
}
