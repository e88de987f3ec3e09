/* SEARCH, ESEARCH (RFC 4731) and VANISHED (RFC 7162): sets of numbers. */

#include "imap/decode.h"
#include "imap/ranges.h"

#include <string.h>

/* "(MODSEQ 917162500)" at the end of a SEARCH (RFC 7162 section 3.1.5). */
static guint64
search_modseq(const char *text, gsize len)
{
	guint64 modseq;

	if (len < 9 || g_ascii_strncasecmp(text, "(MODSEQ ", 8) != 0)
		return 0;
	return imap_text_get_number(text + 8, strcspn(text + 8, " )"), G_MAXINT64, &modseq) ? modseq
											    : 0;
}

static gboolean
add_search_numbers(ImapDecoder *decoder, ImapRanges *ranges, ImapBytes text)
{
	const char *p = text.data, *end = text.data + text.len;

	while (p < end && *p != '(') {
		gsize word = strcspn(p, " \t");
		guint64 number;

		if (word) {
			if (!imap_text_get_number(p, word, G_MAXUINT32, &number))
				return FALSE;
			if (number != 0)
				imap_ranges_add(ranges, (guint32)number, (guint32)number);
		}
		p += word + (p + word < end);
	}
	decoder->response->modseq = search_modseq(p, end - p);
	return !ranges->too_big;
}

static gboolean
take_ranges(ImapDecoder *decoder, ImapRanges *ranges, gboolean understood)
{
	decoder->too_big |= ranges->too_big;
	if (understood)
		decoder->response->numbers = imap_ranges_to_set(ranges);
	imap_ranges_clear(ranges);
	return understood;
}

gboolean
imap_search_decode(ImapDecoder *decoder, ImapBytes text)
{
	ImapRanges ranges = {.max = decoder->limits->list};

	return take_ranges(decoder, &ranges, add_search_numbers(decoder, &ranges, text));
}

/* "(EARLIER) 300:310,405" (RFC 7162 section 3.2.10). */
gboolean
imap_vanished_decode(ImapDecoder *decoder, ImapBytes text)
{
	ImapRanges ranges = {.max = decoder->limits->list};
	const char *set = text.data;

	if (g_ascii_strncasecmp(set, "(EARLIER)", 9) == 0) {
		decoder->response->earlier = TRUE;
		set += 9 + strspn(set + 9, " ");
	}
	return take_ranges(decoder, &ranges, imap_ranges_add_text(&ranges, set, strcspn(set, " ")));
}

static ImapBytes
decode_correlator(const ImapNode *list)
{
	ImapCursor members = imap_node_members(list);
	ImapNode *name = imap_cursor_next(&members);

	if (!imap_node_is_atom(name, "TAG"))
		return (ImapBytes){NULL, 0};
	return imap_node_bytes(imap_cursor_next(&members));
}

static void
decode_search_item(ImapDecoder *decoder, const ImapNode *name, ImapNode *value)
{
	ImapResponse *response = decoder->response;
	guint64 number;

	if (imap_node_is_atom(name, "MODSEQ")) {
		if (imap_node_get_number(value, G_MAXINT64, &number))
			response->modseq = number;
		return;
	}
	if (!imap_node_get_number(value, G_MAXUINT32, &number))
		return;
	if (imap_node_is_atom(name, "MIN"))
		response->min = (guint32)number;
	else if (imap_node_is_atom(name, "MAX"))
		response->max = (guint32)number;
	else if (imap_node_is_atom(name, "COUNT")) {
		response->count = (guint32)number;
		response->has_count = TRUE;
	}
}

/* RFC 4731 section 3.1; what RFC 5267 and others add is passed over. */
static gboolean
decode_esearch_items(ImapDecoder *decoder, ImapRanges *ranges, ImapCursor line)
{
	ImapNode *name;

	while ((name = imap_cursor_next(&line))) {
		if (imap_node_is_list(name)) {
			decoder->response->tag = decode_correlator(name);
		} else if (imap_node_is_atom(name, "UID")) {
			decoder->response->by_uid = TRUE;
		} else if (imap_node_is_atom(name, "ALL")) {
			ImapNode *value = imap_cursor_next(&line);
			ImapBytes set = imap_node_bytes(value);

			if (imap_node_is_list(value) ||
				!imap_ranges_add_text(ranges, set.data ? set.data : "", set.len))
				return FALSE;
		} else {
			decode_search_item(decoder, name, imap_cursor_next(&line));
		}
	}
	return TRUE;
}

gboolean
imap_esearch_decode(ImapDecoder *decoder, ImapCursor line)
{
	ImapRanges ranges = {.max = decoder->limits->list};

	return take_ranges(decoder, &ranges, decode_esearch_items(decoder, &ranges, line));
}
