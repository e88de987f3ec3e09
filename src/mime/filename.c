#include "mime/filename.h"

#include "mime/charset.h"
#include "mime/header.h"

#include <string.h>

#define MAX_SECTIONS 100
#define MAX_PARAMS   200 /* that are looked at: each section is a search through them */

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
	Params params = {names, values, MIN(n, MAX_PARAMS)};

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		char *text = param_text(&params, keys[i]);
		char *name = text ? without_folder(text) : NULL;

		if (name)
			return name;
	}
	return NULL;
}

/* ---- names for files of our own ---- */

#define MAX_SAFE   200 /* bytes; file systems take 255 */
#define MAX_ENDING 16

/* What programs are made of is not here: neither a shell nor an office macro starts from these. */
static const struct {
	const char *type, *ending;
} endings[] = {
	{"application/gzip", "gz"},
	{"application/ics", "ics"},
	{"application/json", "json"},
	{"application/msword", "doc"},
	{"application/pdf", "pdf"},
	{"application/pgp-signature", "asc"},
	{"application/postscript", "ps"},
	{"application/rtf", "rtf"},
	{"application/vnd.ms-excel", "xls"},
	{"application/vnd.ms-powerpoint", "ppt"},
	{"application/vnd.oasis.opendocument.presentation", "odp"},
	{"application/vnd.oasis.opendocument.spreadsheet", "ods"},
	{"application/vnd.oasis.opendocument.text", "odt"},
	{"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
	{"application/xml", "xml"},
	{"application/zip", "zip"},
	{"audio/mp4", "m4a"},
	{"audio/mpeg", "mp3"},
	{"audio/ogg", "ogg"},
	{"audio/wav", "wav"},
	{"image/avif", "avif"},
	{"image/bmp", "bmp"},
	{"image/gif", "gif"},
	{"image/heic", "heic"},
	{"image/jpeg", "jpg"},
	{"image/jpg", "jpg"},
	{"image/png", "png"},
	{"image/svg+xml", "svg"},
	{"image/tiff", "tiff"},
	{"image/webp", "webp"},
	{"message/rfc822", "eml"},
	{"text/calendar", "ics"},
	{"text/css", "css"},
	{"text/csv", "csv"},
	{"text/html", "html"},
	{"text/markdown", "md"},
	{"text/plain", "txt"},
	{"text/vcard", "vcf"},
	{"text/x-diff", "diff"},
	{"text/x-patch", "patch"},
	{"text/x-vcard", "vcf"},
	{"video/mp4", "mp4"},
	{"video/quicktime", "mov"},
	{"video/webm", "webm"},
};

static const char *
ending_of_type(const char *type)
{
	for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
		if (!g_ascii_strcasecmp(endings[i].type, type))
			return endings[i].ending;
	return NULL;
}

const char *
mime_filename_ending(const char *type, const char *name)
{
	const char *ending = ending_of_type(type);
	const char *dot = strrchr(name, '.');

	for (guint i = 0; !ending && dot && i < G_N_ELEMENTS(endings); i++)
		if (!g_ascii_strcasecmp(endings[i].ending, dot + 1))
			ending = endings[i].ending;
	return ending ? ending : "bin";
}

/* What may stand in a name: no separator, nothing that has no place on a line, nothing that a shell reads
 * as more than a letter when it is not quoted. */
static gboolean
is_safe(gunichar c)
{
	if (c < 0x80)
		return g_ascii_isalnum((char)c) || strchr(" .,-_+=@#()[]~", (int)c);
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
	case G_UNICODE_SPACE_SEPARATOR: return FALSE;
	default: return TRUE;
	}
}

static void
cut_between_characters(GString *text, gsize len)
{
	while (len > 0 && ((guint8)text->str[len] & 0xc0) == 0x80)
		len--;
	g_string_truncate(text, len);
}

/* Cuts NAME to MAX_SAFE bytes, before its ending. */
static void
shorten(GString *name)
{
	const char *dot = strrchr(name->str, '.');
	g_autofree char *ending = g_strdup(dot && strlen(dot) <= MAX_ENDING ? dot : "");

	if (name->len <= MAX_SAFE)
		return;
	cut_between_characters(name, MAX_SAFE - strlen(ending));
	g_string_append(name, ending);
}

char *
mime_filename_safe(const char *name, const char *type)
{
	g_autofree char *valid = g_utf8_make_valid(name, -1);
	g_autoptr(GString) safe = g_string_new(NULL);

	for (const char *s = valid; *s; s = g_utf8_next_char(s)) {
		gunichar c = g_utf8_get_char(s);

		if (is_safe(c))
			g_string_append_unichar(safe, c);
		else if (safe->len == 0 || safe->str[safe->len - 1] != '_')
			g_string_append_c(safe, '_');
	}
	while (safe->len && strchr(" .", safe->str[safe->len - 1]))
		g_string_truncate(safe, safe->len - 1);
	g_string_erase(safe, 0, (gssize)strspn(safe->str, " .-~"));
	if (safe->len == 0)
		g_string_printf(safe, "part.%s", mime_filename_ending(type, ""));
	shorten(safe);
	return g_strdup(safe->str);
}
