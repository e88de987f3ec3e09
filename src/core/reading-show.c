/* What has come of a message, as lines: the parts of the plan one after the other. */
#include "core/reading-private.h"

#include "base/err.h"
#include "core/flags.h"
#include "mime/header.h"
#include "mime/message.h"
#include "store/bodies.h"

#include <string.h>

#define MAX_TEXT (8 * 1024 * 1024) /* octets of one part that are shown */
#define MAX_MIME 40                /* parts whose own headers are asked for */

/* ---- the plan ---- */

static void
section_free(gpointer data)
{
	Section *section = data;

	g_free(section->name);
	g_byte_array_unref(section->bytes);
	g_free(section);
}

static Section *
add_section(EngineReading *reading, const char *name, const MimeStep *step)
{
	Section *section = g_new0(Section, 1);

	section->reading = reading;
	section->name = g_strdup(name);
	section->for_step = step;
	section->size = step ? MIN(step->part->octets, MAX_TEXT) : 0;
	section->keep = section->size <= STORE_BODY_MAX;
	section->bytes = g_byte_array_new();
	g_ptr_array_add(reading->sections, section);
	return section;
}

/* Where a server says that a part is in clear, it may have failed to read the field that says otherwise
 * (Dovecot: one in quotes): the header of the part tells. */
static void
add_description(EngineReading *reading, const MimeStep *step, guint *budget)
{
	const MimePart *part = step->part;
	g_autofree char *name = g_strconcat(part->section, ".MIME", NULL);
	Section *header = g_ptr_array_index(reading->sections, 0);

	if (reading->whole || !mime_message_may_amend(part))
		return;
	if (part == reading->top) {
		header->describes = step;
	} else if (*budget) {
		--*budget;
		add_section(reading, name, NULL)->describes = step;
	}
}

static void
clear_part(gpointer data)
{
	EnginePart *part = data;

	g_free((char *)part->type);
	g_free((char *)part->name);
	g_free((char *)part->section);
}

static gboolean
is_shown(const EngineReading *reading, const MimePart *part)
{
	for (guint i = 0; i < reading->plan->steps->len; i++) {
		const MimeStep *step = &g_array_index(reading->plan->steps, MimeStep, i);

		if (step->part == part &&
			(mime_show_needs_octets(step->how) || step->how == MIME_SHOW_MESSAGE))
			return TRUE;
	}
	return FALSE;
}

/* Not what a message holds that is itself in the list. */
static gboolean
is_listed(const EngineReading *reading, const MimePart *part)
{
	if (mime_part_is(part, "multipart", NULL) || is_shown(reading, part))
		return FALSE;
	for (part = part->parent; part && part->index >= reading->top->index; part = part->parent)
		if (mime_part_is_message(part) && !is_shown(reading, part))
			return FALSE;
	return TRUE;
}

static void
list_parts(EngineReading *reading)
{
	guint end = reading->top->index + mime_part_count(reading->top);

	if (reading->parts)
		g_array_unref(reading->parts);
	reading->parts = g_array_new(FALSE, FALSE, sizeof(EnginePart));
	g_array_set_clear_func(reading->parts, clear_part);
	for (const MimePart *part = reading->top; part && part->index < end;
		part = mime_part_next(part)) {
		EnginePart listed = {
			.type = mime_part_type(part),
			.name = g_strdup(mime_part_title(part)),
			.section = g_strdup(part->section),
			.size = part->octets,
			.depth = part->depth - reading->top->depth,
			.attachment = part->attachment,
			.shown = is_shown(reading, part),
			.listed = is_listed(reading, part),
			.is_multipart = mime_part_is(part, "multipart", NULL),
			.is_message = mime_part_is_message(part),
		};

		g_array_append_val(reading->parts, listed);
	}
	g_clear_pointer(&reading->files, g_array_unref);
	reading->files = g_array_new(FALSE, FALSE, sizeof(ReadingFile));
}

EnginePart
reading_part_of_file(const MimeFile *file, guint depth)
{
	return (EnginePart){
		.type = g_strdup("application/octet-stream"),
		.name = g_strdup(file->name),
		.section = g_strdup(""),
		.size = file->size,
		.depth = depth,
		.attachment = TRUE,
		.listed = TRUE,
	};
}

/* Those that were met in the part of STEP, which is over. */
static void
list_files(EngineReading *reading, const MimeStep *step)
{
	guint first = reading->files->len, n = mime_document_file_count(reading->document);

	for (guint i = first; i < n; i++) {
		const MimeFile *met = mime_document_file(reading->document, i);
		ReadingFile file = {step->part->index - reading->top->index, step->how, i - first};
		EnginePart listed =
			reading_part_of_file(met, step->part->depth - reading->top->depth + 1);

		g_array_append_val(reading->files, file);
		g_array_append_val(reading->parts, listed);
	}
}

const ReadingFile *
reading_file(const EngineReading *reading, guint part)
{
	guint first = reading->top ? mime_part_count(reading->top) : 0;

	if (!reading->files || part < first || part - first >= reading->files->len)
		return NULL;
	return &g_array_index(reading->files, ReadingFile, part - first);
}

void
reading_clear_plan(EngineReading *reading)
{
	g_clear_pointer(&reading->render, mime_render_free);
	g_clear_pointer(&reading->sections, g_ptr_array_unref);
	g_clear_pointer(&reading->plan, mime_plan_free);
	reading->at = 0;
}

/* What is here whole is not asked for again. */
static void
reuse(EngineReading *reading, Section *old)
{
	for (guint i = 0; i < reading->sections->len; i++) {
		Section *section = g_ptr_array_index(reading->sections, i);

		if (!old->whole || old->bytes->len != old->here || strcmp(old->name, section->name))
			continue;
		g_byte_array_unref(section->bytes);
		section->bytes = g_byte_array_ref(old->bytes);
		section->here = section->size = old->here;
		section->stored = old->stored;
		section->whole = TRUE;
	}
}

void
reading_plan(EngineReading *reading)
{
	g_autoptr(GPtrArray) old = g_steal_pointer(&reading->sections);
	g_autofree char *header =
		g_strconcat(reading->base, *reading->base ? "." : "", "HEADER", NULL);
	guint descriptions = MAX_MIME;

	reading_clear_plan(reading);
	reading_forget_secure(reading);
	reading->plan = mime_choose(reading->top, reading->html);
	mime_document_unref(reading->document);
	reading->document = mime_document_new();
	reading->sections = g_ptr_array_new_with_free_func(section_free);
	(void)add_section(reading, header, NULL);
	for (guint i = 0; i < reading->plan->steps->len; i++) {
		const MimeStep *step = &g_array_index(reading->plan->steps, MimeStep, i);

		add_description(reading, step, &descriptions);
		if (mime_show_needs_octets(step->how))
			(void)add_section(reading, step->part->section, step);
	}
	/* Taken apart here, parts may have other numbers than the server gave them. */
	for (guint i = 0; old && !reading->whole && i < old->len; i++)
		reuse(reading, g_ptr_array_index(old, i));
	list_parts(reading);
}

/* ---- the lines ---- */

static Section *
section_for(const EngineReading *reading, const MimeStep *step)
{
	for (guint i = 1; i < reading->sections->len; i++) {
		Section *section = g_ptr_array_index(reading->sections, i);

		if (section->for_step == step)
			return section;
	}
	return NULL;
}

/* What the own header of STEP's part says is taken into the tree. FALSE: it is not here yet. */
static gboolean
read_description(EngineReading *reading, const MimeStep *step)
{
	for (guint i = 0; i < reading->sections->len; i++) {
		const Section *section = g_ptr_array_index(reading->sections, i);

		if (section->describes != step)
			continue;
		if (section->whole) /* the tree is ours */
			mime_message_amend((MimePart *)step->part,
				(const char *)section->bytes->data, section->bytes->len);
		return section->whole;
	}
	return TRUE;
}

/* TRUE when all of it is shown. */
static gboolean
show_section(EngineReading *reading, Section *section, gsize *budget)
{
	gsize slice = MIN(section->bytes->len - section->shown, *budget);

	mime_render_feed(
		reading->render, (const char *)section->bytes->data + section->shown, slice);
	section->shown += slice;
	*budget -= slice;
	if (section->shown < section->bytes->len)
		return FALSE;
	if (!section->keep) {
		g_byte_array_set_size(section->bytes, 0);
		section->shown = 0;
	}
	return section->whole;
}

/* TRUE when the step is over. */
static gboolean
show_step(EngineReading *reading, const MimeStep *step, gsize *budget)
{
	Section *section = section_for(reading, step);

	/* Its name is not shown before there is something below it. */
	if (section && !section->whole && section->bytes->len == section->shown)
		return FALSE;
	if (!reading->render && !read_description(reading, step))
		return FALSE;
	if (!reading->render)
		reading->render = mime_render_new(step, reading->document, 0);
	if (section && !show_section(reading, section, budget))
		return FALSE;
	mime_render_end(reading->render);
	g_clear_pointer(&reading->render, mime_render_free);
	list_files(reading, step);
	if (section && step->part->octets > MAX_TEXT)
		mime_document_add(reading->document, MIME_LINE_NOTE, 0,
			"The text goes on; only its first 8 MB are shown.");
	return TRUE;
}

static gboolean
is_read(const EngineReading *reading)
{
	Account *account;
	Folder *folder;
	g_autoptr(GPtrArray) pending = NULL;
	g_auto(FlagSet) flags = {0};
	gboolean is_pending;

	if (!reading->message ||
		!engine_resolve(reading->engine, reading->folder, &account, &folder))
		return FALSE;
	pending = opqueue_pending(account_ops(account), folder->stored->name);
	flags = flags_fold(&reading->message->flags, reading->uid, pending, &is_pending);
	return (flags.bits & FLAG_SEEN) != 0;
}

static void
mark_read(EngineReading *reading)
{
	const char *wish = engine_option_string(reading->engine, "mark-read");
	EngineMessages messages = {reading->folder, &reading->uid, 1};
	g_autoptr(GError) error = NULL;

	if (reading->peek || strcmp(wish, "open") != 0 || reading_is_void(reading))
		return;
	/* As far as is known it was read before; nobody has asked for more. */
	if (is_read(reading))
		return;
	if (!engine_change_flags(reading->engine, &messages, FLAG_SEEN, TRUE, &error))
		core_notice(reading->engine->core, 0, ENGINE_NOTICE_WARNING, "%s", error->message);
}

void
reading_say_empty(const EngineReading *reading, MimeDocument *document)
{
	gboolean parts = FALSE;

	for (guint i = 0; i < reading->parts->len; i++)
		parts = parts || g_array_index(reading->parts, EnginePart, i).listed;
	if (mime_document_count(document) == 0)
		mime_document_add(document, MIME_LINE_NOTE, 0,
			parts ? "This message has no text. These are its parts:"
			      : "This message is empty.");
}

static void
finish(EngineReading *reading)
{
	reading_say_empty(reading, reading->document);
	if (reading->cut)
		mime_document_add(reading->document, MIME_LINE_NOTE, 0,
			"The server can't take this message apart, and it is larger than 64 MB: "
			"its end is missing here. Save the message to have it all.");
	reading->state = ENGINE_READING_READY;
	reading->step = READING_OVER;
	reading_keep(reading);
	reading_changed(reading);
	mark_read(reading);
	reading->peek = TRUE; /* once is enough, in whatever form it is shown next */
	reading_secure_begin(reading);
}

/* FALSE when it is none, and the message is taken apart here. */
static gboolean
take_header(EngineReading *reading)
{
	const Section *header = g_ptr_array_index(reading->sections, 0);
	const char *block = (const char *)header->bytes->data;

	if (reading->fields || !header->whole)
		return TRUE;
	if (!reading->whole && header->bytes->len &&
		!mime_message_header_is_sound(block, header->bytes->len) &&
		reading_fall_back(reading, "its header holds lines that are text"))
		return FALSE;
	reading->fields = mime_header_fields(block, header->bytes->len);
	return TRUE;
}

void
reading_show(EngineReading *reading)
{
	GArray *steps = reading->plan->steps;
	guint lines = mime_document_count(reading->document);
	gboolean had_fields = reading->fields != NULL;
	gsize budget = READING_SLICE;

	if (!take_header(reading))
		return;
	while (budget && reading->at < steps->len &&
		show_step(reading, &g_array_index(steps, MimeStep, reading->at), &budget))
		reading->at++;
	if (!budget)
		core_touch(reading->engine->core);
	if (reading->step == READING_HERE && reading->at == steps->len)
		finish(reading);
	else if (mime_document_count(reading->document) != lines ||
		 had_fields != (reading->fields != NULL))
		reading_changed(reading);
}
