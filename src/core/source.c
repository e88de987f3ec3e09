/* A message as the server has it (engine.h), octet by octet: fetched in pieces, of which no more are asked
 * for once it is left, and which go on where they ended after a cut. Nothing of it is kept. */
#include "core/engine-private.h"

#define CHUNK      (256 * 1024)
#define MAX_SOURCE (8 * 1024 * 1024)
#define MAX_CUTS   3 /* lost connections before it fails */

struct EngineSource {
	Engine *engine;
	EngineFolderId folder;
	guint32 uid, uidvalidity; /* of the folder when UID was taken; 0: not known */
	EngineReadingState state;
	char *error;
	Link *link; /* where a piece is awaited from, or NULL */
	GByteArray *bytes;
	guint asked_from; /* where that piece begins */
	guint cuts;
	guint64 size; /* as the server says; 0: not known */
};

static void
changed(EngineSource *source)
{
	EngineEvent event = {
		.kind = ENGINE_SOURCE_CHANGED, .folder = source->folder, .source = source};

	core_emit(source->engine->core, &event);
}

static void
fail(EngineSource *source, const char *sentence)
{
	source->state = ENGINE_READING_FAILED;
	source->error = g_strdup(sentence);
	changed(source);
}

/* The line was cut, or the server does not want to. */
static void
take_error(EngineSource *source, Link *link, const GError *error)
{
	/* What is here of the piece stays: the next one begins behind it. */
	if (link_is_ready(link) || ++source->cuts > MAX_CUTS)
		fail(source, error->message);
	else
		core_touch(source->engine->core);
}

static void
on_piece(Link *link, const ImapEvent *event, gpointer user)
{
	EngineSource *source = user;
	guint room = MAX_SOURCE - source->bytes->len;

	if (event->kind == IMAP_EVENT_BODY && event->body->len > 0) {
		g_byte_array_append(source->bytes, (const guint8 *)event->body->data,
			(guint)MIN(event->body->len, room));
		changed(source);
	}
	if (event->kind != IMAP_EVENT_DONE)
		return;
	source->link = NULL;
	if (event->error) {
		take_error(source, link, event->error);
	} else if (source->bytes->len == 0) {
		fail(source, "The message is no longer on the server.");
	} else if (source->bytes->len - source->asked_from < CHUNK ||
		   source->bytes->len == MAX_SOURCE) {
		source->state = ENGINE_READING_READY;
		changed(source);
	} else {
		core_touch(source->engine->core);
	}
}

void
source_settle(EngineSource *source)
{
	Account *account;
	Folder *folder;

	if (source->state != ENGINE_READING_LOADING || source->link)
		return;
	if (!engine_resolve(source->engine, source->folder, &account, &folder)) {
		fail(source, "The folder of this message is no longer there.");
		return;
	}
	if (engine_is_renumbered(source->engine, source->folder, source->uidvalidity)) {
		fail(source, ENGINE_RENUMBERED);
		return;
	}
	source->uidvalidity = folder->stored->uidvalidity;
	source->link = account_link_for(account, source->folder);
	if (!source->link)
		return;
	source->asked_from = source->bytes->len;
	link_submit(source->link,
		imap_command_fetch_body(source->uid, "", source->asked_from, CHUNK), on_piece,
		source);
}

EngineSource *
engine_source(Engine *engine, EngineFolderId folder, guint32 uid)
{
	g_autoptr(StoreMessage) message =
		store_message_get(engine->core->store, folder, uid, FALSE);
	EngineSource *source = g_new0(EngineSource, 1);

	source->engine = engine;
	source->folder = folder;
	source->uid = uid;
	source->uidvalidity = engine_uidvalidity(engine, folder);
	source->bytes = g_byte_array_new();
	source->size = message ? message->size : 0;
	g_ptr_array_add(engine->sources, source);
	core_touch(engine->core);
	return source;
}

void
engine_source_free(EngineSource *source)
{
	if (!source)
		return;
	if (source->link)
		link_forget(source->link, source);
	g_ptr_array_remove(source->engine->sources, source);
	g_byte_array_unref(source->bytes);
	g_free(source->error);
	g_free(source);
}

/* ---- for the interface ---- */

EngineReadingState
engine_source_state(const EngineSource *source)
{
	return source->state;
}

const char *
engine_source_error(const EngineSource *source)
{
	return source->error ? source->error : "";
}

void
engine_source_progress(const EngineSource *source, guint64 *out_done, guint64 *out_total)
{
	*out_done = source->bytes->len;
	*out_total = MIN(source->size, MAX_SOURCE);
}

const char *
engine_source_bytes(const EngineSource *source, gsize *out_len, gboolean *out_whole)
{
	*out_len = source->bytes->len;
	*out_whole = source->state == ENGINE_READING_READY && source->bytes->len < MAX_SOURCE;
	return (const char *)source->bytes->data;
}
