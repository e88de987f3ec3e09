#include "pixels.h"

#include "config.h"

#include <gio/gio.h>
#include <string.h>

#ifdef HAVE_PICTURES
#include <chafa.h>
#endif

#define ST "\033\\"

static void
pixels_clear(gpointer data)
{
	Pixels *pixels = data;
	g_clear_pointer(&pixels->draw, g_bytes_unref);
}

Pixels *
pixels_ref(Pixels *pixels)
{
	return g_atomic_rc_box_acquire(pixels);
}

void
pixels_unref(Pixels *pixels)
{
	if (pixels)
		g_atomic_rc_box_release_full(pixels, pixels_clear);
}

/* ---- kitty ---- */

/* One number is enough: of two Posterns on one terminal only one has it at a time. Each piece says q=2, "no answer":
 * some terminals forget it from one to the next. */
#define KITTY_ID "1349481332"

enum { KITTY_PIECE = 4096 }; /* of base64: the most that the protocol allows */

/* Each pixel of TO is the mean of those of FROM that it covers; colours weigh as much as they are seen. */
static guint8 *
shrink(const Picture *from, guint width, guint height)
{
	const guint8 *rgba = g_bytes_get_data(from->rgba, NULL);
	guint8 *out = g_malloc((gsize)width * height * 4), *to = out;
	for (guint i = 0; i < width * height; i++, to += 4) {
		guint left = i % width * from->width / width;
		guint right = (i % width + 1) * from->width / width;
		guint top = i / width * from->height / height;
		guint bottom = (i / width + 1) * from->height / height;
		guint64 sums[4] = {0};
		for (guint y = top; y < bottom; y++) {
			const guint8 *pixel = rgba + ((gsize)y * from->width + left) * 4;
			for (guint x = left; x < right; x++, pixel += 4) {
				for (guint c = 0; c < 3; c++)
					sums[c] += (guint)pixel[c] * pixel[3];
				sums[3] += pixel[3];
			}
		}
		for (guint c = 0; c < 3; c++)
			to[c] = sums[3] > 0 ? (guint8)(sums[c] / sums[3]) : 0;
		to[3] = (guint8)(sums[3] / ((guint64)(right - left) * (bottom - top)));
	}
	return out;
}

static GBytes *
deflate_zlib(const guint8 *data, gsize len)
{
	g_autoptr(GZlibCompressor) zlib = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1);
	g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
	g_autoptr(GOutputStream) stream = g_converter_output_stream_new(memory, G_CONVERTER(zlib));
	if (!g_output_stream_write_all(stream, data, len, NULL, NULL, NULL) ||
		!g_output_stream_close(stream, NULL, NULL))
		return NULL;
	return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
}

/* The first piece says what it is, the last one that it is the last. */
static GString *
encode_kitty(const Picture *picture, guint width, guint height)
{
	g_autofree guint8 *rgba = shrink(picture, width, height);
	g_autoptr(GBytes) packed = deflate_zlib(rgba, (gsize)width * height * 4);
	if (!packed)
		return NULL;
	g_autofree char *words =
		g_base64_encode(g_bytes_get_data(packed, NULL), g_bytes_get_size(packed));
	gsize len = strlen(words);
	GString *out = g_string_sized_new(len + len / 64 + 128);
	for (gsize at = 0; at < len; at += KITTY_PIECE) {
		g_string_append(out, "\033_G");
		if (at == 0)
			g_string_append_printf(
				out, "a=T,i=" KITTY_ID ",f=32,o=z,s=%u,v=%u,C=1,", width, height);
		g_string_append_printf(out, "q=2,m=%d;", at + KITTY_PIECE < len);
		g_string_append_len(out, words + at, (gssize)MIN(len - at, KITTY_PIECE));
		g_string_append(out, ST);
	}
	return out;
}

/* ---- sixel ---- */

#ifdef HAVE_PICTURES

/* As one cell of that size: so the picture keeps its proportions to the pixel. */
static GString *
encode_sixel(const Picture *picture, guint width, guint height)
{
	ChafaCanvasConfig *config = chafa_canvas_config_new();
	chafa_canvas_config_set_geometry(config, 1, 1);
	chafa_canvas_config_set_cell_geometry(config, (gint)width, (gint)height);
	chafa_canvas_config_set_pixel_mode(config, CHAFA_PIXEL_MODE_SIXELS);
	ChafaCanvas *canvas = chafa_canvas_new(config);
	ChafaTermInfo *info = chafa_term_db_get_fallback_info(chafa_term_db_get_default());
	chafa_canvas_draw_all_pixels(canvas, CHAFA_PIXEL_RGBA8_UNASSOCIATED,
		g_bytes_get_data(picture->rgba, NULL), (gint)picture->width, (gint)picture->height,
		(gint)picture->width * 4);
	GString *out = chafa_canvas_print(canvas, info);
	chafa_term_info_unref(info);
	chafa_canvas_unref(canvas);
	chafa_canvas_config_unref(config);
	return out;
}

#else

static GString *
encode_sixel(const Picture *picture, guint width, guint height)
{
	return NULL;
}

#endif

/* One sequence that begins with BEGIN and ends with ST, without a control character between them. */
static gboolean
is_sequence(const char *text, gsize len, const char *begin)
{
	gsize from = strlen(begin), to = len - MIN(len, strlen(ST));
	if (from >= to || memcmp(text, begin, from) != 0 || memcmp(text + to, ST, strlen(ST)) != 0)
		return FALSE;
	for (gsize i = from; i < to; i++) {
		if (text[i] < 0x20 || text[i] > 0x7e)
			return FALSE;
	}
	return TRUE;
}

/* ---- both ---- */

static void
fit(const Picture *picture, guint room_width, guint room_height, guint *out_width,
	guint *out_height)
{
	guint64 width = MIN(picture->width, room_width), height = picture->height;
	height = MAX((height * width + picture->width / 2) / picture->width, 1);
	if (height > room_height) {
		height = room_height;
		width = MAX(height * picture->width / picture->height, 1);
	}
	*out_width = (guint)width;
	*out_height = (guint)height;
}

Pixels *
pixels_new(const Picture *picture, guint cols, guint rows, const PixelsMeans *means)
{
	enum { SIXEL_TALL = 6 };
	guint width, height;
	gboolean kitty = means->kind == PIXELS_KITTY;
	guint room_width = MIN(cols * means->cell_width, PIXELS_SIDE_MAX);
	guint room_height = MIN(rows * means->cell_height, PIXELS_SIDE_MAX);
	if (means->kind == PIXELS_NONE || room_width == 0 || room_height < SIXEL_TALL)
		return NULL;
	fit(picture, room_width, room_height, &width, &height);
	if (!kitty) /* the last row is whole, or it would reach into the next cell */
		height = MAX(height - height % SIXEL_TALL, SIXEL_TALL);
	GString *draw =
		kitty ? encode_kitty(picture, width, height) : encode_sixel(picture, width, height);
	if (!draw)
		return NULL;
	g_autoptr(GBytes) bytes = g_string_free_to_bytes(draw);
	gsize len = g_bytes_get_size(bytes);
	if (len > PIXELS_BYTES_MAX ||
		(!kitty && !is_sequence(g_bytes_get_data(bytes, NULL), len, "\033P")))
		return NULL;
	Pixels *pixels = g_atomic_rc_box_new0(Pixels);
	*pixels = (Pixels){.cols = (width + means->cell_width - 1) / means->cell_width,
		.rows = (height + means->cell_height - 1) / means->cell_height,
		.draw = g_steal_pointer(&bytes),
		.stop = kitty ? ST "\033_Gq=2,m=0;" ST : ST,
		.remove = kitty ? "\033_Ga=d,d=I,i=" KITTY_ID ",q=2;" ST : ""};
	return pixels;
}
