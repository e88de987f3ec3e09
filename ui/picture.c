#include "picture.h"

#include "capture.h"
#include "config.h"

#include "base/err.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum {
	SECONDS_MAX = 20, /* the program gives itself 10 of work */
	HEAD_MAX = 64,
	OUTPUT_MAX = PICTURE_SIDE_MAX * PICTURE_SIDE_MAX * 4 + HEAD_MAX,
	SENTENCE_CELLS = 200,
};

struct Decoding {
	Capture *capture;
	guint timeout;
	DecodingDone done;
	gpointer user;
};

void
picture_clear(Picture *picture)
{
	g_clear_pointer(&picture->rgba, g_bytes_unref);
	*picture = (Picture){0};
}

gboolean
picture_is_type(const char *type)
{
	static const char *const types[] = {
		"image/png",
		"image/x-png",
		"image/jpeg",
		"image/jpg",
		"image/pjpeg",
#ifdef HAVE_GIF
		"image/gif",
#endif
#ifdef HAVE_WEBP
		"image/webp",
#endif
	};
	for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
		if (g_ascii_strcasecmp(type, types[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

const char *
picture_types(void)
{
#if defined HAVE_GIF && defined HAVE_WEBP
	return "PNG, JPEG, GIF and WebP";
#elif defined HAVE_GIF
	return "PNG, JPEG and GIF";
#elif defined HAVE_WEBP
	return "PNG, JPEG and WebP";
#else
	return "PNG and JPEG";
#endif
}

/* The sentence that the program said instead, or one of ours. */
static gboolean
refuse(const char *said, gsize len, GError **error)
{
	g_autofree char *clean = text_clean(said, (gssize)len, TEXT_LINE);
	g_autofree char *sentence = text_ellipsize(clean, SENTENCE_CELLS);
	g_strstrip(sentence);
	if (*sentence == '\0' || g_ascii_isdigit(*sentence))
		return err_set(error, ERR_INPUT,
			"The picture could not be decoded: it takes too much time or memory.");
	return err_set(error, ERR_INPUT, "%s", sentence);
}

static gboolean
sizes_fit(const Picture *picture, gsize len)
{
	return picture->width > 0 && picture->height > 0 && picture->width <= PICTURE_SIDE_MAX &&
	       picture->height <= PICTURE_SIDE_MAX &&
	       len == (gsize)picture->width * picture->height * 4;
}

gboolean
picture_parse(GBytes *output, Picture *out_picture, GError **error)
{
	gsize len;
	const char *said = g_bytes_get_data(output, &len);
	const char *end = len > 0 ? memchr(said, '\n', MIN(len, HEAD_MAX)) : NULL;
	gsize head_len = end ? (gsize)(end - said) + 1 : 0;
	g_autofree char *head = g_strndup(end ? said : "", head_len);
	Picture picture = {0};
	if (sscanf(head, "%9u %9u %9u %9u\n", &picture.width, &picture.height, &picture.of_width,
		    &picture.of_height) != 4 ||
		!sizes_fit(&picture, len - head_len))
		return refuse(len > 0 ? said : "", MIN(len, SENTENCE_CELLS * 4), error);
	picture.rgba = g_bytes_new_from_bytes(output, head_len, len - head_len);
	*out_picture = picture;
	return TRUE;
}

static void
on_output(GBytes *output, gboolean cut, gpointer user)
{
	Decoding *decoding = user;
	g_autoptr(GError) error = NULL;
	g_auto(Picture) picture = {0};
	if (picture_parse(output, &picture, &error))
		decoding->done(&picture, NULL, decoding->user);
	else
		decoding->done(NULL, error->message, decoding->user);
}

static gboolean
on_timeout(gpointer user)
{
	Decoding *decoding = user;
	decoding->timeout = 0;
	g_clear_pointer(&decoding->capture, capture_free);
	decoding->done(NULL, "The picture takes too long to be decoded.", decoding->user);
	return G_SOURCE_REMOVE;
}

/* Beside the program, as in a build tree, else where it was installed. */
static char *
find_program(void)
{
	g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
	g_autofree char *beside = folder ? g_build_filename(folder, "postern-picture", NULL) : NULL;
	if (beside && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
		return g_steal_pointer(&beside);
	return g_build_filename(PKGLIBEXECDIR, "postern-picture", NULL);
}

Decoding *
decoding_new(GBytes *bytes, DecodingDone done, gpointer user, GError **error)
{
	Decoding *decoding = g_new0(Decoding, 1);
	g_autofree char *program = find_program();
	g_autofree char *side = g_strdup_printf("%u", PICTURE_SIDE_MAX);
	const char *const argv[] = {program, side, side, NULL};
	decoding->done = done;
	decoding->user = user;
	decoding->capture = capture_new(argv, bytes, OUTPUT_MAX, on_output, decoding, error);
	if (!decoding->capture) {
		g_free(decoding);
		return NULL;
	}
	decoding->timeout = g_timeout_add_seconds(SECONDS_MAX, on_timeout, decoding);
	return decoding;
}

void
decoding_free(Decoding *decoding)
{
	if (!decoding)
		return;
	if (decoding->timeout != 0)
		g_source_remove(decoding->timeout);
	capture_free(decoding->capture);
	g_free(decoding);
}
