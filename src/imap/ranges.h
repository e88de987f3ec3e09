/*
 * Sets of numbers as servers write them, "4,1:3": ranges in the server's order, never expanded, so
 * that "1:4294967295" costs as much as "1" (CVE-2025-25186).
 */
#pragma once

#include "base/uidset.h"
#include "imap/response.h"

typedef struct {
	UidRange *at;
	guint n, allocated;
	guint max;        /* more are not taken */
	gboolean too_big; /* there were more */
} ImapRanges;

void imap_ranges_clear(ImapRanges *ranges);

/* Adds FIRST to LAST, in either order, which are not 0; what follows the newest range grows it. */
void imap_ranges_add(ImapRanges *ranges, guint32 first, guint32 last);
/* Adds all of "4,1:3". Empty members are passed over (CVE-2021-32055: a trailing comma). FALSE when
 * TEXT is no such set or there are too many. */
gboolean imap_ranges_add_text(
	ImapRanges *ranges, const char *text, gsize len) G_GNUC_WARN_UNUSED_RESULT;

/* The caller's. Sorts RANGES. */
UidSet *imap_ranges_to_set(ImapRanges *ranges);
