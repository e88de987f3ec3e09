/* The message list beside an engine of this file's own: its cursor stays on its message and its
 * marks on theirs, whatever comes and goes. */
#include "paint-grid.h"
#include "view-index.h"

#include <string.h>

/* ---- an engine with one list ---- */

struct EngineList {
	GArray *uids;  /* guint32; 0 is a placeholder */
	gboolean gone; /* from the server */
	gboolean current;
	guint view_first, view_count;
	guint32 asked;      /* what find() could not answer */
	GHashTable *hidden; /* UIDs that find() does not know the place of */
	guint32 read_below; /* UIDs below are read */
};

struct EngineSearch {
	guint32 hits[4]; /* newest first, 0 ends */
	gboolean done;
	gboolean here_only;
};

static struct EngineList the_list;
static struct EngineSearch the_search, the_whole;
static UidSet *the_hits;
static const char *the_trouble = "";
static struct {
	guint32 read; /* the last message opened */
	char notice[200];
} app;

EngineList *
engine_list_open(Engine *engine, EngineFolderId folder)
{
	return &the_list;
}

void
engine_list_close(EngineList *list)
{
}

guint
engine_list_count(const EngineList *list)
{
	return list->uids->len;
}

gint64
engine_list_seen_at(const EngineList *list)
{
	return 0;
}

gboolean
engine_list_is_current(const EngineList *list)
{
	return list->current;
}

gboolean
engine_list_row(const EngineList *list, guint position, EngineRow *out_row)
{
	if (position >= list->uids->len)
		return FALSE;
	guint32 uid = g_array_index(list->uids, guint32, position);
	*out_row = (EngineRow){.uid = uid,
		.from = "Ada",
		.subject = "Notes",
		.flags = uid < list->read_below ? FLAG_SEEN : 0};
	return TRUE;
}

void
engine_list_set_view(EngineList *list, guint first, guint count)
{
	list->view_first = first;
	list->view_count = count;
}

gboolean
engine_list_find(EngineList *list, guint32 uid, guint *out_position)
{
	for (guint i = 0; i < list->uids->len; i++) {
		if (uid == 0 || g_array_index(list->uids, guint32, i) != uid ||
			g_hash_table_contains(list->hidden, GUINT_TO_POINTER(uid)))
			continue;
		*out_position = i;
		return TRUE;
	}
	list->asked = uid;
	return FALSE;
}

gboolean
engine_list_row_of(const EngineList *list, guint32 uid, EngineRow *out_row)
{
	for (guint i = 0; engine_list_row(list, i, out_row); i++) {
		if (uid != 0 && out_row->uid == uid)
			return TRUE;
	}
	return FALSE;
}

UidSet *
engine_list_uids(const EngineList *list)
{
	UidSet *uids = uidset_new();
	for (guint i = 0; i < list->uids->len; i++)
		uidset_add(uids, g_array_index(list->uids, guint32, i)); /* 0 is left out */
	return uids;
}

gboolean
engine_list_may_have(const EngineList *list, guint32 uid)
{
	for (guint i = 0; i < list->uids->len; i++) {
		guint32 here = g_array_index(list->uids, guint32, i);
		if (here == uid || here == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean
engine_list_next_unread(const EngineList *list, guint position, guint *out_position)
{
	for (guint i = position + 1; i < list->uids->len; i++) {
		guint32 uid = g_array_index(list->uids, guint32, i);
		if (uid == 0 || uid < list->read_below)
			continue;
		*out_position = i;
		return TRUE;
	}
	return FALSE;
}

EngineSearch *
engine_search(Engine *engine, EngineFolderId folder, EngineSearchScope scope, const char *text)
{
	return text ? &the_search : &the_whole;
}

void
engine_search_free(EngineSearch *search)
{
}

gboolean
engine_search_is_here_only(const EngineSearch *search)
{
	return search->here_only;
}

gboolean
engine_search_is_done(const EngineSearch *search)
{
	return search->done;
}

const char *
engine_search_error(const EngineSearch *search)
{
	return NULL;
}

const UidSet *
engine_search_hits(const EngineSearch *search)
{
	g_clear_pointer(&the_hits, uidset_free);
	the_hits = uidset_new();
	for (guint i = 0; search->hits[i]; i++)
		uidset_add(the_hits, search->hits[i]);
	return the_hits;
}

guint64
engine_search_count(const EngineSearch *search)
{
	guint n = 0;
	while (search->hits[n])
		n++;
	return n;
}

gboolean
engine_search_has(const EngineSearch *search, guint32 uid)
{
	for (guint i = 0; search->hits[i]; i++) {
		if (search->hits[i] == uid)
			return TRUE;
	}
	return FALSE;
}

guint32
engine_search_next(const EngineSearch *search, guint32 uid, gboolean newer)
{
	for (guint i = 0; !newer && search->hits[i]; i++) {
		if (search->hits[i] < uid)
			return search->hits[i];
	}
	return search->hits[0];
}

gboolean
engine_folder_get(const Engine *engine, EngineFolderId id, EngineFolder *out_folder)
{
	*out_folder = (EngineFolder){.id = id, .account = 1};
	return !the_list.gone;
}

gboolean
engine_account_get(const Engine *engine, EngineAccountId id, EngineAccount *out_account)
{
	*out_account = (EngineAccount){.id = id, .state_text = the_trouble};
	return TRUE;
}

gint64
engine_now(void)
{
	return 1715774400;
}

/* ---- an app ---- */

Engine *
app_engine(const App *unused)
{
	return NULL;
}

static View *the_view;

View *
app_view(const App *unused, ViewKind kind)
{
	return the_view;
}

void
app_mark(App *unused, ViewKind kind)
{
}

void
app_notice(App *unused, EngineNoticeLevel level, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_vsnprintf(app.notice, sizeof app.notice, format, args);
	va_end(args);
}

void
app_read(App *unused, EngineFolderId folder, guint32 uid)
{
	app.read = uid;
}

/* ---- helpers ---- */

#define FOLDER 3

/* UIDS newest first, as in a list. */
static void
set_uids(const guint32 *uids, guint n)
{
	g_array_set_size(the_list.uids, 0);
	g_array_append_vals(the_list.uids, uids, n);
}

static View *
open_view(guint rows)
{
	const guint32 uids[] = {20, 19, 18, 17, 16, 15, 14, 13, 12, 11};
	the_list = (EngineList){.uids = g_array_new(FALSE, FALSE, sizeof(guint32)),
		.current = TRUE,
		.hidden = g_hash_table_new(NULL, NULL),
		.read_below = 21};
	the_search = (EngineSearch){{0}};
	memset(&app, 0, sizeof app);
	set_uids(uids, G_N_ELEMENTS(uids));
	the_view = view_index_new(NULL);
	the_view->ops->resize(the_view->self, rows, 80);
	view_index_open(the_view, FOLDER);
	return the_view;
}

static void
close_view(void)
{
	g_clear_pointer(&the_view, view_free);
	g_clear_pointer(&the_hits, uidset_free);
	g_array_unref(the_list.uids);
	g_hash_table_unref(the_list.hidden);
}

static ViewAnswer
act(ActionId id, const char *arg)
{
	Action action = {.id = id};
	Command command = {&action, (char *)arg};
	g_autoptr(GError) error = NULL;
	return the_view->ops->act(the_view->self, &command, &error);
}

static void
event(EngineEvent fields)
{
	if (fields.kind != ENGINE_SEARCH_CHANGED)
		fields.list = &the_list;
	the_view->ops->event(the_view->self, &fields);
}

static void
splice(guint position, guint removed, const guint32 *uids, guint added)
{
	if (removed > 0)
		g_array_remove_range(the_list.uids, position, removed);
	g_array_insert_vals(the_list.uids, position, uids, added);
	event((EngineEvent){.kind = ENGINE_LIST_SPLICED,
		.position = position,
		.removed = removed,
		.added = added});
}

static void
assert_targets(const char *expected)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GString) text = g_string_new(NULL);
	EngineFolderId folder = 0;
	gboolean any = the_view->ops->targets(the_view->self, &folder, uids, NULL);
	for (guint i = 0; i < uids->len; i++)
		g_string_append_printf(text, "%u ", g_array_index(uids, guint32, i));
	g_assert_cmpstr(text->str, ==, expected);
	g_assert_cmpint(any, ==, *expected != '\0');
}

static void
assert_at(guint32 uid)
{
	g_assert_cmpuint(view_index_uid(the_view), ==, uid);
}

/* ---- tests ---- */

static void
test_cursor_follows_its_message(void)
{
	const guint32 newer[] = {22, 21};
	open_view(5);
	assert_at(20);
	act(ACTION_NEXT, NULL);
	act(ACTION_NEXT, NULL);
	assert_at(18);
	splice(0, 0, newer, 2);
	assert_at(18);
	splice(3, 1, NULL, 0); /* 19 goes */
	assert_at(18);
	splice(3, 1, NULL, 0); /* its own: the older one takes its place */
	assert_at(17);
	act(ACTION_LAST, NULL);
	assert_at(11);
	splice(9, 1, NULL, 0); /* at the end, the newer one */
	assert_at(12);
	close_view();
}

static void
test_cursor_through_a_reset(void)
{
	const guint32 other[] = {30, 29, 18, 17};
	open_view(5);
	act(ACTION_NEXT, NULL);
	act(ACTION_NEXT, NULL);
	assert_at(18);
	set_uids(other, 4);
	event((EngineEvent){.kind = ENGINE_LIST_RESET});
	assert_at(18);
	/* Where the place is not known, the server's answer moves it. */
	g_hash_table_add(the_list.hidden, GUINT_TO_POINTER(18));
	event((EngineEvent){.kind = ENGINE_LIST_RESET});
	g_assert_cmpuint(the_list.asked, ==, 18);
	event((EngineEvent){.kind = ENGINE_LIST_FOUND, .uid = 18, .position = 2});
	assert_at(18);
	/* An answer that came too late does not take the cursor from the user. */
	act(ACTION_FIRST, NULL);
	event((EngineEvent){.kind = ENGINE_LIST_FOUND, .uid = 18, .position = 2});
	assert_at(30);
	close_view();
}

static void
test_placeholder_under_cursor(void)
{
	const guint32 none[] = {0, 0, 0}, here[] = {3, 2, 1};
	open_view(5);
	set_uids(none, 3);
	event((EngineEvent){.kind = ENGINE_LIST_RESET});
	assert_at(0);
	assert_targets("");
	act(ACTION_READ, NULL);
	g_assert_cmpuint(app.read, ==, 0);
	set_uids(here, 3);
	event((EngineEvent){.kind = ENGINE_LIST_ROWS, .position = 0, .added = 3});
	assert_targets("3 ");
	act(ACTION_READ, NULL);
	g_assert_cmpuint(app.read, ==, 3);
	close_view();
}

static void
test_marks(void)
{
	const guint32 newer[] = {21};
	open_view(5);
	act(ACTION_MARK, NULL); /* 20, and on to 19 */
	act(ACTION_NEXT, NULL);
	act(ACTION_MARK, NULL); /* 18 */
	assert_targets("18 20 ");
	splice(0, 0, newer, 1);
	assert_targets("18 20 ");
	splice(1, 1, NULL, 0); /* 20 goes, and its mark */
	assert_targets("18 ");
	act(ACTION_ESCAPE, NULL);
	assert_targets("17 ");
	act(ACTION_MARK_ALL, NULL);
	assert_targets("11 12 13 14 15 16 17 18 19 21 ");
	the_view->ops->acted(the_view->self, ACTION_MARK_READ);
	assert_targets("17 ");
	g_assert_cmpint(act(ACTION_ESCAPE, NULL), ==, VIEW_PASS);
	close_view();
}

/* The same UIDs are other messages now: those were not marked, nor looked for. */
static void
test_renumbered(void)
{
	open_view(5);
	act(ACTION_MARK, NULL); /* 20, and on to 19 */
	assert_targets("20 ");
	event((EngineEvent){.kind = ENGINE_LIST_RESET, .renumbered = TRUE});
	assert_targets("19 ");
	close_view();
}

static void
test_view_is_told(void)
{
	open_view(4);
	g_assert_cmpuint(the_list.view_first, ==, 0);
	g_assert_cmpuint(the_list.view_count, ==, 4);
	act(ACTION_LAST, NULL);
	g_assert_cmpuint(the_list.view_first, ==, 6);
	the_view->ops->resize(the_view->self, 8, 80);
	g_assert_cmpuint(the_list.view_first, ==, 2);
	g_assert_cmpuint(the_list.view_count, ==, 8);
	close_view();
}

/* Messages of which nothing is known here are named by the server. */
static void
test_mark_whole(void)
{
	open_view(5);
	g_array_index(the_list.uids, guint32, 9) = 0;
	the_whole = (EngineSearch){{0}};
	act(ACTION_MARK_ALL, NULL);
	assert_targets(""); /* nothing is done to a part of them */
	the_whole = (EngineSearch){{19, 11}, TRUE};
	event((EngineEvent){.kind = ENGINE_SEARCH_CHANGED, .search = &the_whole});
	assert_targets("11 12 13 14 15 16 17 18 19 20 ");
	/* Marks that were taken away do not come back with the answer. */
	the_whole = (EngineSearch){{0}};
	act(ACTION_MARK_ALL, NULL);
	act(ACTION_UNMARK_ALL, NULL);
	the_whole = (EngineSearch){{19, 11}, TRUE};
	event((EngineEvent){.kind = ENGINE_SEARCH_CHANGED, .search = &the_whole});
	assert_targets("20 ");
	close_view();
}

static void
test_search(void)
{
	open_view(5);
	act(ACTION_SEARCH, "x");
	assert_at(20);
	the_search = (EngineSearch){{17, 13}, TRUE};
	event((EngineEvent){.kind = ENGINE_SEARCH_CHANGED, .search = &the_search});
	assert_at(17);
	act(ACTION_SEARCH_NEXT, NULL);
	assert_at(13);
	act(ACTION_SEARCH_NEXT, NULL);
	assert_at(17);
	act(ACTION_MARK_ALL, NULL); /* the hits */
	assert_targets("13 17 ");
	g_assert_cmpstr(app.notice, ==, "");
	act(ACTION_UNMARK_ALL, NULL);
	the_search = (EngineSearch){{17, 13, 3}, TRUE}; /* one whose line is not here */
	act(ACTION_MARK_ALL, NULL);
	assert_targets("3 13 17 ");
	g_assert_cmpstr(app.notice, ==, "");
	act(ACTION_UNMARK_ALL, NULL);
	app.notice[0] = '\0';
	act(ACTION_ESCAPE, NULL);
	g_assert_cmpint(act(ACTION_ESCAPE, NULL), ==, VIEW_PASS);
	the_search = (EngineSearch){{0}, TRUE};
	act(ACTION_SEARCH, "nothing");
	g_assert_cmpstr(app.notice, ==, "No message here has “nothing”");
	close_view();
}

static void
assert_where(const char *expected)
{
	char words[100];

	the_view->ops->where(the_view->self, words, sizeof(words));
	g_assert_true(g_str_has_prefix(words, expected));
}

/* What is here is gone to at once; the server adds to it, or is not there. */
static void
test_search_here_first(void)
{
	open_view(5);
	the_search = (EngineSearch){{13}, FALSE};
	act(ACTION_SEARCH, "x");
	assert_at(13);
	assert_where("1 found, searching");
	act(ACTION_SEARCH_NEXT, NULL);
	assert_at(13);
	the_search = (EngineSearch){{17, 13}, TRUE};
	event((EngineEvent){.kind = ENGINE_SEARCH_CHANGED, .search = &the_search});
	assert_at(13);
	assert_where("2 found");
	the_search = (EngineSearch){{17, 13}, TRUE, TRUE};
	act(ACTION_SEARCH_TEXT, "x");
	assert_where("2 found here; not online");
	the_search = (EngineSearch){{0}};
	act(ACTION_SEARCH, "x");
	assert_where("searching");
	close_view();
}

static void
test_next_unread(void)
{
	open_view(5);
	act(ACTION_NEXT_UNREAD, NULL);
	g_assert_cmpstr(app.notice, ==, "No unread messages here");
	the_list.read_below = 19; /* 20 and 19 are unread */
	act(ACTION_NEXT_UNREAD, NULL);
	assert_at(19);
	act(ACTION_NEXT_UNREAD, NULL); /* round the end */
	assert_at(20);
	act(ACTION_SEARCH_NEXT, NULL);
	assert_at(19);
	close_view();
}

static void
test_step(void)
{
	guint32 uid = 0;
	open_view(5);
	g_assert_false(view_index_step(the_view, -1, &uid));
	g_assert_true(view_index_step(the_view, 1, &uid));
	g_assert_cmpuint(uid, ==, 19);
	act(ACTION_LAST, NULL);
	g_assert_false(view_index_step(the_view, 1, &uid));
	g_assert_cmpuint(uid, ==, 19);
	close_view();
}

static void
test_place_is_remembered(void)
{
	open_view(5);
	act(ACTION_NEXT, NULL);
	act(ACTION_NEXT, NULL);
	view_index_open(the_view, FOLDER + 1);
	assert_at(20);
	view_index_open(the_view, FOLDER);
	assert_at(18);
	close_view();
}

static void
assert_first_lines(const char *first, const char *second)
{
	g_autoptr(Paint) paint = paint_grid_new(5, 60);
	the_view->ops->draw(the_view->self, paint, TRUE);
	g_autofree char *line = paint_grid_line(paint, 0);
	g_autofree char *next = paint_grid_line(paint, 1);
	g_assert_cmpstr(line, ==, first);
	g_assert_cmpstr(next, ==, second);
}

static void
test_draw(void)
{
	const guint32 some[] = {2, 0};
	open_view(5);
	set_uids(some, 2);
	event((EngineEvent){.kind = ENGINE_LIST_RESET});
	act(ACTION_MARK, NULL);
	assert_first_lines(">   Ada              Notes", "    - - -            - - -");
	set_uids(NULL, 0);
	event((EngineEvent){.kind = ENGINE_LIST_RESET});
	assert_first_lines("", "    No messages in this folder");
	the_list.current = FALSE;
	assert_first_lines("", "    Nothing of this folder is here yet");
	the_list.gone = TRUE;
	assert_first_lines("", "    This folder is no longer on the server");
	the_list.gone = FALSE;
	close_view();
}

/* What is to be done stands at the end of a sentence longer than the row at the foot. */
static void
test_draw_trouble(void)
{
	g_autoptr(Paint) paint = paint_grid_new(5, 30);
	open_view(5);
	set_uids(NULL, 0);
	the_list.current = FALSE;
	the_trouble = "The server refused the password: mend it.";
	event((EngineEvent){.kind = ENGINE_LIST_RESET});
	the_view->ops->draw(the_view->self, paint, TRUE);
	the_trouble = "";
	g_autofree char *line = paint_grid_line(paint, 3);
	g_autofree char *next = paint_grid_line(paint, 4);
	g_assert_cmpstr(line, ==, "    The server refused the");
	g_assert_cmpstr(next, ==, "    password: mend it.");
	close_view();
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/index/cursor-follows-its-message", test_cursor_follows_its_message);
	g_test_add_func("/index/cursor-through-a-reset", test_cursor_through_a_reset);
	g_test_add_func("/index/placeholder-under-cursor", test_placeholder_under_cursor);
	g_test_add_func("/index/marks", test_marks);
	g_test_add_func("/index/renumbered", test_renumbered);
	g_test_add_func("/index/view-is-told", test_view_is_told);
	g_test_add_func("/index/mark-whole", test_mark_whole);
	g_test_add_func("/index/search", test_search);
	g_test_add_func("/index/search-here-first", test_search_here_first);
	g_test_add_func("/index/next-unread", test_next_unread);
	g_test_add_func("/index/step", test_step);
	g_test_add_func("/index/place-is-remembered", test_place_is_remembered);
	g_test_add_func("/index/draw", test_draw);
	g_test_add_func("/index/draw-trouble", test_draw_trouble);
	return g_test_run();
}
