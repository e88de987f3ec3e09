/* A body structure against a body that it does not fit: the first line is the one, the rest the other. What the
 * server says becomes a tree and a plan, and whatever octets it gives for a part are shown. */

#include "core/convert.h"
#include "imap/structure.h"
#include "mime/render.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
show(const MimePart *root, gboolean html, const char *body, gsize len)
{
	g_autoptr(MimePlan) plan = mime_choose(root, html);
	g_autoptr(MimeDocument) document = mime_document_new();
	guint fed = 0;

	for (guint i = 0; i < plan->steps->len; i++) {
		const MimeStep *step = &g_array_index(plan->steps, MimeStep, i);
		g_autoptr(MimeRender) render = mime_render_new(step, document, 0);

		if (mime_show_needs_octets(step->how) && fed++ < 4)
			mime_render_feed(render, body, len);
		mime_render_end(render);
	}
	g_assert_cmpuint(fed, <=, MIME_PLAN_PARTS + 1);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	const guint8 *end = size ? memchr(data, '\n', size) : NULL;
	gsize len = end ? (gsize)(end - data) : size;
	g_autoptr(ImapStructure) structure = imap_structure_from_text((const char *)data, len);
	g_autoptr(MimePart) root = NULL;

	if (!structure)
		return 0;
	root = convert_parts(imap_structure_root(structure));
	g_assert_cmpuint(mime_part_count(root), <=, MIME_PARTS_MAX);
	for (const MimePart *part = root; part; part = mime_part_next(part)) {
		g_assert_true(g_utf8_validate(part->name, -1, NULL));
		g_assert_true(g_utf8_validate(part->description, -1, NULL));
	}
	show(root, FALSE, (const char *)data + len, size - len);
	show(root, TRUE, (const char *)data + len, size - len);
	return 0;
}
