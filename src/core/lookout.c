#include "core/lookout.h"

#include "base/log.h"

struct Lookout {
	Slot *slot;
	LookoutNews news;
	gpointer user;
};

static void
on_examined(Link *link, const ImapEvent *event, gpointer user)
{
	if (event->kind == IMAP_EVENT_DONE && event->error && link_is_ready(link))
		log_line(LOG_WARN, "lookout", "%s", event->error->message);
}

static void
on_ready(Slot *slot, gpointer user)
{
}

static void
on_event(Slot *slot, const ImapEvent *event, gpointer user)
{
	Lookout *lookout = user;

	switch (event->kind) {
	case IMAP_EVENT_EXISTS:
	case IMAP_EVENT_EXPUNGED:
	case IMAP_EVENT_VANISHED:
	case IMAP_EVENT_FETCH: lookout->news(lookout->user); break;
	default: break;
	}
}

/* The server may not want one more; the minute's look at all folders goes on. */
static void
on_closed(Slot *slot, const GError *error, gpointer user)
{
	slot_retry(slot);
}

static void
on_again(Slot *slot, gpointer user)
{
	/* lookout_settle() opens it, if it is still wanted. */
}

Lookout *
lookout_new(Core *core, const AccountConfig *config, LookoutNews news, gpointer user)
{
	static const SlotEvents events = {on_ready, on_event, on_closed, on_again};
	Lookout *lookout = g_new0(Lookout, 1);

	lookout->news = news;
	lookout->user = user;
	lookout->slot = slot_new(core, "inbox", config, &events, lookout);
	return lookout;
}

void
lookout_free(Lookout *lookout)
{
	if (!lookout)
		return;
	slot_free(lookout->slot);
	g_free(lookout);
}

void
lookout_settle(Lookout *lookout, const LinkSecret *secret)
{
	if (!secret) {
		slot_close(lookout->slot);
		return;
	}
	if (slot_link(lookout->slot) || slot_retry_at(lookout->slot))
		return;
	slot_open(lookout->slot, secret);
	link_submit(
		slot_link(lookout->slot), imap_command_select("INBOX", TRUE), on_examined, lookout);
	link_want_idle(slot_link(lookout->slot), TRUE);
}
