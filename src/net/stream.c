#include "net/stream.h"

#include "base/err.h"
#include "net/bytes.h"
#include "net/dial.h"
#include "net/tls-cache.h"
#include "net/tls.h"
#include "net/tunnel.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#define DEFAULT_TIMEOUT (30 * G_USEC_PER_SEC)
/* At once to the reader, and in one turn of the loop (the contract of `data`). */
#define CHUNK_BYTES (64 * 1024)
#define TURN_BYTES  (256 * 1024)
/* Ciphertext handled in one piece: a bit more than a whole record of TLS. */
#define WIRE_BYTES (17 * 1024)

/*
 *  DIALLING --connected, trust loaded--> SHAKING --verified--> OPEN      (NET_TLS)
 *  DIALLING --connected----------------> OPEN                            (all others)
 *  OPEN --net_stream_start_tls()-------> SHAKING --verified--> OPEN      (NET_STARTTLS)
 *  any --a failure, or the end---------> ENDING --from the loop--> CLOSED
 */
typedef enum {
	STREAM_DIALLING,
	STREAM_SHAKING,
	STREAM_OPEN,
	STREAM_ENDING, /* nothing is read or written any more; `closed` is on its way */
	STREAM_CLOSED, /* `closed` was delivered, or the owner freed the stream */
} StreamState;

struct NetStream {
	int refs; /* the owner's, and that of each dispatch under way */
	StreamState state;
	NetTarget *target;
	NetCache *cache;
	NetEvents events;
	gpointer user;

	Dial *dial;
	TlsAsk *ask; /* the trusted authorities are being loaded */
	GSocketConnection *connection;
	Tunnel *tunnel;
	int fd; /* of one of the two above; -1: not connected */
	char *address;
	Tls *tls; /* NULL: plain; stays after the end for the getters */

	Bytes queue; /* from the owner */
	Bytes wire;  /* ciphertext of it */
	gboolean owes_drained;
	gboolean paused;
	gboolean was_opened;
	int write_errno; /* the line takes nothing more; what still comes in is read first */
	gsize turn;      /* bytes that this turn of the loop may still take off the line */
	guint64 bytes_in, bytes_out;

	guint in, out; /* sources on fd */
	guint again;   /* bytes wait inside of TLS, which poll() doesn't see */
	guint deadline;
	guint report;
	GError *error; /* for `closed` */
};

static void stream_shake(NetStream *stream);
static void stream_watch(NetStream *stream);

NetTarget *
net_target_copy(const NetTarget *target)
{
	NetTarget *copy = g_new0(NetTarget, 1);

	*copy = *target;
	copy->host = g_strdup(target->host);
	copy->tunnel = g_strdupv(target->tunnel);
	copy->ca_file = g_strdup(target->ca_file);
	copy->pin = g_strdup(target->pin);
	copy->client_cert = g_strdup(target->client_cert);
	copy->client_key = g_strdup(target->client_key);
	if (target->cache)
		copy->cache = net_cache_ref(target->cache);
	return copy;
}

void
net_target_free(NetTarget *target)
{
	if (!target)
		return;
	g_free(target->host);
	g_strfreev(target->tunnel);
	g_free(target->ca_file);
	g_free(target->pin);
	g_free(target->client_cert);
	g_free(target->client_key);
	net_cache_unref(target->cache);
	g_free(target);
}

static NetStream *
stream_ref(NetStream *stream)
{
	stream->refs++;
	return stream;
}

static void
stream_unref(NetStream *stream)
{
	if (--stream->refs > 0)
		return;
	tls_free(stream->tls);
	net_cache_unref(stream->cache);
	net_target_free(stream->target);
	g_free(stream->address);
	g_clear_error(&stream->error);
	g_free(stream);
}

/* Lets go of everything that could bring another event. */
static void
stream_shut(NetStream *stream)
{
	g_clear_handle_id(&stream->in, g_source_remove);
	g_clear_handle_id(&stream->out, g_source_remove);
	g_clear_handle_id(&stream->again, g_source_remove);
	g_clear_handle_id(&stream->deadline, g_source_remove);
	g_clear_handle_id(&stream->report, g_source_remove);
	g_clear_pointer(&stream->dial, dial_cancel);
	g_clear_pointer(&stream->ask, tls_cache_forget);
	g_clear_pointer(&stream->tunnel, tunnel_free);
	if (stream->connection)
		g_socket_close(g_socket_connection_get_socket(stream->connection), NULL);
	g_clear_object(&stream->connection);
	stream->fd = -1;
	bytes_clear(&stream->queue);
	bytes_clear(&stream->wire);
}

static gboolean
stream_report(gpointer data)
{
	NetStream *stream = stream_ref(data);

	stream->report = 0;
	stream->state = STREAM_CLOSED;
	stream->events.closed(stream, stream->error, stream->user);
	stream_unref(stream);
	return G_SOURCE_REMOVE;
}

/* The end; TAKE_ERROR is NULL for an orderly one. Nothing touches the line after this, and `closed`
 * comes from the loop, so any place may call it. */
static void
stream_end(NetStream *stream, GError *take_error)
{
	if (stream->state == STREAM_CLOSED || stream->report) {
		g_clear_error(&take_error);
		return;
	}
	stream->state = STREAM_ENDING;
	stream->error = take_error;
	stream_shut(stream);
	stream->report = g_idle_add_full(G_PRIORITY_DEFAULT, stream_report, stream, NULL);
}

static void
stream_tunnel_ended(const GError *error, gpointer data)
{
	stream_end(data, error ? g_error_copy(error) : NULL);
}

/* The line has ended without a word of TLS about it, by CODE or, when it is 0, by end of file. */
static void
stream_cut(NetStream *stream, int code)
{
	const char *where = stream->target->host;
	GError *error = NULL;

	code = code ? code : stream->write_errno;
	if (stream->tunnel) {
		/* The reason is what the program says and how it ends. */
		g_clear_handle_id(&stream->in, g_source_remove);
		g_clear_handle_id(&stream->out, g_source_remove);
		stream->state = STREAM_ENDING;
		tunnel_end(stream->tunnel, stream_tunnel_ended, stream);
		return;
	}
	if (stream->state == STREAM_SHAKING)
		err_set(&error, ERR_CLOSED,
			"%s closed the connection in the middle of the TLS handshake%s%s. Does it "
			"speak "
			"TLS on port %u?",
			where, code ? ": " : "", code ? g_strerror(code) : "",
			stream->target->port);
	else if (code)
		err_set(&error, ERR_CLOSED, "The line to %s was cut: %s.", where, g_strerror(code));
	else if (stream->tls)
		err_set(&error, ERR_CLOSED,
			"The line to %s was cut: it ended without the end mark of TLS.", where);
	stream_end(stream, error);
}

/* Bytes off the line; 0 when there are none now, or the line has ended. */
static gsize
stream_receive(NetStream *stream, char *buf, gsize size)
{
	gssize len;

	size = MIN(size, stream->turn);
	if (size == 0)
		return 0;
	do
		len = recv(stream->fd, buf, size, MSG_DONTWAIT);
	while (len < 0 && errno == EINTR);
	if (len > 0) {
		stream->bytes_in += len;
		stream->turn -= len;
		return len;
	}
	if (len == 0)
		stream_cut(stream, 0);
	else if (errno != EAGAIN && errno != EWOULDBLOCK)
		stream_cut(stream, errno);
	return 0;
}

/* Ciphertext off the line into TLS; FALSE when there is none now, or the stream has ended. */
static gboolean
stream_feed_tls(NetStream *stream)
{
	GError *error = NULL;
	char wire[WIRE_BYTES];
	gsize len = stream_receive(stream, wire, sizeof(wire));

	if (len == 0)
		return FALSE;
	if (tls_feed(stream->tls, wire, len, &error))
		return TRUE;
	stream_end(stream, error);
	return FALSE;
}

static gsize
stream_read_tls(NetStream *stream, char *buf, gsize size)
{
	GError *error = NULL;
	gsize len = 0;

	do {
		switch (tls_read(stream->tls, buf, size, &len, &error)) {
		case TLS_DONE: return len;
		case TLS_MORE: break;
		case TLS_CLOSED: stream_end(stream, NULL); return 0;
		case TLS_FAILED: stream_end(stream, error); return 0;
		}
	} while (stream_feed_tls(stream));
	return 0;
}

static void
stream_deliver(NetStream *stream)
{
	char buf[CHUNK_BYTES];
	gsize left = TURN_BYTES;

	stream->turn = TURN_BYTES;
	while (stream->state == STREAM_OPEN && !stream->paused && left > 0) {
		gsize size = MIN(left, sizeof(buf));
		gsize len = stream->tls ? stream_read_tls(stream, buf, size)
					: stream_receive(stream, buf, size);

		if (len == 0)
			break;
		left -= len;
		stream->events.data(stream, buf, len, stream->user);
	}
	stream_watch(stream);
}

static gboolean
stream_readable(int fd, GIOCondition condition, gpointer data)
{
	NetStream *stream = stream_ref(data);

	if (stream->state == STREAM_SHAKING)
		stream_shake(stream);
	else if (stream->state == STREAM_OPEN)
		stream_deliver(stream);
	stream_unref(stream);
	return G_SOURCE_CONTINUE;
}

static gboolean
stream_read_again(gpointer data)
{
	NetStream *stream = data;

	stream->again = 0;
	stream_readable(stream->fd, G_IO_IN, stream);
	return G_SOURCE_REMOVE;
}

/* Turns what the owner queued into ciphertext, one piece at a time. */
static gboolean
stream_encrypt(NetStream *stream)
{
	GError *error = NULL;
	char wire[WIRE_BYTES];
	const char *plain;
	gsize taken;
	gsize len;

	plain = bytes_peek(&stream->queue, &len);
	if (stream->state == STREAM_OPEN && bytes_len(&stream->wire) == 0 && len > 0) {
		if (tls_write(stream->tls, plain, len, &taken, &error) == TLS_DONE)
			bytes_take(&stream->queue, taken);
		else if (error)
			stream_end(stream, error);
	}
	while (stream->fd >= 0 && (len = tls_output(stream->tls, wire, sizeof(wire))) > 0)
		bytes_add(&stream->wire, wire, len);
	return bytes_len(&stream->wire) > 0;
}

/* The bytes to send next; NULL when there are none. */
static Bytes *
stream_outgoing(NetStream *stream)
{
	if (stream->tls)
		return stream_encrypt(stream) ? &stream->wire : NULL;
	return bytes_len(&stream->queue) > 0 ? &stream->queue : NULL;
}

/* FALSE when the line takes nothing more now. */
static gboolean
stream_send(NetStream *stream, Bytes *bytes)
{
	gsize len;
	const char *data = bytes_peek(bytes, &len);
	gssize sent;

	do
		sent = send(stream->fd, data, MIN(len, CHUNK_BYTES), MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0) {
		bytes_take(bytes, sent);
		stream->bytes_out += sent;
		return sent > 0;
	}
	if (errno != EAGAIN && errno != EWOULDBLOCK) {
		/* The peer's last words may be there to be read. */
		stream->write_errno = errno;
		bytes_clear(&stream->queue);
		bytes_clear(&stream->wire);
	}
	return FALSE;
}

static gboolean
stream_writable(int fd, GIOCondition condition, gpointer data)
{
	NetStream *stream = stream_ref(data);
	Bytes *bytes;

	for (guint pieces = 0; pieces < TURN_BYTES / CHUNK_BYTES; pieces++)
		if (!(bytes = stream_outgoing(stream)) || !stream_send(stream, bytes))
			break;
	if (stream->owes_drained && stream->state == STREAM_OPEN && !stream->write_errno &&
		net_stream_unsent(stream) == 0) {
		stream->owes_drained = FALSE;
		stream->events.drained(stream, stream->user);
	}
	stream_watch(stream);
	stream_unref(stream);
	return G_SOURCE_CONTINUE;
}

static gboolean
stream_wants_out(NetStream *stream)
{
	return !stream->write_errno && stream_outgoing(stream) != NULL;
}

static void
stream_watch_for(NetStream *stream, guint *source, GIOCondition what, GUnixFDSourceFunc func)
{
	if (!*source)
		*source = g_unix_fd_add(stream->fd, what, func, stream);
}

/* Has the loop look for just what can be done now. */
static void
stream_watch(NetStream *stream)
{
	gboolean lively =
		stream->state == STREAM_OPEN || (stream->state == STREAM_SHAKING && stream->tls);
	gboolean out = lively && stream_wants_out(stream);
	gboolean in = lively && !(stream->paused && stream->state == STREAM_OPEN);

	/* Encrypting may have ended it. */
	if (stream->fd < 0)
		return;
	if (in)
		stream_watch_for(stream, &stream->in, G_IO_IN, stream_readable);
	else
		g_clear_handle_id(&stream->in, g_source_remove);
	if (out)
		stream_watch_for(stream, &stream->out, G_IO_OUT, stream_writable);
	else
		g_clear_handle_id(&stream->out, g_source_remove);
	if (in && stream->tls && tls_pending(stream->tls) && !stream->again)
		stream->again =
			g_idle_add_full(G_PRIORITY_DEFAULT, stream_read_again, stream, NULL);
}

static gint64
stream_timeout(const NetStream *stream)
{
	return stream->target->connect_timeout > 0 ? stream->target->connect_timeout
						   : DEFAULT_TIMEOUT;
}

static gboolean
stream_too_late(gpointer data)
{
	NetStream *stream = data;
	double seconds = (double)stream_timeout(stream) / G_USEC_PER_SEC;
	GError *error = NULL;

	stream->deadline = 0;
	if (stream->dial)
		error = dial_timed_out(stream->dial, seconds);
	else if (stream->bytes_in == 0)
		err_set(&error, ERR_TIMEOUT,
			"%s took the connection but did not answer the TLS handshake within "
			"%g s. Does it speak TLS on port %u?",
			stream->target->host, seconds, stream->target->port);
	else
		err_set(&error, ERR_TIMEOUT, "%s did not finish the TLS handshake within %g s.",
			stream->target->host, seconds);
	stream_end(stream, error);
	return G_SOURCE_REMOVE;
}

static void
stream_set_deadline(NetStream *stream)
{
	g_clear_handle_id(&stream->deadline, g_source_remove);
	stream->deadline = g_timeout_add(
		(guint)MIN(stream_timeout(stream) / 1000, G_MAXUINT), stream_too_late, stream);
}

static void
stream_enter_open(NetStream *stream)
{
	gboolean first = !stream->was_opened;

	g_clear_handle_id(&stream->deadline, g_source_remove);
	stream->state = STREAM_OPEN;
	stream->was_opened = TRUE;
	if (first)
		stream->events.opened(stream, stream->user);
	else
		stream->events.secured(stream, stream->user);
	stream_watch(stream);
}

/* Takes the handshake as far as it goes now. The caller holds a reference. */
static void
stream_shake(NetStream *stream)
{
	GError *error = NULL;
	TlsResult result;

	stream->turn = TURN_BYTES;
	do
		result = tls_handshake(stream->tls, &error);
	while (result == TLS_MORE && stream_feed_tls(stream));
	if (stream->state != STREAM_SHAKING)
		return;
	if (result == TLS_DONE)
		stream_enter_open(stream);
	else if (result == TLS_MORE)
		stream_watch(stream);
	else
		stream_end(stream, error);
}

/* Begins the handshake once there is a line and the authorities are known. */
static void
stream_shake_if_ready(NetStream *stream)
{
	GError *error = NULL;

	if (stream->state != STREAM_SHAKING || stream->ask || stream->tls)
		return;
	stream->tls = tls_new(stream->cache, stream->target, &error);
	if (!stream->tls) {
		stream_end(stream, error);
		return;
	}
	stream_shake(stream);
}

static void
stream_trust_ready(const GError *error, gpointer data)
{
	NetStream *stream = stream_ref(data);

	stream->ask = NULL;
	if (error)
		stream_end(stream, g_error_copy(error));
	else
		stream_shake_if_ready(stream);
	stream_unref(stream);
}

/* NET_PLAIN is for this machine, whatever the name server says about the name. */
static gboolean
stream_may_stay(NetStream *stream, GSocketAddress *address, GError **error)
{
	if (stream->target->security != NET_PLAIN)
		return TRUE;
	return dial_check_loopback(address, stream->target->host, error);
}

static void
stream_connected(GSocketConnection *connection, const GError *failure, gpointer data)
{
	NetStream *stream = stream_ref(data);
	g_autoptr(GSocketAddress) address = NULL;
	GError *error = NULL;

	stream->dial = NULL;
	if (connection)
		address = g_socket_connection_get_remote_address(connection, NULL);
	if (failure) {
		stream_end(stream, g_error_copy(failure));
	} else if (!stream_may_stay(stream, address, &error)) {
		stream_end(stream, error);
	} else {
		stream->connection = g_object_ref(connection);
		stream->fd = g_socket_get_fd(g_socket_connection_get_socket(connection));
		stream->address = dial_show_address(address);
		stream->state = stream->target->security == NET_TLS ? STREAM_SHAKING : STREAM_OPEN;
		if (stream->state == STREAM_OPEN)
			stream_enter_open(stream);
		else
			stream_shake_if_ready(stream);
	}
	stream_unref(stream);
}

static gboolean
stream_tunnel_ready(gpointer data)
{
	NetStream *stream = stream_ref(data);

	stream->again = 0;
	stream_enter_open(stream);
	stream_unref(stream);
	return G_SOURCE_REMOVE;
}

static gboolean
stream_open_tunnel(NetStream *stream, GError **error)
{
	stream->tunnel = tunnel_new(stream->target->tunnel, error);
	if (!stream->tunnel)
		return FALSE;
	stream->fd = tunnel_fd(stream->tunnel);
	stream->again = g_idle_add_full(G_PRIORITY_DEFAULT, stream_tunnel_ready, stream, NULL);
	return TRUE;
}

static gboolean
stream_start(NetStream *stream, GError **error)
{
	const NetTarget *target = stream->target;

	if (target->security == NET_TUNNEL)
		return stream_open_tunnel(stream, error);
	if (!target->host || !*target->host || target->port == 0)
		return err_set(
			error, ERR_CONFIG, "The account's imap line names no host or no port.");
	if (target->security == NET_PLAIN && !dial_check_literal(target->host, error))
		return FALSE;
	if (target->pin && !tls_pin_is_valid(target->pin, error))
		return FALSE;
	/* While the connection is on its way. */
	if (target->security != NET_PLAIN)
		stream->ask = tls_cache_ask(stream->cache, target, stream_trust_ready, stream);
	stream->dial = dial_start(target, stream_connected, stream);
	stream_set_deadline(stream);
	return TRUE;
}

NetStream *
net_stream_open(const NetTarget *target, const NetEvents *events, gpointer user)
{
	NetStream *stream = g_new0(NetStream, 1);
	GError *error = NULL;

	stream->refs = 1;
	stream->state = STREAM_DIALLING;
	stream->target = net_target_copy(target);
	stream->cache = target->cache ? net_cache_ref(target->cache) : net_cache_new();
	stream->events = *events;
	stream->user = user;
	stream->fd = -1;
	if (!stream_start(stream, &error))
		stream_end(stream, error);
	return stream;
}

/* Tells the peer that nothing is missing, if the line takes it now. */
static void
stream_say_goodbye(NetStream *stream)
{
	Bytes *bytes;

	if (stream->state != STREAM_OPEN || !stream->tls || stream->write_errno ||
		net_stream_unsent(stream) > 0)
		return;
	tls_say_goodbye(stream->tls);
	bytes = stream_outgoing(stream);
	if (bytes)
		stream_send(stream, bytes);
}

void
net_stream_free(NetStream *stream)
{
	if (!stream)
		return;
	stream_say_goodbye(stream);
	stream->state = STREAM_CLOSED;
	stream_shut(stream);
	stream_unref(stream);
}

void
net_stream_write(NetStream *stream, const char *data, gsize len)
{
	if (len == 0 || stream->write_errno || stream->state == STREAM_ENDING ||
		stream->state == STREAM_CLOSED)
		return;
	bytes_add(&stream->queue, data, len);
	stream->owes_drained = TRUE;
	stream_watch(stream);
}

gsize
net_stream_unsent(const NetStream *stream)
{
	return bytes_len(&stream->queue) + bytes_len(&stream->wire);
}

/* After its answer to STARTTLS the server has to wait for us to speak TLS: what is there already was
 * put there by somebody else, to be taken for the server's later on. */
static gboolean
stream_is_clean(NetStream *stream, GError **error)
{
	char byte;

	if (net_stream_unsent(stream) > 0)
		return err_set(error, ERR_POLICY,
			"The handshake with %s was begun with commands still on their way.",
			stream->target->host);
	if (recv(stream->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
		return err_set(error, ERR_POLICY,
			"%s sent more behind its answer to STARTTLS, before TLS began. That may be "
			"somebody in between; the connection was dropped.",
			stream->target->host);
	return TRUE;
}

void
net_stream_start_tls(NetStream *stream)
{
	GError *error = NULL;

	if (stream->state != STREAM_OPEN)
		return;
	if (stream->target->security != NET_STARTTLS || stream->tls)
		err_set(&error, ERR_POLICY, "This connection can't change to TLS.");
	else if (stream_is_clean(stream, &error)) {
		stream->state = STREAM_SHAKING;
		stream_set_deadline(stream);
		stream_watch(stream);
		stream_shake_if_ready(stream);
		return;
	}
	stream_end(stream, error);
}

void
net_stream_pause(NetStream *stream, gboolean pause)
{
	stream->paused = pause;
	stream_watch(stream);
}

const char *
net_stream_address(const NetStream *stream)
{
	return stream->address;
}

const char *
net_stream_tls_version(const NetStream *stream)
{
	if (stream->state == STREAM_DIALLING || stream->state == STREAM_SHAKING)
		return NULL;
	return stream->tls ? tls_version(stream->tls) : "";
}

const char *
net_stream_cipher(const NetStream *stream)
{
	return stream->tls ? tls_cipher(stream->tls) : NULL;
}

const char *
net_stream_pin(const NetStream *stream)
{
	return stream->tls ? tls_pin(stream->tls) : NULL;
}

gboolean
net_stream_resumed(const NetStream *stream)
{
	return stream->tls && tls_resumed(stream->tls);
}

const guint8 *
net_stream_cb_exporter(const NetStream *stream, gsize *out_len)
{
	return stream->tls ? tls_cb_exporter(stream->tls, out_len) : NULL;
}

const guint8 *
net_stream_cb_unique(const NetStream *stream, gsize *out_len)
{
	return stream->tls ? tls_cb_unique(stream->tls, out_len) : NULL;
}

const guint8 *
net_stream_cb_end_point(const NetStream *stream, gsize *out_len)
{
	return stream->tls ? tls_cb_end_point(stream->tls, out_len) : NULL;
}

void
net_stream_traffic(const NetStream *stream, guint64 *out_in, guint64 *out_out)
{
	*out_in = stream->bytes_in;
	*out_out = stream->bytes_out;
}
