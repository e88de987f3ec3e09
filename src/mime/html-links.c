#include "mime/html-links.h"

#include <string.h>

enum {
	MAX_LINKS = 10000,
	MAX_HOST = 255,
};

struct HtmlLinks {
	GPtrArray *targets;  /* char * */
	GHashTable *said;    /* number -> host that a text names wrongly */
	GHashTable *numbers; /* target, borrowed -> number */
};

HtmlLinks *
html_links_new(void)
{
	HtmlLinks *links = g_new0(HtmlLinks, 1);

	links->targets = g_ptr_array_new_with_free_func(g_free);
	links->numbers = g_hash_table_new(g_str_hash, g_str_equal);
	links->said = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	return links;
}

void
html_links_free(HtmlLinks *links)
{
	if (!links)
		return;
	g_hash_table_unref(links->numbers);
	g_hash_table_unref(links->said);
	g_ptr_array_unref(links->targets);
	g_free(links);
}

/* As browsers read it: without blanks around it and line ends inside. The caller's. */
static char *
tidy(const char *target)
{
	GString *out = g_string_new(NULL);

	for (; *target; target++)
		if (*target != '\n' && *target != '\r' && *target != '\t')
			g_string_append_c(out, *target);
	return g_strstrip(g_string_free(out, FALSE));
}

static gboolean
has_scheme(const char *target, const char *scheme)
{
	return g_ascii_strncasecmp(target, scheme, strlen(scheme)) == 0;
}

guint
html_links_add(HtmlLinks *links, const char *target)
{
	g_autofree char *tidied = tidy(target);
	gpointer known = g_hash_table_lookup(links->numbers, tidied);

	if (known)
		return GPOINTER_TO_UINT(known);
	if (*tidied == '\0' || *tidied == '#' || has_scheme(tidied, "javascript:") ||
		has_scheme(tidied, "vbscript:") || has_scheme(tidied, "data:") ||
		links->targets->len >= MAX_LINKS)
		return 0;
	g_ptr_array_add(links->targets, tidied);
	g_hash_table_insert(links->numbers, tidied, GUINT_TO_POINTER(links->targets->len));
	(void)g_steal_pointer(&tidied);
	return links->targets->len;
}

guint
html_links_count(const HtmlLinks *links)
{
	return links->targets->len;
}

const char *
html_links_target(const HtmlLinks *links, guint number)
{
	return g_ptr_array_index(links->targets, number - 1);
}

/* --- Hosts ------------------------------------------------------------------------------------- */

/* The host of "//user@HOST:port/path", or of an address "name@HOST": START is behind the scheme. */
static char *
host_of(const char *start)
{
	gsize len;
	const char *at, *end;

	while (*start == '/' || *start == '\\')
		start++;
	len = strcspn(start, "/\\?#");
	end = start + len;
	at = g_strrstr_len(start, (gssize)len, "@");
	start = at ? at + 1 : start;
	len = MIN((gsize)(end - start), MAX_HOST);
	len = *start == '[' ? len : MIN(len, strcspn(start, ":"));
	while (len > 0 && start[len - 1] == '.')
		len--;
	return g_ascii_strdown(start, (gssize)len);
}

static char *
host_of_target(const char *target)
{
	static const char *const schemes[] = {"http:", "https:", "ftp:", "mailto:"};

	for (guint i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (has_scheme(target, schemes[i]))
			return host_of(target + strlen(schemes[i]));
	return g_str_has_prefix(target, "//") ? host_of(target) : NULL;
}

static gboolean
is_file_name(const char *host)
{
	static const char *const endings[] = {".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt",
		".pptx", ".odt", ".txt", ".csv", ".htm", ".html", ".jpg", ".jpeg", ".png", ".gif",
		".xml", ".json"};

	for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_str_has_suffix(host, endings[i]))
			return TRUE;
	return FALSE;
}

/* "example.org": labels with dots, and a last one that is no number. */
static gboolean
looks_like_host(const char *host)
{
	const char *dot = strrchr(host, '.');

	if (!dot || dot == host || strlen(dot) < 3 || strstr(host, "..") || is_file_name(host))
		return FALSE;
	for (const char *c = host; *c; c++)
		if (!g_ascii_isalnum(*c) && *c != '-' && *c != '.' && !((guint8)*c & 0x80))
			return FALSE;
	for (const char *c = dot + 1; *c; c++)
		if (g_ascii_isdigit(*c))
			return g_str_has_prefix(dot, ".xn--");
	return TRUE;
}

/* The host that a text without blanks names, or NULL. */
static char *
host_of_text(const char *text)
{
	g_autofree char *trimmed = g_strstrip(g_strdup(text));
	g_autofree char *host = NULL;

	if (strpbrk(trimmed, " \t\n"))
		return NULL;
	host = host_of_target(trimmed);
	if (!host)
		host = host_of(trimmed);
	return looks_like_host(host) ? g_steal_pointer(&host) : NULL;
}

static const char *
without_www(const char *host)
{
	return g_str_has_prefix(host, "www.") ? host + 4 : host;
}

/* TRUE when HOST is INSIDE of the domain OUTER, or OUTER itself. */
static gboolean
is_inside(const char *host, const char *outer)
{
	gsize host_len = strlen(host), outer_len = strlen(outer);

	return host_len >= outer_len && strcmp(host + host_len - outer_len, outer) == 0 &&
	       (host_len == outer_len || host[host_len - outer_len - 1] == '.');
}

char *
html_links_lie(const char *text, const char *target, char **out_said)
{
	g_autofree char *said = host_of_text(text);
	g_autofree char *true_host = said ? host_of_target(target) : NULL;

	if (!true_host || is_inside(without_www(true_host), without_www(said)))
		return NULL;
	*out_said = g_steal_pointer(&said);
	return g_steal_pointer(&true_host);
}

void
html_links_doubt(HtmlLinks *links, guint number, const char *said)
{
	if (!html_links_said(links, number))
		g_hash_table_insert(links->said, GUINT_TO_POINTER(number), g_strdup(said));
}

const char *
html_links_said(const HtmlLinks *links, guint number)
{
	return g_hash_table_lookup(links->said, GUINT_TO_POINTER(number));
}
