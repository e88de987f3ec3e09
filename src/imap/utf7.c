#include "imap/utf7.h"

#include <string.h>

/* Base64 with "," in the place of "/" (RFC 3501 section 5.1.3). */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static gboolean
is_direct(gunichar c)
{
	return c >= 0x20 && c <= 0x7e;
}

/* ---- decoding ---- */

/* UTF-16 as it comes, a high surrogate waiting for its low one. */
typedef struct {
	GString *text;
	gunichar high;
} Utf16;

static gboolean
add_unit(Utf16 *out, gunichar unit)
{
	gboolean low = unit >= 0xdc00 && unit <= 0xdfff;

	if (unit == 0 || low != (out->high != 0))
		return FALSE;
	if (low) {
		g_string_append_unichar(
			out->text, 0x10000 + ((out->high - 0xd800) << 10) + (unit - 0xdc00));
		out->high = 0;
	} else if (unit >= 0xd800 && unit <= 0xdbff) {
		out->high = unit;
	} else {
		g_string_append_unichar(out->text, unit);
	}
	return TRUE;
}

/* What stands between "&" and "-". FALSE when it is not whole characters, or bits are left over. */
static gboolean
decode_shifted(GString *text, const char *p, gsize len)
{
	Utf16 out = {text, 0};
	guint32 bits = 0;
	guint n_bits = 0;

	for (gsize i = 0; i < len; i++) {
		const char *digit = p[i] ? strchr(alphabet, p[i]) : NULL;

		if (!digit)
			return FALSE;
		bits = (bits << 6 | (guint32)(digit - alphabet)) & 0x3fffff;
		n_bits += 6;
		if (n_bits >= 16) {
			n_bits -= 16;
			if (!add_unit(&out, bits >> n_bits & 0xffff))
				return FALSE;
		}
	}
	return !out.high && n_bits < 6 && (bits & ((1u << n_bits) - 1)) == 0;
}

static gboolean
decode(GString *text, const char *p, const char *end)
{
	while (p < end) {
		const char *dash;

		if (!is_direct((guint8)*p))
			return FALSE;
		if (*p != '&') {
			g_string_append_c(text, *p++);
			continue;
		}
		dash = memchr(p, '-', (gsize)(end - p));
		if (!dash)
			return FALSE;
		if (dash == p + 1)
			g_string_append_c(text, '&');
		else if (!decode_shifted(text, p + 1, (gsize)(dash - p - 1)))
			return FALSE;
		p = dash + 1;
	}
	return TRUE;
}

char *
imap_utf7_decode(const char *raw, gssize len)
{
	gsize size = len < 0 ? strlen(raw) : (gsize)len;
	GString *text = g_string_sized_new(size);

	if (!decode(text, raw, raw + size)) {
		g_string_truncate(text, 0);
		g_string_append_len(text, raw, (gssize)size);
	}
	return g_string_free(text, FALSE);
}

/* ---- encoding ---- */

typedef struct {
	GString *raw;
	guint32 bits;
	guint n_bits;
} Shift;

static void
put_unit(Shift *shift, guint32 unit)
{
	shift->bits = shift->bits << 16 | unit;
	shift->n_bits += 16;
	while (shift->n_bits >= 6) {
		shift->n_bits -= 6;
		g_string_append_c(shift->raw, alphabet[shift->bits >> shift->n_bits & 0x3f]);
	}
	shift->bits &= (1u << shift->n_bits) - 1;
}

/* Encodes up to the next direct character; returns where that is. */
static const char *
encode_shifted(GString *raw, const char *p)
{
	Shift shift = {raw, 0, 0};

	g_string_append_c(raw, '&');
	for (; *p && !is_direct(g_utf8_get_char(p)); p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c >= 0x10000) {
			put_unit(&shift, 0xd800 + ((c - 0x10000) >> 10));
			put_unit(&shift, 0xdc00 + ((c - 0x10000) & 0x3ff));
		} else {
			put_unit(&shift, c);
		}
	}
	if (shift.n_bits)
		g_string_append_c(raw, alphabet[shift.bits << (6 - shift.n_bits) & 0x3f]);
	g_string_append_c(raw, '-');
	return p;
}

char *
imap_utf7_encode(const char *utf8)
{
	GString *raw;

	if (!g_utf8_validate(utf8, -1, NULL))
		return NULL;
	raw = g_string_new(NULL);
	while (*utf8) {
		if (!is_direct(g_utf8_get_char(utf8))) {
			utf8 = encode_shifted(raw, utf8);
			continue;
		}
		g_string_append_c(raw, *utf8);
		if (*utf8++ == '&')
			g_string_append_c(raw, '-');
	}
	return g_string_free(raw, FALSE);
}
