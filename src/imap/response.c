#include "imap/decode.h"

#include <string.h>

struct ImapForm {
	const char *name;
	ImapResponseKind kind;
	ImapStatus status;
	gboolean numbered; /* "* 12 NAME" */
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

static gboolean
decode_id(ImapDecoder *decoder, ImapCursor line)
{
	decoder->response->id = imap_params_decode(decoder->arena, imap_cursor_next(&line));
	return TRUE;
}

/* ---- which decoder ---- */

/* The most frequent first. */
static const ImapForm forms[] = {
	{"FETCH", IMAP_RESPONSE_FETCH, .numbered = TRUE, .from_tree = decode_fetch},
	{"OK", IMAP_RESPONSE_STATUS, IMAP_OK, .from_text = decode_status},
	{"NO", IMAP_RESPONSE_STATUS, IMAP_NO, .from_text = decode_status},
	{"BAD", IMAP_RESPONSE_STATUS, IMAP_BAD, .from_text = decode_status},
	{"BYE", IMAP_RESPONSE_STATUS, IMAP_BYE, .from_text = decode_status},
	{"PREAUTH", IMAP_RESPONSE_STATUS, IMAP_PREAUTH, .from_text = decode_status},
	{"EXISTS", IMAP_RESPONSE_EXISTS, .numbered = TRUE, .from_text = decode_number},
	{"EXPUNGE", IMAP_RESPONSE_EXPUNGE, .numbered = TRUE, .from_text = decode_number},
	{"RECENT", IMAP_RESPONSE_RECENT, .numbered = TRUE, .from_text = decode_number},
	{"LIST", IMAP_RESPONSE_LIST, .from_tree = imap_list_decode},
	{"STATUS", IMAP_RESPONSE_MAILBOX_STATUS, .from_tree = imap_mailbox_status_decode},
	{"FLAGS", IMAP_RESPONSE_FLAGS, .from_tree = decode_flags},
	{"CAPABILITY", IMAP_RESPONSE_CAPABILITY, .from_text = decode_atoms},
	{"SEARCH", IMAP_RESPONSE_SEARCH, .from_text = imap_search_decode},
	{"ESEARCH", IMAP_RESPONSE_ESEARCH, .from_tree = imap_esearch_decode},
	{"VANISHED", IMAP_RESPONSE_VANISHED, .from_text = imap_vanished_decode},
	{"ENABLED", IMAP_RESPONSE_ENABLED, .from_text = decode_atoms},
	{"NAMESPACE", IMAP_RESPONSE_NAMESPACE, .from_tree = imap_namespace_decode},
	{"ID", IMAP_RESPONSE_ID, .from_tree = decode_id},
	{"LSUB", IMAP_RESPONSE_LSUB, .from_tree = imap_list_decode},
	{"XLIST", IMAP_RESPONSE_LIST, .from_tree = imap_list_decode},
};

static const ImapForm form_continue = {
	"+",
	IMAP_RESPONSE_CONTINUE,
	.from_text = decode_continue,
};

/* Exchange at times writes "* [ALERT] text". */
static const ImapForm form_bare_code = {
	"",
	IMAP_RESPONSE_STATUS,
	IMAP_OK,
	.from_text = decode_status,
};

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
		out_head->untagged = word.len == 1 && word.at[0] == '*';
		if (out_head->untagged)
			read_untagged(p, out_head);
		else
			read_tagged(word, p, out_head);
	}
	out_head->rest_len = (gsize)(line + len - out_head->rest);
}

gboolean
imap_head_has_tree(const ImapHead *head)
{
	return head->form ? head->form->from_tree != NULL : head->untagged;
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
