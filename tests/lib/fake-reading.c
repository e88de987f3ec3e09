/* Of the engine without a server: messages, which all say the same. */
#include "fake-engine.h"

struct EngineReading {
	Engine *engine;
	FakePlace *folder;
	guint32 uid;
	gboolean peek, ready;
	guint source;
};

static gboolean
on_read(gpointer user)
{
	EngineReading *reading = user;
	Engine *engine = reading->engine;
	gint position = fake_position_of(reading->folder, reading->uid);
	reading->source = 0;
	reading->ready = TRUE;
	engine->on_the_way--;
	fake_emit(engine, (EngineEvent){.kind = ENGINE_READING_CHANGED, .reading = reading});
	if (position >= 0 && !reading->peek) {
		FakeMessage *message = reading->folder->messages->pdata[position];
		message->flags |= FLAG_SEEN;
		fake_emit_list(engine, reading->folder,
			(EngineEvent){
				.kind = ENGINE_LIST_ROWS, .position = (guint)position, .added = 1});
	}
	return G_SOURCE_REMOVE;
}

EngineReading *
engine_read(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek)
{
	EngineReading *reading = g_new0(EngineReading, 1);
	reading->engine = engine;
	reading->folder = fake_place(engine, folder);
	reading->uid = uid;
	reading->peek = peek;
	reading->source = g_timeout_add(FAKE_LATER_MS, on_read, reading);
	engine->on_the_way++;
	return reading;
}

void
engine_reading_free(EngineReading *reading)
{
	if (reading == NULL)
		return;
	if (reading->source != 0) {
		g_source_remove(reading->source);
		reading->engine->on_the_way--;
	}
	g_free(reading);
}

EngineReadingState
engine_reading_state(const EngineReading *reading)
{
	return reading->ready ? ENGINE_READING_READY : ENGINE_READING_LOADING;
}

guint32
engine_reading_uid(const EngineReading *reading)
{
	return reading->uid;
}

const char *
engine_reading_error(const EngineReading *reading)
{
	return "";
}

void
engine_reading_progress(const EngineReading *reading, guint64 *out_done, guint64 *out_total)
{
	*out_done = 0;
	*out_total = 0;
}

guint
engine_reading_field_count(const EngineReading *reading, gboolean full)
{
	return full ? 7 : 5;
}

gboolean
engine_reading_field(const EngineReading *reading, gboolean full, guint i, EngineField *out_field)
{
	gint position = fake_position_of(reading->folder, reading->uid);
	const FakeMessage *message =
		position >= 0 ? reading->folder->messages->pdata[position] : NULL;
	const EngineField fields[] = {{"From", message != NULL ? message->from : ""},
		{"To", "Alice Example <alice@example.org>"},
		{"Cc", "Zoë García <zoe@example.org>, team@example.org, 山田 太郎 "
		       "<taro@example.jp>"},
		{"Date", "Sun, 12 May 2024 09:12:00 +0200",
			.date = message != NULL ? message->date : 0},
		{"Subject", message != NULL ? message->subject : ""},
		{"Message-ID", "<20240512.1@example.org>"},
		{"Received", "from mail.example.net by mx.example.org; 12 May 2024"}};
	if (i >= engine_reading_field_count(reading, full))
		return FALSE;
	*out_field = fields[i];
	return TRUE;
}

guint
engine_reading_line_count(const EngineReading *reading)
{
	EngineLine line;
	guint n = 0;
	while (reading->ready && fake_line_at(n, &line))
		n++;
	return n;
}

gboolean
engine_reading_line(const EngineReading *reading, guint i, EngineLine *out_line)
{
	return reading->ready && fake_line_at(i, out_line);
}

guint
engine_reading_part_count(const EngineReading *reading)
{
	return 2;
}

gboolean
engine_reading_part(const EngineReading *reading, guint i, EnginePart *out_part)
{
	static const EnginePart parts[] = {{"text/plain", "", 2048, FALSE, TRUE, FALSE, 0, "1"},
		{"image/png", "a picture\033[2J of the graph.png", 183500, TRUE, FALSE, TRUE, 0,
			"2"}};
	if (i >= G_N_ELEMENTS(parts))
		return FALSE;
	*out_part = parts[i];
	return TRUE;
}
