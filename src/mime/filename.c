#include "mime/filename.h"

#include "mime/charset.h"
#include "mime/header.h"

#include <string.h>

#define MAX_SECTIONS 100

typedef struct {
	const char *const *names;
	const char *const *values;
	guint n;
} Params;

/* The value of parameter NAME, NULL when there is none. */
static const char *
find_param(const Params *params, const char *name)
{
	for (guint i = 0; i < params->n; i++)
		if (params->names[i] && params->values[i] &&
			g_ascii_strcasecmp(params->names[i], name) == 0)
			return params->values[i];
	return NULL;
}

static void
append_percent(const char *s, GString *out)
{
	for (; *s; s++) {
		if (*s == '%' && g_ascii_isxdigit(s[1]) && g_ascii_isxdigit(s[2])) {
			g_string_append_c(out, (char)(g_ascii_xdigit_value(s[1]) << 4 |
						       g_ascii_xdigit_value(s[2])));
			s += 2;
		} else {
			g_string_append_c(out, *s);
		}
	}
}

/* "utf-8'en'%e2%82%ac": the charset into *OUT_CHARSET; returns what is behind the quotes. */
static const char *
split_charset(const char *value, char **out_charset)
{
	const char *language = strchr(value, '\'');
	const char *text = language ? strchr(language + 1, '\'') : NULL;

	if (!text)
		return value;
	*out_charset = g_strndup(value, (gsize)(language - value));
	return text + 1;
}

/* One section of NAME: "name*3*", "name*3" or, for I -1, "name*". FALSE when there is none. */
static gboolean
append_section(const Params *params, const char *name, int i, char **charset, GString *out)
{
	g_autofree char *plain = g_strdup_printf("%s*%d", name, MAX(i, 0));
	g_autofree char *coded =
		i < 0 ? g_strconcat(name, "*", NULL) : g_strconcat(plain, "*", NULL);
	const char *value = find_param(params, coded);

	if (value) {
		append_percent(i <= 0 ? split_charset(value, charset) : value, out);
		return TRUE;
	}
	value = i < 0 ? NULL : find_param(params, plain);
	if (value)
		g_string_append(out, value);
	return value != NULL;
}

/* RFC 2231; NULL when NAME has no such form. */
static char *
extended_value(const Params *params, const char *name)
{
	g_autoptr(GString) bytes = g_string_new(NULL);
	g_autofree char *charset = NULL;

	if (!append_section(params, name, -1, &charset, bytes)) {
		int i = 0;

		while (i < MAX_SECTIONS && append_section(params, name, i, &charset, bytes))
			i++;
		if (i == 0)
			return NULL;
		if (!charset) /* continued, but not coded; often with RFC 2047 inside */
			return mime_header_decode(bytes->str, (gssize)bytes->len);
	}
	return mime_charset_to_utf8(bytes->str, bytes->len, charset);
}

static char *
param_text(const Params *params, const char *name)
{
	char *text = extended_value(params, name);
	const char *plain = find_param(params, name);

	if (text || !plain)
		return text;
	return mime_header_decode(plain, -1);
}

/* NULL when nothing is left. */
static char *
without_folder(char *take_path)
{
	g_autofree char *path = g_strstrip(take_path);
	const char *base = path;

	for (const char *s = path; *s; s++)
		if (*s == '/' || *s == '\\')
			base = s + 1;
	if (!*base || !strcmp(base, ".") || !strcmp(base, ".."))
		return NULL;
	return g_strdup(base);
}

char *
mime_filename(const char *const *names, const char *const *values, guint n)
{
	static const char *const keys[] = {"filename", "name"};
	Params params = {names, values, n};

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		char *text = param_text(&params, keys[i]);
		char *name = text ? without_folder(text) : NULL;

		if (name)
			return name;
	}
	return NULL;
}
