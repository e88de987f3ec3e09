#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unilbrk.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

#define MAX_MARKS     8 /* zero-width characters on one base */
#define CLUSTER_CELLS 2 /* a longer cluster is handed out in pieces */
#define JOIN_LOOK     8 /* characters that a joiner looks past, each way */
#define REPLACEMENT   0xfffdu
#define DOTTED_CIRCLE 0x25ccu
#define ELLIPSIS      "\xe2\x80\xa6"

#define ZWNJ 0x200cu
#define ZWJ  0x200du

/* --- ASCII: what nearly all text is ------------------------------------------------------------ */

static gboolean
is_plain(guint8 c)
{
	return c >= 0x20 && c < 0x7f;
}

/* The bytes at the start of S that are printable ASCII: one cell each, never altered. */
static gsize
ascii_run(const char *s, gsize len)
{
	const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101);
	gsize i = 0;

	for (; i + 8 <= len; i += 8) {
		guint64 x;

		memcpy(&x, s + i, 8);
		/* The top bit of a byte rises when it is 8-bit, below 0x20, or 0x7f. */
		if ((x | (x - ones * 0x20) | (x + ones)) & (ones * 0x80))
			break;
	}
	while (i < len && is_plain((guint8)s[i]))
		i++;
	return i;
}

/* --- Cleaning ---------------------------------------------------------------------------------- */

typedef struct {
	GString *out;
	TextShape shape;
	gboolean based;  /* something stands on this line that a mark can go on */
	guint marks;     /* zero-width characters since the last base */
	ucs4_t last;     /* the last character that was put out */
	ucs4_t last_arm; /* the last one that is not transparent to joining */
} Cleaner;

/* Letters and ideographs of most of the world's mail, known without a look-up: harmless, one cell
 * below U+3000 and two above, and each a cluster of its own beside its like. */
static gboolean
is_common(ucs4_t uc)
{
	return (uc >= 0xa0 && uc < 0x300 && uc != 0xad) || (uc >= 0x390 && uc < 0x3a2) ||
	       (uc >= 0x3a3 && uc < 0x483) || (uc >= 0x3041 && uc < 0x3097) ||
	       (uc >= 0x30a0 && uc < 0x3100) || (uc >= 0x4e00 && uc < 0x9ffd) ||
	       (uc >= 0xac00 && uc < 0xd7a4);
}

static guint
char_cells(ucs4_t uc)
{
	int width;

	if (is_common(uc) || uc < 0x7f)
		return uc < 0x3000 ? 1 : 2;
	width = uc_width((ucs4_t)uc, "UTF-8");
	/* Signs such as U+0600 ARABIC NUMBER SIGN are format characters, but are seen. */
	if (width == 0 && uc_graphemeclusterbreak_property(uc) == GBP_PREPEND)
		return 1;
	return width < 0 ? 1 : (guint)width;
}

static void
put_text(Cleaner *c, const char *s, gsize len)
{
	g_string_append_len(c->out, s, (gssize)len);
	c->based = TRUE;
	c->marks = 0;
	c->last = c->last_arm = (guint8)s[len - 1];
}

static void
put_char(Cleaner *c, ucs4_t uc)
{
	guint8 buf[6];
	int len = u8_uctomb(buf, uc, sizeof buf);

	put_text(c, (char *)buf, (gsize)len);
	c->last = c->last_arm = uc;
}

static void
put_line_end(Cleaner *c)
{
	put_char(c, c->shape == TEXT_LINE ? ' ' : '\n');
	c->based = c->shape == TEXT_LINE;
}

static void
put_tab(Cleaner *c)
{
	put_char(c, c->shape == TEXT_LINE ? ' ' : '\t');
	c->based = c->shape == TEXT_LINE;
}

/* "^[" for ESC, "^?" for DEL, "<9B>" for U+009B. */
static void
put_control(Cleaner *c, ucs4_t uc)
{
	char mark[8];
	int len;

	if (uc < 0x80)
		len = g_snprintf(mark, sizeof mark, "^%c", (char)(uc ^ 0x40));
	else
		len = g_snprintf(mark, sizeof mark, "<%02X>", (guint)uc);
	put_text(c, mark, (gsize)len);
}

static void
put_mark(Cleaner *c, ucs4_t uc)
{
	gboolean arm = uc_joining_type(uc) != UC_JOINING_TYPE_T;
	ucs4_t last_arm;
	guint marks;

	if (c->marks == MAX_MARKS)
		return;
	/* At the start of a line it would go onto the cell before, which is another column. */
	if (!c->based)
		put_char(c, DOTTED_CIRCLE);
	marks = c->marks + 1;
	last_arm = arm ? uc : c->last_arm;
	put_char(c, uc);
	c->marks = marks;
	c->last_arm = last_arm;
}

/* TRUE when the text from S on begins with a letter that joins to the right (RFC 5892 A.1). */
static gboolean
joins_next(const char *s, const char *end)
{
	for (guint i = 0; i < JOIN_LOOK && s < end; i++) {
		ucs4_t uc;
		int len = u8_mbtouc(&uc, (const guint8 *)s, (gsize)(end - s));
		int type = uc_joining_type(uc);

		if (type != UC_JOINING_TYPE_T)
			return type == UC_JOINING_TYPE_R || type == UC_JOINING_TYPE_D;
		s += len;
	}
	return FALSE;
}

/* Joiners are spelling in the scripts of India and Persia and a disguise elsewhere. RFC 5892 A.1 and
 * A.2 say where they are spelling. */
static gboolean
joiner_is_spelling(const Cleaner *c, ucs4_t uc, const char *next, const char *end)
{
	int type;

	if (!c->based)
		return FALSE;
	if (uc_combining_class(c->last) == UC_CCC_VR)
		return TRUE;
	if (uc != ZWNJ || c->last == ZWNJ)
		return FALSE;
	type = uc_joining_type(c->last_arm);
	return (type == UC_JOINING_TYPE_L || type == UC_JOINING_TYPE_D) && joins_next(next, end);
}

/* The rare ones: anything that is_common() does not know. */
static void
clean_odd(Cleaner *c, ucs4_t uc, const char *next, const char *end)
{
	uc_general_category_t category = uc_general_category(uc);
	guint32 kind = category.bitmask;

	if (kind == UC_CATEGORY_MASK_Cc)
		put_control(c, uc);
	else if (uc == 0x2028 || uc == 0x2029)
		put_line_end(c);
	else if (uc == ZWJ || uc == ZWNJ) {
		if (joiner_is_spelling(c, uc, next, end))
			put_mark(c, uc);
	} else if (uc_is_property_default_ignorable_code_point(uc))
		return;
	else if (kind == UC_CATEGORY_MASK_Cn)
		put_char(c, REPLACEMENT);
	else if (kind == UC_CATEGORY_MASK_Cf && char_cells(uc) == 0)
		return;
	else if (uc_is_property_emoji_modifier(uc) && uc_is_property_emoji_modifier_base(c->last))
		return;
	else if (char_cells(uc) == 0)
		put_mark(c, uc);
	else
		put_char(c, uc);
}

/* The bytes that one U+FFFD stands for: a first byte and what follows of those that it announces.
 * Versions of libunistring count them differently. */
static gsize
broken_len(const char *s, const char *end)
{
	guint8 first = (guint8)*s;
	gsize most = first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	gsize len = 1;

	while (len < most && s + len < end && ((guint8)s[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* One character that is not printable ASCII; returns its bytes. */
static gsize
clean_char(Cleaner *c, const char *s, const char *end)
{
	ucs4_t uc;
	int len = u8_mbtouc(&uc, (const guint8 *)s, (gsize)(end - s)); /* U+FFFD where invalid */

	if (uc == '\r' && s + 1 < end && s[1] == '\n')
		return 1;
	if (uc == '\r' || uc == '\n')
		put_line_end(c);
	else if (uc == '\t')
		put_tab(c);
	else if (uc == REPLACEMENT) {
		put_char(c, uc);
		return broken_len(s, end);
	} else if (is_common(uc))
		put_char(c, uc);
	else
		clean_odd(c, uc, s + len, end);
	return (gsize)len;
}

char *
text_clean(const char *bytes, gssize len, TextShape shape)
{
	gsize size = len < 0 ? strlen(bytes) : (gsize)len;
	Cleaner c = {.out = g_string_sized_new(size), .shape = shape};
	const char *end = bytes + size;

	for (const char *s = bytes; s < end;) {
		gsize run = ascii_run(s, (gsize)(end - s));

		if (run)
			put_text(&c, s, run);
		else
			run = clean_char(&c, s, end);
		s += run;
	}
	return g_string_free(c.out, FALSE);
}

/* --- Measuring --------------------------------------------------------------------------------- */

/* The next character of a NUL-terminated text: its bytes, 0 at the end. */
static gsize
next_char(const char *s, ucs4_t *out_uc)
{
	int len = u8_strmbtouc(out_uc, (const guint8 *)s);

	if (len >= 0)
		return (gsize)len;
	*out_uc = REPLACEMENT; /* not from text_clean() */
	return 1;
}

guint
text_width(const char *text, gssize len)
{
	gsize size = len < 0 ? strlen(text) : (gsize)len;
	gsize cells = 0;

	for (gsize i = 0; i < size;) {
		gsize run = ascii_run(text + i, size - i);
		ucs4_t uc;

		if (run) {
			cells += run;
			i += run;
			continue;
		}
		i += (gsize)u8_mbtouc(&uc, (const guint8 *)text + i, size - i);
		cells += char_cells(uc);
	}
	return (guint)MIN(cells, G_MAXUINT);
}

static gboolean
is_flag_letter(ucs4_t uc)
{
	return uc >= 0x1f1e6 && uc <= 0x1f1ff;
}

gsize
text_cluster(const char *text, guint *out_cells)
{
	ucs4_t uc, next;
	gsize len = next_char(text, &uc);
	guint cells = len ? char_cells(uc) : 0;
	gsize step;

	for (guint chars = 1; len && (step = next_char(text + len, &next)); chars++) {
		guint more = char_cells(next);
		gboolean flag = chars == 1 && is_flag_letter(uc) && is_flag_letter(next);

		if (next < 0x7f || cells + more > CLUSTER_CELLS ||
			(is_common(next) && is_common(uc)))
			break;
		/* A terminal puts zero-width characters into the cell before, whatever they are. */
		if (more && !flag && uc_is_grapheme_break(uc, next))
			break;
		len += step;
		cells += more;
		uc = next;
	}
	*out_cells = cells;
	return len;
}

gsize
text_fit(const char *text, guint cells, guint *out_cells)
{
	gsize ahead = strnlen(text, (gsize)MIN(cells, G_MAXINT) + 1);
	gsize at = ascii_run(text, ahead);
	guint used, more;
	gsize step;

	if (at == ahead) { /* no mark can follow the last byte that fits */
		*out_cells = (guint)MIN(at, cells);
		return *out_cells;
	}
	if (at > 0)
		at--; /* it may have marks on it */
	used = (guint)at;
	while ((step = text_cluster(text + at, &more)) && used + more <= cells) {
		at += step;
		used += more;
	}
	*out_cells = used;
	return at;
}

char *
text_ellipsize(const char *text, guint cells)
{
	guint used;
	gsize fits = text_fit(text, cells, &used);

	if (!text[fits])
		return g_strdup(text);
	if (cells == 0)
		return g_strdup("");
	fits = text_fit(text, cells - 1, &used);
	return g_strdup_printf("%.*s" ELLIPSIS, (int)MIN(fits, G_MAXINT), text);
}

/* --- Wrapping ---------------------------------------------------------------------------------- */

/* The last place at or before FITS where a line of TEXT may break by UAX 14; 0 when there is none.
 * ASCII words are broken at blanks only: a URL or an option cut at each hyphen is no help. */
static gsize
last_break_unicode(const char *text, gsize fits)
{
	ucs4_t uc;
	gsize len = fits + next_char(text + fits, &uc);
	g_autofree char *breaks = g_malloc(len);
	gsize at = fits;

	u8_possible_linebreaks((const guint8 *)text, len, "UTF-8", breaks);
	for (; at > 0; at--) {
		if (breaks[at] != UC_BREAK_POSSIBLE && breaks[at] != UC_BREAK_MANDATORY)
			continue;
		if (text[at - 1] == ' ' || !is_plain((guint8)text[at - 1]) ||
			!is_plain((guint8)text[at]))
			break;
	}
	return at;
}

static gsize
last_break_ascii(const char *text, gsize fits)
{
	while (fits > 0 && text[fits - 1] != ' ')
		fits--;
	return fits;
}

static gsize
before_blanks(const char *text, gsize at)
{
	while (at > 0 && text[at - 1] == ' ')
		at--;
	return at;
}

gsize
text_wrap(const char *text, guint cells, gsize *out_next)
{
	guint used;
	gsize fits = text_fit(text, cells, &used);
	gsize cut = fits;
	gsize line;

	if (text[fits] && text[fits] != ' ') {
		if (ascii_run(text, fits + 1) == fits + 1)
			cut = last_break_ascii(text, fits);
		else
			cut = last_break_unicode(text, fits);
	}
	line = text[fits] ? before_blanks(text, cut) : fits;
	if (line == 0) /* one long word, or blanks only */
		line = cut = fits ? fits : text_cluster(text, &used);
	while (text[cut] == ' ')
		cut++;
	*out_next = cut;
	return line;
}

/* --- Comparing --------------------------------------------------------------------------------- */

/* Folding can't fail on valid text except by running out of memory. */
static char *
fold_valid(const char *text)
{
	size_t len = 0;
	guint8 *folded =
		u8_casefold((const guint8 *)text, strlen(text), NULL, UNINORM_NFC, NULL, &len);
	char *key = g_strndup(folded ? (char *)folded : text, folded ? len : strlen(text));

	free(folded);
	return key;
}

char *
text_fold(const char *text)
{
	gsize len = strlen(text);
	g_autofree char *clean = NULL;

	if (ascii_run(text, len) == len)
		return g_ascii_strdown(text, (gssize)len);
	if (g_utf8_validate(text, (gssize)len, NULL))
		return fold_valid(text);
	clean = text_clean(text, (gssize)len, TEXT_BLOCK);
	return fold_valid(clean);
}

gboolean
text_contains(const char *text, const char *needle)
{
	g_autofree char *folded_text = text_fold(text);
	g_autofree char *folded_needle = text_fold(needle);

	return strstr(folded_text, folded_needle) != NULL;
}

void
text_size(guint64 octets, char *out, gsize size)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)octets;
	guint unit = 0;

	if (octets < 1000) {
		g_snprintf(out, size, "%u B", (guint)octets);
		return;
	}
	/* 999.5 and more would be written as 1000. */
	for (value /= 1000; value >= 999.5 && unit + 1 < G_N_ELEMENTS(units); unit++)
		value /= 1000;
	g_snprintf(out, size, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void
text_date(gint64 date, char *out, gsize size)
{
	static const char *const days[] = {
		"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};
	time_t seconds = (time_t)date;
	struct tm tm;

	out[0] = '\0';
	if (!localtime_r(&seconds, &tm) || tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
		return;
	g_snprintf(out, size, "%s, %d %s %d, %02d:%02d", days[tm.tm_wday], tm.tm_mday,
		months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min);
}
