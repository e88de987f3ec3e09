#include "net/wire.h"

#include "base/err.h"
#include "net/bytes.h"

#include <errno.h>
#include <sys/socket.h>

/* Ciphertext is handled in pieces of a bit more than a whole record of TLS. */
#define PIECE_BYTES (17 * 1024)
/* Far more than a piece of ours: only answers that the peer demands (KeyUpdate; RFC 8446, 4.6.3) and
 * does not read can heap up so much. */
#define CIPHER_MAX_BYTES (256 * 1024)

struct Wire {
	int fd;
	Tls *tls;         /* NULL: plain */
	gboolean shaking; /* the handshake is under way */
	Deflate *deflate; /* NULL: not compressed */
	Bytes queue;      /* from the owner */
	Bytes packed;     /* of it, when it is compressed */
	Bytes cipher;     /* of what there was last, and of the handshake, for the line */
	gsize turn;       /* bytes that may still be taken off the line in this turn */
	int read_errno;
	int write_errno; /* the line takes nothing more; what still comes in is worth reading */
	guint64 in, out;
};

Wire *
wire_new(void)
{
	Wire *wire = g_new0(Wire, 1);

	wire->fd = -1;
	return wire;
}

void
wire_connect(Wire *wire, int fd)
{
	wire->fd = fd;
}

void
wire_free(Wire *wire)
{
	if (!wire)
		return;
	bytes_clear(&wire->queue);
	bytes_clear(&wire->packed);
	bytes_clear(&wire->cipher);
	deflate_free(wire->deflate);
	tls_free(wire->tls);
	g_free(wire);
}

void
wire_start_tls(Wire *wire, Tls *take_tls)
{
	wire->tls = take_tls;
	wire->shaking = TRUE;
}

Tls *
wire_tls(const Wire *wire)
{
	return wire->tls;
}

void
wire_start_deflate(Wire *wire, Deflate *take_deflate, const char *rest, gsize len)
{
	wire->deflate = take_deflate;
	if (len > 0)
		deflate_feed(wire->deflate, rest, len);
}

gboolean
wire_deflates(const Wire *wire)
{
	return wire->deflate != NULL;
}

void
wire_begin_turn(Wire *wire, gsize max_bytes)
{
	wire->turn = max_bytes;
}

/* Bytes as the line has them. */
static WireResult
receive(Wire *wire, char *buf, gsize size, gsize *out_len)
{
	gssize len;

	size = MIN(size, wire->turn);
	if (size == 0)
		return WIRE_WAIT;
	do
		len = recv(wire->fd, buf, size, MSG_DONTWAIT);
	while (len < 0 && errno == EINTR);
	if (len > 0) {
		wire->in += len;
		wire->turn -= len;
		*out_len = len;
		return WIRE_DONE;
	}
	if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return WIRE_WAIT;
	wire->read_errno = len < 0 ? errno : 0;
	/* Without TLS an end is an end, unless something of ours was refused before. */
	return wire->tls || wire_errno(wire) ? WIRE_CUT : WIRE_CLOSED;
}

static WireResult
feed_tls(Wire *wire, GError **error)
{
	char piece[PIECE_BYTES];
	gsize len;
	WireResult result = receive(wire, piece, sizeof(piece), &len);

	if (result == WIRE_DONE && !tls_feed(wire->tls, piece, len, error))
		return WIRE_FAILED;
	return result;
}

/* Moves what TLS has for the line to where it is sent from. */
static void
collect_cipher(Wire *wire)
{
	char piece[PIECE_BYTES];
	gsize len;

	while ((len = tls_output(wire->tls, piece, sizeof(piece))) > 0)
		bytes_add(&wire->cipher, piece, len);
}

/* What the results of TLS mean here; WAIT is for "feed more". */
static WireResult
from_tls(Wire *wire, TlsResult result, GError **error)
{
	collect_cipher(wire);
	if (result != TLS_FAILED && bytes_len(&wire->cipher) > CIPHER_MAX_BYTES) {
		err_set(error, ERR_LIMIT,
			"The server demands answers of TLS and does not take them; the connection "
			"was "
			"dropped.");
		return WIRE_FAILED;
	}
	switch (result) {
	case TLS_DONE: return WIRE_DONE;
	case TLS_MORE: return WIRE_WAIT;
	case TLS_CLOSED: return WIRE_CLOSED;
	case TLS_FAILED: break;
	}
	return WIRE_FAILED;
}

WireResult
wire_shake(Wire *wire, GError **error)
{
	WireResult result;

	do {
		result = from_tls(wire, tls_handshake(wire->tls, error), error);
		if (result == WIRE_DONE)
			wire->shaking = FALSE;
		if (result != WIRE_WAIT)
			return result;
		result = feed_tls(wire, error);
	} while (result == WIRE_DONE);
	return result;
}

/* Bytes without TLS. */
static WireResult
read_open(Wire *wire, char *buf, gsize size, gsize *out_len, GError **error)
{
	WireResult result;

	if (!wire->tls)
		return receive(wire, buf, size, out_len);
	do {
		result = from_tls(wire, tls_read(wire->tls, buf, size, out_len, error), error);
		if (result != WIRE_WAIT)
			return result;
		result = feed_tls(wire, error);
	} while (result == WIRE_DONE);
	return result;
}

static WireResult
feed_deflate(Wire *wire, GError **error)
{
	char piece[PIECE_BYTES];
	gsize len;
	WireResult result = read_open(wire, piece, sizeof(piece), &len, error);

	if (result == WIRE_DONE)
		deflate_feed(wire->deflate, piece, len);
	return result;
}

WireResult
wire_read(Wire *wire, char *buf, gsize size, gsize *out_len, GError **error)
{
	WireResult result;

	if (!wire->deflate)
		return read_open(wire, buf, size, out_len, error);
	do {
		switch (deflate_read(wire->deflate, buf, size, out_len, error)) {
		case DEFLATE_DONE: return WIRE_DONE;
		case DEFLATE_FAILED: return WIRE_FAILED;
		case DEFLATE_MORE: break;
		}
		result = feed_deflate(wire, error);
	} while (result == WIRE_DONE);
	return result;
}

gboolean
wire_pending(const Wire *wire)
{
	return (wire->deflate && deflate_pending(wire->deflate)) ||
	       (wire->tls && tls_pending(wire->tls));
}

gboolean
wire_has_unread(const Wire *wire)
{
	char byte;

	return recv(wire->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void
wire_write(Wire *wire, const char *data, gsize len)
{
	if (!wire->write_errno)
		bytes_add(&wire->queue, data, len);
}

/* What TLS encrypts, and without it the line takes. */
static Bytes *
ready_bytes(Wire *wire)
{
	return wire->deflate ? &wire->packed : &wire->queue;
}

/* Pieces of the queue are compressed, when the last ones are gone, until there is something to send.
 * Only its end is flushed: what was written in one turn shares its tables. *MAX_BYTES falls by what
 * was taken of the queue. */
static void
pack(Wire *wire, gsize *max_bytes)
{
	gsize len;
	const char *plain = bytes_peek(&wire->queue, &len);

	while (len > 0 && *max_bytes > 0 && bytes_len(&wire->packed) == 0) {
		gsize taken = MIN(MIN(len, PIECE_BYTES), *max_bytes);

		deflate_write(wire->deflate, plain, taken, taken == len, &wire->packed);
		bytes_take(&wire->queue, taken);
		*max_bytes -= taken;
		plain = bytes_peek(&wire->queue, &len);
	}
}

/* One piece of that becomes ciphertext, when the last one is gone. */
static WireResult
encrypt(Wire *wire, GError **error)
{
	TlsResult result;
	gsize taken;
	gsize len;
	const char *plain = bytes_peek(ready_bytes(wire), &len);

	if (wire->shaking || len == 0 || bytes_len(&wire->cipher) > 0)
		return WIRE_DONE;
	result = tls_write(wire->tls, plain, len, &taken, error);
	if (result == TLS_DONE)
		bytes_take(ready_bytes(wire), taken);
	return from_tls(wire, result, error) == WIRE_FAILED ? WIRE_FAILED : WIRE_DONE;
}

/* The bytes sent, 0 when the line takes nothing now. */
static gsize
send_from(Wire *wire, Bytes *bytes, gsize max_bytes)
{
	gsize len;
	const char *data = bytes_peek(bytes, &len);
	gssize sent;

	if (len == 0)
		return 0;
	do
		sent = send(wire->fd, data, MIN(len, max_bytes), MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0) {
		bytes_take(bytes, sent);
		wire->out += sent;
		return sent;
	}
	if (errno != EAGAIN && errno != EWOULDBLOCK) {
		/* The peer's last words may still be there to be read. */
		wire->write_errno = errno;
		bytes_clear(&wire->queue);
		bytes_clear(&wire->packed);
		bytes_clear(&wire->cipher);
	}
	return 0;
}

WireResult
wire_flush(Wire *wire, gsize max_bytes, GError **error)
{
	gsize plain = max_bytes;
	gsize sent;

	do {
		if (wire->deflate)
			pack(wire, &plain);
		if (wire->tls && encrypt(wire, error) == WIRE_FAILED)
			return WIRE_FAILED;
		sent = send_from(wire, wire->tls ? &wire->cipher : ready_bytes(wire), max_bytes);
		max_bytes -= sent;
	} while (sent > 0 && max_bytes > 0);
	return WIRE_DONE;
}

gboolean
wire_wants_out(const Wire *wire)
{
	if (wire->write_errno)
		return FALSE;
	return bytes_len(&wire->cipher) > 0 || bytes_len(&wire->packed) > 0 ||
	       (bytes_len(&wire->queue) > 0 && !wire->shaking);
}

gsize
wire_unsent(const Wire *wire)
{
	return bytes_len(&wire->queue) + bytes_len(&wire->packed) + bytes_len(&wire->cipher);
}

void
wire_say_goodbye(Wire *wire)
{
	if (!wire->tls || wire->shaking || wire->write_errno || wire_unsent(wire) > 0)
		return;
	tls_say_goodbye(wire->tls);
	collect_cipher(wire);
	send_from(wire, &wire->cipher, PIECE_BYTES);
}

int
wire_errno(const Wire *wire)
{
	return wire->read_errno ? wire->read_errno : wire->write_errno;
}

void
wire_traffic(const Wire *wire, guint64 *out_in, guint64 *out_out)
{
	*out_in = wire->in;
	*out_out = wire->out;
}
