/* What the user likes of a sender (cache.db): at most LIKINGS_MAX senders, the earliest choice gives way. */
#pragma once

#include "store/store.h"

enum { LIKINGS_MAX = 2000 };

/* TRUE when a choice was made for ADDRESS ("ada@example.org", letter case does not matter). */
gboolean store_liking_get(Store *store, const char *address, gboolean *out_html);
gboolean store_liking_put(
	Store *store, const char *address, gboolean html, GError **error) G_GNUC_WARN_UNUSED_RESULT;
