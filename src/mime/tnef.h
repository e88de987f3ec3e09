/* winmail.dat: the files that Outlook packs into application/ms-tnef ([MS-OXTNEF]). */
#pragma once

#include "mime/body.h"

typedef struct {
	char *name;       /* UTF-8, no folder; never empty; not fit to be a path */
	gsize start, len; /* of its bytes in the packet */
	gsize missing;    /* so many bytes more it had before the packet was cut */
} MimeTnefFile;

/* The files in the order of the packet, at most 200; NULL when BYTES is no such packet. A packet that is cut
 * gives what is whole. Free with g_ptr_array_unref(). */
GPtrArray *mime_tnef_files(const char *bytes, gsize len);
/* Names and sizes as lines, and the files to DOCUMENT; FALSE when BYTES is no such packet: nothing was added. */
gboolean mime_tnef_render(const char *bytes, gsize len, MimeDocument *document);
