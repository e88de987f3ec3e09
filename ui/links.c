#include "links.h"

#include "base/err.h"
#include "base/text.h"

#include <string.h>

enum { URL_MAX = 8000, SCHEME_SHOWN = 20 };

static const char *const schemes[] = {"https:", "http:", "mailto:"};

static const char *
scheme_of(const char *target)
{
	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
		if (g_ascii_strncasecmp(target, schemes[i], strlen(schemes[i])) == 0)
			return schemes[i];
	}
	return NULL;
}

static gboolean
is_web(const char *scheme)
{
	return strcmp(scheme, "mailto:") != 0;
}

/* Those of RFC 3986 but for quotes, brackets and what else is a word to a shell; "&" and ";" have
 * to stay what they are. */
static gboolean
may_stay(char c)
{
	return g_ascii_isalnum(c) || (c && strchr("-._~:/?#[]@!&*+,;=%", c));
}

static void
append_escaped(GString *out, const char *bytes)
{
	for (; *bytes; bytes++) {
		if (may_stay(*bytes))
			g_string_append_c(out, *bytes);
		else
			g_string_append_printf(out, "%%%02X", (guint)(guint8)*bytes);
	}
}

/* "user@HOST:port" behind the slashes. */
static gboolean
append_authority(GString *out, const char *authority, GError **error)
{
	const char *at = strrchr(authority, '@');
	const char *start = at ? at + 1 : authority;
	g_autofree char *user = g_strndup(authority, (gsize)(start - authority));
	gsize len = *start == '[' ? strlen(start) : strcspn(start, ":");
	g_autofree char *host = g_strndup(start, len);
	g_autofree char *ascii = g_utf8_validate(host, -1, NULL) ? g_hostname_to_ascii(host) : NULL;
	if (!ascii || *ascii == '\0')
		return err_set(error, ERR_INPUT, "This link names no host");
	append_escaped(out, user);
	append_escaped(out, ascii);
	append_escaped(out, start + len);
	return TRUE;
}

/* What is behind "https:". Browsers take "\" for "/" and any number of them for two. */
static gboolean
append_web(GString *out, const char *rest, GError **error)
{
	rest += strspn(rest, "/\\");
	g_autofree char *authority = g_strndup(rest, strcspn(rest, "/\\?#"));
	g_autofree char *path = g_strdup(rest + strlen(authority));
	gsize before_query = strcspn(path, "?#");
	for (gsize i = 0; i < before_query; i++) {
		if (path[i] == '\\')
			path[i] = '/';
	}
	g_string_append(out, "//");
	if (!append_authority(out, authority, error))
		return FALSE;
	append_escaped(out, path);
	return TRUE;
}

/* In a field of a header it begins another field for programs that don't look (CVE-2026-30227). */
static gboolean
holds_line_end(const char *coded)
{
	g_autofree char *small = g_ascii_strdown(coded, -1);
	return strpbrk(small, "\r\n") || strstr(small, "%0a") || strstr(small, "%0d") ||
	       strstr(small, "%00");
}

/* Whether a field of a mailto link, "subject=Hello", is one of those that may come with it. Others would have
 * the mail program attach files or write to somebody whom it does not show. Only the body has lines. */
static gboolean
is_mail_field(const char *field)
{
	static const char *const names[] = {"to", "cc", "subject", "body", "in-reply-to", NULL};
	g_autofree char *coded = g_strndup(field, strcspn(field, "="));
	g_autofree char *name = g_uri_unescape_string(coded, NULL);
	g_autofree char *small = name ? g_ascii_strdown(name, -1) : NULL;
	return small && g_strv_contains(names, small) &&
	       (strcmp(small, "body") == 0 || !holds_line_end(field));
}

/* "?" and ";" part fields in some programs. */
static void
append_mail_text(GString *out, const char *bytes)
{
	g_auto(GStrv) pieces = g_strsplit_set(bytes, "?;", -1);
	for (guint i = 0; pieces[i]; i++) {
		if (i > 0)
			g_string_append_printf(out, "%%%02X", (guint)*bytes++);
		append_escaped(out, pieces[i]);
		bytes += strlen(pieces[i]);
	}
}

/* What is behind "mailto:" (RFC 6068). */
static void
append_mail(GString *out, const char *rest)
{
	g_autofree char *all = g_strndup(rest, strcspn(rest, "#"));
	gsize len = strcspn(all, "?");
	g_auto(GStrv) fields = g_strsplit(all[len] ? all + len + 1 : "", "&", -1);
	char mark = '?';
	all[len] = '\0';
	if (!holds_line_end(all))
		append_mail_text(out, all);
	for (guint i = 0; fields[i]; i++) {
		if (!is_mail_field(fields[i]))
			continue;
		g_string_append_c(out, mark);
		append_mail_text(out, fields[i]);
		mark = '&';
	}
}

static gboolean
refuse_scheme(const char *target, GError **error)
{
	g_autofree char *start = g_strndup(target, MIN(strcspn(target, ":/?#"), SCHEME_SHOWN));
	g_autofree char *clean = text_clean(start, -1, TEXT_LINE);
	return err_set(error, ERR_INPUT,
		"Only http, https and mailto links are followed; this one begins with “%s”", clean);
}

char *
link_url(const char *target, GError **error)
{
	const char *scheme = g_str_has_prefix(target, "//") ? "https:" : scheme_of(target);
	g_autoptr(GString) out = g_string_new(scheme);
	if (strlen(target) > URL_MAX) {
		err_set(error, ERR_INPUT, "This link is too long to be followed");
		return NULL;
	}
	if (!scheme) {
		refuse_scheme(target, error);
		return NULL;
	}
	const char *rest = *target == '/' ? target : target + strlen(scheme);
	if (is_web(scheme) && !append_web(out, rest, error))
		return NULL;
	if (!is_web(scheme))
		append_mail(out, rest);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *
authority_of(const char *url)
{
	const char *start = strchr(url, ':') + 1;
	start += strspn(start, "/");
	return g_strndup(start, strcspn(start, "/?#"));
}

char *
link_host(const char *url)
{
	g_autofree char *authority = authority_of(url);
	const char *at = strrchr(authority, '@');
	const char *start = at ? at + 1 : authority;
	return g_ascii_strdown(start, *start == '[' ? -1 : (gssize)strcspn(start, ":"));
}

gboolean
link_is_odd(const char *url)
{
	g_autofree char *authority = authority_of(url);
	g_autofree char *host = link_host(url);
	return (is_web(scheme_of(url)) && strchr(authority, '@')) || strstr(host, "xn--") ||
	       strchr(host, '%');
}

char *
link_copy_bytes(const char *text)
{
	g_autofree char *base64 = g_base64_encode((const guchar *)text, strlen(text));
	return g_strconcat("\033]52;c;", base64, "\a", NULL);
}
