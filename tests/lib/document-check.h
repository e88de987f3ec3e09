/* What is true of every document, whatever it was made of. */
#pragma once

#include "mime/body.h"

/* Nothing in it can harm a terminal; spans are in order and inside. */
void document_check_sound(const MimeDocument *document);
/* Both are sound and the same. */
void document_check_equal(const MimeDocument *a, const MimeDocument *b);
