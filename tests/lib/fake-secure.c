/* The fake engine's mail is neither signed nor encrypted. */
#include "engine.h"

gboolean
engine_reading_security(const EngineReading *reading, EngineSecurity *out_security)
{
	return FALSE;
}

const char *
engine_reading_security_detail(const EngineReading *reading, guint i)
{
	return NULL;
}

void
engine_reading_check(EngineReading *reading)
{
}

void
engine_reading_passphrase(EngineReading *reading, const char *secret)
{
}
