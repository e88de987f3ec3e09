/* Cards of people (vCard 2.1, RFC 2426, RFC 6350), as the reader shows them. */
#pragma once

#include "mime/body.h"

/* TEXT: UTF-8. FALSE when there is no card in it: nothing was added. */
gboolean mime_vcard_render(const char *text, gsize len, MimeDocument *document);
