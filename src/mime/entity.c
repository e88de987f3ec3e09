#include "mime/entity.h"

#include "mime/transfer.h"

#include <string.h>

#define MAX_BOUNDARY 200 /* RFC 2046 allows 70 */

/* Where the line that begins at AT ends, behind its line end. */
static gsize
line_end(const char *octets, gsize len, gsize at)
{
	const char *end = at < len ? memchr(octets + at, '\n', len - at) : NULL;

	return end ? (gsize)(end - octets) + 1 : len;
}

static gboolean
is_blank_line(const char *line, gsize len)
{
	return (len == 1 && line[0] == '\n') || (len == 2 && line[0] == '\r' && line[1] == '\n');
}

MimeEntity
mime_entity(const char *octets, gsize len)
{
	MimeEntity entity = {octets, len, len};

	for (gsize at = 0; at < len;) {
		gsize end = line_end(octets, len, at);

		if (is_blank_line(octets + at, end - at)) {
			entity.body = end;
			break;
		}
		at = end;
	}
	return entity;
}

/* ---- fields ---- */

/* Where behind the colon the value begins when a field NAME begins at AT, else 0. */
static gsize
field_value(const MimeEntity *entity, gsize at, gsize end, const char *name)
{
	gsize n = strlen(name);

	if (end - at <= n || g_ascii_strncasecmp(entity->octets + at, name, n) != 0)
		return 0;
	for (at += n; at < end && strchr(" \t", entity->octets[at]);)
		at++;
	return at < end && entity->octets[at] == ':' ? at + 1 : 0;
}

/* The end of the field whose first line ends at END: behind the lines that fold it. */
static gsize
field_end(const MimeEntity *entity, gsize end)
{
	while (end < entity->body && (entity->octets[end] == ' ' || entity->octets[end] == '\t'))
		end = line_end(entity->octets, entity->body, end);
	return end;
}

/* On one line; NUL becomes U+FFFD, so that nothing behind it is overlooked. */
static char *
unfolded(const char *octets, gsize len)
{
	GString *text = g_string_sized_new(len);

	for (gsize i = 0; i < len; i++) {
		if (octets[i] == 0)
			g_string_append(text, "\xef\xbf\xbd");
		else
			g_string_append_c(
				text, octets[i] == '\r' || octets[i] == '\n' ? ' ' : octets[i]);
	}
	return g_strstrip(g_string_free(text, FALSE));
}

char *
mime_entity_field(const MimeEntity *entity, const char *name)
{
	for (gsize at = 0; at < entity->body;) {
		gsize end = line_end(entity->octets, entity->body, at);
		gsize value = field_value(entity, at, end, name);

		at = field_end(entity, end);
		if (value)
			return unfolded(entity->octets + value, at - value);
	}
	return NULL;
}

guint
mime_entity_field_count(const MimeEntity *entity, const char *name)
{
	guint n = 0;

	for (gsize at = 0; at < entity->body;) {
		gsize end = line_end(entity->octets, entity->body, at);

		n += field_value(entity, at, end, name) != 0;
		at = field_end(entity, end);
	}
	return n;
}

char *
mime_entity_type(const MimeEntity *entity)
{
	g_autofree char *field = mime_entity_field(entity, "Content-Type");
	gsize n = field ? strcspn(field, "; \t(") : 0;

	return n ? g_ascii_strdown(field, (gssize)n) : g_strdup("text/plain");
}

/* The value that begins at *AT, quoted or not; *AT moves behind it. */
static char *
take_value(const char **at)
{
	GString *value = g_string_new(NULL);
	gboolean quoted = **at == '"';
	const char *p = *at + quoted;

	for (; *p && (quoted ? *p != '"' : !strchr("; \t", *p)); p++) {
		if (quoted && *p == '\\' && p[1])
			p++;
		g_string_append_c(value, *p);
	}
	*at = *p && quoted ? p + 1 : p;
	return g_string_free(value, FALSE);
}

char *
mime_entity_param(const MimeEntity *entity, const char *name)
{
	g_autofree char *field = mime_entity_field(entity, "Content-Type");
	const char *p = field ? strchr(field, ';') : NULL;

	while (p && *p) {
		gsize n;
		const char *word;
		g_autofree char *value = NULL;

		p += strspn(p, "; \t");
		word = p;
		n = strcspn(p, "=; \t");
		p += n;
		p += strspn(p, " \t");
		if (*p != '=')
			continue;
		p++;
		p += strspn(p, " \t");
		value = take_value(&p);
		if (n == strlen(name) && g_ascii_strncasecmp(word, name, n) == 0)
			return g_steal_pointer(&value);
	}
	return NULL;
}

/* ---- the parts ---- */

typedef enum { LINE_OTHER, LINE_NEXT, LINE_LAST } LineKind;

static LineKind
delimiter_kind(const char *line, gsize len, const char *boundary)
{
	gsize n = strlen(boundary);
	gboolean last;

	if (len < n + 2 || memcmp(line, "--", 2) != 0 || memcmp(line + 2, boundary, n) != 0)
		return LINE_OTHER;
	line += n + 2;
	len -= n + 2;
	last = len >= 2 && memcmp(line, "--", 2) == 0;
	for (gsize i = last ? 2 : 0; i < len; i++)
		if (!strchr(" \t\r\n", line[i]) || !line[i])
			return LINE_OTHER;
	return last ? LINE_LAST : LINE_NEXT;
}

static gsize
without_line_end(const char *octets, gsize start, gsize end)
{
	if (end > start && octets[end - 1] == '\n')
		end--;
	if (end > start && octets[end - 1] == '\r')
		end--;
	return end;
}

GArray *
mime_entity_children(const MimeEntity *entity, guint max)
{
	GArray *children = g_array_new(FALSE, FALSE, sizeof(MimeEntity));
	g_autofree char *boundary = mime_entity_param(entity, "boundary");
	const char *octets = entity->octets;
	gsize start = 0; /* of the part that is open; 0: none, a body never begins there */
	LineKind kind = LINE_OTHER;

	if (!boundary || !*boundary || strlen(boundary) > MAX_BOUNDARY)
		return children;
	for (gsize at = entity->body; kind != LINE_LAST && children->len < max;) {
		gsize end = line_end(octets, entity->len, at);
		gboolean over = at >= entity->len; /* the last boundary is missing */

		kind = over ? LINE_LAST : delimiter_kind(octets + at, end - at, boundary);
		if (kind != LINE_OTHER && start) {
			gsize stop = over ? at : without_line_end(octets, start, at);
			MimeEntity child = mime_entity(octets + start, stop - start);

			g_array_append_val(children, child);
		}
		if (kind == LINE_NEXT)
			start = end;
		at = end;
	}
	return children;
}

GBytes *
mime_entity_decoded(const MimeEntity *entity)
{
	g_autofree char *encoding = mime_entity_field(entity, "Content-Transfer-Encoding");
	g_autoptr(MimeTransfer) transfer = mime_transfer_new(encoding);
	GString *out = g_string_new(NULL);

	mime_transfer_feed(
		transfer, entity->octets + entity->body, entity->len - entity->body, out);
	mime_transfer_end(transfer, out);
	return g_string_free_to_bytes(out);
}
