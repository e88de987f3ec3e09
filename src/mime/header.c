#include "mime/header.h"

#include "mime/charset.h"
#include "mime/transfer.h"

#include <string.h>
#include <unistr.h>

#define MAX_FIELDS    5000 /* of one header block */
#define MAX_CHARSET   64
#define MAX_SHOWN     (16 * 1024) /* bytes of a name or an address that are looked at */
#define REPLACEMENT   "\xef\xbf\xbd"
#define ENCODED_START "=?"
#define ENCODED_END   "?="

/* --- RFC 2047 ---------------------------------------------------------------------------------- */

/*
 * Own code, not GMime's g_mime_utils_header_decode_text(): that one cuts the second of two adjacent
 * base64 words off when the first is padded, and takes raw UTF-8 for Latin-1.
 */

typedef struct {
	char charset[MAX_CHARSET]; /* without the language of RFC 2231 */
	char encoding;             /* 'B' or 'Q' */
	const char *text;
	gsize text_len;
	gsize len; /* of the whole word */
} Word;

/* A run of words in one charset: a character may be split between them, and so may a base64 group,
 * though neither is allowed. */
typedef struct {
	MimeCharsets *charsets;
	GString *out;
	GString *bytes; /* of the open run */
	char charset[MAX_CHARSET];
	MimeBase64 base64;
	gboolean open;
	gboolean no_end; /* the rest of the text has no "?=": don't look again */
} Decoder;

static const char *
find_bytes(const char *s, const char *end, const char *what)
{
	return s < end ? g_strstr_len(s, end - s, what) : NULL;
}

/* TRUE when S begins an encoded word. Blanks inside and words without a blank between are common
 * enough to be taken. */
static gboolean
parse_word(Decoder *decoder, const char *s, const char *end, Word *out_word)
{
	const char *charset = s + 2;
	const char *at = charset;
	const char *close;
	gsize n;

	while (at < end && *at != '?' && !g_ascii_isspace(*at) && at - charset < MAX_CHARSET)
		at++;
	if (end - at < 3 || *at != '?' || at[2] != '?' || decoder->no_end)
		return FALSE;
	n = strcspn(charset, "*?");
	out_word->encoding = g_ascii_toupper(at[1]);
	if (n == 0 || n >= MAX_CHARSET || (out_word->encoding != 'B' && out_word->encoding != 'Q'))
		return FALSE;
	close = find_bytes(at + 3, end, ENCODED_END);
	decoder->no_end = !close;
	if (!close)
		return FALSE;
	for (gsize i = 0; i < n; i++)
		out_word->charset[i] = g_ascii_tolower(charset[i]);
	out_word->charset[n] = 0;
	out_word->text = at + 3;
	out_word->text_len = (gsize)(close - out_word->text);
	out_word->len = (gsize)(close + 2 - s);
	return TRUE;
}

static void
append_q(const char *text, gsize len, GString *out)
{
	for (gsize i = 0; i < len; i++) {
		gboolean escape = text[i] == '=' && i + 2 < len && g_ascii_isxdigit(text[i + 1]) &&
				  g_ascii_isxdigit(text[i + 2]);

		if (escape) {
			g_string_append_c(out, (char)(g_ascii_xdigit_value(text[i + 1]) << 4 |
						       g_ascii_xdigit_value(text[i + 2])));
			i += 2;
		} else {
			g_string_append_c(out, text[i] == '_' ? ' ' : text[i]);
		}
	}
}

/* A word that leaves letters over is cut in a group when they don't make up whole bytes; else its
 * padding was forgotten. */
static void
append_b(MimeBase64 *base64, const char *text, gsize len, GString *out)
{
	guint32 rest;

	mime_base64_feed(base64, text, len, out);
	rest = base64->count == 2 ? base64->bits & 0xf : base64->bits & 0x3;
	if (base64->count > 1 && rest == 0)
		mime_base64_end(base64, out);
}

static void
close_run(Decoder *decoder)
{
	g_autofree char *text = NULL;

	if (!decoder->open)
		return;
	mime_base64_end(&decoder->base64, decoder->bytes);
	text = mime_charsets_to_utf8(
		decoder->charsets, decoder->bytes->str, decoder->bytes->len, decoder->charset);
	g_string_append(decoder->out, text);
	g_string_truncate(decoder->bytes, 0);
	decoder->open = FALSE;
}

static void
append_word(Decoder *decoder, const Word *word)
{
	if (decoder->open && strcmp(decoder->charset, word->charset) != 0)
		close_run(decoder);
	g_strlcpy(decoder->charset, word->charset, MAX_CHARSET);
	decoder->open = TRUE;
	if (word->encoding == 'B') {
		append_b(&decoder->base64, word->text, word->text_len, decoder->bytes);
	} else {
		mime_base64_end(&decoder->base64, decoder->bytes);
		append_q(word->text, word->text_len, decoder->bytes);
	}
}

/* Text that declares nothing: UTF-8, windows-1252, or the ISO-2022-JP of old Japanese mailers. */
static void
append_raw(Decoder *decoder, const char *s, gsize len)
{
	const char *end = s + len;
	gboolean japanese = find_bytes(s, end, "\033$B") || find_bytes(s, end, "\033$@");
	g_autofree char *text =
		mime_charsets_to_utf8(decoder->charsets, s, len, japanese ? "iso-2022-jp" : NULL);

	close_run(decoder);
	g_string_append(decoder->out, text);
}

static gsize
skip_blanks(const char *s, const char *end)
{
	gsize n = 0;

	while (s + n < end && g_ascii_isspace(s[n]))
		n++;
	return n;
}

static void
decode_words(Decoder *decoder, const char *s, const char *end)
{
	while (s < end) {
		gsize blanks = decoder->open ? skip_blanks(s, end) : 0;
		const char *start = find_bytes(s + blanks, end, ENCODED_START);
		Word word;

		/* Blanks between two words are no text; elsewhere they are (RFC 2047 6.2). */
		if (start == s + blanks && parse_word(decoder, start, end, &word)) {
			append_word(decoder, &word);
			s = start + word.len;
			continue;
		}
		while (start && !parse_word(decoder, start, end, &word))
			start = find_bytes(start + 2, end, ENCODED_START);
		append_raw(decoder, s, (gsize)((start ? start : end) - s));
		s = start ? start : end;
	}
	close_run(decoder);
}

/* RAW on one line: every fold is one blank (RFC 5322 2.2.3), NUL becomes U+FFFD, so that nothing
 * behind it is hidden. */
static char *
unfold(const char *raw, gsize len)
{
	GString *out = g_string_sized_new(len);

	for (gsize i = 0; i < len; i++) {
		if (raw[i] == 0) {
			g_string_append(out, REPLACEMENT);
		} else if (raw[i] == '\r' || raw[i] == '\n') {
			while (out->len && g_ascii_isspace(out->str[out->len - 1]))
				g_string_truncate(out, out->len - 1);
			i += skip_blanks(raw + i, raw + len) - 1;
			g_string_append_c(out, ' ');
		} else {
			g_string_append_c(out, raw[i]);
		}
	}
	return g_string_free(out, FALSE);
}

static char *
decode(MimeCharsets *charsets, const char *raw, gsize len)
{
	g_autofree char *line = unfold(raw, len);
	Decoder decoder = {
		.charsets = charsets, .out = g_string_new(NULL), .bytes = g_string_new(NULL)};
	char *text;

	decode_words(&decoder, line, line + strlen(line));
	g_string_free(decoder.bytes, TRUE);
	/* An encoded word may hold a line end, too. */
	text = unfold(decoder.out->str, decoder.out->len);
	g_string_free(decoder.out, TRUE);
	return text;
}

char *
mime_header_decode(const char *raw, gssize len)
{
	g_autoptr(MimeCharsets) charsets = mime_charsets_new();

	return decode(charsets, raw, len < 0 ? strlen(raw) : (gsize)len);
}

/* --- Addresses --------------------------------------------------------------------------------- */

/* Takes a pair of quotes off S, and the backslashes inside: some servers leave them in ENVELOPE, and
 * some mailers put single ones around an address. */
static char *
unquote(const char *s)
{
	gsize len = strlen(s);
	GString *out;

	if (len < 2 || s[0] != s[len - 1] || (s[0] != '"' && s[0] != '\''))
		return g_strdup(s);
	out = g_string_sized_new(len);
	for (gsize i = 1; i < len - 1; i++) {
		if (s[i] == '\\' && s[0] == '"' && i + 1 < len - 1)
			i++;
		g_string_append_c(out, s[i]);
	}
	return g_string_free(out, FALSE);
}

/* The start of RAW, which may be NULL. */
static char *
decode_start(const char *raw)
{
	return mime_header_decode(raw ? raw : "", raw ? (gssize)strnlen(raw, MAX_SHOWN) : 0);
}

/* "" when there is none. */
static char *
display_name(const char *raw_name)
{
	g_autofree char *decoded = decode_start(raw_name);
	g_autofree char *unquoted = unquote(g_strstrip(decoded));

	return g_strdup(g_strstrip(unquoted));
}

static gboolean
is_placeholder(const char *s)
{
	static const char *const words[] = {"MISSING_DOMAIN", "MISSING_MAILBOX", "MISSING-DOMAIN",
		".MISSING-HOST-NAME.", ".SYNTAX-ERROR.", "unspecified-domain"};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (g_ascii_strcasecmp(s, words[i]) == 0)
			return TRUE;
	return *s == 0;
}

/* "ada@example.org", "ada" without a host, "" without anything. */
static char *
address(const char *mailbox, const char *host)
{
	g_autofree char *local = decode_start(mailbox);
	g_autofree char *domain = decode_start(host);

	if (is_placeholder(local))
		*local = 0;
	if (is_placeholder(domain))
		return g_strdup(local);
	return g_strconcat(local, "@", domain, NULL);
}

char *
mime_address_name(const char *raw_name, const char *mailbox, const char *host)
{
	char *name = display_name(raw_name);

	if (*name)
		return name;
	g_free(name);
	return address(mailbox, host);
}

char *
mime_address_full(const char *raw_name, const char *mailbox, const char *host)
{
	g_autofree char *name = display_name(raw_name);
	g_autofree char *where = address(mailbox, host);

	if (!*name || strcmp(name, where) == 0)
		return g_strdup(where);
	return *where ? g_strconcat(name, " <", where, ">", NULL) : g_strdup(name);
}

/* --- Fields ------------------------------------------------------------------------------------ */

typedef struct {
	const char *name;
	gsize name_len;
	const char *value;
	gsize value_len;
} RawField;

/* The end of the line at S, behind its LF. */
static const char *
next_line(const char *s, const char *end)
{
	const char *lf = s < end ? memchr(s, '\n', (gsize)(end - s)) : NULL;

	return lf ? lf + 1 : end;
}

static gboolean
is_empty_line(const char *s, const char *end)
{
	return *s == '\n' || (*s == '\r' && (s + 1 == end || s[1] == '\n'));
}

/* TRUE when the lines S to END are a field: printable ASCII, perhaps blanks, a colon. Some editors put a byte
 * order mark before the first. */
static gboolean
split_field(const char *s, const char *end, RawField *out_field)
{
	const char *at;

	if (end - s > 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	at = s;
	while (at < end && (guint8)*at > 0x20 && (guint8)*at < 0x7f && *at != ':')
		at++;
	out_field->name = s;
	out_field->name_len = (gsize)(at - s);
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == end || *at != ':' || out_field->name_len == 0)
		return FALSE;
	out_field->value = at + 1;
	out_field->value_len = (gsize)(end - at - 1);
	return TRUE;
}

/* The next field at *S, which moves behind it; FALSE at the end of the block. */
static gboolean
next_field(const char **s, const char *end, RawField *out_field)
{
	while (*s < end && !is_empty_line(*s, end)) {
		const char *start = *s;
		const char *stop = next_line(start, end);

		while (stop < end && (*stop == ' ' || *stop == '\t'))
			stop = next_line(stop, end);
		*s = stop;
		if (split_field(start, stop, out_field))
			return TRUE;
	}
	return FALSE;
}

static char *
field_value(MimeCharsets *charsets, const RawField *raw)
{
	return g_strstrip(decode(charsets, raw->value, raw->value_len));
}

char *
mime_header_get(const char *block, gsize len, const char *name)
{
	g_autoptr(MimeCharsets) charsets = mime_charsets_new();
	const char *s = block;
	RawField raw;

	while (next_field(&s, block + len, &raw)) {
		if (raw.name_len == strlen(name) &&
			g_ascii_strncasecmp(raw.name, name, raw.name_len) == 0)
			return field_value(charsets, &raw);
	}
	return NULL;
}

static void
field_free(gpointer data)
{
	MimeField *field = data;

	g_free(field->name);
	g_free(field->value);
	g_free(field);
}

GPtrArray *
mime_header_fields(const char *block, gsize len)
{
	GPtrArray *fields = g_ptr_array_new_with_free_func(field_free);
	g_autoptr(MimeCharsets) charsets = mime_charsets_new();
	const char *s = block;
	RawField raw;

	while (fields->len < MAX_FIELDS && next_field(&s, block + len, &raw)) {
		MimeField *field = g_new(MimeField, 1);

		field->name = g_strndup(raw.name, raw.name_len);
		field->value = field_value(charsets, &raw);
		g_ptr_array_add(fields, field);
	}
	return fields;
}
