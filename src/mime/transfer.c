#include "mime/transfer.h"

#include <string.h>

#define MAX_HELD   96 /* a line of uuencode has 61 at most, one of base64 76 */
#define MAX_BLANKS 76 /* between "=" and the end of the line; more is text */

typedef enum {
	QP_TEXT,
	QP_EQUALS, /* after '=' and the held blanks */
	QP_HEX,    /* after '=' and one digit */
	QP_SOFT,   /* after "=" CR */
} QpState;

typedef enum {
	UU_BEFORE, /* above "begin 644 name" */
	UU_DATA,
	UU_AFTER,
} UuState;

typedef void (*Step)(MimeTransfer *transfer, const char *bytes, gsize len, GString *out);
typedef void (*End)(MimeTransfer *transfer, GString *out);

struct MimeTransfer {
	Step step;
	End end;
	MimeBase64 base64;
	gboolean judged; /* base64: the open line was looked at */
	gboolean padded; /* base64: the text is over, if it is one */
	QpState qp;
	UuState uu;
	char held[MAX_HELD]; /* quoted-printable: what follows '='; uuencode: the open line */
	gsize n_held;
};

/* --- Base64 ------------------------------------------------------------------------------------ */

/* One more than the value of a letter of the alphabet; 0 for every other byte. */
/* clang-format off */
static const gint8 base64_rank[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
	14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
	40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63, ['/'] = 64,
};
/* clang-format on */

static gsize
base64_groups(const char *bytes, gsize len, char *out, gsize *out_len)
{
	gsize in = 0, n = 0;

	for (; in + 4 <= len; in += 4) {
		int a = base64_rank[(guint8)bytes[in]] - 1,
		    b = base64_rank[(guint8)bytes[in + 1]] - 1;
		int c = base64_rank[(guint8)bytes[in + 2]] - 1;
		int d = base64_rank[(guint8)bytes[in + 3]] - 1;

		if ((a | b | c | d) < 0)
			break;
		out[n++] = (char)(a << 2 | b >> 4);
		out[n++] = (char)(b << 4 | c >> 2);
		out[n++] = (char)(c << 6 | d);
	}
	*out_len = n;
	return in;
}

static void
base64_letter(MimeBase64 *base64, int rank, GString *out)
{
	base64->bits = base64->bits << 6 | (guint32)rank;
	if (++base64->count < 4)
		return;
	g_string_append_c(out, (char)(base64->bits >> 16));
	g_string_append_c(out, (char)(base64->bits >> 8));
	g_string_append_c(out, (char)base64->bits);
	*base64 = (MimeBase64){0};
}

void
mime_base64_feed(MimeBase64 *base64, const char *bytes, gsize len, GString *out)
{
	for (gsize i = 0; i < len; i++) {
		int rank = base64_rank[(guint8)bytes[i]] - 1;

		if (base64->count == 0 && len - i >= 4) {
			gsize room = out->len, made;

			g_string_set_size(out, room + (len - i) / 4 * 3);
			i += base64_groups(bytes + i, len - i, out->str + room, &made);
			g_string_truncate(out, room + made);
			if (i == len)
				break;
			rank = base64_rank[(guint8)bytes[i]] - 1;
		}
		if (rank >= 0)
			base64_letter(base64, rank, out);
		else if (bytes[i] == '=')
			mime_base64_end(base64, out);
	}
}

void
mime_base64_end(MimeBase64 *base64, GString *out)
{
	if (base64->count == 2) {
		g_string_append_c(out, (char)(base64->bits >> 4));
	} else if (base64->count == 3) {
		g_string_append_c(out, (char)(base64->bits >> 10));
		g_string_append_c(out, (char)(base64->bits >> 2));
	}
	*base64 = (MimeBase64){0};
}

gboolean
mime_base64_fits(guint64 decoded, guint64 sent)
{
	static const guint widths[] = {60, 64, 72, 76, G_MAXUINT32}; /* letters in a line */
	guint64 letters = (decoded + 2) / 3 * 4;

	for (guint i = 0; i < G_N_ELEMENTS(widths); i++) {
		guint64 breaks = letters ? (letters - 1) / widths[i] : 0;
		guint64 bare = letters + 2 * breaks;

		/* The last line may have an end of its own, and an empty one below. */
		if (sent == bare || sent == bare + 2 || sent == bare + 4)
			return TRUE;
	}
	return FALSE;
}

/* TRUE when LINE is no base64 at all: the header lies, or a mailing list has put its footer below in
 * clear. Below, any other letter tells; above, blanks between words do. */
static gboolean
is_clear(const char *line, gsize len, gboolean below)
{
	guint blanks = 0, others = 0;

	while (len > 0 && g_ascii_isspace(line[len - 1]))
		len--;
	for (gsize i = 0; i < len; i++) {
		blanks += line[i] == ' ';
		others += line[i] != '=' && !base64_rank[(guint8)line[i]] &&
			  !g_ascii_isspace(line[i]);
	}
	return below ? blanks + others > 0 : blanks >= 3;
}

static void step_identity(MimeTransfer *transfer, const char *bytes, gsize len, GString *out);
static void end_identity(MimeTransfer *transfer, GString *out);

static gboolean
has_letters(const char *line, gsize len)
{
	for (gsize i = 0; i < len; i++)
		if (base64_rank[(guint8)line[i]])
			return TRUE;
	return FALSE;
}

/* Looks at the held line and takes it for what it is. */
static void
judge_base64(MimeTransfer *transfer, GString *out)
{
	const char *line = transfer->held;
	gsize len = transfer->n_held;

	transfer->n_held = 0;
	if (is_clear(line, len, transfer->padded)) {
		if (transfer->padded)
			g_string_append_c(out, '\n');
		g_string_append_len(out, line, (gssize)len);
		transfer->step = step_identity;
		transfer->end = end_identity;
		return;
	}
	mime_base64_feed(&transfer->base64, line, len, out);
	transfer->padded |= memchr(line, '=', len) != NULL;
	transfer->judged = has_letters(line, len) && !memchr(line, '=', len);
}

/* The first line and those below padding are held until they can be judged. */
static void
hold_base64(MimeTransfer *transfer, char c, GString *out)
{
	transfer->held[transfer->n_held++] = c;
	if (c == '\n' || transfer->n_held == MAX_HELD)
		judge_base64(transfer, out);
}

static gsize
take_base64(MimeTransfer *transfer, const char *bytes, gsize len, GString *out)
{
	const char *pad = memchr(bytes, '=', len);
	gsize run = pad ? (gsize)(pad - bytes) + 1 : len;

	mime_base64_feed(&transfer->base64, bytes, run, out);
	if (pad) {
		transfer->padded = TRUE;
		transfer->judged = FALSE;
	}
	return run;
}

static void
step_base64(MimeTransfer *transfer, const char *bytes, gsize len, GString *out)
{
	gsize at = 0;

	while (at < len && transfer->step == step_base64) {
		if (transfer->judged)
			at += take_base64(transfer, bytes + at, len - at, out);
		else
			hold_base64(transfer, bytes[at++], out);
	}
	if (at < len)
		step_identity(transfer, bytes + at, len - at, out);
}

static void
end_base64(MimeTransfer *transfer, GString *out)
{
	if (transfer->n_held > 0)
		judge_base64(transfer, out);
	mime_base64_end(&transfer->base64, out);
}

/* --- Quoted-printable -------------------------------------------------------------------------- */

/* What looked like an escape was none: it comes out as it was written. */
static void
qp_give_up(MimeTransfer *transfer, GString *out)
{
	if (transfer->qp == QP_EQUALS || transfer->qp == QP_HEX) {
		g_string_append_c(out, '=');
		g_string_append_len(out, transfer->held, (gssize)transfer->n_held);
	}
	transfer->n_held = 0;
	transfer->qp = QP_TEXT;
}

static void
qp_after_equals(MimeTransfer *transfer, char c, GString *out)
{
	gboolean blank = c == ' ' || c == '\t';

	if (c == '\r') {
		transfer->n_held = 0;
		transfer->qp = QP_SOFT;
	} else if (c == '\n') {
		transfer->n_held = 0;
		transfer->qp = QP_TEXT;
	} else if (g_ascii_isxdigit(c) && transfer->n_held == 0) {
		transfer->held[transfer->n_held++] = c;
		transfer->qp = QP_HEX;
	} else if (blank && transfer->n_held < MAX_BLANKS) {
		transfer->held[transfer->n_held++] = c;
	} else {
		qp_give_up(transfer, out);
		if (c == '=')
			transfer->qp = QP_EQUALS;
		else
			g_string_append_c(out, c);
	}
}

static void
qp_byte(MimeTransfer *transfer, char c, GString *out)
{
	switch (transfer->qp) {
	case QP_EQUALS: qp_after_equals(transfer, c, out); return;
	case QP_HEX:
		if (g_ascii_isxdigit(c)) {
			g_string_append_c(out, (char)(g_ascii_xdigit_value(transfer->held[0]) << 4 |
						       g_ascii_xdigit_value(c)));
			transfer->n_held = 0;
			transfer->qp = QP_TEXT;
			return;
		}
		qp_give_up(transfer, out);
		break;
	case QP_SOFT:
		transfer->qp = QP_TEXT;
		if (c == '\n')
			return;
		break;
	case QP_TEXT: break;
	}
	if (c == '=')
		transfer->qp = QP_EQUALS;
	else
		g_string_append_c(out, c);
}

static void
step_qp(MimeTransfer *transfer, const char *bytes, gsize len, GString *out)
{
	for (gsize i = 0; i < len; i++) {
		if (transfer->qp == QP_TEXT) {
			const char *equals = memchr(bytes + i, '=', len - i);
			gsize run = equals ? (gsize)(equals - bytes) - i : len - i;

			g_string_append_len(out, bytes + i, (gssize)run);
			i += run;
			if (!equals)
				return;
		}
		qp_byte(transfer, bytes[i], out);
	}
}

/* --- Uuencode ---------------------------------------------------------------------------------- */

static guint
uu_value(const MimeTransfer *transfer, gsize i)
{
	/* Blanks at the end of a line may have been lost on the way. */
	return i < transfer->n_held ? ((guint8)transfer->held[i] - 0x20u) & 0x3f : 0;
}

static void
uu_line(MimeTransfer *transfer, GString *out)
{
	const char *line = transfer->held;
	gsize left = transfer->n_held ? uu_value(transfer, 0) : 0;

	if (transfer->uu == UU_BEFORE) {
		if (transfer->n_held > 6 && memcmp(line, "begin ", 6) == 0)
			transfer->uu = UU_DATA;
		return;
	}
	if (transfer->uu == UU_AFTER || left == 0)
		return;
	if (transfer->n_held == 3 && memcmp(line, "end", 3) == 0) {
		transfer->uu = UU_AFTER;
		return;
	}
	for (gsize i = 1; left > 0; i += 4) {
		guint32 group = uu_value(transfer, i) << 18 | uu_value(transfer, i + 1) << 12 |
				uu_value(transfer, i + 2) << 6 | uu_value(transfer, i + 3);

		for (int shift = 16; shift >= 0 && left > 0; shift -= 8, left--)
			g_string_append_c(out, (char)(group >> shift));
	}
}

static void
step_uu(MimeTransfer *transfer, const char *bytes, gsize len, GString *out)
{
	for (gsize i = 0; i < len; i++) {
		if (bytes[i] == '\n') {
			uu_line(transfer, out);
			transfer->n_held = 0;
		} else if (bytes[i] != '\r' && transfer->n_held < MAX_HELD) {
			transfer->held[transfer->n_held++] = bytes[i];
		}
	}
}

/* --- All --------------------------------------------------------------------------------------- */

static void
step_identity(MimeTransfer *transfer, const char *bytes, gsize len, GString *out)
{
	g_string_append_len(out, bytes, (gssize)len);
}

static void
end_identity(MimeTransfer *transfer, GString *out)
{
}

static const struct {
	const char *name;
	Step step;
	End end;
} kinds[] = {
	{"base64", step_base64, end_base64},
	{"quoted-printable", step_qp, qp_give_up},
	{"x-uuencode", step_uu, uu_line},
	{"x-uue", step_uu, uu_line},
	{"uuencode", step_uu, uu_line},
};

char *
mime_transfer_name(const char *field)
{
	const char *start = field + strspn(field, " \t\r\n\"'");

	return g_strndup(start, strcspn(start, " \t\r\n\"',;.("));
}

/* Sets nothing when octets pass as they are. */
static gboolean
find_kind(const char *encoding, Step *out_step, End *out_end)
{
	g_autofree char *name = mime_transfer_name(encoding ? encoding : "");

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_ascii_strcasecmp(name, kinds[i].name) != 0)
			continue;
		*out_step = kinds[i].step;
		*out_end = kinds[i].end;
		return TRUE;
	}
	return FALSE;
}

gboolean
mime_transfer_is_coded(const char *encoding)
{
	Step step;
	End end;

	return find_kind(encoding, &step, &end);
}

MimeTransfer *
mime_transfer_new(const char *encoding)
{
	MimeTransfer *transfer = g_new0(MimeTransfer, 1);

	transfer->step = step_identity;
	transfer->end = end_identity;
	(void)find_kind(encoding, &transfer->step, &transfer->end);
	return transfer;
}

void
mime_transfer_free(MimeTransfer *transfer)
{
	g_free(transfer);
}

void
mime_transfer_feed(MimeTransfer *transfer, const char *bytes, gsize len, GString *out)
{
	transfer->step(transfer, bytes, len, out);
}

void
mime_transfer_end(MimeTransfer *transfer, GString *out)
{
	transfer->end(transfer, out);
}

GBytes *
mime_transfer_decode(GBytes *bytes, const char *encoding)
{
	g_autoptr(MimeTransfer) transfer = encoding ? mime_transfer_new(encoding) : NULL;
	GString *text;
	gsize len = 0;
	const char *data;

	if (!transfer)
		return g_bytes_ref(bytes);
	data = g_bytes_get_data(bytes, &len);
	text = g_string_new(NULL);
	mime_transfer_feed(transfer, data, len, text);
	mime_transfer_end(transfer, text);
	return g_string_free_to_bytes(text);
}
