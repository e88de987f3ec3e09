/*
 * Whether a message has arrived of which the answer was lost: the other folder is opened, and looked
 * through from where it ended before anything was sent. Messages are told by their Message-ID, those
 * without one by date, arrival, sender and subject; of several the one with the same size is taken
 * first, and none that is known to be another's.
 */
#include "core/ferry-private.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/convert.h"

#include <string.h>

/* The server may still be at work on what it got before the cut. */
#define LOOK_DELAY_US     G_USEC_PER_SEC
#define LOOK_US_PER_MB    (100 * G_TIME_SPAN_MILLISECOND)
#define LOOK_DELAY_MAX_US (30 * G_USEC_PER_SEC)

#define MAX_FOUND  1000   /* messages like those that are looked for; more can't be told apart */
#define MAX_OTHERS 100000 /* of which it is noted that they are there */

typedef struct {
	guint32 uid;
	guint64 size;
	char *identity; /* NULL: taken */
} Arrived;

char *
ferry_identity(const ImapFetch *fetch)
{
	g_autoptr(StoreMessage) message = convert_fetch(0, fetch);

	if (*message->message_id)
		return g_strdup(message->message_id);
	return g_strdup_printf("\nat %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " %s\n%s",
		message->internaldate, message->date, message->from_address, message->subject);
}

/* ---- when ---- */

static gboolean
is_due(const Parcel *parcel)
{
	return parcel->stage == PARCEL_UNSURE && clock_mono_us() >= parcel->look_at;
}

static gboolean
on_timer(gpointer user)
{
	Ferry *ferry = user;

	ferry->timer = 0;
	core_touch(ferry->core);
	return G_SOURCE_REMOVE;
}

static void
wake_at(Ferry *ferry, gint64 when)
{
	gint64 delay = MAX(when - clock_mono_us(), 0) / 1000 + 1;

	if (!ferry->timer)
		ferry->timer = g_timeout_add((guint)delay, on_timer, ferry);
}

void
parcel_doubt(Parcel *parcel)
{
	gint64 delay = LOOK_DELAY_US + (gint64)(parcel->row.size >> 20) * LOOK_US_PER_MB;

	parcel->stage = PARCEL_UNSURE;
	parcel->looked = FALSE;
	parcel->look_at = clock_mono_us() + MIN(delay, LOOK_DELAY_MAX_US);
}

/* ---- what has arrived ---- */

static void
clear_arrived(gpointer data)
{
	g_clear_pointer(&((Arrived *)data)->identity, g_free);
}

static gboolean
is_looked_for(const Ferry *ferry, const char *identity)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->looked && strcmp(parcel->row.identity, identity) == 0)
			return TRUE;
	}
	return FALSE;
}

/* However many came: of those that are not looked for, it is enough to know that they are there. */
void
ferry_on_looked(const ImapEvent *event, gpointer user)
{
	Ferry *ferry = user;
	g_autofree char *identity = NULL;

	if (event->kind != IMAP_EVENT_FETCH || !ferry->look_link ||
		event->uid < ferry->look_first || !(event->fetch->has & IMAP_HAS_ENVELOPE))
		return;
	identity = ferry_identity(event->fetch);
	if (!is_looked_for(ferry, identity)) {
		if (uidset_count(ferry->others) < MAX_OTHERS)
			uidset_add(ferry->others, event->uid);
	} else if (ferry->found->len < MAX_FOUND) {
		Arrived arrived = {event->uid, event->fetch->size, g_steal_pointer(&identity)};

		g_array_append_val(ferry->found, arrived);
	}
}

static UidSet *
known_there(Core *core, const char *account, const char *mailbox, guint32 uidvalidity)
{
	UidSet *known = uidset_new();

	for (guint i = 0; i < core->accounts->len; i++)
		opqueue_add_known(account_ops(g_ptr_array_index(core->accounts, i)), account,
			mailbox, uidvalidity, known);
	return known;
}

static gboolean
goes_there(const Ferry *ferry, const StoreOp *op)
{
	return g_strcmp0(op->to_account, ferry->look_account) == 0 &&
	       strcmp(op->to_mailbox, ferry->look_mailbox) == 0;
}

/* What is known to be another's: what the server has told to be so, also for earlier requests. */
static void
take_out_known(Ferry *ferry)
{
	g_autoptr(UidSet) known = known_there(
		ferry->core, ferry->look_account, ferry->look_mailbox, ferry->look_uidvalidity);

	for (guint i = 0; i < ferry->found->len; i++) {
		Arrived *arrived = &g_array_index(ferry->found, Arrived, i);

		if (uidset_contains(known, arrived->uid))
			clear_arrived(arrived);
	}
	uidset_remove_set(ferry->others, known);
}

/* 0: none. */
static guint32
claim(Ferry *ferry, const Parcel *parcel, guint32 uidnext, gboolean same_size)
{
	for (guint i = 0; i < ferry->found->len; i++) {
		Arrived *arrived = &g_array_index(ferry->found, Arrived, i);

		if (arrived->uid < uidnext || !arrived->identity ||
			strcmp(arrived->identity, parcel->row.identity) != 0 ||
			(same_size && arrived->size != parcel->row.size))
			continue;
		clear_arrived(arrived);
		return arrived->uid;
	}
	return 0;
}

/* A server may change a message a little as it takes it; without a name of its own it must be the same. */
static guint32
find(Ferry *ferry, const Parcel *parcel, const StoreOp *op)
{
	guint32 uid = claim(ferry, parcel, op->to_uidnext, TRUE);

	if (uid || *parcel->row.identity == '\n')
		return uid;
	return claim(ferry, parcel, op->to_uidnext, FALSE);
}

static void
judge(Ferry *ferry, Parcel *parcel, const StoreOp *op)
{
	guint32 uid;

	if (!op->to_uidnext || op->to_uidvalidity != ferry->look_uidvalidity ||
		ferry->found->len >= MAX_FOUND) {
		ferry_refuse(ferry, parcel,
			"The line was cut while a message was being sent, and the other folder is "
			"not what it was: look there whether it has arrived.");
		return;
	}
	uid = find(ferry, parcel, op);
	log_line(LOG_INFO, "ferry", "a message %s", uid ? "has arrived" : "is sent again");
	if (!uid) {
		parcel->stage = PARCEL_SPOOLED;
		parcel_note(parcel, STORE_PARCEL_SPOOLED);
		return;
	}
	parcel->arrived_as = uid;
	parcel->arrived_in = ferry->look_uidvalidity;
	ferry_arrived(ferry, parcel);
}

/* Nothing has come from UIDNEXT on that is not known to be another's, or told to be one of ours. */
static gboolean
is_all_known(const Ferry *ferry, guint32 uidnext)
{
	for (guint i = 0; i < ferry->found->len; i++) {
		const Arrived *arrived = &g_array_index(ferry->found, Arrived, i);

		if (arrived->uid >= uidnext && arrived->identity)
			return FALSE;
	}
	return ferry->found->len < MAX_FOUND && uidset_max(ferry->others) < uidnext;
}

/* Then what is still to be carried was not sent before. */
static void
end_doubts(Ferry *ferry)
{
	g_autoptr(GPtrArray) ops = opqueue_carried(ferry->queue);

	for (guint i = 0; i < ops->len; i++) {
		StoreOp *op = g_ptr_array_index(ops, i);

		if (!op->in_doubt || !goes_there(ferry, op) ||
			op->to_uidvalidity != ferry->look_uidvalidity ||
			op->to_uidnext < ferry->look_first || !is_all_known(ferry, op->to_uidnext))
			continue;
		op->in_doubt = FALSE;
		opqueue_note(ferry->queue, op);
	}
}

static void
settle(Ferry *ferry)
{
	take_out_known(ferry);
	for (guint i = ferry->parcels->len; i-- > 0;) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);
		const StoreOp *op = parcel_op(parcel);

		if (op && parcel->looked)
			judge(ferry, parcel, op);
	}
	end_doubts(ferry);
}

static void
look_again_later(Ferry *ferry)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->looked)
			parcel_doubt(parcel);
	}
}

/* ---- looking ---- */

static void
forget(Ferry *ferry)
{
	ferry->look_link = NULL;
	g_clear_pointer(&ferry->look_account, g_free);
	g_clear_pointer(&ferry->look_mailbox, g_free);
	g_clear_pointer(&ferry->found, g_array_unref);
	g_clear_pointer(&ferry->others, uidset_free);
}

void
ferry_look_cut(Ferry *ferry)
{
	Account *account =
		ferry->look_account ? account_of(ferry->core, ferry->look_account) : NULL;

	if (ferry->look_link)
		link_forget(ferry->look_link, ferry);
	if (account)
		carrier_release(account_carrier(account), &ferry->looking);
	forget(ferry);
}

static void
on_listed(Link *link, const ImapEvent *event, gpointer user)
{
	Ferry *ferry = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	ferry->look_link = NULL;
	if (!event->error)
		settle(ferry);
	else
		look_again_later(ferry);
	ferry_look_cut(ferry);
	core_touch(ferry->core);
}

/* The op of the first that is due. */
static const StoreOp *
choose(Ferry *ferry)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);
		const StoreOp *op = parcel_op(parcel);

		if (parcel->stage == PARCEL_UNSURE && !is_due(parcel))
			wake_at(ferry, parcel->look_at);
		else if (op && is_due(parcel) && ferry_destination(ferry, op))
			return op;
	}
	return NULL;
}

/* Whose answer is lost after this is not judged by it: all that it knows may be older. */
static void
choose_window(Ferry *ferry)
{
	ferry->look_first = G_MAXUINT32;
	for (guint i = 0; i < ferry->parcels->len; i++) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);
		const StoreOp *op = parcel_op(parcel);

		parcel->looked = op && is_due(parcel) && goes_there(ferry, op);
		if (parcel->looked)
			ferry->look_first = MIN(ferry->look_first, MAX(op->to_uidnext, 1));
	}
}

static void
refuse_unsure(Ferry *ferry, gint64 id, const char *reason)
{
	for (guint i = ferry->parcels->len; i-- > 0;) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->row.op == id && parcel->stage == PARCEL_UNSURE)
			ferry_refuse(ferry, parcel, reason);
	}
}

void
ferry_look(Ferry *ferry)
{
	const StoreOp *op = ferry->look_link ? NULL : choose(ferry);
	Carrier *carrier = op ? ferry_destination(ferry, op) : NULL;
	g_autoptr(GError) error = NULL;

	if (!carrier)
		return;
	carrier_want(carrier);
	switch (carrier_hold(carrier, &ferry->looking, op->to_mailbox, &error)) {
	case CARRIER_LATER: return;
	case CARRIER_REFUSED: refuse_unsure(ferry, op->id, error->message); return;
	case CARRIER_OPEN: break;
	}
	ferry->look_account = g_strdup(op->to_account);
	ferry->look_mailbox = g_strdup(op->to_mailbox);
	ferry->look_uidvalidity = carrier_uidvalidity(carrier);
	ferry->look_link = carrier_link(carrier);
	choose_window(ferry);
	ferry->found = g_array_new(FALSE, FALSE, sizeof(Arrived));
	g_array_set_clear_func(ferry->found, clear_arrived);
	ferry->others = uidset_new();
	link_submit(ferry->look_link,
		imap_command_fetch_uids(uidset_new_range(ferry->look_first, G_MAXUINT32),
			IMAP_WANT_ENVELOPE | IMAP_WANT_DATE | IMAP_WANT_SIZE, 0),
		on_listed, ferry);
}
