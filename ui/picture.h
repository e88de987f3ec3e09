/*
 * A picture of a message as pixels. They are made by postern-picture, a program of ours that may do nothing
 * else: no byte of a picture is decoded in here.
 */
#pragma once

#include <glib.h>

typedef struct {
	guint width, height;       /* of what is here; at most PICTURE_SIDE_MAX */
	guint of_width, of_height; /* of the picture as it was sent */
	GBytes *rgba;              /* four bytes for each pixel, not premultiplied */
} Picture;

#define PICTURE_SIDE_MAX 1024

void picture_clear(Picture *picture);

/* TRUE for the types that can be decoded, with what they are called besides. */
gboolean picture_is_type(const char *type);
/* Those types for a sentence: "PNG, JPEG and GIF". */
const char *picture_types(void);

typedef struct Decoding Decoding;

/* PICTURE is borrowed, or NULL when ERROR, a sentence, says why there is none. Called once, unless it is freed
 * before. */
typedef void (*DecodingDone)(const Picture *picture, const char *error, gpointer user);

/* NULL with ERR_INPUT when postern-picture can't be run. */
Decoding *decoding_new(
	GBytes *bytes, DecodingDone done, gpointer user, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From DONE too. Ends the program if it still runs. */
void decoding_free(Decoding *decoding);

/* What postern-picture wrote. FALSE with the reason, a sentence, in ERROR (ERR_INPUT). For tests too. */
gboolean picture_parse(
	GBytes *output, Picture *out_picture, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Picture, picture_clear)
