#include "core/url.h"

#include "base/err.h"

#include <string.h>

typedef struct {
	const char *prefix;
	NetSecurity security;
	guint16 port;
} Scheme;

static const Scheme schemes[] = {
	{"imaps://", NET_TLS, 993},
	{"imap://", NET_STARTTLS, 143},
	{"imap+insecure://", NET_PLAIN, 143},
};

static const Scheme *
find_scheme(const char *url)
{
	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (g_ascii_strncasecmp(url, schemes[i].prefix, strlen(schemes[i].prefix)) == 0)
			return &schemes[i];
	return NULL;
}

/* A control character, written out or as %00 (CVE-2026-43861), has no place in a name. */
static gboolean
has_control(const char *text)
{
	for (; *text; text++)
		if (g_ascii_iscntrl(*text))
			return TRUE;
	return FALSE;
}

static char *
parse_user(const char *text, gsize len, GError **error)
{
	g_autofree char *user = g_uri_unescape_segment(text, text + len, NULL);

	if (!user || !*user || has_control(user) || !g_utf8_validate(user, -1, NULL)) {
		err_set(error, ERR_CONFIG,
			"the user name \"%.*s\" can't be read: write special "
			"characters as %%XX, such as %%40 for @",
			(int)len, text);
		return NULL;
	}
	return g_steal_pointer(&user);
}

static gboolean
parse_port(const char *text, guint16 *out_port, GError **error)
{
	guint64 port;

	if (!g_ascii_string_to_unsigned(text, 10, 1, 65535, &port, NULL))
		return err_set(
			error, ERR_CONFIG, "\"%s\" is no port: a number from 1 to 65535 is", text);
	*out_port = (guint16)port;
	return TRUE;
}

/* HOST, HOST:PORT, [IPv6] or [IPv6]:PORT. */
static char *
parse_host(const char *text, guint16 *port, GError **error)
{
	const char *end = *text == '[' ? strchr(text, ']') : strchr(text, ':');
	const char *rest = end && *text == '[' ? end + 1 : end;
	g_autofree char *host = NULL;

	if (*text == '[' && !end) {
		err_set(error, ERR_CONFIG, "the \"[\" before the address has no \"]\" behind it");
		return NULL;
	}
	host = !end           ? g_strdup(text)
	       : *text == '[' ? g_strndup(text + 1, (gsize)(end - text) - 1)
			      : g_strndup(text, (gsize)(end - text));
	if (!*host || has_control(host) || strpbrk(host, " /?#%")) {
		err_set(error, ERR_CONFIG, "\"%s\" is no host name", host);
		return NULL;
	}
	if (rest && *rest == ':') {
		if (!parse_port(rest + 1, port, error))
			return NULL;
	} else if (rest && *rest) {
		err_set(error, ERR_CONFIG, "\"%s\" behind the address makes no sense", rest);
		return NULL;
	}
	return g_steal_pointer(&host);
}

gboolean
url_parse(const char *url, NetTarget *target, char **out_user, GError **error)
{
	const Scheme *scheme = find_scheme(url);
	g_autofree char *rest = NULL, *user = NULL, *host = NULL;
	guint16 port;
	char *at;

	if (!scheme)
		return err_set(error, ERR_CONFIG,
			"imap must begin with imaps://, imap:// or "
			"imap+insecure://, not \"%s\"",
			url);
	port = scheme->port;
	rest = g_strdup(url + strlen(scheme->prefix));
	if (g_str_has_suffix(rest, "/"))
		rest[strlen(rest) - 1] = '\0';
	at = strrchr(rest, '@');
	if (!at)
		return err_set(error, ERR_CONFIG, "imap names no user: write %sUSER@%s",
			scheme->prefix, rest);
	user = parse_user(rest, (gsize)(at - rest), error);
	host = user ? parse_host(at + 1, &port, error) : NULL;
	if (!host)
		return FALSE;
	target->security = scheme->security;
	target->port = port;
	g_free(target->host);
	target->host = g_steal_pointer(&host);
	*out_user = g_steal_pointer(&user);
	return TRUE;
}
