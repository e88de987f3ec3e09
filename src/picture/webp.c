/* WebP, by libwebp; of a moving one the first picture. */
#include "shrink.h"

#include <stdio.h>

#include <webp/decode.h>
#include <webp/demux.h>

enum { INPUT_MAX = 32 * 1024 * 1024, INPUT_PIECE = 65536 };

static uint8_t *
read_input(size_t *out_len)
{
	uint8_t *data = NULL;
	size_t len = 0, n = 0;
	do {
		len += n;
		data = realloc(data, len + INPUT_PIECE);
		if (!data || len > INPUT_MAX)
			fail("The picture needs too much memory to be decoded.");
	} while ((n = fread(data + len, 1, INPUT_PIECE, stdin)) > 0);
	*out_len = len;
	return data;
}

void
read_webp(Shrink *shrink, uint32_t width, uint32_t height)
{
	WebPData input = {0};
	WebPBitstreamFeatures features;
	WebPAnimInfo info;
	uint8_t *rgba;
	int at;
	uint8_t *data = read_input(&input.size);
	input.bytes = data;
	if (WebPGetFeatures(input.bytes, input.size, &features) != VP8_STATUS_OK ||
		features.width <= 0 || features.height <= 0)
		fail("The picture is damaged: its beginning makes no sense.");
	shrink_check(shrink, (uint32_t)features.width, (uint32_t)features.height);
	WebPAnimDecoder *decoder = WebPAnimDecoderNew(&input, NULL);
	if (!decoder || !WebPAnimDecoderGetInfo(decoder, &info))
		fail("The picture is damaged: a piece is missing.");
	if (info.canvas_width != shrink->of_width || info.canvas_height != shrink->of_height ||
		!WebPAnimDecoderGetNext(decoder, &rgba, &at))
		fail("The picture is damaged: its pixels make no sense.");
	shrink_begin(shrink, shrink->of_width, shrink->of_height, width, height);
	shrink_all(shrink, rgba);
	WebPAnimDecoderDelete(decoder);
	free(data);
}
