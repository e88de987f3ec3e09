/*
 * A picture as the bytes by which a terminal draws it itself: sixels, or kitty's graphics protocol. They are made of
 * decoded pixels and of nothing else, and hold no control character but those around them.
 */
#pragma once

#include "picture.h"

typedef enum { PIXELS_NONE, PIXELS_SIXEL, PIXELS_KITTY } PixelsKind;

typedef struct {
	PixelsKind kind;               /* NONE: cells are all that there is */
	guint cell_width, cell_height; /* in pixels */
} PixelsMeans;

typedef struct {
	guint cols, rows;   /* of the cells that it touches */
	GBytes *draw;       /* with the cursor in the top left one; at most PIXELS_BYTES_MAX */
	const char *stop;   /* ends DRAW where it was cut, at whatever byte */
	const char *remove; /* "": painting the cells does */
} Pixels;

enum {
	PIXELS_SIDE_MAX = 1000, /* XTerm draws no more */
	PIXELS_BYTES_MAX = 6 * 1024 * 1024,
};

/* PICTURE as large as it is, shrunk where it does not fit into COLS x ROWS. Takes some 100 ms, and may be called from any
 * thread. NULL when there is no room, or it would be too many bytes. Shared: pixels_ref(). */
Pixels *pixels_new(const Picture *picture, guint cols, guint rows, const PixelsMeans *means);
Pixels *pixels_ref(Pixels *pixels);
void pixels_unref(Pixels *pixels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pixels, pixels_unref)
