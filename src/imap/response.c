#include "imap/decode.h"
#include "imap/ranges.h"

#include <string.h>

struct ImapForm {
	const char *name;
	gboolean numbered; /* "* 12 NAME" */
	ImapResponseKind kind;
	ImapStatus status;
	/* One of these: the line as it is, or its tree. */
	gboolean (*from_text)(ImapDecoder *decoder, ImapBytes text);
	gboolean (*from_tree)(ImapDecoder *decoder, ImapCursor line);
};

/* ---- from text ---- */

static gboolean
decode_status(ImapDecoder *decoder, ImapBytes text)
{
	imap_code_decode(decoder, text);
	return TRUE;
}

static gboolean
decode_continue(ImapDecoder *decoder, ImapBytes text)
{
	decoder->response->text = text;
	return TRUE;
}

static gboolean
decode_number(ImapDecoder *decoder, ImapBytes text)
{
	return TRUE; /* it is in the head */
}

/* CAPABILITY, ENABLED: some servers write two blanks, or one at the end. */
static gboolean
decode_atoms(ImapDecoder *decoder, ImapBytes text)
{
	char *atoms = imap_arena_copy(decoder->arena, text.data, text.len);
	gsize to = 0;

	for (gsize from = 0; from < text.len; from++) {
		if (atoms[from] == ' ' && (to == 0 || atoms[to - 1] == ' '))
			continue;
		atoms[to++] = atoms[from];
	}
	if (to > 0 && atoms[to - 1] == ' ')
		to--;
	atoms[to] = '\0';
	decoder->response->text = (ImapBytes){atoms, to};
	return TRUE;
}

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

static gboolean
decode_search(ImapDecoder *decoder, ImapBytes text)
{
	ImapRanges ranges = {.max = decoder->limits->list};

	return take_ranges(decoder, &ranges, add_search_numbers(decoder, &ranges, text));
}

/* "(EARLIER) 300:310,405" (RFC 7162 section 3.2.10). */
static gboolean
decode_vanished(ImapDecoder *decoder, ImapBytes text)
{
	ImapRanges ranges = {.max = decoder->limits->list};
	const char *set = text.data;

	if (g_ascii_strncasecmp(set, "(EARLIER)", 9) == 0) {
		decoder->response->earlier = TRUE;
		set += 9 + strspn(set + 9, " ");
	}
	return take_ranges(decoder, &ranges, imap_ranges_add_text(&ranges, set, strcspn(set, " ")));
}

/* ---- from a tree ---- */

static gboolean
decode_fetch(ImapDecoder *decoder, ImapCursor line)
{
	imap_fetch_decode(decoder, decoder->response->number, line);
	return TRUE;
}

static gboolean
decode_flags(ImapDecoder *decoder, ImapCursor line)
{
	imap_flags_decode(&decoder->response->flags, imap_cursor_next(&line));
	return TRUE;
}

/* A name that the server did not quote although it has blanks in it: all the atoms in a row. */
static ImapBytes
unquoted_name(ImapCursor *line, ImapNode *first)
{
	ImapNode *last = first;

	for (;;) {
		ImapNode *next = imap_cursor_peek(line);
		char *gap = last->data + last->len;

		if (!next || next->kind != IMAP_NODE_ATOM || gap + strspn(gap, " \t") != next->data)
			break;
		last = imap_cursor_next(line);
	}
	first->len = (guint32)(last->data + last->len - first->data);
	first->data[first->len] = '\0';
	return (ImapBytes){first->data, first->len};
}

/* INBOX is the one name whose case does not matter (RFC 3501 section 5.1). */
static gboolean
decode_mailbox(ImapCursor *line, ImapBytes *out_name)
{
	ImapNode *node = imap_cursor_next(line);
	ImapBytes name;

	if (node && node->kind == IMAP_NODE_ATOM)
		name = unquoted_name(line, node);
	else if (!imap_node_get_text(node, &name))
		return FALSE;
	if (imap_bytes_equal(name, "INBOX"))
		name = (ImapBytes){"INBOX", 5};
	*out_name = name;
	return TRUE;
}

static guint32
mailbox_flag(ImapBytes name)
{
	static const struct {
		const char *name;
		guint32 flag;
	} table[] = {
		{"\\HasChildren", IMAP_MAILBOX_HAS_CHILDREN},
		{"\\HasNoChildren", IMAP_MAILBOX_HAS_NO_CHILDREN},
		{"\\Marked", IMAP_MAILBOX_MARKED},
		{"\\Unmarked", IMAP_MAILBOX_UNMARKED},
		{"\\Noselect", IMAP_MAILBOX_NOSELECT},
		{"\\Noinferiors", IMAP_MAILBOX_NOINFERIORS},
		{"\\NonExistent", IMAP_MAILBOX_NONEXISTENT | IMAP_MAILBOX_NOSELECT},
		{"\\Subscribed", IMAP_MAILBOX_SUBSCRIBED},
		{"\\Remote", IMAP_MAILBOX_REMOTE},
		{"\\All", IMAP_MAILBOX_ALL},
		{"\\Archive", IMAP_MAILBOX_ARCHIVE},
		{"\\Drafts", IMAP_MAILBOX_DRAFTS},
		{"\\Flagged", IMAP_MAILBOX_FLAGGED},
		{"\\Junk", IMAP_MAILBOX_JUNK},
		{"\\Sent", IMAP_MAILBOX_SENT},
		{"\\Trash", IMAP_MAILBOX_TRASH},
		{"\\Important", IMAP_MAILBOX_IMPORTANT},
		/* What XLIST called them before RFC 6154. */
		{"\\AllMail", IMAP_MAILBOX_ALL},
		{"\\Starred", IMAP_MAILBOX_FLAGGED},
		{"\\Spam", IMAP_MAILBOX_JUNK},
	};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		if (imap_bytes_equal(name, table[i].name))
			return table[i].flag;
	return 0;
}

/* The first byte: no server has a longer one. NIL and "" mean that there is no hierarchy. */
static char
decode_delimiter(ImapNode *node)
{
	ImapBytes text = imap_node_bytes(node);

	return text.len ? text.data[0] : 0;
}

/* Extended data (RFC 5258: CHILDINFO, OLDNAME) may follow and are not needed. */
static gboolean
decode_list(ImapDecoder *decoder, ImapCursor line)
{
	ImapList *list = &decoder->response->list;
	ImapNode *attributes = imap_cursor_next(&line);
	ImapCursor members = imap_node_members(attributes);
	ImapNode *node;

	if (!imap_node_is_list(attributes) && !imap_node_is_nil(attributes))
		return FALSE;
	while ((node = imap_cursor_next(&members)))
		list->flags |= mailbox_flag(imap_node_bytes(node));
	node = imap_cursor_next(&line);
	if (!imap_node_is_text(node))
		return FALSE;
	list->delimiter = decode_delimiter(node);
	return decode_mailbox(&line, &list->name);
}

static void
decode_count(ImapMailboxStatus *status, ImapNode *name, guint64 number)
{
	const struct {
		const char *name;
		ImapStatusHas has;
		guint32 *field;
		guint64 *wide_field;
	} table[] = {
		{"MESSAGES", IMAP_STATUS_MESSAGES, &status->messages},
		{"RECENT", IMAP_STATUS_RECENT, &status->recent},
		{"UIDNEXT", IMAP_STATUS_UIDNEXT, &status->uidnext},
		{"UIDVALIDITY", IMAP_STATUS_UIDVALIDITY, &status->uidvalidity},
		{"UNSEEN", IMAP_STATUS_UNSEEN, &status->unseen},
		{"HIGHESTMODSEQ", IMAP_STATUS_HIGHESTMODSEQ, NULL, &status->highestmodseq},
		{"SIZE", IMAP_STATUS_SIZE, NULL, &status->size},
	};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		if (!imap_node_is_atom(name, table[i].name))
			continue;
		if (table[i].wide_field)
			*table[i].wide_field = number;
		else if (number <= G_MAXUINT32)
			*table[i].field = (guint32)number;
		else
			continue;
		status->has |= table[i].has;
	}
}

/* A count that is no number (-1) was not said. */
static gboolean
decode_mailbox_status(ImapDecoder *decoder, ImapCursor line)
{
	ImapMailboxStatus *status = &decoder->response->mailbox_status;
	ImapCursor counts;
	ImapNode *name;
	guint64 number;

	if (!decode_mailbox(&line, &status->name))
		return FALSE;
	counts = imap_node_members(imap_cursor_next(&line));
	while ((name = imap_cursor_next(&counts)))
		if (imap_node_get_number(imap_cursor_next(&counts), G_MAXINT64, &number))
			decode_count(status, name, number);
	return TRUE;
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

static gboolean
decode_esearch(ImapDecoder *decoder, ImapCursor line)
{
	ImapRanges ranges = {.max = decoder->limits->list};

	return take_ranges(decoder, &ranges, decode_esearch_items(decoder, &ranges, line));
}

static const ImapNamespace *
decode_namespace(ImapDecoder *decoder, const ImapNode *node, guint *out_n)
{
	ImapCursor members = imap_node_members(node);
	guint count = imap_node_count(node), n = 0;
	ImapNamespace *spaces;
	ImapNode *member;

	spaces = imap_arena_alloc_n(decoder->arena, count, sizeof(ImapNamespace));
	while ((member = imap_cursor_next(&members))) {
		ImapCursor fields = imap_node_members(member);

		if (!imap_node_get_text(imap_cursor_next(&fields), &spaces[n].prefix))
			continue;
		spaces[n++].delimiter = decode_delimiter(imap_cursor_next(&fields));
	}
	*out_n = n;
	return n ? spaces : NULL;
}

static gboolean
decode_namespaces(ImapDecoder *decoder, ImapCursor line)
{
	ImapResponse *response = decoder->response;

	for (guint i = 0; i < G_N_ELEMENTS(response->namespaces); i++)
		response->namespaces[i] = decode_namespace(
			decoder, imap_cursor_next(&line), &response->n_namespaces[i]);
	return TRUE;
}

static gboolean
decode_id(ImapDecoder *decoder, ImapCursor line)
{
	decoder->response->id = imap_params_decode(decoder->arena, imap_cursor_next(&line));
	return TRUE;
}

/* ---- which decoder ---- */

#define STATUS(name, status)                                                   \
	{                                                                      \
		name, FALSE, IMAP_RESPONSE_STATUS, status, decode_status, NULL \
	}
#define NUMBER(name, kind)                               \
	{                                                \
		name, TRUE, kind, 0, decode_number, NULL \
	}
#define TEXT(name, kind, f)                   \
	{                                     \
		name, FALSE, kind, 0, f, NULL \
	}
#define TREE(name, kind, f)                   \
	{                                     \
		name, FALSE, kind, 0, NULL, f \
	}

/* The most frequent first. */
static const ImapForm forms[] = {
	{"FETCH", TRUE, IMAP_RESPONSE_FETCH, 0, NULL, decode_fetch},
	STATUS("OK", IMAP_OK),
	STATUS("NO", IMAP_NO),
	STATUS("BAD", IMAP_BAD),
	STATUS("BYE", IMAP_BYE),
	STATUS("PREAUTH", IMAP_PREAUTH),
	NUMBER("EXISTS", IMAP_RESPONSE_EXISTS),
	NUMBER("EXPUNGE", IMAP_RESPONSE_EXPUNGE),
	NUMBER("RECENT", IMAP_RESPONSE_RECENT),
	TREE("LIST", IMAP_RESPONSE_LIST, decode_list),
	TREE("STATUS", IMAP_RESPONSE_MAILBOX_STATUS, decode_mailbox_status),
	TREE("FLAGS", IMAP_RESPONSE_FLAGS, decode_flags),
	TEXT("CAPABILITY", IMAP_RESPONSE_CAPABILITY, decode_atoms),
	TEXT("SEARCH", IMAP_RESPONSE_SEARCH, decode_search),
	TREE("ESEARCH", IMAP_RESPONSE_ESEARCH, decode_esearch),
	TEXT("VANISHED", IMAP_RESPONSE_VANISHED, decode_vanished),
	TEXT("ENABLED", IMAP_RESPONSE_ENABLED, decode_atoms),
	TREE("NAMESPACE", IMAP_RESPONSE_NAMESPACE, decode_namespaces),
	TREE("ID", IMAP_RESPONSE_ID, decode_id),
	TREE("LSUB", IMAP_RESPONSE_LSUB, decode_list),
	TREE("XLIST", IMAP_RESPONSE_LIST, decode_list),
};

static const ImapForm form_continue = TEXT("+", IMAP_RESPONSE_CONTINUE, decode_continue);
/* Exchange at times writes "* [ALERT] text". */
static const ImapForm form_bare_code = STATUS("OK", IMAP_OK);

static const ImapForm *
find_form(const char *name, gsize len, gboolean numbered)
{
	for (guint i = 0; i < G_N_ELEMENTS(forms); i++)
		if (forms[i].numbered == numbered &&
			imap_bytes_equal((ImapBytes){name, len}, forms[i].name))
			return &forms[i];
	return NULL;
}

typedef struct {
	char *at;
	gsize len;
} Word;

/* The next word of a line that ends with NUL, and P moved behind it and its blanks. */
static Word
next_word(char **p)
{
	Word word = {*p, strcspn(*p, " ")};

	*p += word.len;
	*p += strspn(*p, " ");
	return word;
}

static void
read_untagged(char *p, ImapHead *head)
{
	char *name_start = p;
	Word word = next_word(&p);
	guint64 number;
	gboolean numbered = imap_text_get_number(word.at, word.len, G_MAXUINT32, &number);

	if (word.len && word.at[0] == '[') {
		head->form = &form_bare_code;
		head->rest = name_start;
		return;
	}
	if (numbered) {
		head->number = (guint32)number;
		word = next_word(&p);
	}
	head->form = find_form(word.at, word.len, numbered);
	head->rest = p;
	/* There is no message 0; Courier announces one when a message went away meanwhile. */
	if (head->form && head->number == 0 &&
		(head->form->kind == IMAP_RESPONSE_FETCH ||
			head->form->kind == IMAP_RESPONSE_EXPUNGE))
		head->form = NULL;
}

static void
read_tagged(Word tag, char *p, ImapHead *head)
{
	Word word = next_word(&p);
	const ImapForm *form = find_form(word.at, word.len, FALSE);

	if (!tag.len || !form || form->kind != IMAP_RESPONSE_STATUS)
		return;
	tag.at[tag.len] = '\0';
	head->form = form;
	head->tag = (ImapBytes){tag.at, tag.len};
	head->rest = p;
}

void
imap_head_read(char *line, gsize len, ImapHead *out_head)
{
	char *p = line + strspn(line, " ");
	Word word;

	*out_head = (ImapHead){.rest = line};
	if (*p == '+') {
		out_head->form = &form_continue;
		out_head->rest = p + 1 + strspn(p + 1, " ");
	} else {
		word = next_word(&p);
		if (word.len == 1 && word.at[0] == '*')
			read_untagged(p, out_head);
		else
			read_tagged(word, p, out_head);
	}
	out_head->rest_len = (gsize)(line + len - out_head->rest);
}

gboolean
imap_head_has_tree(const ImapHead *head)
{
	return !head->form || head->form->from_tree;
}

gboolean
imap_head_is_fetch(const ImapHead *head)
{
	return head->form && head->form->kind == IMAP_RESPONSE_FETCH;
}

static void
begin(ImapDecoder *decoder, const ImapHead *head)
{
	ImapResponse *response = decoder->response;

	response->kind = head->tag.data ? IMAP_RESPONSE_TAGGED : head->form->kind;
	response->status = head->form->status;
	response->tag = head->tag;
	response->number = head->number;
}

gboolean
imap_response_from_text(ImapDecoder *decoder, const ImapHead *head)
{
	if (!head->form || !head->form->from_text)
		return FALSE;
	begin(decoder, head);
	return head->form->from_text(decoder, (ImapBytes){head->rest, head->rest_len});
}

gboolean
imap_response_from_tree(ImapDecoder *decoder, const ImapHead *head, ImapCursor line)
{
	if (!head->form || !head->form->from_tree)
		return FALSE;
	begin(decoder, head);
	return head->form->from_tree(decoder, line);
}

void
imap_response_clear(ImapResponse *response)
{
	uidset_free((UidSet *)response->numbers);
	flagset_clear(&response->flags);
	flagset_clear(&response->code.flags);
	flagset_clear(&response->fetch.flags);
	*response = (ImapResponse){0};
}
