/* One message to read (engine.h): what the interface asks and is told. */
#include "core/reading-private.h"

#include "core/ahead.h"
#include "mime/header.h"

static const char *const short_fields[] = {"From", "To", "Cc", "Date", "Subject"};

void
reading_changed(EngineReading *reading)
{
	EngineEvent event = {
		.kind = ENGINE_READING_CHANGED, .folder = reading->folder, .reading = reading};

	core_emit(reading->engine->core, &event);
}

void
reading_fail(EngineReading *reading, const char *sentence)
{
	reading->state = ENGINE_READING_FAILED;
	reading->step = READING_OVER;
	g_free(reading->error);
	reading->error = g_strdup(sentence);
	reading_changed(reading);
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
	g_ptr_array_add(engine->readings, reading);
	reading_begin(reading);
	core_touch(engine->core);
	return reading;
}

void
engine_reading_free(EngineReading *reading)
{
	if (!reading)
		return;
	reading_forget_link(reading);
	g_ptr_array_remove(reading->engine->readings, reading);
	reading_clear_plan(reading);
	store_message_free(reading->message);
	mime_part_free(reading->tree);
	g_clear_pointer(&reading->fields, g_ptr_array_unref);
	g_clear_pointer(&reading->parts, g_array_unref);
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
	*out_done = *out_total = 0;
	for (guint i = 1; reading->sections && i < reading->sections->len; i++) {
		const Section *section = g_ptr_array_index(reading->sections, i);

		*out_done += section->here;
		*out_total += section->size;
	}
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
	return reading->document ? mime_document_count(reading->document) : 0;
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

	if (i >= engine_reading_line_count(reading))
		return FALSE;
	line = mime_document_line(reading->document, i);
	*out_line = (EngineLine){
		kinds[line->kind], line->quote, line->text, line->lead, line->spans, line->n_spans};
	return TRUE;
}

guint
engine_reading_part_count(const EngineReading *reading)
{
	return reading->parts ? reading->parts->len : 0;
}

gboolean
engine_reading_part(const EngineReading *reading, guint i, EnginePart *out_part)
{
	if (i >= engine_reading_part_count(reading))
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
