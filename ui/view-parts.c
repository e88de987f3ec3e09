#include "view-parts.h"

#include "base/text.h"
#include "date.h"
#include "list.h"
#include "mosaic.h"
#include "moves.h"
#include "view-reader.h"

#include <string.h>

enum { MARGIN = 2, INDENT = 2, TYPE_CELLS = 26, SIZE_CELLS = 8, NARROW = 60, DEPTH_SHOWN = 8 };

typedef struct {
	App *app;
	List list;
	GHashTable *marks; /* indices of parts */
} Parts;

static EngineReading *
reading_of(const Parts *self)
{
	return view_reader_reading(app_view(self->app, VIEW_READER));
}

static gboolean
part_at(const Parts *self, guint i, EnginePart *out_part)
{
	EngineReading *reading = reading_of(self);
	return reading && engine_reading_part(reading, i, out_part);
}

static gboolean
is_marked(const Parts *self, guint i)
{
	return g_hash_table_contains(self->marks, GUINT_TO_POINTER(i));
}

static void
fill(Parts *self, gboolean anew)
{
	EngineReading *reading = reading_of(self);
	guint n = reading ? engine_reading_part_count(reading) : 0, cursor = 0, leaf = 0;
	EnginePart part;
	if (!anew && n == self->list.count)
		return;
	g_hash_table_remove_all(self->marks);
	while (part_at(self, cursor, &part) && !part.attachment)
		cursor++;
	/* No attachment: the first one that something can be done with. */
	for (guint i = n; cursor >= n && i-- > 0;)
		leaf = part_at(self, i, &part) && !part.is_multipart ? i : leaf;
	list_reset(&self->list, n, cursor < n ? cursor : leaf);
	app_mark(self->app, VIEW_PARTS);
}

void
view_parts_show(View *view)
{
	fill(view->self, TRUE);
}

static void
parts_event(gpointer view, const EngineEvent *event)
{
	Parts *self = view;
	if (event->kind == ENGINE_READING_CHANGED && event->reading == reading_of(self))
		fill(self, FALSE);
}

/* ---- actions ---- */

static void
toggle_mark(Parts *self)
{
	EnginePart part;
	guint i = self->list.cursor;
	if (!part_at(self, i, &part) || part.is_multipart)
		return;
	if (!g_hash_table_remove(self->marks, GUINT_TO_POINTER(i)))
		g_hash_table_add(self->marks, GUINT_TO_POINTER(i));
	list_move(&self->list, 1);
}

static void
mark_all(Parts *self)
{
	EnginePart part;
	for (guint i = 0; part_at(self, i, &part); i++) {
		if (part.attachment)
			g_hash_table_add(self->marks, GUINT_TO_POINTER(i));
	}
}

static ViewAnswer
escape(Parts *self)
{
	if (g_hash_table_size(self->marks) == 0)
		return VIEW_PASS;
	g_hash_table_remove_all(self->marks);
	return VIEW_DONE;
}

static ViewAnswer
parts_act(gpointer view, const Command *command, GError **error)
{
	Parts *self = view;
	ViewAnswer answer = VIEW_DONE;
	if (moves_list(&self->list, command->action->id)) {
		app_mark(self->app, VIEW_PARTS);
		return VIEW_DONE;
	}
	switch (command->action->id) {
	case ACTION_MARK: toggle_mark(self); break;
	case ACTION_MARK_ALL: mark_all(self); break;
	case ACTION_UNMARK_ALL: g_hash_table_remove_all(self->marks); break;
	case ACTION_ESCAPE: answer = escape(self); break;
	default: return VIEW_PASS;
	}
	app_mark(self->app, VIEW_PARTS);
	return answer;
}

static int
compare_numbers(gconstpointer a, gconstpointer b)
{
	guint x = *(const guint *)a, y = *(const guint *)b;
	return x < y ? -1 : x > y;
}

void
view_parts_chosen(const View *view, GArray *out_parts)
{
	const Parts *self = view->self;
	GHashTableIter iter;
	gpointer key;
	EnginePart part;
	g_hash_table_iter_init(&iter, self->marks);
	while (g_hash_table_iter_next(&iter, &key, NULL)) {
		guint i = GPOINTER_TO_UINT(key);
		g_array_append_val(out_parts, i);
	}
	g_array_sort(out_parts, compare_numbers);
	if (out_parts->len == 0 && part_at(self, self->list.cursor, &part) && !part.is_multipart)
		g_array_append_val(out_parts, self->list.cursor);
}

/* ---- painting ---- */

static void
draw_part(const Parts *self, Paint *paint, guint row, guint i, gboolean focused)
{
	EnginePart part;
	char size[SIZE_WORDS_MAX] = "";
	guint cols = paint_cols(paint);
	if (!part_at(self, i, &part))
		return;
	guint type = cols >= NARROW ? TYPE_CELLS : 0;
	guint right = type + SIZE_CELLS + 1, at = MARGIN + MIN(part.depth, DEPTH_SHOWN) * INDENT;
	Style style = part.is_multipart ? STYLE_QUIET
		      : part.attachment ? STYLE_READER_PART
					: STYLE_LIST;
	if (!part.is_multipart)
		size_words(part.size, size, sizeof size);
	if (i == self->list.cursor)
		paint_set_band(paint, focused ? STYLE_LIST_CURSOR : STYLE_LIST_CURSOR_AWAY);
	paint_fill(paint, row, 0, cols, style);
	if (is_marked(self, i))
		paint_glyph(paint, row, 0, STYLE_LIST_MARK_GLYPH, GLYPH_MARKED);
	guint cells = cols > at + right ? cols - at - right : 1;
	paint_text(paint, row, at, cells, style, *part.name ? part.name : part.type);
	if (type > 0 && *part.name)
		paint_text(paint, row, cols - right, type, STYLE_QUIET, part.type);
	paint_right(paint, row, cols - SIZE_CELLS - 1, SIZE_CELLS, STYLE_QUIET, size);
	paint_set_band(paint, STYLE_NONE);
	if (i == self->list.cursor && focused)
		paint_cursor(paint, row, at);
}

static void
parts_draw(gpointer view, Paint *paint, gboolean focused)
{
	const Parts *self = view;
	guint row = 0, i;
	for (; row < paint_rows(paint) && list_at(&self->list, row, &i); row++)
		draw_part(self, paint, row, i, focused);
	paint_fill_below(paint, row, STYLE_LIST);
	if (self->list.count == 0)
		paint_text(paint, 0, MARGIN, paint_cols(paint) - MIN(MARGIN, paint_cols(paint)),
			STYLE_QUIET, "The parts of this message are not known yet");
}

static void
parts_resize(gpointer view, guint rows, guint cols)
{
	(void)list_set_height(&((Parts *)view)->list, rows);
}

static void
parts_mouse(gpointer view, const Mouse *mouse)
{
	Parts *self = view;
	guint i;
	if (!moves_list_mouse(&self->list, mouse->kind) && list_at(&self->list, mouse->row, &i)) {
		list_go(&self->list, i);
		if (mouse->kind == MOUSE_DOUBLE)
			app_run_line(self->app, "read");
	}
	app_mark(self->app, VIEW_PARTS);
}

static const ActionId *
parts_hints(gpointer view)
{
	static const ActionId usual[] = {ACTION_CLOSE, ACTION_OPEN_PART, ACTION_SAVE_PART,
		ACTION_PIPE_PART, ACTION_MARK, ACTION_MARK_ALL, ACTION_HELP, ACTION_NONE};
	static const ActionId picture[] = {ACTION_CLOSE, ACTION_PICTURE, ACTION_OPEN_PART,
		ACTION_SAVE_PART, ACTION_PIPE_PART, ACTION_MARK, ACTION_HELP, ACTION_NONE};
	const Parts *self = view;
	EnginePart part;
	gboolean shown = mosaic_is_available() && part_at(self, self->list.cursor, &part) &&
			 picture_is_type(part.type);
	return shown ? picture : usual;
}

static void
parts_where(gpointer view, char *out, gsize size)
{
	const Parts *self = view;
	guint marked = g_hash_table_size(self->marks);
	if (marked > 0)
		g_snprintf(out, size, "%u marked", marked);
	else
		g_snprintf(out, size, "%u/%u", self->list.count > 0 ? self->list.cursor + 1 : 0,
			self->list.count);
}

static void
parts_free(gpointer view)
{
	Parts *self = view;
	g_hash_table_unref(self->marks);
	g_free(self);
}

View *
view_parts_new(App *app)
{
	static const ViewOps ops = {
		.kind = VIEW_PARTS,
		.free = parts_free,
		.draw = parts_draw,
		.resize = parts_resize,
		.event = parts_event,
		.act = parts_act,
		.mouse = parts_mouse,
		.hints = parts_hints,
		.where = parts_where,
	};
	Parts *self = g_new0(Parts, 1);
	self->app = app;
	self->marks = g_hash_table_new(NULL, NULL);
	list_init(&self->list, 1);
	return view_new(&ops, self);
}
