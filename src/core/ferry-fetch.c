/* From the server into a file. */
#include "core/ferry-private.h"

#include "base/log.h"

#include <string.h>

#define MAX_UNDER_WAY 16                 /* messages in any stage */
#define MAX_BEGUN     4                  /* in one turn: each makes a file */
#define MAX_OCTETS    (32 * 1024 * 1024) /* of them; a single one may be larger */
#define MAX_MESSAGE   (1024 * 1024 * 1024)
#define CHUNK         (256 * 1024) /* octets asked for at a time */

static void ask_chunk(Parcel *parcel, Link *link);

/* ---- what comes ---- */

gboolean
ferry_refuse_too_big(Ferry *ferry, Parcel *parcel, guint64 size)
{
	const StoreOp *op = parcel_op(parcel);
	Carrier *to = op ? ferry_destination(ferry, op) : NULL;
	Link *link = to ? carrier_link(to) : NULL;
	guint64 limit = link ? imap_caps_append_limit(imap_session_caps(link_session(link))) : 0;
	g_autofree char *size_text = g_format_size(size);
	g_autofree char *limit_text = g_format_size(limit);
	g_autofree char *reason = NULL;

	if (!limit || size <= limit)
		return FALSE;
	reason = g_strdup_printf("A message has %s, and the server of %s takes at most %s.",
		size_text, op->to_account, limit_text);
	ferry_refuse(ferry, parcel, reason);
	return TRUE;
}

void
ferry_on_fetched(const ImapEvent *event, gpointer user)
{
	Ferry *ferry = user;
	const ImapFetch *fetch = event->fetch;
	Parcel *parcel = NULL;
	const guint needed = IMAP_HAS_FLAGS | IMAP_HAS_ENVELOPE;

	for (guint i = 0; event->kind == IMAP_EVENT_FETCH && i < ferry->parcels->len; i++) {
		Parcel *each = g_ptr_array_index(ferry->parcels, i);

		if (each->stage == PARCEL_FETCHING && each->link && each->row.uid == event->uid)
			parcel = each;
	}
	if (!parcel || (fetch->has & needed) != needed)
		return;
	flagset_clear(&parcel->row.flags);
	parcel->row.flags = flagset_copy(&fetch->flags);
	parcel->row.date = fetch->has & IMAP_HAS_INTERNALDATE ? fetch->internaldate : 0;
	g_free(parcel->row.identity);
	parcel->row.identity = ferry_identity(fetch);
	parcel->described = TRUE;
	parcel->told = fetch->has & IMAP_HAS_SIZE ? fetch->size : 0;
	if (fetch->has & IMAP_HAS_SIZE)
		(void)ferry_refuse_too_big(ferry, parcel, fetch->size);
}

static void
on_described(Link *link, const ImapEvent *event, gpointer user)
{
	if (event->kind == IMAP_EVENT_DONE)
		parcel_answered(user);
}

static void
take_body(Parcel *parcel, const ImapBody *body)
{
	g_autoptr(GError) error = NULL;

	/* Pieces come in order; one that does not is not ours. */
	if (body->nil || body->offset != spool_file_size(parcel->file))
		return;
	if (body->offset + body->len > parcel->asked) {
		ferry_refuse(parcel->ferry, parcel, "The server sent more than was asked for.");
		return;
	}
	parcel->has_body |= body->offset + body->len > 0 || !parcel->told;
	if (!spool_file_write(parcel->file, body->data, body->len, &error))
		ferry_refuse_rest(parcel->ferry, parcel_op(parcel), error->message);
}

/* It was asked for in a folder that is open, and is not there. */
static void
not_found(Parcel *parcel)
{
	Ferry *ferry = parcel->ferry;
	StoreOp *op = parcel_op(parcel);
	Trip *trip = ferry_trip(ferry, op);

	if (!uidset_contains(trip->doubted, parcel->row.uid)) {
		uidset_add(trip->doubted, parcel->row.uid);
		ferry_drop(ferry, parcel);
		/* It may have come since the folder was opened. */
		ferry->reopen = TRUE;
		return;
	}
	ferry_refuse(ferry, parcel, "The server no longer has the message.");
}

/* All that the server says there is. */
static gboolean
is_all_told(const Parcel *parcel)
{
	return parcel->told && spool_file_size(parcel->file) >= parcel->told;
}

/* Servers cut pieces short, and the sizes that they tell are not always true: a message ends where a piece is
 * empty, or short behind that size. */
static gboolean
is_whole(const Parcel *parcel)
{
	guint64 here = spool_file_size(parcel->file);

	return here == parcel->chunk ||
	       (here < parcel->asked && (!parcel->told || is_all_told(parcel)));
}

static void
on_body(Link *link, const ImapEvent *event, gpointer user)
{
	Parcel *parcel = user;
	Ferry *ferry = parcel->ferry;

	if (event->kind == IMAP_EVENT_BODY)
		take_body(parcel, event->body);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	parcel_answered(parcel);
	if (event->error && !link_is_ready(link))
		ferry_drop(ferry, parcel);
	else if (event->error)
		ferry_refuse(ferry, parcel, event->error->message);
	else if (!parcel->described || (!parcel->has_body && !is_all_told(parcel)))
		not_found(parcel);
	else if (parcel->asked >= MAX_MESSAGE)
		ferry_refuse(ferry, parcel, "A message is larger than Postern carries.");
	else if (is_whole(parcel))
		parcel->stage = PARCEL_FETCHED;
	else
		ask_chunk(parcel, link);
	core_touch(ferry->core);
}

static void
ask_chunk(Parcel *parcel, Link *link)
{
	g_autoptr(GError) error = NULL;
	gboolean done;

	/* A chunk at a time, so that no turn waits for a whole large message. */
	if (parcel->asked && !spool_file_sync(parcel->file, &done, &error)) {
		ferry_refuse_rest(parcel->ferry, parcel_op(parcel), error->message);
		return;
	}
	parcel->has_body = FALSE;
	parcel->chunk = spool_file_size(parcel->file);
	parcel->asked = parcel->chunk + CHUNK;
	parcel_await(parcel, link,
		imap_command_fetch_body(parcel->row.uid, "", parcel->chunk, CHUNK), on_body);
}

/* ---- what is asked for ---- */

static void
begin(Ferry *ferry, const StoreOp *op, guint32 uid, Link *link)
{
	g_autoptr(GError) error = NULL;
	SpoolFile *file = spool_file_new(ferry->core->store, &error);
	Parcel *parcel;

	if (!file) {
		ferry_refuse_rest(ferry, opqueue_by_id(ferry->queue, op->id), error->message);
		return;
	}
	parcel = g_new0(Parcel, 1);
	parcel->ferry = ferry;
	parcel->row.op = op->id;
	parcel->row.uid = uid;
	parcel->row.spool = g_strdup(spool_file_name(file));
	parcel->file = file;
	g_ptr_array_add(ferry->parcels, parcel);
	parcel_await(parcel, link,
		imap_command_fetch_uids(uidset_new_range(uid, uid),
			IMAP_WANT_FLAGS | IMAP_WANT_ENVELOPE | IMAP_WANT_DATE | IMAP_WANT_SIZE, 0),
		on_described);
	ask_chunk(parcel, link);
}

static gboolean
has_room(const Ferry *ferry)
{
	guint64 octets = 0;

	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		octets += parcel->file ? parcel->asked : parcel->row.size;
	}
	return ferry->parcels->len < MAX_UNDER_WAY && octets < MAX_OCTETS;
}

/* Messages of OP that nothing was done about and that nothing stands in the way of. */
static UidSet *
untouched(const Ferry *ferry, const StoreOp *op)
{
	UidSet *uids = opqueue_free_uids(ferry->queue, op);

	if (op->from_uids_done)
		uidset_remove_set(uids, op->from_uids_done);
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);

		if (parcel->row.op == op->id)
			uidset_remove(uids, parcel->row.uid);
	}
	return uids;
}

/* The next pieces of a message are asked for in the folder that is open then. */
static gboolean
is_fetching_elsewhere(const Ferry *ferry, const StoreOp *op)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		const Parcel *parcel = g_ptr_array_index(ferry->parcels, i);
		const StoreOp *other = parcel_op(parcel);

		if (parcel->stage == PARCEL_FETCHING && other &&
			strcmp(other->mailbox, op->mailbox) != 0)
			return TRUE;
	}
	return FALSE;
}

/* TRUE when the folder of OP is open, as it was when the user saw it. */
static gboolean
open_source(Ferry *ferry, StoreOp *op)
{
	Carrier *carrier = account_carrier(ferry->account);
	g_autoptr(GError) error = NULL;

	carrier_want(carrier);
	if (is_fetching_elsewhere(ferry, op))
		return FALSE;
	switch (carrier_hold(carrier, &ferry->fetching, op->mailbox, &error)) {
	case CARRIER_LATER: return FALSE;
	case CARRIER_REFUSED: ferry_refuse_rest(ferry, op, error->message); return FALSE;
	case CARRIER_OPEN: break;
	}
	if (carrier_uidvalidity(carrier) == op->uidvalidity)
		return TRUE;
	ferry_refuse_rest(ferry, op, "The server has numbered its messages anew.");
	return FALSE;
}

gboolean
ferry_must_yield(const Ferry *ferry)
{
	return ferry->reopen ||
	       carrier_is_awaited(account_carrier(ferry->account), &ferry->fetching);
}

gboolean
ferry_fetch(Ferry *ferry, StoreOp *op)
{
	g_autoptr(UidSet) uids = untouched(ferry, op);
	gint64 id = op->id;
	guint32 uid = uidset_min(uids);
	Link *link;

	if (!uid || ferry_must_yield(ferry))
		return uid != 0;
	if (has_room(ferry) && !open_source(ferry, op))
		return TRUE;
	link = carrier_link(account_carrier(ferry->account));
	for (guint i = 0; uid && has_room(ferry); uid = uidset_next(uids, uid), i++) {
		if (!opqueue_by_id(ferry->queue, id))
			return FALSE;
		if (i == MAX_BEGUN) {
			core_touch(ferry->core);
			break;
		}
		begin(ferry, op, uid, link);
	}
	return TRUE;
}

/* ---- the disk ---- */

/* It is on the disk: it may be sent, unless it was already. */
static void
note_spooled(Parcel *parcel)
{
	const StoreOp *op = parcel_op(parcel);

	if (op && op->in_doubt && op->to_uidnext) {
		parcel_note(parcel, STORE_PARCEL_SENT);
		parcel_doubt(parcel);
	} else {
		parcel->stage = PARCEL_SPOOLED;
		parcel_note(parcel, STORE_PARCEL_SPOOLED);
	}
}

void
ferry_sync(Ferry *ferry)
{
	for (guint i = 0; i < ferry->parcels->len; i++) {
		Parcel *parcel = g_ptr_array_index(ferry->parcels, i);
		g_autoptr(GError) error = NULL;
		gboolean done;

		if (parcel->stage != PARCEL_FETCHED)
			continue;
		core_touch(ferry->core);
		if (!spool_file_sync(parcel->file, &done, &error))
			ferry_refuse_rest(ferry, parcel_op(parcel), error->message);
		if (error || !done)
			return;
		parcel->row.size = spool_file_size(parcel->file);
		g_clear_pointer(&parcel->file, spool_file_free);
		note_spooled(parcel);
		return;
	}
}
