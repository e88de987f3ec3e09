/* Of the engine without a server: what only a server has. */
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

EngineExport *
engine_export(EngineReading *reading, guint part, const EngineExportWish *wish, GError **error)
{
	err_set(error, ERR_INPUT, "There is no server to fetch it from");
	return NULL;
}

void
engine_export_free(EngineExport *export)
{
}

EngineExportState
engine_export_state(const EngineExport *export)
{
	return ENGINE_EXPORT_FAILED;
}

gboolean
engine_export_is_waiting(const EngineExport *export)
{
	return FALSE;
}

void
engine_export_progress(const EngineExport *export, guint64 *out_done, guint64 *out_total)
{
	*out_done = *out_total = 0;
}

const char *
engine_export_path(const EngineExport *export)
{
	return "";
}

const char *
engine_export_error(const EngineExport *export)
{
	return "";
}

GBytes *
engine_export_bytes(const EngineExport *export)
{
	return NULL;
}

const char *
engine_export_type(const EngineExport *export)
{
	return "";
}

const char *
engine_export_name(const EngineExport *export)
{
	return "";
}

char *
engine_export_suggest(const EngineReading *reading, guint part)
{
	return g_strdup("part");
}

guint
engine_reading_link_count(const EngineReading *reading)
{
	return 0;
}

gboolean
engine_reading_link(const EngineReading *reading, guint number, EngineLink *out_link)
{
	return FALSE;
}

EngineReading *
engine_read_part(EngineReading *reading, guint part)
{
	return NULL;
}

gboolean
engine_reading_likes_html(const EngineReading *reading)
{
	return FALSE;
}

gboolean
engine_reading_prefer(EngineReading *reading, gboolean html)
{
	return FALSE;
}
