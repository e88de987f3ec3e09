#include "mime/armor.h"

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
