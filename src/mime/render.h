/*
 * One step of a plan (mime/choose.h) as lines of the document: the octets of its part are fed as they
 * come, a step that needs none has its lines at once.
 */
#pragma once

#include "mime/body.h"
#include "mime/choose.h"

typedef struct MimeRender MimeRender;

/* Adds what comes before the part: a blank line behind others, its name. STEP must outlive it;
 * DOCUMENT is referenced. MAX_BYTES of decoded text at most, 0: the default of MimeTextFormat. */
MimeRender *mime_render_new(const MimeStep *step, MimeDocument *document, gsize max_bytes);
/* As sent, cut anywhere. */
void mime_render_feed(MimeRender *render, const char *bytes, gsize len);
void mime_render_end(MimeRender *render);
void mime_render_free(MimeRender *render);

/* What is in file INDEX of those that the document was told of by a step that shows its part like
 * HOW: BYTES are all of the part without transfer encoding. NULL: there are not so many. The caller's. */
GBytes *mime_render_file(MimeShow how, const char *bytes, gsize len, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeRender, mime_render_free)
