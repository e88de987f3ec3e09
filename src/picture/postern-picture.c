/*
 * postern-picture WIDTH HEIGHT: makes pixels of the PNG or JPEG on standard input.
 *
 * Decoders of pictures have had holes, and pictures come from anybody. So Postern decodes none itself: this
 * program does, which before the first byte gives up what it does not need: it can open nothing, write no
 * file, start nothing, and take neither much memory nor much time.
 *
 * Writes "WIDTH HEIGHT OF-WIDTH OF-HEIGHT\n", the size as it is written here and that of the picture, and then the
 * pixels, four bytes each: red, green, blue, alpha. Large ones are shrunk until they fit into the size that was
 * asked for. Else it writes one sentence to standard error, nothing to standard output, and ends with status 1.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jerror.h>
#include <jpeglib.h>
#include <png.h>

enum {
	PIXELS_MAX = 16 * 1024 * 1024,
	SIDE_MAX = 32767,
	ASKED_MAX = 4096, /* of WIDTH and HEIGHT */
	MEMORY_MAX = 384 * 1024 * 1024,
	SECONDS_MAX = 10,
	SCANS_MAX = 64, /* of a progressive JPEG: each costs as much as all of the picture */
	CHANNELS = 4,
	EXIF_MARKER = JPEG_APP0 + 1,
	EXIF_MAX = 65533,
};

/* Takes a picture row by row, and keeps the mean of each square of FACTOR x FACTOR pixels. */
typedef struct {
	uint32_t of_width, of_height; /* of the picture */
	uint32_t in_width, in_height; /* of what comes in */
	uint32_t factor;
	uint32_t width, height; /* of what is kept */
	uint32_t row;           /* that comes next */
	uint32_t *sums;         /* of the squares that are not complete */
	uint8_t *pixels;
} Shrink;

static void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void
fail(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

/* ---- what is given up ---- */

static void
limit(int resource, rlim_t most)
{
	struct rlimit both = {most, most};
	if (setrlimit(resource, &both) != 0)
		fail("The picture is not decoded: it could not be done safely here.");
}

static void
give_up_rights(void)
{
#ifndef __SANITIZE_ADDRESS__ /* its shadow alone is larger */
	limit(RLIMIT_AS, MEMORY_MAX);
#endif
	limit(RLIMIT_CPU, SECONDS_MAX);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_NOFILE, 0); /* those that are open stay so */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		fail("The picture is not decoded: it could not be done safely here.");
}

/* ---- shrinking ---- */

static void *
take_memory(size_t n, size_t size)
{
	void *memory = calloc(n, size);
	if (!memory)
		fail("The picture needs too much memory to be decoded.");
	return memory;
}

/* Before anything is allocated that is as large as the picture says that it is. */
static void
check_size(uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0)
		fail("The picture is damaged: it has no pixels.");
	if (width > SIDE_MAX || height > SIDE_MAX || (uint64_t)width * height > PIXELS_MAX)
		fail("The picture is too large to be shown here: %u x %u pixels.", width, height);
}

static uint32_t
divide_up(uint32_t n, uint32_t by)
{
	return (n + by - 1) / by;
}

static void
shrink_begin(Shrink *shrink, uint32_t in_width, uint32_t in_height, uint32_t width, uint32_t height)
{
	uint32_t across = divide_up(in_width, width), down = divide_up(in_height, height);
	shrink->in_width = in_width;
	shrink->in_height = in_height;
	shrink->factor = across > down ? across : down;
	shrink->width = divide_up(in_width, shrink->factor);
	shrink->height = divide_up(in_height, shrink->factor);
	shrink->sums = take_memory((size_t)shrink->width * CHANNELS, sizeof(uint32_t));
	shrink->pixels = take_memory((size_t)shrink->width * shrink->height, CHANNELS);
}

/* Colours weigh as much as they are seen: SUMS are those of colour times alpha, and of alpha. */
static void
finish_row(Shrink *shrink, uint32_t rows)
{
	uint8_t *to = shrink->pixels +
		      (size_t)((shrink->row - 1) / shrink->factor) * shrink->width * CHANNELS;
	for (uint32_t x = 0; x < shrink->width; x++, to += CHANNELS) {
		uint32_t *sums = shrink->sums + (size_t)x * CHANNELS;
		uint32_t left = shrink->in_width - x * shrink->factor;
		uint32_t count = rows * (left < shrink->factor ? left : shrink->factor);
		for (int i = 0; i < 3; i++)
			to[i] = sums[3] > 0 ? (uint8_t)(sums[i] / sums[3]) : 0;
		to[3] = (uint8_t)(sums[3] / count);
	}
	memset(shrink->sums, 0, (size_t)shrink->width * CHANNELS * sizeof(uint32_t));
}

/* The largest sum is that of a square of 32 x 32: SIDE_MAX and the least that can be asked for see to it. */
static void
shrink_row(Shrink *shrink, const uint8_t *rgba)
{
	if (shrink->row == shrink->in_height)
		return;
	for (uint32_t x = 0; x < shrink->in_width; x++, rgba += CHANNELS) {
		uint32_t *sums = shrink->sums + (size_t)(x / shrink->factor) * CHANNELS;
		for (int i = 0; i < 3; i++)
			sums[i] += (uint32_t)rgba[i] * rgba[3];
		sums[3] += rgba[3];
	}
	shrink->row++;
	uint32_t rows = shrink->row % shrink->factor;
	if (rows == 0 || shrink->row == shrink->in_height)
		finish_row(shrink, rows == 0 ? shrink->factor : rows);
}

/* ---- PNG ---- */

static void
on_png_error(png_structp png, png_const_charp what)
{
	fail("The picture is damaged: %s.", what);
}

static void
on_png_warning(png_structp png, png_const_charp what)
{
}

/* To eight bits of red, green, blue and alpha, whatever it has. */
static void
wish_rgba(png_structp png)
{
	png_set_expand(png);
	png_set_scale_16(png);
	png_set_gray_to_rgb(png);
	png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
}

/* Interlaced rows come in several passes over the whole picture. */
static void
read_interlaced(png_structp png, int passes, Shrink *shrink)
{
	size_t stride = (size_t)shrink->in_width * CHANNELS;
	uint8_t *all = take_memory(shrink->in_height, stride);
	for (int pass = 0; pass < passes; pass++) {
		for (uint32_t y = 0; y < shrink->in_height; y++)
			png_read_row(png, all + y * stride, NULL);
	}
	for (uint32_t y = 0; y < shrink->in_height; y++)
		shrink_row(shrink, all + y * stride);
	free(all);
}

static void
read_png(Shrink *shrink, uint32_t width, uint32_t height)
{
	png_structp png =
		png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_png_error, on_png_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	if (!info)
		fail("The picture needs too much memory to be decoded.");
	png_init_io(png, stdin);
	png_set_user_limits(
		png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* check_size() says it better */
	/* Profiles and texts, which may be packed to be huge, are passed over. */
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	png_read_info(png, info);
	shrink->of_width = png_get_image_width(png, info);
	shrink->of_height = png_get_image_height(png, info);
	check_size(shrink->of_width, shrink->of_height);
	wish_rgba(png);
	int passes = png_set_interlace_handling(png);
	png_read_update_info(png, info);
	shrink_begin(shrink, shrink->of_width, shrink->of_height, width, height);
	if (png_get_rowbytes(png, info) != (size_t)shrink->in_width * CHANNELS)
		fail("The picture is damaged: its colours make no sense.");
	if (passes > 1) {
		read_interlaced(png, passes, shrink);
	} else {
		uint8_t *row = take_memory(shrink->in_width, CHANNELS);
		for (uint32_t y = 0; y < shrink->in_height; y++) {
			png_read_row(png, row, NULL);
			shrink_row(shrink, row);
		}
		free(row);
	}
	png_destroy_read_struct(&png, &info, NULL);
}

/* ---- JPEG ---- */

static void
on_jpeg_error(j_common_ptr jpeg)
{
	char what[JMSG_LENGTH_MAX];
	jpeg->err->format_message(jpeg, what);
	fail("The picture is damaged: %s.", what);
}

/* Most warnings cost some squares of the picture; only the end that is missing costs all the rest. */
static void
on_jpeg_message(j_common_ptr jpeg, int level)
{
	if (level < 0 && jpeg->err->msg_code == JWRN_JPEG_EOF)
		fail("The picture is damaged: its end is missing.");
}

static void
on_jpeg_progress(j_common_ptr jpeg)
{
	if (((j_decompress_ptr)jpeg)->input_scan_number > SCANS_MAX)
		fail("The picture is damaged: it does not end.");
}

/* A row of CMYK is that of its negative, as everybody writes it. */
static void
jpeg_to_rgba(const uint8_t *from, uint32_t width, int channels, uint8_t *to)
{
	for (uint32_t x = 0; x < width; x++, from += channels, to += CHANNELS) {
		for (int i = 0; i < 3; i++)
			to[i] = channels == 4 ? (uint8_t)(from[i] * from[3] / 255) : from[i];
		to[3] = 0xff;
	}
}

static unsigned
number_at(const uint8_t *data, int bytes, int big_endian)
{
	unsigned n = 0;
	for (int i = 0; i < bytes; i++)
		n = n << 8 | data[big_endian ? i : bytes - 1 - i];
	return n;
}

/* How the camera was held: the Orientation, 1 to 8, of the EXIF data (TIFF 6.0, tag 274); 1: upright, or not
 * known. */
static unsigned
orientation(const struct jpeg_decompress_struct *jpeg)
{
	const struct jpeg_marker_struct *marker = jpeg->marker_list;
	while (marker && (marker->marker != EXIF_MARKER || marker->data_length < 14 ||
				 memcmp(marker->data, "Exif\0", 6) != 0))
		marker = marker->next;
	if (!marker)
		return 1;
	const uint8_t *tiff = marker->data + 6;
	size_t len = marker->data_length - 6;
	int big = tiff[0] == 'M';
	size_t at = number_at(tiff + 4, 4, big);
	if (at > len || len - at < 2)
		return 1;
	unsigned entries = number_at(tiff + at, 2, big);
	for (at += 2; entries > 0 && len - at >= 12; entries--, at += 12) {
		unsigned value = number_at(tiff + at + 8, 2, big);
		if (number_at(tiff + at, 2, big) == 274)
			return value >= 1 && value <= 8 ? value : 1;
	}
	return 1;
}

/* Puts what is kept upright. */
static void
turn(Shrink *shrink, unsigned how)
{
	uint32_t w = shrink->width, h = shrink->height, swap = shrink->of_width;
	if (how == 1)
		return;
	uint32_t *from = (uint32_t *)(void *)shrink->pixels;
	uint32_t *to = take_memory((size_t)w * h, CHANNELS);
	for (uint32_t y = 0; y < h; y++) {
		for (uint32_t x = 0; x < w; x++) {
			uint32_t across =
				how == 2 || how == 3 || how == 7 || how == 8 ? w - 1 - x : x;
			uint32_t down =
				how == 3 || how == 4 || how == 6 || how == 7 ? h - 1 - y : y;
			to[how < 5 ? down * w + across : across * h + down] = from[y * w + x];
		}
	}
	free(shrink->pixels);
	shrink->pixels = (uint8_t *)to;
	if (how < 5)
		return;
	shrink->width = h;
	shrink->height = w;
	shrink->of_width = shrink->of_height;
	shrink->of_height = swap;
}

static void
read_jpeg(Shrink *shrink, uint32_t width, uint32_t height)
{
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress = {.progress_monitor = on_jpeg_progress};
	jpeg.err = jpeg_std_error(&errors);
	errors.error_exit = on_jpeg_error;
	errors.emit_message = on_jpeg_message;
	jpeg_create_decompress(&jpeg);
	jpeg.progress = &progress;
	jpeg_stdio_src(&jpeg, stdin);
	jpeg_save_markers(&jpeg, EXIF_MARKER, EXIF_MAX);
	jpeg_read_header(&jpeg, TRUE);
	shrink->of_width = jpeg.image_width;
	shrink->of_height = jpeg.image_height;
	check_size(shrink->of_width, shrink->of_height);
	int inks = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
	jpeg.out_color_space = inks ? JCS_CMYK : JCS_RGB;
	jpeg.scale_denom = 1;
	while (jpeg.scale_denom < 8 && shrink->of_width / (jpeg.scale_denom * 2) >= width &&
		shrink->of_height / (jpeg.scale_denom * 2) >= height)
		jpeg.scale_denom *= 2;
	jpeg_start_decompress(&jpeg);
	shrink_begin(shrink, jpeg.output_width, jpeg.output_height, width, height);
	if (jpeg.output_components != (inks ? 4 : 3))
		fail("The picture is damaged: its colours make no sense.");
	uint8_t *row = take_memory(shrink->in_width, CHANNELS);
	uint8_t *rgba = take_memory(shrink->in_width, CHANNELS);
	while (jpeg.output_scanline < jpeg.output_height) {
		JSAMPROW rows[] = {row};
		(void)jpeg_read_scanlines(&jpeg, rows, 1);
		jpeg_to_rgba(row, shrink->in_width, jpeg.output_components, rgba);
		shrink_row(shrink, rgba);
	}
	free(rgba);
	free(row);
	turn(shrink, orientation(&jpeg));
	jpeg_destroy_decompress(&jpeg);
}

/* ---- */

static uint32_t
asked_size(const char *word)
{
	unsigned long n = strtoul(word, NULL, 10);
	return n >= 1024 && n <= ASKED_MAX ? (uint32_t)n : 1024;
}

int
main(int argc, char **argv)
{
	Shrink shrink = {0};
	uint32_t width = asked_size(argc > 1 ? argv[1] : ""),
		 height = asked_size(argc > 2 ? argv[2] : "");
	give_up_rights();
	int first = getc(stdin);
	if (first == EOF)
		fail("The picture is empty.");
	ungetc(first, stdin);
	if (first == 0x89)
		read_png(&shrink, width, height);
	else if (first == 0xff)
		read_jpeg(&shrink, width, height);
	else
		fail("This is neither PNG nor JPEG, whatever its name says.");
	printf("%u %u %u %u\n", shrink.width, shrink.height, shrink.of_width, shrink.of_height);
	fwrite(shrink.pixels, CHANNELS, (size_t)shrink.width * shrink.height, stdout);
	/* What a hostile picture may have left behind gets no chance to be cleaned up. */
	_exit(fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1);
}
