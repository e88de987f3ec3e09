#include "shrink.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIXELS_MAX = 16 * 1024 * 1024, SIDE_MAX = 32767 };

void
fail(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	_exit(1);
}

void *
take_memory(size_t n, size_t size)
{
	void *memory = calloc(n, size);
	if (!memory)
		fail("The picture needs too much memory to be decoded.");
	return memory;
}

void
shrink_check(Shrink *shrink, uint32_t of_width, uint32_t of_height)
{
	if (of_width == 0 || of_height == 0)
		fail("The picture is damaged: it has no pixels.");
	if (of_width > SIDE_MAX || of_height > SIDE_MAX ||
		(uint64_t)of_width * of_height > PIXELS_MAX)
		fail("The picture is too large to be shown here: %u x %u pixels.", of_width,
			of_height);
	shrink->of_width = of_width;
	shrink->of_height = of_height;
}

static uint32_t
divide_up(uint32_t n, uint32_t by)
{
	return (n + by - 1) / by;
}

void
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
void
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

void
shrink_all(Shrink *shrink, const uint8_t *rgba)
{
	for (uint32_t y = 0; y < shrink->in_height; y++)
		shrink_row(shrink, rgba + (size_t)y * shrink->in_width * CHANNELS);
}

void
shrink_turn(Shrink *shrink, unsigned how)
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
