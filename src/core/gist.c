#include "core/gist.h"

#include "core/convert.h"
#include "imap/structure.h"
#include "mime/message.h"
#include "mime/render.h"
#include "store/likings.h"

#include <string.h>

struct Gist {
	MimePart *tree;
	MimePlan *plan;
	MimeRender *render; /* of the section that is fed */
	MimeDocument *document;
};

Gist *
gist_new(Core *core, guint32 folder, guint32 uid)
{
	g_autoptr(StoreMessage) message = store_message_get(core->store, folder, uid, TRUE);
	gboolean html = strcmp(config_value(core->config, "prefer-html"), "true") == 0;
	g_autoptr(ImapStructure) structure = NULL;
	const char *bytes;
	gsize len = 0;
	Gist *gist;

	if (!message || !message->structure)
		return NULL;
	(void)store_liking_get(core->store, message->from_address, &html);
	bytes = g_bytes_get_data(message->structure, &len);
	structure = imap_structure_from_text(bytes, len);
	if (!structure)
		return NULL;
	gist = g_new0(Gist, 1);
	gist->tree = convert_parts(imap_structure_root(structure));
	gist->plan = mime_choose(gist->tree, html);
	gist->document = mime_document_new();
	return gist;
}

void
gist_free(Gist *gist)
{
	if (!gist)
		return;
	mime_render_free(gist->render);
	mime_document_unref(gist->document);
	mime_plan_free(gist->plan);
	mime_part_free(gist->tree);
	g_free(gist);
}

/* Section I is that of the step I of those that need octets. */
static const MimeStep *
step_at(const Gist *gist, guint i)
{
	for (guint s = 0; s < gist->plan->steps->len; s++) {
		const MimeStep *step = &g_array_index(gist->plan->steps, MimeStep, s);

		if (mime_show_needs_octets(step->how) && i-- == 0)
			return step;
	}
	return NULL;
}

const char *
gist_section(const Gist *gist, guint i, guint64 *out_octets)
{
	const MimeStep *step = step_at(gist, i);

	if (!step)
		return NULL;
	*out_octets = step->part->octets;
	return step->part->section;
}

char *
gist_description(const Gist *gist, guint i)
{
	const MimeStep *step = step_at(gist, i);

	if (!step || !mime_message_may_amend(step->part))
		return NULL;
	return step->part->parent ? g_strconcat(step->part->section, ".MIME", NULL)
				  : g_strdup("HEADER");
}

void
gist_describe(Gist *gist, guint i, const char *header, gsize len)
{
	/* the tree is ours */
	mime_message_amend((MimePart *)step_at(gist, i)->part, header, len);
}

static void
begin(Gist *gist, guint i)
{
	if (!gist->render)
		gist->render = mime_render_new(step_at(gist, i), gist->document, 0);
}

void
gist_feed(Gist *gist, guint i, const char *bytes, gsize len)
{
	begin(gist, i);
	mime_render_feed(gist->render, bytes, len);
}

void
gist_end(Gist *gist, guint i)
{
	begin(gist, i);
	mime_render_end(gist->render);
	g_clear_pointer(&gist->render, mime_render_free);
}

void
gist_add_words(const Gist *gist, GString *text, gsize max)
{
	guint n = mime_document_count(gist->document);

	for (guint i = 0; i < n && text->len < max; i++)
		g_string_append_printf(text, "%s\n", mime_document_line(gist->document, i)->text);
}
