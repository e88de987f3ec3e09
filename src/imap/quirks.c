#include "imap/quirks.h"

#include "imap/encode.h"

#include <string.h>

typedef struct {
	const char *words; /* in the greeting or in ID, any case; NULL */
	const char *cap;   /* a capability that only this server has; NULL */
	ImapQuirks quirks;
} Family;

#define MINUTES (60 * G_USEC_PER_SEC)

#define YAHOO                                                                                \
	{                                                                                    \
		.idle_renew = 3 * MINUTES, .command_octets = 1000, .serverbug_is_busy = TRUE \
	}

#define ICLOUD                                                            \
	{                                                                 \
		.no_esearch = TRUE, .no_qresync = TRUE, .no_binary = TRUE \
	}

static const Family families[] = {
	/* Yahoo: sessions idle longer than some minutes are dropped without a word; commands above 1000
	 * octets are refused. */
	{NULL, "XYMHIGHESTMODSEQ", YAHOO},
	{"yahoo", NULL, YAHOO},
	/* iCloud: its ESEARCH gives counts only, its QRESYNC forgets messages, its BINARY tells wrong
	 * sizes, and it says nothing of what it has enabled. */
	{NULL, "XAPPLELITERAL", ICLOUD},
	{"imap.mail.me.com", NULL, ICLOUD},
	/* Yandex: what it gives as BINARY is base64 still. */
	{"yandex", NULL, {.no_binary = TRUE}},
	/* Coremail (163.com): breaks on an initial response; forgets idle sessions. */
	{"coremail", NULL, {.no_sasl_ir = TRUE, .idle_renew = 5 * MINUTES}},
	/* Proton Bridge: BAD to every LIST with options. */
	{"proton", NULL, {.list_step = LIST_PLAIN}},
	/* Zimbra: versions of it crash on LIST with SUBSCRIBED. */
	{"zimbra", NULL, {.list_step = LIST_PLAIN}},
	/* Rambler: IDLE goes deaf after a minute. */
	{"rambler", NULL, {.idle_renew = 55 * G_USEC_PER_SEC}},
	/* Exchange: cuts the line when very many messages are moved at once. */
	{"microsoft exchange", NULL, {.moved_at_once = 500}},
	/* Courier: what was appended to the open mailbox is there only after NOOP; IDLE looks once a
	 * minute, and when it ends; the program that takes the login hands the line to another one
	 * and keeps what it has read of it. */
	{"courier", NULL,
		{.quiet_append = TRUE, .no_ahead = TRUE, .idle_renew = 15 * G_USEC_PER_SEC}},
	/* Gmail: drops what idles for long. */
	{"gimap", "X-GM-EXT-1", {.idle_renew = 10 * MINUTES}},
};

void
imap_quirks_init(ImapQuirks *quirks)
{
	*quirks = (ImapQuirks){.command_octets = 8000};
}

static void
add(ImapQuirks *quirks, const ImapQuirks *more)
{
	if (more->idle_renew)
		quirks->idle_renew = more->idle_renew;
	if (more->command_octets)
		quirks->command_octets = more->command_octets;
	quirks->list_step = MAX(quirks->list_step, more->list_step);
	quirks->no_sasl_ir |= more->no_sasl_ir;
	quirks->no_esearch |= more->no_esearch;
	quirks->no_qresync |= more->no_qresync;
	quirks->no_ahead |= more->no_ahead;
	quirks->no_binary |= more->no_binary;
	if (more->moved_at_once)
		quirks->moved_at_once = more->moved_at_once;
	quirks->quiet_append |= more->quiet_append;
	quirks->serverbug_is_busy |= more->serverbug_is_busy;
}

void
imap_quirks_learn_words(ImapQuirks *quirks, const char *words)
{
	g_autofree char *lower = g_ascii_strdown(words, -1);

	for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
		if (families[i].words && strstr(lower, families[i].words))
			add(quirks, &families[i].quirks);
}

static gboolean
has_name(const char *list, const char *name)
{
	g_auto(GStrv) names = g_strsplit(list, " ", -1);

	return g_strv_contains((const char *const *)names, name);
}

void
imap_quirks_learn_caps(ImapQuirks *quirks, const ImapCaps *caps)
{
	for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
		if (families[i].cap && has_name(imap_caps_text(caps), families[i].cap))
			add(quirks, &families[i].quirks);
}

/* ---- what is not there ---- */

gboolean
imap_quirks_is_unknown(const char *text)
{
	/* go-imap before 2, whatever it serves: "MOVE extension not supported". */
	g_autofree char *lower = g_ascii_strdown(text, -1);

	return strstr(lower, "not supported") || strstr(lower, "not implemented");
}

/* ---- busy servers ---- */

/* "Suggested Backoff Time: 299961 milliseconds" (Exchange); 0 when there is none. A day at most. */
static guint
named_seconds(const char *text)
{
	static const char phrase[] = "suggested backoff time:";
	const char *at = strstr(text, phrase);
	guint64 ms = at ? g_ascii_strtoull(at + strlen(phrase), NULL, 10) : 0;

	return (guint)((MIN(ms, G_GUINT64_CONSTANT(86400000)) + 999) / 1000);
}

gboolean
imap_quirks_is_busy(const char *text, guint *out_seconds)
{
	static const struct {
		const char *phrase;
		guint seconds; /* when it names none */
	} table[] = {
		{"request is throttled", 60},                    /* Exchange */
		{"user is authenticated but not connected", 30}, /* Exchange */
		{"server unavailable", 30},                      /* Exchange */
		{"too many simultaneous connections", 60},       /* Gmail */
		{"exceeded command or bandwidth limits", 600},   /* Gmail */
		{"rate limit hit", 60},                          /* Yahoo */
		{"maximum number of connections", 60},           /* Dovecot, Courier */
	};
	g_autofree char *lower = g_ascii_strdown(text, -1);
	guint named = named_seconds(lower);

	for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
		if (strstr(lower, table[i].phrase)) {
			*out_seconds = named ? named : table[i].seconds;
			return TRUE;
		}
	return FALSE;
}
