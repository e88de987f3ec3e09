/* From the file to the other server. */
#include "core/ferry-private.h"

#include "base/err.h"

/* ---- where the other folder ends ---- */

static void
on_end(Link *link, const ImapEvent *event, gpointer user)
{
	Trip *trip = user;
	Ferry *ferry = trip->ferry;
	StoreOp *op = opqueue_by_id(ferry->queue, trip->op);

	if (event->kind == IMAP_EVENT_STATUS && op) {
		op->to_uidnext = event->status->uidnext;
		op->to_uidvalidity = event->status->uidvalidity;
		opqueue_note(ferry->queue, op);
	}
	if (event->kind != IMAP_EVENT_DONE)
		return;
	trip->asked = NULL;
	core_touch(ferry->core);
	if (!op || !link_is_ready(link))
		return;
	if (event->error)
		ferry_refuse_rest(ferry, op, event->error->message);
	else if (!op->to_uidnext || !op->to_uidvalidity)
		ferry_refuse_rest(ferry, op, "The server does not say where that folder ends.");
}

/* What is older was not made by us: so a lost answer can be told from one that never was. */
static void
ask_end(Trip *trip, const StoreOp *op, Link *link)
{
	trip->asked = link;
	link_submit(link, imap_command_status(op->to_mailbox), on_end, trip);
}

/* ---- one message ---- */

static void
on_appended(Link *link, const ImapEvent *event, gpointer user)
{
	Parcel *parcel = user;
	Ferry *ferry = parcel->ferry;

	if (event->kind == IMAP_EVENT_COPIED && event->code->n_dest) {
		parcel->arrived_in = (guint32)event->code->number;
		parcel->arrived_as = event->code->dest[0].first;
	}
	if (event->kind != IMAP_EVENT_DONE)
		return;
	parcel_answered(parcel);
	core_touch(ferry->core);
	if (!event->error)
		ferry_arrived(ferry, parcel);
	else if (!link_is_ready(link))
		parcel_doubt(parcel);
	else if (err_is(event->error, ERR_INPUT) ||
		 (event->code && event->code->kind == IMAP_CODE_TOOBIG))
		ferry_refuse(ferry, parcel, event->error->message);
	else
		ferry_refuse_rest(ferry, ferry_unsend(parcel), event->error->message);
}

static void
append(Parcel *parcel, const StoreOp *op, Link *link)
{
	Ferry *ferry = parcel->ferry;
	g_autoptr(GError) error = NULL;
	GBytes *bytes =
		store_spool_map(ferry->core->store, parcel->row.spool, parcel->row.size, &error);

	/* A file that was lost, as by a restored backup, is made again. */
	if (!bytes) {
		ferry_drop(ferry, parcel);
		return;
	}
	parcel->stage = PARCEL_SENT;
	parcel_await(parcel, link,
		imap_command_append(op->to_mailbox, &parcel->row.flags, parcel->row.date, bytes),
		on_appended);
}

/* ---- which ---- */

/* Parcels of OP that are ready to go, at most MAX. None overtakes another: they arrive in the order in
 * which they were. */
static GPtrArray *
ready(const Ferry *ferry, const StoreOp *op, guint max)
{
	GPtrArray *parcels = g_ptr_array_new();

	for (guint i = 0; i < ferry->parcels->len && parcels->len < max; i++) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->row.op != op->id)
			continue;
		if (parcel->stage < PARCEL_SPOOLED)
			break;
		if (parcel->stage == PARCEL_SPOOLED)
			g_ptr_array_add(parcels, parcel);
	}
	return parcels;
}

static gboolean
is_any_sent(const Ferry *ferry, const StoreOp *op)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->row.op == op->id && parcel->stage >= PARCEL_SENT)
			return TRUE;
	}
	return FALSE;
}

/* On the disk before the server is asked. */
static gboolean
note_sent(Ferry *ferry, const GPtrArray *parcels, GError **error)
{
	for (guint i = 0; i < parcels->len; i++)
		parcel_note(g_ptr_array_index(parcels, i), STORE_PARCEL_SENT);
	return store_commit(ferry->core->store, error);
}

/* TRUE when the server would not take one: the others go in the next turn. */
static gboolean
is_any_refused(Ferry *ferry, const GPtrArray *parcels)
{
	for (guint i = 0; i < parcels->len; i++) {
		Parcel *parcel = g_ptr_array_index(parcels, i);

		if (ferry_refuse_too_big(ferry, parcel, parcel->row.size))
			return TRUE;
	}
	return FALSE;
}

void
ferry_append(Ferry *ferry, StoreOp *op)
{
	Carrier *carrier = ferry_destination(ferry, op);
	Trip *trip = ferry_trip(ferry, op);
	g_autoptr(GPtrArray) parcels = NULL;
	g_autoptr(GError) error = NULL;
	gboolean names;
	Link *link;

	if (!carrier)
		return;
	carrier_want(carrier);
	link = carrier_link(carrier);
	if (!link || trip->asked)
		return;
	/* Where the server does not say what a message is called, one at a time, each behind its own look
	 * at where the folder ends. */
	names = imap_caps_has(imap_session_caps(link_session(link)), CAP_UIDPLUS);
	if (!names && is_any_sent(ferry, op))
		return;
	parcels = ready(ferry, op, names ? G_MAXUINT : 1);
	if (!op->to_uidnext) {
		ask_end(trip, op, link);
		return;
	}
	if (!parcels->len || is_any_refused(ferry, parcels))
		return;
	op->tried = TRUE;
	if (!note_sent(ferry, parcels, &error)) {
		ferry_refuse_rest(ferry, op, error->message);
		return;
	}
	for (guint i = 0; i < parcels->len; i++)
		append(g_ptr_array_index(parcels, i), op, link);
}
