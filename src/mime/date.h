/* Dates of mail, of any age and form. */
#pragma once

#include <glib.h>

/*
 * A Date field: RFC 5322 with its obsolete forms, ctime, ISO 8601 and what old gateways wrote.
 * Seconds since 1970 (UTC, negative before), the writer's offset in minutes east of Greenwich in
 * *OUT_OFFSET (may be NULL). FALSE when it is no date.
 *
 * Not GMime's: it refuses dates before 1970, and reads lower-case zones and "-600" wrong.
 */
gboolean mime_date_parse(const char *raw, gint64 *out_seconds, int *out_offset);

/* Such a field as text_date() writes it; RAW where it is no date. The caller's. */
char *mime_date_words(const char *raw);
