/* "[NAME argument] text" of OK, NO, BAD, BYE and PREAUTH (RFC 3501 section 7.1). */

#include "imap/decode.h"
#include "imap/ranges.h"

#include <string.h>

static const struct {
	const char *name;
	ImapCodeKind kind;
} codes[] = {
	{"ALERT", IMAP_CODE_ALERT},
	{"BADCHARSET", IMAP_CODE_BADCHARSET},
	{"CAPABILITY", IMAP_CODE_CAPABILITY},
	{"PARSE", IMAP_CODE_PARSE},
	{"PERMANENTFLAGS", IMAP_CODE_PERMANENTFLAGS},
	{"READ-ONLY", IMAP_CODE_READ_ONLY},
	{"READ-WRITE", IMAP_CODE_READ_WRITE},
	{"TRYCREATE", IMAP_CODE_TRYCREATE},
	{"UIDNEXT", IMAP_CODE_UIDNEXT},
	{"UIDVALIDITY", IMAP_CODE_UIDVALIDITY},
	{"UNSEEN", IMAP_CODE_UNSEEN},
	{"APPENDUID", IMAP_CODE_APPENDUID},
	{"COPYUID", IMAP_CODE_COPYUID},
	{"UIDNOTSTICKY", IMAP_CODE_UIDNOTSTICKY},
	{"HIGHESTMODSEQ", IMAP_CODE_HIGHESTMODSEQ},
	{"NOMODSEQ", IMAP_CODE_NOMODSEQ},
	{"MODIFIED", IMAP_CODE_MODIFIED},
	{"CLOSED", IMAP_CODE_CLOSED},
	{"UNAVAILABLE", IMAP_CODE_UNAVAILABLE},
	{"AUTHENTICATIONFAILED", IMAP_CODE_AUTHENTICATIONFAILED},
	{"AUTHORIZATIONFAILED", IMAP_CODE_AUTHORIZATIONFAILED},
	{"EXPIRED", IMAP_CODE_EXPIRED},
	{"PRIVACYREQUIRED", IMAP_CODE_PRIVACYREQUIRED},
	{"CONTACTADMIN", IMAP_CODE_CONTACTADMIN},
	{"NOPERM", IMAP_CODE_NOPERM},
	{"INUSE", IMAP_CODE_INUSE},
	{"EXPUNGEISSUED", IMAP_CODE_EXPUNGEISSUED},
	{"CORRUPTION", IMAP_CODE_CORRUPTION},
	{"SERVERBUG", IMAP_CODE_SERVERBUG},
	{"CLIENTBUG", IMAP_CODE_CLIENTBUG},
	{"CANNOT", IMAP_CODE_CANNOT},
	{"LIMIT", IMAP_CODE_LIMIT},
	{"OVERQUOTA", IMAP_CODE_OVERQUOTA},
	{"ALREADYEXISTS", IMAP_CODE_ALREADYEXISTS},
	{"NONEXISTENT", IMAP_CODE_NONEXISTENT},
	{"HASCHILDREN", IMAP_CODE_HASCHILDREN},
	{"NOTSAVED", IMAP_CODE_NOTSAVED},
	{"UNKNOWN-CTE", IMAP_CODE_UNKNOWN_CTE},
	{"TOOBIG", IMAP_CODE_TOOBIG},
	{"BADEVENT", IMAP_CODE_BADEVENT},
	{"NOTIFICATIONOVERFLOW", IMAP_CODE_NOTIFICATIONOVERFLOW},
	{"COMPRESSIONACTIVE", IMAP_CODE_COMPRESSIONACTIVE},
};

static ImapCodeKind
code_kind(ImapBytes name)
{
	for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
		if (imap_bytes_equal(name, codes[i].name))
			return codes[i].kind;
	return IMAP_CODE_OTHER;
}

/* Takes the next word from *TEXT, which ends with NUL. */
static ImapBytes
next_word(const char **text)
{
	ImapBytes word;

	*text += strspn(*text, " ");
	word = (ImapBytes){*text, strcspn(*text, " ")};
	*text += word.len;
	return word;
}

static guint64
word_number(ImapBytes word, guint64 max)
{
	guint64 number;

	return imap_text_get_number(word.data, word.len, max, &number) ? number : 0;
}

/* A set in the order of the server. None when it can't be understood: half a set would be a lie. */
static const UidRange *
decode_ranges(ImapDecoder *decoder, ImapBytes text, guint *out_n)
{
	ImapRanges ranges = {.max = decoder->limits->list};
	const UidRange *copy = NULL;

	if (imap_ranges_add_text(&ranges, text.data, text.len) && ranges.n) {
		copy = (const UidRange *)imap_arena_copy(
			decoder->arena, (const char *)ranges.at, ranges.n * sizeof(UidRange));
		*out_n = ranges.n;
	}
	decoder->too_big |= ranges.too_big;
	imap_ranges_clear(&ranges);
	return copy;
}

/* "(\Deleted \Seen \*)". */
static void
decode_permanent_flags(ImapCode *code, const char *text)
{
	while (*text) {
		gsize len = strcspn(text, " ()");

		if (len == 2 && memcmp(text, "\\*", 2) == 0)
			code->any_keyword = TRUE;
		else if (len)
			flagset_add_name(&code->flags, text, len);
		text += len;
		text += strspn(text, " ()");
	}
}

static void
decode_argument(ImapDecoder *decoder, ImapCode *code)
{
	const char *text = code->argument.data;

	switch (code->kind) {
	case IMAP_CODE_PERMANENTFLAGS: decode_permanent_flags(code, text); break;
	case IMAP_CODE_UIDNEXT:
	case IMAP_CODE_UIDVALIDITY:
	case IMAP_CODE_UNSEEN: code->number = word_number(next_word(&text), G_MAXUINT32); break;
	case IMAP_CODE_HIGHESTMODSEQ:
		code->number = word_number(next_word(&text), G_MAXINT64);
		break;
	case IMAP_CODE_MODIFIED:
		code->source = decode_ranges(decoder, next_word(&text), &code->n_source);
		break;
	case IMAP_CODE_APPENDUID:
		code->number = word_number(next_word(&text), G_MAXUINT32);
		code->dest = decode_ranges(decoder, next_word(&text), &code->n_dest);
		break;
	case IMAP_CODE_COPYUID:
		code->number = word_number(next_word(&text), G_MAXUINT32);
		code->source = decode_ranges(decoder, next_word(&text), &code->n_source);
		code->dest = decode_ranges(decoder, next_word(&text), &code->n_dest);
		break;
	default: break;
	}
}

/* The "]" that closes TEXT: not one in quotes or parentheses, unless there is no other. */
static const char *
find_close(const char *text, const char *end)
{
	gboolean quoted = FALSE;
	int depth = 0;

	for (const char *p = text; p < end; p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (*p == '(')
			depth++;
		else if (*p == ')')
			depth--;
		else if (*p == ']' && depth <= 0)
			return p;
	}
	return memchr(text, ']', (gsize)(end - text));
}

/* The text alone may be missing (CVE-2018-14349: a NO that ends behind "NO"). */
void
imap_code_decode(ImapDecoder *decoder, ImapBytes text)
{
	ImapResponse *response = decoder->response;
	ImapCode *code = &response->code;
	const char *end = text.data + text.len, *close, *argument;
	gsize name_len;

	response->text = text;
	close = text.len && text.data[0] == '[' ? find_close(text.data + 1, end) : NULL;
	if (!close)
		return;

	argument = imap_arena_copy(decoder->arena, text.data + 1, (gsize)(close - text.data - 1));
	name_len = strcspn(argument, " ");
	code->name = (ImapBytes){imap_arena_copy(decoder->arena, argument, name_len), name_len};
	argument += name_len;
	argument += strspn(argument, " ");
	code->argument = (ImapBytes){argument, strlen(argument)};
	code->kind = code_kind(code->name);
	decode_argument(decoder, code);

	close++;
	close += strspn(close, " ");
	response->text = (ImapBytes){close, (gsize)(end - close)};
}
