#include "mime/fields.h"

#include <string.h>

#define MAX_VALUE  (64 * 1024) /* bytes of a field that are looked at */
#define MAX_PARAMS 200

/* ---- finding ---- */

/* Behind the line at S, the line end included. */
static const char *
next_line(const char *s, const char *end)
{
	const char *lf = memchr(s, '\n', (gsize)(end - s));

	return lf ? lf + 1 : end;
}

static gboolean
is_folded(const char *s, const char *end)
{
	return s < end && (*s == ' ' || *s == '\t');
}

/* Where the value begins when the line at S is the field NAME, else NULL. */
static const char *
value_of(const char *s, const char *end, const char *name)
{
	gsize len = strlen(name);

	if ((gsize)(end - s) <= len || g_ascii_strncasecmp(s, name, len) != 0)
		return NULL;
	for (s += len; s < end && (*s == ' ' || *s == '\t'); s++)
		;
	return s < end && *s == ':' ? s + 1 : NULL;
}

char *
mime_field_raw(const char *block, gsize len, const char *name)
{
	const char *end = block + len;

	for (const char *line = block; line < end; line = next_line(line, end)) {
		const char *value = value_of(line, end, name), *stop;
		GString *text;

		if (!value)
			continue;
		stop = next_line(line, end);
		while (is_folded(stop, end))
			stop = next_line(stop, end);
		text = g_string_new(NULL);
		for (; value < stop && text->len < MAX_VALUE; value++)
			if (*value != '\r' && *value != '\n' && *value)
				g_string_append_c(text, *value);
		return g_strstrip(g_string_free(text, FALSE));
	}
	return NULL;
}

/* ---- taking apart ---- */

/* Comments (RFC 822) are rare here, and mailers that write parentheses into names are not. */
static const char *
skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* A quoted string or a token, up to the next ";". Blanks inside of an unquoted one belong to it when
 * that is a name, as in filename=my notes.txt. */
static char *
read_value(const char **at)
{
	GString *text = g_string_new(NULL);
	const char *s = *at;

	if (*s == '"') {
		for (s++; *s && *s != '"'; s++) {
			if (*s == '\\' && s[1])
				s++;
			g_string_append_c(text, *s);
		}
		s += strcspn(s, ";");
	} else {
		gsize len = strcspn(s, ";");

		while (len > 0 && g_ascii_isspace(s[len - 1]))
			len--;
		g_string_append_len(text, s, (gssize)len);
		s += strcspn(s, ";");
	}
	*at = s;
	return g_string_free(text, FALSE);
}

static void
read_params(GPtrArray *params, const char *s)
{
	while (*s && params->len < 2 * MAX_PARAMS) {
		gsize len;
		char *name;

		s += strspn(s, "; \t");
		len = strcspn(s, "=; \t");
		name = g_strndup(s, len);
		s = skip_blanks(s + len);
		if (*s != '=') {
			/* "text/plain; utf-8": it says nothing. */
			g_free(name);
			s += strcspn(s, ";=");
			s += *s == '=';
			continue;
		}
		s = skip_blanks(s + 1);
		g_ptr_array_add(params, name);
		g_ptr_array_add(params, read_value(&s));
	}
}

MimeFieldValue *
mime_field_value(const char *raw)
{
	MimeFieldValue *value = g_new0(MimeFieldValue, 1);
	const char *s = skip_blanks(raw);
	gsize len = strcspn(s, "; \t");

	value->value = g_strndup(s, len);
	value->params = g_ptr_array_new_with_free_func(g_free);
	s = skip_blanks(s + len);
	/* "text / plain" */
	if (*s == '/' || g_str_has_suffix(value->value, "/")) {
		gsize more = strcspn(s += strspn(s, "/ \t"), "; \t");
		g_autofree char *first = value->value;

		if (g_str_has_suffix(first, "/"))
			first[strlen(first) - 1] = '\0';
		value->value = g_strdup_printf("%s/%.*s", first, (int)more, s);
		s += more;
	}
	read_params(value->params, s);
	return value;
}

void
mime_field_value_free(MimeFieldValue *value)
{
	if (!value)
		return;
	g_free(value->value);
	g_ptr_array_unref(value->params);
	g_free(value);
}
