#include "mime/charset.h"

#include "mime/assumed.h"
#include "mime/shift.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <unistr.h>

#define MAX_NAME     64
#define MAX_PENDING  16 /* bytes of an incomplete character; the longest is 8 (GB18030, UTF-7) */
#define REPLACEMENT  "\xef\xbf\xbd"
#define POSTAL_MARK  "\xe3\x89\xbe" /* U+327E */
#define WESTERN      "windows-1252"
#define NO_CONVERTER ((iconv_t)-1)
#define MAX_CHARSETS 8 /* of one header */

typedef enum {
	MODE_GUESS, /* ASCII so far */
	MODE_UTF8,
	MODE_ICONV,
} Mode;

struct MimeDecoder {
	Mode mode;
	gboolean known;
	iconv_t converter;
	gsize unit; /* bytes to pass over when invalid: the code unit */
	gboolean is_cp949;
	MimeShift *shift; /* NULL: none needed */
	char pending[MAX_PENDING];
	gsize n_pending;
};

/* What mailers write -> what it means; lower case, '_' as '-'. The names of the web's encoding
 * standard are followed where the true charset is a subset of what is really sent. */
static const struct {
	const char *alias;
	const char *name; /* NULL: says nothing, as if not declared */
} aliases[] = {
	{"", NULL},
	{"7bit", NULL},
	{"8bit", NULL},
	{"ansi", WESTERN},
	{"ansi-x3.110-1983", NULL}, /* a web mailer's name for whatever it was given */
	{"ansi-x3.4-1968", NULL},
	{"ascii", NULL},
	{"big5", "CP950"},
	{"big5-eten", "CP950"},
	{"binary", NULL},
	{"chinese", "GB18030"},
	{"cp1252", WESTERN},
	{"cp367", NULL},
	{"cp932", "CP932"},
	{"cp936", "GB18030"},
	{"cp949", "CP949"},
	{"cp950", "CP950"},
	{"csiso2022jp", "iso-2022-jp"},
	{"csshiftjis", "CP932"},
	{"default", NULL},
	{"default-charset", NULL},
	{"dos-874", "CP874"},
	{"euc-cn", "GB18030"},
	{"euc-kr", "CP949"},
	{"gb-2312-80", "GB18030"},
	{"gb2312", "GB18030"},
	{"gb2312-80", "GB18030"},
	{"gbk", "GB18030"},
	{"hz", "hz-gb-2312"},
	{"iso-2022-jp-ms", "iso-2022-jp"},
	{"iso-646", NULL},
	{"iso-646.irv:1991", NULL},
	{"iso-8859-1", WESTERN}, /* its C1 half is never meant */
	{"iso-8859-11", "CP874"},
	{"iso-8859-6-e", "ISO-8859-6"},
	{"iso-8859-6-i", "ISO-8859-6"},
	{"iso-8859-8-e", "ISO-8859-8"},
	{"iso-8859-8-i", "ISO-8859-8"},
	{"iso-8859-9", "CP1254"},
	{"iso646-us", NULL},
	{"korean", "CP949"},
	{"ks-c-5601", "CP949"},
	{"ks-c-5601-1987", "CP949"},
	{"ks-c-5601-1989", "CP949"},
	{"ksc-5601", "CP949"},
	{"ksc5601", "CP949"},
	{"l1", WESTERN},
	{"latin-1", WESTERN},
	{"latin1", WESTERN},
	{"mac", "MACINTOSH"},
	{"mac-roman", "MACINTOSH"},
	{"macroman", "MACINTOSH"},
	{"ms-kanji", "CP932"},
	{"none", NULL},
	{"shift-jis", "CP932"},
	{"sjis", "CP932"},
	{"tis-620", "CP874"},
	{"uhc", "CP949"},
	{"unicode-1-1-utf-7", "utf-7"},
	{"unicode-1-1-utf-8", "utf-8"},
	{"unicode-2-0-utf-8", "utf-8"},
	{"unknown", NULL},
	{"unknown-8bit", NULL},
	{"us-ascii", NULL},
	{"usascii", NULL},
	{"user-defined", NULL},
	{"utf-8-mac", "utf-8"},
	{"utf8", "utf-8"},
	{"utf8mb4", "utf-8"},
	{"windows-31j", "CP932"},
	{"windows-874", "CP874"},
	{"windows-936", "GB18030"},
	{"windows-949", "CP949"},
	{"windows-950", "CP950"},
};

/* Lower case, '_' as '-', without blanks and quotes around it; "" when iconv must never see it:
 * "UTF-8//TRANSLIT" has a suffix that is an order, and "char" means the locale. */
static void
normalize_name(const char *charset, char out_name[MAX_NAME])
{
	gsize n = 0;

	charset += strspn(charset, " \t\"'");
	for (; n < MAX_NAME - 1 && charset[n] && !strchr(" \t\"'*;,", charset[n]); n++) {
		char c = charset[n];

		out_name[n] = c == '_' ? '-' : g_ascii_tolower(c);
		if (!g_ascii_isalnum(c) && !strchr("-_.:+()", c)) {
			g_strlcpy(out_name, "invalid", MAX_NAME);
			return;
		}
	}
	out_name[n] = 0;
	if (!strcmp(out_name, "char") || !strcmp(out_name, "wchar-t") ||
		!strcmp(out_name, "internal"))
		g_strlcpy(out_name, "invalid", MAX_NAME);
}

/* TRUE when NAME is an alias; then *OUT_NAME is its meaning. */
static gboolean
find_alias(const char *name, const char **out_name)
{
	for (guint i = 0; i < G_N_ELEMENTS(aliases); i++) {
		if (strcmp(aliases[i].alias, name) == 0) {
			*out_name = aliases[i].name;
			return TRUE;
		}
	}
	return FALSE;
}

static gsize
code_unit(const char *name)
{
	if (g_str_has_prefix(name, "utf-16") || g_str_has_prefix(name, "ucs-2"))
		return 2;
	if (g_str_has_prefix(name, "utf-32") || g_str_has_prefix(name, "ucs-4"))
		return 4;
	return 1;
}

static gboolean
open_converter(MimeDecoder *decoder, const char *name)
{
	decoder->unit = code_unit(name);
	decoder->converter = iconv_open("UTF-8", name);
	return decoder->converter != NO_CONVERTER;
}

static gboolean
open_charset(MimeDecoder *decoder, const char *name)
{
	const char *const *names = NULL;

	if (strcmp(name, "utf-8") == 0) {
		decoder->mode = MODE_UTF8;
		return TRUE;
	}
	decoder->mode = MODE_ICONV;
	decoder->is_cp949 = strcmp(name, "CP949") == 0;
	decoder->shift = mime_shift_new(name, &names);
	if (!decoder->shift)
		return open_converter(decoder, name);
	while (*names && !open_converter(decoder, *names))
		names++;
	if (!*names)
		g_clear_pointer(&decoder->shift, mime_shift_free);
	return *names != NULL;
}

/* The Ith form that WRITTEN may be known by: as it is, or with what mailers add or leave out put
 * right. FALSE when that form does not apply; at the end of the forms *OUT_END is TRUE. */
static gboolean
name_form(const char *written, guint i, char out_name[MAX_NAME], gboolean *out_end)
{
	static const struct {
		const char *prefix;
		const char *instead;
	} forms[] = {{"", ""}, {"x-", ""}, {"x-x-", ""}, {"x-ms-", ""}, {"cp-", "cp"},
		{"ibm-", "ibm"}, {"win-", "windows-"}, {"windows", "windows-"},
		{"iso8859", "iso-8859"}, {"iso-8859", "iso-8859-"}, {"8859", "iso-8859"},
		{"mac-", "mac"}};

	*out_end = i >= G_N_ELEMENTS(forms);
	if (*out_end || !g_str_has_prefix(written, forms[i].prefix))
		return FALSE;
	g_snprintf(out_name, MAX_NAME, "%s%s", forms[i].instead, written + strlen(forms[i].prefix));
	return TRUE;
}

/* FALSE when no form of the name means anything. */
static gboolean
open_written(MimeDecoder *decoder, const char *written)
{
	char name[MAX_NAME];
	gboolean end = FALSE;

	for (guint i = 0; !end; i++) {
		const char *meaning;

		if (name_form(written, i, name, &end) && find_alias(name, &meaning))
			return !meaning || open_charset(decoder, meaning);
	}
	end = FALSE;
	for (guint i = 0; !end; i++) {
		if (name_form(written, i, name, &end) && open_charset(decoder, name))
			return TRUE;
	}
	return FALSE;
}

static gboolean
open_named(MimeDecoder *decoder, const char *charset)
{
	char written[MAX_NAME];

	normalize_name(charset, written);
	return open_written(decoder, written);
}

MimeDecoder *
mime_decoder_new(const char *charset)
{
	MimeDecoder *decoder = g_new0(MimeDecoder, 1);

	decoder->converter = NO_CONVERTER;
	decoder->known = !charset || open_named(decoder, charset);
	if (!decoder->known)
		decoder->mode = MODE_GUESS;
	return decoder;
}

gboolean
mime_charset_says(const char *charset)
{
	g_autoptr(MimeDecoder) decoder = mime_decoder_new(charset);

	return decoder->mode != MODE_GUESS;
}

void
mime_decoder_free(MimeDecoder *decoder)
{
	if (!decoder)
		return;
	if (decoder->converter != NO_CONVERTER)
		iconv_close(decoder->converter);
	mime_shift_free(decoder->shift);
	g_free(decoder);
}

gboolean
mime_decoder_known(const MimeDecoder *decoder)
{
	return decoder->known;
}

/* Appends what is valid of BYTES and U+FFFD for the rest; returns how many were taken, which is less
 * than LEN only when the last character is incomplete and more may come. */
static gsize
take_utf8(const char *bytes, gsize len, gboolean last, GString *out)
{
	gsize done = 0;

	while (done < len) {
		const guint8 *from = (const guint8 *)bytes + done;
		const guint8 *bad = u8_check(from, len - done);
		gsize valid = bad ? (gsize)(bad - from) : len - done;
		ucs4_t uc;

		g_string_append_len(out, bytes + done, (gssize)valid);
		done += valid;
		if (!bad)
			break;
		if (!last && u8_mbtoucr(&uc, bad, len - done) == -2)
			break;
		g_string_append(out, REPLACEMENT);
		done++;
	}
	return done;
}

/* The postal code mark (KS X 1001:1998) is the one character that glibc's CP949 lacks and has passed over when it
 * says so. */
static gboolean
has_passed_mark(const MimeDecoder *decoder, const char *begin, const char *in)
{
	return decoder->is_cp949 && in - begin >= 2 && memcmp(in - 2, "\xa2\xe8", 2) == 0;
}

static gsize
take_iconv(const MimeDecoder *decoder, const char *bytes, gsize len, gboolean last, GString *out)
{
	char *in = (char *)bytes;
	gsize left = len;

	while (left > 0) {
		char buf[4096];
		char *to = buf;
		gsize room = sizeof buf;
		gsize before = left;
		gsize result = iconv(decoder->converter, &in, &left, &to, &room);
		int error = result == (gsize)-1 ? errno : 0;

		/* glibc's UCS-4 lets numbers pass that are no characters. */
		take_utf8(buf, (gsize)(to - buf), TRUE, out);
		if (error == EILSEQ && left < before && has_passed_mark(decoder, bytes, in)) {
			g_string_append(out, POSTAL_MARK);
			continue;
		}
		if (!last && (error == EINVAL || (error == EILSEQ && left < decoder->unit)))
			break;
		if (error == EILSEQ || error == EINVAL || (left == before && to == buf)) {
			gsize skip = MIN(left, decoder->unit);

			g_string_append(out, REPLACEMENT);
			in += skip;
			left -= skip;
		}
	}
	return len - left;
}

static void
flush_iconv(iconv_t converter, GString *out)
{
	char buf[64];
	char *to = buf;
	gsize room = sizeof buf;

	/* What it can't tell it keeps: there is nothing left to replace. */
	if (iconv(converter, NULL, NULL, &to, &room) != (gsize)-1)
		take_utf8(buf, (gsize)(to - buf), TRUE, out);
}

/* BYTES, not declared, are no UTF-8. */
static void
assume(MimeDecoder *decoder, const char *bytes, gsize len)
{
	if (!open_named(decoder, mime_assumed_for(bytes, len)) || decoder->mode == MODE_GUESS)
		decoder->mode = MODE_UTF8;
}

/* Decides at the first 8-bit byte. */
static gsize
take_guess(MimeDecoder *decoder, const char *bytes, gsize len, gboolean last, GString *out)
{
	gsize ascii = 0;
	ucs4_t uc;
	int length;

	while (ascii < len && !((guint8)bytes[ascii] & 0x80))
		ascii++;
	g_string_append_len(out, bytes, (gssize)ascii);
	if (ascii == len)
		return ascii;
	length = u8_mbtoucr(&uc, (const guint8 *)bytes + ascii, len - ascii);
	if (length == -2 && !last)
		return ascii;
	if (length > 0)
		decoder->mode = MODE_UTF8;
	else
		assume(decoder, bytes + ascii, len - ascii);
	return ascii;
}

static gsize
take(MimeDecoder *decoder, const char *bytes, gsize len, gboolean last, GString *out)
{
	gsize done = 0;

	if (decoder->mode == MODE_GUESS)
		done = take_guess(decoder, bytes, len, last, out);
	if (decoder->mode == MODE_UTF8)
		done += take_utf8(bytes + done, len - done, last, out);
	else if (decoder->mode == MODE_ICONV)
		done += take_iconv(decoder, bytes + done, len - done, last, out);
	return done;
}

/* Completes the character that the last piece ended in; returns the bytes used for that. */
static gsize
complete(MimeDecoder *decoder, const char *bytes, gsize len, GString *out)
{
	gsize used = 0;

	while (decoder->n_pending > 0 && used < len) {
		gsize done;

		decoder->pending[decoder->n_pending++] = bytes[used++];
		/* A full buffer is no character: let it go as invalid. */
		done = take(decoder, decoder->pending, decoder->n_pending,
			decoder->n_pending == MAX_PENDING, out);
		decoder->n_pending -= done;
		memmove(decoder->pending, decoder->pending + done, decoder->n_pending);
	}
	return used;
}

static void
feed_bytes(MimeDecoder *decoder, const char *bytes, gsize len, GString *out)
{
	gsize done = complete(decoder, bytes, len, out);

	done += take(decoder, bytes + done, len - done, FALSE, out);
	while (done < len) { /* the start of a character, or a stray that complete() sorts out */
		decoder->pending[decoder->n_pending++] = bytes[done++];
		done += complete(decoder, bytes + done, len - done, out);
	}
}

static void
feed_shifted(MimeDecoder *decoder, const char *bytes, gsize len, gboolean last, GString *out)
{
	g_autoptr(GString) plain = g_string_sized_new(2 * len);

	mime_shift_feed(decoder->shift, bytes, len, plain);
	if (last)
		mime_shift_end(decoder->shift, plain);
	feed_bytes(decoder, plain->str, plain->len, out);
}

void
mime_decoder_feed(MimeDecoder *decoder, const char *bytes, gsize len, gboolean last, GString *out)
{
	if (decoder->shift)
		feed_shifted(decoder, bytes, len, last, out);
	else
		feed_bytes(decoder, bytes, len, out);
	if (!last)
		return;
	take(decoder, decoder->pending, decoder->n_pending, TRUE, out);
	decoder->n_pending = 0;
	if (decoder->mode == MODE_ICONV)
		flush_iconv(decoder->converter, out);
}

/* Whoever has a string in hand must not overlook what is behind a NUL. */
static GString *
replace_nul(GString *take_text)
{
	GString *out;

	if (strlen(take_text->str) == take_text->len)
		return take_text;
	out = g_string_sized_new(take_text->len);
	for (gsize i = 0; i < take_text->len; i++) {
		if (take_text->str[i])
			g_string_append_c(out, take_text->str[i]);
		else
			g_string_append(out, REPLACEMENT);
	}
	g_string_free(take_text, TRUE);
	return out;
}

char *
mime_charset_to_utf8(const char *bytes, gsize len, const char *charset)
{
	g_autoptr(MimeDecoder) decoder = mime_decoder_new(charset);
	GString *out = g_string_sized_new(len);

	/* All of it is here, so that one stray sequence does not decide. */
	if (decoder->mode == MODE_GUESS && u8_check((const guint8 *)bytes, len))
		assume(decoder, bytes, len);
	mime_decoder_feed(decoder, bytes, len, TRUE, out);
	return g_string_free(replace_nul(out), FALSE);
}

/* ---- many short texts ---- */

typedef struct {
	char *name; /* as written */
	MimeDecoder *decoder;
} Opened;

struct MimeCharsets {
	Opened opened[MAX_CHARSETS];
	guint n;
	MimeDecoder *utf8, *assumed; /* for what is not declared, or NULL */
	const char *assumed_name;    /* of the latter, borrowed */
};

MimeCharsets *
mime_charsets_new(void)
{
	return g_new0(MimeCharsets, 1);
}

void
mime_charsets_free(MimeCharsets *charsets)
{
	if (!charsets)
		return;
	for (guint i = 0; i < charsets->n; i++) {
		g_free(charsets->opened[i].name);
		mime_decoder_free(charsets->opened[i].decoder);
	}
	mime_decoder_free(charsets->utf8);
	mime_decoder_free(charsets->assumed);
	g_free(charsets);
}

/* NULL when it means nothing, or there are too many. */
static MimeDecoder *
declared(MimeCharsets *charsets, const char *name)
{
	Opened *next = &charsets->opened[charsets->n];

	for (guint i = 0; i < charsets->n; i++) {
		MimeDecoder *decoder = charsets->opened[i].decoder;

		if (strcmp(charsets->opened[i].name, name) == 0)
			return decoder->mode == MODE_GUESS ? NULL : decoder;
	}
	if (charsets->n == MAX_CHARSETS)
		return NULL;
	*next = (Opened){g_strdup(name), mime_decoder_new(name)};
	charsets->n++;
	return next->decoder->mode == MODE_GUESS ? NULL : next->decoder;
}

static MimeDecoder *
guessed(MimeCharsets *charsets, const char *bytes, gsize len)
{
	const char *name;

	if (!u8_check((const guint8 *)bytes, len)) {
		if (!charsets->utf8)
			charsets->utf8 = mime_decoder_new("utf-8");
		return charsets->utf8;
	}
	name = mime_assumed_for(bytes, len);
	if (charsets->assumed && charsets->assumed_name == name)
		return charsets->assumed;
	mime_decoder_free(charsets->assumed);
	charsets->assumed = mime_decoder_new(name);
	charsets->assumed_name = name;
	return charsets->assumed;
}

char *
mime_charsets_to_utf8(MimeCharsets *charsets, const char *bytes, gsize len, const char *charset)
{
	MimeDecoder *decoder = charset ? declared(charsets, charset) : NULL;
	GString *out = g_string_sized_new(len);

	if (!decoder)
		decoder = guessed(charsets, bytes, len);
	mime_decoder_feed(decoder, bytes, len, TRUE, out);
	return g_string_free(replace_nul(out), FALSE);
}
