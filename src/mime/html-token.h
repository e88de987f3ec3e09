/*
 * HTML as a stream of tags and text, after the tokenizer of the HTML standard (section 13.2.5) as
 * far as mail needs it. Every input is some HTML: nothing fails.
 *
 * Not libxml2's: its parser takes 10 seconds for one tag with 100,000 attributes and 15 for 100,000
 * open tags, and gives other tags for the same bytes when they come in two pieces. This one takes
 * linear time and bounded memory, and no cut of the input shows in what comes out.
 */
#pragma once

#include <glib.h>

typedef struct HtmlTag HtmlTag;

typedef struct {
	/* UTF-8, whole characters; references are decoded. Cut anywhere between characters. */
	void (*text)(gpointer user, const char *text, gsize len);
	/* Both opening and closing tags; TAG is borrowed for the call. */
	void (*tag)(gpointer user, const HtmlTag *tag);
	/* What stands in a <style>, cut anywhere, with what began like its end. */
	void (*style)(gpointer user, const char *css, gsize len);
} HtmlTokenSink;

typedef struct HtmlTokens HtmlTokens;

HtmlTokens *html_tokens_new(const HtmlTokenSink *sink, gpointer user);
void html_tokens_free(HtmlTokens *tokens);
/* TEXT: valid UTF-8, cut between characters. */
void html_tokens_feed(HtmlTokens *tokens, const char *text, gsize len);
/* Text that was held back comes out; a tag that is open does not. */
void html_tokens_end(HtmlTokens *tokens);

/* In lower case, cut to 31 bytes. */
const char *html_tag_name(const HtmlTag *tag);
gboolean html_tag_closes(const HtmlTag *tag);
/* The value, "" for an attribute without one, NULL when there is no such attribute. The first of a
 * name counts, as in browsers; of a value the first 4 KB, of a tag the first 64 attributes. */
const char *html_tag_get(const HtmlTag *tag, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HtmlTokens, html_tokens_free)
