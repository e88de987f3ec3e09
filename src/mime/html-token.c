#include "mime/html-token.h"

#include "mime/html-entity.h"

#include <string.h>

enum {
	MAX_NAME = 31,
	MAX_VALUE = 4096,
	MAX_ATTRIBUTES = 64,
	MAX_REFERENCE = 32,
};

typedef enum {
	TEXT,
	LESS,     /* behind "<" */
	SLASH,    /* behind "</" */
	TAG_NAME, /* in the name of a tag */
	BEFORE_ATTRIBUTE,
	ATTRIBUTE,
	AFTER_ATTRIBUTE, /* a "=" may come */
	BEFORE_VALUE,
	VALUE_QUOTED,
	VALUE_BARE,
	BANG,      /* behind "<!": one or two "-" make it a comment */
	BANG_DASH, /* behind "<!-" */
	COMMENT,
	BOGUS,     /* doctype, "<?xml", "<![if": up to the next ">" */
	RAW,       /* in an element that is no text: script, style */
	REFERENCE, /* behind "&" */
} State;

typedef struct {
	gsize name, value; /* in the tag's bytes */
} Attribute;

struct HtmlTag {
	char name[MAX_NAME + 1];
	guint name_len;
	gboolean closes;
	gboolean empty; /* "/>" */
	GString *bytes; /* names and values, each ended by NUL */
	Attribute attributes[MAX_ATTRIBUTES];
	guint n;
	gsize limit;      /* no byte of the open name or value is kept from here on */
	gboolean dropped; /* the open attribute is one too many */
	gboolean keep;    /* the last character was kept, and so are its other bytes */
};

struct HtmlTokens {
	const HtmlTokenSink *sink;
	gpointer user;
	State state;
	State back; /* where a reference stands */
	char quote;
	guint dashes;  /* of a comment's possible end; 3: "--!" */
	guint matched; /* bytes of "</script" */
	char raw[MAX_NAME + 1];
	char reference[MAX_REFERENCE];
	guint reference_len;
	HtmlTag tag;
};

HtmlTokens *
html_tokens_new(const HtmlTokenSink *sink, gpointer user)
{
	HtmlTokens *tokens = g_new0(HtmlTokens, 1);

	tokens->sink = sink;
	tokens->user = user;
	tokens->tag.bytes = g_string_new(NULL);
	return tokens;
}

void
html_tokens_free(HtmlTokens *tokens)
{
	if (!tokens)
		return;
	g_string_free(tokens->tag.bytes, TRUE);
	g_free(tokens);
}

/* --- Tags -------------------------------------------------------------------------------------- */

const char *
html_tag_name(const HtmlTag *tag)
{
	return tag->name;
}

gboolean
html_tag_closes(const HtmlTag *tag)
{
	return tag->closes;
}

const char *
html_tag_get(const HtmlTag *tag, const char *name)
{
	for (guint i = 0; i < tag->n; i++)
		if (strcmp(tag->bytes->str + tag->attributes[i].name, name) == 0)
			return tag->bytes->str + tag->attributes[i].value;
	return NULL;
}

static void
tag_begin(HtmlTag *tag, gboolean closes)
{
	tag->name_len = 0;
	tag->closes = closes;
	tag->empty = FALSE;
	tag->n = 0;
	tag->limit = 0;
	g_string_truncate(tag->bytes, 0);
}

static void
tag_name_add(HtmlTag *tag, char c)
{
	if (tag->name_len < MAX_NAME)
		tag->name[tag->name_len++] = g_ascii_tolower(c);
	tag->name[tag->name_len] = '\0';
}

/* A byte of the open name or value. Characters are kept whole or not at all. */
static void
tag_add(HtmlTag *tag, char c)
{
	if (((guint8)c & 0xc0) != 0x80)
		tag->keep = tag->bytes->len + 4 <= tag->limit;
	if (tag->keep && c != '\0')
		g_string_append_c(tag->bytes, c);
}

static void
tag_add_attribute(HtmlTag *tag)
{
	tag->dropped = tag->n == MAX_ATTRIBUTES;
	tag->limit = 0;
	if (tag->dropped)
		return;
	tag->attributes[tag->n].name = tag->bytes->len;
	tag->limit = tag->bytes->len + MAX_NAME + 4;
}

/* Ends the name; without a value it gets an empty one at the end of its own. */
static void
tag_end_name(HtmlTag *tag)
{
	if (tag->dropped)
		return;
	tag->attributes[tag->n].value = tag->bytes->len;
	g_string_append_c(tag->bytes, '\0');
	tag->n++;
	tag->limit = 0;
}

static void
tag_begin_value(HtmlTag *tag)
{
	if (tag->dropped)
		return;
	tag->attributes[tag->n - 1].value = tag->bytes->len;
	tag->limit = tag->bytes->len + MAX_VALUE;
}

static void
tag_end_value(HtmlTag *tag)
{
	if (tag->limit != 0)
		g_string_append_c(tag->bytes, '\0');
	tag->limit = 0;
}

/* --- References -------------------------------------------------------------------------------- */

/* Puts out what stood in text or in a value. */
static void
put(HtmlTokens *tokens, const char *text, gsize len)
{
	if (tokens->back == TEXT)
		tokens->sink->text(tokens->user, text, len);
	else
		for (gsize i = 0; i < len; i++)
			tag_add(&tokens->tag, text[i]);
}

static gboolean
goes_on(const HtmlTokens *tokens, char c)
{
	const char *so_far = tokens->reference;
	guint len = tokens->reference_len;

	if (len == MAX_REFERENCE)
		return FALSE;
	if (len == 0)
		return g_ascii_isalnum(c) || c == '#';
	if (so_far[0] != '#')
		return g_ascii_isalnum(c);
	if (len == 1 && (c == 'x' || c == 'X'))
		return TRUE;
	return len > 1 && g_ascii_tolower(so_far[1]) == 'x' ? g_ascii_isxdigit(c)
							    : g_ascii_isdigit(c);
}

static gunichar
resolve_number(const HtmlTokens *tokens, gsize *out_used)
{
	guint len = tokens->reference_len;
	gboolean hex = len > 1 && g_ascii_tolower(tokens->reference[1]) == 'x';
	guint64 number = 0;

	*out_used = 0;
	if (len < (hex ? 3u : 2u))
		return 0;
	for (guint i = hex ? 2 : 1; i < len; i++) {
		number = number * (hex ? 16 : 10) +
			 (guint64)g_ascii_xdigit_value(tokens->reference[i]);
		number = MIN(number, 0x110000);
	}
	*out_used = len;
	return html_entity_number(number);
}

/* NEXT: the byte behind the reference. TRUE when it is its semicolon. */
static gboolean
end_reference(HtmlTokens *tokens, char next)
{
	guint len = tokens->reference_len;
	gsize used = 0;
	gunichar c = 0;
	char utf8[6];

	if (len > 0 && tokens->reference[0] == '#')
		c = resolve_number(tokens, &used);
	else if (len > 0)
		c = html_entity_named(tokens->reference, len, next == ';', &used);
	/* "?a=b&copy=2" in a link is no copyright sign. */
	if (tokens->back != TEXT && (used < len || next == '='))
		used = 0;
	if (used > 0)
		put(tokens, utf8, (gsize)g_unichar_to_utf8(c, utf8));
	else
		put(tokens, "&", 1);
	put(tokens, tokens->reference + used, len - used);
	tokens->state = tokens->back;
	return used > 0 && used == len && next == ';';
}

/* --- States ------------------------------------------------------------------------------------ */

static gboolean
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
finish_tag(HtmlTokens *tokens)
{
	static const char *const raw[] = {
		"script", "style", "title", "iframe", "noembed", "noframes", "textarea", NULL};
	HtmlTag *tag = &tokens->tag;

	tokens->state = TEXT;
	tokens->sink->tag(tokens->user, tag);
	if (tag->closes || tag->empty || !g_strv_contains(raw, tag->name))
		return;
	g_strlcpy(tokens->raw, tag->name, sizeof tokens->raw);
	tokens->matched = 0;
	tokens->state = RAW;
}

/* Behind a run of text: at a "<". */
static gboolean
step_text(HtmlTokens *tokens)
{
	tokens->state = LESS;
	return TRUE;
}

static gboolean
step_less(HtmlTokens *tokens, char c)
{
	if (g_ascii_isalpha(c)) {
		tag_begin(&tokens->tag, FALSE);
		tag_name_add(&tokens->tag, c);
		tokens->state = TAG_NAME;
	} else if (c == '/') {
		tokens->state = SLASH;
	} else if (c == '!') {
		tokens->state = BANG;
	} else if (c == '?') {
		tokens->state = BOGUS;
	} else {
		tokens->state = TEXT;
		tokens->sink->text(tokens->user, "<", 1);
		return FALSE;
	}
	return TRUE;
}

static gboolean
step_slash(HtmlTokens *tokens, char c)
{
	if (!g_ascii_isalpha(c)) {
		tokens->state = c == '>' ? TEXT : BOGUS;
		return TRUE;
	}
	tag_begin(&tokens->tag, TRUE);
	tag_name_add(&tokens->tag, c);
	tokens->state = TAG_NAME;
	return TRUE;
}

static gboolean
step_before_attribute(HtmlTokens *tokens, char c)
{
	if (c == '>') {
		finish_tag(tokens);
	} else if (!is_space(c) && c != '/') {
		tokens->tag.empty = FALSE;
		tag_add_attribute(&tokens->tag);
		tag_add(&tokens->tag, g_ascii_tolower(c));
		tokens->state = ATTRIBUTE;
	} else if (c == '/') {
		tokens->tag.empty = TRUE;
	}
	return TRUE;
}

static gboolean
step_name(HtmlTokens *tokens, char c)
{
	if (!is_space(c) && c != '/' && c != '>') {
		tag_name_add(&tokens->tag, c);
		return TRUE;
	}
	tokens->state = BEFORE_ATTRIBUTE;
	return FALSE;
}

static gboolean
step_attribute(HtmlTokens *tokens, char c)
{
	if (c != '=' && c != '>' && c != '/' && !is_space(c)) {
		tag_add(&tokens->tag, g_ascii_tolower(c));
		return TRUE;
	}
	tag_end_name(&tokens->tag);
	tokens->state = AFTER_ATTRIBUTE;
	return FALSE;
}

static gboolean
step_after_attribute(HtmlTokens *tokens, char c)
{
	if (is_space(c))
		return TRUE;
	tokens->state = c == '=' ? BEFORE_VALUE : BEFORE_ATTRIBUTE;
	return c == '=';
}

static gboolean
step_before_value(HtmlTokens *tokens, char c)
{
	if (is_space(c))
		return TRUE;
	if (c == '>') {
		tokens->state = BEFORE_ATTRIBUTE;
		return FALSE;
	}
	tag_begin_value(&tokens->tag);
	tokens->state = c == '"' || c == '\'' ? VALUE_QUOTED : VALUE_BARE;
	tokens->quote = c;
	return tokens->state == VALUE_QUOTED;
}

static gboolean
begin_reference(HtmlTokens *tokens)
{
	tokens->back = tokens->state;
	tokens->reference_len = 0;
	tokens->state = REFERENCE;
	return TRUE;
}

static gboolean
step_value(HtmlTokens *tokens, char c)
{
	gboolean ends =
		tokens->state == VALUE_QUOTED ? c == tokens->quote : is_space(c) || c == '>';

	if (ends) {
		tag_end_value(&tokens->tag);
		tokens->state = BEFORE_ATTRIBUTE;
		return c != '>';
	}
	if (c == '&')
		return begin_reference(tokens);
	tag_add(&tokens->tag, c);
	return TRUE;
}

static gboolean
step_bang(HtmlTokens *tokens, char c)
{
	if (c != '-') {
		tokens->state = BOGUS;
		return FALSE;
	}
	tokens->dashes = 2; /* "<!-->" is a whole comment */
	tokens->state = tokens->state == BANG ? BANG_DASH : COMMENT;
	return TRUE;
}

static gboolean
step_comment(HtmlTokens *tokens, char c)
{
	if (c == '>' && tokens->dashes >= 2)
		tokens->state = TEXT;
	else if (c == '-')
		tokens->dashes = tokens->dashes == 3 ? 1 : MIN(tokens->dashes + 1, 2);
	else
		tokens->dashes = c == '!' && tokens->dashes == 2 ? 3 : 0;
	return TRUE;
}

static gboolean
step_raw(HtmlTokens *tokens, char c)
{
	guint matched = tokens->matched;

	if (matched >= 2 && tokens->raw[matched - 2] == '\0' &&
		(is_space(c) || c == '/' || c == '>')) {
		tag_begin(&tokens->tag, TRUE);
		g_strlcpy(tokens->tag.name, tokens->raw, sizeof tokens->tag.name);
		tokens->state = BEFORE_ATTRIBUTE;
		return FALSE;
	}
	if (c == '<')
		tokens->matched = 1;
	else if (matched == 1)
		tokens->matched = c == '/' ? 2 : 0;
	else if (matched >= 2 && tokens->raw[matched - 2] == g_ascii_tolower(c))
		tokens->matched++;
	else
		tokens->matched = 0;
	return TRUE;
}

static gboolean
step_reference(HtmlTokens *tokens, char c)
{
	if (!goes_on(tokens, c))
		return end_reference(tokens, c);
	tokens->reference[tokens->reference_len++] = c;
	return TRUE;
}

/* FALSE: the same byte once more, in the state that it led to. */
static gboolean
step(HtmlTokens *tokens, char c)
{
	switch (tokens->state) {
	case TEXT: return c == '&' ? begin_reference(tokens) : step_text(tokens);
	case LESS: return step_less(tokens, c);
	case SLASH: return step_slash(tokens, c);
	case TAG_NAME: return step_name(tokens, c);
	case BEFORE_ATTRIBUTE: return step_before_attribute(tokens, c);
	case ATTRIBUTE: return step_attribute(tokens, c);
	case AFTER_ATTRIBUTE: return step_after_attribute(tokens, c);
	case BEFORE_VALUE: return step_before_value(tokens, c);
	case VALUE_QUOTED:
	case VALUE_BARE: return step_value(tokens, c);
	case BANG:
	case BANG_DASH: return step_bang(tokens, c);
	case COMMENT: return step_comment(tokens, c);
	case BOGUS:
		if (c == '>')
			tokens->state = TEXT;
		return TRUE;
	case RAW: return step_raw(tokens, c);
	case REFERENCE: return step_reference(tokens, c);
	}
	return TRUE;
}

static gsize
text_run(const char *text, gsize len)
{
	gsize n = 0;

	while (n < len && text[n] != '<' && text[n] != '&' && text[n] != '\0')
		n++;
	return n;
}

/* Takes what stands in a script, style or the like, up to what may be its end: so many bytes. */
static gsize
take_raw(HtmlTokens *tokens, const char *text, gsize len)
{
	const char *less = tokens->matched == 0 ? memchr(text, '<', len) : text;
	gsize run = less ? (gsize)(less - text) : len;

	if (strcmp(tokens->raw, "style") == 0)
		tokens->sink->style(tokens->user, text, MAX(run, 1));
	return run;
}

static gsize
take_text(HtmlTokens *tokens, const char *text, gsize len)
{
	gsize run = text_run(text, len);

	if (run > 0)
		tokens->sink->text(tokens->user, text, run);
	return run;
}

void
html_tokens_feed(HtmlTokens *tokens, const char *text, gsize len)
{
	for (gsize at = 0; at < len;) {
		gsize run = 0;

		if (tokens->state == TEXT)
			run = take_text(tokens, text + at, len - at);
		else if (tokens->state == RAW)
			run = take_raw(tokens, text + at, len - at);
		if (run > 0)
			at += run;
		else if (text[at] == '\0' || step(tokens, text[at]))
			at++;
	}
}

void
html_tokens_end(HtmlTokens *tokens)
{
	if (tokens->state == REFERENCE)
		(void)end_reference(tokens, '\0');
	if (tokens->state == LESS)
		tokens->sink->text(tokens->user, "<", 1);
	if (tokens->state != TEXT)
		tokens->state = BOGUS;
}
