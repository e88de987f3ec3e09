/* The signatures and the encryption of a message that is read: brings the whole message, since they
 * cover octets, has it opened on the opener's thread, and says what came of it. Nothing that was
 * encrypted gets into a database. */
#include "core/reading-private.h"

#include "base/err.h"
#include "core/opener.h"
#include "mime/header.h"
#include "store/bodies.h"

#include <string.h>

#define CHUNK    (256 * 1024)                /* octets asked for at a time */
#define MAX_AUTO (4u * 1024 * 1024)          /* octets that are fetched without being asked for */
#define MAX_ALL  (guint64)(64 * 1024 * 1024) /* octets of a message that can be opened */

static void
say(ReadingSecure *secure, EngineSecurityLevel level, const char *sentence)
{
	secure->level = level;
	g_free(secure->summary);
	secure->summary = g_strdup(sentence);
	reading_changed(secure->reading);
}

/* ---- the opener ---- */

static void
on_opened(SecureMessage *take_message, gpointer user)
{
	ReadingSecure *secure = user;
	Core *core = secure->reading->engine->core;

	secure->job = NULL;
	g_clear_pointer(&secure->question, g_free);
	secure->message = take_message;
	secure->verdict = secure_judge(take_message);
	if (secure->verdict->level == SECURE_NONE) {
		secure->step = SECURE_STEP_OVER;
		say(secure, ENGINE_SECURITY_NONE, "");
	} else {
		secure->step = SECURE_STEP_SHOW;
	}
	core_touch(core);
}

static void
on_ask(const char *whom, gboolean again, gpointer user)
{
	ReadingSecure *secure = user;
	EngineEvent event = {.kind = ENGINE_ASK_PASSPHRASE,
		.folder = secure->reading->folder,
		.reading = secure->reading,
		.count = again};

	g_free(secure->question);
	secure->question = g_strdup(whom);
	event.text = g_strdup(whom);
	core_emit(secure->reading->engine->core, &event);
	core_touch(secure->reading->engine->core);
}

static void
open_message(ReadingSecure *secure, GBytes *bytes, const char *encoding)
{
	static const OpenerCalls calls = {on_opened, on_ask};
	Engine *engine = secure->reading->engine;
	const char *wish = engine_option_string(engine, "passphrase-prompt");

	if (!engine->opener)
		engine->opener = opener_new();
	secure->step = SECURE_STEP_OPEN;
	secure->job = opener_open(
		engine->opener, bytes, encoding, strcmp(wish, "agent") == 0, &calls, secure);
}

void
engine_reading_passphrase(EngineReading *reading, const char *secret)
{
	ReadingSecure *secure = reading->secure;

	if (!secure || !secure->job || !secure->question)
		return;
	g_clear_pointer(&secure->question, g_free);
	opener_answer(secure->job, secret);
}

/* ---- the octets ---- */

static void
on_piece(const char *bytes, gsize len, gpointer user)
{
	ReadingSecure *secure = user;

	g_byte_array_append(secure->octets, (const guint8 *)bytes, (guint)len);
}

static void
on_over(const GError *error, gpointer user)
{
	ReadingSecure *secure = user;
	g_autoptr(GBytes) sent = NULL;

	g_clear_pointer(&secure->download, download_free);
	if (error) {
		g_autofree char *sentence = g_strdup_printf("not checked: %s", error->message);

		secure->step = SECURE_STEP_OVER;
		say(secure, ENGINE_SECURITY_UNSURE, sentence);
		return;
	}
	sent = g_byte_array_free_to_bytes(g_steal_pointer(&secure->octets));
	open_message(secure, sent, secure->reading->encoding);
}

static void
fetch(ReadingSecure *secure)
{
	static const DownloadOwner owner = {on_piece, NULL, on_over};
	EngineReading *reading = secure->reading;
	const DownloadWish wish = {
		.folder = reading->folder,
		.uid = reading->uid,
		.uidvalidity = reading->uidvalidity,
		.section = reading->base,
		.size = secure->size,
		.max = MAX_ALL,
	};

	g_clear_pointer(&secure->download, download_free);
	g_clear_pointer(&secure->octets, g_byte_array_unref);
	secure->octets = g_byte_array_new();
	secure->step = SECURE_STEP_FETCH;
	secure->download = download_new(reading->engine, &wish, &owner, secure);
}

/* ---- the start ---- */

static gboolean
has_inline(const EngineReading *reading)
{
	for (guint i = 1; i < reading->sections->len; i++) {
		const Section *section = g_ptr_array_index(reading->sections, i);

		if (section->bytes->len &&
			secure_is_inline((const char *)section->bytes->data, section->bytes->len))
			return TRUE;
	}
	return FALSE;
}

/* What the plan says, and the text that is here. */
static gboolean
is_wanted(const EngineReading *reading, gboolean *out_sealed)
{
	gboolean wanted = FALSE;

	for (guint i = 0; i < reading->plan->steps->len; i++) {
		MimeShow how = g_array_index(reading->plan->steps, MimeStep, i).how;

		*out_sealed = *out_sealed || how == MIME_SHOW_ENCRYPTED;
		wanted = wanted || how == MIME_SHOW_ENCRYPTED || how == MIME_SHOW_SIGNED;
	}
	return wanted || has_inline(reading);
}

/* All of what is read, when it is here; else NULL. */
static GBytes *
whole_here(const EngineReading *reading)
{
	if (reading->whole && !reading->cut)
		return g_bytes_ref(reading->whole);
	if (reading->inside >= 0 || reading_is_void(reading))
		return NULL;
	return store_body_get(reading->engine->core->store, reading->folder, reading->uid, "");
}

static void
begin(ReadingSecure *secure)
{
	EngineReading *reading = secure->reading;
	g_autoptr(GBytes) here = whole_here(reading);

	say(secure, ENGINE_SECURITY_PENDING, "being checked …");
	if (here)
		open_message(secure, here, NULL);
	else
		fetch(secure);
	core_touch(reading->engine->core);
}

void
reading_secure_begin(EngineReading *reading)
{
	ReadingSecure *secure;
	gboolean sealed = FALSE;

	if (reading->secure || !reading->for_user || !reading->message ||
		!is_wanted(reading, &sealed) || !engine_option_bool(reading->engine, "crypto"))
		return;
	secure = reading->secure = g_new0(ReadingSecure, 1);
	secure->reading = reading;
	secure->size = reading->inside >= 0 ? reading->size : reading->message->size;
	secure->step = SECURE_STEP_OVER;
	if (secure->size > MAX_ALL)
		say(secure, ENGINE_SECURITY_UNSURE, "not checked: it is larger than 64 MB");
	else if (secure->size > MAX_AUTO && !sealed)
		say(secure, ENGINE_SECURITY_UNSURE,
			"signed, not checked: that takes the whole message, which is large");
	else
		begin(secure);
	secure->can_begin = secure->size <= MAX_ALL;
}

static gboolean
is_locked(const SecureMessage *message)
{
	for (guint i = 0; i < message->layers->len; i++)
		if (g_array_index(message->layers, SecureLayer, i).result->locked)
			return TRUE;
	return FALSE;
}

void
engine_reading_check(EngineReading *reading)
{
	ReadingSecure *secure = reading->secure;

	if (!secure || !secure->can_begin || secure->step != SECURE_STEP_OVER ||
		(secure->message && !is_locked(secure->message)))
		return;
	reading_clear_pieces(secure);
	g_clear_pointer(&secure->message, secure_free);
	g_clear_pointer(&secure->verdict, secure_verdict_free);
	begin(secure);
}

void
reading_secure_settle(EngineReading *reading)
{
	ReadingSecure *secure = reading->secure;

	if (!secure)
		return;
	if (secure->step == SECURE_STEP_FETCH)
		download_settle(secure->download);
	if (secure->step == SECURE_STEP_SHOW)
		reading_show_pieces(secure);
}

gboolean
reading_secure_is_busy(const EngineReading *reading)
{
	const ReadingSecure *secure = reading->secure;

	return secure && !secure->question && secure->step != SECURE_STEP_OVER &&
	       !(secure->step == SECURE_STEP_FETCH && !download_link(secure->download));
}

void
reading_forget_secure(EngineReading *reading)
{
	ReadingSecure *secure = g_steal_pointer(&reading->secure);

	if (!secure)
		return;
	/* They may have come from inside. */
	g_clear_pointer(&reading->fields, g_ptr_array_unref);
	download_free(secure->download);
	opener_drop(secure->job);
	reading_clear_pieces(secure);
	g_clear_pointer(&secure->octets, g_byte_array_unref);
	secure_free(secure->message);
	secure_verdict_free(secure->verdict);
	g_free(secure->summary);
	g_free(secure->question);
	g_free(secure);
}

/* ---- for the interface ---- */

gboolean
engine_reading_security(const EngineReading *reading, EngineSecurity *out_security)
{
	const ReadingSecure *secure = reading->secure;

	if (!secure || secure->level == ENGINE_SECURITY_NONE)
		return FALSE;
	*out_security = (EngineSecurity){secure->level, secure->summary};
	return TRUE;
}

const char *
engine_reading_security_detail(const EngineReading *reading, guint i)
{
	const ReadingSecure *secure = reading->secure;

	if (!secure || !secure->verdict || secure->step != SECURE_STEP_OVER ||
		i >= secure->verdict->details->len)
		return NULL;
	return g_ptr_array_index(secure->verdict->details, i);
}

const ReadingInside *
reading_inside(const EngineReading *reading, guint part)
{
	const ReadingSecure *secure = reading->secure;

	if (!secure || !secure->inside || part < secure->own_parts ||
		part - secure->own_parts >= secure->inside->len)
		return NULL;
	return &g_array_index(secure->inside, ReadingInside, part - secure->own_parts);
}

gboolean
reading_field_is_covered(const EngineReading *reading, const char *name)
{
	const ReadingSecure *secure = reading->secure;

	for (guint i = 0; secure && secure->message && secure->step == SECURE_STEP_OVER &&
			  i < secure->message->fields->len;
		i++)
		if (!g_ascii_strcasecmp(
			    g_array_index(secure->message->fields, SecureField, i).name, name))
			return TRUE;
	return FALSE;
}
