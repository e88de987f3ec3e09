#include "proxy.h"

#define PIECE     65536
#define GUST_ODDS 6 /* one piece of so many meets a gust */

typedef struct Line Line;

/* One direction of a connection: read, kept for the delay, written. */
typedef struct {
	Line *line;
	GInputStream *from;
	GOutputStream *to;
	gboolean from_server;
	GQueue pieces; /* Piece */
	guint timer;
	gint64 free_at; /* monotonic: when the rate lets the next piece go */
	gboolean writing;
} Pipe;

typedef struct {
	GBytes *bytes; /* NULL: the end */
	gint64 due;
} Piece;

struct Line {
	guint refs;
	Proxy *proxy; /* NULL once it is cut */
	GIOStream *client, *server;
	Pipe up, down;
	guint timer; /* until the server is connected to */
	GCancellable *cancel;
	guint turns;
	gboolean server_spoke;
};

/* The server's end of a line that was cut, until the server has done what it was told and goes too. */
typedef struct {
	Proxy *proxy;
	GIOStream *server;
	GSource *source;
} Rest;

struct Proxy {
	GSocketService *service;
	guint16 port, target;
	GPtrArray *lines;
	GPtrArray *rests; /* Rest */
	ProxyFaults faults;
	GRand *rand;
	guint64 counted;      /* from the server since the faults were set */
	guint64 counted_sent; /* to the server */
	gboolean stalled, refuse;
	guint allowed;     /* connections at a time; 0: any number */
	gboolean withheld; /* octets of lines that are open: they can only be cut */
	ProxyCounts counts;
};

static void read_more(Pipe *pipe);
static void write_more(Pipe *pipe);

static void
piece_free(gpointer data)
{
	Piece *piece = data;

	if (piece->bytes)
		g_bytes_unref(piece->bytes);
	g_free(piece);
}

static void
line_unref(Line *line)
{
	if (--line->refs)
		return;
	g_queue_clear_full(&line->up.pieces, piece_free);
	g_queue_clear_full(&line->down.pieces, piece_free);
	g_clear_object(&line->client);
	g_clear_object(&line->server);
	g_object_unref(line->cancel);
	g_free(line);
}

static void
stop_timer(guint *timer)
{
	if (*timer)
		g_source_remove(*timer);
	*timer = 0;
}

static void
rest_free(gpointer data)
{
	Rest *rest = data;

	g_source_destroy(rest->source);
	g_source_unref(rest->source);
	g_io_stream_close(rest->server, NULL, NULL);
	g_object_unref(rest->server);
	g_free(rest);
}

static gboolean
on_rest(GSocket *socket, GIOCondition condition, gpointer user)
{
	Rest *rest = user;
	char bytes[4096];

	if (g_socket_receive_with_blocking(socket, bytes, sizeof bytes, FALSE, NULL, NULL) > 0)
		return G_SOURCE_CONTINUE;
	g_ptr_array_remove_fast(rest->proxy->rests, rest);
	return G_SOURCE_REMOVE;
}

static void
leave_rest(Proxy *proxy, GIOStream *server)
{
	GSocket *socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(server));
	Rest *rest = g_new(Rest, 1);

	*rest = (Rest){proxy, g_object_ref(server),
		g_socket_create_source(socket, G_IO_IN | G_IO_HUP, NULL)};
	g_source_set_callback(rest->source, G_SOURCE_FUNC(on_rest), rest, NULL);
	g_source_attach(rest->source, NULL);
	g_ptr_array_add(proxy->rests, rest);
	g_socket_shutdown(socket, FALSE, TRUE, NULL);
}

static void
line_cut(Line *line)
{
	Proxy *proxy = line->proxy;

	if (!proxy)
		return;
	line->proxy = NULL;
	stop_timer(&line->timer);
	stop_timer(&line->up.timer);
	stop_timer(&line->down.timer);
	g_cancellable_cancel(line->cancel);
	g_io_stream_close(line->client, NULL, NULL);
	if (line->server)
		leave_rest(proxy, line->server);
	proxy->counts.turns = MAX(proxy->counts.turns, line->turns);
	g_ptr_array_remove(proxy->lines, line);
	line_unref(line);
}

void
proxy_cut(Proxy *proxy)
{
	while (proxy->lines->len)
		line_cut(g_ptr_array_index(proxy->lines, 0));
	proxy->withheld = FALSE;
}

/* ---- writing ---- */

/* All came through that was to come through. */
static gboolean
is_enough(const Pipe *pipe)
{
	const Proxy *proxy = pipe->line->proxy;
	guint64 limit = pipe->from_server ? proxy->faults.cut_after : proxy->faults.cut_after_sent;

	return limit && (pipe->from_server ? proxy->counted : proxy->counted_sent) >= limit;
}

static void
on_written(GObject *source, GAsyncResult *result, gpointer user)
{
	Pipe *pipe = user;
	Line *line = pipe->line;
	gboolean good =
		g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
	Proxy *proxy = line->proxy;

	pipe->writing = FALSE;
	if (proxy && good) {
		piece_free(g_queue_pop_head(&pipe->pieces));
		if (is_enough(pipe) && g_queue_is_empty(&pipe->pieces)) {
			proxy->faults.cut_after = proxy->faults.cut_after_sent = 0;
			proxy->counts.strikes++;
			proxy_cut(proxy);
		} else {
			write_more(pipe);
		}
	} else if (proxy) {
		line_cut(line);
	}
	line_unref(line);
}

static gboolean
on_due(gpointer user)
{
	Pipe *pipe = user;

	pipe->timer = 0;
	write_more(pipe);
	return G_SOURCE_REMOVE;
}

static void
write_more(Pipe *pipe)
{
	Piece *piece = g_queue_peek_head(&pipe->pieces);
	gint64 now = g_get_monotonic_time();
	gsize len;
	const void *data;

	if (!piece || pipe->writing || pipe->timer)
		return;
	if (piece->due > now) {
		pipe->timer = g_timeout_add((guint)((piece->due - now + 999) / 1000), on_due, pipe);
		return;
	}
	if (!piece->bytes) {
		line_cut(pipe->line);
		return;
	}
	data = g_bytes_get_data(piece->bytes, &len);
	pipe->writing = TRUE;
	pipe->line->refs++;
	g_output_stream_write_all_async(
		pipe->to, data, len, G_PRIORITY_DEFAULT, pipe->line->cancel, on_written, pipe);
}

/* ---- reading ---- */

/* How much of LEN octets the faults let through. */
static gsize
let_through(Pipe *pipe, gsize len)
{
	Proxy *proxy = pipe->line->proxy;
	guint64 limit =
		proxy->faults.cut_after ? proxy->faults.cut_after : proxy->faults.stall_after;

	if (proxy->stalled)
		return 0;
	if (!pipe->from_server) {
		limit = proxy->faults.cut_after_sent;
		if (limit)
			len = (gsize)MIN(len, limit - MIN(limit, proxy->counted_sent));
		proxy->counted_sent += len;
		return len;
	}
	if (limit && proxy->counted + len >= limit) {
		len = (gsize)(limit > proxy->counted ? limit - proxy->counted : 0);
		proxy->stalled = proxy->faults.stall_after == limit;
	}
	proxy->counted += len;
	return len;
}

static void
count(Pipe *pipe, gsize len)
{
	Line *line = pipe->line;

	if (pipe->from_server) {
		line->proxy->counts.to_client += len;
		line->server_spoke = TRUE;
		return;
	}
	line->proxy->counts.to_server += len;
	line->turns += line->server_spoke;
	line->server_spoke = FALSE;
}

/* Due times need not rise: a piece waits for those before it. */
static gint64
due_time(Pipe *pipe, gsize len)
{
	const Proxy *proxy = pipe->line->proxy;
	const ProxyFaults *faults = &proxy->faults;
	gint64 now = g_get_monotonic_time();
	gint64 due = now + (gint64)faults->delay_ms * 1000;

	if (!pipe->from_server)
		return due;
	if (pipe->line != g_ptr_array_index(proxy->lines, 0))
		due += (gint64)faults->side_ms * 1000;
	if (faults->rate) {
		pipe->free_at =
			MAX(pipe->free_at, now) + (gint64)(len * G_USEC_PER_SEC / faults->rate);
		due += pipe->free_at - now;
	}
	if (faults->gust_ms && !g_rand_int_range(proxy->rand, 0, GUST_ODDS))
		due += g_rand_int_range(proxy->rand, 0, (gint32)faults->gust_ms * 1000);
	return due;
}

static void
keep_piece(Pipe *pipe, GBytes *bytes, gsize from, gsize len)
{
	Piece *piece = g_new0(Piece, 1);
	gsize through;

	piece->due = due_time(pipe, len);
	count(pipe, len);
	through = let_through(pipe, len);
	pipe->line->proxy->withheld |= through < len;
	piece->bytes = g_bytes_new_from_bytes(bytes, from, through);
	g_queue_push_tail(&pipe->pieces, piece);
}

static void
keep_end(Pipe *pipe)
{
	Piece *piece = g_new0(Piece, 1);

	piece->due = due_time(pipe, 0);
	g_queue_push_tail(&pipe->pieces, piece);
}

static void
keep(Pipe *pipe, GBytes *bytes)
{
	guint limit = pipe->from_server ? pipe->line->proxy->faults.piece : 0;
	gsize all = g_bytes_get_size(bytes), len;

	for (gsize from = 0; from < all; from += len) {
		len = limit ? MIN(all - from, limit) : all;
		keep_piece(pipe, bytes, from, len);
	}
	if (!all)
		keep_end(pipe);
	write_more(pipe);
}

static void
on_read(GObject *source, GAsyncResult *result, gpointer user)
{
	Pipe *pipe = user;
	Line *line = pipe->line;
	g_autoptr(GBytes) bytes =
		g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, NULL);

	if (line->proxy && bytes) {
		keep(pipe, bytes);
		if (line->proxy && g_bytes_get_size(bytes))
			read_more(pipe);
	} else if (line->proxy) {
		line_cut(line);
	}
	line_unref(line);
}

static void
read_more(Pipe *pipe)
{
	pipe->line->refs++;
	g_input_stream_read_bytes_async(
		pipe->from, PIECE, G_PRIORITY_DEFAULT, pipe->line->cancel, on_read, pipe);
}

/* ---- connections ---- */

static void
on_connected(GObject *source, GAsyncResult *result, gpointer user)
{
	Line *line = user;
	GSocketConnection *server =
		g_socket_client_connect_to_host_finish(G_SOCKET_CLIENT(source), result, NULL);

	line->server = (GIOStream *)server;
	if (line->proxy && server) {
		g_socket_set_option(g_socket_connection_get_socket(server), 6 /* TCP */,
			1 /* TCP_NODELAY */, 1, NULL);
		line->up = (Pipe){line, g_io_stream_get_input_stream(line->client),
			g_io_stream_get_output_stream(line->server), FALSE, G_QUEUE_INIT, 0, 0,
			FALSE};
		line->down = (Pipe){line, g_io_stream_get_input_stream(line->server),
			g_io_stream_get_output_stream(line->client), TRUE, G_QUEUE_INIT, 0, 0,
			FALSE};
		read_more(&line->up);
		read_more(&line->down);
	} else if (line->proxy) {
		line_cut(line);
	}
	line_unref(line);
}

/* The end of the client's handshake is as late as all the rest. */
static gboolean
on_arrived(gpointer user)
{
	Line *line = user;
	g_autoptr(GSocketClient) client = NULL;

	/* Two sessions of the server at once, one of them doing what the other is told again, are what
	 * a client never sees on a true line: the way is too long. */
	if (line->proxy->rests->len) {
		line->timer = g_timeout_add(1, on_arrived, line);
		return G_SOURCE_REMOVE;
	}
	client = g_socket_client_new();
	line->timer = 0;
	line->refs++;
	g_socket_client_set_enable_proxy(client, FALSE);
	g_socket_client_connect_to_host_async(
		client, "127.0.0.1", line->proxy->target, line->cancel, on_connected, line);
	return G_SOURCE_REMOVE;
}

static gboolean
on_incoming(GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user)
{
	Proxy *proxy = user;
	Line *line;

	if (proxy->refuse || (proxy->allowed && proxy->lines->len >= proxy->allowed))
		return TRUE;
	line = g_new0(Line, 1);
	line->refs = 1;
	line->proxy = proxy;
	line->client = g_object_ref(G_IO_STREAM(connection));
	line->cancel = g_cancellable_new();
	g_socket_set_option(g_socket_connection_get_socket(connection), 6, 1, 1, NULL);
	g_ptr_array_add(proxy->lines, line);
	proxy->counts.connections++;
	line->timer = g_timeout_add(proxy->faults.delay_ms, on_arrived, line);
	return TRUE;
}

Proxy *
proxy_new(guint16 port, GError **error)
{
	g_autoptr(GSocketService) service = g_socket_service_new();
	g_autoptr(GInetAddress) any = g_inet_address_new_from_string("127.0.0.1");
	g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new(any, 0);
	g_autoptr(GSocketAddress) got = NULL;
	Proxy *proxy;

	if (!g_socket_listener_add_address(G_SOCKET_LISTENER(service), wanted, G_SOCKET_TYPE_STREAM,
		    G_SOCKET_PROTOCOL_TCP, NULL, &got, error))
		return NULL;
	proxy = g_new0(Proxy, 1);
	proxy->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got));
	proxy->target = port;
	proxy->rand = g_rand_new_with_seed(0);
	proxy->lines = g_ptr_array_new();
	proxy->rests = g_ptr_array_new_with_free_func(rest_free);
	proxy->service = g_steal_pointer(&service);
	g_signal_connect(proxy->service, "incoming", G_CALLBACK(on_incoming), proxy);
	g_socket_service_start(proxy->service);
	return proxy;
}

void
proxy_free(Proxy *proxy)
{
	if (!proxy)
		return;
	g_socket_service_stop(proxy->service);
	g_socket_listener_close(G_SOCKET_LISTENER(proxy->service));
	proxy_cut(proxy);
	g_object_unref(proxy->service);
	g_ptr_array_unref(proxy->lines);
	g_ptr_array_unref(proxy->rests);
	g_rand_free(proxy->rand);
	g_free(proxy);
}

guint16
proxy_port(const Proxy *proxy)
{
	return proxy->port;
}

void
proxy_set_faults(Proxy *proxy, const ProxyFaults *faults)
{
	/* The end of what was let through may be on its way still. No line goes on without its middle. */
	if (proxy->withheld) {
		proxy->counts.strikes += proxy->faults.cut_after || proxy->faults.cut_after_sent;
		proxy_cut(proxy);
	}
	proxy->faults = *faults;
	g_rand_set_seed(proxy->rand, faults->seed);
	proxy->counted = proxy->counted_sent = 0;
	proxy->stalled = FALSE;
}

ProxyCounts
proxy_counts(const Proxy *proxy)
{
	ProxyCounts counts = proxy->counts;

	counts.open = proxy->lines->len;
	for (guint i = 0; i < proxy->lines->len; i++)
		counts.turns = MAX(
			counts.turns, ((const Line *)g_ptr_array_index(proxy->lines, i))->turns);
	return counts;
}

void
proxy_allow(Proxy *proxy, guint connections)
{
	proxy->allowed = connections;
}

void
proxy_refuse(Proxy *proxy, gboolean refuse)
{
	proxy->refuse = refuse;
}
