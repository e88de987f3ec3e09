#include "imap/encode.h"

#include <string.h>

/* RFC 7888: LITERAL- allows this much without waiting. */
#define LITERAL_MINUS_MAX 4096
#define QUOTED_MAX        1000

typedef struct {
	const ImapCaps *caps;
	GPtrArray *pieces;
	GString *text;
} Writer;

/* ---- arguments ---- */

static void
end_piece(Writer *writer)
{
	g_ptr_array_add(writer->pieces, g_string_free_to_bytes(writer->text));
	writer->text = g_string_new(NULL);
}

/* TRUE when the server must say "+" before the literal. */
static gboolean
announce_literal(Writer *writer, gsize len)
{
	gboolean flows =
		imap_caps_has(writer->caps, CAP_LITERAL_PLUS) ||
		(imap_caps_has(writer->caps, CAP_LITERAL_MINUS) && len <= LITERAL_MINUS_MAX);

	g_string_append_printf(writer->text, "{%" G_GSIZE_FORMAT "%s}\r\n", len, flows ? "+" : "");
	return !flows;
}

static void
begin_literal(Writer *writer, gsize len)
{
	if (announce_literal(writer, len))
		end_piece(writer);
}

static gboolean
is_quotable(const char *text)
{
	const char *at = text;

	while (g_ascii_isprint(*at))
		at++;
	return !*at && at - text <= QUOTED_MAX;
}

static void
put_string(Writer *writer, const char *text)
{
	if (!is_quotable(text)) {
		begin_literal(writer, strlen(text));
		g_string_append(writer->text, text);
		return;
	}
	g_string_append_c(writer->text, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(writer->text, '\\');
		g_string_append_c(writer->text, *text);
	}
	g_string_append_c(writer->text, '"');
}

/* ASTRING-CHAR of RFC 3501 section 9. */
static gboolean
is_atom(const char *text)
{
	const char *at = text;

	while (g_ascii_isgraph(*at) && !strchr("(){%*\"\\", *at))
		at++;
	return at > text && !*at && at - text <= QUOTED_MAX && g_ascii_strcasecmp(text, "NIL") != 0;
}

static void
put_astring(Writer *writer, const char *text)
{
	if (is_atom(text))
		g_string_append(writer->text, text);
	else
		put_string(writer, text);
}

static const char *
month_of(GDateTime *date)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	return months + (gsize)(g_date_time_get_month(date) - 1) * 3;
}

static void
put_date(Writer *writer, gint64 date)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(date);

	if (!utc)
		return;
	g_string_append_printf(writer->text, " \"%2d-%.3s-%04d %02d:%02d:%02d +0000\"",
		g_date_time_get_day_of_month(utc), month_of(utc), g_date_time_get_year(utc),
		g_date_time_get_hour(utc), g_date_time_get_minute(utc),
		g_date_time_get_second(utc));
}

/* The date of SEARCH (RFC 3501 section 9): without quotes and without a time. */
static void
put_day(Writer *writer, gint64 date)
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(MAX(date, 0));

	if (utc)
		g_string_append_printf(writer->text, " %d-%.3s-%04d",
			g_date_time_get_day_of_month(utc), month_of(utc),
			g_date_time_get_year(utc));
}

/* ---- lines ---- */

static Writer
begin_line(const ImapEncoding *encoding, const char *name)
{
	return (Writer){encoding->caps,
		g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref), g_string_new(name)};
}

static ImapLine *
take_pieces(Writer *writer)
{
	ImapLine *line = g_new0(ImapLine, 1);

	end_piece(writer);
	g_string_free(writer->text, TRUE);
	line->pieces = writer->pieces;
	return line;
}

static ImapLine *
end_line(Writer *writer)
{
	g_string_append(writer->text, "\r\n");
	return take_pieces(writer);
}

void
imap_line_free(ImapLine *line)
{
	if (!line)
		return;
	g_ptr_array_unref(line->pieces);
	g_clear_pointer(&line->message, g_bytes_unref);
	g_free(line);
}

/* A set on its way to become texts. */
typedef struct {
	GPtrArray *parts;
	GString *part;
	gsize max_octets;
	guint32 max_members, members; /* of the part */
} Splitter;

static void
end_part(Splitter *splitter)
{
	g_ptr_array_add(splitter->parts, g_strndup(splitter->part->str, splitter->part->len));
	g_string_truncate(splitter->part, 0);
	splitter->members = 0;
}

static void
put_range(Splitter *splitter, guint32 first, guint32 last)
{
	GString *part = splitter->part;
	char text[32];

	if (first == last)
		g_snprintf(text, sizeof text, "%u", first);
	else
		g_snprintf(text, sizeof text, "%u:%u", first, last);
	if (part->len && part->len + 1 + strlen(text) > splitter->max_octets)
		end_part(splitter);
	g_string_append_printf(part, part->len ? ",%s" : "%s", text);
	splitter->members += last - first + 1;
	if (splitter->members >= splitter->max_members)
		end_part(splitter);
}

/* The ranges of SET as texts of at most so many octets and members. */
static GPtrArray *
split_set(const UidSet *set, gsize max_octets, guint32 max_members)
{
	Splitter splitter = {g_ptr_array_new_with_free_func(g_free), g_string_new(NULL), max_octets,
		max_members, 0};
	guint n;
	const UidRange *ranges = uidset_ranges(set, &n);

	for (guint i = 0; i < n; i++) {
		guint64 first = ranges[i].first;

		while (first <= ranges[i].last) {
			guint64 room = max_members - splitter.members;
			guint64 last = MIN(first + room - 1, ranges[i].last);

			put_range(&splitter, (guint32)first, (guint32)last);
			first = last + 1;
		}
	}
	if (splitter.part->len)
		end_part(&splitter);
	g_string_free(splitter.part, TRUE);
	return splitter.parts;
}

/* ---- FETCH ---- */

static gboolean
has_condstore(const ImapEncoding *encoding)
{
	return imap_caps_has(encoding->caps, CAP_CONDSTORE) && encoding->step == 0;
}

/* MODSEQ is asked for where CONDSTORE is offered; a mailbox without them answers BAD (RFC 7162
 * section 3.1.2.2), which the next step lives with. */
static void
put_items(Writer *writer, const ImapEncoding *encoding, ImapWant want)
{
	static const struct {
		ImapWant want;
		const char *item;
	} items[] = {
		{IMAP_WANT_FLAGS, " FLAGS"},
		{IMAP_WANT_ENVELOPE, " ENVELOPE"},
		{IMAP_WANT_STRUCTURE, " BODYSTRUCTURE"},
		{IMAP_WANT_DATE, " INTERNALDATE"},
		{IMAP_WANT_SIZE, " RFC822.SIZE"},
	};

	g_string_append(writer->text, " (UID");
	for (gsize i = 0; i < G_N_ELEMENTS(items); i++)
		if (want & items[i].want)
			g_string_append(writer->text, items[i].item);
	if ((want & IMAP_WANT_FLAGS) && has_condstore(encoding))
		g_string_append(writer->text, " MODSEQ");
	g_string_append_c(writer->text, ')');
}

static void
put_section(Writer *writer, const ImapCommand *command)
{
	g_string_append_printf(
		writer->text, " (%s.PEEK[%s]", command->binary ? "BINARY" : "BODY", command->text);
	if (command->offset || command->length)
		g_string_append_printf(writer->text,
			"<%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ">", command->offset,
			command->length ? command->length : G_MAXUINT32);
	g_string_append_c(writer->text, ')');
}

static ImapLine *
encode_fetch_positions(const ImapCommand *command, const ImapEncoding *encoding)
{
	Writer writer = begin_line(encoding, "FETCH ");

	if (command->first == command->last)
		g_string_append_printf(writer.text, "%u", command->first);
	else
		g_string_append_printf(writer.text, "%u:%u", command->first, command->last);
	put_items(&writer, encoding, command->want);
	return end_line(&writer);
}

/* ---- everything that takes a set of UIDs ---- */

static void
put_store(Writer *writer, const ImapCommand *command, const ImapEncoding *encoding)
{
	g_autofree char *flags = flagset_to_string(&command->flags);

	if (command->since && has_condstore(encoding))
		g_string_append_printf(
			writer->text, " (UNCHANGEDSINCE %" G_GUINT64_FORMAT ")", command->since);
	g_string_append_printf(
		writer->text, " %cFLAGS (%s)", command->mode == IMAP_STORE_ADD ? '+' : '-', flags);
}

static gboolean
has_esearch(const ImapEncoding *encoding)
{
	return imap_caps_has(encoding->caps, CAP_ESEARCH) && !encoding->quirks->no_esearch;
}

static ImapLine *
encode_on_set(const ImapCommand *command, const ImapEncoding *encoding, const char *set)
{
	Writer writer = begin_line(encoding, verb_info(command->verb)->name);

	if (command->verb == VERB_SEARCH)
		g_string_append(writer.text, has_esearch(encoding) ? " RETURN (ALL) UID" : " UID");
	g_string_append_printf(writer.text, " %s", set);
	switch (command->verb) {
	case VERB_UID_FETCH:
		put_items(&writer, encoding, command->want);
		if (command->since && has_condstore(encoding))
			g_string_append_printf(writer.text,
				" (CHANGEDSINCE %" G_GUINT64_FORMAT "%s)", command->since,
				encoding->qresync ? " VANISHED" : "");
		break;
	case VERB_FETCH_BODY: put_section(&writer, command); break;
	case VERB_STORE: put_store(&writer, command, encoding); break;
	case VERB_MOVE:
	case VERB_COPY:
		g_string_append_c(writer.text, ' ');
		put_astring(&writer, command->mailbox);
		break;
	default: break;
	}
	return end_line(&writer);
}

static void
encode_on_sets(const ImapCommand *command, const ImapEncoding *encoding, GPtrArray *lines)
{
	/* What stands beside the set: names, a mailbox that may be a literal, flags. */
	gsize beside = 200 + (command->mailbox ? strlen(command->mailbox) : 0);
	gsize max = encoding->quirks->command_octets;
	gboolean moves = command->verb == VERB_MOVE || command->verb == VERB_COPY;
	guint members = moves ? encoding->quirks->moved_at_once : 0;
	g_autoptr(GPtrArray) sets = split_set(command->uids,
		max > beside + 100 ? max - beside : 100, members ? members : G_MAXUINT32);

	for (guint i = 0; i < sets->len; i++)
		g_ptr_array_add(lines, encode_on_set(command, encoding, sets->pdata[i]));
}

/* ---- SEARCH, APPEND ---- */

static ImapLine *
encode_search(const ImapCommand *command, const ImapEncoding *encoding)
{
	static const char *const keys[][4] = {
		[IMAP_SEARCH_ALL] = {" ALL"},
		[IMAP_SEARCH_TEXT] = {" TEXT "},
		[IMAP_SEARCH_SUBJECT_FROM] = {" OR SUBJECT ", " OR FROM ", " TO "},
		[IMAP_SEARCH_UNSEEN] = {" UNSEEN"},
		[IMAP_SEARCH_FLAGGED] = {" FLAGGED"},
		[IMAP_SEARCH_MESSAGE_ID] = {" HEADER Message-ID "},
		[IMAP_SEARCH_SINCE] = {" SINCE"},
	};
	Writer writer = begin_line(encoding, "UID SEARCH");
	const char *text = command->text ? command->text : "";

	if (has_esearch(encoding))
		g_string_append(writer.text, " RETURN (ALL)");
	if (!g_str_is_ascii(text))
		g_string_append(writer.text, " CHARSET UTF-8");
	for (const char *const *key = keys[command->search]; *key; key++) {
		g_string_append(writer.text, *key);
		if (g_str_has_suffix(*key, " "))
			put_string(&writer, text);
	}
	if (command->search == IMAP_SEARCH_SINCE)
		put_day(&writer, command->date);
	return end_line(&writer);
}

static ImapLine *
encode_append(const ImapCommand *command, const ImapEncoding *encoding)
{
	Writer writer = begin_line(encoding, "APPEND ");
	ImapLine *line;
	gboolean waits;
	g_autofree char *flags = flagset_to_string(&command->flags);

	put_astring(&writer, command->mailbox);
	if (*flags)
		g_string_append_printf(writer.text, " (%s)", flags);
	if (command->date)
		put_date(&writer, command->date);
	g_string_append_c(writer.text, ' ');
	waits = announce_literal(&writer, g_bytes_get_size(command->bytes));
	line = take_pieces(&writer);
	line->message = g_bytes_ref(command->bytes);
	line->message_waits = waits;
	return line;
}

/* ---- LIST ---- */

static void
put_list_options(Writer *writer, const ImapEncoding *encoding, gboolean with_counts)
{
	const ImapCaps *caps = encoding->caps;
	g_autoptr(GString) options = g_string_new(NULL);

	if (encoding->step == LIST_PLAIN)
		return;
	if (imap_caps_has(caps, CAP_LIST_EXTENDED))
		g_string_append(options, " SUBSCRIBED CHILDREN");
	if (encoding->step == LIST_EVERYTHING && imap_caps_has(caps, CAP_SPECIAL_USE) &&
		options->len)
		g_string_append(options, " SPECIAL-USE");
	if (encoding->step == LIST_EVERYTHING && with_counts &&
		imap_caps_has(caps, CAP_LIST_STATUS))
		g_string_append(options, " STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)");
	if (options->len)
		g_string_append_printf(writer->text, " RETURN (%s)", options->str + 1);
}

static ImapLine *
encode_list_pattern(const ImapCommand *command, const ImapEncoding *encoding, const char *pattern)
{
	Writer writer = begin_line(encoding, "LIST \"\" ");

	put_string(&writer, pattern);
	put_list_options(&writer, encoding, command->with_counts);
	return end_line(&writer);
}

ImapLine *
imap_encode_list_prefix(const ImapCommand *list, const ImapEncoding *encoding, const char *prefix)
{
	g_autofree char *pattern = g_strconcat(prefix, "*", NULL);

	return encode_list_pattern(list, encoding, pattern);
}

static ImapLine *
make_optional(ImapLine *line)
{
	line->optional = TRUE;
	return line;
}

/* NAMESPACE goes ahead, so that its answer is there when LIST is done. LSUB too, so that the names
 * of LIST can be marked as subscribed; Exchange may answer BAD to it. */
static void
encode_list(const ImapCommand *command, const ImapEncoding *encoding, GPtrArray *lines)
{
	if (imap_caps_has(encoding->caps, CAP_NAMESPACE) && !strcmp(command->mailbox, "*")) {
		Writer writer = begin_line(encoding, "NAMESPACE");

		g_ptr_array_add(lines, make_optional(end_line(&writer)));
	}
	if (encoding->step == LIST_PLAIN || !imap_caps_has(encoding->caps, CAP_LIST_EXTENDED)) {
		Writer writer = begin_line(encoding, "LSUB \"\" ");

		put_string(&writer, command->mailbox);
		g_ptr_array_add(lines, make_optional(end_line(&writer)));
	}
	g_ptr_array_add(lines, encode_list_pattern(command, encoding, command->mailbox));
}

/* ---- NOTIFY ---- */

/* Servers need not know of names (RFC 5465 section 5): then without. */
static ImapLine *
encode_notify(const ImapCommand *command, const ImapEncoding *encoding)
{
	Writer writer = begin_line(encoding, "NOTIFY SET");

	if (command->with_counts)
		g_string_append(writer.text, " STATUS");
	g_string_append(writer.text, " (selected (MessageNew");
	put_items(&writer, encoding, command->want);
	g_string_append_printf(writer.text,
		" MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange%s))",
		encoding->step == NOTIFY_EVERYTHING ? " MailboxName SubscriptionChange" : "");
	return end_line(&writer);
}

/* ---- the rest ---- */

static void
put_id(Writer *writer, const ImapCommand *command)
{
	g_string_append(writer->text, " (\"name\" ");
	put_string(writer, command->text);
	if (command->extra) {
		g_string_append(writer->text, " \"version\" ");
		put_string(writer, command->extra);
	}
	g_string_append_c(writer->text, ')');
}

static gboolean
asks_resync(const ImapCommand *select, const ImapEncoding *encoding)
{
	return encoding->step == SELECT_QRESYNC && encoding->qresync && select->since;
}

static gboolean
asks_condstore(const ImapEncoding *encoding)
{
	return encoding->step <= SELECT_CONDSTORE && imap_caps_has(encoding->caps, CAP_CONDSTORE);
}

/* RFC 7162 sections 3.1.8 and 3.2.5. */
static void
put_select_parameters(Writer *writer, const ImapCommand *command, const ImapEncoding *encoding)
{
	if (asks_resync(command, encoding))
		g_string_append_printf(writer->text, " (QRESYNC (%u %" G_GUINT64_FORMAT "%s%s))",
			command->uidvalidity, command->since, command->extra ? " " : "",
			command->extra ? command->extra : "");
	else if (asks_condstore(encoding))
		g_string_append(writer->text, " (CONDSTORE)");
}

static ImapLine *
encode_simple(const ImapCommand *command, const ImapEncoding *encoding)
{
	Writer writer = begin_line(encoding, verb_info(command->verb)->name);

	if (command->mailbox) {
		g_string_append_c(writer.text, ' ');
		put_astring(&writer, command->mailbox);
	}
	switch (command->verb) {
	case VERB_STATUS:
		g_string_append(writer.text, " (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)");
		break;
	case VERB_SELECT:
	case VERB_EXAMINE: put_select_parameters(&writer, command, encoding); break;
	case VERB_RENAME:
	case VERB_LOGIN:
		g_string_append_c(writer.text, ' ');
		put_astring(&writer, command->text);
		break;
	case VERB_AUTHENTICATE:
		g_string_append_printf(writer.text, " %s%s%s", command->text,
			command->extra ? " " : "", command->extra ? command->extra : "");
		break;
	case VERB_COMPRESS:
	case VERB_ENABLE: g_string_append_printf(writer.text, " %s", command->text); break;
	case VERB_ID: put_id(&writer, command); break;
	default: break;
	}
	return end_line(&writer);
}

static ImapLine *
encode_unselect(const ImapEncoding *encoding)
{
	gboolean offered = imap_caps_has(encoding->caps, CAP_UNSELECT);
	/* A mailbox that can't be opened leaves none open (RFC 3501 section 6.3.1). */
	Writer writer = begin_line(encoding, offered ? "UNSELECT" : "EXAMINE \"\"");

	return end_line(&writer);
}

GPtrArray *
imap_encode(const ImapCommand *command, const ImapEncoding *encoding)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)imap_line_free);

	if (command->uids)
		encode_on_sets(command, encoding, lines);
	else if (command->verb == VERB_LIST)
		encode_list(command, encoding, lines);
	else if (command->verb == VERB_NOTIFY)
		g_ptr_array_add(lines, encode_notify(command, encoding));
	else if (command->verb == VERB_FETCH)
		g_ptr_array_add(lines, encode_fetch_positions(command, encoding));
	else if (command->verb == VERB_SEARCH)
		g_ptr_array_add(lines, encode_search(command, encoding));
	else if (command->verb == VERB_APPEND)
		g_ptr_array_add(lines, encode_append(command, encoding));
	else if (command->verb == VERB_UNSELECT)
		g_ptr_array_add(lines, encode_unselect(encoding));
	else
		g_ptr_array_add(lines, encode_simple(command, encoding));
	return lines;
}

gboolean
imap_encode_has_fallback(const ImapCommand *command, const ImapEncoding *encoding)
{
	if (command->verb == VERB_LIST)
		return encoding->step < LIST_PLAIN &&
		       (imap_caps_has(encoding->caps, CAP_LIST_EXTENDED) ||
			       imap_caps_has(encoding->caps, CAP_LIST_STATUS));
	/* What a mailbox without mod-sequences answers BAD to. A conditional STORE has none: asked
	 * again without its condition it would be another command. */
	if (command->verb == VERB_FETCH || command->verb == VERB_UID_FETCH)
		return has_condstore(encoding) && !command->since;
	if (verb_info(command->verb)->traits & OPENS_MAILBOX)
		return asks_resync(command, encoding) || asks_condstore(encoding);
	if (command->verb == VERB_NOTIFY)
		return encoding->step == NOTIFY_EVERYTHING;
	return FALSE;
}
