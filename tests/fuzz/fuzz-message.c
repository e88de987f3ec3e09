/* Any octets have a tree whose parts lie within them, and a plan that can be shown. */

#include "mime/message.h"
#include "mime/render.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_part(const MimePart *part, guint index, gsize size)
{
	g_assert_cmpuint(part->index, ==, index);
	g_assert_cmpuint(part->depth, <, MIME_DEPTH_MAX);
	g_assert_cmpuint(part->offset, <=, size);
	g_assert_cmpuint(part->octets, <=, size - part->offset);
	g_assert_true(g_utf8_validate(part->name, -1, NULL));
	g_assert_true(g_utf8_validate(part->description, -1, NULL));
	if (!part->parent)
		return;
	g_assert_cmpuint(part->offset, >=, part->parent->offset);
	g_assert_cmpuint(
		part->offset + part->octets, <=, part->parent->offset + part->parent->octets);
}

static void
show(const MimePart *root, gboolean html, const guint8 *data)
{
	g_autoptr(MimePlan) plan = mime_choose(root, html);
	g_autoptr(MimeDocument) document = mime_document_new();

	for (guint i = 0; i < plan->steps->len; i++) {
		const MimeStep *step = &g_array_index(plan->steps, MimeStep, i);
		g_autoptr(MimeRender) render = mime_render_new(step, document, 0);

		g_assert_cmpuint(step->covers, <, plan->steps->len - i);
		if (mime_show_needs_octets(step->how))
			mime_render_feed(render, (const char *)data + step->part->offset,
				(gsize)step->part->octets);
		mime_render_end(render);
	}
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(MimePart) root = mime_message_parse((const char *)data, size);
	guint n = 0;

	for (const MimePart *part = root; part; part = mime_part_next(part))
		check_part(part, n++, size);
	g_assert_cmpuint(n, <=, MIME_PARTS_MAX);
	show(root, FALSE, data);
	show(root, TRUE, data);
	(void)mime_message_header_is_sound((const char *)data, size);
	mime_message_amend(root, (const char *)data, size);
	show(root, FALSE, data);
	return 0;
}
