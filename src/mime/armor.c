#include "mime/armor.h"

#include "mime/transfer.h"

#include <string.h>

/* Where the first line at or behind FROM begins that is MARK and blanks, and in *OUT_NEXT the line
 * behind it. -1: none. */
static gssize
find_line(const char *text, gsize len, gsize from, const char *mark, gsize *out_next)
{
	gsize n = strlen(mark);

	for (gsize at = from; at < len;) {
		const char *lf = memchr(text + at, '\n', len - at);
		gsize end = lf ? (gsize)(lf - text) + 1 : len, tail = end;

		while (tail > at && strchr(" \t\r\n", text[tail - 1]) && text[tail - 1])
			tail--;
		if (tail - at == n && memcmp(text + at, mark, n) == 0) {
			*out_next = end;
			return (gssize)at;
		}
		at = end;
	}
	return -1;
}

static gboolean
find_block(const char *text, gsize len, gsize from, ArmorKind kind, ArmorBlock *out_block)
{
	gboolean is_signed = kind == ARMOR_SIGNED;
	gsize next = 0, end = 0;
	gssize start = find_line(text, len, from,
		is_signed ? "-----BEGIN PGP SIGNED MESSAGE-----" : "-----BEGIN PGP MESSAGE-----",
		&next);

	if (start < 0)
		return FALSE;
	if (find_line(text, len, next,
		    is_signed ? "-----END PGP SIGNATURE-----" : "-----END PGP MESSAGE-----",
		    &end) < 0)
		return FALSE;
	*out_block = (ArmorBlock){kind, (gsize)start, end - (gsize)start};
	return TRUE;
}

gboolean
armor_next(const char *text, gsize len, gsize from, ArmorBlock *out_block)
{
	ArmorBlock is_signed, sealed;
	gboolean has_signed = find_block(text, len, from, ARMOR_SIGNED, &is_signed);
	gboolean has_sealed = find_block(text, len, from, ARMOR_SEALED, &sealed);

	if (!has_signed && !has_sealed)
		return FALSE;
	*out_block =
		has_signed && (!has_sealed || is_signed.start < sealed.start) ? is_signed : sealed;
	return TRUE;
}

/* ---- for GnuPG ---- */

static gboolean
is_blank(const char *text, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (!g_ascii_isspace(text[i]))
			return FALSE;
	return TRUE;
}

/* Where the line behind the one at AT begins, and in *OUT_BLANK whether that one is empty. */
static gsize
next_line(const char *text, gsize len, gsize at, gboolean *out_blank)
{
	const char *lf = memchr(text + at, '\n', len - at);
	gsize end = lf ? (gsize)(lf - text) + 1 : len;

	*out_blank = is_blank(text + at, end - at);
	return end;
}

/* Where the base64 of the only block in TEXT begins and ends; FALSE when it is another thing, or has a checksum. */
static gboolean
find_bare(const char *text, gsize len, gsize *out_start, gsize *out_end)
{
	static const char begin[] = "-----BEGIN PGP ", end[] = "\n-----END PGP ";
	const char *last = g_strrstr_len(text, (gssize)len, end);
	gsize at = 0;
	gboolean blank = FALSE;

	if (!last || len < sizeof begin - 1 || memcmp(text, begin, sizeof begin - 1) != 0)
		return FALSE;
	len = (gsize)(last - text) + 1;
	while (at < len && !blank)
		at = next_line(text, len, at, &blank);
	*out_start = at;
	*out_end = len;
	for (; at < len; at = next_line(text, len, at, &blank))
		if (text[at] == '=' || text[at] == '-')
			return FALSE;
	return *out_start < len;
}

GBytes *
armor_for_gnupg(GBytes *armored)
{
	gsize len = 0, start, end;
	const char *text = g_bytes_get_data(armored, &len);
	g_autoptr(GBytes) base64 = NULL;

	if (!text || !find_bare(text, len, &start, &end))
		return g_bytes_ref(armored);
	base64 = g_bytes_new_from_bytes(armored, start, end - start);
	return mime_transfer_decode(base64, "base64");
}
