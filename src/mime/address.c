#include "mime/address.h"

#include "mime/fields.h"
#include "mime/header.h"

#include <string.h>

#define MAX_SHOWN 2000 /* bytes; behind that no further address is added */

/* One address that is being read (RFC 5322 section 3.4, and what is obsolete in 4.4). */
typedef struct {
	GString *words;   /* outside of everything, as written: a name, or the address itself */
	GString *name;    /* the same without its quotes */
	GString *comment; /* "(Ada Lovelace)" */
	GString *angle;   /* what stands in "<>" */
	gboolean has_angle;
} Address;

static void
clear(Address *address)
{
	g_string_truncate(address->words, 0);
	g_string_truncate(address->name, 0);
	g_string_truncate(address->comment, 0);
	g_string_truncate(address->angle, 0);
	address->has_angle = FALSE;
}

/* Adds it to SHOWN, and begins the next. */
static void
flush(Address *address, GString *shown)
{
	char *spec = g_strstrip(address->has_angle ? address->angle->str : address->words->str);
	const char *name = address->has_angle && address->name->len ? address->name->str
								    : address->comment->str;
	/* "<@relay.example,@other.example:ada@example.org>" */
	const char *route = *spec == '@' ? strchr(spec, ':') : NULL;
	const char *mailbox = route ? route + 1 : spec, *at = strrchr(mailbox, '@');
	g_autofree char *local = at ? g_strndup(mailbox, (gsize)(at - mailbox)) : g_strdup(mailbox);
	g_autofree char *full = mime_address_full(name, local, at ? at + 1 : NULL);

	if (*full && (*spec || address->name->len) && shown->len < MAX_SHOWN)
		g_string_append_printf(shown, "%s%s", shown->len ? ", " : "", full);
	clear(address);
}

/* The string in quotes at S: its octets, with both quotes. */
static gsize
read_quoted(Address *address, const char *s)
{
	gsize i = 1;

	for (; s[i] && s[i] != '"'; i++) {
		if (s[i] == '\\' && s[i + 1])
			i++;
		g_string_append_c(address->name, s[i]);
	}
	i += s[i] == '"';
	g_string_append_len(address->words, s, (gssize)i);
	return i;
}

static gsize
read_comment(Address *address, const char *s)
{
	guint depth = 1;
	gsize i = 1;

	for (; s[i] && depth; i++) {
		if (s[i] == '\\' && s[i + 1])
			i++;
		else if (s[i] == '(')
			depth++;
		else if (s[i] == ')' && --depth == 0)
			continue;
		g_string_append_c(address->comment, s[i]);
	}
	return i;
}

static gsize
read_angle(Address *address, const char *s)
{
	gsize len = strcspn(s + 1, ">");

	if (!address->has_angle)
		g_string_append_len(address->angle, s + 1, (gssize)len);
	address->has_angle = TRUE;
	return 1 + len + (s[1 + len] == '>');
}

/* The octets that were read. */
static gsize
read_one(Address *address, const char *s, GString *shown)
{
	switch (*s) {
	case '"': return read_quoted(address, s);
	case '(': return read_comment(address, s);
	case '<': return read_angle(address, s);
	case ',':
	case ';': flush(address, shown); return 1;
	case ':': clear(address); return 1; /* the name of a group */
	default:
		g_string_append_c(address->words, *s);
		g_string_append_c(address->name, *s);
		return 1;
	}
}

char *
mime_address_field(const char *block, gsize len, const char *name)
{
	g_autofree char *raw = mime_field_raw(block, len, name);
	Address address = {.words = g_string_new(NULL),
		.name = g_string_new(NULL),
		.comment = g_string_new(NULL),
		.angle = g_string_new(NULL)};
	GString *shown = g_string_new(NULL);

	for (const char *s = raw ? raw : ""; *s;)
		s += read_one(&address, s, shown);
	flush(&address, shown);
	g_string_free(address.words, TRUE);
	g_string_free(address.name, TRUE);
	g_string_free(address.comment, TRUE);
	g_string_free(address.angle, TRUE);
	if (shown->len || !raw)
		return g_string_free(shown, FALSE);
	g_string_free(shown, TRUE);
	return mime_header_decode(raw, -1);
}
