#include "mime/html-style.h"

#include <string.h>

enum { MAX_WORD = 48 }; /* of a property or value; longer ones say nothing that counts here */

gboolean
html_style_is_dot(const char *length)
{
	char *end;
	double number;

	if (!length)
		return FALSE;
	number = g_ascii_strtod(length, &end);
	if (end == length || number < 0)
		return FALSE;
	if (*end == '%' || g_ascii_strncasecmp(end, "em", 2) == 0 ||
		g_ascii_strncasecmp(end, "rem", 3) == 0)
		return number == 0;
	return number <= 1;
}

typedef struct {
	gboolean clips, flat;
} Box;

static void
set_decoration(HtmlStyle *style, const char *value)
{
	if (strstr(value, "underline"))
		style->underline = HTML_ON;
	else if (strstr(value, "line-through"))
		style->deleted = HTML_ON;
	else if (strcmp(value, "none") == 0)
		style->underline = HTML_OFF;
}

static void
set_space(HtmlStyle *style, const char *value)
{
	style->wraps = strcmp(value, "pre-wrap") == 0 || strcmp(value, "break-spaces") == 0;
	style->pre = style->wraps || strcmp(value, "pre") == 0 ? HTML_ON : HTML_OFF;
}

static void
set_weight(HtmlStyle *style, const char *value)
{
	double number = g_ascii_strtod(value, NULL);

	if (g_str_has_prefix(value, "bold") || number >= 600)
		style->bold = HTML_ON;
	else if (strcmp(value, "normal") == 0 || number > 0)
		style->bold = HTML_OFF;
}

static void
set_font(HtmlStyle *style, const char *property, const char *value)
{
	if (strcmp(property, "font-weight") == 0)
		set_weight(style, value);
	else if (strcmp(property, "font-style") == 0)
		style->italic = strcmp(value, "normal") == 0 ? HTML_OFF : HTML_ON;
	else if (strcmp(property, "font-size") == 0)
		style->readable = html_style_is_dot(value) ? HTML_OFF : HTML_ON;
}

static void
set_display(HtmlStyle *style, HtmlSwitch display, gboolean stays)
{
	if (style->display_stays && !stays)
		return;
	style->display = display;
	style->display_stays = stays;
}

static void
set(HtmlStyle *style, Box *box, const char *property, const char *value, gboolean stays)
{
	if (strcmp(property, "display") == 0)
		set_display(style, strcmp(value, "none") == 0 ? HTML_OFF : HTML_ON, stays);
	else if (strcmp(property, "visibility") == 0)
		style->hidden |= strcmp(value, "hidden") == 0 || strcmp(value, "collapse") == 0;
	else if (strcmp(property, "opacity") == 0)
		style->hidden |= g_ascii_isdigit(*value) && g_ascii_strtod(value, NULL) == 0;
	else if (strcmp(property, "mso-hide") == 0)
		style->hidden |= strcmp(value, "all") == 0;
	else if (strcmp(property, "overflow") == 0)
		box->clips = strcmp(value, "hidden") == 0;
	else if (strcmp(property, "height") == 0 || strcmp(property, "max-height") == 0 ||
		 strcmp(property, "width") == 0 || strcmp(property, "max-width") == 0)
		box->flat |= html_style_is_dot(value);
	else if (strcmp(property, "text-align") == 0)
		style->right = strcmp(value, "right") == 0;
	else if (strcmp(property, "white-space") == 0)
		set_space(style, value);
	else if (g_str_has_prefix(property, "text-decoration"))
		set_decoration(style, value);
	else
		set_font(style, property, value);
}

/* A word of the declarations, trimmed, in lower case, without "!important". */
static void
take_word(const char *start, const char *end, char *out)
{
	const char *bang = memchr(start, '!', (gsize)(end - start));
	gsize len;

	end = bang ? bang : end;
	while (start < end && g_ascii_isspace(*start))
		start++;
	while (end > start && g_ascii_isspace(end[-1]))
		end--;
	len = MIN((gsize)(end - start), MAX_WORD - 1);
	for (gsize i = 0; i < len; i++)
		out[i] = g_ascii_tolower(start[i]);
	out[len] = '\0';
}

void
html_style_apply(HtmlStyle *style, const char *declarations)
{
	Box box = {0};
	char property[MAX_WORD], value[MAX_WORD];

	for (const char *at = declarations; at && *at;) {
		gsize len = strcspn(at, ";");
		const char *colon = memchr(at, ':', len);

		if (colon) {
			take_word(at, colon, property);
			take_word(colon + 1, at + len, value);
			set(style, &box, property, value,
				memchr(colon, '!', len - (gsize)(colon - at)) != NULL);
		}
		at += len + (at[len] == ';');
	}
	style->pixel |= box.flat;
	style->hidden |= box.flat && box.clips;
}

static void
merge_switch(HtmlSwitch *what, HtmlSwitch over)
{
	if (over != HTML_UNSET)
		*what = over;
}

void
html_style_merge(HtmlStyle *style, const HtmlStyle *over)
{
	merge_switch(&style->bold, over->bold);
	merge_switch(&style->italic, over->italic);
	merge_switch(&style->underline, over->underline);
	merge_switch(&style->deleted, over->deleted);
	merge_switch(&style->readable, over->readable);
	merge_switch(&style->pre, over->pre);
	if (over->pre != HTML_UNSET)
		style->wraps = over->wraps;
	if (over->display != HTML_UNSET)
		set_display(style, over->display, over->display_stays);
	style->hidden |= over->hidden;
	style->right |= over->right;
	style->pixel |= over->pixel;
}

gboolean
html_style_hides(const HtmlStyle *style)
{
	return style->hidden || style->display == HTML_OFF;
}
