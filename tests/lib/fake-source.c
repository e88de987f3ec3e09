/* Of the engine without a server: a message as the server has it, which is nothing. */
#include "engine.h"

EngineSource *
engine_source(Engine *engine, EngineFolderId folder, guint32 uid)
{
	return NULL;
}

void
engine_source_free(EngineSource *source)
{
}

EngineReadingState
engine_source_state(const EngineSource *source)
{
	return ENGINE_READING_READY;
}

const char *
engine_source_error(const EngineSource *source)
{
	return "";
}

void
engine_source_progress(const EngineSource *source, guint64 *out_done, guint64 *out_total)
{
	*out_done = *out_total = 0;
}

const char *
engine_source_bytes(const EngineSource *source, gsize *out_len, gboolean *out_whole)
{
	*out_len = 0;
	*out_whole = TRUE;
	return "";
}
