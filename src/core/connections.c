#include "core/connections.h"

#include "base/err.h"
#include "core/lookout.h"
#include "core/secret.h"
#include "core/slot.h"
#include "store/accounts.h"

struct Connections {
	Core *core;
	EngineAccountId account;
	const AccountConfig *config;
	Watch *watch; /* what the side one does */
	Sender *sender;
	ConnectionsOwner owner;
	gpointer user;
	Secret *secret;
	Slot *main, *side;
	Lookout *lookout;   /* a third one, for INBOX */
	Keep *keep;         /* another one, while there is something to keep */
	Carrier *carrier;   /* or for what goes to other accounts, or out of other folders */
	gboolean lent;      /* the main one is: it does what the side one would */
	gboolean lent_told; /* the user knows why, until there is a side one again */
	gboolean online;
	gboolean stopped;
	char *trouble; /* a sentence while stopped or waiting, or NULL */
};

/* ---- state ---- */

EngineAccountState
connections_state(const Connections *connections)
{
	if (!connections->online)
		return ENGINE_OFFLINE;
	if (connections->stopped)
		return ENGINE_STOPPED;
	if (slot_ready_link(connections->main))
		return ENGINE_LIVE;
	if (slot_retry_at(connections->main))
		return ENGINE_WAITING;
	return ENGINE_CONNECTING;
}

const char *
connections_trouble(const Connections *connections)
{
	return connections->trouble;
}

gint64
connections_retry_at(const Connections *connections)
{
	return slot_retry_at(connections->main);
}

Link *
connections_main(const Connections *connections)
{
	return connections->lent ? NULL : slot_link(connections->main);
}

Link *
connections_ready_main(const Connections *connections)
{
	return connections->lent ? NULL : slot_ready_link(connections->main);
}

Keep *
connections_keep(const Connections *connections)
{
	return connections->keep;
}

Carrier *
connections_carrier(const Connections *connections)
{
	return connections->carrier;
}

static void
set_trouble(Connections *connections, const char *text)
{
	g_free(connections->trouble);
	connections->trouble = g_strdup(text);
}

/* ---- main and side ---- */

/* With two connections allowed, the side one gives way to the carrier. */
static gboolean
has_side(const Connections *connections)
{
	return connections->config->connections >= 3 || !carrier_is_wanted(connections->carrier);
}

static void
on_secret(const LinkSecret *secret, const GError *error, gpointer user)
{
	Connections *connections = user;
	Slot *main = connections->main, *side = connections->side;

	core_touch(connections->core);
	if (!connections->online)
		return;
	if (error) {
		connections->stopped = TRUE;
		set_trouble(connections, error->message);
		core_notice(connections->core, connections->account, ENGINE_NOTICE_ERROR, "%s",
			error->message);
		return;
	}
	if (!slot_link(main) && !slot_retry_at(main)) {
		slot_open(main, secret);
		connections->owner.opening(slot_link(main), connections->user);
	}
	if (!slot_link(side) && !slot_retry_at(side) && has_side(connections) &&
		!connections->lent) {
		slot_open(side, secret);
		watch_attach(connections->watch, slot_link(side));
	}
}

static void
connect_both(Connections *connections)
{
	if (connections->online && !connections->stopped)
		secret_get(connections->secret, on_secret, connections);
	core_touch(connections->core);
}

static void
close_all(Connections *connections)
{
	connections->lent = FALSE;
	connections->owner.lost(connections->user);
	slot_close(connections->main);
	slot_close(connections->side);
	carrier_close(connections->carrier);
	lookout_settle(connections->lookout, NULL);
	keep_settle(connections->keep, NULL, FALSE, FALSE);
	watch_attach(connections->watch, NULL);
}

static void
stop(Connections *connections, const GError *error)
{
	connections->stopped = TRUE;
	set_trouble(connections, error->message);
	secret_forget(connections->secret);
	close_all(connections);
	core_notice(
		connections->core, connections->account, ENGINE_NOTICE_ERROR, "%s", error->message);
}

void
connections_remember_capabilities(Connections *connections)
{
	Link *link = slot_ready_link(connections->main);
	const char *now = link ? imap_caps_text(imap_session_caps(link_session(link))) : "";
	const char *name = connections->config->name;
	Store *store = connections->core->store;
	g_autofree char *before = store_account_capabilities(store, name);
	g_autoptr(GError) error = NULL;

	if (!*now || g_strcmp0(now, before) == 0)
		return;
	if (!store_account_put_capabilities(store, name, now, &error))
		core_cache_trouble(connections->core, g_steal_pointer(&error));
}

static void
on_main_ready(Slot *slot, gpointer user)
{
	Connections *connections = user;

	connections_remember_capabilities(connections);
	set_trouble(connections, NULL);
	connections->owner.ready(connections->user);
	core_touch(connections->core);
}

static void
take_alert(Connections *connections, const ImapEvent *event)
{
	if (event->kind == IMAP_EVENT_ALERT && event->text.data)
		core_notice(connections->core, connections->account, ENGINE_NOTICE_WARNING,
			"The server of %s says: %s", connections->config->name, event->text.data);
}

static void
on_main_event(Slot *slot, const ImapEvent *event, gpointer user)
{
	Connections *connections = user;

	take_alert(connections, event);
	if (connections->lent || event->kind == IMAP_EVENT_LIST || event->kind == IMAP_EVENT_STATUS)
		watch_take_event(connections->watch, event);
	else
		connections->owner.event(event, connections->user);
}

static void
on_main_closed(Slot *slot, const GError *error, gpointer user)
{
	Connections *connections = user;

	if (connections->lent)
		watch_borrow(connections->watch, NULL);
	connections->lent = FALSE;
	connections->owner.lost(connections->user);
	if (err_retry(error) == ERR_RETRY_NEVER) {
		stop(connections, error);
		return;
	}
	if (!connections->trouble)
		core_notice(connections->core, connections->account, ENGINE_NOTICE_WARNING, "%s",
			error->message);
	set_trouble(connections, error->message);
	slot_retry(connections->main);
}

static void
on_side_ready(Slot *slot, gpointer user)
{
	Connections *connections = user;

	connections->lent_told = FALSE;
	core_touch(connections->core);
}

static void
on_side_event(Slot *slot, const ImapEvent *event, gpointer user)
{
	Connections *connections = user;

	take_alert(connections, event);
	watch_take_event(connections->watch, event);
}

/* Some servers allow fewer connections than we like: the main one can list folders too. */
static void
on_side_closed(Slot *slot, const GError *error, gpointer user)
{
	Connections *connections = user;

	watch_attach(connections->watch, NULL);
	if (err_retry(error) == ERR_RETRY_NEVER && !slot_ready_link(connections->main))
		stop(connections, error);
	else
		slot_retry(connections->side);
}

static void
on_again(Slot *slot, gpointer user)
{
	Connections *connections = user;

	/* The side connection comes back once the main one has. */
	if (slot == connections->side && !slot_ready_link(connections->main))
		slot_retry(slot);
	else
		connect_both(connections);
}

/* ---- main instead of side ---- */

static gboolean
is_main_free(const Connections *connections)
{
	Link *main = slot_ready_link(connections->main);

	return main && !link_pending(main) && !sender_is_busy(connections->sender, main);
}

static void
lend_main(Connections *connections)
{
	connections->owner.lost(connections->user);
	connections->lent = TRUE;
	watch_borrow(connections->watch, slot_link(connections->main));
	if (!connections->lent_told && slot_retry_at(connections->side))
		core_notice(connections->core, connections->account, ENGINE_NOTICE_WARNING,
			"The server of %s takes no second connection now: what is done in other "
			"folders goes over the first one, between what is done in the open one.",
			connections->config->name);
	connections->lent_told |= slot_retry_at(connections->side) != 0;
}

static void
take_main_back(Connections *connections)
{
	watch_borrow(connections->watch, NULL);
	connections->lent = FALSE;
	connections->owner.opening(slot_link(connections->main), connections->user);
	/* The time for another try may have come meanwhile. */
	connect_both(connections);
}

/* There is no side one while a server refuses it, until the next try, or when it has given way. */
static void
settle_loan(Connections *connections)
{
	gboolean need = watch_take_need(connections->watch);
	gboolean refused = !slot_link(connections->side) &&
			   (slot_retry_at(connections->side) || !has_side(connections));

	if (!is_main_free(connections))
		return;
	if (connections->lent && !need && watch_is_idle(connections->watch))
		take_main_back(connections);
	else if (!connections->lent && need && refused)
		lend_main(connections);
}

/* ---- the others ---- */

static void
on_inbox_news(gpointer user)
{
	watch_want_count(((Connections *)user)->watch, "INBOX");
}

static void
yield_side(Connections *connections)
{
	Link *side = slot_link(connections->side);

	if (has_side(connections) && !side && !slot_retry_at(connections->side) &&
		slot_ready_link(connections->main)) {
		connect_both(connections);
	} else if (!has_side(connections) && side && watch_is_idle(connections->watch) &&
		   !sender_is_busy(connections->sender, side)) {
		slot_close(connections->side);
		watch_attach(connections->watch, NULL);
	}
}

static void
settle_carrier(Connections *connections)
{
	gboolean may_open =
		slot_ready_link(connections->main) &&
		(connections->config->connections >= 3 || !slot_link(connections->side));

	yield_side(connections);
	carrier_settle(connections->carrier, may_open ? secret_known(connections->secret) : NULL);
}

/* Only when all the rest is in order. */
static gboolean
may_keep(const Connections *connections)
{
	if (connections->config->connections < 4 && carrier_is_wanted(connections->carrier))
		return FALSE;
	return slot_ready_link(connections->main) && slot_ready_link(connections->side) &&
	       watch_has_listed(connections->watch);
}

static gboolean
wants_lookout(const Connections *connections, const Folder *open)
{
	Link *side = slot_ready_link(connections->side);
	guint allowed = connections->config->connections;

	if (!side || !slot_ready_link(connections->main) || allowed < 3)
		return FALSE;
	if (allowed == 3 && carrier_is_wanted(connections->carrier))
		return FALSE;
	if (!open || open->role == ENGINE_ROLE_INBOX)
		return FALSE;
	/* Before the side connection has come to rest it is not known whether there is NOTIFY. */
	return !watch_is_notified(connections->watch) && watch_has_listed(connections->watch) &&
	       imap_caps_has(imap_session_caps(link_session(side)), CAP_IDLE);
}

/* Where there is no connection for both, INBOX is counted every minute while messages are kept. */
static void
settle_keep_and_lookout(Connections *connections, const Folder *open)
{
	const LinkSecret *secret = secret_known(connections->secret);
	gboolean one_left = connections->config->connections < 4;
	gboolean look = wants_lookout(connections, open), keep = may_keep(connections);

	if (one_left && keep_is_wanted(connections->keep))
		lookout_settle(connections->lookout, NULL);
	keep_settle(connections->keep, keep ? secret : NULL,
		keep && link_pending(slot_link(connections->main)), look && one_left);
	if (!one_left || !keep_is_wanted(connections->keep))
		lookout_settle(connections->lookout, look ? secret : NULL);
}

void
connections_settle(Connections *connections, const Folder *open)
{
	gboolean has_own = slot_link(connections->side) != NULL;

	watch_settle(connections->watch, has_own ? NULL : slot_ready_link(connections->main));
	settle_loan(connections);
	settle_carrier(connections);
	settle_keep_and_lookout(connections, open);
}

/* ---- life ---- */

static void
expect_capabilities(Connections *connections)
{
	g_autofree char *expected =
		store_account_capabilities(connections->core->store, connections->config->name);

	slot_expect(connections->main, expected);
	slot_expect(connections->side, expected);
}

Connections *
connections_new(Core *core, EngineAccountId account, const AccountConfig *config, Tree *tree,
	Watch *watch, Sender *sender, const ConnectionsOwner *owner, gpointer user)
{
	static const SlotEvents main_events = {
		on_main_ready, on_main_event, on_main_closed, on_again};
	static const SlotEvents side_events = {
		on_side_ready, on_side_event, on_side_closed, on_again};
	Connections *connections = g_new0(Connections, 1);

	connections->core = core;
	connections->account = account;
	connections->config = config;
	connections->watch = watch;
	connections->sender = sender;
	connections->owner = *owner;
	connections->user = user;
	connections->secret = secret_new(config);
	connections->main = slot_new(core, "main", config, &main_events, connections);
	connections->side = slot_new(core, "side", config, &side_events, connections);
	expect_capabilities(connections);
	connections->lookout = lookout_new(core, config, on_inbox_news, connections);
	connections->keep = keep_new(core, account, config, tree);
	connections->carrier = carrier_new(core, config);
	return connections;
}

void
connections_free(Connections *connections)
{
	if (!connections)
		return;
	carrier_free(connections->carrier);
	secret_free(connections->secret);
	lookout_free(connections->lookout);
	keep_free(connections->keep);
	slot_free(connections->main);
	slot_free(connections->side);
	g_free(connections->trouble);
	g_free(connections);
}

void
connections_start(Connections *connections)
{
	connections->online = TRUE;
	connect_both(connections);
}

void
connections_go_offline(Connections *connections)
{
	connections->online = FALSE;
	connections->stopped = FALSE;
	set_trouble(connections, NULL);
	close_all(connections);
	core_touch(connections->core);
}

void
connections_reconnect(Connections *connections)
{
	connections->stopped = FALSE;
	set_trouble(connections, NULL);
	if (!slot_link(connections->main))
		slot_close(connections->main);
	if (!slot_link(connections->side))
		slot_close(connections->side);
	carrier_hurry(connections->carrier);
	connections_start(connections);
}

void
connections_renew(Connections *connections)
{
	if (!connections->online || connections->stopped)
		return;
	close_all(connections);
	connect_both(connections);
}
