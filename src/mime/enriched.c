#include "mime/enriched.h"

#include <string.h>

#define MAX_COMMAND 60   /* RFC 1896 section 2.1 */
#define MAX_SKIPPED 1000 /* bytes of what is not shown */
#define MAX_BLANK   10   /* lines in a row */

typedef struct {
	GString *html;
	gboolean richtext;
	gboolean nofill;     /* line ends are meant */
	const char *skipped; /* the command whose text is left out, or NULL */
	/* The one that was not closed when it was last looked for, and up to where: or NULL. */
	const char *unclosed, *unclosed_until;
} Enriched;

static const struct {
	const char *command, *start, *end;
} tags[] = {
	{"bold", "<b>", "</b>"},
	{"italic", "<i>", "</i>"},
	{"underline", "<u>", "</u>"},
	{"fixed", "<tt>", "</tt>"},
	{"excerpt", "<blockquote>", "</blockquote>"},
	{"nofill", "<pre>", "</pre>"},
	{"heading", "<h2>", "</h2>"},
	{"nl", "<br>", ""},
	{"np", "<p>", ""},
	{"paragraph", "<p>", "</p>"},
	{"lt", "&lt;", ""},
};

/* One that is never closed would swallow the rest. */
static gboolean
closes_soon(const char *s, const char *name)
{
	const char *end = s + strnlen(s, MAX_SKIPPED);
	gsize len = strlen(name);

	for (; (s = memchr(s, '<', (gsize)(end - s))) != NULL; s++)
		if (s[1] == '/' && !g_ascii_strncasecmp(s + 2, name, len) && s[2 + len] == '>')
			return TRUE;
	return FALSE;
}

/* A thousand that are not closed are not looked for a thousand times in the same text. */
static void
skip(Enriched *enriched, const char *name, const char *behind)
{
	if (enriched->unclosed == name && behind < enriched->unclosed_until)
		return;
	if (closes_soon(behind, name)) {
		enriched->skipped = name;
		return;
	}
	enriched->unclosed = name;
	enriched->unclosed_until = behind + strnlen(behind, MAX_SKIPPED);
}

/* BEHIND it the text goes on. */
static void
take_command(Enriched *enriched, const char *name, gboolean ends, const char *behind)
{
	const char *skipped = !g_ascii_strcasecmp(name, "param") ? "param"
			      : enriched->richtext && !g_ascii_strcasecmp(name, "comment")
				      ? "comment"
				      : NULL;

	if (enriched->skipped) {
		if (ends && !g_ascii_strcasecmp(name, enriched->skipped))
			enriched->skipped = NULL;
		return;
	}
	if (!ends && skipped)
		skip(enriched, skipped, behind);
	if (!g_ascii_strcasecmp(name, "nofill"))
		enriched->nofill = !ends;
	for (guint i = 0; i < G_N_ELEMENTS(tags); i++)
		if (!g_ascii_strcasecmp(name, tags[i].command))
			g_string_append(enriched->html, ends ? tags[i].end : tags[i].start);
}

/* The octets of the command at S; 0: it is none. */
static gsize
read_command(Enriched *enriched, const char *s)
{
	gboolean ends = s[1] == '/';
	const char *start = s + 1 + ends;
	char name[MAX_COMMAND + 1];
	gsize len = 0;

	while (len < MAX_COMMAND && (g_ascii_isalnum(start[len]) || start[len] == '-'))
		len++;
	if (len == 0 || start[len] != '>')
		return 0;
	/* g_strlcpy() would go through all of the text behind it. */
	memcpy(name, start, len);
	name[len] = '\0';
	take_command(enriched, name, ends, start + len + 1);
	return (gsize)(start - s) + len + 1;
}

/* One line end is a blank, more of them are one less (RFC 1896 section 3); in richtext each is a blank. */
static gsize
read_line_ends(Enriched *enriched, const char *s)
{
	gsize len = strspn(s, "\r\n");
	guint lines = 0;

	for (gsize i = 0; i < len; i++)
		lines += s[i] == '\n';
	if (enriched->skipped)
		return len;
	if (enriched->nofill || lines < 2 || enriched->richtext) {
		for (guint i = 0; i < MAX(lines, 1); i++)
			g_string_append_c(enriched->html, '\n');
		return len;
	}
	for (guint i = 1; i < MIN(lines, MAX_BLANK); i++)
		g_string_append(enriched->html, "<br>");
	return len;
}

static void
add_text(Enriched *enriched, char c)
{
	if (enriched->skipped)
		return;
	switch (c) {
	case '<': g_string_append(enriched->html, "&lt;"); break;
	case '&': g_string_append(enriched->html, "&amp;"); break;
	default: g_string_append_c(enriched->html, c); break;
	}
}

char *
mime_enriched_to_html(const char *text, gboolean richtext)
{
	Enriched enriched = {.html = g_string_new(NULL), .richtext = richtext};

	for (const char *s = text; *s;) {
		gsize len = 0;

		if (*s == '\r' || *s == '\n') {
			len = read_line_ends(&enriched, s);
		} else if (!richtext && s[0] == '<' && s[1] == '<') {
			add_text(&enriched, '<');
			len = 2;
		} else if (*s == '<') {
			len = read_command(&enriched, s);
		}
		if (len == 0) {
			add_text(&enriched, *s);
			len = 1;
		}
		s += len;
	}
	return g_string_free(enriched.html, FALSE);
}
