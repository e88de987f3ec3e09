#include "mime/html-sheet.h"

#include <string.h>

enum {
	MAX_CSS = 256 * 1024,
	MAX_RULES = 4000,
	MAX_SELECTOR = 100, /* bytes; a longer one is left out */
	MAX_DECLARATIONS = 4096,
	MAX_CLASSES = 12, /* of one element */
};

struct HtmlSheet {
	GString *css; /* of the open <style> */
	gsize taken;
	GHashTable *rules; /* "p", ".class", "p.class", "#id", "p#id" -> HtmlStyle */
};

HtmlSheet *
html_sheet_new(void)
{
	HtmlSheet *sheet = g_new0(HtmlSheet, 1);

	sheet->css = g_string_new(NULL);
	sheet->rules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return sheet;
}

void
html_sheet_free(HtmlSheet *sheet)
{
	if (!sheet)
		return;
	g_string_free(sheet->css, TRUE);
	g_hash_table_unref(sheet->rules);
	g_free(sheet);
}

void
html_sheet_feed(HtmlSheet *sheet, const char *css, gsize len)
{
	len = MIN(len, MAX_CSS - sheet->taken);
	g_string_append_len(sheet->css, css, (gssize)len);
	sheet->taken += len;
}

/* --- Selectors --------------------------------------------------------------------------------- */

static gboolean
is_name(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '_' || (guint8)c >= 0x80;
}

static gsize
name_length(const char *s)
{
	gsize n = 0;

	while (is_name(s[n]))
		n++;
	return n;
}

/* "TD.Total" as "td.Total"; NULL when SELECTOR begins with nothing of the kind. *OUT_SIMPLE: there
 * is no more to it. */
static char *
selector_key(const char *selector, gboolean *out_simple)
{
	gsize tag = name_length(selector);
	gsize rest = selector[tag] == '.' || selector[tag] == '#'
			     ? 1 + name_length(selector + tag + 1)
			     : 0;
	char *key;

	if (tag + rest == 0 || rest == 1)
		return NULL;
	*out_simple = selector[tag + rest] == '\0';
	key = g_strndup(selector, tag + rest);
	for (gsize i = 0; i < tag; i++)
		key[i] = g_ascii_tolower(key[i]);
	return key;
}

/* --- Rules ------------------------------------------------------------------------------------- */

static void
add_rule(HtmlSheet *sheet, char *take_key, const HtmlStyle *style)
{
	HtmlStyle *known = g_hash_table_lookup(sheet->rules, take_key);

	if (known) {
		html_style_merge(known, style);
		g_free(take_key);
	} else if (g_hash_table_size(sheet->rules) < MAX_RULES) {
		g_hash_table_insert(sheet->rules, take_key, g_memdup2(style, sizeof *style));
	} else {
		g_free(take_key);
	}
}

/* One of the selectors of a rule. What depends on more than the element itself only ever shows. */
static void
take_selector(HtmlSheet *sheet, char *selector, const HtmlStyle *style, gboolean only_shows)
{
	gboolean simple = FALSE;
	HtmlStyle shown = {.display = HTML_ON, .display_stays = TRUE};
	char *last, *key;

	g_strstrip(selector);
	last = selector + strlen(selector);
	while (last > selector && !strchr(" \t\n>+~", last[-1]))
		last--;
	key = strlen(selector) <= MAX_SELECTOR ? selector_key(last, &simple) : NULL;
	simple = simple && last == selector && !only_shows;
	if (key && simple)
		add_rule(sheet, key, style);
	else if (key && style->display == HTML_ON)
		add_rule(sheet, key, &shown);
	else
		g_free(key);
}

static void
take_rule(
	HtmlSheet *sheet, char *selectors, const char *declarations, gsize len, gboolean only_shows)
{
	g_autofree char *text = g_strndup(declarations, MIN(len, MAX_DECLARATIONS));
	HtmlStyle style = {0};

	html_style_apply(&style, text);
	while (selectors) {
		char *comma = strchr(selectors, ',');

		if (comma)
			*comma = '\0';
		take_selector(sheet, selectors, &style, only_shows);
		selectors = comma ? comma + 1 : NULL;
	}
}

/* --- The way through --------------------------------------------------------------------------- */

static void
blank(char *from, char *to)
{
	memset(from, ' ', (gsize)(to - from));
}

/* Comments, and the marks that hide a sheet from browsers of 1995. */
static void
blank_comments(char *css)
{
	for (char *s = css; (s = strstr(s, "/*"));) {
		char *end = strstr(s + 2, "*/");

		end = end ? end + 2 : s + strlen(s);
		blank(s, end);
		s = end;
	}
	for (char *s = css; (s = strstr(s, "<!--")); s += 4)
		blank(s, s + 4);
	for (char *s = css; (s = strstr(s, "-->")); s += 3)
		blank(s, s + 3);
}

/* Behind the block that begins at S. */
static char *
skip_block(char *s)
{
	guint depth = 0;

	for (; *s; s++) {
		if (*s == '{')
			depth++;
		else if (*s == '}' && --depth == 0)
			return s + 1;
	}
	return s;
}

/* "@media (min-width: 600px)" and its like; *OUT_WIDE when the rules in it are read next. */
static char *
skip_at(char *s, gboolean *out_wide)
{
	gsize len = strcspn(s, ";{}");
	char *open = s + len;

	if (*open != '{')
		return open + (*open != '\0');
	*open = '\0';
	*out_wide = g_str_has_prefix(s, "@media") && strstr(s, "min-width") &&
		    !strstr(s, "max-width") && !strstr(s, "print");
	*open = '{';
	return *out_wide ? open + 1 : skip_block(open);
}

void
html_sheet_end(HtmlSheet *sheet)
{
	gboolean wide = FALSE;
	char *s = sheet->css->str, *tag = strrchr(s, '<');

	if (tag && tag[1] == '/')
		*tag = '\0';
	blank_comments(s);
	while (*(s += strspn(s, " \t\r\n\f"))) {
		gsize len = strcspn(s, "{}");
		char *open = s + len;

		if (*s == '@') {
			s = skip_at(s, &wide);
		} else if (*open == '}') {
			wide = FALSE;
			s = open + 1;
		} else if (*open == '{') {
			gsize inside = strcspn(open + 1, "}");

			*open = '\0';
			take_rule(sheet, s, open + 1, inside, wide);
			s = open + 1 + inside;
			s += *s == '}';
		} else {
			break;
		}
	}
	g_string_truncate(sheet->css, 0);
}

/* --- Elements ---------------------------------------------------------------------------------- */

/* The rules for "TAG<mark>NAME" or, without a TAG, "<mark>NAME". */
static void
apply_key(const HtmlSheet *sheet, const char *tag, char mark, const char *name, gsize len,
	HtmlStyle *style)
{
	char key[MAX_SELECTOR + 1];
	const HtmlStyle *rule;

	if (len == 0 || strlen(tag) + 1 + len > MAX_SELECTOR)
		return;
	g_snprintf(key, sizeof key, "%s%c%.*s", tag, mark, (int)len, name);
	rule = g_hash_table_lookup(sheet->rules, key);
	if (rule)
		html_style_merge(style, rule);
}

static void
apply_classes(const HtmlSheet *sheet, const char *tag, const char *classes, HtmlStyle *style)
{
	static const char blanks[] = " \t\r\n\f";
	guint n = 0;

	for (const char *s = classes + strspn(classes, blanks); *s && n < MAX_CLASSES; n++) {
		gsize len = strcspn(s, blanks);

		apply_key(sheet, tag, '.', s, len, style);
		s += len;
		s += strspn(s, blanks);
	}
}

void
html_sheet_apply(const HtmlSheet *sheet, const HtmlTag *tag, HtmlStyle *style)
{
	const char *name = html_tag_name(tag), *classes, *id;
	const HtmlStyle *rule;

	if (g_hash_table_size(sheet->rules) == 0)
		return;
	rule = g_hash_table_lookup(sheet->rules, name);
	if (rule)
		html_style_merge(style, rule);
	classes = html_tag_get(tag, "class");
	if (classes) {
		apply_classes(sheet, "", classes, style);
		apply_classes(sheet, name, classes, style);
	}
	id = html_tag_get(tag, "id");
	if (id) {
		apply_key(sheet, "", '#', id, strlen(id), style);
		apply_key(sheet, name, '#', id, strlen(id), style);
	}
}
