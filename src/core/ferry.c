#include "core/ferry-private.h"

#include "core/opqueue-send.h"
#include "core/words.h"

#include <string.h>

/* ---- parcels ---- */

StoreOp *
parcel_op(const Parcel *parcel)
{
	return opqueue_by_id(parcel->ferry->queue, parcel->row.op);
}

static void
parcel_free(gpointer data)
{
	Parcel *parcel = data;

	if (parcel->link)
		link_forget(parcel->link, parcel);
	spool_file_free(parcel->file);
	store_parcel_clear(&parcel->row);
	g_free(parcel);
}

void
parcel_await(Parcel *parcel, Link *link, ImapCommand *take_command, LinkAnswer answer)
{
	parcel->link = link;
	parcel->awaited++;
	link_submit(link, take_command, answer, parcel);
}

void
parcel_answered(Parcel *parcel)
{
	if (--parcel->awaited == 0)
		parcel->link = NULL;
}

void
parcel_note(Parcel *parcel, StoreParcelState state)
{
	Core *core = parcel->ferry->core;
	g_autoptr(GError) error = NULL;

	parcel->row.state = state;
	if (!store_parcel_put(core->store, &parcel->row, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
}

void
ferry_drop(Ferry *ferry, Parcel *parcel)
{
	Store *store = ferry->core->store;
	g_autoptr(GError) error = NULL;

	if (parcel->row.state &&
		!store_parcel_remove(store, parcel->row.op, parcel->row.uid, &error))
		core_cache_trouble(ferry->core, g_steal_pointer(&error));
	g_queue_push_tail(&ferry->waste, g_strdup(parcel->row.spool));
	g_ptr_array_remove(ferry->parcels, parcel);
	core_touch(ferry->core);
}

StoreOp *
ferry_unsend(Parcel *parcel)
{
	parcel->stage = PARCEL_SPOOLED;
	return parcel_op(parcel);
}

static gboolean
has_parcel(const Ferry *ferry, gint64 op, ParcelStage at_least)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->row.op == op && parcel->stage >= at_least)
			return TRUE;
	}
	return FALSE;
}

/* Those of OP that were not sent. */
static void
drop_unsent(Ferry *ferry, gint64 op)
{
	for (guint i = ferry->parcels->len; i-- > 0;) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->row.op == op && parcel->stage < PARCEL_SENT)
			ferry_drop(ferry, parcel);
	}
}

/* ---- trips ---- */

static void
trip_free(gpointer data)
{
	Trip *trip = data;

	if (trip->asked)
		link_forget(trip->asked, trip);
	uidset_free(trip->doubted);
	g_free(trip->reason);
	g_free(trip);
}

/* What a program that has ended, this one before or another whose ops were taken over, left on the way. */
static void
load(Ferry *ferry, const StoreOp *op)
{
	g_autoptr(GArray) rows = store_parcels_load(ferry->core->store, op->id);

	for (guint i = 0; i < rows->len; i++) {
		Parcel *parcel = g_new0(Parcel, 1);

		parcel->ferry = ferry;
		parcel->row = g_array_index(rows, StoreParcel, i);
		parcel->stage = PARCEL_SPOOLED;
		if (parcel->row.state == STORE_PARCEL_SENT)
			parcel_doubt(parcel);
		g_ptr_array_add(ferry->parcels, parcel);
		/* A full disk may have kept the journal from forgetting it. */
		if (op->from_uids_done && uidset_contains(op->from_uids_done, parcel->row.uid))
			ferry_drop(ferry, parcel);
	}
	/* Their strings belong to the parcels now. */
	g_array_set_clear_func(rows, NULL);
}

/* How many octets UIDS are together. Those whose rows are not here count as much as the others do on average. */
static guint64
weigh(Ferry *ferry, const Folder *folder, const UidSet *uids)
{
	Store *store = ferry->core->store;
	guint64 octets = store_messages_octets(store, folder->stored->id, uids);
	guint unread, known = store_messages_count(store, folder->stored->id, uids, &unread);

	return known ? octets + octets / known * (uidset_count(uids) - known) : 0;
}

Trip *
ferry_trip(Ferry *ferry, const StoreOp *op)
{
	const Folder *folder = tree_by_raw(account_tree(ferry->account), op->mailbox);
	Trip *trip;

	for (guint i = 0; i < ferry->trips->len; i++) {
		trip = g_ptr_array_index(ferry->trips, i);
		if (trip->op == op->id)
			return trip;
	}
	trip = g_new0(Trip, 1);
	trip->ferry = ferry;
	trip->op = op->id;
	trip->doubted = uidset_new();
	if (folder)
		trip->octets = weigh(ferry, folder, op->uids);
	g_ptr_array_add(ferry->trips, trip);
	load(ferry, op);
	return trip;
}

/* Says what was refused, all at once. */
static void
end_trip(Ferry *ferry, const StoreOp *op)
{
	Trip *trip = ferry_trip(ferry, op);
	g_autofree char *what = words_do(op, trip->refused, account_tree(ferry->account));

	if (trip->refused)
		core_notice(ferry->core, account_id(ferry->account), ENGINE_NOTICE_ERROR,
			"Could not %s. %s", what, trip->reason);
	g_ptr_array_remove(ferry->trips, trip);
}

Carrier *
ferry_destination(const Ferry *ferry, const StoreOp *op)
{
	Account *account = account_of(ferry->core, op->to_account);

	return account ? account_carrier(account) : NULL;
}

/* ---- how it ends ---- */

void
ferry_arrived(Ferry *ferry, Parcel *parcel)
{
	StoreOp *op = parcel_op(parcel);
	Account *to = account_of(ferry->core, op->to_account);
	gboolean named = parcel->arrived_as && parcel->arrived_in == op->to_uidvalidity;

	if (!op->from_uids_done) {
		op->from_uids_done = uidset_new();
		op->to_uids_done = uidset_new();
	}
	uidset_add(op->from_uids_done, parcel->row.uid);
	if (named)
		uidset_add(op->to_uids_done, parcel->arrived_as);
	else
		op->to_uidnext = 0; /* to be asked for again */
	if (to)
		account_take_appended(to, op->to_mailbox, named ? parcel->arrived_as : 0);
	opqueue_note(ferry->queue, op);
	ferry_drop(ferry, parcel);
}

/* UIDS of OP stay where they are. Frees OP when they were all that was left of it. */
static void
leave(Ferry *ferry, StoreOp *op, const UidSet *uids, const char *reason)
{
	g_autofree char *mailbox = g_strdup(op->mailbox);
	g_autoptr(UidSet) left = uidset_copy(uids);
	Trip *trip = ferry_trip(ferry, op);

	if (uidset_is_empty(left))
		return;
	trip->refused += uidset_count(left);
	g_free(trip->reason);
	trip->reason = g_strdup(reason);
	uidset_remove_set(op->uids, left);
	if (uidset_is_empty(op->uids)) {
		end_trip(ferry, op);
		opqueue_refuse(ferry->queue, op);
	} else {
		opqueue_note(ferry->queue, op);
	}
	ferry->settled(mailbox, left, ferry->user);
}

void
ferry_refuse(Ferry *ferry, Parcel *parcel, const char *reason)
{
	StoreOp *op = parcel_op(parcel);
	g_autoptr(UidSet) uids = uidset_new_range(parcel->row.uid, parcel->row.uid);

	ferry_drop(ferry, parcel);
	/* What is taken back need not arrive. */
	if (!op->undo_wanted)
		leave(ferry, op, uids, reason);
}

void
ferry_refuse_rest(Ferry *ferry, StoreOp *op, const char *reason)
{
	g_autofree char *kept_reason = g_strdup(reason);
	g_autoptr(UidSet) rest = NULL;

	drop_unsent(ferry, op->id);
	if (op->undo_wanted)
		return;
	rest = uidset_copy(op->uids);
	if (op->from_uids_done)
		uidset_remove_set(rest, op->from_uids_done);
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->row.op == op->id)
			uidset_remove(rest, parcel->row.uid);
	}
	leave(ferry, op, rest, kept_reason);
}

gboolean
ferry_stop(Ferry *ferry, StoreOp *op)
{
	(void)ferry_trip(ferry, op); /* knows what was sent before */
	drop_unsent(ferry, op->id);
	if (has_parcel(ferry, op->id, PARCEL_SENT))
		return FALSE;
	if (op->in_doubt && op->to_uidnext)
		core_notice(ferry->core, account_id(ferry->account), ENGINE_NOTICE_WARNING,
			"Some of the messages may be in %s too: what was sent there was lost with "
			"a "
			"damaged journal.",
			op->to_account);
	g_ptr_array_remove(ferry->trips, ferry_trip(ferry, op));
	op->tried = FALSE;
	return TRUE;
}

/* TRUE when OP is no longer the ferry's. */
static gboolean
finish(Ferry *ferry, StoreOp *op)
{
	g_autoptr(UidSet) left = uidset_copy(op->uids);
	g_autofree char *mailbox = g_strdup(op->mailbox);
	g_autoptr(UidSet) uids = uidset_copy(op->uids);

	if (!op->from_uids_done || has_parcel(ferry, op->id, PARCEL_FETCHING))
		return FALSE;
	uidset_remove_set(left, op->from_uids_done);
	if (!uidset_is_empty(left))
		return FALSE;
	end_trip(ferry, op);
	opqueue_carry_done(ferry->queue, op);
	ferry->settled(mailbox, uids, ferry->user);
	return TRUE;
}

/* ---- the turn ---- */

/* A busy disk may take its time for each. TRUE: there was one. */
static gboolean
remove_waste(Ferry *ferry)
{
	g_autofree char *name = g_queue_pop_head(&ferry->waste);

	if (!name)
		return FALSE;
	store_spool_remove(ferry->core->store, name);
	core_touch(ferry->core);
	return TRUE;
}

/* Ops that were taken back, or that another connection has ended. */
static void
sweep(Ferry *ferry)
{
	for (guint i = ferry->parcels->len; i-- > 0;) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);
		const StoreOp *op = parcel_op(parcel);

		if (!op || !op_is_carried(op))
			ferry_drop(ferry, parcel);
	}
	for (guint i = ferry->trips->len; i-- > 0;) {
		const Trip *trip = g_ptr_array_index(ferry->trips, i);
		const StoreOp *op = opqueue_by_id(ferry->queue, trip->op);

		if (!op || !op_is_carried(op))
			g_ptr_array_remove_index(ferry->trips, i);
	}
}

static gboolean
is_fetching(const Ferry *ferry)
{
	for (guint i = 0; i < ferry->parcels->len; i++)
		if (((const Parcel *)g_ptr_array_index(ferry->parcels, i))->stage ==
			PARCEL_FETCHING)
			return TRUE;
	return FALSE;
}

/* TRUE while there is more to fetch. One op is fetched at a time, as each opens its folder: the FIRST that
 * has something left. */
static gboolean
carry(Ferry *ferry, gint64 id, gboolean is_first)
{
	StoreOp *op = opqueue_by_id(ferry->queue, id);

	if (!op || !op_is_carried(op))
		return FALSE;
	(void)ferry_trip(ferry, op);
	if (op->undo_wanted) {
		(void)ferry_stop(ferry, op);
		return FALSE;
	}
	if (!account_of(ferry->core, op->to_account)) {
		g_autofree char *reason =
			g_strdup_printf("The config names no account %s any more.", op->to_account);

		ferry_refuse_rest(ferry, op, reason);
		return FALSE;
	}
	if (finish(ferry, op))
		return FALSE;
	ferry_append(ferry, op);
	/* That may have been the end of it. */
	op = opqueue_by_id(ferry->queue, id);
	return op && (!is_first || ferry_fetch(ferry, op));
}

void
ferry_settle(Ferry *ferry)
{
	g_autoptr(GPtrArray) ops = opqueue_carried(ferry->queue);
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	gboolean more = FALSE, removed = remove_waste(ferry);

	if (!ops->len && !ferry->parcels->len && !ferry->trips->len)
		return;
	for (guint i = 0; i < ops->len; i++)
		g_array_append_val(ids, ((const StoreOp *)g_ptr_array_index(ops, i))->id);
	sweep(ferry);
	if (!removed)
		ferry_sync(ferry);
	ferry_look(ferry);
	for (guint i = 0; i < ids->len; i++)
		more |= carry(ferry, g_array_index(ids, gint64, i), !more);
	if (is_fetching(ferry))
		return;
	if (!more || ferry_must_yield(ferry))
		carrier_release(account_carrier(ferry->account), &ferry->fetching);
	ferry->reopen = FALSE;
}

gboolean
ferry_is_bound_for(const Ferry *ferry, const char *account, const char *mailbox)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);
		const StoreOp *op = parcel_op(parcel);

		if (op && parcel->stage >= PARCEL_SENT && !strcmp(op->to_account, account) &&
			!strcmp(op->to_mailbox, mailbox))
			return TRUE;
	}
	return FALSE;
}

/* What is fetched and not sent counts half. */
void
ferry_progress(const Ferry *ferry, guint64 *out_done, guint64 *out_total)
{
	*out_done = *out_total = 0;
	for (guint i = 0; i < ferry->trips->len; i++) {
		const Trip *trip = g_ptr_array_index(ferry->trips, i);
		const StoreOp *op = opqueue_by_id(ferry->queue, trip->op);
		guint64 n = op ? uidset_count(op->uids) : 0;

		if (!n)
			continue;
		*out_total += trip->octets;
		if (op->from_uids_done)
			*out_done += trip->octets * uidset_count(op->from_uids_done) / n;
	}
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		*out_done += (parcel->file ? spool_file_size(parcel->file) : parcel->row.size) / 2;
	}
	*out_done = MIN(*out_done, *out_total);
}

/* ---- life ---- */

Ferry *
ferry_new(Core *core, Account *account, FerrySettled settled, gpointer user)
{
	Ferry *ferry = g_new0(Ferry, 1);

	ferry->core = core;
	ferry->account = account;
	ferry->queue = account_ops(account);
	ferry->settled = settled;
	ferry->user = user;
	ferry->parcels = g_ptr_array_new_with_free_func(parcel_free);
	ferry->trips = g_ptr_array_new_with_free_func(trip_free);
	ferry->fetching = (CarrierHolder){ferry_on_fetched, ferry};
	ferry->looking = (CarrierHolder){ferry_on_looked, ferry};
	return ferry;
}

void
ferry_free(Ferry *ferry)
{
	if (!ferry)
		return;
	ferry_look_cut(ferry);
	if (ferry->timer)
		g_source_remove(ferry->timer);
	while (remove_waste(ferry))
		continue;
	/* The other files and the journal stay, for the next start. */
	g_ptr_array_unref(ferry->parcels);
	g_ptr_array_unref(ferry->trips);
	g_free(ferry);
}
