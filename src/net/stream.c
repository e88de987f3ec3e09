#include "net/stream.h"

#include "base/err.h"
#include "net/dial.h"
#include "net/tls-cache.h"
#include "net/tls.h"
#include "net/tunnel.h"
#include "net/wire.h"

#include <errno.h>
#include <glib-unix.h>

#define DEFAULT_TIMEOUT (30 * G_USEC_PER_SEC)
/* At once to the reader, and in one turn of the loop (the contract of `data`). */
#define CHUNK_BYTES (16 * 1024)
#define TURN_BYTES  (16 * 1024)

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
	Wire *wire; /* stays after the end for the getters */

	gboolean owes_drained;
	gboolean paused;
	gboolean was_opened;

	guint in, out; /* sources on fd */
	guint again;   /* bytes wait inside of TLS, which poll() doesn't see */
	guint deadline;
	guint report;
	GError *error; /* for `closed` */
};

static void stream_shake(NetStream *stream);
static void stream_watch(NetStream *stream);

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
	wire_free(stream->wire);
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

/* The line has ended where it should not have. */
static void
stream_cut(NetStream *stream)
{
	const char *where = stream->target->host;
	int code = wire_errno(stream->wire);
	GError *error = NULL;

	if (stream->state == STREAM_SHAKING)
		err_set(&error, ERR_CLOSED,
			"%s closed the connection in the middle of the TLS handshake%s%s. Does it "
			"speak "
			"TLS on port %u?",
			where, code ? ": " : "", code ? g_strerror(code) : "",
			stream->target->port);
	else if (code)
		err_set(&error, ERR_CLOSED, "The line to %s was cut: %s.", where, g_strerror(code));
	else
		err_set(&error, ERR_CLOSED,
			"The line to %s was cut: it ended without the end mark of TLS.", where);
	stream_end(stream, error);
}

/* The reason why a tunnel ends is what its program says and how it ends. */
static void
stream_end_tunnel(NetStream *stream)
{
	g_clear_handle_id(&stream->in, g_source_remove);
	g_clear_handle_id(&stream->out, g_source_remove);
	stream->state = STREAM_ENDING;
	tunnel_end(stream->tunnel, stream_tunnel_ended, stream);
}

/* Ends the stream when RESULT says that the wire has. */
static void
stream_heed(NetStream *stream, WireResult result, GError *take_error)
{
	switch (result) {
	case WIRE_DONE:
	case WIRE_WAIT: break;
	case WIRE_FAILED: stream_end(stream, take_error); break;
	case WIRE_CLOSED:
	case WIRE_CUT:
		if (stream->tunnel)
			stream_end_tunnel(stream);
		else if (result == WIRE_CUT)
			stream_cut(stream);
		else
			stream_end(stream, NULL);
		break;
	}
}

static void
stream_deliver(NetStream *stream)
{
	char buf[CHUNK_BYTES];
	gsize left = TURN_BYTES;
	WireResult result = WIRE_DONE;

	wire_begin_turn(stream->wire, TURN_BYTES);
	while (result == WIRE_DONE && stream->state == STREAM_OPEN && !stream->paused && left > 0) {
		GError *error = NULL;
		gsize len = 0;

		result = wire_read(stream->wire, buf, MIN(left, sizeof(buf)), &len, &error);
		left -= len;
		if (result == WIRE_DONE)
			stream->events.data(stream, buf, len, stream->user);
		else
			stream_heed(stream, result, error);
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

static gboolean
stream_writable(int fd, GIOCondition condition, gpointer data)
{
	NetStream *stream = stream_ref(data);
	GError *error = NULL;

	stream_heed(stream, wire_flush(stream->wire, TURN_BYTES, &error), error);
	if (stream->owes_drained && stream->state == STREAM_OPEN &&
		wire_unsent(stream->wire) == 0 && !wire_errno(stream->wire)) {
		stream->owes_drained = FALSE;
		stream->events.drained(stream, stream->user);
	}
	stream_watch(stream);
	stream_unref(stream);
	return G_SOURCE_CONTINUE;
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
	gboolean shaking = stream->state == STREAM_SHAKING && wire_tls(stream->wire);
	gboolean open = stream->state == STREAM_OPEN;
	gboolean in = shaking || (open && !stream->paused);
	gboolean out = (shaking || open) && wire_wants_out(stream->wire);

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
	if (in && wire_pending(stream->wire) && !stream->again)
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
	guint64 bytes_in, bytes_out;

	stream->deadline = 0;
	wire_traffic(stream->wire, &bytes_in, &bytes_out);
	if (stream->dial)
		error = dial_timed_out(stream->dial, seconds);
	else if (bytes_in == 0)
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
}

/* Takes the handshake as far as it goes now. The caller holds a reference. */
static void
stream_shake(NetStream *stream)
{
	GError *error = NULL;
	WireResult result;

	wire_begin_turn(stream->wire, TURN_BYTES);
	result = wire_shake(stream->wire, &error);
	if (result == WIRE_DONE)
		stream_enter_open(stream);
	else
		stream_heed(stream, result, error);
	stream_watch(stream);
}

/* Begins the handshake once there is a line and the authorities are known. */
static void
stream_shake_if_ready(NetStream *stream)
{
	GError *error = NULL;
	Tls *tls;

	if (stream->state != STREAM_SHAKING || stream->ask || wire_tls(stream->wire))
		return;
	tls = tls_new(stream->cache, stream->target, &error);
	if (!tls) {
		stream_end(stream, error);
		return;
	}
	wire_start_tls(stream->wire, tls);
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
		wire_connect(stream->wire, stream->fd);
		if (stream->state == STREAM_OPEN)
			stream_enter_open(stream);
		else
			stream_shake_if_ready(stream);
	}
	stream_watch(stream);
	stream_unref(stream);
}

static gboolean
stream_tunnel_ready(gpointer data)
{
	NetStream *stream = stream_ref(data);

	stream->again = 0;
	stream_enter_open(stream);
	stream_watch(stream);
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
	wire_connect(stream->wire, stream->fd);
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
	stream->wire = wire_new();
	stream->fd = -1;
	if (!stream_start(stream, &error))
		stream_end(stream, error);
	return stream;
}

void
net_stream_free(NetStream *stream)
{
	if (!stream)
		return;
	if (stream->state == STREAM_OPEN)
		wire_say_goodbye(stream->wire);
	stream->state = STREAM_CLOSED;
	stream_shut(stream);
	stream_unref(stream);
}

static gboolean
stream_is_over(const NetStream *stream)
{
	return stream->state == STREAM_ENDING || stream->state == STREAM_CLOSED;
}

void
net_stream_write(NetStream *stream, const char *data, gsize len)
{
	if (len == 0 || stream_is_over(stream))
		return;
	wire_write(stream->wire, data, len);
	stream->owes_drained = TRUE;
	stream_watch(stream);
}

gsize
net_stream_unsent(const NetStream *stream)
{
	return stream_is_over(stream) ? 0 : wire_unsent(stream->wire);
}

/* After its answer to STARTTLS the server has to wait for us to speak TLS: what is there already was
 * put there by somebody else, to be taken for the server's later on. */
static gboolean
stream_is_clean(NetStream *stream, GError **error)
{
	if (net_stream_unsent(stream) > 0)
		return err_set(error, ERR_POLICY,
			"The handshake with %s was begun with commands still on their way.",
			stream->target->host);
	if (wire_has_unread(stream->wire))
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
	if (stream->target->security != NET_STARTTLS || wire_tls(stream->wire) ||
		wire_deflates(stream->wire))
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

/* The first bytes that come may be there already: in REST. */
void
net_stream_start_deflate(NetStream *stream, const char *rest, gsize len)
{
	GError *error = NULL;
	Deflate *deflate = NULL;

	if (stream->state != STREAM_OPEN)
		return;
	if (wire_deflates(stream->wire) || net_stream_unsent(stream) > 0)
		err_set(&error, ERR_POLICY,
			"The compression of the line to %s was begun twice, or with commands still "
			"on their way.",
			stream->target->host ? stream->target->host : "the tunnel");
	else
		deflate = deflate_new(&error);
	if (!deflate) {
		stream_end(stream, error);
		return;
	}
	wire_start_deflate(stream->wire, deflate, rest, len);
	stream_watch(stream);
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
	const Tls *tls = wire_tls(stream->wire);

	if (tls)
		return tls_version(tls);
	return stream->was_opened ? "" : NULL;
}

const char *
net_stream_cipher(const NetStream *stream)
{
	const Tls *tls = wire_tls(stream->wire);

	return tls ? tls_cipher(tls) : NULL;
}

const char *
net_stream_pin(const NetStream *stream)
{
	const Tls *tls = wire_tls(stream->wire);

	return tls ? tls_pin(tls) : NULL;
}

gboolean
net_stream_resumed(const NetStream *stream)
{
	const Tls *tls = wire_tls(stream->wire);

	return tls ? tls_resumed(tls) : FALSE;
}

const guint8 *
net_stream_cb_exporter(const NetStream *stream, gsize *out_len)
{
	const Tls *tls = wire_tls(stream->wire);

	return tls ? tls_cb_exporter(tls, out_len) : NULL;
}

const guint8 *
net_stream_cb_unique(const NetStream *stream, gsize *out_len)
{
	const Tls *tls = wire_tls(stream->wire);

	return tls ? tls_cb_unique(tls, out_len) : NULL;
}

const guint8 *
net_stream_cb_end_point(const NetStream *stream, gsize *out_len)
{
	const Tls *tls = wire_tls(stream->wire);

	return tls ? tls_cb_end_point(tls, out_len) : NULL;
}

void
net_stream_traffic(const NetStream *stream, guint64 *out_in, guint64 *out_out)
{
	wire_traffic(stream->wire, out_in, out_out);
}
