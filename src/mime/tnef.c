#include "mime/tnef.h"

#include "mime/charset.h"
#include "mime/filename.h"
#include "mime/note.h"

#include <string.h>

#define SIGNATURE 0x223e9f78u

enum {
	MAX_FILES = 200,
	MAX_NAME = 400,    /* bytes of a name before it is decoded */
	MAX_PROPS = 10000, /* of one file */
	AT_MESSAGE = 1,
	AT_FILE = 2,
};

enum { /* attributes, without their types */
	ATTRIBUTE_DATA = 0x800f,
	ATTRIBUTE_TITLE = 0x8010,
	ATTRIBUTE_RENDERING = 0x9002, /* begins a file */
	ATTRIBUTE_PROPS = 0x9005,
	ATTRIBUTE_CODEPAGE = 0x9007,
};

enum { /* properties of a file */
	PROP_OBJECT = 0x3701,
	PROP_NAME = 0x3704,
	PROP_LONG_NAME = 0x3707,
};

enum { /* types of properties */
	TYPE_SHORT = 0x02,
	TYPE_LONG = 0x03,
	TYPE_FLOAT = 0x04,
	TYPE_DOUBLE = 0x05,
	TYPE_CURRENCY = 0x06,
	TYPE_APPTIME = 0x07,
	TYPE_ERROR = 0x0a,
	TYPE_BOOLEAN = 0x0b,
	TYPE_OBJECT = 0x0d,
	TYPE_INT64 = 0x14,
	TYPE_STRING8 = 0x1e,
	TYPE_UNICODE = 0x1f,
	TYPE_TIME = 0x40,
	TYPE_CLSID = 0x48,
	TYPE_BINARY = 0x102,
	MANY = 0x1000,
};

/* --- Bytes ------------------------------------------------------------------------------------- */

typedef struct {
	const guint8 *bytes;
	gsize at, len;
	gboolean bad; /* read behind the end: all that follows is 0 */
} Reader;

static gsize
skip(Reader *reader, gsize n)
{
	gsize at = reader->at;

	if (reader->bad || n > reader->len - reader->at) {
		reader->bad = TRUE;
		return 0;
	}
	reader->at += n;
	return at;
}

/* Little-endian, of N bytes. */
static guint32
number(Reader *reader, guint n)
{
	gsize at = skip(reader, n);
	guint32 value = 0;

	for (guint i = n; !reader->bad && i-- > 0;)
		value = value << 8 | reader->bytes[at + i];
	return value;
}

/* --- One file ---------------------------------------------------------------------------------- */

typedef struct {
	const guint8 *bytes;
	char charset[24];
	GPtrArray *files;
	MimeTnefFile *file; /* the open one, or NULL */
	gboolean long_name;
} Packet;

static void
free_file(gpointer data)
{
	MimeTnefFile *file = data;

	g_free(file->name);
	g_free(file);
}

static void
begin_file(Packet *packet)
{
	packet->file = NULL;
	packet->long_name = FALSE;
	if (packet->files->len == MAX_FILES)
		return;
	packet->file = g_new0(MimeTnefFile, 1);
	packet->file->name = g_strdup("unnamed");
	g_ptr_array_add(packet->files, packet->file);
}

static void
set_name(Packet *packet, gsize start, gsize len, const char *charset)
{
	const char *bytes = (const char *)packet->bytes + start;
	const char *const key = "name";
	g_autofree char *text = NULL, *name = NULL;

	text = mime_charset_to_utf8(bytes, MIN(len, MAX_NAME), charset);
	name = mime_filename(&key, (const char *const *)&text, 1);
	if (!name)
		return;
	g_free(packet->file->name);
	packet->file->name = g_steal_pointer(&name);
}

/* --- Properties -------------------------------------------------------------------------------- */

/* 0: of variable length. */
static gsize
fixed_size(guint type)
{
	switch (type) {
	case TYPE_SHORT:
	case TYPE_LONG:
	case TYPE_FLOAT:
	case TYPE_ERROR:
	case TYPE_BOOLEAN: return 4; /* padded */
	case TYPE_DOUBLE:
	case TYPE_CURRENCY:
	case TYPE_APPTIME:
	case TYPE_INT64:
	case TYPE_TIME: return 8;
	case TYPE_CLSID: return 16;
	default: return 0;
	}
}

static gboolean
is_variable(guint type)
{
	return type == TYPE_OBJECT || type == TYPE_STRING8 || type == TYPE_UNICODE ||
	       type == TYPE_BINARY;
}

static gsize
padded(gsize n)
{
	return (n + 3) & ~(gsize)3;
}

/* A property that has a name of its own instead of a number. */
static void
skip_property_name(Reader *reader)
{
	skip(reader, 16);
	if (number(reader, 4) == 0)
		skip(reader, 4);
	else
		skip(reader, padded(number(reader, 4)));
}

static void
take_value(Packet *packet, guint id, guint type, gsize start, gsize len)
{
	if (id == PROP_LONG_NAME || (id == PROP_NAME && !packet->long_name)) {
		if (type == TYPE_UNICODE)
			set_name(packet, start, len - MIN(len, 2), "utf-16le");
		else if (type == TYPE_STRING8)
			set_name(packet, start, len - MIN(len, 1), packet->charset);
		packet->long_name |= id == PROP_LONG_NAME;
	}
	/* An object in the place of the data: a message or OLE, behind the id of its interface. */
	if (id == PROP_OBJECT && packet->file->len == 0 && len > 16) {
		packet->file->start = start + 16;
		packet->file->len = len - 16;
	}
}

static void
take_properties(Packet *packet, gsize start, gsize len)
{
	Reader reader = {packet->bytes, start, start + len, FALSE};
	guint32 n = number(&reader, 4);

	for (n = MIN(n, MAX_PROPS); n > 0 && !reader.bad; n--) {
		guint type = number(&reader, 2), id = number(&reader, 2);
		gboolean many = type & MANY || is_variable(type);
		guint32 values = 1;

		if (id >= 0x8000)
			skip_property_name(&reader);
		if (many)
			values = number(&reader, 4);
		type &= ~(guint)MANY;
		if (!fixed_size(type) && !is_variable(type))
			return;
		for (; values > 0 && !reader.bad; values--) {
			gsize size = is_variable(type) ? number(&reader, 4) : fixed_size(type);
			gsize at = skip(&reader, padded(size));

			if (!reader.bad)
				take_value(packet, id, type, at, size);
		}
	}
}

/* --- The packet -------------------------------------------------------------------------------- */

static void
take_attribute(Packet *packet, guint level, guint id, gsize start, gsize len)
{
	Reader reader = {packet->bytes, start, start + len, FALSE};

	if (level == AT_MESSAGE && id == ATTRIBUTE_CODEPAGE && len >= 4)
		g_snprintf(
			packet->charset, sizeof packet->charset, "windows-%u", number(&reader, 4));
	if (level != AT_FILE)
		return;
	if (id == ATTRIBUTE_RENDERING)
		begin_file(packet);
	if (!packet->file)
		return;
	if (id == ATTRIBUTE_TITLE && !packet->long_name) {
		set_name(packet, start, strnlen((const char *)packet->bytes + start, len),
			packet->charset);
	} else if (id == ATTRIBUTE_DATA) {
		packet->file->start = start;
		packet->file->len = len;
	} else if (id == ATTRIBUTE_PROPS) {
		take_properties(packet, start, len);
	}
}

/* The packet ends in the middle of a file. */
static void
take_cut_data(Packet *packet, gsize start, gsize len, gsize whole)
{
	packet->file->start = start;
	packet->file->len = len;
	packet->file->missing = whole - len;
}

GPtrArray *
mime_tnef_files(const char *bytes, gsize len)
{
	Reader reader = {(const guint8 *)bytes, 0, len, FALSE};
	Packet packet = {.bytes = (const guint8 *)bytes, .charset = "windows-1252"};

	if (number(&reader, 4) != SIGNATURE || reader.bad)
		return NULL;
	packet.files = g_ptr_array_new_with_free_func(free_file);
	number(&reader, 2); /* a key that nothing asks for */
	while (!reader.bad && reader.at < len) {
		guint level = number(&reader, 1), id = number(&reader, 4) & 0xffff;
		gsize size = number(&reader, 4);
		gsize start = skip(&reader, size);

		if (!reader.bad)
			take_attribute(&packet, level, id, start, size);
		else if (packet.file && level == AT_FILE && id == ATTRIBUTE_DATA)
			take_cut_data(&packet, reader.at, len - reader.at, size);
		skip(&reader, 2); /* a sum over the bytes; wrong ones were seen in good packets */
	}
	return packet.files;
}

gboolean
mime_tnef_render(const char *bytes, gsize len, MimeDocument *document)
{
	g_autoptr(GPtrArray) files = mime_tnef_files(bytes, len);
	g_autofree char *count = NULL;

	if (!files)
		return FALSE;
	count = g_strdup_printf(
		"Packed by Outlook: %u %s.", files->len, files->len == 1 ? "file" : "files");
	mime_document_add(document, MIME_LINE_NOTE, 0, count);
	for (guint i = 0; i < files->len; i++) {
		const MimeTnefFile *file = g_ptr_array_index(files, i);
		g_autofree char *size = mime_note_size(file->len);
		g_autofree char *line = g_strdup_printf(
			"%s, %s%s", file->name, size, file->missing ? ", its end is missing" : "");

		mime_document_add_line(
			document, &(MimeLine){.kind = MIME_LINE_TEXT, .text = line, .lead = "• "});
		mime_document_add_file(document, file->name, file->len);
	}
	return TRUE;
}
