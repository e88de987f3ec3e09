/* When the server can't take a message apart, or does it wrongly: all of it is fetched and taken apart
 * here (mime/message), by a thread when it is big. */
#include "core/reading-private.h"

#include "base/log.h"
#include "mime/message.h"
#include "mime/transfer.h"
#include "store/bodies.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_WHOLE (64 * 1024 * 1024) /* octets that are held */
#define SMALL     (256 * 1024)       /* octets that are taken apart within the turn */

struct ReadingParse {
	EngineReading *reading; /* NULL: it was freed meanwhile */
	GBytes *sent;
	char *encoding; /* of SENT, or NULL */
	GBytes *whole;
	MimePart *tree;
};

/* ---- taking it apart ---- */

static void
parse_free(gpointer data)
{
	ReadingParse *parse = data;

	g_bytes_unref(parse->sent);
	g_free(parse->encoding);
	g_bytes_unref(parse->whole);
	mime_part_free(parse->tree);
	g_free(parse);
}

static void
parse_run(ReadingParse *parse)
{
	gsize len = 0;
	const char *bytes;

	parse->whole = mime_transfer_decode(parse->sent, parse->encoding);
	bytes = g_bytes_get_data(parse->whole, &len);
	parse->tree = mime_message_parse(len ? bytes : "", len);
}

static void
take_tree(EngineReading *reading, ReadingParse *parse)
{
	reading->parse = NULL;
	reading->whole = g_bytes_ref(parse->whole);
	mime_part_free(reading->tree);
	reading->tree = g_steal_pointer(&parse->tree);
	reading->top = reading->tree;
	reading_plan(reading);
	reading_begin_again(reading);
	core_touch(reading->engine->core);
}

static void
run_in_thread(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	parse_run(data);
	g_task_return_boolean(task, TRUE);
}

static void
on_parsed(GObject *source, GAsyncResult *result, gpointer user)
{
	ReadingParse *parse = g_task_get_task_data(G_TASK(result));

	if (parse->reading)
		take_tree(parse->reading, parse);
}

void
reading_take_whole(EngineReading *reading, GBytes *sent, const char *encoding)
{
	ReadingParse *parse = g_new0(ReadingParse, 1);

	reading->step = READING_PARSE;
	reading->parse = parse;
	parse->reading = reading;
	parse->sent = g_bytes_ref(sent);
	parse->encoding = g_strdup(encoding);
	if (g_bytes_get_size(sent) <= SMALL) {
		parse_run(parse);
		take_tree(reading, parse);
		parse_free(parse);
	} else {
		g_autoptr(GTask) task = g_task_new(NULL, NULL, on_parsed, NULL);

		g_task_set_task_data(task, parse, parse_free);
		g_task_run_in_thread(task, run_in_thread);
	}
}

void
reading_forget_whole(EngineReading *reading)
{
	if (reading->parse)
		reading->parse->reading = NULL;
	g_clear_pointer(&reading->download, download_free);
	g_clear_pointer(&reading->spool, g_byte_array_unref);
	g_clear_pointer(&reading->whole, g_bytes_unref);
}

GBytes *
reading_slice(const EngineReading *reading, guint64 offset, guint64 octets)
{
	gsize len = g_bytes_get_size(reading->whole);

	offset = MIN(offset, len);
	return g_bytes_new_from_bytes(reading->whole, offset, MIN(octets, len - offset));
}

/* ---- fetching it ---- */

/* Only that of the message itself: it is under the name that no other section has. */
static void
keep(EngineReading *reading, GBytes *bytes)
{
	Core *core = reading->engine->core;
	g_autoptr(GError) error = NULL;

	if (reading->inside < 0 && !reading_is_void(reading) &&
		!store_body_put(core->store, reading->folder, reading->uid, "", bytes, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
}

static void
on_piece(const char *bytes, gsize len, gpointer user)
{
	EngineReading *reading = user;

	g_byte_array_append(reading->spool, (const guint8 *)bytes, (guint)len);
	reading_changed(reading);
}

static void
on_over(const GError *error, gpointer user)
{
	EngineReading *reading = user;
	g_autoptr(GBytes) sent = NULL;

	if (error) {
		reading_fail(reading, error->message);
		return;
	}
	sent = g_byte_array_free_to_bytes(g_steal_pointer(&reading->spool));
	keep(reading, sent);
	reading->cut = g_bytes_get_size(sent) >= MAX_WHOLE;
	reading_take_whole(reading, sent, reading->encoding);
}

static void
fetch(EngineReading *reading)
{
	static const DownloadOwner owner = {on_piece, NULL, on_over};
	const DownloadWish wish = {
		.folder = reading->folder,
		.uid = reading->uid,
		.uidvalidity = reading->uidvalidity,
		.section = reading->base,
		.size = reading->size,
		.max = MAX_WHOLE,
	};

	reading->step = READING_WHOLE;
	reading->spool = g_byte_array_sized_new((guint)MIN(reading->size, MAX_WHOLE));
	reading->download = download_new(reading->engine, &wish, &owner, reading);
	core_touch(reading->engine->core);
}

gboolean
reading_fall_back(EngineReading *reading, const char *why)
{
	g_autoptr(GBytes) stored = NULL;

	if (reading->whole || reading->parse || reading->download || !reading->message)
		return FALSE;
	log_line(LOG_INFO, "reading", "the whole of message %u is taken apart here: %s",
		reading->uid, why);
	reading_forget_link(reading);
	if (reading->inside < 0)
		reading->size = reading->message->size;
	if (reading->inside < 0 && !reading_is_void(reading))
		stored = store_body_get(
			reading->engine->core->store, reading->folder, reading->uid, "");
	if (stored)
		reading_take_whole(reading, stored, NULL);
	else
		fetch(reading);
	return TRUE;
}

/* ---- whether to ---- */

static gboolean
shares_boundary(const MimePart *part)
{
	const char *boundary = mime_part_param(part, "boundary");

	for (const MimePart *outer = part->parent; boundary && outer; outer = outer->parent) {
		const char *other = mime_part_param(outer, "boundary");

		if (other && !strcmp(other, boundary))
			return TRUE;
	}
	return FALSE;
}

/* Servers take for a header what is none, and give up on a multipart without its boundary: then the
 * text is in no part. */
static gboolean
has_octets(const EngineReading *reading)
{
	for (const MimePart *part = reading->tree; part; part = mime_part_next(part))
		if (!mime_part_is(part, "multipart", NULL) && part->octets)
			return TRUE;
	return FALSE;
}

/* The text of a message inside was taken for its header. */
static gboolean
is_hollow(const MimePart *part)
{
	const MimePart *body = part->children->len ? g_ptr_array_index(part->children, 0) : NULL;
	const MimeEnvelope *envelope = part->envelope;

	return body && envelope && mime_part_is(body, "text", NULL) && body->octets == 0 &&
	       part->octets > 2 && !*envelope->from && !*envelope->subject && !*envelope->date;
}

const char *
reading_doubt(const EngineReading *reading)
{
	if (mime_part_is(reading->top, "multipart", NULL) && !reading->top->children->len)
		return "the server found no parts in it";
	for (const MimePart *part = reading->tree; part; part = mime_part_next(part))
		if (mime_part_is(part, "multipart", NULL) && shares_boundary(part))
			return "two of its parts have the same boundary";
	for (const MimePart *part = reading->tree; part; part = mime_part_next(part))
		if (mime_part_is_message(part) && is_hollow(part))
			return "the server found no text in a message inside of it";
	if (!has_octets(reading))
		return "the server found nothing in it";
	return NULL;
}
