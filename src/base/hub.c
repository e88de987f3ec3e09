#include "base/hub.h"

typedef struct {
	guint id; /* 0: left, swept after the delivery */
	HubListener call;
	gpointer user;
} Listener;

struct Hub {
	GArray *listeners;
	GByteArray *queue;
	gsize event_size;
	GDestroyNotify clear;
	guint last_id;
	gboolean delivering;
};

Hub *
hub_new(gsize event_size, GDestroyNotify clear)
{
	Hub *hub = g_new0(Hub, 1);

	hub->listeners = g_array_new(FALSE, FALSE, sizeof(Listener));
	hub->queue = g_byte_array_new();
	hub->event_size = event_size;
	hub->clear = clear;
	return hub;
}

static void
clear_events(Hub *hub, guint8 *events, gsize len)
{
	if (!hub->clear)
		return;
	for (gsize at = 0; at < len; at += hub->event_size)
		hub->clear(events + at);
}

void
hub_free(Hub *hub)
{
	if (!hub)
		return;
	clear_events(hub, hub->queue->data, hub->queue->len);
	g_byte_array_unref(hub->queue);
	g_array_unref(hub->listeners);
	g_free(hub);
}

guint
hub_listen(Hub *hub, HubListener call, gpointer user)
{
	Listener listener = {.id = ++hub->last_id, .call = call, .user = user};

	g_array_append_val(hub->listeners, listener);
	return listener.id;
}

static void
sweep(Hub *hub)
{
	for (guint i = hub->listeners->len; i-- > 0;)
		if (!g_array_index(hub->listeners, Listener, i).id)
			g_array_remove_index(hub->listeners, i);
}

void
hub_leave(Hub *hub, guint id)
{
	for (guint i = 0; i < hub->listeners->len; i++) {
		Listener *listener = &g_array_index(hub->listeners, Listener, i);

		if (listener->id == id)
			listener->id = 0;
	}
	if (!hub->delivering)
		sweep(hub);
}

void
hub_emit(Hub *hub, gconstpointer event)
{
	g_byte_array_append(hub->queue, event, (guint)hub->event_size);
}

gboolean
hub_has_events(const Hub *hub)
{
	return hub->queue->len > 0;
}

static void
deliver_one(Hub *hub, gconstpointer event)
{
	/* By index and copy: a listener may add others, which moves the array. */
	for (guint i = 0; i < hub->listeners->len; i++) {
		Listener listener = g_array_index(hub->listeners, Listener, i);

		if (listener.id)
			listener.call(event, listener.user);
	}
}

void
hub_deliver(Hub *hub)
{
	if (hub->delivering)
		return;
	hub->delivering = TRUE;
	while (hub->queue->len) {
		GByteArray *batch = hub->queue;

		hub->queue = g_byte_array_new();
		for (gsize at = 0; at < batch->len; at += hub->event_size)
			deliver_one(hub, batch->data + at);
		clear_events(hub, batch->data, batch->len);
		g_byte_array_unref(batch);
	}
	hub->delivering = FALSE;
	sweep(hub);
}
