#include "core/keep.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/keep-fetch.h"
#include "core/slot.h"
#include "imap/seqmap.h"
#include "store/bodies.h"

#include <string.h>

#define DAY            (24 * 60 * 60)
#define LINGER_SECONDS 30 /* for what arrives next, before the connection is closed */

/* What was looked through of a folder in this session. */
typedef struct {
	guint32 uidvalidity, uidnext;
} Visit;

struct Keep {
	Core *core;
	EngineAccountId account;
	const AccountConfig *config;
	Tree *tree;
	Slot *slot;
	GHashTable *visits;    /* folder id -> Visit */
	gboolean due;          /* there are folders to look through, as far as is known */
	EngineFolderId folder; /* being looked through, 0: none */
	Visit visit;           /* of that, as it was selected; UIDVALIDITY 0: not yet */
	guint32 exists;        /* messages of it; 0: none, or some came or went since */
	UidSet *found, *tail;  /* by the SEARCHes that are under way, or NULL */
	gboolean tail_asked;   /* the answer is awaited */
	KeepFetch *fetch;      /* or NULL */
	guint linger;          /* timer */
	EngineFolderId told_folder;
	guint32 told_done;
};

/* ---- which folders ---- */

/* Those that show the mail of others again would keep it twice. */
static gboolean
is_usual(const Folder *folder)
{
	return folder->role != ENGINE_ROLE_JUNK && folder->role != ENGINE_ROLE_TRASH &&
	       folder->role != ENGINE_ROLE_ALL && folder->role != ENGINE_ROLE_FLAGGED;
}

static gboolean
is_chosen(const Keep *keep, const Folder *folder)
{
	g_autofree char *path = NULL;

	if (folder_refusal(folder))
		return FALSE;
	if (!keep->config->keep_folders)
		return is_usual(folder);
	path = g_utf8_casefold(folder_path(folder), -1);
	for (char **glob = keep->config->keep_folders; *glob; glob++)
		if (g_pattern_match_simple(*glob, path))
			return TRUE;
	return FALSE;
}

static gboolean
is_due(const Keep *keep, const Folder *folder)
{
	const StoreFolder *stored = folder->stored;
	const Visit *visit = g_hash_table_lookup(keep->visits, GUINT_TO_POINTER(stored->id));

	if (stored->counts_known && !stored->total)
		return FALSE;
	if (visit && visit->uidvalidity == stored->uidvalidity && visit->uidnext >= folder->counted)
		return FALSE;
	return is_chosen(keep, folder);
}

static Folder *
next_due(const Keep *keep)
{
	for (guint i = 0; i < tree_count(keep->tree); i++)
		if (is_due(keep, tree_at(keep->tree, i)))
			return tree_at(keep->tree, i);
	return NULL;
}

static gboolean
is_through(const Keep *keep)
{
	return keep_fetch_is_over(keep->fetch) && !keep->tail_asked;
}

static gboolean
is_on(const Keep *keep)
{
	return (keep->config->keep_days || keep->config->keep_folders) &&
	       keep->config->connections >= 3;
}

gboolean
keep_is_wanted(const Keep *keep)
{
	return keep->folder || keep->due;
}

/* ---- one folder ---- */

static void
stop_folder(Keep *keep)
{
	g_clear_pointer(&keep->fetch, keep_fetch_free);
	g_clear_pointer(&keep->found, uidset_free);
	g_clear_pointer(&keep->tail, uidset_free);
	keep->tail_asked = FALSE;
	keep->folder = 0;
	keep->visit = (Visit){0};
	core_touch(keep->core);
}

/* It is not looked at again before something comes, however much of it could be kept. */
static void
end_folder(Keep *keep)
{
	const Folder *folder = tree_by_id(keep->tree, keep->folder);
	Visit *visit = g_new(Visit, 1);

	*visit = keep->visit;
	if (folder)
		visit->uidvalidity = folder->stored->uidvalidity;
	g_hash_table_insert(keep->visits, GUINT_TO_POINTER(keep->folder), visit);
	stop_folder(keep);
}

/* FALSE when what the store has of the folder is void: whoever opens the folder to show it begins it
 * anew, and then it is due again. */
static gboolean
is_as_stored(Keep *keep)
{
	Folder *folder = tree_by_id(keep->tree, keep->folder);

	if (!folder || !keep->visit.uidvalidity)
		return FALSE;
	if (!folder->stored->uidvalidity) {
		folder->stored->uidvalidity = keep->visit.uidvalidity;
		tree_save(keep->tree, folder);
	}
	return folder->stored->uidvalidity == keep->visit.uidvalidity;
}

/* The messages from the first that was found on stand at the end of the folder: so it can be shown without
 * a line, with all that is kept in it. */
static void
save_tail(Keep *keep)
{
	g_autoptr(SeqMap) map = seqmap_new_tail(keep->exists, keep->tail);
	g_autofree char *text = seqmap_to_text(map);
	g_autoptr(GError) error = NULL;

	if (keep->exists &&
		!store_folder_put_kept(keep->core->store, keep->folder, text, clock_wall(), &error))
		core_cache_trouble(keep->core, g_steal_pointer(&error));
}

static void
on_tail(Link *link, const ImapEvent *event, gpointer user)
{
	Keep *keep = user;

	/* With the connection the folder was left. */
	if (!keep->tail_asked)
		return;
	if (event->kind == IMAP_EVENT_SEARCH)
		uidset_add_set(keep->tail, event->uids);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	keep->tail_asked = FALSE;
	if (!event->error && is_as_stored(keep))
		save_tail(keep);
	core_touch(keep->core);
}

/* A set that was found is asked for again from its first on: what was moved there lately stands among
 * it, however old it is. */
static void
take_found(Keep *keep, Link *link)
{
	guint32 first = uidset_min(keep->found);

	keep->tail = uidset_new();
	keep->tail_asked = first != 0;
	if (first)
		link_submit(link, imap_command_search_uids(uidset_new_range(first, G_MAXUINT32)),
			on_tail, keep);
	keep->fetch = keep_fetch_new(
		keep->core, keep->config, link, keep->folder, g_steal_pointer(&keep->found));
}

static void
on_found(Link *link, const ImapEvent *event, gpointer user)
{
	Keep *keep = user;

	if (event->kind == IMAP_EVENT_SEARCH)
		uidset_add_set(keep->found, event->uids);
	if (event->kind != IMAP_EVENT_DONE || (event->error && !link_is_ready(link)))
		return;
	if (event->error)
		log_line(LOG_WARN, "keep", "%s", event->error->message);
	if (event->error || !is_as_stored(keep))
		end_folder(keep);
	else
		take_found(keep, link);
	core_touch(keep->core);
}

static void
on_opened(Link *link, const ImapEvent *event, gpointer user)
{
	/* Whether it is open shows in on_event(). */
}

static void
begin_folder(Keep *keep, Link *link, const Folder *folder)
{
	gint64 since = clock_wall() - (gint64)keep->config->keep_days * DAY;

	keep->folder = folder->stored->id;
	keep->visit = (Visit){0};
	keep->found = uidset_new();
	link_submit(link, imap_command_select(folder->stored->name, TRUE), on_opened, keep);
	link_submit(link,
		keep->config->keep_days ? imap_command_search_since(since)
					: imap_command_search(IMAP_SEARCH_ALL, NULL),
		on_found, keep);
}

/* ---- the connection ---- */

static void
on_ready(Slot *slot, gpointer user)
{
}

static void
take_selected(Keep *keep, const ImapSelected *selected)
{
	const Folder *folder = tree_by_id(keep->tree, keep->folder);

	if (!folder || strcmp(folder->stored->name, selected->mailbox) != 0)
		return;
	keep->visit.uidvalidity = selected->uidvalidity ? selected->uidvalidity : 1;
	keep->visit.uidnext = MAX(selected->uidnext, folder->counted);
	keep->exists = selected->exists;
}

static void
on_event(Slot *slot, const ImapEvent *event, gpointer user)
{
	Keep *keep = user;

	if (event->kind == IMAP_EVENT_SELECTED)
		take_selected(keep, event->selected);
	else if (event->kind == IMAP_EVENT_EXISTS || event->kind == IMAP_EVENT_EXPUNGED ||
		 event->kind == IMAP_EVENT_VANISHED)
		keep->exists = 0;
	else if (event->kind == IMAP_EVENT_FETCH && event->asked && keep->fetch &&
		 is_as_stored(keep))
		keep_fetch_take_row(keep->fetch, event->fetch);
}

static void
on_closed(Slot *slot, const GError *error, gpointer user)
{
	Keep *keep = user;

	if (keep->fetch)
		keep_fetch_detach(keep->fetch);
	stop_folder(keep);
	slot_retry(slot);
}

static void
on_again(Slot *slot, gpointer user)
{
	/* keep_settle() opens it, if it is still wanted. */
	core_touch(((Keep *)user)->core);
}

static void
stop_linger(Keep *keep)
{
	if (keep->linger)
		g_source_remove(keep->linger);
	keep->linger = 0;
}

static void
close_slot(Keep *keep)
{
	stop_linger(keep);
	if (keep->folder)
		stop_folder(keep);
	slot_close(keep->slot);
}

static gboolean
on_linger(gpointer user)
{
	Keep *keep = user;

	keep->linger = 0;
	close_slot(keep);
	return G_SOURCE_REMOVE;
}

/* ---- life ---- */

Keep *
keep_new(Core *core, EngineAccountId account, const AccountConfig *config, Tree *tree)
{
	static const SlotEvents events = {on_ready, on_event, on_closed, on_again};
	Keep *keep = g_new0(Keep, 1);

	keep->core = core;
	keep->account = account;
	keep->config = config;
	keep->tree = tree;
	keep->visits = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	keep->due = is_on(keep);
	keep->slot = slot_new(core, "keep", config, &events, keep);
	return keep;
}

void
keep_free(Keep *keep)
{
	if (!keep)
		return;
	close_slot(keep);
	slot_free(keep->slot);
	g_hash_table_unref(keep->visits);
	g_free(keep);
}

/* ---- once per turn ---- */

/* Messages that came while the folder was looked through are seen at the next look. */
static void
go_on(Keep *keep, Link *link)
{
	const Folder *folder;

	if (keep->fetch && (!is_as_stored(keep) || is_through(keep)))
		end_folder(keep);
	if (keep->fetch)
		keep_fetch_settle(keep->fetch);
	folder = keep->folder ? NULL : next_due(keep);
	if (folder)
		begin_folder(keep, link, folder);
}

static void
rest(Keep *keep, gboolean yield)
{
	if (!slot_link(keep->slot))
		return;
	if (yield)
		close_slot(keep);
	else if (!keep->linger)
		keep->linger = g_timeout_add_seconds(LINGER_SECONDS, on_linger, keep);
}

static void
tell(Keep *keep)
{
	EngineEvent event = {.kind = ENGINE_ACCOUNT_CHANGED, .account = keep->account};
	guint32 done = 0, total;
	const char *name;
	EngineFolderId folder = keep_progress(keep, &name, &done, &total) ? keep->folder : 0;

	if (folder == keep->told_folder && done == keep->told_done)
		return;
	keep->told_folder = folder;
	keep->told_done = done;
	core_emit(keep->core, &event);
}

void
keep_settle(Keep *keep, const LinkSecret *secret, gboolean hold, gboolean yield)
{
	/* Before anybody has looked there may be something. */
	keep->due = is_on(keep) && (!secret || next_due(keep));
	if (!secret)
		close_slot(keep);
	else if (!keep_is_wanted(keep))
		rest(keep, yield);
	else if (!slot_link(keep->slot) && !slot_retry_at(keep->slot) && !hold)
		slot_open(keep->slot, secret);
	if (secret && keep_is_wanted(keep) && slot_ready_link(keep->slot) && !hold) {
		stop_linger(keep);
		go_on(keep, slot_link(keep->slot));
	}
	tell(keep);
}

gboolean
keep_progress(const Keep *keep, const char **out_folder, guint32 *out_done, guint32 *out_total)
{
	const Folder *folder = keep->fetch ? tree_by_id(keep->tree, keep->folder) : NULL;

	if (!folder)
		return FALSE;
	keep_fetch_progress(keep->fetch, out_done, out_total);
	*out_folder = folder_path(folder);
	return *out_done < *out_total;
}

void
keep_trim(Core *core, const AccountConfig *config)
{
	g_autoptr(GError) error = NULL;

	if (!store_bodies_trim(core->store, config->name, config->keep_budget, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
}
