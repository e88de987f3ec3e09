#include "fold.h"

enum { LONG_QUOTE = 4 };

guint
fold_quote(const EngineReading *reading, guint first)
{
	EngineLine line;
	guint n = 0;
	while (engine_reading_line(reading, first + n, &line) && line.quote > 0)
		n++;
	return n;
}

gboolean
fold_is_long(guint lines)
{
	return lines >= LONG_QUOTE;
}
