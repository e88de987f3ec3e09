/*
 * What the decoders of postern-picture share: a picture is taken row by row and shrunk to what was asked for; what can't
 * be done ends the process with one sentence.
 */
#pragma once

#include <stdint.h>
#include <stdlib.h>

enum { CHANNELS = 4 };

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

/* Writes the sentence to standard error; status 1. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* Zeros; never NULL. */
void *take_memory(size_t n, size_t size);

/* Before anything is allocated that is as large as the picture says that it is: notes the size, or fails. */
void shrink_check(Shrink *shrink, uint32_t of_width, uint32_t of_height);
/* Rows of IN_WIDTH pixels come, IN_HEIGHT of them; WIDTH x HEIGHT at most are kept. */
void shrink_begin(
	Shrink *shrink, uint32_t in_width, uint32_t in_height, uint32_t width, uint32_t height);
/* What is more than was said is ignored. */
void shrink_row(Shrink *shrink, const uint8_t *rgba);
/* All rows at once. */
void shrink_all(Shrink *shrink, const uint8_t *rgba);
/* Puts what is kept upright: HOW the camera was held, 1 to 8 as EXIF has it. */
void shrink_turn(Shrink *shrink, unsigned how);

/* ---- decoders: all of standard input, its first byte was only looked at ---- */

void read_png(Shrink *shrink, uint32_t width, uint32_t height);
void read_jpeg(Shrink *shrink, uint32_t width, uint32_t height);
void read_gif(Shrink *shrink, uint32_t width, uint32_t height);
void read_webp(Shrink *shrink, uint32_t width, uint32_t height);
