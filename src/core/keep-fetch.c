#include "core/keep-fetch.h"

#include "base/log.h"
#include "core/convert.h"
#include "core/gist.h"
#include "store/bodies.h"

#include <string.h>

#define WINDOW        100          /* messages that are looked at together */
#define MAX_OCTETS    (256 * 1024) /* under way; one message may be more */
#define MAX_COMMANDS  16           /* under way */
#define HEADER_OCTETS 2500         /* what a header is taken to have before it is here */
#define MAX_PIECE     (STORE_BODY_MAX + 1)

typedef struct {
	char *section;
	GByteArray *bytes;
	gboolean here; /* the server has said something of it */
} Piece;

typedef struct {
	guint32 uid;
	gint64 arrived;
	guint64 octets;    /* that are expected */
	GPtrArray *pieces; /* Piece; the header last: with it a message counts as kept */
	guint waiting;     /* commands that are not answered */
	gboolean failed;   /* one of them was refused */
} Item;

typedef struct {
	ImapCmdId cmd;
	UidSet *uids;
} Asked;

struct KeepFetch {
	Core *core;
	const AccountConfig *config;
	Link *link; /* borrowed; NULL once it is gone */
	guint32 folder;
	UidSet *left;      /* not looked at yet */
	UidSet *window;    /* being looked at: their rows are under way; or NULL */
	ImapCmdId rows;    /* 0: no rows are under way */
	GQueue *ready;     /* Item: to be asked for */
	GHashTable *items; /* UID -> Item: under way */
	GArray *asked;     /* Asked */
	guint64 octets;    /* under way */
	guint64 used;      /* of the budget, as last asked for and added to since */
	guint32 total;
};

static void
piece_free(gpointer data)
{
	Piece *piece = data;

	g_free(piece->section);
	g_byte_array_unref(piece->bytes);
	g_free(piece);
}

static void
item_free(gpointer data)
{
	Item *item = data;

	g_ptr_array_unref(item->pieces);
	g_free(item);
}

static void
clear_asked(gpointer data)
{
	uidset_free(((Asked *)data)->uids);
}

KeepFetch *
keep_fetch_new(
	Core *core, const AccountConfig *config, Link *link, guint32 folder, UidSet *take_uids)
{
	KeepFetch *fetch = g_new0(KeepFetch, 1);

	fetch->core = core;
	fetch->config = config;
	fetch->link = link;
	fetch->folder = folder;
	fetch->left = take_uids;
	fetch->total = (guint32)uidset_count(take_uids);
	fetch->ready = g_queue_new();
	fetch->items = g_hash_table_new_full(NULL, NULL, NULL, item_free);
	fetch->asked = g_array_new(FALSE, FALSE, sizeof(Asked));
	g_array_set_clear_func(fetch->asked, clear_asked);
	return fetch;
}

void
keep_fetch_free(KeepFetch *fetch)
{
	if (!fetch)
		return;
	if (fetch->link)
		link_forget(fetch->link, fetch);
	uidset_free(fetch->left);
	uidset_free(fetch->window);
	g_queue_free_full(fetch->ready, item_free);
	g_hash_table_unref(fetch->items);
	g_array_unref(fetch->asked);
	g_free(fetch);
}

void
keep_fetch_detach(KeepFetch *fetch)
{
	fetch->link = NULL;
}

/* ---- what came ---- */

/* A message that has vanished meanwhile has no row any more, and must not leave a body behind. */
static gboolean
is_whole(const KeepFetch *fetch, const Item *item)
{
	g_autoptr(StoreMessage) message =
		store_message_get(fetch->core->store, fetch->folder, item->uid, FALSE);

	for (guint i = 0; i < item->pieces->len; i++)
		if (!((const Piece *)g_ptr_array_index(item->pieces, i))->here)
			return FALSE;
	return message && !item->failed;
}

static guint64
octets_of(const Item *item)
{
	guint64 octets = 0;

	for (guint i = 0; i < item->pieces->len; i++)
		octets += ((const Piece *)g_ptr_array_index(item->pieces, i))->bytes->len;
	return octets;
}

/* When the budget is spent, only what is younger than the oldest that is here may take its place. */
static gboolean
has_room(const KeepFetch *fetch, const Item *item, guint64 octets)
{
	return fetch->used + octets <= fetch->config->keep_budget ||
	       item->arrived > store_bodies_oldest(fetch->core->store, fetch->config->name);
}

/* Room is made before, so that the disk never has more than the budget. */
static gboolean
store_item(KeepFetch *fetch, const Item *item, GError **error)
{
	Store *store = fetch->core->store;
	guint64 octets = octets_of(item), budget = fetch->config->keep_budget;

	if (octets > budget || !has_room(fetch, item, octets))
		return TRUE;
	if (fetch->used + octets > budget) {
		if (!store_bodies_trim(store, fetch->config->name, budget - octets, error))
			return FALSE;
		fetch->used = store_bodies_octets(store, fetch->config->name);
	}
	fetch->used += octets;
	for (guint i = 0; i < item->pieces->len; i++) {
		const Piece *piece = g_ptr_array_index(item->pieces, i);
		g_autoptr(GBytes) bytes = g_bytes_new(piece->bytes->data, piece->bytes->len);

		if (!store_body_keep(store, fetch->folder, item->uid, piece->section, bytes,
			    item->arrived, error))
			return FALSE;
	}
	return TRUE;
}

static void
end_item(KeepFetch *fetch, const Item *item)
{
	g_autoptr(GError) error = NULL;

	if (is_whole(fetch, item) && !store_item(fetch, item, &error))
		core_cache_trouble(fetch->core, g_steal_pointer(&error));
	fetch->octets -= item->octets;
	g_hash_table_remove(fetch->items, GUINT_TO_POINTER(item->uid));
}

static void
take_answer(KeepFetch *fetch, const UidSet *uids, gboolean failed)
{
	for (guint32 uid = uidset_min(uids); uid; uid = uidset_next(uids, uid)) {
		Item *item = g_hash_table_lookup(fetch->items, GUINT_TO_POINTER(uid));

		item->failed |= failed;
		if (--item->waiting == 0)
			end_item(fetch, item);
	}
}

static void
take_piece(KeepFetch *fetch, guint32 uid, const ImapBody *body)
{
	Item *item = g_hash_table_lookup(fetch->items, GUINT_TO_POINTER(uid));

	for (guint i = 0; item && i < item->pieces->len; i++) {
		Piece *piece = g_ptr_array_index(item->pieces, i);

		if (g_ascii_strcasecmp(piece->section, body->section ? body->section : ""))
			continue;
		piece->here = TRUE;
		if (body->offset == piece->bytes->len && body->len)
			g_byte_array_append(piece->bytes, (const guint8 *)body->data,
				(guint)MIN(body->len, MAX_PIECE - piece->bytes->len));
	}
}

static void
on_bodies(Link *link, const ImapEvent *event, gpointer user)
{
	KeepFetch *fetch = user;

	if (event->kind == IMAP_EVENT_BODY)
		take_piece(fetch, event->uid, event->body);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	fetch->used = store_bodies_octets(fetch->core->store, fetch->config->name);
	for (guint i = 0; i < fetch->asked->len; i++) {
		if (g_array_index(fetch->asked, Asked, i).cmd != event->cmd)
			continue;
		take_answer(
			fetch, g_array_index(fetch->asked, Asked, i).uids, event->error != NULL);
		g_array_remove_index_fast(fetch->asked, i);
		break;
	}
	core_touch(fetch->core);
}

/* ---- what there is to fetch ---- */

static void
add_piece(Item *item, const char *section)
{
	Piece *piece = g_new0(Piece, 1);

	piece->section = g_strdup(section);
	piece->bytes = g_byte_array_new();
	g_ptr_array_add(item->pieces, piece);
}

/* Attachments stay where they are, and so does a text that the store would not take. NULL when nobody can
 * say what is in the message. */
static Item *
item_new(const KeepFetch *fetch, guint32 uid)
{
	g_autoptr(StoreMessage) message =
		store_message_get(fetch->core->store, fetch->folder, uid, FALSE);
	g_autoptr(Gist) gist = gist_new(fetch->core, fetch->folder, uid);
	const char *section;
	guint64 octets;
	Item *item;

	if (!message || !gist)
		return NULL;
	item = g_new0(Item, 1);
	item->uid = uid;
	item->arrived = MAX(message->internaldate, 1);
	item->octets = HEADER_OCTETS;
	item->pieces = g_ptr_array_new_with_free_func(piece_free);
	for (guint i = 0; (section = gist_section(gist, i, &octets)); i++) {
		g_autofree char *description = NULL;

		if (octets > STORE_BODY_MAX)
			continue;
		description = gist_description(gist, i);
		if (description && strcmp(description, "HEADER") != 0)
			add_piece(item, description);
		add_piece(item, section);
		item->octets += octets;
	}
	add_piece(item, "HEADER");
	return item;
}

/* From the newest on; the first that finds no room ends it, as the others are older. */
static void
end_window(KeepFetch *fetch)
{
	g_autoptr(UidSet) window = g_steal_pointer(&fetch->window);

	for (guint32 uid = uidset_max(window); uid; uid = uidset_previous(window, uid)) {
		Item *item = item_new(fetch, uid);

		if (item && !has_room(fetch, item, fetch->octets + item->octets)) {
			item_free(item);
			uidset_clear(fetch->left);
			return;
		}
		if (item)
			g_queue_push_tail(fetch->ready, item);
	}
}

static void
on_rows(Link *link, const ImapEvent *event, gpointer user)
{
	KeepFetch *fetch = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error)
		log_line(LOG_WARN, "keep", "rows could not be fetched: %s", event->error->message);
	fetch->rows = 0;
	end_window(fetch);
	core_touch(fetch->core);
}

void
keep_fetch_take_row(KeepFetch *fetch, const ImapFetch *row)
{
	g_autoptr(StoreMessage) message = NULL;
	g_autoptr(GError) error = NULL;

	if (!row->uid || !row->envelope || !row->structure)
		return;
	message = convert_fetch(fetch->folder, row);
	if (!store_message_put(fetch->core->store, message, &error))
		core_cache_trouble(fetch->core, g_steal_pointer(&error));
}

/* The newest messages that nobody has looked at, without those that are here. */
static void
begin_window(KeepFetch *fetch)
{
	g_autoptr(UidSet) window = uidset_new(), here = NULL, described = NULL, unknown = NULL;
	Store *store = fetch->core->store;
	guint32 uid = uidset_max(fetch->left);

	for (guint n = 0; uid && n < WINDOW; n++, uid = uidset_previous(fetch->left, uid))
		uidset_add(window, uid);
	uidset_remove_set(fetch->left, window);
	here = store_bodies_uids(
		store, fetch->folder, uidset_min(window), uidset_max(window), "HEADER");
	uidset_remove_set(window, here);
	described = store_messages_described(
		store, fetch->folder, uidset_min(window), uidset_max(window));
	unknown = uidset_copy(window);
	uidset_remove_set(unknown, described);
	fetch->used = store_bodies_octets(store, fetch->config->name);
	fetch->window = g_steal_pointer(&window);
	if (uidset_is_empty(unknown))
		end_window(fetch);
	else
		fetch->rows = link_submit(fetch->link,
			imap_command_fetch_uids(g_steal_pointer(&unknown), IMAP_WANT_ROW, 0),
			on_rows, fetch);
	core_touch(fetch->core);
}

/* ---- asking ---- */

static void
add_to_group(gpointer data, gpointer user)
{
	const Piece *piece = data;
	gpointer *context = user;
	GHashTable *groups = context[0];
	Item *item = context[1];
	UidSet *uids = g_hash_table_lookup(groups, piece->section);

	if (!uids) {
		uids = uidset_new();
		g_hash_table_insert(groups, g_strdup(piece->section), uids);
	}
	uidset_add(uids, item->uid);
	item->waiting++;
}

static void
ask_group(gpointer section, gpointer uids, gpointer user)
{
	KeepFetch *fetch = user;
	Asked asked = {0, uidset_copy(uids)};

	asked.cmd = link_submit(fetch->link, imap_command_fetch_bodies(uidset_copy(uids), section),
		on_bodies, fetch);
	g_array_append_val(fetch->asked, asked);
}

/* As many as may be under way, one command for each section. */
static void
ask_bodies(KeepFetch *fetch)
{
	g_autoptr(GHashTable) groups =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)uidset_free);
	const Item *first;

	while ((first = g_queue_peek_head(fetch->ready)) &&
		(!fetch->octets || fetch->octets + first->octets <= MAX_OCTETS)) {
		Item *item = g_queue_pop_head(fetch->ready);
		gpointer context[] = {groups, item};

		fetch->octets += item->octets;
		g_hash_table_insert(fetch->items, GUINT_TO_POINTER(item->uid), item);
		g_ptr_array_foreach(item->pieces, add_to_group, context);
	}
	g_hash_table_foreach(groups, ask_group, fetch);
}

void
keep_fetch_settle(KeepFetch *fetch)
{
	if (!fetch->rows && fetch->ready->length < WINDOW && !uidset_is_empty(fetch->left))
		begin_window(fetch);
	/* In halves, so that the line is not idle between two. */
	if (fetch->asked->len < MAX_COMMANDS && fetch->octets <= MAX_OCTETS / 2)
		ask_bodies(fetch);
}

gboolean
keep_fetch_is_over(const KeepFetch *fetch)
{
	return !fetch->rows && !fetch->ready->length && !fetch->asked->len &&
	       uidset_is_empty(fetch->left);
}

void
keep_fetch_progress(const KeepFetch *fetch, guint32 *out_done, guint32 *out_total)
{
	guint64 open = uidset_count(fetch->left) + fetch->ready->length +
		       g_hash_table_size(fetch->items) +
		       (fetch->rows ? uidset_count(fetch->window) : 0);

	*out_total = fetch->total;
	*out_done = fetch->total - (guint32)MIN(open, fetch->total);
}
