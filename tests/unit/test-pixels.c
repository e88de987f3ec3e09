/* What becomes of the pixels of a picture: cells, and the bytes by which a terminal draws it. */
#include "mosaic.h"
#include "pixels.h"

#include <glib.h>
#include <string.h>
#include <zlib.h>

/* Red on the left, blue on the right, and green more from row to row; with ALPHA nothing in the upper half. */
static Picture
make_picture(guint width, guint height, gboolean alpha)
{
	guint8 *rgba = g_malloc((gsize)width * height * 4), *to = rgba;
	for (guint y = 0; y < height; y++) {
		for (guint x = 0; x < width; x++, to += 4) {
			to[0] = x < width / 2 ? 250 : 0;
			to[1] = (guint8)(y * 200 / height);
			to[2] = x < width / 2 ? 0 : 250;
			to[3] = alpha && y < height / 2 ? 0 : 255;
		}
	}
	return (Picture){
		width, height, width, height, g_bytes_new_take(rgba, (gsize)width * height * 4)};
}

static void
assert_near(const guint8 *rgba, int red, int green, int blue)
{
	if (ABS(rgba[0] - red) > 6 || ABS(rgba[1] - green) > 6 || ABS(rgba[2] - blue) > 6)
		g_error("%u %u %u, not %d %d %d", rgba[0], rgba[1], rgba[2], red, green, blue);
}

/* ---- cells ---- */

static void
check_cells(const Mosaic *mosaic, const PaintMeans *means)
{
	g_autoptr(GHashTable) pairs = g_hash_table_new(NULL, NULL);
	for (guint row = 0; row < mosaic_rows(mosaic); row++) {
		for (guint col = 0; col < mosaic_cols(mosaic); col++) {
			const PaintCell *cell = mosaic_cell(mosaic, row, col);
			g_assert_cmpint(cell->fg, <, (gint)MAX(means->colors, 1));
			g_assert_cmpint(cell->bg, <, (gint)MAX(means->colors, 1));
			g_assert_true(means->colors > 0 || (cell->fg < 0 && cell->bg < 0));
			g_assert_true(g_unichar_isprint(cell->character));
			g_assert_false(g_unichar_iswide(cell->character));
			g_assert_true(means->utf8 || cell->character < 0x7f);
			if (cell->bg >= 0)
				g_hash_table_add(pairs,
					GINT_TO_POINTER((cell->fg + 1) << 9 | (cell->bg + 1)));
		}
	}
	g_assert_cmpuint(g_hash_table_size(pairs), <=, means->pairs / 2);
}

static void
test_mosaic(void)
{
	static const PaintMeans means[] = {{256, 65536, TRUE}, {256, 65536, FALSE}, {256, 20, TRUE},
		{16, 256, TRUE}, {8, 64, TRUE}, {0, 0, TRUE}, {0, 0, FALSE}};
	g_auto(Picture) picture = make_picture(400, 200, FALSE);
	for (gsize i = 0; i < G_N_ELEMENTS(means); i++) {
		g_autoptr(Mosaic) mosaic = mosaic_new(&picture, 80, 24, &means[i]);
		g_assert_cmpuint(mosaic_cols(mosaic), ==, 80);
		g_assert_cmpuint(mosaic_rows(mosaic), ==, 20);
		check_cells(mosaic, &means[i]);
	}
	g_assert_null(mosaic_new(&picture, 0, 24, means));
	g_assert_null(mosaic_new(&picture, 80, 0, means));
}

/* Red is on the left and blue on the right on the screen, too. */
static void
test_mosaic_colors(void)
{
	const PaintMeans means = {256, 65536, TRUE};
	g_auto(Picture) picture = make_picture(16, 8, FALSE);
	g_autoptr(Mosaic) mosaic = mosaic_new(&picture, 80, 24, &means);
	g_assert_cmpuint(mosaic_cols(mosaic), ==, 16); /* a pixel is no larger than a cell */
	g_assert_cmpuint(mosaic_rows(mosaic), ==, 4);
	g_assert_cmpint(mosaic_cell(mosaic, 0, 1)->bg, ==, 196);
	g_assert_cmpint(mosaic_cell(mosaic, 0, 14)->bg, ==, 21);
}

static void
test_mosaic_extremes(void)
{
	static const guint sides[][2] = {{1, 1}, {1000, 1}, {1, 1000}, {1024, 1024}};
	const PaintMeans means = {256, 65536, TRUE};
	for (gsize i = 0; i < G_N_ELEMENTS(sides); i++) {
		g_auto(Picture) picture = make_picture(sides[i][0], sides[i][1], FALSE);
		for (guint cols = 1; cols < 200; cols += 33) {
			g_autoptr(Mosaic) mosaic = mosaic_new(&picture, cols, 1 + cols / 3, &means);
			g_assert_cmpuint(mosaic_cols(mosaic), <=, cols);
			g_assert_cmpuint(mosaic_rows(mosaic), <=, 1 + cols / 3);
			check_cells(mosaic, &means);
		}
	}
}

/* ---- pixels ---- */

/* One sequence, with no control character but those around it. */
static void
check_sequence(const char *text, gsize len)
{
	g_assert_cmpuint(len, >, 4);
	g_assert_true(memcmp(text + len - 2, "\033\\", 2) == 0);
	g_assert_true(text[0] == '\033' && (text[1] == 'P' || text[1] == '_'));
	for (gsize i = 2; i < len - 2; i++)
		g_assert_true(text[i] >= 0x20 && text[i] <= 0x7e);
}

static void
check_sixel(const Pixels *pixels, guint width, guint height)
{
	gsize len;
	const char *draw = g_bytes_get_data(pixels->draw, &len);
	g_autofree char *begin = g_strdup_printf("\033P0;1;0q\"1;1;%u;%u#", width, height);
	check_sequence(draw, len);
	g_assert_true(g_str_has_prefix(draw, begin));
	g_assert_cmpstr(pixels->stop, ==, "\033\\");
	g_assert_cmpstr(pixels->remove, ==, "");
}

static void
test_sixel(void)
{
	const PixelsMeans means = {PIXELS_SIXEL, 10, 20};
	g_auto(Picture) picture = make_picture(400, 200, FALSE);
	g_autoptr(Pixels) whole = pixels_new(&picture, 80, 24, &means);
	check_sixel(whole, 400, 198); /* rows of six pixels that are whole */
	g_assert_cmpuint(whole->cols, ==, 40);
	g_assert_cmpuint(whole->rows, ==, 10);
	g_autoptr(Pixels) narrow = pixels_new(&picture, 20, 24, &means);
	check_sixel(narrow, 200, 96);
	g_autoptr(Pixels) low = pixels_new(&picture, 80, 1, &means);
	check_sixel(low, 40, 18);
	g_assert_cmpuint(low->rows, ==, 1);
}

/* Puts the pieces together. */
static GByteArray *
unpack_kitty(const Pixels *pixels, char **out_keys)
{
	gsize len, size;
	const char *draw = g_bytes_get_data(pixels->draw, &len);
	g_autofree char *text = g_strndup(draw, len);
	g_auto(GStrv) pieces = g_strsplit(text, "\033_G", -1);
	g_autoptr(GString) words = g_string_new(NULL);
	guint n = g_strv_length(pieces);
	for (guint i = 1; i < n; i++) {
		char *data = strchr(pieces[i], ';');
		g_assert_true(g_str_has_suffix(pieces[i], "\033\\"));
		g_assert_nonnull(data);
		pieces[i][strlen(pieces[i]) - 2] = '\0';
		*data++ = '\0';
		g_assert_cmpuint(strlen(data), <=, 4096);
		g_assert_true(g_str_has_suffix(pieces[i], i + 1 < n ? "q=2,m=1" : "q=2,m=0"));
		g_string_append(words, data);
	}
	*out_keys = g_strdup(pieces[1]);
	g_autofree guchar *packed = g_base64_decode(words->str, &size);
	GByteArray *rgba = g_byte_array_new();
	g_byte_array_set_size(rgba, 8 * 1024 * 1024);
	uLongf rgba_len = rgba->len;
	g_assert_cmpint(uncompress(rgba->data, &rgba_len, packed, size), ==, Z_OK);
	g_byte_array_set_size(rgba, (guint)rgba_len);
	return rgba;
}

static void
test_kitty(void)
{
	const PixelsMeans means = {PIXELS_KITTY, 10, 20};
	g_auto(Picture) picture = make_picture(400, 200, TRUE);
	g_autofree char *keys = NULL, *small_keys = NULL;
	g_autoptr(Pixels) whole = pixels_new(&picture, 80, 24, &means);
	g_autoptr(GByteArray) rgba = unpack_kitty(whole, &keys);
	gsize len;
	gconstpointer sent = g_bytes_get_data(picture.rgba, &len);
	g_assert_true(g_str_has_prefix(keys, "a=T,i="));
	g_assert_nonnull(strstr(keys, ",f=32,o=z,s=400,v=200,C=1,"));
	g_assert_cmpmem(rgba->data + 100 * 1600, rgba->len - 100 * 1600,
		(const guint8 *)sent + 100 * 1600, len - 100 * 1600); /* above it nothing is seen */
	g_assert_cmpuint(rgba->data[3], ==, 0);
	g_assert_nonnull(strstr(whole->remove, "a=d,d=I,i="));
	g_autoptr(Pixels) small = pixels_new(&picture, 10, 24, &means);
	g_autoptr(GByteArray) few = unpack_kitty(small, &small_keys);
	g_assert_nonnull(strstr(small_keys, ",s=100,v=50,"));
	g_assert_cmpuint(few->len, ==, 100 * 50 * 4);
	assert_near(few->data + (40 * 100 + 10) * 4, 250, 162, 0);
	assert_near(few->data + (40 * 100 + 90) * 4, 0, 162, 250);
}

static void
test_pixels_extremes(void)
{
	static const guint sides[][2] = {{1, 1}, {1024, 1}, {1, 1024}, {1024, 1024}, {5, 7}};
	static const PixelsKind kinds[] = {PIXELS_SIXEL, PIXELS_KITTY};
	for (gsize i = 0; i < 2 * G_N_ELEMENTS(sides); i++) {
		g_auto(Picture) picture = make_picture(sides[i / 2][0], sides[i / 2][1], FALSE);
		for (guint cell = 3; cell <= 200; cell += 60) {
			const PixelsMeans means = {kinds[i % 2], cell, 2 * cell};
			for (guint cols = 1; cols < 300; cols += 90) {
				guint rows = 1 + cols / 3;
				g_autoptr(Pixels) pixels = pixels_new(&picture, cols, rows, &means);
				g_assert_cmpuint(pixels->cols, <=, cols);
				g_assert_cmpuint(pixels->rows, <=, rows);
				g_assert_cmpuint(
					g_bytes_get_size(pixels->draw), <=, PIXELS_BYTES_MAX);
			}
		}
		const PixelsMeans tiny = {kinds[i % 2], 2, 4}, none = {PIXELS_NONE, 10, 20};
		g_assert_null(pixels_new(&picture, 80, 1, &tiny));
		g_assert_null(pixels_new(&picture, 0, 24, &(PixelsMeans){kinds[i % 2], 10, 20}));
		g_assert_null(pixels_new(&picture, 80, 24, &none));
	}
}

/* Nothing packs well, and still it is no more than may be sent. */
static void
test_noise(void)
{
	static const PixelsKind kinds[] = {PIXELS_SIXEL, PIXELS_KITTY};
	GRand *rand = g_rand_new_with_seed(5);
	g_auto(Picture) picture = make_picture(PICTURE_SIDE_MAX, PICTURE_SIDE_MAX, FALSE);
	gsize len;
	guint8 *rgba = g_bytes_unref_to_data(g_steal_pointer(&picture.rgba), &len);
	for (gsize i = 0; i < len; i++)
		rgba[i] = (guint8)g_rand_int(rand);
	picture.rgba = g_bytes_new_take(rgba, len);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		const PixelsMeans means = {kinds[i], 10, 20};
		g_autoptr(Pixels) pixels = pixels_new(&picture, 300, 200, &means);
		g_assert_nonnull(pixels);
		g_assert_cmpuint(g_bytes_get_size(pixels->draw), <=, PIXELS_BYTES_MAX);
	}
	g_rand_free(rand);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mosaic/means", test_mosaic);
	g_test_add_func("/mosaic/colors", test_mosaic_colors);
	g_test_add_func("/mosaic/extremes", test_mosaic_extremes);
	g_test_add_func("/pixels/sixel", test_sixel);
	g_test_add_func("/pixels/kitty", test_kitty);
	g_test_add_func("/pixels/extremes", test_pixels_extremes);
	g_test_add_func("/pixels/noise", test_noise);
	return g_test_run();
}
