/* Calendar parts (RFC 5545, RFC 5546) as the reader shows them: who wants what, when and where. */
#pragma once

#include "mime/body.h"

/* TEXT: UTF-8. Times are told in LOCAL (NULL: the machine's zone). FALSE when there is no event, task
 * or other component to tell of: nothing was added. */
gboolean mime_calendar_render(
	const char *text, gsize len, GTimeZone *local, MimeDocument *document);
