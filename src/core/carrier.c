#include "core/carrier.h"

#include <string.h>

#define LINGER_MS  3000
#define IDLE_TURNS 2 /* after that: all who may want it have had their turn */

struct Carrier {
	Core *core;
	Slot *slot;
	guint linger;     /* timer: wanted until then */
	guint idle_turns; /* since */
	const CarrierHolder *holder;
	const CarrierHolder *next; /* waits for it, or NULL */
	gboolean next_asked;       /* in this turn */
	char *mailbox;             /* raw: open, or being opened; NULL */
	ImapCmdId opening;         /* the last command that opens MAILBOX */
	guint32 uidvalidity;       /* 0: not open yet */
	GError *refusal;           /* of MAILBOX */
};

/* ---- the connection ---- */

static void
forget_mailbox(Carrier *carrier)
{
	g_clear_pointer(&carrier->mailbox, g_free);
	g_clear_error(&carrier->refusal);
	carrier->uidvalidity = 0;
}

static void
on_ready(Slot *slot, gpointer user)
{
	core_touch(((Carrier *)user)->core);
}

static void
on_event(Slot *slot, const ImapEvent *event, gpointer user)
{
	Carrier *carrier = user;

	if (event->kind == IMAP_EVENT_SELECTED &&
		g_strcmp0(event->selected->mailbox, carrier->mailbox) == 0)
		carrier->uidvalidity = event->selected->uidvalidity;
	else if (carrier->holder && carrier->holder->event && carrier->uidvalidity)
		carrier->holder->event(event, carrier->holder->user);
}

/* Every command was answered before; who holds it asks again. */
static void
on_closed(Slot *slot, const GError *error, gpointer user)
{
	Carrier *carrier = user;

	forget_mailbox(carrier);
	slot_retry(slot);
}

static void
on_again(Slot *slot, gpointer user)
{
	/* carrier_settle() opens it, if it is still wanted. */
	core_touch(((Carrier *)user)->core);
}

Carrier *
carrier_new(Core *core, const AccountConfig *config)
{
	static const SlotEvents events = {on_ready, on_event, on_closed, on_again};
	Carrier *carrier = g_new0(Carrier, 1);

	carrier->core = core;
	carrier->slot = slot_new(core, "carrier", config, &events, carrier);
	return carrier;
}

void
carrier_free(Carrier *carrier)
{
	if (!carrier)
		return;
	if (carrier->linger)
		g_source_remove(carrier->linger);
	slot_free(carrier->slot);
	forget_mailbox(carrier);
	g_free(carrier);
}

void
carrier_close(Carrier *carrier)
{
	slot_close(carrier->slot);
	forget_mailbox(carrier);
}

void
carrier_hurry(Carrier *carrier)
{
	if (!slot_link(carrier->slot))
		slot_close(carrier->slot);
}

/* ---- whether it is wanted ---- */

static gboolean
on_linger(gpointer user)
{
	Carrier *carrier = user;

	carrier->linger = 0;
	core_touch(carrier->core);
	return G_SOURCE_REMOVE;
}

void
carrier_want(Carrier *carrier)
{
	if (carrier->linger)
		g_source_remove(carrier->linger);
	carrier->linger = g_timeout_add(LINGER_MS, on_linger, carrier);
	carrier->idle_turns = 0;
}

gboolean
carrier_is_wanted(const Carrier *carrier)
{
	return carrier->linger || carrier->idle_turns < IDLE_TURNS;
}

void
carrier_settle(Carrier *carrier, const LinkSecret *secret)
{
	Link *link = slot_link(carrier->slot);

	if (!carrier->next_asked)
		carrier->next = NULL;
	carrier->next_asked = FALSE;
	if (!carrier->linger && carrier->idle_turns < IDLE_TURNS) {
		carrier->idle_turns++;
		core_touch(carrier->core);
	} else if (!carrier->linger && link && !link_pending(link)) {
		carrier_close(carrier);
	} else if (carrier->linger && secret && !link && !slot_retry_at(carrier->slot)) {
		slot_open(carrier->slot, secret);
	}
}

Link *
carrier_link(const Carrier *carrier)
{
	return slot_ready_link(carrier->slot);
}

gboolean
carrier_is_coming(const Carrier *carrier)
{
	return slot_link(carrier->slot) || !slot_retry_at(carrier->slot);
}

/* ---- the open folder ---- */

static void
on_opened(Link *link, const ImapEvent *event, gpointer user)
{
	Carrier *carrier = user;

	if (event->kind != IMAP_EVENT_DONE || event->cmd != carrier->opening)
		return;
	if (event->error && link_is_ready(link)) {
		g_clear_error(&carrier->refusal);
		carrier->refusal = g_error_copy(event->error);
	}
	core_touch(carrier->core);
}

static gboolean
may_hold(Carrier *carrier, const CarrierHolder *holder)
{
	if (carrier->holder == holder)
		return TRUE;
	if (!carrier->holder && (!carrier->next || carrier->next == holder))
		return TRUE;
	if (!carrier->next)
		carrier->next = holder;
	carrier->next_asked |= carrier->next == holder;
	return FALSE;
}

CarrierOpened
carrier_hold(Carrier *carrier, const CarrierHolder *holder, const char *mailbox, GError **error)
{
	Link *link = carrier_link(carrier);
	gboolean same = g_strcmp0(carrier->mailbox, mailbox) == 0;

	if (!link || !may_hold(carrier, holder))
		return CARRIER_LATER;
	carrier->holder = holder;
	if (carrier->next == holder)
		carrier->next = NULL;
	if (same && carrier->uidvalidity)
		return CARRIER_OPEN;
	if (same && carrier->refusal) {
		g_propagate_error(error, g_error_copy(carrier->refusal));
		forget_mailbox(carrier);
		carrier->holder = NULL;
		return CARRIER_REFUSED;
	}
	if (same)
		return CARRIER_LATER;
	forget_mailbox(carrier);
	carrier->mailbox = g_strdup(mailbox);
	carrier->opening =
		link_submit(link, imap_command_select(mailbox, TRUE), on_opened, carrier);
	return CARRIER_LATER;
}

gboolean
carrier_is_awaited(const Carrier *carrier, const CarrierHolder *holder)
{
	return carrier->holder == holder && carrier->next;
}

void
carrier_release(Carrier *carrier, const CarrierHolder *holder)
{
	if (carrier->next == holder)
		carrier->next = NULL;
	if (carrier->holder != holder)
		return;
	carrier->holder = NULL;
	if (carrier->next)
		core_touch(carrier->core);
	/* What comes to a folder later is not seen in it before it is opened again (Dovecot). */
	forget_mailbox(carrier);
}

guint32
carrier_uidvalidity(const Carrier *carrier)
{
	return carrier->uidvalidity;
}
