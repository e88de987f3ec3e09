/* The first picture of a GIF, by giflib. */
#include "shrink.h"

#include <gif_lib.h>
#include <stdio.h>
#include <string.h>

/* What the blocks before the picture said about it. */
typedef struct {
	GraphicsControlBlock control;
	const ColorMapObject *colors;
} Look;

static int
read_input(GifFileType *gif, GifByteType *to, int len)
{
	return (int)fread(to, 1, (size_t)len, stdin);
}

static void
damaged(int code)
{
	const char *what = GifErrorString(code);
	fail("The picture is damaged: %s.", what ? what : "it makes no sense");
}

static void
pass_extension(GifFileType *gif, Look *look)
{
	int kind;
	GifByteType *block;
	if (DGifGetExtension(gif, &kind, &block) == GIF_ERROR)
		damaged(gif->Error);
	if (kind == GRAPHICS_EXT_FUNC_CODE && block)
		(void)DGifExtensionToGCB(block[0], block + 1, &look->control);
	while (block) {
		if (DGifGetExtensionNext(gif, &block) == GIF_ERROR)
			damaged(gif->Error);
	}
}

/* Up to where the pixels of the first picture begin. */
static void
find_picture(GifFileType *gif, Look *look)
{
	GifRecordType record;
	for (;;) {
		if (DGifGetRecordType(gif, &record) == GIF_ERROR)
			damaged(gif->Error);
		if (record == TERMINATE_RECORD_TYPE)
			fail("The picture is damaged: there is none in it.");
		if (record == EXTENSION_RECORD_TYPE)
			pass_extension(gif, look);
		if (record == IMAGE_DESC_RECORD_TYPE)
			break;
	}
	if (DGifGetImageDesc(gif) == GIF_ERROR)
		damaged(gif->Error);
	look->colors = gif->Image.ColorMap ? gif->Image.ColorMap : gif->SColorMap;
	if (!look->colors)
		fail("The picture is damaged: it has no colours.");
}

/* The numbers of the colours. Of an interlaced picture come first every eighth row, then those between them. */
static uint8_t *
read_numbers(GifFileType *gif, uint32_t width, uint32_t height)
{
	static const uint8_t starts[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
	uint8_t *numbers = take_memory(height, width);
	int passes = gif->Image.Interlace ? 4 : 1;
	for (int pass = 0; pass < passes; pass++) {
		uint32_t step = passes > 1 ? steps[pass] : 1;
		for (uint32_t y = starts[pass]; y < height; y += step) {
			if (DGifGetLine(gif, numbers + (size_t)y * width, (int)width) == GIF_ERROR)
				damaged(gif->Error);
		}
	}
	return numbers;
}

static void
numbers_to_rgba(const uint8_t *numbers, uint32_t width, const Look *look, uint8_t *to)
{
	for (uint32_t x = 0; x < width; x++, to += CHANNELS) {
		int n = numbers[x];
		memset(to, 0, CHANNELS);
		if (n >= look->colors->ColorCount || n == look->control.TransparentColor)
			continue;
		to[0] = look->colors->Colors[n].Red;
		to[1] = look->colors->Colors[n].Green;
		to[2] = look->colors->Colors[n].Blue;
		to[3] = 0xff;
	}
}

void
read_gif(Shrink *shrink, uint32_t width, uint32_t height)
{
	int code = 0;
	Look look = {.control = {.TransparentColor = NO_TRANSPARENT_COLOR}};
	GifFileType *gif = DGifOpen(NULL, read_input, &code);
	if (!gif)
		damaged(code);
	find_picture(gif, &look);
	shrink_check(shrink, (uint32_t)gif->Image.Width, (uint32_t)gif->Image.Height);
	shrink_begin(shrink, shrink->of_width, shrink->of_height, width, height);
	uint8_t *numbers = read_numbers(gif, shrink->in_width, shrink->in_height);
	uint8_t *rgba = take_memory(shrink->in_width, CHANNELS);
	for (uint32_t y = 0; y < shrink->in_height; y++) {
		numbers_to_rgba(
			numbers + (size_t)y * shrink->in_width, shrink->in_width, &look, rgba);
		shrink_row(shrink, rgba);
	}
	free(rgba);
	free(numbers);
	DGifCloseFile(gif, &code);
}
