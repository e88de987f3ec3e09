#include "net-client.h"

#define LIMIT_S 60 /* for a machine that is busy with other things */

static void
see(NetClient *client, NetSaw event, char letter)
{
	g_assert_false(client->inside);
	g_assert_nonnull(client->stream);
	g_assert_false(client->seen & NET_SAW_CLOSED);
	client->seen |= event;
	if (client->order->len == 0 || letter != 'd' ||
		client->order->str[client->order->len - 1] != 'd')
		g_string_append_c(client->order, letter);
	if (client->free_in & event)
		g_clear_pointer(&client->stream, net_stream_free);
	if ((client->awaited & event) &&
		(event != NET_SAW_DATA || client->data->len >= client->wanted))
		g_main_loop_quit(client->loop);
}

static void
on_opened(NetStream *stream, gpointer user)
{
	see(user, NET_SAW_OPENED, 'o');
}

static void
on_secured(NetStream *stream, gpointer user)
{
	see(user, NET_SAW_SECURED, 's');
}

static void
start_deflate(NetClient *client)
{
	gsize len = client->data->len - client->deflate_at;
	g_autofree char *rest = g_memdup2(client->data->str + client->deflate_at, len);

	g_string_truncate(client->data, client->deflate_at);
	client->deflate_at = 0;
	net_stream_start_deflate(client->stream, rest, len);
}

static void
on_data(NetStream *stream, const char *data, gsize len, gpointer user)
{
	NetClient *client = user;

	client->largest = MAX(client->largest, len);
	g_string_append_len(client->data, data, len);
	if (client->deflate_at && client->data->len >= client->deflate_at)
		start_deflate(client);
	see(client, NET_SAW_DATA, 'd');
}

static void
on_drained(NetStream *stream, gpointer user)
{
	NetClient *client = user;

	if (client->stream)
		g_assert_cmpuint(net_stream_unsent(stream), ==, 0);
	see(client, NET_SAW_DRAINED, 'w');
}

static void
on_closed(NetStream *stream, const GError *error, gpointer user)
{
	NetClient *client = user;

	if (error)
		client->error = g_error_copy(error);
	see(client, NET_SAW_CLOSED, 'c');
}

NetClient *
net_client_new(void)
{
	NetClient *client = g_new0(NetClient, 1);

	client->order = g_string_new(NULL);
	client->data = g_string_new(NULL);
	client->loop = g_main_loop_new(NULL, FALSE);
	return client;
}

void
net_client_free(NetClient *client)
{
	net_stream_free(client->stream);
	g_string_free(client->order, TRUE);
	g_string_free(client->data, TRUE);
	g_clear_error(&client->error);
	g_main_loop_unref(client->loop);
	g_free(client);
}

void
net_client_open(NetClient *client, const NetTarget *target)
{
	static const NetEvents events = {
		.opened = on_opened,
		.secured = on_secured,
		.data = on_data,
		.drained = on_drained,
		.closed = on_closed,
	};

	client->inside = TRUE;
	client->stream = net_stream_open(target, &events, client);
	client->inside = FALSE;
}

void
net_client_write(NetClient *client, const char *data, gsize len)
{
	client->inside = TRUE;
	net_stream_write(client->stream, data, len);
	client->inside = FALSE;
}

void
net_client_start_tls(NetClient *client)
{
	client->inside = TRUE;
	net_stream_start_tls(client->stream);
	client->inside = FALSE;
}

void
net_client_pause(NetClient *client, gboolean pause)
{
	client->inside = TRUE;
	net_stream_pause(client->stream, pause);
	client->inside = FALSE;
}

static gboolean
too_late(gpointer data)
{
	const NetClient *client = data;

	g_error("awaited %x, saw \"%s\"%s%s", client->awaited, client->order->str,
		client->error ? ": " : "", client->error ? client->error->message : "");
	return G_SOURCE_REMOVE;
}

void
net_client_run(NetClient *client, NetSaw events)
{
	guint limit;

	if ((client->seen & events) &&
		(events != NET_SAW_DATA || client->data->len >= client->wanted))
		return;
	limit = g_timeout_add_seconds(LIMIT_S, too_late, client);
	client->awaited = events;
	g_main_loop_run(client->loop);
	client->awaited = 0;
	g_source_remove(limit);
}

static gboolean
stop(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

void
net_client_run_ms(NetClient *client, guint ms)
{
	g_timeout_add(ms, stop, client->loop);
	g_main_loop_run(client->loop);
}
