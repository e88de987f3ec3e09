/* How fast the parser reads: rows of a list, and bodies. Prints MB/s of one core. */

#include "imap/parser.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	TOTAL = 64 * 1024 * 1024,
	FED = 32 * 1024, /* as much as one read of the network gives */
	RUNS = 5,
};

static void
add_row(GString *wire, guint i)
{
	g_string_append_printf(wire,
		"* %u FETCH (UID %u FLAGS (\\Seen \\Answered $Forwarded) MODSEQ (%u) INTERNALDATE "
		"\"17-Jul-2024 02:44:25 +0200\" RFC822.SIZE %u ENVELOPE (\"Wed, 17 Jul 2024 "
		"02:23:25 "
		"+0200\" \"Re: Notes on the analytical engine, part %u\" ((\"Ada Lovelace\" NIL "
		"\"ada\" \"example.org\")) ((\"Ada Lovelace\" NIL \"ada\" \"example.org\")) "
		"((\"Ada "
		"Lovelace\" NIL \"ada\" \"example.org\")) ((NIL NIL \"engine-list\" "
		"\"lists.example.org\")) ((\"=?utf-8?q?Zo=C3=AB_Garc=C3=ADa?=\" NIL \"zoe\" "
		"\"example.net\")(\"Grace Hopper\" NIL \"grace\" \"example.com\")) NIL "
		"\"<20240716.%u@example.org>\" \"<B27397-0100000.%u@example.org>\") BODYSTRUCTURE "
		"((\"text\" \"plain\" (\"charset\" \"utf-8\" \"format\" \"flowed\") NIL NIL "
		"\"quoted-printable\" 1152 23 NIL NIL NIL NIL)(\"image\" \"png\" (\"name\" "
		"\"engine.png\") \"<960723163407.%u@example.org>\" \"A drawing\" \"base64\" 4554 "
		"NIL "
		"(\"attachment\" (\"filename\" \"engine.png\" \"size\" \"3300\")) NIL NIL) "
		"\"mixed\" "
		"(\"boundary\" \"----=_Part_%u\") NIL (\"en\") NIL))\r\n",
		i, i * 3, i + 1000000, i % 90000, i, i, i, i, i);
}

static void
add_body(GString *wire, guint i)
{
	enum { SIZE = 1024 * 1024 };

	g_string_append_printf(wire, "* %u FETCH (UID %u BODY[] {%d}\r\n", i, i, SIZE);
	for (gsize end = wire->len + SIZE; wire->len < end;)
		g_string_append_len(wire, "0123456789abcdef\r\n", (gssize)MIN(18, end - wire->len));
	g_string_append(wire, ")\r\n");
}

/* Time of this process alone: other load must not blur the figure. */
static gint64
cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Reads all of WIRE; the number of responses, so that nothing can be left out unseen. */
static guint
read_all(const GString *wire, const char *name)
{
	g_autoptr(ImapParser) parser = imap_parser_new(NULL);
	const ImapResponse *response;
	gint64 begin = cpu_us(), took;
	guint n = 0;

	for (gsize at = 0; at < wire->len; at += FED) {
		imap_parser_feed(parser, wire->str + at, MIN(FED, wire->len - at));
		while (imap_parser_next(parser, &response, NULL) == IMAP_PARSE_RESPONSE)
			n += response->kind == IMAP_RESPONSE_FETCH;
	}
	took = cpu_us() - begin;
	printf("%s: %u messages, %.0f MB/s\n", name, n, (double)wire->len / (double)MAX(took, 1));
	return n;
}

static void
bench(const char *name, void (*add)(GString *wire, guint i))
{
	g_autoptr(GString) wire = g_string_sized_new(TOTAL + 2 * 1024 * 1024);
	guint n = 0;

	while (wire->len < TOTAL)
		add(wire, ++n);
	for (int i = 0; i < RUNS; i++)
		if (read_all(wire, name) != n)
			g_error("%s: a message was lost", name);
}

int
main(void)
{
	bench("rows", add_row);
	bench("bodies", add_body);
	return 0;
}
