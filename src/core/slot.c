#include "core/slot.h"

#include "base/clock.h"
#include "base/err.h"

#define FIRST_DELAY_MS 1000
#define MAX_DELAY_MS   60000
#define MAX_SERVER_S   900 /* a server can ask for so long, and for no longer */
#define GOOD_FOR_US    (30 * G_USEC_PER_SEC)

struct Slot {
	Core *core;
	char *name;
	const AccountConfig *config;
	SlotEvents events;
	gpointer user;
	Link *link;
	guint timer; /* until the next try */
	gint64 retry_at;
	guint tries;        /* since one was good for a while */
	guint server_delay; /* seconds that the server asked for, 0: none */
	char *expected;     /* capabilities of the last visit, or NULL */
	gboolean guessing;  /* LINK was told of them and is not logged in yet */
	gint64 ready_at;    /* monotonic microseconds of the login; 0: not yet */
};

Slot *
slot_new(Core *core, const char *name, const AccountConfig *config, const SlotEvents *events,
	gpointer user)
{
	Slot *slot = g_new0(Slot, 1);

	slot->core = core;
	slot->name = g_strconcat(config->name, "/", name, NULL);
	slot->config = config;
	slot->events = *events;
	slot->user = user;
	return slot;
}

static void
stop_timer(Slot *slot)
{
	if (slot->timer)
		g_source_remove(slot->timer);
	slot->timer = 0;
	slot->retry_at = 0;
}

void
slot_free(Slot *slot)
{
	if (!slot)
		return;
	stop_timer(slot);
	link_free(slot->link);
	g_free(slot->name);
	g_free(slot->expected);
	g_free(slot);
}

void
slot_close(Slot *slot)
{
	Link *link = g_steal_pointer(&slot->link);
	g_autoptr(GError) error = NULL;

	stop_timer(slot);
	if (!link)
		return;
	err_set(&error, ERR_CANCELLED, "The connection was closed.");
	link_drop(link, error);
}

static void
on_ready(Link *link, gpointer user)
{
	Slot *slot = user;

	slot->ready_at = clock_mono_us();
	slot->guessing = FALSE;
	slot_expect(slot, imap_caps_text(imap_session_caps(link_session(link))));
	slot->events.ready(slot, slot->user);
}

static void
on_event(Link *link, const ImapEvent *event, gpointer user)
{
	Slot *slot = user;

	slot->events.event(slot, event, slot->user);
}

static void
on_closed(Link *link, const GError *error, gpointer user)
{
	Slot *slot = user;

	slot->server_delay = imap_session_backoff(link_session(link));
	g_clear_pointer(&slot->link, link_free);
	/* There are proxies that lose what comes behind a login. */
	if (slot->guessing && !err_is(error, ERR_AUTH))
		g_clear_pointer(&slot->expected, g_free);
	slot->guessing = FALSE;
	slot->events.closed(slot, error, slot->user);
	core_touch(slot->core);
}

void
slot_expect(Slot *slot, const char *capabilities)
{
	g_free(slot->expected);
	slot->expected = g_strdup(capabilities);
}

void
slot_open(Slot *slot, const LinkSecret *secret)
{
	static const LinkEvents events = {on_ready, on_event, on_closed};

	slot_close(slot);
	slot->tries++;
	slot->ready_at = 0;
	slot->guessing = slot->expected != NULL;
	slot->link = link_new(
		slot->core, slot->name, slot->config, secret, slot->expected, &events, slot);
	core_touch(slot->core);
}

static gboolean
on_timer(gpointer user)
{
	Slot *slot = user;

	slot->timer = 0;
	slot->retry_at = 0;
	slot->events.again(slot, slot->user);
	return G_SOURCE_REMOVE;
}

void
slot_retry(Slot *slot)
{
	gboolean was_good = slot->ready_at && clock_mono_us() - slot->ready_at > GOOD_FOR_US;
	guint shift;
	guint delay;

	/* A server that takes the login and then closes must not be asked every second. */
	if (was_good)
		slot->tries = 0;
	shift = MIN(slot->tries ? slot->tries - 1 : 0, 6);
	delay = MIN(FIRST_DELAY_MS << shift, MAX_DELAY_MS);

	stop_timer(slot);
	delay = MAX(delay, MIN(slot->server_delay, MAX_SERVER_S) * 1000);
	/* Jitter, so that a thousand clients do not come back in the same second. */
	delay += (guint)g_random_int_range(0, (gint32)delay / 4);
	slot->timer = g_timeout_add(delay, on_timer, slot);
	slot->retry_at = clock_wall() + (delay + 999) / 1000;
}

Link *
slot_link(const Slot *slot)
{
	return slot->link;
}

Link *
slot_ready_link(const Slot *slot)
{
	return slot->link && link_is_ready(slot->link) ? slot->link : NULL;
}

gint64
slot_retry_at(const Slot *slot)
{
	return slot->retry_at;
}
