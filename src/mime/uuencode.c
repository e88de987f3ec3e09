#include "mime/uuencode.h"

#include "mime/filename.h"
#include "mime/note.h"

#include <string.h>

enum {
	MAX_NAME = 200,
	MAX_YENC_LINE = 8192, /* as declared; 128 is the usual */
};

typedef enum {
	OUTSIDE,
	BEGUN, /* behind "begin 644 name" */
	UU,
	UU_OVER,    /* behind the line of no bytes */
	YENC_BEGUN, /* behind "=ybegin" */
	YENC_SHORT, /* behind a first line that may be text */
	YENC,
	YENC_OVER, /* behind a line that is shorter than the others */
} State;

struct MimeEmbedded {
	State state;
	gboolean yenc;
	char name[MAX_NAME + 1];
	guint64 size;     /* bytes seen */
	guint64 declared; /* of yEnc */
	gsize line;       /* of yEnc: letters of a full line */
	guint part, total;
};

MimeEmbedded *
mime_embedded_new(void)
{
	return g_new0(MimeEmbedded, 1);
}

void
mime_embedded_free(MimeEmbedded *embedded)
{
	g_free(embedded);
}

static gboolean
starts(const char *line, gsize len, const char *word)
{
	gsize n = strlen(word);

	return len >= n && memcmp(line, word, n) == 0;
}

/* Cut between two characters where it is too long. */
static void
set_name(MimeEmbedded *embedded, const char *name, gsize len)
{
	while (len > 0 && g_ascii_isspace(name[len - 1]))
		len--;
	if (len > MAX_NAME)
		for (len = MAX_NAME; len > 0 && ((guint8)name[len] & 0xc0) == 0x80;)
			len--;
	memcpy(embedded->name, name, len);
	embedded->name[len] = '\0';
}

/* --- Uuencode ---------------------------------------------------------------------------------- */

/* "begin 644 photo.jpg"; an invitation to begin something has no mode. */
static gboolean
begin_uu(MimeEmbedded *embedded, const char *line, gsize len)
{
	gsize digits = 0;

	if (!starts(line, len, "begin "))
		return FALSE;
	line += 6;
	len -= 6;
	while (digits < len && line[digits] >= '0' && line[digits] <= '7')
		digits++;
	if (digits < 3 || digits > 5 || digits + 1 >= len || line[digits] != ' ')
		return FALSE;
	*embedded = (MimeEmbedded){.state = BEGUN};
	set_name(embedded, line + digits + 1, len - digits - 1);
	return TRUE;
}

static guint
uu_value(const char *line, gsize len, gsize i)
{
	return i < len ? ((guint8)line[i] - 0x20u) & 0x3f : 0;
}

/* TRUE when LINE can be one of data. Blanks at its end may be lost, but not in the FIRST, which is
 * what tells data from text; a checksum may be behind it. */
static gboolean
is_uu_line(const char *line, gsize len, gboolean first)
{
	gsize need = (uu_value(line, len, 0) + 2) / 3 * 4;

	for (gsize i = 0; i < len; i++)
		if (line[i] < 0x20 || line[i] > 0x60)
			return FALSE;
	return len <= 1 + need + 2 && (!first || len >= 1 + need);
}

static void
decode_uu(const char *line, gsize len, GString *out)
{
	gsize left = uu_value(line, len, 0);

	for (gsize i = 1; left > 0; i += 4) {
		guint32 group = uu_value(line, len, i) << 18 | uu_value(line, len, i + 1) << 12 |
				uu_value(line, len, i + 2) << 6 | uu_value(line, len, i + 3);

		for (int shift = 16; shift >= 0 && left > 0; shift -= 8, left--)
			g_string_append_c(out, (char)(group >> shift));
	}
}

static EmbeddedLine
uu_line(MimeEmbedded *embedded, const char *line, gsize len, GString *out)
{
	gboolean first = embedded->state == BEGUN;

	if (starts(line, len, "end") && len == 3 && !first) {
		embedded->state = OUTSIDE;
		return EMBEDDED_END;
	}
	if (embedded->state == UU_OVER || !is_uu_line(line, len, first) || (first && len == 0)) {
		embedded->state = OUTSIDE;
		return first ? EMBEDDED_NONE : EMBEDDED_CUT;
	}
	embedded->size += uu_value(line, len, 0);
	embedded->state = uu_value(line, len, 0) ? UU : UU_OVER;
	if (out)
		decode_uu(line, len, out);
	return EMBEDDED_DATA;
}

/* --- yEnc -------------------------------------------------------------------------------------- */

/* The number behind " KEY=", 0: none. */
static guint64
yenc_number(const char *line, gsize len, const char *key)
{
	const char *at = g_strstr_len(line, (gssize)len, key);

	return at ? g_ascii_strtoull(at + strlen(key), NULL, 10) : 0;
}

/* "=ybegin part=1 total=3 line=128 size=123456 name=photo.jpg" (yEnc draft 1.3). */
static gboolean
begin_yenc(MimeEmbedded *embedded, const char *line, gsize len)
{
	g_autofree char *head = NULL;
	const char *name;

	if (!starts(line, len, "=ybegin "))
		return FALSE;
	head = g_strndup(line, len);
	name = strstr(head, " name=");
	if (!name || !yenc_number(head, strlen(head), " line="))
		return FALSE;
	*embedded = (MimeEmbedded){.state = YENC_BEGUN, .yenc = TRUE};
	set_name(embedded, name + 6, strlen(name + 6));
	len = (gsize)(name - head);
	embedded->line = (gsize)MIN(yenc_number(head, len, " line="), MAX_YENC_LINE);
	embedded->declared = yenc_number(head, len, " size=");
	embedded->part = (guint)MIN(yenc_number(head, len, " part="), 9999);
	embedded->total = (guint)MIN(yenc_number(head, len, " total="), 9999);
	return TRUE;
}

static gsize
count_yenc(const char *line, gsize len, gboolean utf8)
{
	gsize n = 0;

	for (gsize i = 0; i < len; i++) {
		if (line[i] == '=' && i + 1 < len)
			i++;
		n += !utf8 || ((guint8)line[i] & 0xc0) != 0x80;
	}
	return n;
}

static void
decode_yenc(const char *line, gsize len, GString *out)
{
	for (gsize i = 0; i < len; i++) {
		guint8 byte = (guint8)line[i];

		if (byte == '=' && i + 1 < len)
			byte = (guint8)((guint8)line[++i] - 64);
		g_string_append_c(out, (char)(guint8)(byte - 42));
	}
}

/* All lines are equally long, save the last: without that, a "=ybegin" would make the whole text
 * behind it disappear. A charset may have made one letter of two bytes. */
static EmbeddedLine
yenc_line(MimeEmbedded *embedded, const char *line, gsize len, gboolean utf8, GString *out)
{
	gboolean first = embedded->state == YENC_BEGUN, held = first;
	gsize n;

	held = held || embedded->state == YENC_SHORT;
	if (starts(line, len, "=yend")) {
		embedded->state = OUTSIDE;
		return EMBEDDED_END;
	}
	if (starts(line, len, "=ypart ") && first)
		return EMBEDDED_HELD;
	n = count_yenc(line, len, utf8);
	if (embedded->state == YENC_OVER || embedded->state == YENC_SHORT ||
		n > embedded->line + 1) {
		embedded->state = OUTSIDE;
		return held ? EMBEDDED_NONE : EMBEDDED_CUT;
	}
	embedded->size += n;
	if (out)
		decode_yenc(line, len, out);
	if (n >= embedded->line - embedded->line / 4)
		embedded->state = YENC;
	else
		embedded->state = first ? YENC_SHORT : YENC_OVER;
	return embedded->state == YENC_SHORT ? EMBEDDED_HELD : EMBEDDED_DATA;
}

/* --- Both -------------------------------------------------------------------------------------- */

EmbeddedLine
mime_embedded_line(MimeEmbedded *embedded, const char *line, gsize len, gboolean utf8, GString *out)
{
	switch (embedded->state) {
	case OUTSIDE: break;
	case BEGUN:
	case UU:
	case UU_OVER: return uu_line(embedded, line, len, out);
	case YENC_BEGUN:
	case YENC_SHORT:
	case YENC:
	case YENC_OVER: return yenc_line(embedded, line, len, utf8, out);
	}
	if (begin_uu(embedded, line, len) || begin_yenc(embedded, line, len))
		return EMBEDDED_HELD;
	return EMBEDDED_TEXT;
}

static char *
safe_name(const char *name)
{
	const char *const key = "name";

	return mime_filename(&key, &name, 1);
}

char *
mime_embedded_name(const MimeEmbedded *embedded, guint64 *out_size)
{
	char *name = safe_name(embedded->name);

	*out_size = embedded->size;
	return name ? name : g_strdup("");
}

char *
mime_embedded_note(const MimeEmbedded *embedded, gboolean whole)
{
	gint64 off = (gint64)(embedded->declared - embedded->size);
	gboolean near = embedded->declared && (guint64)ABS(off) <= embedded->size / 8;
	g_autofree char *size = mime_note_size(whole && near ? embedded->declared : embedded->size);
	g_autofree char *part = embedded->part > 0 && embedded->total != 1
					? g_strdup_printf(", part %u of %u", embedded->part,
						  MAX(embedded->total, embedded->part))
					: g_strdup("");

	g_autofree char *name = safe_name(embedded->name);

	return g_strdup_printf("%s%s, %s, %s in the text%s", name ? name : "A file", part, size,
		embedded->yenc ? "yEnc" : "uuencoded", whole ? "" : ", its end is missing");
}

GBytes *
mime_embedded_extract(const char *text, gsize len, guint index, gsize max, char **out_name)
{
	g_autoptr(MimeEmbedded) embedded = mime_embedded_new();
	g_autoptr(GString) out = g_string_new(NULL);
	gboolean open = FALSE, found = FALSE;

	for (gsize at = 0; at < len && !found;) {
		const char *end = memchr(text + at, '\n', len - at);
		gsize line = end ? (gsize)(end - text) - at : len - at;
		gsize next = at + line + (end ? 1 : 0);
		EmbeddedLine kind;

		if (line > 0 && text[at + line - 1] == '\r')
			line--;
		kind = mime_embedded_line(
			embedded, text + at, line, FALSE, index == 0 ? out : NULL);
		open = kind == EMBEDDED_DATA;
		if (kind == EMBEDDED_NONE)
			g_string_truncate(out, 0);
		found = index == 0 &&
			(kind == EMBEDDED_END || kind == EMBEDDED_CUT || (open && out->len >= max));
		if (kind == EMBEDDED_END || kind == EMBEDDED_CUT)
			index -= index > 0;
		if (kind != EMBEDDED_NONE && kind != EMBEDDED_CUT)
			at = next;
	}
	if (!found && (!open || index > 0))
		return NULL;
	*out_name = safe_name(embedded->name);
	g_string_truncate(out, MIN(out->len, max));
	return g_string_free_to_bytes(g_steal_pointer(&out));
}
