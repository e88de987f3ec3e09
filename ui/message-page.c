#include "message-page.h"

#include "base/text.h"
#include "date.h"
#include "fold.h"
#include "security.h"

enum {
	NAME_CELLS = 9, /* "Subject  " */
	NAME_CELLS_MAX = 28,
	VALUE_CELLS_MAX = 240, /* of a field, where not all fields are shown */
};

struct MessagePage {
	Pager *pager;
	/* What of the reading is in it: */
	EngineReadingState state;
	guint fields, lines;
};

MessagePage *
message_page_new(Pager *pager)
{
	MessagePage *page = g_new0(MessagePage, 1);
	page->pager = pager;
	return page;
}

void
message_page_free(MessagePage *page)
{
	g_free(page);
}

/* --- The head ----------------------------------------------------------------------------------- */

static Style
field_style(const char *name)
{
	return g_ascii_strcasecmp(name, "Subject") == 0 ? STYLE_READER_SUBJECT : STYLE_READER_VALUE;
}

static void
add_field(MessagePage *page, const char *name, const char *value, gboolean covered)
{
	g_autofree char *clean = text_clean(name, -1, TEXT_LINE);
	g_autofree char *label = text_ellipsize(clean, NAME_CELLS_MAX);
	guint width = text_width(label, -1);
	g_autofree char *lead =
		g_strdup_printf("%s%*s", label, (int)MAX(NAME_CELLS, width + 2) - (int)width, "");
	PagerLook look = {
		.style = field_style(name), .lead_style = STYLE_READER_FIELD, .lead = lead};
	g_autofree char *marked =
		covered ? g_strdup_printf("%s %s protected", value, paint_glyph_text(GLYPH_DOT))
			: NULL;
	pager_add(page->pager, &look, marked ? marked : value);
}

static gboolean
says_most(const char *name)
{
	return g_ascii_strcasecmp(name, "From") == 0 || g_ascii_strcasecmp(name, "Subject") == 0;
}

/* Of a hundred recipients the first ones do: the text is what people open a message for. The sender is
 * told whole, so that a long name does not push the address away. */
static char *
shorten(const char *name, const char *value)
{
	g_autofree char *clean = text_clean(value, -1, TEXT_LINE);
	if (g_ascii_strcasecmp(name, "From") == 0)
		return g_steal_pointer(&clean);
	return text_ellipsize(clean, VALUE_CELLS_MAX);
}

static void
add_fields(MessagePage *page, const EngineReading *reading, const PageWish *wish)
{
	EngineField field;
	char date[DATE_LONG_MAX];
	for (guint i = 0; engine_reading_field(reading, wish->full, i, &field); i++) {
		if (!wish->full && wish->low && !says_most(field.name))
			continue;
		gboolean covered = field.covered;
		date_long(field.date, date, sizeof date);
		if (!wish->full && *date)
			add_field(page, field.name, date, covered);
		else if (wish->full)
			add_field(page, field.name, field.value, covered);
		else {
			g_autofree char *value = shorten(field.name, field.value);
			add_field(page, field.name, value, covered);
		}
	}
}

/* So that nobody has to go to the end to learn that something is attached. */
static void
add_attachment_field(MessagePage *page, const EngineReading *reading)
{
	g_autoptr(GString) names = g_string_new(NULL);
	EnginePart part;
	for (guint i = 0; engine_reading_part(reading, i, &part); i++) {
		if (!part.attachment || (part.is_message && part.shown))
			continue;
		if (names->len > 0)
			g_string_append(names, ", ");
		g_string_append(names, *part.name        ? part.name
				       : part.is_message ? "a message"
							 : part.type);
	}
	if (names->len == 0)
		return;
	g_autofree char *value = shorten("Files", names->str);
	add_field(page, "Files", value, FALSE);
}

/* --- The text ----------------------------------------------------------------------------------- */

static void
add_line(MessagePage *page, const EngineLine *line, guint number)
{
	static const Style quotes[] = {
		STYLE_READER, STYLE_READER_QUOTE1, STYLE_READER_QUOTE2, STYLE_READER_QUOTE3};
	PagerLook look = {.style = quotes[MIN(line->quote, G_N_ELEMENTS(quotes) - 1)],
		.lead = line->lead,
		.lead_style = STYLE_READER,
		.spans = line->spans,
		.n_spans = line->n_spans,
		.quote = line->quote,
		.line = number + 1,
		.fixed = line->kind == ENGINE_LINE_FIXED};
	if (line->kind == ENGINE_LINE_SIGNATURE)
		look.style = STYLE_READER_SIGNATURE;
	else if (line->kind == ENGINE_LINE_NOTE)
		look.style = STYLE_READER_NOTE;
	else if (line->kind == ENGINE_LINE_HEADING)
		look.style = STYLE_READER_HEADING;
	pager_add(page->pager, &look, line->text);
}

static void
add_fold(MessagePage *page, guint first, guint n)
{
	g_autofree char *lead = g_strdup_printf("%s ", paint_glyph_text(GLYPH_CLOSED));
	g_autofree char *text = g_strdup_printf("%u quoted lines", n);
	PagerLook look = {.style = STYLE_READER_QUOTE1,
		.lead = lead,
		.lead_style = STYLE_READER_QUOTE1,
		.line = first + 1};
	pager_add(page->pager, &look, text);
}

/* The lines that are here and not in the pager yet, but for a quote that may go on. */
static void
add_lines(MessagePage *page, const EngineReading *reading, const PageWish *wish)
{
	EngineLine line;
	gboolean loading = engine_reading_state(reading) == ENGINE_READING_LOADING;
	guint total = engine_reading_line_count(reading);
	while (engine_reading_line(reading, page->lines, &line)) {
		guint first = page->lines, n = 1;
		if (wish->folded && line.quote > 0)
			n = fold_quote(reading, first);
		if (wish->folded && line.quote > 0 && loading && first + n == total)
			return;
		page->lines += n;
		if (fold_is_long(n)) {
			add_fold(page, first, n);
			continue;
		}
		for (guint i = first; i < first + n && engine_reading_line(reading, i, &line); i++)
			add_line(page, &line, i);
	}
}

static void
add_blank(MessagePage *page)
{
	pager_add(page->pager, &(PagerLook){.style = STYLE_READER}, "");
}

/* --- What is behind it -------------------------------------------------------------------------- */

/* What the message holds besides its text. */
static void
add_parts(MessagePage *page, const EngineReading *reading)
{
	gboolean begun = FALSE;
	EnginePart part;
	for (guint i = 0; engine_reading_part(reading, i, &part); i++) {
		char size[SIZE_WORDS_MAX];
		if (!part.listed)
			continue;
		if (!begun)
			add_blank(page);
		begun = TRUE;
		size_words(part.size, size, sizeof size);
		g_autofree char *lead = g_strdup_printf("%s ", paint_glyph_text(GLYPH_ATTACHMENT));
		g_autofree char *text = g_strdup_printf(
			"%s%s%s, %s", part.name, *part.name ? "  " : "", part.type, size);
		PagerLook look = {
			.style = STYLE_READER_PART, .lead_style = STYLE_READER_PART, .lead = lead};
		pager_add(page->pager, &look, text);
	}
}

static void
add_error(MessagePage *page, const EngineReading *reading)
{
	const char *error = engine_reading_error(reading);
	add_blank(page);
	pager_add(page->pager, &(PagerLook){.style = STYLE_STATUS_ERROR},
		error ? error : "This message could not be read");
}

/* --- All of it ---------------------------------------------------------------------------------- */

void
message_page_fill(MessagePage *page, const EngineReading *reading, const PageWish *wish)
{
	pager_clear(page->pager);
	page->state = engine_reading_state(reading);
	page->fields = engine_reading_field_count(reading, wish->full);
	add_fields(page, reading, wish);
	if (page->state == ENGINE_READING_READY)
		add_attachment_field(page, reading);
	security_add(page->pager, reading, wish->secure);
	add_blank(page);
	page->lines = 0;
	add_lines(page, reading, wish);
	if (page->state == ENGINE_READING_READY)
		add_parts(page, reading);
	else if (page->state == ENGINE_READING_FAILED)
		add_error(page, reading);
}

void
message_page_add(MessagePage *page, const EngineReading *reading, const PageWish *wish)
{
	if (page->state != ENGINE_READING_LOADING || engine_reading_state(reading) != page->state ||
		engine_reading_field_count(reading, wish->full) != page->fields)
		message_page_fill(page, reading, wish);
	else
		add_lines(page, reading, wish);
}
