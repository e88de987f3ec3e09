#include "store/carve.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES_MAX         (256 * 1024)      /* 1 GiB: a journal is far smaller */
#define PAYLOAD_BYTES_MAX (8 * 1024 * 1024) /* as in store/db.c */

#define WAL_HEADER_BYTES 32
#define FRAME_BYTES      24 /* before the page */

enum { PAGE_INDEX_INTERIOR = 2, PAGE_INTERIOR = 5, PAGE_INDEX_LEAF = 10, PAGE_LEAF = 13 };

typedef struct {
	int fd, wal;         /* -1: there is none */
	GHashTable *in_wal;  /* page number -> its newest frame, counted from 1 */
	gboolean big_endian; /* the sums of the WAL */
	gboolean wal_bad;    /* there is damage in it */
	guint32 pages;       /* the file's, or more when the WAL has more */
	GByteArray *known;   /* of gboolean by page number: it is clear what it holds */
	guint32 chain_left;  /* overflow pages that may still be read: each belongs to one row */
	GByteArray *payload; /* of the row in hand */
	CarveTake take;
	gpointer user;
	CarveLost lost;
} Carve;

static guint32
get32(const guint8 *at)
{
	return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static guint
get16(const guint8 *at)
{
	return (guint)at[0] << 8 | at[1];
}

/* A number of 1 to 9 octets at *AT, which moves behind it and not beyond END. */
static gboolean
get_varint(const guint8 **at, const guint8 *end, guint64 *out_value)
{
	guint64 value = 0;

	for (guint i = 0; i < 9 && *at < end; i++) {
		guint8 octet = *(*at)++;

		value = i == 8 ? value << 8 | octet : value << 7 | (octet & 0x7f);
		if (i == 8 || !(octet & 0x80)) {
			*out_value = value;
			return TRUE;
		}
	}
	return FALSE;
}

/* ---- pages ---- */

static gboolean
read_at(int fd, void *buffer, gsize len, gint64 at)
{
	gssize n;

	do
		n = pread(fd, buffer, len, at);
	while (n < 0 && errno == EINTR);
	return n == (gssize)len;
}

static gint64
frame_at(guint frame)
{
	return WAL_HEADER_BYTES + (gint64)(frame - 1) * (FRAME_BYTES + CARVE_PAGE);
}

static gboolean
read_page(const Carve *carve, guint32 number, guint8 *page)
{
	guint frame =
		GPOINTER_TO_UINT(g_hash_table_lookup(carve->in_wal, GUINT_TO_POINTER(number)));

	if (frame)
		return read_at(carve->wal, page, CARVE_PAGE, frame_at(frame) + FRAME_BYTES);
	return read_at(carve->fd, page, CARVE_PAGE, (gint64)(number - 1) * CARVE_PAGE);
}

/* The sums of the WAL: each goes on from the one before, in the byte order that the header says. */
static void
sum_on(guint8 *sum, const guint8 *data, gsize len, gboolean big_endian)
{
	guint32 first = get32(sum), second = get32(sum + 4);

	for (gsize i = 0; i + 8 <= len; i += 8) {
		guint32 words[2] = {get32(data + i), get32(data + i + 4)};

		first += (big_endian ? words[0] : GUINT32_SWAP_LE_BE(words[0])) + second;
		second += (big_endian ? words[1] : GUINT32_SWAP_LE_BE(words[1])) + first;
	}
	for (guint i = 0; i < 4; i++) {
		sum[i] = (guint8)(first >> (24 - 8 * i));
		sum[4 + i] = (guint8)(second >> (24 - 8 * i));
	}
}

/* SUM: of the frame before as it stands in the file, afterwards of this one. */
static gboolean
frame_is_right(const Carve *carve, guint n, const guint8 *frame, guint8 *sum)
{
	guint8 page[CARVE_PAGE], should[8];
	gboolean read = read_at(carve->wal, page, sizeof page, frame_at(n) + FRAME_BYTES);

	memcpy(should, sum, sizeof should);
	memcpy(sum, frame + 16, sizeof should);
	sum_on(should, frame, 8, carve->big_endian);
	if (read)
		sum_on(should, page, sizeof page, carve->big_endian);
	return read && memcmp(should, frame + 16, sizeof should) == 0;
}

/* FALSE: there is no frame, or the file can't be read. What stands in the first frame is taken for what a
 * damaged header has lost. */
static gboolean
read_wal_header(Carve *carve, guint8 *salts, guint8 *sum)
{
	guint8 header[WAL_HEADER_BYTES], frame[FRAME_BYTES], should[8] = {0};

	if (carve->wal < 0 || !read_at(carve->wal, header, sizeof header, 0) ||
		!read_at(carve->wal, frame, sizeof frame, frame_at(1)))
		return FALSE;
	carve->big_endian = header[3] & 1;
	sum_on(should, header, 24, carve->big_endian);
	carve->wal_bad = memcmp(should, header + 24, sizeof should) != 0;
	memcpy(salts, carve->wal_bad ? frame + 8 : header + 16, 8);
	memcpy(sum, header + 24, 8);
	return TRUE;
}

static void
take_turn(Carve *carve, GHashTable *turn)
{
	GHashTableIter iter;
	gpointer key, value;

	g_hash_table_iter_init(&iter, turn);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		g_hash_table_insert(carve->in_wal, key, value);
		carve->pages = MAX(carve->pages, GPOINTER_TO_UINT(key));
	}
	g_hash_table_remove_all(turn);
}

/* What was committed since the WAL began anew, which gave it the two numbers that each of its frames has.
 * SQLite takes a frame that is not right for the end, as it is when the last turn was cut short. Where
 * another turn follows it is damage; and a damaged frame may still hold rows that are whole. */
static void
read_wal(Carve *carve)
{
	g_autoptr(GHashTable) turn = g_hash_table_new(NULL, NULL);
	guint8 frame[FRAME_BYTES], salts[8], sum[8];
	gboolean gap = FALSE, bad = FALSE, bad_before = FALSE;

	if (!read_wal_header(carve, salts, sum))
		return;
	for (guint n = 1; read_at(carve->wal, frame, sizeof frame, frame_at(n)); n++) {
		guint32 number = get32(frame);

		/* Left from the time before; if not, more that belongs here will follow. */
		if (memcmp(frame + 8, salts, sizeof salts) != 0) {
			memcpy(sum, frame + 16, sizeof sum);
			gap = TRUE;
			continue;
		}
		carve->wal_bad |= bad_before;
		bad |= gap | !frame_is_right(carve, n, frame, sum);
		if (number && number <= PAGES_MAX)
			g_hash_table_insert(turn, GUINT_TO_POINTER(number), GUINT_TO_POINTER(n));
		if (!get32(frame +
			    4)) /* only the last frame of a turn says how many pages there are */
			continue;
		take_turn(carve, turn);
		bad_before = bad;
	}
}

/* ---- a row ---- */

static gboolean
read_overflow(Carve *carve, guint32 number, gsize len)
{
	guint8 page[CARVE_PAGE];

	while (len) {
		gsize here = MIN(len, CARVE_PAGE - 4);

		if (!number || number > carve->pages || !carve->chain_left ||
			!read_page(carve, number, page))
			return FALSE;
		carve->chain_left--;
		carve->known->data[number] = TRUE;
		g_byte_array_append(carve->payload, page + 4, (guint)here);
		len -= here;
		number = get32(page);
	}
	return TRUE;
}

/* The payload of the row whose cell is at AT in PAGE. */
static gboolean
read_cell(Carve *carve, const guint8 *page, guint at, gint64 *out_id)
{
	const guint8 *from = page + at, *end = page + CARVE_PAGE;
	const gsize most = CARVE_PAGE - 35, least = (CARVE_PAGE - 12) * 32 / 255 - 23;
	guint64 len, id;
	gsize local;

	if (!get_varint(&from, end, &len) || !get_varint(&from, end, &id) ||
		len > PAYLOAD_BYTES_MAX)
		return FALSE;
	local = (gsize)len;
	if (local > most) {
		local = least + (gsize)(len - least) % (CARVE_PAGE - 4);
		local = local <= most ? local : least;
	}
	if ((gsize)(end - from) < local + (local < len ? 4 : 0))
		return FALSE;
	g_byte_array_set_size(carve->payload, 0);
	g_byte_array_append(carve->payload, from, (guint)local);
	*out_id = (gint64)id;
	return local == len || read_overflow(carve, get32(from + local), (gsize)len - local);
}

static gint64
get_number(const guint8 *at, gsize len)
{
	guint64 value = len && at[0] & 0x80 ? G_MAXUINT64 : 0;

	for (gsize i = 0; i < len; i++)
		value = value << 8 | at[i];
	return (gint64)value;
}

/* The value of the kind CODE at *AT, which moves behind it. */
static gboolean
read_value(guint64 code, const guint8 **at, const guint8 *end, CarveValue *out_value)
{
	static const guint8 lengths[] = {0, 1, 2, 3, 4, 6, 8};
	gsize len = 0;

	if (code < G_N_ELEMENTS(lengths))
		len = lengths[code];
	else if (code >= 12 && (code - 12) / 2 <= PAYLOAD_BYTES_MAX)
		len = (gsize)(code - 12) / 2;
	else if (code != 8 && code != 9) /* 7 is a float: there are none */
		return FALSE;
	if ((gsize)(end - *at) < len)
		return FALSE;
	*out_value = (CarveValue){.data = *at, .len = len};
	if (code >= 12)
		out_value->type = code % 2 ? CARVE_TEXT : CARVE_BLOB;
	else if (code)
		out_value->type = CARVE_NUMBER;
	if (out_value->type == CARVE_NUMBER)
		out_value->number = code == 9 ? 1 : get_number(*at, len);
	*at += len;
	return TRUE;
}

/* Splits the payload into the values of the row; 0: it makes none. */
static guint
read_values(const GByteArray *payload, CarveValue *values)
{
	const guint8 *kinds = payload->data, *end = kinds + payload->len, *at;
	guint64 header;
	guint n = 0;

	if (!get_varint(&kinds, end, &header) || header > payload->len ||
		payload->data + header < kinds)
		return 0;
	at = payload->data + header;
	while (kinds < payload->data + header) {
		guint64 code;

		if (n == CARVE_COLUMNS_MAX || !get_varint(&kinds, payload->data + header, &code) ||
			!read_value(code, &at, end, &values[n++]))
			return 0;
	}
	return at == end ? n : 0;
}

static gboolean
take_row(Carve *carve, const guint8 *page, guint at)
{
	CarveValue values[CARVE_COLUMNS_MAX];
	gint64 id;
	guint n;

	if (at < 8 || at >= CARVE_PAGE || !read_cell(carve, page, at, &id))
		return FALSE;
	n = read_values(carve->payload, values);
	return n && carve->take(id, values, n, carve->user);
}

/* ---- all pages ---- */

static void
take_leaf(Carve *carve, guint32 number, const guint8 *page)
{
	guint cells = get16(page + 3);

	if (8 + 2 * cells > CARVE_PAGE)
		return;
	carve->known->data[number] = TRUE;
	for (guint i = 0; i < cells; i++)
		carve->lost.broken += !take_row(carve, page, get16(page + 8 + 2 * i));
}

static void
take_page(Carve *carve, guint32 number)
{
	guint8 page[CARVE_PAGE];

	if (!read_page(carve, number, page))
		return;
	if (page[0] == PAGE_LEAF)
		take_leaf(carve, number, page);
	else if (page[0] == PAGE_INTERIOR || page[0] == PAGE_INDEX_LEAF ||
		 page[0] == PAGE_INDEX_INTERIOR)
		carve->known->data[number] =
			TRUE; /* no rows in there but parcels: store/salvage.h */
}

/* Whether UNKNOWN pages are more than those that the file's header says are free, or whether the file was
 * longer. */
static gboolean
is_more(const Carve *carve, guint unknown)
{
	guint8 page[CARVE_PAGE];

	if (!read_page(carve, 1, page) || memcmp(page, "SQLite format 3", 16) != 0)
		return TRUE; /* nobody knows */
	return get32(page + 28) > carve->pages || unknown > get32(page + 36);
}

static void
take_all(Carve *carve, guint skip)
{
	guint unknown = 0;

	g_byte_array_set_size(carve->known, carve->pages + 1);
	memset(carve->known->data, FALSE, carve->known->len);
	carve->chain_left = carve->pages;
	for (guint32 number = skip + 1; number <= carve->pages; number++)
		take_page(carve, number);
	for (guint32 number = skip + 1; number <= carve->pages; number++)
		unknown += !carve->known->data[number];
	carve->lost.more = carve->wal_bad || is_more(carve, unknown);
}

static void
carve_clear(Carve *carve)
{
	if (carve->fd >= 0)
		close(carve->fd);
	if (carve->wal >= 0)
		close(carve->wal);
	g_hash_table_unref(carve->in_wal);
	g_byte_array_unref(carve->known);
	g_byte_array_unref(carve->payload);
}

static void
carve_init(Carve *carve, const char *file)
{
	g_autofree char *wal = g_strconcat(file, "-wal", NULL);

	*carve = (Carve){.fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC),
		.wal = open(wal, O_RDONLY | O_NOFOLLOW | O_CLOEXEC),
		.in_wal = g_hash_table_new(NULL, NULL),
		.known = g_byte_array_new(),
		.payload = g_byte_array_new()};
}

gboolean
carve_wal_is_damaged(const char *file)
{
	Carve carve;

	carve_init(&carve, file);
	read_wal(&carve);
	carve_clear(&carve);
	return carve.wal_bad;
}

gboolean
carve_rows(const char *file, guint skip, CarveTake take, gpointer user, CarveLost *out_lost,
	GError **error)
{
	Carve carve;
	struct stat info;
	gboolean good;

	carve_init(&carve, file);
	carve.take = take;
	carve.user = user;
	good = carve.fd >= 0 && fstat(carve.fd, &info) == 0;
	if (good) {
		gint64 pages = (info.st_size + CARVE_PAGE - 1) / CARVE_PAGE;

		carve.pages = (guint32)MIN(pages, PAGES_MAX);
		read_wal(&carve);
		take_all(&carve, skip);
		*out_lost = carve.lost;
	} else {
		err_set(error, ERR_DISK, "The file %s can't be read: %s.", file, g_strerror(errno));
	}
	carve_clear(&carve);
	return good;
}
