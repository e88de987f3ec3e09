/* PNG, by libpng. */
#include "shrink.h"

#include <png.h>
#include <stdio.h>

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
	shrink_all(shrink, all);
	free(all);
}

void
read_png(Shrink *shrink, uint32_t width, uint32_t height)
{
	png_structp png =
		png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, on_png_error, on_png_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	if (!info)
		fail("The picture needs too much memory to be decoded.");
	png_init_io(png, stdin);
	png_set_user_limits(
		png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* shrink_check() says it better */
	/* Profiles and texts, which may be packed to be huge, are passed over. */
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	png_read_info(png, info);
	shrink_check(shrink, png_get_image_width(png, info), png_get_image_height(png, info));
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
