/* One message to read (engine.h): its header and its text, from the cache or from the server, in
 * pieces, so that a big one shows its start at once and can be left at any time. */
#include "core/ahead.h"
#include "core/engine-private.h"

#include "base/err.h"
#include "core/changes.h"
#include "core/convert.h"
#include "core/keep.h"
#include "imap/structure.h"
#include "mime/body.h"
#include "mime/header.h"
#include "mime/html.h"
#include "store/bodies.h"

#include <string.h>

#define CHUNK      (256 * 1024)      /* octets asked for at a time */
#define MAX_TEXT   (8 * 1024 * 1024) /* octets of one text part that are shown */
#define MAX_HEADER (1024 * 1024)     /* octets of a header that are kept */
#define SLICE      (64 * 1024)       /* octets of a stored text that are decoded in one turn */
#define MAX_CUTS   3                 /* lost connections before it fails */
#define MAX_PARTS  1000

typedef enum {
	STEP_STRUCTURE, /* the structure has to be asked for */
	STEP_BODY,      /* header and text have to be asked for */
	STEP_WAIT,      /* answers are awaited */
	STEP_STORED,    /* the rest of a stored text has to be decoded */
	STEP_OVER,
} Step;

struct EngineReading {
	Engine *engine;
	EngineFolderId folder;
	guint32 uid;
	gboolean peek;
	EngineReadingState state;
	Step step, wanted; /* WANTED: where to begin again after a cut */
	guint cuts;
	char *error;
	Link *link; /* where answers are awaited from, or NULL */
	StoreMessage *message;
	ImapStructure *structure;
	const ImapPart *text_part; /* NULL: there is none */
	GByteArray *header;
	GByteArray *text; /* as sent, for the cache */
	gboolean header_done;
	MimeText *decoder; /* one of these, for plain text or HTML */
	MimeHtml *html;
	GBytes *stored; /* the text as it was in the cache; TEXT_OFFSET says how much is decoded */
	guint64 text_size, text_offset; /* octets wanted, octets here */
	guint64 asked_from;             /* where the piece begins that is awaited */
	MimeDocument *document;
	GPtrArray *fields; /* MimeField, or NULL before the header is here */
	GArray *parts;     /* EnginePart, strings owned */
};

static const char *const short_fields[] = {"From", "To", "Cc", "Date", "Subject"};

static void
changed(EngineReading *reading)
{
	EngineEvent event = {
		.kind = ENGINE_READING_CHANGED, .folder = reading->folder, .reading = reading};

	core_emit(reading->engine->core, &event);
}

static void
fail(EngineReading *reading, const char *sentence)
{
	reading->state = ENGINE_READING_FAILED;
	reading->step = STEP_OVER;
	g_free(reading->error);
	reading->error = g_strdup(sentence);
	changed(reading);
}

/* ---- the parts ---- */

static void
clear_part(gpointer data)
{
	EnginePart *part = data;

	g_free((char *)part->type);
	g_free((char *)part->name);
}

static void
add_parts(EngineReading *reading, const ImapPart *part)
{
	EnginePart shown = {.size = part->octets};

	if (reading->parts->len >= MAX_PARTS)
		return;
	if (part->type.data && g_ascii_strcasecmp(part->type.data, "multipart") == 0) {
		for (guint i = 0; i < part->n_children; i++)
			add_parts(reading, part->children[i]);
		return;
	}
	shown.type = convert_part_type(part);
	shown.name = convert_part_name(part);
	shown.attachment = convert_is_attachment(part);
	shown.shown = part == reading->text_part;
	g_array_append_val(reading->parts, shown);
}

static const char *
param(const ImapPart *part, const char *name)
{
	const char *value = imap_params_get(&part->params, name);

	return value ? value : "";
}

static void
clear_text(EngineReading *reading)
{
	g_clear_pointer(&reading->decoder, mime_text_free);
	g_clear_pointer(&reading->html, mime_html_free);
	g_clear_pointer(&reading->document, mime_document_unref);
}

static void
feed_text(EngineReading *reading, const char *bytes, gsize len)
{
	if (reading->html)
		mime_html_feed(reading->html, bytes, len);
	else if (reading->decoder)
		mime_text_feed(reading->decoder, bytes, len);
}

static void
prepare_text(EngineReading *reading)
{
	const ImapPart *part = reading->text_part;
	MimeTextFormat format = {.max_bytes = MAX_TEXT};

	clear_text(reading);
	reading->document = mime_document_new();
	reading->text_offset = 0;
	g_byte_array_set_size(reading->text, 0);
	if (!part)
		return;
	format.encoding = part->encoding.data;
	format.charset = imap_params_get(&part->params, "charset");
	format.flowed = g_ascii_strcasecmp(param(part, "format"), "flowed") == 0;
	format.delsp = g_ascii_strcasecmp(param(part, "delsp"), "yes") == 0;
	reading->text_size = MIN(part->octets, MAX_TEXT);
	if (convert_is_html(part))
		reading->html = mime_html_new(&format, reading->document);
	else
		reading->decoder = mime_text_new(&format, reading->document);
}

/* FALSE when the store has no structure for the message. */
static gboolean
take_structure(EngineReading *reading)
{
	Core *core = reading->engine->core;
	gsize len = 0;
	const char *bytes;

	store_message_free(reading->message);
	reading->message = store_message_get(core->store, reading->folder, reading->uid, TRUE);
	if (!reading->message || !reading->message->structure)
		return FALSE;
	bytes = g_bytes_get_data(reading->message->structure, &len);
	g_clear_pointer(&reading->structure, imap_structure_free);
	reading->structure = imap_structure_from_text(bytes, len);
	if (!reading->structure)
		return FALSE;
	reading->text_part = convert_text_part(imap_structure_root(reading->structure),
		engine_option_bool(reading->engine, "prefer-html"));
	g_array_set_size(reading->parts, 0);
	add_parts(reading, imap_structure_root(reading->structure));
	prepare_text(reading);
	return TRUE;
}

/* ---- the end ---- */

static void
mark_read(EngineReading *reading)
{
	const char *wish = engine_option_string(reading->engine, "mark-read");
	EngineMessages messages = {reading->folder, &reading->uid, 1};
	g_autoptr(GError) error = NULL;

	if (reading->peek || strcmp(wish, "open") != 0)
		return;
	if (!engine_change_flags(reading->engine, &messages, FLAG_SEEN, TRUE, &error))
		core_notice(reading->engine->core, 0, ENGINE_NOTICE_WARNING, "%s", error->message);
}

static void
keep_bodies(EngineReading *reading)
{
	Store *store = reading->engine->core->store;
	g_autoptr(GBytes) header = g_bytes_new(reading->header->data, reading->header->len);
	g_autoptr(GBytes) text = g_bytes_new(reading->text->data, reading->text->len);
	g_autoptr(GError) error = NULL;
	Account *account;
	Folder *folder;
	/* Servers err in sizes. */
	gboolean whole = reading->text_part && reading->text_part->octets <= CHUNK &&
			 reading->text->len == reading->text_offset;

	if (!store_body_put(store, reading->folder, reading->uid, "HEADER", header, &error) ||
		(whole && !store_body_put(store, reading->folder, reading->uid,
				  reading->text_part->section, text, &error)))
		core_cache_trouble(reading->engine->core, g_steal_pointer(&error));
	if (engine_resolve(reading->engine, reading->folder, &account, &folder))
		keep_trim(reading->engine->core, account_config(account));
	core_touch(reading->engine->core);
}

static void
finish(EngineReading *reading, gboolean from_server)
{
	if (reading->html)
		mime_html_end(reading->html);
	else if (reading->decoder)
		mime_text_end(reading->decoder);
	if (reading->text_part && reading->text_part->octets > MAX_TEXT)
		mime_document_add(reading->document, MIME_LINE_NOTE, 0,
			"The text goes on; only its first 8 MB are shown.");
	if (!reading->text_part)
		mime_document_add(reading->document, MIME_LINE_NOTE, 0,
			"This message has no text. These are its parts:");
	reading->state = ENGINE_READING_READY;
	reading->step = STEP_OVER;
	if (from_server)
		keep_bodies(reading);
	changed(reading);
	mark_read(reading);
}

static void
take_header(EngineReading *reading)
{
	reading->header_done = TRUE;
	g_clear_pointer(&reading->fields, g_ptr_array_unref);
	reading->fields =
		mime_header_fields((const char *)reading->header->data, reading->header->len);
}

/* One slice of the text that was in the store. */
static void
decode_stored(EngineReading *reading)
{
	gsize len = 0, slice;
	const char *bytes = g_bytes_get_data(reading->stored, &len);

	slice = MIN(len - (gsize)reading->text_offset, SLICE);
	feed_text(reading, bytes + reading->text_offset, slice);
	reading->text_offset += slice;
	if (reading->text_offset == len) {
		finish(reading, FALSE);
		return;
	}
	reading->step = STEP_STORED;
	changed(reading);
	core_touch(reading->engine->core);
}

/* TRUE when all that is needed was in the store. */
static gboolean
take_from_store(EngineReading *reading)
{
	Store *store = reading->engine->core->store;
	g_autoptr(GBytes) header = store_body_get(store, reading->folder, reading->uid, "HEADER");
	g_autoptr(GBytes) text = NULL;
	gsize len = 0;
	const char *bytes;

	if (reading->text_part)
		text = store_body_get(
			store, reading->folder, reading->uid, reading->text_part->section);
	if (!header || (reading->text_part && !text))
		return FALSE;
	bytes = g_bytes_get_data(header, &len);
	g_byte_array_append(reading->header, (const guint8 *)bytes, (guint)len);
	take_header(reading);
	if (text) {
		reading->stored = g_steal_pointer(&text);
		reading->text_size = g_bytes_get_size(reading->stored);
		decode_stored(reading);
	} else {
		finish(reading, FALSE);
	}
	return TRUE;
}

/* ---- answers ---- */

/* What a DONE with an error means: another try after a cut, else the end. */
static void
take_error(EngineReading *reading, Link *link, const GError *error)
{
	reading->link = NULL;
	if (link_is_ready(link) || ++reading->cuts > MAX_CUTS)
		fail(reading, error->message);
	else
		reading->step = reading->wanted;
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
		reading->step = reading->wanted = STEP_BODY;
	else
		fail(reading,
			"The message is no longer on the server, or the server can't describe it.");
	core_touch(reading->engine->core);
}

static void
on_header(Link *link, const ImapEvent *event, gpointer user)
{
	EngineReading *reading = user;

	if (event->kind == IMAP_EVENT_BODY && reading->header->len < MAX_HEADER)
		g_byte_array_append(reading->header, (const guint8 *)event->body->data,
			(guint)MIN(event->body->len, MAX_HEADER));
	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error) {
		link_forget(link, reading);
		take_error(reading, link, event->error);
		return;
	}
	take_header(reading);
	if (!reading->text_part) {
		reading->link = NULL;
		finish(reading, TRUE);
	} else {
		changed(reading);
	}
}

static void ask_text(EngineReading *reading);

/* In a folder that was opened meanwhile the UID means another message. */
static gboolean
is_selected(const EngineReading *reading)
{
	Account *account;
	Folder *folder;

	return engine_resolve(reading->engine, reading->folder, &account, &folder) &&
	       account_link_for(account, reading->folder) == reading->link;
}

static void
on_text(Link *link, const ImapEvent *event, gpointer user)
{
	EngineReading *reading = user;

	if (event->kind == IMAP_EVENT_BODY && event->body->len) {
		feed_text(reading, event->body->data, event->body->len);
		if (reading->text->len < CHUNK)
			g_byte_array_append(reading->text, (const guint8 *)event->body->data,
				(guint)event->body->len);
		reading->text_offset += event->body->len;
		changed(reading);
	}
	if (event->kind != IMAP_EVENT_DONE)
		return;
	if (event->error) {
		link_forget(link, reading);
		take_error(reading, link, event->error);
	} else if (reading->text_offset >= reading->text_size ||
		   reading->text_offset == reading->asked_from) {
		reading->link = NULL;
		finish(reading, TRUE);
	} else if (!is_selected(reading)) {
		reading->link = NULL;
		reading->step = reading->wanted;
	} else {
		ask_text(reading);
	}
}

/* ---- asking ---- */

/* A short text is asked for whole: then it does not matter whether the server told its size right. */
static void
ask_text(EngineReading *reading)
{
	guint64 left = reading->text_size - reading->text_offset;
	guint64 length = reading->text_size <= CHUNK ? 0 : MIN(left, CHUNK);

	reading->asked_from = reading->text_offset;
	link_submit(reading->link,
		imap_command_fetch_body(
			reading->uid, reading->text_part->section, reading->text_offset, length),
		on_text, reading);
}

static void
ask_body(EngineReading *reading)
{
	g_byte_array_set_size(reading->header, 0);
	prepare_text(reading);
	link_submit(reading->link, imap_command_fetch_body(reading->uid, "HEADER", 0, 0), on_header,
		reading);
	if (reading->text_part)
		ask_text(reading);
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
	Step step = reading->step;

	if (step == STEP_STORED)
		decode_stored(reading);
	if (step != STEP_STRUCTURE && step != STEP_BODY)
		return;
	if (!engine_resolve(reading->engine, reading->folder, &account, &folder)) {
		fail(reading, "The folder of this message is no longer there.");
		return;
	}
	reading->link = account_link_for(account, reading->folder);
	if (!reading->link)
		return;
	reading->step = STEP_WAIT;
	if (step == STEP_STRUCTURE)
		ask_structure(reading);
	else
		ask_body(reading);
}

EngineReading *
engine_read(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek)
{
	ahead_stop(engine);
	ahead_follow(engine, folder, uid);
	return reading_new(engine, folder, uid, peek);
}

EngineReading *
reading_new(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek)
{
	EngineReading *reading = g_new0(EngineReading, 1);

	reading->engine = engine;
	reading->folder = folder;
	reading->uid = uid;
	reading->peek = peek;
	reading->header = g_byte_array_new();
	reading->text = g_byte_array_new();
	reading->document = mime_document_new();
	reading->parts = g_array_new(FALSE, FALSE, sizeof(EnginePart));
	g_array_set_clear_func(reading->parts, clear_part);
	g_ptr_array_add(engine->readings, reading);
	reading->step = reading->wanted = take_structure(reading) ? STEP_BODY : STEP_STRUCTURE;
	if (reading->step == STEP_BODY)
		(void)take_from_store(reading);
	core_touch(engine->core);
	return reading;
}

void
engine_reading_free(EngineReading *reading)
{
	if (!reading)
		return;
	if (reading->link)
		link_forget(reading->link, reading);
	g_ptr_array_remove(reading->engine->readings, reading);
	store_message_free(reading->message);
	imap_structure_free(reading->structure);
	clear_text(reading);
	g_clear_pointer(&reading->stored, g_bytes_unref);
	g_byte_array_unref(reading->header);
	g_byte_array_unref(reading->text);
	g_clear_pointer(&reading->fields, g_ptr_array_unref);
	g_array_unref(reading->parts);
	g_free(reading->error);
	g_free(reading);
}

/* ---- for the interface ---- */

EngineReadingState
engine_reading_state(const EngineReading *reading)
{
	return reading->state;
}

guint32
engine_reading_uid(const EngineReading *reading)
{
	return reading->uid;
}

const char *
engine_reading_error(const EngineReading *reading)
{
	return reading->error ? reading->error : "";
}

void
engine_reading_progress(const EngineReading *reading, guint64 *out_done, guint64 *out_total)
{
	*out_done = reading->text_offset;
	*out_total = reading->text_size;
}

/* Before the header is here: what the row says. */
static gboolean
field_of_row(const EngineReading *reading, guint i, EngineField *out_field)
{
	if (!reading->message || i > 1)
		return FALSE;
	*out_field = i == 0 ? (EngineField){"From", reading->message->from_name}
			    : (EngineField){"Subject", reading->message->subject};
	return TRUE;
}

/* The first field of each short name, in the order in which people read them. */
static const MimeField *
short_field(const EngineReading *reading, guint i)
{
	for (guint name = 0; name < G_N_ELEMENTS(short_fields); name++) {
		for (guint f = 0; f < reading->fields->len; f++) {
			const MimeField *field = g_ptr_array_index(reading->fields, f);

			if (g_ascii_strcasecmp(field->name, short_fields[name]) != 0)
				continue;
			if (i-- == 0)
				return field;
			break;
		}
	}
	return NULL;
}

gboolean
engine_reading_field(const EngineReading *reading, gboolean full, guint i, EngineField *out_field)
{
	const MimeField *field = NULL;

	if (!reading->fields)
		return field_of_row(reading, i, out_field);
	if (!full)
		field = short_field(reading, i);
	else if (i < reading->fields->len)
		field = g_ptr_array_index(reading->fields, i);
	if (!field)
		return FALSE;
	*out_field = (EngineField){field->name, field->value};
	return TRUE;
}

guint
engine_reading_field_count(const EngineReading *reading, gboolean full)
{
	EngineField field;
	guint n = 0;

	while (engine_reading_field(reading, full, n, &field))
		n++;
	return n;
}

guint
engine_reading_line_count(const EngineReading *reading)
{
	return mime_document_count(reading->document);
}

gboolean
engine_reading_line(const EngineReading *reading, guint i, EngineLine *out_line)
{
	static const EngineLineKind kinds[] = {
		[MIME_LINE_TEXT] = ENGINE_LINE_TEXT,
		[MIME_LINE_FIXED] = ENGINE_LINE_FIXED,
		[MIME_LINE_SIGNATURE] = ENGINE_LINE_SIGNATURE,
		[MIME_LINE_NOTE] = ENGINE_LINE_NOTE,
		[MIME_LINE_HEADING] = ENGINE_LINE_HEADING,
	};
	const MimeLine *line;

	if (i >= mime_document_count(reading->document))
		return FALSE;
	line = mime_document_line(reading->document, i);
	*out_line = (EngineLine){
		kinds[line->kind], line->quote, line->text, line->lead, line->spans, line->n_spans};
	return TRUE;
}

guint
engine_reading_part_count(const EngineReading *reading)
{
	return reading->parts->len;
}

gboolean
engine_reading_part(const EngineReading *reading, guint i, EnginePart *out_part)
{
	if (i >= reading->parts->len)
		return FALSE;
	*out_part = g_array_index(reading->parts, EnginePart, i);
	return TRUE;
}

guint
engine_reading_link_count(const EngineReading *reading)
{
	return html_links_count(mime_document_links(reading->document));
}

gboolean
engine_reading_link(const EngineReading *reading, guint number, EngineLink *out_link)
{
	const HtmlLinks *links = mime_document_links(reading->document);

	if (number == 0 || number > html_links_count(links))
		return FALSE;
	*out_link = (EngineLink){html_links_target(links, number), html_links_said(links, number)};
	return TRUE;
}
