#include "mime/render.h"

#include "mime/content.h"
#include "mime/date.h"
#include "mime/tnef.h"
#include "mime/uuencode.h"

#include <string.h>

struct MimeRender {
	const MimeStep *step;
	MimeDocument *document;
	MimeContent *content; /* takes the octets, if any are needed */
};

/* ---- what needs no octets ---- */

static void G_GNUC_PRINTF(2, 3) note(MimeDocument *document, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	mime_document_add(document, MIME_LINE_NOTE, 0, text);
}

static void
blank(MimeDocument *document)
{
	mime_document_add(document, MIME_LINE_TEXT, 0, "");
}

static void
add_field(MimeDocument *document, const char *name, const char *value)
{
	g_autofree char *lead = g_strdup_printf("%-6s", name);

	if (value && *value)
		mime_document_add_line(
			document, &(MimeLine){.kind = MIME_LINE_TEXT, .text = value, .lead = lead});
}

static void
render_message(MimeDocument *document, const MimePart *part)
{
	const MimeEnvelope *envelope = part->envelope;
	gboolean named = envelope && envelope->subject && *envelope->subject;

	mime_document_add(
		document, MIME_LINE_HEADING, 0, named ? envelope->subject : "A message inside");
	if (!envelope)
		return;
	add_field(document, "From", envelope->from);
	add_field(document, "To", envelope->to);
	add_field(document, "Cc", envelope->cc);
	if (envelope->date) {
		g_autofree char *date = mime_date_words(envelope->date);

		add_field(document, "Date", date);
	}
}

static const char *
param(const MimePart *part, const char *name)
{
	const char *value = mime_part_param(part, name);

	return value ? value : "?";
}

/* RFC 2046 section 5.2.3, RFC 2017. */
static void
render_external(MimeDocument *document, const MimePart *part)
{
	const char *place = mime_part_param(part, "url");

	if (!place)
		place = mime_part_param(part, "site");
	note(document, "A part of this message lies elsewhere and is not fetched: %s %s %s",
		param(part, "access-type"), place ? place : "",
		mime_part_param(part, "name") ? mime_part_param(part, "name") : "");
}

static void
render_note(MimeDocument *document, const MimeStep *step)
{
	switch (step->how) {
	case MIME_SHOW_MESSAGE: render_message(document, step->part); break;
	case MIME_SHOW_EXTERNAL: render_external(document, step->part); break;
	case MIME_SHOW_PARTIAL:
		note(document,
			"This is piece %s of %s of a message that was sent in pieces. Save the "
			"pieces to put them together.",
			param(step->part, "number"), param(step->part, "total"));
		break;
	case MIME_SHOW_ENCRYPTED: note(document, "This is encrypted."); break;
	case MIME_SHOW_LEFT_OUT:
		note(document, "More of this message is in the list of its parts.");
		break;
	default: break;
	}
}

static gboolean
has_note(MimeShow how)
{
	return how == MIME_SHOW_MESSAGE || how == MIME_SHOW_EXTERNAL || how == MIME_SHOW_PARTIAL ||
	       how == MIME_SHOW_ENCRYPTED || how == MIME_SHOW_LEFT_OUT;
}

/* ---- what does ---- */

/* By what the plan has made of it: a patch may be called text/plain. */
static char *
content_type(const MimeStep *step)
{
	switch (step->how) {
	case MIME_SHOW_PATCH: return g_strdup("text/x-patch");
	case MIME_SHOW_TNEF: return g_strdup("application/ms-tnef");
	default: return mime_part_type(step->part);
	}
}

/* What a report is about: the message that came back with it, where the server told of it. */
static const char *
reported_subject(const MimePart *report)
{
	for (guint i = 0; report->parent && i < report->parent->children->len; i++) {
		const MimePart *other = g_ptr_array_index(report->parent->children, i);

		if (other->envelope && *other->envelope->subject)
			return other->envelope->subject;
	}
	return NULL;
}

static void
begin_content(MimeRender *render, gsize max_bytes)
{
	const MimePart *part = render->step->part;
	const char *format = mime_part_param(part, "format"),
		   *delsp = mime_part_param(part, "delsp"),
		   *legacy = mime_part_param(part, "hp-legacy-display");
	const MimeTextFormat how = {
		.encoding = part->encoding,
		.charset = mime_part_param(part, "charset"),
		.flowed = format && !g_ascii_strcasecmp(format, "flowed"),
		.delsp = delsp && !g_ascii_strcasecmp(delsp, "yes"),
		.legacy_fields = render->step->opened && legacy && strcmp(legacy, "1") == 0,
		.max_bytes = max_bytes,
	};
	g_autofree char *type = content_type(render->step);

	render->content = mime_content_new(type, &how, render->document);
	if (render->step->how == MIME_SHOW_REPORT)
		mime_content_set_subject(render->content, reported_subject(part));
}

static void
add_name(MimeRender *render)
{
	const MimePart *part = render->step->part;
	g_autofree char *type = mime_part_type(part);
	char size[TEXT_SIZE_MAX];

	text_size(part->octets, size, sizeof size);
	note(render->document, "%s, %s, %s", part->name, type, size);
	blank(render->document);
}

MimeRender *
mime_render_new(const MimeStep *step, MimeDocument *document, gsize max_bytes)
{
	MimeRender *render = g_new0(MimeRender, 1);

	render->step = step;
	render->document = mime_document_ref(document);
	if (mime_document_count(document) &&
		(mime_show_needs_octets(step->how) || has_note(step->how)))
		blank(document);
	if (step->named)
		add_name(render);
	if (mime_show_needs_octets(step->how))
		begin_content(render, max_bytes);
	else
		render_note(document, step);
	return render;
}

void
mime_render_feed(MimeRender *render, const char *bytes, gsize len)
{
	if (render->content)
		mime_content_feed(render->content, bytes, len);
}

void
mime_render_end(MimeRender *render)
{
	if (render->content)
		mime_content_end(render->content);
}

void
mime_render_free(MimeRender *render)
{
	if (!render)
		return;
	mime_content_free(render->content);
	mime_document_unref(render->document);
	g_free(render);
}

/* ---- files inside of parts ---- */

GBytes *
mime_render_file(MimeShow how, const char *bytes, gsize len, guint index)
{
	g_autoptr(GPtrArray) packed = NULL;
	g_autofree char *name = NULL;
	const MimeTnefFile *file;

	if (how != MIME_SHOW_TNEF)
		return mime_embedded_extract(bytes, len, index, len, &name);
	packed = mime_tnef_files(bytes, len);
	if (!packed || index >= packed->len)
		return NULL;
	file = g_ptr_array_index(packed, index);
	return g_bytes_new(bytes + file->start, file->len);
}
