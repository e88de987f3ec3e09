/* One message to read (engine.h): what the interface asks and is told. */
#include "core/reading-private.h"

#include "core/ahead.h"
#include "mime/header.h"
#include "store/likings.h"

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

gboolean
reading_is_void(const EngineReading *reading)
{
	return engine_is_renumbered(reading->engine, reading->folder, reading->uidvalidity);
}

/* Not of what is read ahead: nobody has asked for it yet. */
static void
begin_secure(EngineReading *reading)
{
	reading->for_user = TRUE;
	if (reading->state == ENGINE_READING_READY)
		reading_secure_begin(reading);
}

EngineReading *
engine_read(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek)
{
	EngineReading *reading;

	ahead_stop(engine);
	ahead_follow(engine, folder, uid);
	reading = reading_new(engine, folder, uid, peek);
	begin_secure(reading);
	return reading;
}

static EngineReading *
allocate(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek)
{
	EngineReading *reading = g_new0(EngineReading, 1);

	reading->engine = engine;
	reading->folder = folder;
	reading->uid = uid;
	reading->uidvalidity = engine_uidvalidity(engine, folder);
	reading->peek = peek;
	reading->inside = -1;
	reading->base = g_strdup("");
	reading->document = mime_document_new();
	g_ptr_array_add(engine->readings, reading);
	return reading;
}

EngineReading *
reading_new(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek)
{
	EngineReading *reading = allocate(engine, folder, uid, peek);

	reading_begin(reading);
	core_touch(engine->core);
	return reading;
}

/* From the octets that are here, as its own parts' places are counted from its own start. */
static void
begin_inside_whole(EngineReading *reading, const EngineReading *outer, const MimePart *part)
{
	g_autoptr(GBytes) sent = reading_slice(outer, part->offset, part->octets);

	reading->message = store_message_get(
		reading->engine->core->store, reading->folder, reading->uid, FALSE);
	reading->html = outer->html;
	reading_take_whole(reading, sent, part->encoding);
}

EngineReading *
engine_read_part(EngineReading *outer, guint part)
{
	const MimePart *message =
		outer->top ? mime_part_at(outer->top, outer->top->index + part) : NULL;
	EngineReading *reading;

	if (!message || !mime_part_is_message(message))
		return NULL;
	ahead_stop(outer->engine);
	reading = allocate(outer->engine, outer->folder, outer->uid, TRUE);
	reading->uidvalidity = outer->uidvalidity;
	reading->inside = (gint)message->index;
	g_free(reading->base);
	reading->base = g_strdup(message->section);
	reading->encoding = g_strdup(message->encoding);
	reading->size = message->octets;
	if (outer->whole)
		begin_inside_whole(reading, outer, message);
	else
		reading_begin(reading);
	begin_secure(reading);
	core_touch(outer->engine->core);
	return reading;
}

void
engine_reading_free(EngineReading *reading)
{
	if (!reading)
		return;
	reading_forget_link(reading);
	reading_forget_whole(reading);
	g_ptr_array_remove(reading->engine->readings, reading);
	reading_forget_secure(reading);
	reading_clear_plan(reading);
	mime_document_unref(reading->document);
	store_message_free(reading->message);
	mime_part_free(reading->tree);
	g_clear_pointer(&reading->fields, g_ptr_array_unref);
	g_clear_pointer(&reading->parts, g_array_unref);
	g_clear_pointer(&reading->files, g_array_unref);
	g_free(reading->base);
	g_free(reading->encoding);
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
	return reading_is_void(reading) ? 0 : reading->uid;
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
	if (reading->step == READING_WHOLE) {
		*out_done = download_here(reading->download);
		*out_total = reading->size;
		return;
	}
	for (guint i = 1; reading->sections && i < reading->sections->len; i++) {
		const Section *section = g_ptr_array_index(reading->sections, i);

		if (!section->for_step)
			continue;
		*out_done += section->here;
		*out_total += section->size;
	}
}

/* Before the header is here: what the row says. */
static gboolean
field_of_row(const EngineReading *reading, guint i, EngineField *out_field)
{
	if (!reading->message || reading->inside >= 0 || i > 1)
		return FALSE;
	*out_field = i == 0 ? (EngineField){"From", reading->message->from_name}
			    : (EngineField){"Subject", reading->message->subject};
	return TRUE;
}

/* The first field of each short name, in the order in which people read them. The name is as people know
 * it, however the sender wrote it. */
static const MimeField *
short_field(const EngineReading *reading, guint i, const char **out_name)
{
	for (guint name = 0; name < G_N_ELEMENTS(short_fields); name++) {
		for (guint f = 0; f < reading->fields->len; f++) {
			const MimeField *field = g_ptr_array_index(reading->fields, f);

			if (g_ascii_strcasecmp(field->name, short_fields[name]) != 0)
				continue;
			*out_name = short_fields[name];
			if (i-- == 0)
				return field;
			break;
		}
	}
	return NULL;
}

static gint64
date_of(const MimeField *field)
{
	gint64 date = 0;

	if (g_ascii_strcasecmp(field->name, "Date") == 0)
		(void)mime_date_parse(field->value, &date, NULL);
	return date;
}

gboolean
engine_reading_field(const EngineReading *reading, gboolean full, guint i, EngineField *out_field)
{
	const MimeField *field = NULL;
	const char *name = NULL;

	if (!reading->fields)
		return field_of_row(reading, i, out_field);
	if (!full)
		field = short_field(reading, i, &name);
	else if (i < reading->fields->len)
		field = g_ptr_array_index(reading->fields, i);
	if (!field)
		return FALSE;
	*out_field = (EngineField){name ? name : field->name, field->value,
		reading_field_is_covered(reading, field->name), date_of(field)};
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

/* ---- HTML or text ---- */

static gboolean
shows_the_same(const MimePlan *one, const MimePlan *other)
{
	if (one->steps->len != other->steps->len)
		return FALSE;
	for (guint i = 0; i < one->steps->len; i++) {
		const MimeStep *a = &g_array_index(one->steps, MimeStep, i);
		const MimeStep *b = &g_array_index(other->steps, MimeStep, i);

		if (a->part != b->part || a->how != b->how)
			return FALSE;
	}
	return TRUE;
}

static void
remember(EngineReading *reading)
{
	Core *core = reading->engine->core;
	g_autoptr(GError) error = NULL;

	if (reading->inside >= 0 || !*reading->message->from_address)
		return;
	if (!store_liking_put(core->store, reading->message->from_address, reading->html, &error))
		core_cache_trouble(core, g_steal_pointer(&error));
	core_touch(core);
}

gboolean
engine_reading_likes_html(const EngineReading *reading)
{
	return reading->html;
}

gboolean
engine_reading_prefer(EngineReading *reading, gboolean html)
{
	g_autoptr(MimePlan) other = reading->top ? mime_choose(reading->top, html) : NULL;

	if (!other || shows_the_same(reading->plan, other))
		return FALSE;
	reading_forget_link(reading);
	reading->html = html;
	reading->state = ENGINE_READING_LOADING;
	remember(reading);
	reading_plan(reading);
	reading_begin_again(reading);
	core_touch(reading->engine->core);
	return TRUE;
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
