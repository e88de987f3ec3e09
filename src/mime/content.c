#include "mime/content.h"

#include "mime/calendar.h"
#include "mime/charset.h"
#include "mime/enriched.h"
#include "mime/html.h"
#include "mime/report.h"
#include "mime/tnef.h"
#include "mime/transfer.h"
#include "mime/vcard.h"

#include <string.h>

enum { /* bytes of a part that is needed whole */
	MAX_WHOLE = 256 * 1024,
	MAX_ENRICHED = 64 * 1024, /* it becomes a page in one turn */
	MAX_PACKET = 16 * 1024 * 1024,
};

typedef enum {
	KIND_TEXT,
	KIND_HTML,
	KIND_PATCH,
	/* From here on all of it is needed before anything is shown. */
	KIND_CALENDAR,
	KIND_CARD,
	KIND_ENRICHED,
	KIND_RICHTEXT,
	KIND_DELIVERY,
	KIND_RECEIPT,
	KIND_FEEDBACK,
	KIND_HEADERS,
	KIND_TNEF,
} Kind;

struct MimeContent {
	Kind kind;
	MimeDocument *document;
	char *encoding, *charset, *subject;
	MimeText *text;
	MimeHtml *html;
	MimeTransfer *transfer;
	GString *whole; /* without transfer encoding */
	gboolean cut;
	gboolean ended;
};

static const struct {
	const char *type;
	Kind kind;
} kinds[] = {
	{"text/plain", KIND_TEXT},
	{"text/html", KIND_HTML},
	{"text/x-patch", KIND_PATCH},
	{"text/x-diff", KIND_PATCH},
	{"text/diff", KIND_PATCH},
	{"text/patch", KIND_PATCH},
	{"text/calendar", KIND_CALENDAR},
	{"application/ics", KIND_CALENDAR},
	{"text/x-vcalendar", KIND_CALENDAR},
	{"text/vcard", KIND_CARD},
	{"text/x-vcard", KIND_CARD},
	{"text/directory", KIND_CARD},
	{"text/enriched", KIND_ENRICHED},
	{"text/richtext", KIND_RICHTEXT},
	{"message/delivery-status", KIND_DELIVERY},
	{"message/global-delivery-status", KIND_DELIVERY},
	{"message/disposition-notification", KIND_RECEIPT},
	{"message/global-disposition-notification", KIND_RECEIPT},
	{"message/feedback-report", KIND_FEEDBACK},
	{"text/rfc822-headers", KIND_HEADERS},
	{"message/global-headers", KIND_HEADERS},
	{"application/ms-tnef", KIND_TNEF},
	{"application/vnd.ms-tnef", KIND_TNEF},
};

static Kind
kind_of(const char *type)
{
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_ascii_strcasecmp(type, kinds[i].type) == 0)
			return kinds[i].kind;
	return KIND_TEXT;
}

gboolean
mime_content_can(const char *type)
{
	return kind_of(type) != KIND_TEXT || g_ascii_strcasecmp(type, "text/plain") == 0;
}

MimeContent *
mime_content_new(const char *type, const MimeTextFormat *format, MimeDocument *document)
{
	MimeContent *content = g_new0(MimeContent, 1);
	MimeTextFormat text = *format;

	content->kind = kind_of(type);
	content->document = mime_document_ref(document);
	content->encoding = g_strdup(format->encoding);
	content->charset = g_strdup(format->charset);
	text.patch = content->kind == KIND_PATCH;
	if (content->kind == KIND_HTML) {
		content->html = mime_html_new(format, document);
	} else if (content->kind == KIND_TEXT || content->kind == KIND_PATCH) {
		content->text = mime_text_new(&text, document);
	} else {
		content->transfer = mime_transfer_new(format->encoding);
		content->whole = g_string_new(NULL);
	}
	return content;
}

void
mime_content_free(MimeContent *content)
{
	if (!content)
		return;
	mime_text_free(content->text);
	mime_html_free(content->html);
	mime_transfer_free(content->transfer);
	if (content->whole)
		g_string_free(content->whole, TRUE);
	g_free(content->encoding);
	g_free(content->charset);
	g_free(content->subject);
	mime_document_unref(content->document);
	g_free(content);
}

void
mime_content_set_subject(MimeContent *content, const char *subject)
{
	g_free(content->subject);
	content->subject = g_strdup(subject);
}

static void
cut_whole(MimeContent *content)
{
	gboolean enriched = content->kind == KIND_ENRICHED || content->kind == KIND_RICHTEXT;
	gsize max = content->kind == KIND_TNEF ? MAX_PACKET : enriched ? MAX_ENRICHED : MAX_WHOLE;

	content->cut = content->cut || content->whole->len > max;
	g_string_truncate(content->whole, MIN(content->whole->len, max));
}

void
mime_content_feed(MimeContent *content, const char *bytes, gsize len)
{
	if (content->html) {
		mime_html_feed(content->html, bytes, len);
	} else if (content->text) {
		mime_text_feed(content->text, bytes, len);
	} else if (!content->cut && !content->ended) {
		mime_transfer_feed(content->transfer, bytes, len, content->whole);
		cut_whole(content);
	}
}

static gboolean
render_enriched(MimeContent *content, const char *text, gboolean richtext)
{
	g_autofree char *page = mime_enriched_to_html(text, richtext);
	g_autoptr(MimeHtml) html =
		mime_html_new(&(MimeTextFormat){.charset = "utf-8"}, content->document);

	mime_html_feed(html, page, strlen(page));
	mime_html_end(html);
	return TRUE;
}

/* FALSE when the part is not what it says. */
static gboolean
render(MimeContent *content)
{
	const GString *bytes = content->whole;
	g_autofree char *text = NULL;
	gsize len;

	if (content->kind == KIND_TNEF)
		return mime_tnef_render(bytes->str, bytes->len, content->document);
	text = mime_charset_to_utf8(bytes->str, bytes->len, content->charset);
	len = strlen(text);
	switch (content->kind) {
	case KIND_CALENDAR: return mime_calendar_render(text, len, NULL, content->document);
	case KIND_CARD: return mime_vcard_render(text, len, content->document);
	case KIND_ENRICHED: return render_enriched(content, text, FALSE);
	case KIND_RICHTEXT: return render_enriched(content, text, TRUE);
	case KIND_DELIVERY:
		return mime_report_render(
			REPORT_DELIVERY, text, len, content->subject, content->document);
	case KIND_RECEIPT:
		return mime_report_render(
			REPORT_RECEIPT, text, len, content->subject, content->document);
	case KIND_FEEDBACK:
		return mime_report_render(
			REPORT_FEEDBACK, text, len, content->subject, content->document);
	case KIND_HEADERS: return mime_report_render_headers(text, len, content->document);
	default: return FALSE;
	}
}

/* As plain text, under a line that says so. */
static void
render_plain(MimeContent *content)
{
	static const char *const names[] = {
		[KIND_CALENDAR] = "This is not a calendar that can be understood.",
		[KIND_CARD] = "This is not a card that can be understood.",
		[KIND_DELIVERY] = "This is not a report that can be understood.",
		[KIND_RECEIPT] = "This is not a receipt that can be understood.",
		[KIND_FEEDBACK] = "This is not a report that can be understood.",
		[KIND_HEADERS] = "This is not the header of a message.",
		[KIND_TNEF] = "This is not a packet of Outlook that can be understood.",
	};
	MimeTextFormat format = {.charset = content->charset};
	g_autoptr(MimeText) text = NULL;

	mime_document_add(content->document, MIME_LINE_NOTE, 0, names[content->kind]);
	/* Bytes of a packet are no text. */
	if (content->kind == KIND_TNEF)
		return;
	text = mime_text_new(&format, content->document);
	mime_text_feed(text, content->whole->str, content->whole->len);
	mime_text_end(text);
}

void
mime_content_end(MimeContent *content)
{
	if (content->html)
		mime_html_end(content->html);
	if (content->text)
		mime_text_end(content->text);
	if (!content->whole || content->ended)
		return;
	content->ended = TRUE;
	mime_transfer_end(content->transfer, content->whole);
	cut_whole(content);
	if (!render(content))
		render_plain(content);
	if (content->cut)
		mime_document_add(content->document, MIME_LINE_NOTE, 0,
			"This part is too long: only its beginning was looked at.");
}
