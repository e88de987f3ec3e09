/* The octets of a message: from the store, else from the server, all that is needed in one flight. */
#include "core/reading-private.h"

#include "base/err.h"
#include "core/convert.h"
#include "core/keep.h"
#include "imap/structure.h"
#include "store/bodies.h"
#include "store/likings.h"

#define MAX_KEPT   (2 * 1024 * 1024) /* octets of one message: they go to the disk in one turn */
#define CHUNK      (256 * 1024)      /* octets asked for at a time */
#define MAX_TEXT   (8 * 1024 * 1024) /* octets of a part that are held, whatever the server sends */
#define MAX_HEADER (256 * 1024)      /* of it: decoding one takes its time */
#define MAX_CUTS   3                 /* lost connections before it fails */

/* ---- the store ---- */

static gboolean
likes_html(const EngineReading *reading)
{
	gboolean html = engine_option_bool(reading->engine, "prefer-html");

	(void)store_liking_get(reading->engine->core->store, reading->message->from_address, &html);
	return html;
}

/* Where what is read begins in the tree; NULL when the server did not take that apart. */
static const MimePart *
top_of(const EngineReading *reading)
{
	const MimePart *message;

	if (reading->inside < 0)
		return reading->tree;
	message = mime_part_at(reading->tree, (guint)reading->inside);
	return message && message->children->len ? g_ptr_array_index(message->children, 0) : NULL;
}

/* FALSE when the store has no structure for the message. */
static gboolean
take_structure(EngineReading *reading)
{
	Core *core = reading->engine->core;
	g_autoptr(ImapStructure) structure = NULL;
	gsize len = 0;
	const char *bytes;

	store_message_free(reading->message);
	reading->message = store_message_get(core->store, reading->folder, reading->uid, TRUE);
	if (!reading->message)
		return FALSE;
	reading->html = likes_html(reading);
	if (!reading->message->structure)
		return FALSE;
	bytes = g_bytes_get_data(reading->message->structure, &len);
	structure = imap_structure_from_text(bytes, len);
	if (!structure)
		return FALSE;
	mime_part_free(reading->tree);
	reading->tree = convert_parts(imap_structure_root(structure));
	reading->top = top_of(reading);
	if (!reading->top)
		return FALSE;
	reading_plan(reading);
	return TRUE;
}

static void
take_stored(EngineReading *reading, Section *section)
{
	g_autoptr(GBytes) stored = store_body_get(
		reading->engine->core->store, reading->folder, reading->uid, section->name);
	gsize len = 0;
	const guint8 *bytes;

	if (!stored)
		return;
	bytes = g_bytes_get_data(stored, &len);
	g_byte_array_append(section->bytes, bytes, (guint)len);
	section->here = section->size = len;
	section->whole = section->stored = TRUE;
}

/* What of the message that was taken apart here is needed. */
static void
take_local(EngineReading *reading, Section *section)
{
	const MimePart *part = section->for_step ? section->for_step->part : NULL;
	guint64 max = part ? section->size : MIN(reading->top->offset, MAX_HEADER);
	g_autoptr(GBytes) bytes = reading_slice(reading, part ? part->offset : 0, max);
	gsize len = 0;
	const guint8 *data = g_bytes_get_data(bytes, &len);

	if (len)
		g_byte_array_append(section->bytes, data, (guint)len);
	section->here = section->size = len;
	section->whole = section->stored = TRUE;
}

static gboolean
is_all_here(const EngineReading *reading)
{
	for (guint i = 0; i < reading->sections->len; i++)
		if (!((const Section *)g_ptr_array_index(reading->sections, i))->whole)
			return FALSE;
	return TRUE;
}

/* The header of a part: all goes on without it. */
static gboolean
is_extra(const Section *section)
{
	return section->describes && section != g_ptr_array_index(section->reading->sections, 0);
}

/* An older Postern has kept the message, without these: it must be readable without a line all the same. */
static void
leave_out_extra(EngineReading *reading)
{
	const Section *header = g_ptr_array_index(reading->sections, 0);

	for (guint i = 1; header->stored && i < reading->sections->len; i++) {
		Section *section = g_ptr_array_index(reading->sections, i);

		section->whole = section->whole || is_extra(section);
	}
}

static void
begin_body(EngineReading *reading)
{
	for (guint i = 0; i < reading->sections->len; i++) {
		Section *section = g_ptr_array_index(reading->sections, i);

		if (!section->whole && reading->whole)
			take_local(reading, section);
		else if (!section->whole)
			take_stored(reading, section);
	}
	leave_out_extra(reading);
	reading->wanted = READING_BODY;
	reading->step = is_all_here(reading) ? READING_HERE : READING_BODY;
}

void
reading_begin_again(EngineReading *reading)
{
	if (reading_is_void(reading) && !reading->whole) {
		reading_fail(reading, ENGINE_RENUMBERED);
		return;
	}
	begin_body(reading);
	reading_show(reading);
}

void
reading_begin(EngineReading *reading)
{
	const char *doubt;

	reading->step = reading->wanted = READING_STRUCTURE;
	if (reading_is_void(reading)) {
		reading_fail(reading, ENGINE_RENUMBERED);
		return;
	}
	if (!take_structure(reading)) {
		if (reading->tree)
			(void)reading_fall_back(reading, "the server did not take it apart");
		return;
	}
	doubt = reading_doubt(reading);
	if (!doubt || !reading_fall_back(reading, doubt))
		reading_begin_again(reading);
}

static gboolean
is_to_keep(const Section *section)
{
	/* Servers err in sizes: whether it is kept whole, the octets say. */
	return !section->stored && section->keep && section->bytes->len == section->here;
}

static guint64
octets_to_keep(const EngineReading *reading)
{
	guint64 octets = 0;

	for (guint i = 0; i < reading->sections->len; i++) {
		const Section *section = g_ptr_array_index(reading->sections, i);

		octets += is_to_keep(section) ? section->bytes->len : 0;
	}
	return octets;
}

/* With its header a message counts as kept (core/keep-fetch.c): all that keeping would take, or nothing. */
void
reading_keep(EngineReading *reading)
{
	Core *core = reading->engine->core;
	Account *account;
	Folder *folder;

	if (reading_is_void(reading) || octets_to_keep(reading) > MAX_KEPT)
		return;

	for (guint i = 0; i < reading->sections->len; i++) {
		const Section *section = g_ptr_array_index(reading->sections, i);
		g_autoptr(GBytes) bytes = NULL;
		g_autoptr(GError) error = NULL;

		if (!is_to_keep(section))
			continue;
		bytes = g_bytes_new(section->bytes->data, section->bytes->len);
		if (!store_body_put(core->store, reading->folder, reading->uid, section->name,
			    bytes, &error))
			core_cache_trouble(core, g_steal_pointer(&error));
	}
	if (engine_resolve(reading->engine, reading->folder, &account, &folder))
		keep_trim(core, account_config(account));
	core_touch(core);
}

/* ---- answers ---- */

void
reading_forget_link(EngineReading *reading)
{
	if (!reading->link)
		return;
	link_forget(reading->link, reading);
	for (guint i = 0; reading->sections && i < reading->sections->len; i++)
		link_forget(reading->link, g_ptr_array_index(reading->sections, i));
	reading->link = NULL;
}

/* What a DONE with an error means: another try after a cut, another way when the server can't give that
 * part, else the end. */
static void
take_error(EngineReading *reading, Link *link, const GError *error)
{
	gboolean refused = err_is(error, ERR_NO) || err_is(error, ERR_BAD);

	reading_forget_link(reading);
	if (refused && link_is_ready(link) && reading_fall_back(reading, error->message))
		return;
	if (link_is_ready(link) || ++reading->cuts > MAX_CUTS)
		reading_fail(reading, error->message);
	else
		reading->step = reading->wanted;
	core_touch(reading->engine->core);
}

static void
take_answer(EngineReading *reading)
{
	const char *doubt = NULL;

	if (take_structure(reading))
		doubt = reading_doubt(reading);
	else
		doubt = "the server can't describe it";
	if (!reading->message)
		reading_fail(reading, "The message is no longer on the server.");
	else if (!doubt || !reading_fall_back(reading, doubt))
		begin_body(reading);
}

static void
on_structure(Link *link, const ImapEvent *event, gpointer user)
{
	EngineReading *reading = user;

	if (event->kind != IMAP_EVENT_DONE)
		return;
	reading->link = NULL;
	if (event->error)
		take_error(reading, link, event->error);
	else
		take_answer(reading);
	core_touch(reading->engine->core);
}

/* In a folder that was opened meanwhile the UID means another message. */
static gboolean
is_selected(const EngineReading *reading)
{
	Account *account;
	Folder *folder;

	return engine_resolve(reading->engine, reading->folder, &account, &folder) &&
	       !reading_is_void(reading) &&
	       account_link_for(account, reading->folder) == reading->link;
}

static void ask_section(Section *section);

static void
take_piece(Section *section, const ImapBody *body)
{
	guint max = section->for_step ? MAX_TEXT : MAX_HEADER;
	guint room = max - MIN(section->bytes->len, max);

	section->here += body->len;
	if (body->len)
		g_byte_array_append(
			section->bytes, (const guint8 *)body->data, (guint)MIN(body->len, room));
	core_touch(section->reading->engine->core);
}

/* The structure says more than comes: it is that of another message, or there is no such part. */
static gboolean
is_missing(const Section *section)
{
	if (section->for_step)
		return section->here == 0 && section->for_step->part->octets > 0;
	return section->here == 0 && !is_extra(section);
}

static void
on_section(Link *link, const ImapEvent *event, gpointer user)
{
	Section *section = user;
	EngineReading *reading = section->reading;

	if (event->kind == IMAP_EVENT_BODY)
		take_piece(section, event->body);
	if (event->kind != IMAP_EVENT_DONE)
		return;
	core_touch(reading->engine->core);
	if (event->error && !(is_extra(section) && err_is(event->error, ERR_NO))) {
		take_error(reading, link, event->error);
	} else if (event->error || section->asked_whole || section->here >= section->size ||
		   section->here == section->asked_from) {
		section->whole = TRUE;
		if (is_missing(section) &&
			reading_fall_back(reading, "the server gave nothing of a part"))
			return;
	} else if (is_selected(reading)) {
		ask_section(section);
		return;
	} else {
		reading_forget_link(reading);
		reading->step = reading->wanted;
		return;
	}
	if (reading->link && is_all_here(reading)) {
		reading->link = NULL;
		reading->step = READING_HERE;
	}
}

/* ---- asking ---- */

/* A short section is asked for whole: then it does not matter whether the server told its size
 * right. */
static void
ask_section(Section *section)
{
	EngineReading *reading = section->reading;
	guint64 length = section->size <= CHUNK ? CHUNK : MIN(section->size - section->here, CHUNK);

	section->asked_from = section->here;
	section->asked_whole = section->size <= CHUNK && section->here == 0;
	link_submit(reading->link,
		imap_command_fetch_body(reading->uid, section->name, section->here,
			section->asked_whole ? 0 : length),
		on_section, section);
}

static void
ask_body(EngineReading *reading)
{
	for (guint i = 0; i < reading->sections->len; i++) {
		Section *section = g_ptr_array_index(reading->sections, i);

		if (!section->whole)
			ask_section(section);
	}
}

static void
ask_structure(EngineReading *reading)
{
	link_submit(reading->link,
		imap_command_fetch_uids(
			uidset_new_range(reading->uid, reading->uid), IMAP_WANT_ROW, 0),
		on_structure, reading);
}

void
reading_settle(EngineReading *reading)
{
	Account *account;
	Folder *folder;
	ReadingStep step = reading->step;

	if (reading->plan && (step == READING_WAIT || step == READING_HERE))
		reading_show(reading);
	if (step == READING_WHOLE)
		download_settle(reading->download);
	if (step != READING_STRUCTURE && step != READING_BODY)
		return;
	if (!engine_resolve(reading->engine, reading->folder, &account, &folder)) {
		reading_fail(reading, "The folder of this message is no longer there.");
		return;
	}
	if (reading_is_void(reading)) {
		reading_fail(reading, ENGINE_RENUMBERED);
		return;
	}
	reading->uidvalidity = folder->stored->uidvalidity;
	reading->link = account_link_for(account, reading->folder);
	if (!reading->link)
		return;
	reading->step = READING_WAIT;
	if (step == READING_STRUCTURE)
		ask_structure(reading);
	else
		ask_body(reading);
}
