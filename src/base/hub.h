/*
 * Carries events of the engine to whoever listens, later and in order.
 *
 * hub_emit() only queues. hub_deliver() hands the queue out; it is called once per turn of the main
 * loop, after the databases were committed, so that a listener never sees what is not yet durable
 * and is never called from inside a call of its own. A listener may emit, listen and leave while
 * being called: what it emits is delivered in the same pass, after what was queued before it.
 */
#pragma once

#include <glib.h>

typedef struct Hub Hub;

/* EVENT is borrowed until the listener returns. */
typedef void (*HubListener)(gconstpointer event, gpointer user);

/* EVENT_SIZE: bytes of one event, which are copied. CLEAR frees what an event holds, or NULL. */
Hub *hub_new(gsize event_size, GDestroyNotify clear);
void hub_free(Hub *hub);

/* Returns an id for hub_leave(), never 0. */
guint hub_listen(Hub *hub, HubListener listener, gpointer user);
void hub_leave(Hub *hub, guint id);

/* Copies EVENT; what it points to now belongs to the hub. */
void hub_emit(Hub *hub, gconstpointer event);
gboolean hub_has_events(const Hub *hub);
void hub_deliver(Hub *hub);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Hub, hub_free)
