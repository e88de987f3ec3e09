#include "core/textindex.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/gist.h"
#include "mime/header.h"
#include "store/bodies.h"
#include "store/folders.h"
#include "store/search.h"

#define SLICE_US      4000
#define SLICE_OCTETS  (16 * 1024)  /* decoded at a time */
#define MAX_OCTETS    (512 * 1024) /* of a section; few words come behind them */
#define MAX_FIELDS    (64 * 1024)  /* of a header */
#define AGAIN_SECONDS 30           /* after a failure: the disk is full, another Postern writes */

struct TextIndex {
	Core *core;
	guint source;  /* the next slice */
	gboolean late; /* that waits for better times */
	/* The message that is being read; FOLDER 0: none. */
	guint32 folder, uid;
	GString *text;
	Gist *gist;    /* NULL: there is only the header */
	guint section; /* of GIST */
	GBytes *bytes; /* of that; NULL: to be loaded */
	gsize at;
};

TextIndex *
textindex_new(Core *core)
{
	TextIndex *index = g_new0(TextIndex, 1);

	index->core = core;
	index->text = g_string_new(NULL);
	return index;
}

static void
leave_message(TextIndex *index)
{
	index->folder = index->section = 0;
	g_string_truncate(index->text, 0);
	g_clear_pointer(&index->gist, gist_free);
	g_clear_pointer(&index->bytes, g_bytes_unref);
}

void
textindex_free(TextIndex *index)
{
	if (!index)
		return;
	if (index->source)
		g_source_remove(index->source);
	leave_message(index);
	g_string_free(index->text, TRUE);
	g_free(index);
}

/* ---- one message ---- */

static void
add_fields(TextIndex *index)
{
	static const char *const names[] = {"From", "To", "Cc", "Subject"};
	g_autoptr(GBytes) header =
		store_body_peek(index->core->store, index->folder, index->uid, "HEADER");
	gsize len = 0;
	const char *block = header ? g_bytes_get_data(header, &len) : NULL;

	len = MIN(len, MAX_FIELDS);
	for (guint i = 0; block && i < G_N_ELEMENTS(names); i++) {
		g_autofree char *value = mime_header_get(block, len, names[i]);

		if (value)
			g_string_append_printf(index->text, "%s\n", value);
	}
}

static void
begin_message(TextIndex *index, guint32 folder, guint32 uid)
{
	index->folder = folder;
	index->uid = uid;
	add_fields(index);
	index->gist = gist_new(index->core, folder, uid);
}

static void
describe_section(TextIndex *index)
{
	g_autofree char *name = gist_description(index->gist, index->section);
	g_autoptr(GBytes) header =
		name ? store_body_peek(index->core->store, index->folder, index->uid, name) : NULL;
	gsize len = 0;
	const char *block = header ? g_bytes_get_data(header, &len) : NULL;

	if (len)
		gist_describe(index->gist, index->section, block, len);
}

/* FALSE when there is no section left. */
static gboolean
read_section(TextIndex *index)
{
	guint64 octets;
	const char *name = index->gist ? gist_section(index->gist, index->section, &octets) : NULL;
	gsize len = 0, slice;
	const char *data;

	if (!name)
		return FALSE;
	if (!index->bytes) {
		describe_section(index);
		index->bytes = store_body_peek(index->core->store, index->folder, index->uid, name);
		index->at = 0;
	}
	data = index->bytes ? g_bytes_get_data(index->bytes, &len) : NULL;
	len = MIN(len, MAX_OCTETS);
	slice = MIN(len - index->at, SLICE_OCTETS);
	if (slice)
		gist_feed(index->gist, index->section, data + index->at, slice);
	index->at += slice;
	if (index->at == len) {
		gist_end(index->gist, index->section++);
		g_clear_pointer(&index->bytes, g_bytes_unref);
	}
	return TRUE;
}

static gboolean
end_message(TextIndex *index, GError **error)
{
	guint32 folder = index->folder;
	gboolean done;

	if (index->gist)
		gist_add_words(index->gist, index->text, STORE_INDEX_MAX);
	done = store_index_put(index->core->store, folder, index->uid, index->text->str, error);
	leave_message(index);
	return done;
}

/* ---- slices ---- */

static gboolean
do_something(TextIndex *index, GError **error)
{
	Store *store = index->core->store;
	guint32 folder, uid;

	if (index->folder)
		return read_section(index) || end_message(index, error);
	if (!store_index_next(store, &folder, &uid))
		return store_sweep(store, error) && store_index_forget(store, error);
	begin_message(index, folder, uid);
	return TRUE;
}

static gboolean
is_behind(const TextIndex *index)
{
	return index->folder || store_index_is_behind(index->core->store);
}

static gboolean
on_again(gpointer user)
{
	TextIndex *index = user;

	index->source = 0;
	index->late = FALSE;
	core_touch(index->core);
	return G_SOURCE_REMOVE;
}

static gboolean
on_slice(gpointer user)
{
	TextIndex *index = user;
	gint64 begun = clock_mono_us();
	g_autoptr(GError) error = NULL;

	while (!error && is_behind(index) && clock_mono_us() - begun < SLICE_US)
		if (!do_something(index, &error))
			break;
	core_touch(index->core);
	if (error) {
		log_line(LOG_WARN, "index", "%s", error->message);
		leave_message(index);
		index->late = TRUE;
		index->source = g_timeout_add_seconds(AGAIN_SECONDS, on_again, index);
		return G_SOURCE_REMOVE;
	}
	if (is_behind(index))
		return G_SOURCE_CONTINUE;
	index->source = 0;
	return G_SOURCE_REMOVE;
}

void
textindex_settle(TextIndex *index)
{
	if (!index->source && is_behind(index))
		index->source = g_idle_add(on_slice, index);
}

gboolean
textindex_is_idle(const TextIndex *index)
{
	return !index->source || index->late;
}
