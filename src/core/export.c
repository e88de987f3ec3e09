#include "core/export.h"

#include "base/err.h"
#include "core/download.h"
#include "core/outfile.h"
#include "core/reading-private.h"
#include "mime/filename.h"
#include "mime/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_MEMORY (64 * 1024 * 1024)
#define SLICE      (256 * 1024)   /* octets that are taken in one turn when all are here */
#define OPEN_KEPT  (24 * 60 * 60) /* seconds that a file stays which another program was given */

struct EngineExport {
	Engine *engine;
	EngineExportKind kind;
	EngineExportState state;
	char *type, *name; /* as the mail has them */
	guint64 size;
	Download *download; /* one of these: from the server, */
	GBytes *local;      /* or from a message that was taken apart or decrypted here */
	gsize local_at;
	MimeTransfer *transfer; /* unless the server decodes */
	GString *decoded;
	ReadingFile file_within; /* what is wanted of the part */
	GByteArray *around;      /* the part, as far as it is here; NULL: all of it is wanted */
	OutFile *file;           /* being written, or being finished */
	gboolean finishing;      /* the file is flushed, the download is over */
	GByteArray *memory;      /* MEMORY: while it grows */
	GBytes *bytes;           /* and when it is whole */
	char *path, *error;
};

static void
changed(EngineExport *export)
{
	EngineEvent event = {.kind = ENGINE_EXPORT_CHANGED, .export = export};

	core_emit(export->engine->core, &event);
}

/* ---- the end ---- */

static void
fail(EngineExport *export, const GError *error)
{
	if (export->state != ENGINE_EXPORT_RUNNING)
		return;
	export->state = ENGINE_EXPORT_FAILED;
	export->error = g_strdup(error->message);
	if (!export->finishing)
		g_clear_pointer(&export->file, out_file_free);
	changed(export);
}

static void
on_file(const char *path, const GError *error, gpointer user)
{
	EngineExport *export = user;

	export->file = NULL;
	if (error) {
		fail(export, error);
		return;
	}
	export->path = g_strdup(path);
	export->state = ENGINE_EXPORT_DONE;
	changed(export);
}

static void
finish(EngineExport *export)
{
	if (export->file) {
		export->finishing = TRUE;
		out_file_finish(export->file, on_file, export);
		return;
	}
	export->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&export->memory));
	export->state = ENGINE_EXPORT_DONE;
	changed(export);
}

/* ---- octets ---- */

static gboolean
hold(GByteArray *array, const char *bytes, gsize len, GError **error)
{
	if (array->len + len > MAX_MEMORY)
		return err_set(error, ERR_LIMIT,
			"This part is larger than 64 MB: save it and use the file");
	g_byte_array_append(array, (const guint8 *)bytes, (guint)len);
	return TRUE;
}

static gboolean
put(EngineExport *export, const char *bytes, gsize len, GError **error)
{
	if (export->around)
		return hold(export->around, bytes, len, error);
	if (export->file)
		return out_file_write(export->file, bytes, len, error);
	return hold(export->memory, bytes, len, error);
}

/* The part is here: of it the file goes on its way. */
static gboolean
put_file_within(EngineExport *export, GError **error)
{
	g_autoptr(GByteArray) around = g_steal_pointer(&export->around);
	g_autoptr(GBytes) file = mime_render_file(export->file_within.how,
		(const char *)around->data, around->len, export->file_within.index);
	gsize len = 0;
	const char *bytes;

	if (!file)
		return err_set(error, ERR_INPUT, "The part does not hold this file any more");
	bytes = g_bytes_get_data(file, &len);
	return len == 0 || put(export, bytes, len, error);
}

/* What is in DECODED. */
static gboolean
put_decoded(EngineExport *export, GError **error)
{
	gboolean good = put(export, export->decoded->str, export->decoded->len, error);

	g_string_truncate(export->decoded, 0);
	return good;
}

/* NULL: what comes is what is wanted. */
static MimeTransfer *
transfer_now(const EngineExport *export)
{
	return export->download && download_is_decoded(export->download) ? NULL : export->transfer;
}

static void
on_piece(const char *bytes, gsize len, gpointer user)
{
	EngineExport *export = user;
	MimeTransfer *transfer = transfer_now(export);
	g_autoptr(GError) error = NULL;

	if (export->state != ENGINE_EXPORT_RUNNING)
		return;
	if (transfer)
		mime_transfer_feed(transfer, bytes, len, export->decoded);
	if (!(transfer ? put_decoded(export, &error) : put(export, bytes, len, &error)))
		fail(export, error);
	else
		changed(export);
}

static void
on_again(gpointer user)
{
	EngineExport *export = user;
	g_autoptr(GError) error = NULL;

	if (export->state != ENGINE_EXPORT_RUNNING)
		return;
	if (export->around)
		g_byte_array_set_size(export->around, 0);
	if (export->memory)
		g_byte_array_set_size(export->memory, 0);
	if (export->file && !out_file_rewind(export->file, &error))
		fail(export, error);
	else
		changed(export);
}

static void
on_over(const GError *why, gpointer user)
{
	EngineExport *export = user;
	MimeTransfer *transfer = transfer_now(export);
	g_autoptr(GError) error = NULL;

	if (export->state != ENGINE_EXPORT_RUNNING)
		return;
	if (why) {
		fail(export, why);
		return;
	}
	if (transfer)
		mime_transfer_end(transfer, export->decoded);
	if ((transfer && !put_decoded(export, &error)) ||
		(export->around && !put_file_within(export, &error)))
		fail(export, error);
	else
		finish(export);
}

/* ---- where to ---- */

static gboolean
refuse_dir(const char *dir, GError **error)
{
	return err_set(error, ERR_DISK, "%s can't be used: %s", dir, g_strerror(errno));
}

/* What other programs were given long ago: nobody reads it any more. */
static void
clean_dir(const char *dir)
{
	g_autoptr(GDir) files = g_dir_open(dir, 0, NULL);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	const char *name;

	while (files && (name = g_dir_read_name(files))) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		struct stat info;

		if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) &&
			info.st_mtime < now - OPEN_KEPT)
			unlink(path);
	}
}

/* Ours alone: 0700 below the run-time directory, which goes with the session, else below the state. */
static char *
private_dir(GError **error)
{
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");
	g_autofree char *dir = g_build_filename(
		runtime && *runtime ? runtime : g_get_user_state_dir(), "postern", "open", NULL);
	struct stat info;

	if (g_mkdir_with_parents(dir, S_IRWXU) < 0 || lstat(dir, &info) < 0) {
		(void)refuse_dir(dir, error);
		return NULL;
	}
	if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() || (info.st_mode & 077)) {
		(void)err_set(error, ERR_DISK, "%s is not private: others could reach it", dir);
		return NULL;
	}
	clean_dir(dir);
	return g_steal_pointer(&dir);
}

static gboolean
open_private_file(EngineExport *export, GError **error)
{
	g_autofree char *dir = private_dir(error);
	g_autofree char *name = NULL, *path = NULL;

	if (!dir)
		return FALSE;
	name = g_strdup_printf("%08x%08x.%s", g_random_int(), g_random_int(),
		mime_filename_ending(export->type, export->name));
	path = g_build_filename(dir, name, NULL);
	export->file = out_file_new(path, FALSE, TRUE, error);
	return export->file != NULL;
}

static gboolean
open_user_file(EngineExport *export, const EngineExportWish *wish, GError **error)
{
	gboolean in_dir = g_file_test(wish->path, G_FILE_TEST_IS_DIR);
	g_autofree char *name = mime_filename_safe(export->name, export->type);
	g_autofree char *path =
		in_dir ? g_build_filename(wish->path, name, NULL) : g_strdup(wish->path);

	export->file = out_file_new(path, wish->overwrite && !in_dir, in_dir, error);
	return export->file != NULL;
}

static gboolean
open_target(EngineExport *export, const EngineExportWish *wish, GError **error)
{
	switch (export->kind) {
	case ENGINE_EXPORT_SAVE: return open_user_file(export, wish, error);
	case ENGINE_EXPORT_OPEN: return open_private_file(export, error);
	case ENGINE_EXPORT_MEMORY: export->memory = g_byte_array_new(); return TRUE;
	}
	return FALSE;
}

/* ---- the part ---- */

static const MimePart *
part_of(const EngineReading *reading, guint part)
{
	return reading->top ? mime_part_at(reading->top, reading->top->index + part) : NULL;
}

/* A message has no name but its subject. */
static char *
name_of_message(const EngineReading *reading)
{
	const char *subject = reading->message ? reading->message->subject : "";

	return *subject ? g_strconcat(subject, ".eml", NULL) : g_strdup("message.eml");
}

static MimeTransfer *
transfer_of(const char *encoding)
{
	return encoding ? mime_transfer_new(encoding) : NULL;
}

static void
describe_whole(EngineExport *export, const EngineReading *reading, DownloadWish *out_wish)
{
	export->type = g_strdup("message/rfc822");
	export->name = name_of_message(reading);
	out_wish->section = reading->base;
	out_wish->size = reading->inside >= 0 ? reading->size
			 : reading->message   ? reading->message->size
					      : 0;
	if (reading->whole && !reading->cut)
		export->local = g_bytes_ref(reading->whole);
	else
		export->transfer = transfer_of(reading->encoding);
}

/* What came out of an encryption is here alone; the message may be closed meanwhile. */
static void
describe_inside(EngineExport *export, const EngineReading *reading, guint index)
{
	const ReadingInside *inside = reading_inside(reading, index);
	const EnginePart *part = &g_array_index(reading->parts, EnginePart, index);

	export->type = g_strdup(part->type);
	export->name = g_strdup(part->name);
	export->local = g_bytes_ref(inside->octets);
	export->transfer = transfer_of(inside->encoding);
	if (!inside->is_file)
		return;
	export->file_within = (ReadingFile){.how = inside->how, .index = inside->index};
	export->around = g_byte_array_new();
}

/* The part that it lies in was described. */
static void
describe_file(EngineExport *export, const EngineReading *reading, guint index)
{
	const EnginePart *listed = &g_array_index(reading->parts, EnginePart, index);

	export->file_within = *reading_file(reading, index);
	export->around = g_byte_array_new();
	g_free(export->type);
	export->type = g_strdup(listed->type);
	g_free(export->name);
	export->name = g_strdup(listed->name);
}

/* What is signed or encrypted comes as it was sent, to the last octet. */
static gboolean
is_sealed(const MimePart *part)
{
	if (mime_part_is(part, "application", "pkcs7-mime") ||
		mime_part_is(part, "application", "x-pkcs7-mime") ||
		mime_part_is(part, "application", "pgp-encrypted"))
		return TRUE;
	for (; part; part = part->parent)
		if (mime_part_is(part, "multipart", "signed") ||
			mime_part_is(part, "multipart", "encrypted"))
			return TRUE;
	return FALSE;
}

/* Base64 with its line ends is of an even length; what was cut short often is not, and Dovecot 2.3 ends the
 * connection when it is to decode that. Quoted-printable is not decoded by servers: it is hardly shorter then,
 * and nothing tells whether all of it has come. */
static gboolean
may_come_decoded(const MimePart *part)
{
	return part->encoding && g_ascii_strcasecmp(part->encoding, "base64") == 0 &&
	       part->octets && part->octets % 2 == 0 && !mime_part_is_message(part) &&
	       !is_sealed(part) && strspn(part->section, "0123456789.") == strlen(part->section);
}

static gboolean
describe(EngineExport *export, const EngineReading *reading, guint index, DownloadWish *out_wish,
	GError **error)
{
	const ReadingFile *file = reading_file(reading, index);
	const MimePart *part = part_of(reading, file ? file->part : index);

	*out_wish = (DownloadWish){
		.folder = reading->folder,
		.uid = reading->uid,
		.uidvalidity = reading->uidvalidity,
		.section = "",
		.max = G_MAXUINT32,
		.anywhere = TRUE,
	};
	if (index == ENGINE_WHOLE_MESSAGE) {
		describe_whole(export, reading, out_wish);
		return TRUE;
	}
	if (reading_inside(reading, index)) {
		describe_inside(export, reading, index);
		return TRUE;
	}
	if (!part || mime_part_is(part, "multipart", NULL))
		return err_set(error, ERR_INPUT, "There is no such part");
	export->type = mime_part_type(part);
	export->name = g_strdup(mime_part_title(part));
	out_wish->section = part->section;
	out_wish->size = part->octets;
	out_wish->base64 = may_come_decoded(part);
	export->transfer = transfer_of(part->encoding);
	if (reading->whole)
		export->local = reading_slice(reading, part->offset, part->octets);
	if (file)
		describe_file(export, reading, index);
	return TRUE;
}

EngineExport *
engine_export(EngineReading *reading, guint part, const EngineExportWish *wish, GError **error)
{
	static const DownloadOwner owner = {on_piece, on_again, on_over};
	EngineExport *export = g_new0(EngineExport, 1);
	DownloadWish download;

	export->engine = reading->engine;
	export->kind = wish->kind;
	export->decoded = g_string_new(NULL);
	g_ptr_array_add(reading->engine->exports, export);
	if (!describe(export, reading, part, &download, error) ||
		!open_target(export, wish, error)) {
		engine_export_free(export);
		return NULL;
	}
	if (wish->raw && !export->around) {
		g_clear_pointer(&export->transfer, mime_transfer_free);
		download.base64 = FALSE;
	}
	export->size = export->local ? g_bytes_get_size(export->local) : download.size;
	if (!export->local)
		export->download = download_new(export->engine, &download, &owner, export);
	core_touch(export->engine->core);
	return export;
}

void
engine_export_free(EngineExport *export)
{
	if (!export)
		return;
	g_ptr_array_remove(export->engine->exports, export);
	download_free(export->download);
	if (export->finishing && export->file)
		out_file_forget(export->file);
	else
		out_file_free(export->file);
	mime_transfer_free(export->transfer);
	g_string_free(export->decoded, TRUE);
	g_clear_pointer(&export->memory, g_byte_array_unref);
	g_clear_pointer(&export->around, g_byte_array_unref);
	g_clear_pointer(&export->bytes, g_bytes_unref);
	g_clear_pointer(&export->local, g_bytes_unref);
	g_free(export->type);
	g_free(export->name);
	g_free(export->path);
	g_free(export->error);
	g_free(export);
}

/* ---- the engine's side ---- */

static gboolean
wants_more(const EngineExport *export)
{
	return export->state == ENGINE_EXPORT_RUNNING && !export->finishing;
}

gboolean
engine_export_is_waiting(const EngineExport *export)
{
	return wants_more(export) && export->download && download_is_waiting(export->download);
}

static gboolean
is_first_on(const Engine *engine, const Link *link, guint before)
{
	if (!link)
		return TRUE; /* it looks for one; those beside are held by one at a time anyway */
	for (guint i = 0; i < before; i++) {
		const EngineExport *export = g_ptr_array_index(engine->exports, i);

		if (wants_more(export) && export->download &&
			download_link(export->download) == link)
			return FALSE;
	}
	return TRUE;
}

static void
take_local(EngineExport *export)
{
	gsize len = 0, slice;
	const char *bytes = g_bytes_get_data(export->local, &len);

	slice = MIN(len - export->local_at, SLICE);
	export->local_at += slice;
	if (slice)
		on_piece(bytes + export->local_at - slice, slice, export);
	if (export->local_at == len)
		on_over(NULL, export);
	core_touch(export->engine->core);
}

void
exports_settle(Engine *engine)
{
	for (guint i = 0; i < engine->exports->len; i++) {
		EngineExport *export = g_ptr_array_index(engine->exports, i);

		if (!wants_more(export))
			continue;
		if (export->local)
			take_local(export);
		else if (is_first_on(engine, download_link(export->download), i))
			download_settle(export->download);
	}
}

gboolean
exports_are_busy(const Engine *engine)
{
	for (guint i = 0; i < engine->exports->len; i++) {
		const EngineExport *export = g_ptr_array_index(engine->exports, i);

		if (export->state == ENGINE_EXPORT_RUNNING && !engine_export_is_waiting(export))
			return TRUE;
	}
	return FALSE;
}

/* ---- for the interface ---- */

EngineExportState
engine_export_state(const EngineExport *export)
{
	return export->state;
}

void
engine_export_progress(const EngineExport *export, guint64 *out_done, guint64 *out_total)
{
	*out_done = export->local ? export->local_at : download_here(export->download);
	*out_total = export->size;
}

const char *
engine_export_path(const EngineExport *export)
{
	return export->path;
}

const char *
engine_export_error(const EngineExport *export)
{
	return export->error ? export->error : "";
}

GBytes *
engine_export_bytes(const EngineExport *export)
{
	return export->bytes;
}

const char *
engine_export_type(const EngineExport *export)
{
	return export->type;
}

const char *
engine_export_name(const EngineExport *export)
{
	return export->name;
}

char *
engine_export_suggest(const EngineReading *reading, guint part)
{
	g_autofree char *name = NULL, *type = NULL;
	const MimePart *found;

	if (part == ENGINE_WHOLE_MESSAGE) {
		name = name_of_message(reading);
		return mime_filename_safe(name, "message/rfc822");
	}
	if (reading_inside(reading, part) || reading_file(reading, part)) {
		const EnginePart *listed = &g_array_index(reading->parts, EnginePart, part);

		return mime_filename_safe(listed->name, listed->type);
	}
	found = part_of(reading, part);
	type = found ? mime_part_type(found) : g_strdup("");
	return mime_filename_safe(found ? mime_part_title(found) : "", type);
}
