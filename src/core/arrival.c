#include "core/arrival.h"

#include "core/account.h"

#include "base/log.h"
#include "base/text.h"

#define MAX_NEWS  100 /* messages of a folder and turn that are remembered by name */
#define MAX_CELLS 160 /* of a sender's name or a subject, in a sentence and for the command */

typedef struct {
	guint32 uid;
	char *from, *subject;
} News;

/* What is known of a folder in this session. */
typedef struct {
	guint32 uidvalidity;
	guint32 next;    /* all below is old; 0: the folder was not looked at yet */
	GArray *news;    /* News, of this turn or held back */
	UidSet *own;     /* that our changes put here, from NEXT on */
	guint64 unnamed; /* more of them, of which the server did not say the UIDs */
	/* A count of this turn, or held back; UIDNEXT 0: none. */
	guint32 uidnext, unread_before, unread;
} Place;

/* What is told at once. */
typedef struct {
	guint count, folders;
	const Folder *folder; /* the first of them */
	char *from, *subject; /* of a message that came alone, else NULL */
} Tidings;

struct Arrival {
	Core *core;
	EngineAccountId account;
	const char *name;
	const Tree *tree;
	const OpQueue *ops;
	Hook *hook;
	GHashTable *places;  /* raw name -> Place */
	GHashTable *waiting; /* raw names with something to tell; keys of PLACES */
};

static void
clear_news(gpointer data)
{
	News *news = data;

	g_free(news->from);
	g_free(news->subject);
}

static void
place_free(gpointer data)
{
	Place *place = data;

	g_array_unref(place->news);
	uidset_free(place->own);
	g_free(place);
}

Arrival *
arrival_new(Core *core, EngineAccountId account, const char *account_name, const Tree *tree,
	const OpQueue *ops, Hook *hook)
{
	Arrival *arrival = g_new0(Arrival, 1);

	arrival->core = core;
	arrival->account = account;
	arrival->name = account_name;
	arrival->tree = tree;
	arrival->ops = ops;
	arrival->hook = hook;
	arrival->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, place_free);
	arrival->waiting = g_hash_table_new(g_str_hash, g_str_equal);
	return arrival;
}

void
arrival_free(Arrival *arrival)
{
	if (!arrival)
		return;
	g_hash_table_unref(arrival->waiting);
	g_hash_table_unref(arrival->places);
	g_free(arrival);
}

/* ---- what happens ---- */

static gboolean
is_awaited(const Folder *folder)
{
	switch (folder->role) {
	case ENGINE_ROLE_NONE:
	case ENGINE_ROLE_INBOX:
	case ENGINE_ROLE_ARCHIVE: return TRUE;
	case ENGINE_ROLE_DRAFTS:
	case ENGINE_ROLE_SENT:
	case ENGINE_ROLE_JUNK:
	case ENGINE_ROLE_TRASH:
	case ENGINE_ROLE_ALL:
	case ENGINE_ROLE_FLAGGED: return FALSE;
	}
	return FALSE;
}

static Place *
place_of(Arrival *arrival, const char *mailbox)
{
	Place *place = g_hash_table_lookup(arrival->places, mailbox);

	if (place)
		return place;
	place = g_new0(Place, 1);
	place->news = g_array_new(FALSE, FALSE, sizeof(News));
	g_array_set_clear_func(place->news, clear_news);
	place->own = uidset_new();
	g_hash_table_insert(arrival->places, g_strdup(mailbox), place);
	return place;
}

/* All that is below NEXT has been told, or need not be. */
static void
go_on_from(Place *place, guint32 next)
{
	place->next = MAX(place->next, next);
	place->uidnext = 0;
	g_array_set_size(place->news, 0);
	if (place->next > 1)
		uidset_remove_range(place->own, 1, place->next - 1);
}

/* The first look, and every one at UIDs that mean other messages than before, is no news. */
static gboolean
is_first_look(Place *place, guint32 uidvalidity, guint32 uidnext)
{
	if (place->next && (!uidvalidity || place->uidvalidity == uidvalidity))
		return FALSE;
	place->uidvalidity = uidvalidity;
	place->next = 0;
	uidset_clear(place->own);
	place->unnamed = 0;
	go_on_from(place, uidnext);
	return TRUE;
}

static void
wait_for_settle(Arrival *arrival, const char *mailbox)
{
	gpointer key;

	if (g_hash_table_lookup_extended(arrival->places, mailbox, &key, NULL))
		g_hash_table_add(arrival->waiting, key);
	core_touch(arrival->core);
}

void
arrival_take_selected(Arrival *arrival, const Folder *folder)
{
	(void)is_first_look(place_of(arrival, folder->stored->name), folder->stored->uidvalidity,
		folder->stored->uidnext);
}

void
arrival_take_message(
	Arrival *arrival, const Folder *folder, guint32 uid, const char *from, const char *subject)
{
	Place *place = place_of(arrival, folder->stored->name);
	News news = {uid, NULL, NULL};

	if (!place->next || uid < place->next || place->news->len >= MAX_NEWS)
		return;
	news.from = g_strdup(from);
	news.subject = g_strdup(subject);
	g_array_append_val(place->news, news);
	wait_for_settle(arrival, folder->stored->name);
}

void
arrival_take_status(Arrival *arrival, const Folder *folder, const ImapMailboxStatus *status)
{
	const guint needed = IMAP_STATUS_UIDNEXT | IMAP_STATUS_UNSEEN;
	guint32 uidvalidity = status->has & IMAP_STATUS_UIDVALIDITY ? status->uidvalidity : 0;
	Place *place;

	if ((status->has & needed) != needed || !status->uidnext)
		return;
	place = place_of(arrival, folder->stored->name);
	if (is_first_look(place, uidvalidity, status->uidnext) || status->uidnext <= place->next)
		return;
	if (!place->uidnext)
		place->unread_before = folder->stored->unread;
	place->uidnext = status->uidnext;
	place->unread = status->unseen;
	wait_for_settle(arrival, folder->stored->name);
}

void
arrival_take_own(Arrival *arrival, const char *mailbox, const UidSet *uids, guint64 n)
{
	Place *place = place_of(arrival, mailbox);

	if (!place->next)
		return;
	if (uids)
		uidset_add_set(place->own, uids);
	else
		place->unnamed += n;
	if (place->next > 1)
		uidset_remove_range(place->own, 1, place->next - 1);
}

/* ---- what is told ---- */

/* Those of N that were not ours. */
static guint64
less_unnamed(Place *place, guint64 n)
{
	guint64 own = MIN(n, place->unnamed);

	place->unnamed -= own;
	return n - own;
}

/* The count is of all that has come, of which the rows have told some. */
static guint64
count_beyond(Place *place, guint32 next)
{
	g_autoptr(UidSet) come = NULL;
	guint64 n, risen = 0;

	if (place->uidnext <= next)
		return 0;
	if (place->unread > place->unread_before)
		risen = place->unread - place->unread_before;
	come = uidset_new_range(next, place->uidnext - 1);
	uidset_remove_set(come, place->own);
	n = less_unnamed(place, uidset_count(come));
	return MIN(n, risen);
}

static void
tell_alone(Tidings *tidings, const News *news)
{
	g_autofree char *from = text_clean(news->from, -1, TEXT_LINE);
	g_autofree char *subject = text_clean(news->subject, -1, TEXT_LINE);

	tidings->from = text_ellipsize(from, MAX_CELLS);
	tidings->subject = text_ellipsize(subject, MAX_CELLS);
}

static void
take_place(Arrival *arrival, const Folder *folder, Place *place, Tidings *tidings)
{
	guint32 next = place->next;
	const News *alone = NULL;
	guint64 n = 0;

	for (guint i = 0; i < place->news->len; i++) {
		const News *news = &g_array_index(place->news, News, i);

		next = MAX(next, news->uid + 1);
		if (uidset_contains(place->own, news->uid))
			continue;
		alone = news;
		n++;
	}
	n = less_unnamed(place, n) + count_beyond(place, next);
	if (n && is_awaited(folder)) {
		tidings->count += (guint)MIN(n, G_MAXINT32);
		tidings->folder = tidings->folder ? tidings->folder : folder;
		tidings->folders++;
		g_clear_pointer(&tidings->from, g_free);
		g_clear_pointer(&tidings->subject, g_free);
		if (tidings->count == 1 && alone)
			tell_alone(tidings, alone);
	}
	go_on_from(place, MAX(next, place->uidnext));
}

static char *
sentence(const Arrival *arrival, const Tidings *tidings)
{
	const char *path = folder_path(tidings->folder);

	if (tidings->from)
		return g_strdup_printf("%s: %s", tidings->from, tidings->subject);
	if (tidings->folders > 1)
		return g_strdup_printf("%u new messages in %u folders of %s", tidings->count,
			tidings->folders, arrival->name);
	return g_strdup_printf("%u new message%s in %s/%s", tidings->count,
		tidings->count == 1 ? "" : "s", arrival->name, path);
}

static void
run_command(const Arrival *arrival, const Tidings *tidings)
{
	g_autofree char *folder = text_clean(folder_path(tidings->folder), -1, TEXT_LINE);
	g_autofree char *count = g_strdup_printf("%u", tidings->count);
	const HookFact facts[] = {
		{"POSTERN_ACCOUNT", arrival->name},
		{"POSTERN_FOLDER", folder},
		{"POSTERN_COUNT", count},
		{"POSTERN_FROM", tidings->from ? tidings->from : ""},
		{"POSTERN_SUBJECT", tidings->subject ? tidings->subject : ""},
	};

	if (arrival->hook)
		hook_run(arrival->hook, facts, G_N_ELEMENTS(facts));
}

static void
tell(const Arrival *arrival, const Tidings *tidings)
{
	g_autofree char *text = sentence(arrival, tidings);
	EngineEvent event = {.kind = ENGINE_NEW_MAIL,
		.account = arrival->account,
		.folder = tidings->folder->stored->id,
		.count = tidings->count,
		.text = text_clean(text, -1, TEXT_LINE)};

	log_line(LOG_INFO, "arrival", "%u new in %s", event.count, arrival->name);
	core_emit(arrival->core, &event);
	run_command(arrival, tidings);
}

void
arrival_settle(Arrival *arrival)
{
	Tidings tidings = {0};
	GHashTableIter iter;
	gpointer mailbox;

	g_hash_table_iter_init(&iter, arrival->waiting);
	while (g_hash_table_iter_next(&iter, &mailbox, NULL)) {
		const Folder *folder = tree_by_raw(arrival->tree, mailbox);

		if (folder && (opqueue_is_bound_for(arrival->ops, mailbox) ||
				      account_is_bound_for(arrival->core, arrival->name, mailbox)))
			continue;
		if (folder)
			take_place(arrival, folder, g_hash_table_lookup(arrival->places, mailbox),
				&tidings);
		g_hash_table_iter_remove(&iter);
	}
	if (tidings.count)
		tell(arrival, &tidings);
	g_free(tidings.from);
	g_free(tidings.subject);
}
