/* Parts that are neither plain text nor HTML, and files in the middle of a text. */
#include "mime/calendar.h"
#include "mime/content.h"
#include "mime/report.h"
#include "mime/tnef.h"
#include "mime/uuencode.h"
#include "mime/vcard.h"

#include <string.h>

/* One line each: the kind unless it is text, the lead, the text; emphasis of a whole line before it. */
static char *
dump(const MimeDocument *document)
{
	static const char kinds[] = "TFSNH";
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < mime_document_count(document); i++) {
		const MimeLine *line = mime_document_line(document, i);

		if (i > 0)
			g_string_append_c(out, '\n');
		if (line->kind != MIME_LINE_TEXT)
			g_string_append_printf(out, "%c ", kinds[line->kind]);
		for (guint s = 0; s < line->n_spans; s++) {
			guint emphasis = line->spans[s].emphasis;

			g_assert_cmpuint(line->spans[s].start, ==, 0);
			g_assert_cmpuint(line->spans[s].len, ==, strlen(line->text));
			g_string_append_c(out, emphasis & TEXT_ADDED     ? 'A'
					       : emphasis & TEXT_REMOVED ? 'R'
					       : emphasis & TEXT_HUNK    ? 'H'
									 : 'B');
		}
		g_string_append_printf(out, "%s%s", line->lead ? line->lead : "", line->text);
	}
	return g_string_free(out, FALSE);
}

/* TYPE is shown so, in whatever pieces its bytes come. */
static void
check(const char *type, const char *bytes, const char *expect)
{
	for (gsize piece = 1; piece < 10000; piece *= 7) {
		g_autoptr(MimeDocument) document = mime_document_new();
		g_autoptr(MimeContent) content =
			mime_content_new(type, &(MimeTextFormat){0}, document);
		g_autofree char *got = NULL;

		for (gsize at = 0; at < strlen(bytes); at += piece)
			mime_content_feed(content, bytes + at, MIN(piece, strlen(bytes) - at));
		mime_content_end(content);
		mime_content_end(content);
		got = dump(document);
		g_assert_cmpstr(got, ==, expect);
	}
}

/* --- Patches ----------------------------------------------------------------------------------- */

#define DIFF                                                                                      \
	"diff --git a/x b/x\nindex 12..34 100644\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@ main\n one\n" \
	"-two\n+2\n three\n"
#define DIFF_SHOWN                                                                \
	"F Bdiff --git a/x b/x\nF Bindex 12..34 100644\nF B--- a/x\nF B+++ b/x\n" \
	"F H@@ -1,3 +1,3 @@ main\nF  one\nF R-two\nF A+2\nF  three"

static void
test_patch(void)
{
	check("text/x-patch", DIFF, DIFF_SHOWN);
	check("text/x-diff", "> no quote\n" DIFF, "F > no quote\n" DIFF_SHOWN);
	check("text/plain", "Hello,\n" DIFF "-- \n2.40\n", "Hello,\n" DIFF_SHOWN "\nS -- \nS 2.40");
	/* Marks at the start of a line alone are no patch. */
	check("text/plain", "- one\n+ two\n--- a rule\n", "- one\n+ two\n--- a rule");
	/* A hunk that promises more lines than come ends where no line of it can be. */
	check("text/plain", "@@ -1 +1,99 @@\n+a\nBye\n", "F H@@ -1 +1,99 @@\nF A+a\nBye");
	check("text/plain", "-- \nme\n" DIFF, "S -- \nS me\n" DIFF_SHOWN);
}

/* --- Files in the text ------------------------------------------------------------------------- */

#define CAT "begin 644 cat.txt\n#0V%T\n`\nend\n"

static void
test_uuencode(void)
{
	check("text/plain", "See:\n" CAT "Bye\n",
		"See:\nN cat.txt, 3 bytes, uuencoded in the text\nBye");
	check("text/plain", CAT, "N cat.txt, 3 bytes, uuencoded in the text");
	/* Its end is missing; the text goes on. */
	check("text/plain", "begin 644 cat.txt\n#0V%T\nand so on\n",
		"N cat.txt, 3 bytes, uuencoded in the text, its end is missing\nand so on");
	check("text/plain", "begin 644 cat.txt\n#0V%T",
		"N cat.txt, 3 bytes, uuencoded in the text, its end is missing");
	/* No files at all. */
	check("text/plain", "begin 644 things\nand end them\n", "begin 644 things\nand end them");
	check("text/plain", "begin  with a joke\n", "begin  with a joke");
	check("text/plain", "begin 644 x", "begin 644 x");
	check("text/plain", "begin 644 x\n" CAT,
		"begin 644 x\nN cat.txt, 3 bytes, uuencoded in the text");
}

static void
test_yenc(void)
{
	check("text/plain",
		"=ybegin line=4 size=6 name=some cat.jpg\nabcd\ne=}\n=yend size=6\nBye\n",
		"N some cat.jpg, 6 bytes, yEnc in the text\nBye");
	check("text/plain",
		"=ybegin part=2 total=3 line=4 size=6 name=a\n=ypart begin=1 end=2\nab\n=yend\n",
		"N a, part 2 of 3, 2 bytes, yEnc in the text");
	/* Text behind something that only begins like a file is not lost. */
	check("text/plain", "=ybegin line=128 size=9 name=x\nYou have won!\nWrite to me.\n",
		"=ybegin line=128 size=9 name=x\nYou have won!\nWrite to me.");
	check("text/plain", "=ybegin line=4 size=9 name=x\nabcd\nNext\nThat is all.\n",
		"N x, 8 bytes, yEnc in the text, its end is missing\nThat is all.");
	check("text/plain", "=ybegin line=4 size=9 name=x", "=ybegin line=4 size=9 name=x");
}

static void
check_extract(const char *text, guint index, gsize max, const char *name, const char *expect)
{
	g_autofree char *got_name = NULL;
	g_autoptr(GBytes) got = mime_embedded_extract(text, strlen(text), index, max, &got_name);

	if (!expect) {
		g_assert_null(got);
		return;
	}
	g_assert_nonnull(got);
	g_assert_cmpmem(g_bytes_get_data(got, NULL), g_bytes_get_size(got), expect, strlen(expect));
	g_assert_cmpstr(got_name, ==, name);
}

static void
test_extract(void)
{
	const char *two = "Hi\r\nbegin 644 ../a\r\n#0V%T\r\n`\r\nend\r\n\r\n"
			  "=ybegin line=9 size=3 name=b.bin\r\n\x8b\x8c=\xcd\r\n=yend size=3\r\n";

	check_extract(two, 0, 100, "a", "Cat");
	check_extract(two, 0, 2, "a", "Ca");
	check_extract(two, 1, 100, "b.bin", "abc");
	check_extract(two, 2, 100, NULL, NULL);
	check_extract("begin 644 x\n#0V%T", 0, 100, "x", "Cat");
	check_extract("begin 644 x\nno\n", 0, 100, NULL, NULL);
	check_extract("", 0, 100, NULL, NULL);
}

/* --- Calendars --------------------------------------------------------------------------------- */

#define BEGIN "BEGIN:VCALENDAR\r\n"
#define END   "END:VEVENT\r\nEND:VCALENDAR\r\n"

static void
check_calendar(const char *zone, const char *text, const char *expect)
{
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autoptr(GTimeZone) local = g_time_zone_new_identifier(zone);
	g_autofree char *got = NULL;

	g_assert_nonnull(local);
	g_assert_true(mime_calendar_render(text, strlen(text), local, document));
	got = dump(document);
	g_assert_cmpstr(got, ==, expect);
}

static void
test_invitation(void)
{
	check_calendar("Europe/Berlin",
		BEGIN "METHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Engine\\, tea\r\n"
		      "DTSTART:20260304T090000Z\r\nDTEND:20260304T100000Z\r\n"
		      "LOCATION:Room 1\\nUpstairs\r\n"
		      "ORGANIZER;CN=\"Hopper, Grace\":mailto:grace@example.org\r\n"
		      "ATTENDEE;CN=Hopper;PARTSTAT=ACCEPTED:mailto:GRACE@example.org\r\n"
		      "ATTENDEE;PARTSTAT=NEEDS-ACTION;CN=Ada:MAILTO:ada@exam\r\n ple.org\r\n"
		      "ATTENDEE;PARTSTAT=DECLINED;ROLE=OPT-PARTICIPANT:mailto:c@example.org\r\n"
		      "DESCRIPTION:One\\n\\nTwo\r\n"
		      "BEGIN:VALARM\r\nDESCRIPTION:Ring\r\nEND:VALARM\r\n" END,
		"H Hopper, Grace invites you to “Engine, tea”\n"
		"When      Wednesday 4 March 2026, 10:00 – 11:00\n"
		"Where     Room 1\n          Upstairs\n"
		"Who       Hopper, Grace <grace@example.org> (organizer)\n"
		"          Ada <ada@example.org> (no answer yet)\n"
		"          c@example.org (declined, optional)\n"
		"\nOne\n\nTwo");
}

static void
check_sentence(const char *method, const char *status, const char *expect)
{
	g_autofree char *text = g_strdup_printf(BEGIN
		"METHOD:%s\r\nBEGIN:VEVENT\r\nSUMMARY:Tea\r\nORGANIZER;CN=Grace:mailto:g@x\r\n"
		"ATTENDEE;CN=Ada;PARTSTAT=%s:mailto:a@x\r\n" END,
		method, status);
	g_autoptr(MimeDocument) document = mime_document_new();

	g_assert_true(mime_calendar_render(text, strlen(text), NULL, document));
	g_assert_cmpstr(mime_document_line(document, 0)->text, ==, expect);
}

static void
test_sentences(void)
{
	check_sentence("REQUEST", "NEEDS-ACTION", "Grace invites you to “Tea”");
	check_sentence("request\r\nX-A:b", "ACCEPTED", "Grace invites you to “Tea”");
	check_sentence("REPLY", "ACCEPTED", "Ada accepts “Tea”");
	check_sentence("REPLY", "DECLINED", "Ada declines “Tea”");
	check_sentence("REPLY", "TENTATIVE", "Ada perhaps comes to “Tea”");
	check_sentence("REPLY", "X-ODD", "Ada answers to “Tea”");
	check_sentence("CANCEL", "ACCEPTED", "Grace cancels “Tea”");
	check_sentence("COUNTER", "TENTATIVE", "Ada proposes to change “Tea”");
	check_sentence("DECLINECOUNTER", "TENTATIVE", "Grace declines the change of “Tea”");
	check_sentence("REFRESH", "TENTATIVE", "Ada asks for the latest state of “Tea”");
	check_sentence("PUBLISH", "TENTATIVE", "Tea");
}

static void
check_when(const char *zone, const char *properties, const char *expect)
{
	g_autofree char *text =
		g_strdup_printf(BEGIN "BEGIN:VEVENT\r\nSUMMARY:Tea\r\n%s\r\n" END, properties);
	g_autofree char *whole = g_strdup_printf("H Tea%s%s", *expect ? "\n" : "", expect);

	check_calendar(zone, text, whole);
}

static void
test_when(void)
{
	check_when(
		"UTC", "DTSTART;VALUE=DATE:20260304", "When      Wednesday 4 March 2026, all day");
	check_when("UTC", "DTSTART;VALUE=DATE:20260304\r\nDTEND;VALUE=DATE:20260305",
		"When      Wednesday 4 March 2026, all day");
	check_when("UTC", "DTSTART;VALUE=DATE:20260304\r\nDTEND;VALUE=DATE:20260307",
		"When      Wednesday 4 March 2026 – Friday 6 March 2026, all day");
	check_when("Europe/Berlin", "DTSTART:20260304T100000\r\nDURATION:PT1H30M",
		"When      Wednesday 4 March 2026, 10:00 – 11:30\n"
		"          by the clock of wherever you are then");
	check_when("UTC", "DTSTART:20260304T230000Z\r\nDURATION:PT2H",
		"When      Wednesday 4 March 2026, 23:00 – Thursday 5 March 2026, 01:00");
	check_when("Europe/Berlin",
		"DTSTART;TZID=America/New_York:20260304T100000\r\n"
		"DTEND;TZID=America/New_York:20260304T110000",
		"When      Wednesday 4 March 2026, 16:00 – 17:00\n"
		"          Wednesday 4 March 2026, 10:00 – 11:00 in America/New_York");
	check_when("Europe/Berlin", "DTSTART;TZID=W. Europe Standard Time:20260704T100000",
		"When      Saturday 4 July 2026, 10:00");
	check_when("Europe/Berlin",
		"DTSTART;TZID=\"/mozilla.org/2005_1/Europe/Berlin\":20260704T100000",
		"When      Saturday 4 July 2026, 10:00");
	/* Nothing that is no zone's name may become a path. */
	check_when("UTC", "DTSTART;TZID=Europe/../../etc/passwd:20260304T100000",
		"When      Wednesday 4 March 2026, 10:00\n"
		"          by the clock of “Europe/../../etc/passwd”, a time zone that is not "
		"known here");
	check_when("UTC", "DTSTART:20261341T990000Z", "");
	check_when("UTC", "DTSTART:99991231T240000Z", "When      Friday 31 December 9999, 00:00");
	check_when("UTC", "DTSTART;VALUE=DATE:00010101\r\nDTEND;VALUE=DATE:00010101",
		"When      Monday 1 January 1, all day");
}

#define OWN_ZONE                                                                                   \
	BEGIN "BEGIN:VTIMEZONE\r\nTZID:Home\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n"      \
	      "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"  \
	      "\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+"    \
	      "0100"                                                                               \
	      "\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n" \
	      "END:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:Tea\r\nDTSTART;TZID=Home:%s\r\n" END

static void
check_own_zone(const char *time, const char *clock)
{
	g_autofree char *text = g_strdup_printf(OWN_ZONE, time);
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(MimeDocument) document = mime_document_new();

	g_assert_true(mime_calendar_render(text, strlen(text), utc, document));
	g_assert_true(g_str_has_suffix(mime_document_line(document, 1)->text, clock));
}

static void
test_own_zone(void)
{
	check_own_zone("20260104T100000", ", 09:00");
	check_own_zone("20260329T010000", ", 00:00"); /* the last hour of winter */
	check_own_zone("20260329T030000", ", 01:00");
	check_own_zone("20260704T100000", ", 08:00");
	check_own_zone("20261025T040000", ", 03:00");
	check_own_zone("20261224T100000", ", 09:00");
}

static void
check_rule(const char *rule, const char *expect)
{
	g_autofree char *properties = g_strdup_printf("RRULE:%s", rule);
	g_autofree char *whole = g_strdup_printf("Repeats   %s", expect);

	check_when("UTC", properties, whole);
}

static void
test_rules(void)
{
	check_rule("FREQ=DAILY", "every day");
	check_rule("FREQ=DAILY;INTERVAL=2;COUNT=5", "every 2 days, 5 times");
	check_rule("FREQ=WEEKLY;BYDAY=MO,WE;WKST=SU", "every week on Monday and Wednesday");
	check_rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every week on Monday to Friday");
	check_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,SU;UNTIL=20261231T235959Z",
		"every 2 weeks on Monday, Tuesday and Sunday, until 31 December 2026");
	check_rule("FREQ=MONTHLY", "every month");
	check_rule("FREQ=MONTHLY;BYMONTHDAY=15", "every month on day 15");
	check_rule("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day");
	check_rule("FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday");
	check_rule("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday");
	check_rule("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "every month on the last Friday");
	check_rule(
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", "every month on the first weekday");
	check_rule("FREQ=YEARLY", "every year");
	check_rule("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", "every year on 24 December");
	check_rule("FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "every year on the last Sunday of March");
	check_rule("FREQ=HOURLY", "by the rule FREQ=HOURLY");
	check_rule("FREQ=MONTHLY;BYDAY=1MO,2TU", "by the rule FREQ=MONTHLY;BYDAY=1MO,2TU");
	check_rule("FREQ=DAILY;INTERVAL=0", "by the rule FREQ=DAILY;INTERVAL=0");
	check_rule("FREQ=DAILY\r\nEXDATE:20260101,20260102", "every day, except 2 times");
}

static void
test_no_calendar(void)
{
	g_autoptr(MimeDocument) document = mime_document_new();

	g_assert_false(mime_calendar_render("", 0, NULL, document));
	g_assert_false(mime_calendar_render("BEGIN:VCALENDAR\n", 16, NULL, document));
	g_assert_cmpuint(mime_document_count(document), ==, 0);
	check("text/calendar", "Dinner at eight\n",
		"N This is not a calendar that can be understood.\nDinner at eight");
}

static void
test_many_events(void)
{
	g_autoptr(GString) text = g_string_new(BEGIN);
	g_autoptr(MimeDocument) document = mime_document_new();

	for (guint i = 0; i < 1000; i++)
		g_string_append(text, "BEGIN:VEVENT\r\nSUMMARY:Tea\r\nEND:VEVENT\r\n");
	g_assert_true(mime_calendar_render(text->str, text->len, NULL, document));
	g_assert_cmpuint(mime_document_count(document), ==, 40);
	g_assert_cmpstr(mime_document_line(document, 39)->text, ==, "980 more entries.");
}

/* --- Cards ------------------------------------------------------------------------------------- */

static void
test_vcard(void)
{
	check("text/vcard",
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Lovelace\r\nN:Lovelace;Ada;;;\r\n"
		"ORG:Engines\\; Ltd;Research\r\nTEL;VALUE=uri;TYPE=\"voice,home\":tel:+44-1\r\n"
		"item1.EMAIL;PREF=1:ada@example.org\r\n"
		"ADR;TYPE=work:;;1 Lane;London;;N1;UK\r\nPHOTO:data:image/png;base64,AAAA\r\n"
		"NOTE:One\\nTwo\r\nEND:VCARD\r\n",
		"H Ada Lovelace\nAt        Engines; Ltd, Research\nMail      ada@example.org\n"
		"Phone     +44-1 (home)\nAddress   1 Lane, N1, London, UK (work)\n"
		"Note      One\n          Two\nN With a picture, not shown.");
	check("text/x-vcard",
		"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Garc=EDa;"
		"Zo=\n"
		"=EB\nTEL;WORK;FAX:1\nPHOTO;JPEG;BASE64:\n AAAA\n AAAA\n\nEND:VCARD\n",
		"H Zoë García\nPhone     1 (work, fax)\nN With a picture, not shown.");
	check("text/vcard", "BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nFN:B\n",
		"H A card without a name\n\nH B");
	check("text/vcard", "Nobody", "N This is not a card that can be understood.\nNobody");
}

/* --- Reports ----------------------------------------------------------------------------------- */

static void
test_delivery(void)
{
	check("message/delivery-status",
		"Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Wed, 4 Mar 2026 10:00:00 "
		"+0000\r\n"
		"\r\nFinal-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: "
		"5.2.2\r\n"
		"Diagnostic-Code: smtp; 552 5.2.2\r\n Mailbox full\r\n\r\n"
		"Final-Recipient: rfc822;b@example.org\r\nOriginal-Recipient: "
		"rfc822;list@example.org\r\n"
		"Action: delayed\r\nStatus: 4.4.1\r\nWill-Retry-Until: Fri\r\n"
		"\r\nFinal-Recipient: rfc822;c@example.org\r\nAction: relayed\r\nStatus: "
		"2.0.0\r\n\r\n"
		"Final-Recipient: x400; /G=D/\r\nAction: expanded (to 3)\r\nStatus: 2.0.0\r\n",
		"Your message to ada@example.org was not delivered: the mailbox is full "
		"(552 5.2.2 Mailbox full).\n"
		"Your message to list@example.org (passed on to b@example.org) is delayed: the "
		"other "
		"mail server does not answer (4.4.1).\n"
		"Retries   until Fri\n"
		"Your message to c@example.org was handed on to a server that tells nothing more.\n"
		"Your message to /G=D/ was delivered and handed on to all members of a list.\n"
		"Told by   mx.example.org\nSent      Wednesday, 4 March 2026, 10:00");
	check("message/delivery-status",
		"Final-Recipient: rfc822;a@x\nAction: odd\nStatus: 5.9.9\n",
		"Your message to a@x was reported on: 5.9.9.");
	check("message/delivery-status", "Reporting-MTA: dns; x\n\nnothing\n",
		"N This is not a report that can be understood.\nReporting-MTA: dns; x\n\nnothing");
}

static void
test_receipt(void)
{
	g_autoptr(MimeDocument) document = mime_document_new();
	const char *text = "Final-Recipient: rfc822;ada@example.org\n"
			   "Disposition: manual-action/MDN-sent-manually; displayed\n";

	g_assert_true(mime_report_render(REPORT_RECEIPT, text, strlen(text), "Tea?", document));
	g_assert_cmpstr(mime_document_line(document, 0)->text, ==,
		"Your message “Tea?” to ada@example.org was shown on the screen; that does not "
		"tell whether it was read.");
	check("message/disposition-notification", "Disposition: automatic-action; deleted\n",
		"Your message to somebody was deleted; it may not have been read.");
	check("message/feedback-report",
		"Feedback-Type: abuse\nUser-Agent: Mill/1\nOriginal-Mail-From: <a@example.org>\n"
		"Source-IP: 192.0.2.1\n",
		"A message was reported as unwanted.\nFrom      <a@example.org>\n"
		"Through   192.0.2.1\nTold by   Mill/1");
}

/* --- winmail.dat ------------------------------------------------------------------------------- */

static void
put(GByteArray *out, guint n, guint32 value)
{
	for (; n > 0; n--, value >>= 8)
		g_byte_array_append(out, &(guint8){(guint8)value}, 1);
}

static void
put_attribute(GByteArray *out, guint8 level, guint32 id, const void *data, guint len)
{
	put(out, 1, level);
	put(out, 4, id);
	put(out, 4, len);
	g_byte_array_append(out, data, len);
	put(out, 2, 0);
}

static GByteArray *
packet(void)
{
	GByteArray *out = g_byte_array_new();
	static const char props[] = "\2\0\0\0"                         /* two of them */
				    "\x03\0\x05\x37\1\0\0\0"           /* a number */
				    "\x1f\0\x07\x37\1\0\0\0\x0a\0\0\0" /* UTF-16 */
				    "\xfc\0.\0d\0o\0\0\0\0\0";

	put(out, 4, 0x223e9f78);
	put(out, 2, 1);
	put_attribute(out, 1, 0x00069007, "\xe4\4\0\0\0\0\0\0", 8);
	put_attribute(out, 2, 0x00069002, "", 0);
	put_attribute(out, 2, 0x00018010, "C:\\DOC~1.TXT", 13);
	put_attribute(out, 2, 0x0006800f, "hello", 5);
	put_attribute(out, 2, 0x00069002, "", 0);
	put_attribute(out, 2, 0x00018010, "UE~1.DO", 8);
	put_attribute(out, 2, 0x00069005, props, sizeof props - 1);
	put_attribute(out, 2, 0x0006800f, "more bytes", 10);
	return out;
}

static void
test_tnef(void)
{
	g_autoptr(GByteArray) bytes = packet();
	g_autoptr(GPtrArray) files = mime_tnef_files((const char *)bytes->data, bytes->len);
	g_autoptr(MimeDocument) document = mime_document_new();
	g_autofree char *got = NULL;
	const MimeTnefFile *file;

	g_assert_nonnull(files);
	g_assert_cmpuint(files->len, ==, 2);
	file = g_ptr_array_index(files, 1);
	g_assert_cmpstr(file->name, ==, "ü.do");
	g_assert_cmpmem(bytes->data + file->start, file->len, "more bytes", 10);
	g_assert_true(mime_tnef_render((const char *)bytes->data, bytes->len, document));
	got = dump(document);
	g_assert_cmpstr(
		got, ==, "N Packed by Outlook: 2 files.\n• DOC~1.TXT, 5 bytes\n• ü.do, 10 bytes");
	check("application/ms-tnef", "no",
		"N This is not a packet of Outlook that can be understood.");
}

/* However it is cut, what is told lies inside. */
static void
test_tnef_cut(void)
{
	g_autoptr(GByteArray) bytes = packet();

	for (guint len = 0; len < bytes->len; len++) {
		g_autofree char *copy = g_memdup2(bytes->data, len);
		g_autoptr(GPtrArray) files = mime_tnef_files(copy, len);

		g_assert_cmpint(files != NULL, ==, len >= 4);
		for (guint i = 0; files && i < files->len; i++) {
			const MimeTnefFile *file = g_ptr_array_index(files, i);

			g_assert_cmpuint(file->start + file->len, <=, len);
		}
	}
}

static void
test_types(void)
{
	g_assert_true(mime_content_can("Text/Calendar"));
	g_assert_true(mime_content_can("text/plain"));
	g_assert_false(mime_content_can("image/png"));
	g_assert_false(mime_content_can("text/rtf"));
	check("text/x-unheard", "as text", "as text");
	check("text/html", "<p>a", "a");
}

int
main(int argc, char **argv)
{
	g_setenv("TZ", "UTC", TRUE); /* dates are shown in local time */
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kinds/patch", test_patch);
	g_test_add_func("/kinds/uuencode", test_uuencode);
	g_test_add_func("/kinds/yenc", test_yenc);
	g_test_add_func("/kinds/extract", test_extract);
	g_test_add_func("/kinds/calendar/invitation", test_invitation);
	g_test_add_func("/kinds/calendar/sentences", test_sentences);
	g_test_add_func("/kinds/calendar/when", test_when);
	g_test_add_func("/kinds/calendar/own-zone", test_own_zone);
	g_test_add_func("/kinds/calendar/rules", test_rules);
	g_test_add_func("/kinds/calendar/none", test_no_calendar);
	g_test_add_func("/kinds/calendar/many", test_many_events);
	g_test_add_func("/kinds/vcard", test_vcard);
	g_test_add_func("/kinds/report/delivery", test_delivery);
	g_test_add_func("/kinds/report/others", test_receipt);
	g_test_add_func("/kinds/tnef", test_tnef);
	g_test_add_func("/kinds/tnef/cut", test_tnef_cut);
	g_test_add_func("/kinds/types", test_types);
	return g_test_run();
}
