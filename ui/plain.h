/* A message as plain text, as it is shown: for the printer. */
#pragma once

#include "engine.h"

/* Header fields (all of them when FULL), then the lines, wrapped; every line through text_clean() and
 * ended by LF. The caller's. */
char *plain_text(const EngineReading *reading, gboolean full);
