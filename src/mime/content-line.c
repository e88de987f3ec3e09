#include "mime/content-line.h"

#include "mime/charset.h"
#include "mime/transfer.h"

#include <string.h>

enum { MAX_LINE = 65536 };

/* --- Unfolding --------------------------------------------------------------------------------- */

static const char *
line_end(const char *at, const char *end)
{
	const char *lf = memchr(at, '\n', (gsize)(end - at));

	return lf ? lf : end;
}

static void
append_piece(GString *line, const char *at, const char *end)
{
	gsize room = MAX_LINE - MIN(line->len, MAX_LINE);

	if (end > at && end[-1] == '\r')
		end--;
	g_string_append_len(line, at, (gssize)MIN((gsize)(end - at), room));
}

/* TRUE when the line goes on below as quoted-printable does: with "=" at its end. Only vCard 2.1 and
 * vCalendar 1.0 have that. */
static gboolean
is_soft(const GString *line)
{
	g_autofree char *head = NULL;

	if (line->len == 0 || line->str[line->len - 1] != '=')
		return FALSE;
	head = g_ascii_strup(line->str, (gssize)MIN(line->len, 200));
	return strstr(head, "QUOTED-PRINTABLE") != NULL;
}

static GString *
unfold(const char **at, const char *end)
{
	GString *line = g_string_new(NULL);
	const char *stop = line_end(*at, end);

	append_piece(line, *at, stop);
	for (*at = MIN(stop + 1, end); *at < end; *at = MIN(stop + 1, end)) {
		gboolean soft = is_soft(line);

		if (!soft && **at != ' ' && **at != '\t')
			break;
		if (soft)
			g_string_truncate(line, line->len - 1);
		stop = line_end(*at, end);
		append_piece(line, *at + !soft, stop);
	}
	return line;
}

/* --- Parts of a line --------------------------------------------------------------------------- */

/* Where the first of STOPS is outside of quotes, else the end. */
static char *
find_outside(char *s, const char *stops)
{
	gboolean quoted = FALSE;

	for (; *s; s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (!quoted && strchr(stops, *s))
			return s;
	}
	return s;
}

/* RFC 6868. */
static char *
param_text(const char *value)
{
	GString *out = g_string_new(NULL);

	for (const char *s = value; *s; s++) {
		if (*s == '"')
			continue;
		if (s[0] != '^' || !s[1] || !strchr("n^'", s[1])) {
			g_string_append_c(out, *s);
			continue;
		}
		s++;
		g_string_append_c(out, *s == 'n' ? '\n' : *s == '\'' ? '"' : '^');
	}
	return g_string_free(out, FALSE);
}

static void
take_param(ContentLine *line, char *param)
{
	char *equals = strchr(param, '=');
	guint i = line->n_params;

	if (i == CONTENT_LINE_PARAMS || !*param)
		return;
	if (equals)
		*equals = '\0';
	if (!equals && (g_ascii_strcasecmp(param, "QUOTED-PRINTABLE") == 0 ||
			       g_ascii_strcasecmp(param, "BASE64") == 0))
		line->param_names[i] = g_strdup("ENCODING");
	else
		line->param_names[i] = equals ? g_ascii_strup(param, -1) : g_strdup("TYPE");
	line->param_values[i] = param_text(equals ? equals + 1 : param);
	line->n_params++;
}

static gboolean
split(char *text, ContentLine *out_line)
{
	char *colon = find_outside(text, ":");
	char *dot, *at;

	/* A quote that is never closed. */
	if (!*colon)
		colon = strchr(text, ':');
	if (!colon || colon == text)
		return FALSE;
	*colon = '\0';
	*out_line = (ContentLine){.value = g_strdup(colon + 1)};
	at = find_outside(text, ";");
	while (*at) {
		char *next;

		*at++ = '\0';
		next = find_outside(at, ";");
		if (*next) {
			*next = '\0';
			take_param(out_line, at);
			*next = ';';
		} else {
			take_param(out_line, at);
		}
		at = next;
	}
	dot = strrchr(text, '.');
	out_line->name = g_ascii_strup(g_strstrip(dot ? dot + 1 : text), -1);
	return TRUE;
}

gboolean
content_line_next(const char **at, const char *end, ContentLine *out_line)
{
	while (*at < end) {
		GString *line = unfold(at, end);
		gboolean good = split(line->str, out_line);

		g_string_free(line, TRUE);
		if (good)
			return TRUE;
	}
	return FALSE;
}

void
content_line_clear(ContentLine *line)
{
	for (guint i = 0; i < line->n_params; i++) {
		g_free(line->param_names[i]);
		g_free(line->param_values[i]);
	}
	g_free(line->name);
	g_free(line->value);
	*line = (ContentLine){0};
}

/* --- Values ------------------------------------------------------------------------------------ */

const char *
content_line_param(const ContentLine *line, const char *name)
{
	for (guint i = 0; i < line->n_params; i++)
		if (strcmp(line->param_names[i], name) == 0)
			return line->param_values[i];
	return NULL;
}

/* The value without the encoding of vCard 2.1. */
static char *
plain_value(const ContentLine *line)
{
	const char *encoding = content_line_param(line, "ENCODING");
	g_autoptr(MimeTransfer) transfer = NULL;
	g_autoptr(GString) bytes = NULL;

	if (!encoding || g_ascii_strcasecmp(encoding, "QUOTED-PRINTABLE") != 0)
		return g_strdup(line->value);
	transfer = mime_transfer_new("quoted-printable");
	bytes = g_string_new(NULL);
	mime_transfer_feed(transfer, line->value, strlen(line->value), bytes);
	mime_transfer_end(transfer, bytes);
	return mime_charset_to_utf8(bytes->str, bytes->len, content_line_param(line, "CHARSET"));
}

static char *
unescape(const char *s, gsize len)
{
	GString *out = g_string_sized_new(len);

	for (gsize i = 0; i < len; i++) {
		if (s[i] == '\\' && i + 1 < len && strchr("nN,;\\:\"", s[i + 1])) {
			i++;
			g_string_append_c(out, s[i] == 'n' || s[i] == 'N' ? '\n' : s[i]);
		} else if (s[i] != '\r') {
			g_string_append_c(out, s[i]);
		}
	}
	return g_string_free(out, FALSE);
}

char *
content_line_text(const ContentLine *line)
{
	g_autofree char *value = plain_value(line);

	return g_strstrip(unescape(value, strlen(value)));
}

GStrv
content_line_fields(const ContentLine *line, guint max)
{
	g_autofree char *value = plain_value(line);
	GStrvBuilder *fields = g_strv_builder_new();
	GStrv all;

	for (char *s = value; max > 0; max--) {
		g_autofree char *field = NULL;
		gsize len = 0;

		while (s[len] && s[len] != ';')
			len += s[len] == '\\' && s[len + 1] ? 2 : 1;
		field = g_strstrip(unescape(s, len));
		g_strv_builder_add(fields, field);
		if (!s[len])
			break;
		s += len + 1;
	}
	all = g_strv_builder_end(fields);
	g_strv_builder_unref(fields);
	return all;
}
