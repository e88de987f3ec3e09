#include "mime/message.h"

#include "mime/address.h"
#include "mime/charset.h"
#include "mime/fields.h"
#include "mime/header.h"
#include "mime/transfer.h"

#include <string.h>

#define MAX_HEADER (1024 * 1024) /* octets of a header block; what is longer is no header */
#define MAX_BROKEN 10            /* lines in a row within a header that are no fields */
#define MAX_FIELD  1000          /* bytes of a name or a subject */
#define MAX_SUM    1000 /* of a boundary; RFC 2046 section 5.1.1 has 70, which some overrun */

/* The line that ended what was read: a boundary of an open multipart, or the end of the message. */
typedef struct {
	guint level;       /* which of the open boundaries, 0: the end */
	gboolean closing;  /* "--boundary--" */
	gsize content_end; /* before the line end that belongs to the boundary */
} Hit;

typedef struct {
	const char *text; /* borrowed from the part */
	gsize len, bare;  /* with and without the blanks behind it */
} Boundary;

typedef struct {
	const char *bytes;
	gsize len, at;
	GArray *boundaries; /* Boundary, outermost first */
} Parser;

static Hit read_body(Parser *parser, MimePart *part, const char *prefix);

/* ---- lines and boundaries ---- */

static gsize
line_end(const Parser *parser, gsize at)
{
	const char *lf = memchr(parser->bytes + at, '\n', parser->len - at);

	return lf ? (gsize)(lf - parser->bytes) + 1 : parser->len;
}

/* Without the blanks behind it, as they are taken off the lines. */
static gsize
boundary_len(const char *boundary)
{
	gsize len = strlen(boundary);

	while (len > 0 && g_ascii_isspace(boundary[len - 1]))
		len--;
	return len;
}

/* "--", and perhaps a sign or two that others have put behind it. */
static gboolean
is_closing(const char *rest, gsize len)
{
	return len >= 2 && rest[0] == '-' && rest[1] == '-' &&
	       (len == 2 || (g_ascii_ispunct(rest[2]) && rest[2] != '-'));
}

/* The boundary that the line from AT to END is, innermost first: with equal ones (Gmail) a part
 * belongs to the multipart that was opened last. */
static gboolean
is_boundary(const Parser *parser, gsize at, gsize end, Hit *out_hit)
{
	const char *line = parser->bytes + at;
	gsize len = end - at;

	if (len < 3 || line[0] != '-' || line[1] != '-')
		return FALSE;
	while (len > 2 && g_ascii_isspace(line[len - 1]))
		len--;
	line += 2;
	len -= 2;
	for (guint level = parser->boundaries->len; level > 0; level--) {
		const Boundary *boundary = &g_array_index(parser->boundaries, Boundary, level - 1);
		gsize sum = boundary->len;
		gboolean closing = len > sum && is_closing(line + sum, len - sum);

		if ((len != boundary->bare && !closing) ||
			memcmp(line, boundary->text, closing ? sum : boundary->bare) != 0)
			continue;
		*out_hit = (Hit){.level = level, .closing = closing};
		return TRUE;
	}
	return FALSE;
}

/* The line end before a boundary belongs to the boundary. */
static gsize
before_line_end(const Parser *parser, gsize from, gsize at)
{
	if (at > from && parser->bytes[at - 1] == '\n')
		at--;
	if (at > from && parser->bytes[at - 1] == '\r')
		at--;
	return at;
}

/* Reads on to the next boundary, which is read too. */
static Hit
skip_to_boundary(Parser *parser)
{
	gsize from = parser->at;
	Hit hit = {0};

	while (parser->at < parser->len) {
		gsize at = parser->at, end = line_end(parser, at);

		parser->at = end;
		if (parser->bytes[at] == '-' && is_boundary(parser, at, end, &hit)) {
			hit.content_end = before_line_end(parser, from, at);
			return hit;
		}
	}
	hit.content_end = parser->len;
	return hit;
}

/* ---- headers ---- */

static gboolean
is_blank_line(const Parser *parser, gsize at, gsize end)
{
	return parser->bytes[at] == '\n' || (end - at == 2 && parser->bytes[at] == '\r');
}

/* "Name:", or the rest of a field that was folded. A name may have been lost, but not that of the FIRST. */
static gboolean
is_header_line(const Parser *parser, gsize at, gsize end, gboolean first)
{
	const char *line = parser->bytes + at;
	gsize i = 0;

	if (line[0] == ' ' || line[0] == '\t')
		return !first;
	while (i < end - at && line[i] > ' ' && line[i] != ':' && line[i] != 0x7f)
		i++;
	if (i == 0 && first)
		return FALSE;
	while (i < end - at && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i < end - at && line[i] == ':';
}

static gboolean
is_mail_field(const Parser *parser, gsize at)
{
	static const char *const names[] = {"from:", "to:", "cc:", "subject:", "date:",
		"message-id:", "mime-version:", "received:", "return-path:", "reply-to:",
		"in-reply-to:", "references:", "sender:", "delivered-to:", "content-", "x-",
		"list-", "resent-", "dkim-signature:", "authentication-results:"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		gsize len = strlen(names[i]);

		if (parser->len - at > len &&
			!g_ascii_strncasecmp(parser->bytes + at, names[i], len))
			return TRUE;
	}
	return FALSE;
}

/* The line at AT is no field, and yet the header goes on a few lines below: something was broken or put in on the
 * way, of the FIRST line at most that one. Servers pass over it, too. An empty line or a boundary is more. */
static gboolean
goes_on(const Parser *parser, gsize at, gboolean first)
{
	guint max = first ? 1 : MAX_BROKEN;

	for (guint n = 0; n <= max && at < parser->len; n++) {
		gsize end = line_end(parser, at);

		if (n > 0 && is_mail_field(parser, at) && is_header_line(parser, at, end, TRUE))
			return TRUE;
		if (is_blank_line(parser, at, end) ||
			(end - at > 2 && !memcmp(parser->bytes + at, "--", 2)))
			return FALSE;
		at = end;
	}
	return FALSE;
}

/* Reads the header block; its octets are from the old AT to the result. Where a line that is no
 * field comes before an empty line, the body begins there, so that no text is lost. */
static gsize
read_header(Parser *parser)
{
	gsize from = parser->at;
	gboolean first = TRUE;
	Hit hit;

	while (parser->at < parser->len && parser->at - from < MAX_HEADER) {
		gsize at = parser->at, end = line_end(parser, at);

		if (is_blank_line(parser, at, end)) {
			parser->at = end;
			return at;
		}
		if (is_boundary(parser, at, end, &hit) ||
			(!is_header_line(parser, at, end, first) && !goes_on(parser, at, first)))
			return at;
		parser->at = end;
		first = FALSE;
	}
	return parser->at;
}

/* What mbox files put before a message, and some editors before any text. */
static void
skip_marks(Parser *parser)
{
	if (parser->len > 3 && !memcmp(parser->bytes, "\xef\xbb\xbf", 3))
		parser->at = 3;
	else if (parser->len > 5 && !memcmp(parser->bytes, "From ", 5))
		parser->at = line_end(parser, 0);
}

gboolean
mime_message_header_is_sound(const char *block, gsize len)
{
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(Boundary));
	Parser parser = {.bytes = block, .len = len, .boundaries = none};

	skip_marks(&parser);
	(void)read_header(&parser);
	return parser.at == len;
}

/* ---- what a header says of its part ---- */

static char *
capped(char *take_text)
{
	if (strlen(take_text) > MAX_FIELD) {
		char *end = g_utf8_find_prev_char(take_text, take_text + MAX_FIELD + 1);

		*(end ? end : take_text) = '\0';
	}
	return take_text;
}

static MimeFieldValue *
value_of(const char *block, gsize len, const char *name)
{
	g_autofree char *raw = mime_field_raw(block, len, name);

	return mime_field_value(raw ? raw : "");
}

static void
take_name(MimePart *part, const MimeFieldValue *type, const MimeFieldValue *disposition)
{
	const MimeFieldValue *lists[] = {disposition, type};

	for (guint l = 0; l < G_N_ELEMENTS(lists); l++) {
		guint n = lists[l]->params->len / 2;
		g_autofree const char **names = g_new(const char *, n + 1);
		g_autofree const char **values = g_new(const char *, n + 1);
		char *name;

		for (guint i = 0; i < n; i++) {
			names[i] = g_ptr_array_index(lists[l]->params, 2 * i);
			values[i] = g_ptr_array_index(lists[l]->params, 2 * i + 1);
		}
		name = mime_filename(names, values, n);
		if (!name)
			continue;
		g_free(part->name);
		part->name = capped(name);
		return;
	}
}

static gboolean
has_filename(const MimeFieldValue *disposition)
{
	for (guint i = 0; i < disposition->params->len; i += 2)
		if (g_ascii_strncasecmp(g_ptr_array_index(disposition->params, i), "filename", 8) ==
			0)
			return TRUE;
	return FALSE;
}

/* In a digest a part without a type is a message (RFC 2046 section 5.1.5). */
static MimePart *
new_part(MimePart *parent, const MimeFieldValue *type)
{
	gboolean digest = parent && mime_part_is(parent, "multipart", "digest");
	g_auto(GStrv) words = g_strsplit(type->value, "/", 2);

	if (!words[0] || !*words[0])
		return digest ? mime_part_new(parent, "message", "rfc822")
			      : mime_part_new(parent, "text", "plain");
	/* "Content-Type: text" */
	if (!words[1] || !*words[1])
		return mime_part_new(parent, "text", "plain");
	return mime_part_new(parent, words[0], words[1]);
}

static void
add_params(MimePart *part, const MimeFieldValue *type)
{
	for (guint i = 0; i < type->params->len; i += 2)
		mime_part_add_param(part, g_ptr_array_index(type->params, i),
			g_ptr_array_index(type->params, i + 1));
}

static MimePart *
describe(MimePart *parent, const char *block, gsize len)
{
	g_autoptr(MimeFieldValue) type = value_of(block, len, "Content-Type");
	g_autoptr(MimeFieldValue) disposition = value_of(block, len, "Content-Disposition");
	g_autofree char *encoding = mime_field_raw(block, len, "Content-Transfer-Encoding");
	g_autofree char *description = mime_field_raw(block, len, "Content-Description");
	MimePart *part = new_part(parent, type);

	if (!part)
		return NULL;
	add_params(part, type);
	if (description) {
		g_free(part->description);
		part->description = capped(mime_header_decode(description, -1));
	}
	take_name(part, type, disposition);
	part->encoding = encoding ? mime_transfer_name(encoding) : NULL;
	part->disposition = *disposition->value ? g_ascii_strdown(disposition->value, -1) : NULL;
	part->id = mime_field_raw(block, len, "Content-ID");
	part->attachment = mime_is_attachment(&(MimeWords){part->type, part->subtype,
		part->disposition, has_filename(disposition), part->id != NULL});
	return part;
}

static char *
decoded_field(const char *block, gsize len, const char *name)
{
	char *value = mime_header_get(block, len, name);

	return value ? capped(value) : g_strdup("");
}

static MimeEnvelope *
read_envelope(const char *block, gsize len)
{
	MimeEnvelope *envelope = mime_envelope_new();

	envelope->from = capped(mime_address_field(block, len, "From"));
	envelope->to = capped(mime_address_field(block, len, "To"));
	envelope->cc = capped(mime_address_field(block, len, "Cc"));
	envelope->date = decoded_field(block, len, "Date");
	envelope->subject = decoded_field(block, len, "Subject");
	return envelope;
}

/* ---- bodies ---- */

static void
set_section(MimePart *part, char *take_section)
{
	g_free(part->section);
	part->section = take_section;
}

static char *
child_prefix(const char *prefix, guint number)
{
	return *prefix ? g_strdup_printf("%s.%u", prefix, number) : g_strdup_printf("%u", number);
}

/* What can't be taken apart is text: nothing of it is lost. */
static void
make_text(MimePart *part)
{
	g_free(part->type);
	g_free(part->subtype);
	part->type = g_strdup("text");
	part->subtype = g_strdup("plain");
}

/* Header and body of a message that is the body of PARENT, or of the whole, which is given OUT. PREFIX: of
 * its parts. */
static Hit
read_message(Parser *parser, MimePart *parent, const char *prefix, MimePart **out_body)
{
	gsize from = parser->at, end = read_header(parser);
	MimePart *body = describe(parent, parser->bytes + from, end - from);
	g_autofree char *only = child_prefix(prefix, 1);
	gboolean parts;

	if (!body)
		return skip_to_boundary(parser);
	parts = mime_part_is(body, "multipart", NULL);
	if (parent)
		parent->envelope = read_envelope(parser->bytes + from, end - from);
	if (out_body)
		*out_body = body;
	else
		set_section(body, parts ? g_strdup_printf("%s.TEXT", prefix) : g_strdup(only));
	return read_body(parser, body, parts ? prefix : only);
}

static Hit
read_child(Parser *parser, MimePart *parent, const char *prefix)
{
	gsize from = parser->at, end = read_header(parser);
	MimePart *part = describe(parent, parser->bytes + from, end - from);
	g_autofree char *own = NULL;

	if (!part)
		return skip_to_boundary(parser);
	own = child_prefix(prefix, part->place + 1);
	set_section(part, g_strdup(own));
	return read_body(parser, part, own);
}

static Hit
read_multipart(Parser *parser, MimePart *part, const char *prefix)
{
	guint level = parser->boundaries->len + 1;
	const char *text = mime_part_param(part, "boundary");
	Boundary boundary = {text, strlen(text), boundary_len(text)};
	Hit hit;

	g_array_append_val(parser->boundaries, boundary);
	hit = skip_to_boundary(parser);
	while (hit.level == level && !hit.closing)
		hit = part->cut ? skip_to_boundary(parser) : read_child(parser, part, prefix);
	g_array_set_size(parser->boundaries, level - 1);
	/* Behind the last one nothing of interest comes. */
	if (hit.level == level)
		hit = skip_to_boundary(parser);
	if (!part->children->len)
		make_text(part);
	return hit;
}

/* PREFIX: what the numbers of the parts inside begin with. */
static Hit
read_body(Parser *parser, MimePart *part, const char *prefix)
{
	const char *boundary = mime_part_param(part, "boundary");
	gsize sum = boundary ? boundary_len(boundary) : 0;
	Hit hit;

	part->offset = parser->at;
	if (mime_part_is(part, "multipart", NULL) && sum > 0 && sum <= MAX_SUM) {
		hit = read_multipart(parser, part, prefix);
	} else if (mime_part_is_message(part) && !mime_part_is_encoded(part)) {
		hit = read_message(parser, part, prefix, NULL);
	} else {
		if (mime_part_is(part, "multipart", NULL))
			make_text(part);
		hit = skip_to_boundary(parser);
	}
	part->octets = hit.content_end > part->offset ? hit.content_end - part->offset : 0;
	return hit;
}

MimePart *
mime_message_parse(const char *bytes, gsize len)
{
	g_autoptr(GArray) boundaries = g_array_new(FALSE, FALSE, sizeof(Boundary));
	Parser parser = {.bytes = bytes, .len = len, .boundaries = boundaries};
	MimePart *root = NULL;

	skip_marks(&parser);
	(void)read_message(&parser, NULL, "", &root);
	if (!mime_part_is(root, "multipart", NULL))
		set_section(root, g_strdup("1"));
	return root;
}

/* ---- what a server has overlooked ---- */

static void
amend_encoding(MimePart *part, const char *block, gsize len)
{
	g_autofree char *encoding = mime_field_raw(block, len, "Content-Transfer-Encoding");

	if (!encoding || mime_transfer_is_coded(part->encoding) ||
		!mime_transfer_is_coded(encoding))
		return;
	g_free(part->encoding);
	part->encoding = mime_transfer_name(encoding);
}

static void
amend_type(MimePart *part, const char *block, gsize len)
{
	g_autoptr(MimeFieldValue) type = value_of(block, len, "Content-Type");
	gboolean has_charset = mime_charset_says(mime_part_param(part, "charset"));

	if (!mime_part_is(part, "text", NULL) || g_ascii_strncasecmp(type->value, "text/", 5) != 0)
		return;
	if (mime_part_is(part, "text", "plain") && !g_ascii_strcasecmp(type->value, "text/html")) {
		g_free(part->subtype);
		part->subtype = g_strdup("html");
	}
	if (has_charset)
		return;
	g_ptr_array_set_size(part->params, 0);
	add_params(part, type);
}

gboolean
mime_message_may_amend(const MimePart *part)
{
	return part->octets > 0 && !mime_part_is(part, "multipart", NULL) &&
	       !mime_part_is_message(part) && !mime_transfer_is_coded(part->encoding);
}

void
mime_message_amend(MimePart *part, const char *block, gsize len)
{
	amend_encoding(part, block, len);
	amend_type(part, block, len);
}
