/* What is remembered of an account's server from visit to visit (cache.db). */
#pragma once

#include "store/store.h"

/* The capabilities after the last login, as imap_caps_text(); NULL when there was none. The
 * caller's. */
char *store_account_capabilities(Store *store, const char *account);
gboolean store_account_put_capabilities(Store *store, const char *account, const char *capabilities,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
