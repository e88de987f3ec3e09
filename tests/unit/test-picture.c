/* Pictures: postern-picture, run as a process on good and on hostile ones, and what it writes. */
#include "picture.h"

#include "config.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#ifdef HAVE_GIF
#include <gif_lib.h>
#endif
#ifdef HAVE_WEBP
#include <webp/encode.h>
#endif

enum {
	OUTPUT_MAX = PICTURE_SIDE_MAX * PICTURE_SIDE_MAX * 4 + 64,
	MEMORY_MAX_KB = 384 * 1024,
	ROUNDS = 240
};

typedef struct {
	int status; /* as wait() has it */
	GBytes *out;
	char *said;
	long memory_kb;
} Outcome;

static void
outcome_clear(Outcome *outcome)
{
	g_bytes_unref(outcome->out);
	g_free(outcome->said);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

/* ---- the program ---- */

static GBytes *
read_all(int fd, gsize most)
{
	GByteArray *all = g_byte_array_new();
	guint8 piece[65536];
	for (gssize n; (n = read(fd, piece, sizeof piece)) > 0;) {
		g_byte_array_append(all, piece, (guint)n);
		g_assert_cmpuint(all->len, <=, most);
	}
	close(fd);
	return g_byte_array_free_to_bytes(all);
}

static int
file_with(const void *data, gsize len)
{
	g_autofree char *path = g_build_filename(g_get_tmp_dir(), "postern-picture-XXXXXX", NULL);
	int fd = g_mkstemp(path);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, data, len), ==, (gssize)len);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	g_unlink(path);
	return fd;
}

static void
start(int in, int out, int err)
{
	g_autofree char *program =
		g_build_filename(g_getenv("abs_top_builddir"), "postern-picture", NULL);
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	execl(program, program, "1024", "1024", (char *)NULL);
	_exit(127);
}

static void
run(const void *data, gsize len, Outcome *outcome)
{
	int out[2], err[2], in = file_with(data, len);
	struct rusage usage;
	g_assert_true(pipe(out) == 0 && pipe(err) == 0);
	pid_t pid = fork();
	if (pid == 0)
		start(in, out[1], err[1]);
	close(in);
	close(out[1]);
	close(err[1]);
	outcome->out = read_all(out[0], OUTPUT_MAX);
	g_autoptr(GBytes) said = read_all(err[0], 4096);
	gsize said_len = g_bytes_get_size(said);
	outcome->said = g_strndup(said_len ? g_bytes_get_data(said, NULL) : "", said_len);
	g_assert_cmpint(wait4(pid, &outcome->status, 0, &usage), ==, pid);
	outcome->memory_kb = usage.ru_maxrss;
}

/* One sentence and nothing else. */
static void
check_refused(const Outcome *outcome)
{
	gsize len = strlen(outcome->said);
	g_assert_true(WIFEXITED(outcome->status));
	g_assert_cmpint(WEXITSTATUS(outcome->status), ==, 1);
	g_assert_cmpuint(g_bytes_get_size(outcome->out), ==, 0);
	g_assert_cmpuint(len, >, 10);
	g_assert_true(g_str_has_suffix(outcome->said, ".\n"));
	g_assert_true(strchr(outcome->said, '\n') == outcome->said + len - 1);
}

static void
decode(const GByteArray *file, Picture *out_picture)
{
	g_auto(Outcome) outcome = {0};
	g_autoptr(GError) error = NULL;
	run(file->data, file->len, &outcome);
	g_assert_cmpstr(outcome.said, ==, "");
	g_assert_cmpint(outcome.status, ==, 0);
	g_assert_true(picture_parse(outcome.out, out_picture, &error));
	g_assert_no_error(error);
}

static void
refuse(const void *data, gsize len, const char *word)
{
	g_auto(Outcome) outcome = {0};
	run(data, len, &outcome);
	check_refused(&outcome);
	if (strstr(outcome.said, word) == NULL)
		g_error("\"%s\" is not in: %s", word, outcome.said);
}

static const guint8 *
pixel(const Picture *picture, guint x, guint y)
{
	const guint8 *rgba = g_bytes_get_data(picture->rgba, NULL);
	return rgba + ((gsize)y * picture->width + x) * 4;
}

static void
assert_near(const guint8 *rgba, int red, int green, int blue)
{
	if (ABS(rgba[0] - red) > 6 || ABS(rgba[1] - green) > 6 || ABS(rgba[2] - blue) > 6)
		g_error("%u %u %u, not %d %d %d", rgba[0], rgba[1], rgba[2], red, green, blue);
}

/* ---- files: red on the left, blue on the right, and green more from row to row ---- */

static void
paint(guint8 *to, guint width, guint height, guint channels)
{
	for (guint y = 0; y < height; y++) {
		for (guint x = 0; x < width; x++, to += channels) {
			to[0] = x < width / 2 ? 250 : 0;
			to[1] = (guint8)(y * 200 / height);
			to[2] = x < width / 2 ? 0 : 250;
			if (channels == 4)
				to[3] = y < height / 2 ? 0 : 255;
		}
	}
}

static GByteArray *
make_png(guint width, guint height, gboolean alpha)
{
	png_image image = {.version = PNG_IMAGE_VERSION,
		.width = width,
		.height = height,
		.format = alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB};
	g_autofree guint8 *pixels = g_malloc((gsize)width * height * 4);
	png_alloc_size_t size = 0;
	paint(pixels, width, height, alpha ? 4 : 3);
	g_assert_true(png_image_write_get_memory_size(image, size, 0, pixels, 0, NULL));
	GByteArray *out = g_byte_array_new();
	g_byte_array_set_size(out, (guint)size);
	g_assert_true(png_image_write_to_memory(&image, out->data, &size, 0, pixels, 0, NULL));
	g_byte_array_set_size(out, (guint)size);
	return out;
}

/* EXIF data with nothing in it but how the camera was held; 0: no EXIF data. */
static void
write_orientation(struct jpeg_compress_struct *jpeg, guint8 how)
{
	guint8 exif[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3,
		0, 0, 0, 1, 0, how, 0, 0, 0, 0, 0, 0};
	if (how != 0)
		jpeg_write_marker(jpeg, JPEG_APP0 + 1, exif, sizeof exif);
}

static GByteArray *
make_jpeg(guint width, guint height, gboolean progressive, guint8 how)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	unsigned char *data = NULL;
	unsigned long size = 0;
	g_autofree guint8 *pixels = g_malloc((gsize)width * height * 3);
	paint(pixels, width, height, 3);
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_mem_dest(&jpeg, &data, &size);
	jpeg.image_width = width;
	jpeg.image_height = height;
	jpeg.input_components = 3;
	jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 95, TRUE);
	if (progressive)
		jpeg_simple_progression(&jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	write_orientation(&jpeg, how);
	for (guint y = 0; y < height; y++) {
		JSAMPROW rows[] = {pixels + (gsize)y * width * 3};
		jpeg_write_scanlines(&jpeg, rows, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	GByteArray *out = g_byte_array_new();
	g_byte_array_append(out, data, (guint)size);
	free(data);
	return out;
}

#ifdef HAVE_GIF

static int
write_gif(GifFileType *gif, const GifByteType *data, int len)
{
	g_byte_array_append(gif->UserData, data, (guint)len);
	return len;
}

/* Red, blue and nothing from left to right. */
static GByteArray *
make_gif(guint width, guint height, gboolean interlaced)
{
	static const guint8 starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
	static const GifColorType colors[] = {{250, 0, 0}, {0, 0, 250}, {9, 9, 9}, {0, 0, 0}};
	const GraphicsControlBlock control = {.TransparentColor = 2};
	GByteArray *out = g_byte_array_new();
	GifByteType extension[4];
	GifFileType *gif = EGifOpen(out, write_gif, NULL);
	ColorMapObject *map = GifMakeMapObject(4, colors);
	g_autofree GifPixelType *row = g_malloc(width);
	for (guint x = 0; x < width; x++)
		row[x] = (GifPixelType)(x * 3 / width);
	EGifSetGifVersion(gif, TRUE);
	g_assert_cmpint(EGifPutScreenDesc(gif, (int)width, (int)height, 8, 0, map), ==, GIF_OK);
	EGifGCBToExtension(&control, extension);
	g_assert_cmpint(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, extension), ==, GIF_OK);
	g_assert_cmpint(
		EGifPutImageDesc(gif, 0, 0, (int)width, (int)height, interlaced, NULL), ==, GIF_OK);
	for (guint pass = 0; pass < (interlaced ? 4 : 1); pass++) {
		for (guint y = starts[pass]; y < height; y += interlaced ? steps[pass] : 1)
			g_assert_cmpint(EGifPutLine(gif, row, (int)width), ==, GIF_OK);
	}
	GifFreeMapObject(map);
	g_assert_cmpint(EGifCloseFile(gif, NULL), ==, GIF_OK);
	return out;
}

#endif
#ifdef HAVE_WEBP

static void
append_number(GByteArray *to, guint64 n, guint bytes)
{
	for (guint i = 0; i < bytes; i++) {
		guint8 byte = (guint8)(n >> (8 * i));
		g_byte_array_append(to, &byte, 1);
	}
}

static void
append_chunk(GByteArray *to, const char *name, const GByteArray *data)
{
	g_byte_array_append(to, (const guint8 *)name, 4);
	append_number(to, data->len, 4);
	g_byte_array_append(to, data->data, data->len);
}

/* STILL as the only frame of one that moves: VP8X, ANIM and ANMF of the WebP container. */
static GByteArray *
make_moving(const guint8 *still, gsize len, guint width, guint height)
{
	g_autoptr(GByteArray) size = g_byte_array_new(), loop = g_byte_array_new();
	g_autoptr(GByteArray) frame = g_byte_array_new(), body = g_byte_array_new();
	append_number(size, 0x12, 4); /* moves, has alpha */
	append_number(size, width - 1, 3);
	append_number(size, height - 1, 3);
	append_number(loop, 0, 6);
	append_number(frame, 0, 6);
	append_number(frame, width - 1, 3);
	append_number(frame, height - 1, 3);
	append_number(frame, 100, 4);
	g_byte_array_append(frame, still + 12, (guint)len - 12);
	g_byte_array_append(body, (const guint8 *)"WEBP", 4);
	append_chunk(body, "VP8X", size);
	append_chunk(body, "ANIM", loop);
	append_chunk(body, "ANMF", frame);
	GByteArray *out = g_byte_array_new();
	append_chunk(out, "RIFF", body);
	return out;
}

static GByteArray *
make_webp(guint width, guint height, gboolean moving)
{
	g_autofree guint8 *pixels = g_malloc((gsize)width * height * 4);
	guint8 *data = NULL;
	paint(pixels, width, height, 4);
	gsize len = WebPEncodeLosslessRGBA(pixels, (int)width, (int)height, (int)width * 4, &data);
	g_assert_cmpuint(len, >, 12);
	GByteArray *out = moving ? make_moving(data, len, width, height) : g_byte_array_new();
	if (!moving)
		g_byte_array_append(out, data, (guint)len);
	WebPFree(data);
	return out;
}

#endif

/* ---- good ones ---- */

static void
test_png(void)
{
	g_autoptr(GByteArray) file = make_png(40, 20, FALSE);
	g_auto(Picture) picture = {0};
	g_autofree guint8 *wanted = g_malloc(40 * 20 * 3);
	paint(wanted, 40, 20, 3);
	decode(file, &picture);
	g_assert_cmpuint(picture.width, ==, 40);
	g_assert_cmpuint(picture.height, ==, 20);
	for (guint i = 0; i < 40 * 20; i++) {
		const guint8 *rgba = pixel(&picture, i % 40, i / 40);
		g_assert_true(memcmp(rgba, wanted + i * 3, 3) == 0 && rgba[3] == 255);
	}
}

static void
test_png_alpha(void)
{
	g_autoptr(GByteArray) file = make_png(8, 8, TRUE);
	g_auto(Picture) picture = {0};
	decode(file, &picture);
	g_assert_cmpuint(pixel(&picture, 1, 1)[3], ==, 0);
	g_assert_cmpuint(pixel(&picture, 1, 7)[3], ==, 255);
}

static void
test_jpeg(void)
{
	for (int progressive = 0; progressive < 2; progressive++) {
		g_autoptr(GByteArray) file = make_jpeg(64, 32, progressive, 0);
		g_auto(Picture) picture = {0};
		decode(file, &picture);
		g_assert_cmpuint(picture.width, ==, 64);
		g_assert_cmpuint(picture.height, ==, 32);
		assert_near(pixel(&picture, 8, 0), 250, 0, 0);
		assert_near(pixel(&picture, 56, 16), 0, 100, 250);
	}
}

/* Where the top left corner of what the camera saw, red and without green, comes to lie. */
static void
test_orientation(void)
{
	static const struct {
		guint8 how;
		gboolean right, bottom;
	} cases[] = {{1, FALSE, FALSE}, {2, TRUE, FALSE}, {3, TRUE, TRUE}, {4, FALSE, TRUE},
		{5, FALSE, FALSE}, {6, TRUE, FALSE}, {7, TRUE, TRUE}, {8, FALSE, TRUE},
		{99, FALSE, FALSE}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		gboolean lies = cases[i].how >= 5 && cases[i].how <= 8;
		g_autoptr(GByteArray) file = make_jpeg(64, 32, FALSE, cases[i].how);
		g_auto(Picture) picture = {0};
		decode(file, &picture);
		g_assert_cmpuint(picture.width, ==, lies ? 32 : 64);
		g_assert_cmpuint(picture.of_width, ==, lies ? 32 : 64);
		assert_near(pixel(&picture, cases[i].right ? picture.width - 1 : 0,
				    cases[i].bottom ? picture.height - 1 : 0),
			250, 0, 0);
	}
}

#ifdef HAVE_GIF

static void
test_gif(void)
{
	for (int interlaced = 0; interlaced < 2; interlaced++) {
		g_autoptr(GByteArray) file = make_gif(33, 21, interlaced);
		g_auto(Picture) picture = {0};
		decode(file, &picture);
		g_assert_cmpuint(picture.width, ==, 33);
		g_assert_cmpuint(picture.height, ==, 21);
		for (guint y = 0; y < 21; y++) {
			assert_near(pixel(&picture, 5, y), 250, 0, 0);
			assert_near(pixel(&picture, 16, y), 0, 0, 250);
			g_assert_cmpuint(pixel(&picture, 16, y)[3], ==, 255);
			g_assert_cmpuint(pixel(&picture, 28, y)[3], ==, 0);
		}
	}
}

#endif
#ifdef HAVE_WEBP

static void
test_webp(void)
{
	for (int moving = 0; moving < 2; moving++) {
		g_autoptr(GByteArray) file = make_webp(40, 20, moving);
		g_auto(Picture) picture = {0};
		decode(file, &picture);
		g_assert_cmpuint(picture.width, ==, 40);
		g_assert_cmpuint(picture.height, ==, 20);
		g_assert_cmpuint(pixel(&picture, 5, 5)[3], ==, 0);
		assert_near(pixel(&picture, 5, 15), 250, 150, 0);
		assert_near(pixel(&picture, 35, 15), 0, 150, 250);
	}
}

#endif

static void
test_large(void)
{
	g_autoptr(GByteArray) png = make_png(3000, 10, FALSE);
	g_autoptr(GByteArray) jpeg = make_jpeg(4500, 3000, TRUE, 0);
	g_auto(Picture) wide = {0}, photo = {0};
	decode(png, &wide);
	g_assert_cmpuint(wide.width, ==, 1000);
	g_assert_cmpuint(wide.height, ==, 4);
	g_assert_cmpuint(wide.of_width, ==, 3000);
	g_assert_cmpuint(wide.of_height, ==, 10);
	assert_near(pixel(&wide, 0, 0), 250, 20, 0); /* the mean of 0, 20 and 40 */
	decode(jpeg, &photo);
	g_assert_cmpuint(photo.width, <=, 1024);
	g_assert_cmpuint(photo.height, <=, 1024);
	g_assert_cmpuint(photo.of_width, ==, 4500);
	assert_near(pixel(&photo, photo.width - 1, photo.height / 2), 0, 100, 250);
}

/* ---- hostile ones ---- */

static void
test_empty(void)
{
	refuse("", 0, "empty");
	refuse("BM", 2, "no picture that can be shown");
	refuse("\x89", 1, "damaged");
	refuse("\xff", 1, "damaged");
	refuse("\xff\xd8", 2, "damaged");
}

static void
test_truncated(void)
{
	g_autoptr(GByteArray) png = make_png(90, 70, TRUE);
	g_autoptr(GByteArray) jpeg = make_jpeg(90, 70, FALSE, 6);
	for (guint i = 1; i < 16; i++) {
		refuse(png->data, png->len * i / 16, "damaged");
		refuse(jpeg->data, jpeg->len * i / 16, "damaged");
	}
#ifdef HAVE_GIF
	g_autoptr(GByteArray) gif = make_gif(90, 70, TRUE);
	for (guint len = 1; len + 2 < gif->len; len++)
		refuse(gif->data, len, "damaged");
#endif
#ifdef HAVE_WEBP
	g_autoptr(GByteArray) webp = make_webp(90, 70, FALSE);
	g_autoptr(GByteArray) moving = make_webp(90, 70, TRUE);
	for (guint i = 1; i < 16; i++) {
		refuse(webp->data, webp->len * i / 16, "damaged");
		refuse(moving->data, moving->len * i / 16, "damaged");
	}
#endif
}

/* No more than it takes to refuse an empty file, and some: what is counted begins with this process. */
static void
check_memory(const Outcome *outcome)
{
	g_auto(Outcome) empty = {0};
	run("", 0, &empty);
	g_assert_cmpint(outcome->memory_kb, <, empty.memory_kb + 16 * 1024);
}

static void
set_side(guint8 *to, guint n)
{
	to[0] = (guint8)(n >> 24);
	to[1] = (guint8)(n >> 16);
	to[2] = (guint8)(n >> 8);
	to[3] = (guint8)n;
}

static void
test_absurd_png(void)
{
	static const guint sides[][2] = {
		{30000, 30000}, {100000, 1}, {1, 0x7fffffff}, {4097, 4096}};
	for (gsize i = 0; i < G_N_ELEMENTS(sides); i++) {
		g_autoptr(GByteArray) file = make_png(4, 4, FALSE);
		g_auto(Outcome) outcome = {0};
		set_side(file->data + 16, sides[i][0]);
		set_side(file->data + 20, sides[i][1]);
		set_side(file->data + 29, (guint)crc32(0, file->data + 12, 17));
		run(file->data, file->len, &outcome);
		check_refused(&outcome);
		g_assert_nonnull(strstr(outcome.said, "too large"));
		check_memory(&outcome);
	}
}

static void
test_absurd_jpeg(void)
{
	g_autoptr(GByteArray) file = make_jpeg(8, 8, FALSE, 0);
	g_auto(Outcome) outcome = {0};
	guint8 *frame = file->data;
	while (frame[0] != 0xff || frame[1] != 0xc0)
		frame++;
	memset(frame + 5, 0xfe, 4);
	run(file->data, file->len, &outcome);
	check_refused(&outcome);
	g_assert_nonnull(strstr(outcome.said, "too large"));
	check_memory(&outcome);
}

/* A file that says that it is as large as its kind can say. */
static void
refuse_absurd(const GByteArray *file)
{
	g_auto(Outcome) outcome = {0};
	run(file->data, file->len, &outcome);
	check_refused(&outcome);
	g_assert_nonnull(strstr(outcome.said, "too large"));
	check_memory(&outcome);
}

static void
test_absurd_others(void)
{
#ifdef HAVE_GIF
	g_autoptr(GByteArray) gif = make_gif(8, 8, FALSE);
	guint8 *frame = gif->data + 13 + 4 * 3 + 8; /* behind header, colours and control block */
	g_assert_cmpuint(*frame, ==, ',');
	memset(frame + 5, 0xff, 4);
	refuse_absurd(gif);
#endif
#ifdef HAVE_WEBP
	g_autoptr(GByteArray) moving = make_webp(8, 8, TRUE);
	memset(moving->data + 24, 0x7f, 2);
	memset(moving->data + 27, 0x7f, 2);
	refuse_absurd(moving);
#endif
}

static void
run_any(const GByteArray *file)
{
	g_auto(Outcome) outcome = {0};
	g_auto(Picture) picture = {0};
	g_autoptr(GError) error = NULL;
	run(file->data, file->len, &outcome);
	g_assert_cmpint(outcome.memory_kb, <, MEMORY_MAX_KB);
	if (outcome.status != 0) {
		check_refused(&outcome);
		return;
	}
	g_assert_true(picture_parse(outcome.out, &picture, &error));
	g_assert_no_error(error);
}

static void
test_random(void)
{
	GRand *rand = g_rand_new_with_seed(4);
	g_autoptr(GByteArray) file = g_byte_array_new();
	for (guint i = 0; i < ROUNDS / 3; i++) {
		g_byte_array_set_size(file, (guint)g_rand_int_range(rand, 1, 3000));
		for (guint k = 0; k < file->len; k++)
			file->data[k] = (guint8)g_rand_int(rand);
		file->data[0] = "\x89\xffGR"[i % 4];
		run_any(file);
	}
	g_rand_free(rand);
}

static void
test_mutated(void)
{
	GRand *rand = g_rand_new_with_seed(44);
	GByteArray *good[] = {
		make_png(60, 40, TRUE),
		make_jpeg(60, 40, FALSE, 6),
		make_jpeg(60, 40, TRUE, 0),
#ifdef HAVE_GIF
		make_gif(60, 40, FALSE),
		make_gif(60, 40, TRUE),
#endif
#ifdef HAVE_WEBP
		make_webp(60, 40, FALSE),
		make_webp(60, 40, TRUE),
#endif
	};
	for (guint i = 0; i < ROUNDS; i++) {
		const GByteArray *from = good[i % G_N_ELEMENTS(good)];
		g_autoptr(GByteArray) file = g_byte_array_new();
		g_byte_array_append(file, from->data, from->len);
		for (gint n = g_rand_int_range(rand, 1, 6); n > 0; n--)
			file->data[g_rand_int_range(rand, 1, (gint)file->len)] =
				(guint8)g_rand_int(rand);
		run_any(file);
	}
	g_rand_free(rand);
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_byte_array_unref(good[i]);
}

/* ---- what it writes ---- */

static void
test_parse(void)
{
	static const struct {
		const char *said, *word;
	} cases[] = {{"", "could not be decoded"}, {"1 1 1 1\nRGB", "could not be decoded"},
		{"1 1 1 1\nRGBAR", "could not be decoded"}, {"0 0 1 1\n", "could not be decoded"},
		{"65536 65536 1 1\n", "could not be decoded"},
		{"1 1\nRGBA", "could not be decoded"}, {"-1 -1 1 1\nRGBA", "-1 -1"},
		{"The picture is \033[31mred.\n", "The picture is"}};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GBytes) output = g_bytes_new_static(cases[i].said, strlen(cases[i].said));
		g_auto(Picture) picture = {0};
		g_autoptr(GError) error = NULL;
		g_assert_false(picture_parse(output, &picture, &error));
		g_assert_null(picture.rgba);
		g_assert_nonnull(strstr(error->message, cases[i].word));
		g_assert_null(strchr(error->message, '\033'));
	}
}

static void
test_types(void)
{
	g_assert_true(picture_is_type("IMAGE/PNG"));
	g_assert_true(picture_is_type("image/jpeg"));
#ifdef HAVE_GIF
	g_assert_true(picture_is_type("image/gif"));
#else
	g_assert_false(picture_is_type("image/gif"));
#endif
#ifdef HAVE_WEBP
	g_assert_true(picture_is_type("image/WebP"));
#endif
	g_assert_false(picture_is_type("image/svg+xml"));
	g_assert_false(picture_is_type("image/png2"));
	g_assert_false(picture_is_type(""));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/picture/png", test_png);
	g_test_add_func("/picture/png-alpha", test_png_alpha);
	g_test_add_func("/picture/jpeg", test_jpeg);
	g_test_add_func("/picture/orientation", test_orientation);
#ifdef HAVE_GIF
	g_test_add_func("/picture/gif", test_gif);
#endif
#ifdef HAVE_WEBP
	g_test_add_func("/picture/webp", test_webp);
#endif
	g_test_add_func("/picture/large", test_large);
	g_test_add_func("/picture/empty", test_empty);
	g_test_add_func("/picture/truncated", test_truncated);
	g_test_add_func("/picture/absurd-png", test_absurd_png);
	g_test_add_func("/picture/absurd-jpeg", test_absurd_jpeg);
	g_test_add_func("/picture/absurd-others", test_absurd_others);
	g_test_add_func("/picture/random", test_random);
	g_test_add_func("/picture/mutated", test_mutated);
	g_test_add_func("/picture/parse", test_parse);
	g_test_add_func("/picture/types", test_types);
	return g_test_run();
}
