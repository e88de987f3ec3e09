#include "mime/report.h"

#include "mime/address.h"
#include "mime/date.h"
#include "mime/header.h"
#include "mime/note.h"

#include <string.h>

enum {
	MAX_RECIPIENTS = 100,
	MAX_DIAGNOSTIC = 600, /* bytes that are told of what a server said */
};

/* --- Fields ------------------------------------------------------------------------------------ */

/* The first field of that name, NULL when it is missing or empty. */
static const char *
field(GPtrArray *fields, const char *name)
{
	for (guint i = 0; i < fields->len; i++) {
		const MimeField *one = g_ptr_array_index(fields, i);

		if (g_ascii_strcasecmp(one->name, name) == 0)
			return *one->value ? one->value : NULL;
	}
	return NULL;
}

/* "rfc822; ada@example.org" without its type; NULL stays NULL. The caller's. */
static char *
typed_value(const char *value)
{
	const char *semicolon = value ? strchr(value, ';') : NULL;
	const char *bare = semicolon ? semicolon + 1 : value;
	char *text = bare ? g_strstrip(g_strdup(bare)) : NULL;
	gsize len = text ? strlen(text) : 0;

	if (len > 2 && text[0] == '<' && text[len - 1] == '>') {
		text[len - 1] = '\0';
		memmove(text, text + 1, len - 1);
	}
	return text;
}

/* Blocks of fields are parted by blank lines; the fields of the one at *AT, which moves behind it. */
static GPtrArray *
next_block(const char **at, const char *end)
{
	const char *start, *s;

	while (*at < end && (**at == '\n' || **at == '\r'))
		++*at;
	for (start = s = *at; s < end;) {
		const char *lf = memchr(s, '\n', (gsize)(end - s));

		s = lf ? lf + 1 : end;
		if (s == end || *s == '\n' || (*s == '\r' && (s + 1 == end || s[1] == '\n')))
			break;
	}
	*at = s;
	return mime_header_fields(start, (gsize)(s - start));
}

/* --- Delivery status --------------------------------------------------------------------------- */

/* What the codes of RFC 3463 and its registry mean, without their class. */
static const struct {
	const char *code, *words;
} meanings[] = {
	{"1.0", "the address is not good"},
	{"1.1", "there is no such mailbox"},
	{"1.2", "there is no such mail domain"},
	{"1.3", "the address is not well formed"},
	{"1.4", "the address is ambiguous"},
	{"1.6", "the mailbox has moved"},
	{"1.8", "the sender's domain is not good"},
	{"1.10", "the domain takes no mail"},
	{"2.0", "the mailbox has a problem"},
	{"2.1", "the mailbox is switched off"},
	{"2.2", "the mailbox is full"},
	{"2.3", "the message is too long for the mailbox"},
	{"2.4", "a mailing list could not be expanded"},
	{"3.0", "the other mail system has a problem"},
	{"3.1", "the other mail system is full"},
	{"3.2", "the other mail system takes no mail now"},
	{"3.4", "the message is too big"},
	{"4.0", "the network has a problem"},
	{"4.1", "the other mail server does not answer"},
	{"4.2", "the connection was lost"},
	{"4.3", "the directory of names does not answer"},
	{"4.4", "no way leads to the other mail server"},
	{"4.6", "the message went round in circles"},
	{"4.7", "it was tried for too long"},
	{"5.0", "the servers did not understand each other"},
	{"5.3", "there are too many recipients"},
	{"6.0", "the message could not be converted"},
	{"7.0", "it was refused"},
	{"7.1", "it was refused"},
	{"7.8", "the login was refused"},
	{"7.9", "the login is too weak"},
	{"7.20", "no DKIM signature was good"},
	{"7.23", "SPF does not allow the sending server"},
	{"7.25", "the sending server has no name of its own"},
	{"7.26", "SPF and DKIM both failed"},
};

static const char *
meaning_of(const char *status)
{
	const char *code = status ? strchr(status, '.') : NULL;
	gsize len = code ? strspn(++code, "0123456789.") : 0;

	for (guint i = 0; code && i < G_N_ELEMENTS(meanings); i++)
		if (strlen(meanings[i].code) == len && strncmp(code, meanings[i].code, len) == 0)
			return meanings[i].words;
	return NULL;
}

/* ": the mailbox is full (552 5.2.2 Mailbox full)". */
static char *
reason_of(GPtrArray *fields)
{
	const char *status = field(fields, "Status"), *meaning = meaning_of(status);
	g_autofree char *said = typed_value(field(fields, "Diagnostic-Code"));
	const char *code = said && *said ? said : status;

	if (said && strlen(said) > MAX_DIAGNOSTIC)
		*g_utf8_find_prev_char(said, said + MAX_DIAGNOSTIC) = '\0';
	if (meaning && code)
		return g_strdup_printf(": %s (%s)", meaning, code);
	return code ? g_strdup_printf(": %s", code) : g_strdup("");
}

static char *
what_was_sent(const char *subject)
{
	return subject && *subject ? g_strdup_printf("Your message “%s”", subject)
				   : g_strdup("Your message");
}

/* One recipient. FALSE when the block tells of none. */
static gboolean
show_recipient(GPtrArray *fields, const char *subject, MimeDocument *document)
{
	static const struct {
		const char *action, *words;
	} actions[] = {
		{"failed", "was not delivered"},
		{"delayed", "is delayed"},
		{"delivered", "was delivered"},
		{"relayed", "was handed on to a server that tells nothing more"},
		{"expanded", "was delivered and handed on to all members of a list"},
	};
	g_autofree char *final = typed_value(field(fields, "Final-Recipient"));
	g_autofree char *original = typed_value(field(fields, "Original-Recipient"));
	const char *action = field(fields, "Action"), *retry = field(fields, "Will-Retry-Until");
	g_autofree char *message = what_was_sent(subject), *reason = NULL, *line = NULL;
	g_autofree char *way = NULL;
	const char *words = NULL;
	gboolean bad = FALSE;

	if (!final && !original)
		return FALSE;
	for (guint i = 0; action && i < G_N_ELEMENTS(actions); i++) {
		if (g_ascii_strncasecmp(action, actions[i].action, strlen(actions[i].action)) != 0)
			continue;
		words = actions[i].words;
		bad = i < 2;
	}
	/* Of a success, what the server said is of no use. */
	reason = bad || !words ? reason_of(fields) : g_strdup("");
	if (final && original && *original && g_ascii_strcasecmp(final, original) != 0)
		way = g_strdup_printf("%s (passed on to %s)", original, final);
	line = g_strdup_printf("%s to %s %s%s.", message,
		way                 ? way
		: (final && *final) ? final
				    : original,
		words ? words : "was reported on", reason);
	mime_document_add(document, MIME_LINE_TEXT, 0, line);
	if (retry) {
		g_autofree char *when = mime_date_words(retry);
		g_autofree char *until = g_strdup_printf("until %s", when);

		mime_note_field(document, "Retries", until);
	}
	return TRUE;
}

static gboolean
render_delivery(const char *text, gsize len, const char *subject, MimeDocument *document)
{
	const char *at = text, *end = text + len;
	g_autofree char *reporter = NULL, *arrived = NULL;
	guint n = 0, more = 0;

	while (at < end) {
		g_autoptr(GPtrArray) fields = next_block(&at, end);

		if (!reporter)
			reporter = typed_value(field(fields, "Reporting-MTA"));
		if (!arrived)
			arrived = g_strdup(field(fields, "Arrival-Date"));
		if (n == MAX_RECIPIENTS)
			more += field(fields, "Final-Recipient") != NULL;
		else
			n += show_recipient(fields, subject, document);
	}
	if (n == 0)
		return FALSE;
	if (more) {
		g_autofree char *note = g_strdup_printf("%u more recipients.", more);

		mime_document_add(document, MIME_LINE_NOTE, 0, note);
	}
	mime_note_field(document, "Told by", reporter);
	mime_note_date(document, "Sent", arrived);
	return TRUE;
}

/* --- Receipts ---------------------------------------------------------------------------------- */

static gboolean
render_receipt(const char *text, gsize len, const char *subject, MimeDocument *document)
{
	static const struct {
		const char *type, *words;
	} types[] = {
		{"displayed", "was shown on the screen; that does not tell whether it was read"},
		{"deleted", "was deleted; it may not have been read"},
		{"dispatched", "was sent on to somebody else"},
		{"processed", "was handled by a program"},
		{"denied", "was received, and no receipt is given"},
		{"failed", "could not be handled"},
	};
	const char *at = text;
	g_autoptr(GPtrArray) fields = next_block(&at, text + len);
	const char *disposition = field(fields, "Disposition");
	g_autofree char *who = typed_value(field(fields, "Final-Recipient"));
	g_autofree char *what = typed_value(disposition), *message = what_was_sent(subject);
	g_autofree char *line = NULL;
	const char *words = NULL;

	if (!disposition)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_ascii_strncasecmp(what, types[i].type, strlen(types[i].type)) == 0)
			words = types[i].words;
	line = words ? g_strdup_printf("%s to %s %s.", message, who ? who : "somebody", words)
		     : g_strdup_printf("%s to %s has this state: %s.", message,
			       who ? who : "somebody", disposition);
	mime_document_add(document, MIME_LINE_TEXT, 0, line);
	mime_note_field(document, "Trouble", field(fields, "Error"));
	mime_note_field(document, "Trouble", field(fields, "Failure"));
	return TRUE;
}

/* --- Complaints -------------------------------------------------------------------------------- */

static gboolean
render_feedback(const char *text, gsize len, const char *subject, MimeDocument *document)
{
	static const struct {
		const char *type, *words;
	} types[] = {
		{"abuse", "was reported as unwanted"},
		{"fraud", "was reported as fraud"},
		{"virus", "was reported to bring a virus"},
		{"not-spam", "was reported to be wanted after all"},
		{"auth-failure", "failed the checks of who sent it"},
		{"opt-out", "was answered by a wish to get no more"},
	};
	const char *at = text;
	g_autoptr(GPtrArray) fields = next_block(&at, text + len);
	const char *type = field(fields, "Feedback-Type"), *words = "was reported";
	g_autofree char *line = NULL;
	const char *rows[][2] = {
		{"From", field(fields, "Original-Mail-From")},
		{"To", field(fields, "Original-Rcpt-To")},
		{"Through", field(fields, "Source-IP")},
		{"Domain", field(fields, "Reported-Domain")},
		{"Failure", field(fields, "Auth-Failure")},
		{"Told by", field(fields, "User-Agent")},
	};

	if (!type)
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_ascii_strcasecmp(type, types[i].type) == 0)
			words = types[i].words;
	line = subject && *subject ? g_strdup_printf("The message “%s” %s.", subject, words)
				   : g_strdup_printf("A message %s.", words);
	mime_document_add(document, MIME_LINE_TEXT, 0, line);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		mime_note_field(document, rows[i][0], rows[i][1]);
	mime_note_date(document, "Received", field(fields, "Arrival-Date"));
	return TRUE;
}

gboolean
mime_report_render(
	ReportKind kind, const char *text, gsize len, const char *subject, MimeDocument *document)
{
	switch (kind) {
	case REPORT_DELIVERY: return render_delivery(text, len, subject, document);
	case REPORT_RECEIPT: return render_receipt(text, len, subject, document);
	case REPORT_FEEDBACK: return render_feedback(text, len, subject, document);
	}
	return FALSE;
}

gboolean
mime_report_render_headers(const char *text, gsize len, MimeDocument *document)
{
	static const char *const names[] = {"From", "To", "Cc"};
	g_autofree char *subject = mime_header_get(text, len, "Subject");
	g_autofree char *date = mime_header_get(text, len, "Date");
	guint before = mime_document_count(document);

	if (subject && *subject)
		mime_document_add(document, MIME_LINE_HEADING, 0, subject);
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *value = mime_address_field(text, len, names[i]);

		mime_note_field(document, names[i], value);
	}
	mime_note_date(document, "Date", date);
	return mime_document_count(document) > before;
}
