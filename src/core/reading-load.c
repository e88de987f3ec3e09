/* The octets of a message: from the store, else from the server, all that is needed in one flight. */
#include "core/reading-private.h"

#include "base/err.h"
#include "core/convert.h"
#include "core/keep.h"
#include "imap/structure.h"
#include "store/bodies.h"

#define CHUNK      (256 * 1024)      /* octets asked for at a time */
#define MAX_TEXT   (8 * 1024 * 1024) /* octets of a part that are held, whatever the server sends */
#define MAX_HEADER (1024 * 1024)
#define MAX_CUTS   3 /* lost connections before it fails */

/* ---- the store ---- */

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
	if (!reading->message || !reading->message->structure)
		return FALSE;
	bytes = g_bytes_get_data(reading->message->structure, &len);
	structure = imap_structure_from_text(bytes, len);
	if (!structure)
		return FALSE;
	reading_plan(reading, convert_parts(imap_structure_root(structure)));
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

static gboolean
is_all_here(const EngineReading *reading)
{
	for (guint i = 0; i < reading->sections->len; i++)
		if (!((const Section *)g_ptr_array_index(reading->sections, i))->whole)
			return FALSE;
	return TRUE;
}

static void
begin_body(EngineReading *reading)
{
	for (guint i = 0; i < reading->sections->len; i++)
		take_stored(reading, g_ptr_array_index(reading->sections, i));
	reading->wanted = READING_BODY;
	reading->step = is_all_here(reading) ? READING_HERE : READING_BODY;
}

void
reading_begin(EngineReading *reading)
{
	reading->step = reading->wanted = READING_STRUCTURE;
	if (!take_structure(reading))
		return;
	begin_body(reading);
	reading_show(reading);
}

void
reading_keep(EngineReading *reading)
{
	Core *core = reading->engine->core;
	Account *account;
	Folder *folder;

	for (guint i = 0; i < reading->sections->len; i++) {
		const Section *section = g_ptr_array_index(reading->sections, i);
		g_autoptr(GBytes) bytes = NULL;
		g_autoptr(GError) error = NULL;

		/* Servers err in sizes: whether it is kept whole, the octets say. */
		if (section->stored || !section->keep || section->bytes->len != section->here)
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

/* What a DONE with an error means: another try after a cut, else the end. */
static void
take_error(EngineReading *reading, Link *link, const GError *error)
{
	reading_forget_link(reading);
	if (link_is_ready(link) || ++reading->cuts > MAX_CUTS)
		reading_fail(reading, error->message);
	else
		reading->step = reading->wanted;
	core_touch(reading->engine->core);
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
	else if (take_structure(reading))
		begin_body(reading);
	else
		reading_fail(reading,
			"The message is no longer on the server, or the server can't describe it.");
	core_touch(reading->engine->core);
}

/* In a folder that was opened meanwhile the UID means another message. */
static gboolean
is_selected(const EngineReading *reading)
{
	Account *account;
	Folder *folder;

	return engine_resolve(reading->engine, reading->folder, &account, &folder) &&
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
	if (event->error) {
		take_error(reading, link, event->error);
	} else if (section->asked_whole || section->here >= section->size ||
		   section->here == section->asked_from) {
		section->whole = TRUE;
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

	if (step == READING_WAIT || step == READING_HERE)
		if (reading->plan)
			reading_show(reading);
	if (step != READING_STRUCTURE && step != READING_BODY)
		return;
	if (!engine_resolve(reading->engine, reading->folder, &account, &folder)) {
		reading_fail(reading, "The folder of this message is no longer there.");
		return;
	}
	reading->link = account_link_for(account, reading->folder);
	if (!reading->link)
		return;
	reading->step = READING_WAIT;
	if (step == READING_STRUCTURE)
		ask_structure(reading);
	else
		ask_body(reading);
}
