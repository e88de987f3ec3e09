/* JPEG, by libjpeg. */
#include "shrink.h"

#include <stdio.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

enum {
	SCANS_MAX = 64, /* of a progressive JPEG: each costs as much as all of the picture */
	EXIF_MARKER = JPEG_APP0 + 1,
	EXIF_MAX = 65533,
};

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

void
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
	shrink_check(shrink, jpeg.image_width, jpeg.image_height);
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
	shrink_turn(shrink, orientation(&jpeg));
	jpeg_destroy_decompress(&jpeg);
}
