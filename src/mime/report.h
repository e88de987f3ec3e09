/* What machines say about mail, told in sentences: delivery status (RFC 3464), receipts
 * (RFC 8098) and complaints (RFC 5965). */
#pragma once

#include "mime/body.h"

typedef enum {
	REPORT_DELIVERY, /* message/delivery-status and message/global-delivery-status */
	REPORT_RECEIPT,  /* message/disposition-notification */
	REPORT_FEEDBACK, /* message/feedback-report */
} ReportKind;

/* SUBJECT: that of the message that the report is about, decoded, or NULL. FALSE when TEXT holds
 * nothing of the kind: nothing was added. */
gboolean mime_report_render(
	ReportKind kind, const char *text, gsize len, const char *subject, MimeDocument *document);
/* The header of the message that a report is about, where only that came back: its usual fields. FALSE
 * when there is none of them. */
gboolean mime_report_render_headers(const char *text, gsize len, MimeDocument *document);
