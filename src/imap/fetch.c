/* The items of "* 12 FETCH (...)" (RFC 3501 section 7.4.2). */

#include "imap/decode.h"

#include <string.h>

typedef struct {
	ImapArena *arena;
	ImapFetch *fetch;
} Fetch;

/* ---- dates ---- */

/* Days since 1970-01-01 of a day in the Gregorian calendar. */
static gint64
days_from_civil(gint64 year, int month, int day)
{
	gint64 era_year =
		month <= 2 ? year - 1 : year; /* the year begins in March: leap day last */
	gint64 era = era_year / 400, year_of_era = era_year % 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

/* Reads COUNT digits, of which the first may be a blank. */
static gboolean
read_digits(const char **p, int count, int *out_number)
{
	int number = 0;

	for (int i = 0; i < count; i++, (*p)++) {
		if (i == 0 && **p == ' ')
			continue;
		if (!g_ascii_isdigit(**p))
			return FALSE;
		number = number * 10 + (**p - '0');
	}
	*out_number = number;
	return TRUE;
}

static gboolean
read_char(const char **p, char wanted)
{
	if (**p != wanted)
		return FALSE;
	(*p)++;
	return TRUE;
}

static gboolean
read_month(const char **p, int *out_month)
{
	static const char *const names[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	ImapBytes name = {*p, strnlen(*p, 3)};

	for (int i = 0; i < 12; i++) {
		if (imap_bytes_equal(name, names[i])) {
			*out_month = i + 1;
			*p += 3;
			return TRUE;
		}
	}
	return FALSE;
}

/* "+0130" as minutes east of Greenwich; nothing at all is UTC. */
static gboolean
read_zone(const char *p, int *out_minutes)
{
	int sign = *p == '-' ? -1 : 1, hours, minutes;

	if (*p == '\0') {
		*out_minutes = 0;
		return TRUE;
	}
	if (*p++ != '+' && sign > 0)
		return FALSE;
	if (!read_digits(&p, 2, &hours) || !read_digits(&p, 2, &minutes))
		return FALSE;
	*out_minutes = sign * (hours * 60 + minutes);
	return TRUE;
}

/* " 1-Jan-2024 12:34:56 +0100". A day of one digit without the blank is understood too. */
static gboolean
read_date(const char *p, gint64 *out_seconds)
{
	int day, month, year, hour, minute, second, zone;

	if (g_ascii_isdigit(p[0]) && p[1] == '-') {
		day = *p++ - '0';
	} else if (!read_digits(&p, 2, &day)) {
		return FALSE;
	}
	if (!read_char(&p, '-') || !read_month(&p, &month) || !read_char(&p, '-') ||
		!read_digits(&p, 4, &year) || !read_char(&p, ' ') || !read_digits(&p, 2, &hour) ||
		!read_char(&p, ':') || !read_digits(&p, 2, &minute) || !read_char(&p, ':') ||
		!read_digits(&p, 2, &second))
		return FALSE;
	p += *p == ' ';
	if (!read_zone(p, &zone) || day < 1 || day > 31 || year < 1 || hour > 23 || minute > 59 ||
		second > 60)
		return FALSE;
	*out_seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 +
		       second - zone * 60;
	return TRUE;
}

/* ---- items ---- */

static gboolean
decode_uid(Fetch *f, ImapNode *value)
{
	guint64 uid;

	if (imap_node_get_number(value, G_MAXUINT32, &uid))
		f->fetch->uid = (guint32)uid;
	return FALSE;
}

void
imap_flags_decode(FlagSet *flags, const ImapNode *node)
{
	ImapCursor members = imap_node_members(node);
	ImapNode *member;
	ImapBytes name;

	while ((member = imap_cursor_next(&members)))
		if (imap_node_get_text(member, &name))
			flagset_add_name(flags, name.data, name.len);
}

static gboolean
decode_flags(Fetch *f, ImapNode *value)
{
	if (!imap_node_is_list(value) && !imap_node_is_nil(value))
		return FALSE;
	flagset_clear(&f->fetch->flags);
	imap_flags_decode(&f->fetch->flags, value);
	return TRUE;
}

static gboolean
decode_date(Fetch *f, ImapNode *value)
{
	ImapBytes text;

	return imap_node_get_text(value, &text) && read_date(text.data, &f->fetch->internaldate);
}

static gboolean
decode_size(Fetch *f, ImapNode *value)
{
	return imap_node_get_number(value, G_MAXINT64, &f->fetch->size);
}

/* "(12345)"; some leave the parentheses out, Zoho writes -1. */
static gboolean
decode_modseq(Fetch *f, ImapNode *value)
{
	ImapCursor members = imap_node_members(value);

	if (imap_node_is_list(value))
		value = imap_cursor_next(&members);
	return imap_node_get_number(value, G_MAXINT64, &f->fetch->modseq);
}

static gboolean
decode_envelope(Fetch *f, ImapNode *value)
{
	const ImapEnvelope *envelope = imap_envelope_decode(f->arena, value);

	if (envelope)
		f->fetch->envelope = envelope;
	return envelope != NULL;
}

static gboolean
decode_structure(Fetch *f, ImapNode *value)
{
	const ImapPart *structure = imap_part_decode(f->arena, value);

	if (structure)
		f->fetch->structure = structure;
	return structure != NULL;
}

/* FALSE from a decoder: that field could not be understood, HAS stays without it, and what an item
 * of the same name said before stays. */
static const struct {
	const char *name;
	ImapHas has;
	gboolean (*decode)(Fetch *f, ImapNode *value);
} items[] = {
	{"UID", 0, decode_uid},
	{"FLAGS", IMAP_HAS_FLAGS, decode_flags},
	{"MODSEQ", IMAP_HAS_MODSEQ, decode_modseq},
	{"INTERNALDATE", IMAP_HAS_INTERNALDATE, decode_date},
	{"RFC822.SIZE", IMAP_HAS_SIZE, decode_size},
	{"ENVELOPE", IMAP_HAS_ENVELOPE, decode_envelope},
	{"BODYSTRUCTURE", IMAP_HAS_STRUCTURE, decode_structure},
	{"BODY", IMAP_HAS_STRUCTURE, decode_structure},
};

static void
decode_item(Fetch *f, const ImapNode *name, ImapNode *value)
{
	for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
		if (!imap_node_is_atom(name, items[i].name))
			continue;
		if (items[i].decode(f, value))
			f->fetch->has |= items[i].has;
		return;
	}
}

ImapCursor
imap_fetch_items(ImapCursor line)
{
	ImapNode *first = imap_cursor_peek(&line);

	return imap_node_is_list(first) ? imap_node_members(first) : line;
}

void
imap_fetch_decode(ImapDecoder *decoder, guint32 position, ImapCursor line)
{
	Fetch f = {decoder->arena, &decoder->response->fetch};
	ImapCursor cursor = imap_fetch_items(line);
	ImapNode *name;

	f.fetch->position = position;
	while ((name = imap_cursor_next(&cursor)))
		if (name->kind == IMAP_NODE_ATOM)
			decode_item(&f, name, imap_cursor_next(&cursor));
}

guint32
imap_fetch_find_uid(ImapCursor cursor)
{
	enum { FIRST = 32 }; /* a FETCH with many literals must not cost their square */
	guint64 uid;

	for (guint i = 0; i < FIRST; i++) {
		ImapNode *name = imap_cursor_next(&cursor);

		if (imap_node_is_atom(name, "UID") &&
			imap_node_get_number(imap_cursor_next(&cursor), G_MAXUINT32, &uid))
			return (guint32)uid;
	}
	return 0;
}

/* ---- sections ---- */

/* "[HEADER]<0>" behind the name. */
static gboolean
read_section(ImapArena *arena, ImapBytes text, ImapBody *out_body)
{
	const char *end = text.data + text.len,
		   *close = g_strrstr_len(text.data, (gssize)text.len, "]");
	const char *section_end = close ? close : end;

	out_body->section =
		imap_arena_copy(arena, text.data + 1, (gsize)(section_end - text.data - 1));
	out_body->offset = 0;
	if (close && end - close > 2 && close[1] == '<') {
		gsize digits = strspn(close + 2, "0123456789");

		if (!imap_text_get_number(close + 2, digits, G_MAXINT64, &out_body->offset))
			return FALSE;
	}
	return TRUE;
}

gboolean
imap_fetch_get_section(ImapArena *arena, ImapNode *name, ImapBody *out_body)
{
	static const struct {
		const char *name, *section;
	} old_names[] = {{"RFC822", ""}, {"RFC822.HEADER", "HEADER"}, {"RFC822.TEXT", "TEXT"}};
	static const struct {
		const char *prefix;
		gboolean binary;
	} names[] = {{"BODY[", FALSE}, {"BINARY[", TRUE}};

	if (!name || name->kind != IMAP_NODE_ATOM)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		gsize len = strlen(names[i].prefix) - 1;

		if (name->len <= len ||
			!imap_bytes_equal((ImapBytes){name->data, len + 1}, names[i].prefix))
			continue;
		out_body->binary = names[i].binary;
		return read_section(
			arena, (ImapBytes){name->data + len, name->len - len}, out_body);
	}
	for (guint i = 0; i < G_N_ELEMENTS(old_names); i++) {
		if (imap_node_is_atom(name, old_names[i].name)) {
			out_body->section = old_names[i].section;
			out_body->offset = 0;
			out_body->binary = FALSE;
			return TRUE;
		}
	}
	return FALSE;
}
