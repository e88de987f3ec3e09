/* The table of all options of the config file. */
#pragma once

#include "engine.h"

/* NULL when GROUP has no such option. */
const EngineOption *option_find(const char *group, const char *name);
/* FALSE with a sentence that says what would be right; the caller adds the place. */
gboolean option_check(
	const EngineOption *option, const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
