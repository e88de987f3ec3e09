/* Long quotes of a message, which are shown as one line while they are folded. */
#pragma once

#include "engine.h"

/* The lines of the quote that begins at line FIRST; 0: that line is none. */
guint fold_quote(const EngineReading *reading, guint first);
/* TRUE when a quote of so many lines is worth folding. */
gboolean fold_is_long(guint lines);
