/* The pieces of an opened message (mime/secure.h) as lines: each rendered for itself, in slices, with a
 * line between those that are not covered alike. */
#include "core/reading-private.h"

#include "mime/header.h"

#include <string.h>

static const SecurePiece *
piece_at(const ReadingSecure *secure, guint i)
{
	return &g_array_index(secure->message->pieces, SecurePiece, i);
}

static void
end_piece(ReadingSecure *secure)
{
	g_clear_pointer(&secure->render, mime_render_free);
	g_clear_pointer(&secure->plan, mime_plan_free);
	secure->tree = NULL;
	secure->at = 0;
	secure->fed = 0;
}

void
reading_clear_pieces(ReadingSecure *secure)
{
	end_piece(secure);
	g_clear_pointer(&secure->document, mime_document_unref);
	secure->piece = 0;
	g_clear_pointer(&secure->inside, g_array_unref);
	if (secure->own_parts)
		g_array_set_size(secure->reading->parts, secure->own_parts);
}

static void
add_note(ReadingSecure *secure, const char *format, const char *word)
{
	g_autofree char *line = g_strconcat(format, word, NULL);

	if (mime_document_count(secure->document))
		mime_document_add(secure->document, MIME_LINE_TEXT, 0, "");
	mime_document_add(secure->document, MIME_LINE_NOTE, 0, line);
}

/* ---- one piece ---- */

static void
clear_inside(gpointer data)
{
	g_free(((ReadingInside *)data)->encoding);
	g_bytes_unref(((ReadingInside *)data)->octets);
}

/* What came out of a layer has its attachments in the list of parts too. */
static void
list_parts(ReadingSecure *secure, GBytes *entity)
{
	for (const MimePart *part = secure->tree; part; part = mime_part_next(part)) {
		EnginePart listed = {
			.type = mime_part_type(part),
			.name = g_strdup(mime_part_title(part)),
			.section = g_strdup(""),
			.size = part->octets,
			.attachment = part->attachment,
			.shown = TRUE,
			.is_multipart = mime_part_is(part, "multipart", NULL),
		};
		ReadingInside inside = {.encoding = g_strdup(part->encoding),
			.octets = g_bytes_new_from_bytes(entity, part->offset, part->octets)};

		for (guint i = 0; i < secure->plan->steps->len; i++) {
			const MimeStep *step = &g_array_index(secure->plan->steps, MimeStep, i);

			if (step->part == part &&
				(step->how == MIME_SHOW_IMAGE || step->how == MIME_SHOW_ATTACHMENT))
				listed.shown = FALSE;
		}
		listed.listed = !listed.shown;
		g_array_append_val(secure->reading->parts, listed);
		g_array_append_val(secure->inside, inside);
	}
}

/* So are the files that were met in the part of STEP, which is over. They are taken out of it when somebody wants
 * one: there may be hundreds. */
static void
list_files(ReadingSecure *secure, GBytes *entity, const MimeStep *step)
{
	guint first = secure->files, n = mime_document_file_count(secure->document);

	for (guint i = first; i < n; i++) {
		EnginePart listed = reading_part_of_file(
			mime_document_file(secure->document, i), step->part->depth + 1);
		ReadingInside inside = {
			.encoding = g_strdup(step->part->encoding),
			.octets = g_bytes_new_from_bytes(
				entity, step->part->offset, step->part->octets),
			.is_file = TRUE,
			.how = step->how,
			.index = i - first,
		};

		g_array_append_val(secure->reading->parts, listed);
		g_array_append_val(secure->inside, inside);
	}
}

static gboolean
is_sealed(const ReadingSecure *secure, gint layer)
{
	while (layer >= 0) {
		const SecureLayer *at = &g_array_index(secure->message->layers, SecureLayer, layer);

		if (at->sealed)
			return TRUE;
		layer = at->outer;
	}
	return FALSE;
}

/* It came out of GnuPG, opened or only signed: the server can't see into it, and nobody but us has its parts. */
static gboolean
is_inside(const ReadingSecure *secure, gint layer)
{
	while (layer >= 0) {
		const SecureLayer *at = &g_array_index(secure->message->layers, SecureLayer, layer);

		if (at->result->plain)
			return TRUE;
		layer = at->outer;
	}
	return FALSE;
}

static void
begin_piece(ReadingSecure *secure, const SecurePiece *piece)
{
	secure->tree = piece->tree;
	secure->plan = mime_choose(secure->tree, secure->reading->html);
	for (guint i = 0; i < secure->plan->steps->len; i++)
		g_array_index(secure->plan->steps, MimeStep, i).opened =
			is_sealed(secure, piece->layer);
	if (is_inside(secure, piece->layer))
		list_parts(secure, piece->entity);
}

/* TRUE when the step is over. */
static gboolean
show_step(ReadingSecure *secure, const SecurePiece *piece, gsize *budget)
{
	const MimeStep *step = &g_array_index(secure->plan->steps, MimeStep, secure->at);
	const char *octets = g_bytes_get_data(piece->entity, NULL);
	gsize slice;

	if (!secure->render) {
		secure->render = mime_render_new(step, secure->document, 0);
		secure->files = mime_document_file_count(secure->document);
	}
	if (mime_show_needs_octets(step->how)) {
		slice = MIN(step->part->octets - secure->fed, *budget);
		mime_render_feed(secure->render, octets + step->part->offset + secure->fed, slice);
		secure->fed += slice;
		*budget -= slice;
		if (secure->fed < step->part->octets)
			return FALSE;
	}
	mime_render_end(secure->render);
	g_clear_pointer(&secure->render, mime_render_free);
	if (is_inside(secure, piece->layer))
		list_files(secure, piece->entity, step);
	secure->fed = 0;
	return TRUE;
}

/* TRUE when all of its lines are here. */
static gboolean
show_piece(ReadingSecure *secure, const SecurePiece *piece, gsize *budget)
{
	if (!secure->tree) {
		if (secure_is_mixed(secure->message)) {
			g_autofree char *rule = secure_rule(secure->message, piece->layer);

			add_note(secure, "── ", rule);
		}
		if (!piece->entity) {
			add_note(secure, "",
				g_array_index(secure->message->layers, SecureLayer, piece->layer)
					.result->error);
			return TRUE;
		}
		begin_piece(secure, piece);
	}
	while (secure->at < secure->plan->steps->len && *budget && show_step(secure, piece, budget))
		secure->at++;
	if (secure->at < secure->plan->steps->len)
		return FALSE;
	end_piece(secure);
	return TRUE;
}

/* ---- the header ---- */

static MimeField *
field_named(EngineReading *reading, const char *name)
{
	for (guint i = 0; i < reading->fields->len; i++) {
		MimeField *field = g_ptr_array_index(reading->fields, i);

		if (!g_ascii_strcasecmp(field->name, name))
			return field;
	}
	return NULL;
}

/* A server can answer what it likes to each question: the header that stands below the verdict is that of
 * the octets which were checked. */
static void
take_header(ReadingSecure *secure)
{
	EngineReading *reading = secure->reading;

	if (reading->fields) {
		secure_compare(secure->verdict, secure->message, reading->fields);
		g_ptr_array_unref(reading->fields);
	}
	reading->fields = g_ptr_array_ref(secure->message->header);
}

/* What a layer covers is what counts; the outer value is told among the details when it is another. */
static void
take_fields(ReadingSecure *secure)
{
	EngineReading *reading = secure->reading;

	for (guint i = 0; i < secure->message->fields->len; i++) {
		const SecureField *covered =
			&g_array_index(secure->message->fields, SecureField, i);
		g_autofree char *value = mime_header_decode(covered->value, -1);
		MimeField *field = field_named(reading, covered->name);

		if (field && strcmp(field->value, value) == 0)
			continue;
		if (!field) {
			field = g_new0(MimeField, 1);
			field->name = g_strdup(covered->name);
			g_ptr_array_add(reading->fields, field);
		} else {
			g_ptr_array_add(secure->verdict->details,
				g_strdup_printf(
					"Outside, not covered: %s: %s", field->name, field->value));
		}
		g_free(field->value);
		field->value = g_steal_pointer(&value);
	}
}

/* ---- all ---- */

/* Of what was opened the wrapping is nothing to look at, and no attachment. */
static void
unlist_wrapping(ReadingSecure *secure)
{
	GArray *parts = secure->reading->parts;
	gboolean opened =
		!secure_is_mixed(secure->message) && is_inside(secure, piece_at(secure, 0)->layer);

	for (guint i = 0; i < secure->message->layers->len; i++)
		if (g_array_index(secure->message->layers, SecureLayer, i).result->error)
			return;
	for (guint i = 0; i < parts->len; i++) {
		EnginePart *part = &g_array_index(parts, EnginePart, i);

		if (opened || strstr(part->type, "-signature"))
			part->listed = part->attachment = FALSE;
	}
}

static void
finish(ReadingSecure *secure)
{
	static const EngineSecurityLevel levels[] = {
		[SECURE_NONE] = ENGINE_SECURITY_NONE,
		[SECURE_GOOD] = ENGINE_SECURITY_GOOD,
		[SECURE_UNSURE] = ENGINE_SECURITY_UNSURE,
		[SECURE_BAD] = ENGINE_SECURITY_BAD,
	};
	EngineReading *reading = secure->reading;

	reading_say_empty(reading, secure->document);
	if (secure->message->cut)
		add_note(
			secure, "This message has too many parts: ", "the last ones are left out.");
	mime_document_unref(reading->document);
	reading->document = g_steal_pointer(&secure->document);
	take_header(secure);
	take_fields(secure);
	secure->level = levels[secure->verdict->level];
	g_free(secure->summary);
	secure->summary = g_strdup(secure->verdict->summary);
	secure->step = SECURE_STEP_OVER;
	reading_changed(reading);
}

void
reading_show_pieces(ReadingSecure *secure)
{
	guint n = secure->message->pieces->len;
	gsize budget = READING_SLICE;

	if (!secure->document) {
		secure->document = mime_document_new();
		secure->own_parts = secure->reading->parts->len;
		secure->inside = g_array_new(FALSE, FALSE, sizeof(ReadingInside));
		g_array_set_clear_func(secure->inside, clear_inside);
		unlist_wrapping(secure);
	}
	while (budget && secure->piece < n &&
		show_piece(secure, piece_at(secure, secure->piece), &budget))
		secure->piece++;
	core_touch(secure->reading->engine->core);
	if (secure->piece == n)
		finish(secure);
}
