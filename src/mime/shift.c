#include "mime/shift.h"

#include <string.h>

typedef enum {
	JIS_ASCII,
	JIS_KANA,  /* ESC ( I */
	JIS_KANJI, /* ESC $ @, ESC $ B */
	JIS_EXTRA, /* ESC $ ( D: JIS X 0212 */
} JisSet;

typedef void (*Take)(MimeShift *shift, char c, GString *out);

struct MimeShift {
	Take take;
	char held[4]; /* an escape sequence or the first byte of a pair */
	guint n_held;
	JisSet set; /* ISO-2022-JP */
	/* UTF-7, HZ */
	gboolean shifted;
	gboolean empty; /* nothing since '+' */
	guint32 bits;
	guint n_bits;
};

static void
release_held(MimeShift *shift, GString *out)
{
	g_string_append_len(out, shift->held, shift->n_held);
	shift->n_held = 0;
}

/* --- ISO-2022-JP (RFC 1468, RFC 2237) ---------------------------------------------------------- */

static gboolean
jis_escape(MimeShift *jis)
{
	static const struct {
		const char *sequence;
		JisSet set;
	} escapes[] = {{"\033(B", JIS_ASCII}, {"\033(J", JIS_ASCII}, {"\033(H", JIS_ASCII},
		{"\033(I", JIS_KANA}, {"\033$@", JIS_KANJI}, {"\033$B", JIS_KANJI},
		{"\033$(D", JIS_EXTRA}, {"\033$(@", JIS_KANJI}, {"\033$(B", JIS_KANJI}};

	for (guint i = 0; i < G_N_ELEMENTS(escapes); i++) {
		if (strlen(escapes[i].sequence) == jis->n_held &&
			memcmp(escapes[i].sequence, jis->held, jis->n_held) == 0) {
			jis->set = escapes[i].set;
			jis->n_held = 0;
			return TRUE;
		}
	}
	return FALSE;
}

/* TRUE while the held bytes may still become an escape sequence. */
static gboolean
jis_may_be_escape(const MimeShift *jis)
{
	if (jis->held[0] != '\033')
		return FALSE;
	if (jis->n_held == 2)
		return strchr("($", jis->held[1]) != NULL;
	return jis->n_held < 3 || (jis->n_held == 3 && memcmp(jis->held, "\033$(", 3) == 0);
}

static void
jis_take(MimeShift *jis, char c, GString *out)
{
	if (c == '\n' || c == '\r') { /* a line always begins in ASCII (RFC 1468) */
		release_held(jis, out);
		jis->set = JIS_ASCII;
	}
	if (jis->n_held && jis->held[0] == '\033') {
		jis->held[jis->n_held++] = c;
		if (!jis_escape(jis) && !jis_may_be_escape(jis))
			release_held(jis, out);
	} else if (c == '\033') {
		release_held(jis, out);
		jis->held[jis->n_held++] = c;
	} else if (jis->set == JIS_ASCII || (guint8)c <= 0x20 || (guint8)c >= 0x7f) {
		release_held(jis, out);
		g_string_append_c(out, c);
	} else if (jis->set == JIS_KANA) {
		g_string_append_c(out, (char)0x8e);
		g_string_append_c(out, (char)(c | 0x80));
	} else if (jis->n_held == 0) {
		jis->held[jis->n_held++] = c;
	} else {
		if (jis->set == JIS_EXTRA)
			g_string_append_c(out, (char)0x8f);
		g_string_append_c(out, (char)(jis->held[0] | 0x80));
		g_string_append_c(out, (char)(c | 0x80));
		jis->n_held = 0;
	}
}

/* --- UTF-7 (RFC 2152) -------------------------------------------------------------------------- */

static int
base64_value(char c)
{
	if (g_ascii_isupper(c))
		return c - 'A';
	if (g_ascii_islower(c))
		return c - 'a' + 26;
	if (g_ascii_isdigit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static void
append_unit(GString *out, guint unit)
{
	g_string_append_c(out, (char)(unit >> 8));
	g_string_append_c(out, (char)unit);
}

static void
utf7_take(MimeShift *shift, char c, GString *out)
{
	int value = base64_value(c);
	gboolean was_shifted = shift->shifted;

	if (was_shifted && value >= 0) {
		shift->empty = FALSE;
		shift->bits = shift->bits << 6 | (guint32)value;
		shift->n_bits += 6;
		if (shift->n_bits >= 16) {
			shift->n_bits -= 16;
			append_unit(out, shift->bits >> shift->n_bits & 0xffff);
		}
		return;
	}
	shift->shifted = FALSE;
	if (was_shifted && c == '-') {
		if (shift->empty)
			append_unit(out, '+');
	} else if (c == '+') {
		shift->shifted = shift->empty = TRUE;
		shift->n_bits = 0;
	} else {
		append_unit(out, (guint8)c & 0x80 ? 0xfffd : (guint8)c);
	}
}

/* --- HZ (RFC 1843) ----------------------------------------------------------------------------- */

/* TRUE when the tilde that is held and C are one of its sequences. */
static gboolean
hz_escape(MimeShift *hz, char c, GString *out)
{
	if (c == '~' && !hz->shifted)
		g_string_append_c(out, '~');
	else if (c == '{' || c == '}')
		hz->shifted = c == '{';
	else if (c != '\n') /* a line that goes on */
		return FALSE;
	hz->n_held = 0;
	return TRUE;
}

static void
hz_take(MimeShift *hz, char c, GString *out)
{
	gboolean in_pair = hz->shifted && c > 0x20 && c < 0x7f;

	if (hz->n_held && hz->held[0] == '~' && hz_escape(hz, c, out))
		return;
	if (c == '\n') /* nobody means two lines of it */
		hz->shifted = FALSE;
	if (hz->n_held && in_pair) {
		g_string_append_c(out, (char)(hz->held[0] | 0x80));
		g_string_append_c(out, (char)(c | 0x80));
		hz->n_held = 0;
		return;
	}
	release_held(hz, out);
	if (c == '~' || in_pair)
		hz->held[hz->n_held++] = c;
	else
		g_string_append_c(out, c);
}

/* --- All --------------------------------------------------------------------------------------- */

MimeShift *
mime_shift_new(const char *name, const char *const **out_names)
{
	static const char *const euc[] = {"EUC-JP-MS", "EUC-JP", NULL};
	static const char *const utf16[] = {"utf-16be", NULL};
	static const char *const gb[] = {"GB18030", NULL};
	static const struct {
		const char *name;
		Take take;
		const char *const *becomes;
	} charsets[] = {{"iso-2022-jp", jis_take, euc}, {"utf-7", utf7_take, utf16},
		{"hz-gb-2312", hz_take, gb}};

	for (guint i = 0; i < G_N_ELEMENTS(charsets); i++) {
		if (strcmp(name, charsets[i].name) == 0) {
			MimeShift *shift = g_new0(MimeShift, 1);

			shift->take = charsets[i].take;
			*out_names = charsets[i].becomes;
			return shift;
		}
	}
	return NULL;
}

void
mime_shift_free(MimeShift *shift)
{
	g_free(shift);
}

void
mime_shift_feed(MimeShift *shift, const char *bytes, gsize len, GString *out)
{
	for (gsize i = 0; i < len; i++)
		shift->take(shift, bytes[i], out);
}

void
mime_shift_end(MimeShift *shift, GString *out)
{
	release_held(shift, out);
	shift->set = JIS_ASCII;
	shift->shifted = shift->empty = FALSE;
	shift->bits = shift->n_bits = 0;
}
