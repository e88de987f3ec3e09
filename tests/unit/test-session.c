/*
 * Sessions with servers that say anything: well-formed answers, answers of other commands, lines
 * cut in the middle, all at random. What must hold in every one of them is checked at each step.
 */
#include "imap/session.h"

#include <string.h>

#define SECRET "Tr0ub4dor"

typedef struct {
	ImapSession *session;
	GString *output;
	GPtrArray *tags; /* sent and maybe not answered */
	gboolean secured, ready, failed;
	gint64 now;
	guint cmds, done;
} Chat;

static const char *const untagged[] = {"* OK hello", "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi",
	"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE CONDSTORE ESEARCH LITERAL+ ID MOVE] hi",
	"* CAPABILITY IMAP4rev1 AUTH=PLAIN LIST-EXTENDED NAMESPACE IDLE", "* PREAUTH hi",
	"* BYE bye", "* NO hm", "* BAD hm", "* OK [ALERT] look", "* 3 EXISTS", "* 300 EXISTS",
	"* 0 EXISTS", "* 1 EXPUNGE", "* 3 EXPUNGE", "* 2 FETCH (UID 20 FLAGS (\\Seen))",
	"* 3 FETCH (FLAGS ())", "* 9 FETCH (UID 3)", "* 1 FETCH (UID 10 BODY[1] {3}\r\nabc)",
	"* 1 FETCH (BODY[1]<0> \"x\" UID 10)", "* SEARCH 1 2 3", "* SEARCH",
	"* ESEARCH (TAG \"x\") UID ALL 1:3", "* LIST () \"/\" a", "* LSUB () \"/\" a",
	"* LIST () NIL INBOX", "* STATUS a (MESSAGES 1)",
	"* NAMESPACE ((\"\" \"/\")) ((\"o/\" \"/\")) NIL", "* VANISHED 1:5",
	"* VANISHED (EARLIER) 3", "* OK [UIDVALIDITY 4] x", "* OK [COPYUID 1 2 3] x",
	"* OK [CLOSED] x", "* OK [PERMANENTFLAGS (\\*)] x", "* ID (\"name\" \"yahoo\")", "+ ",
	"+ idling", "+ AAAA", "* FLAGS (\\Seen)", "garbage", "* garbage", "", "* LIST (",
	"* 1 FETCH (UID {2}\r\nx", "* ENABLED QRESYNC", "* OK [NOTIFICATIONOVERFLOW] x",
	"* OK [HIGHESTMODSEQ 9] x", "* OK [UIDVALIDITY 5] x", "* 1 FETCH (UID 3 MODSEQ (9))",
	"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR ENABLE QRESYNC CONDSTORE NOTIFY] hi"};

#define EXPECTED \
	"IMAP4rev1 SASL-IR ENABLE QRESYNC CONDSTORE ID NOTIFY COMPRESS=DEFLATE LIST-EXTENDED"

static ImapCommand *
random_command(void)
{
	g_auto(FlagSet) flags = flagset_parse("\\Seen");

	switch (g_test_rand_int_range(0, 17)) {
	case 0: return imap_command_select("b\xff", TRUE);
	case 1: return imap_command_select("INBOX", FALSE);
	case 2: return imap_command_list("*", TRUE);
	case 3: return imap_command_fetch_positions(1, 9, IMAP_WANT_ROW);
	case 4: return imap_command_fetch_body(10, "1", 0, 0);
	case 5: return imap_command_store(uidset_new_range(1, 9), IMAP_STORE_ADD, &flags, 5);
	case 6: return imap_command_move(uidset_new_range(1, 9), "Trash\xff");
	case 7: return imap_command_search(IMAP_SEARCH_TEXT, "\xc3\xa4");
	case 8: return imap_command_unselect();
	case 9: return imap_command_append("x", &flags, 0, g_bytes_new_static("abc", 3));
	case 10: return imap_command_noop();
	case 11: return imap_command_fetch_uids(uidset_new(), IMAP_WANT_FLAGS, 0);
	case 12: return imap_command_create("a\nb");
	case 13: return imap_command_select_known("INBOX", FALSE, 5, 7, NULL);
	case 14: return imap_command_search_uids(uidset_new_range(1, 9));
	case 15: return imap_command_notify(IMAP_WANT_ROW, TRUE);
	default:
		return g_test_rand_int_range(0, 9) ? imap_command_status("x")
						   : imap_command_logout();
	}
}

/* ---- what must hold ---- */

static void
check_line(const Chat *chat, const char *line)
{
	const char *verb = strchr(line, ' ');

	if (chat->secured)
		return;
	/* The policy: nothing but these before TLS. */
	g_assert_nonnull(verb);
	g_assert_cmpstr(verb, ==, " STARTTLS");
}

static void
take_output(Chat *chat)
{
	gsize len;
	const char *output = imap_session_output(chat->session, &len);
	char *end;

	g_assert_true(!chat->failed || !len);
	g_string_append_len(chat->output, output, (gssize)len);
	imap_session_wrote(chat->session, len);
	while ((end = strstr(chat->output->str, "\r\n"))) {
		g_autofree char *line =
			g_strndup(chat->output->str, (gsize)(end - chat->output->str));

		g_string_erase(chat->output, 0, end - chat->output->str + 2);
		check_line(chat, line);
		if (line[0] == 'p' && strchr(line, ' '))
			g_ptr_array_add(chat->tags, g_strndup(line, strcspn(line, " ")));
	}
}

static void
check_event(Chat *chat, const ImapEvent *event)
{
	g_assert_false(chat->failed);
	chat->failed = event->kind == IMAP_EVENT_FAILED;
	chat->ready |= event->kind == IMAP_EVENT_READY;
	if (!chat->ready)
		g_assert_true(event->kind == IMAP_EVENT_NEED_TLS ||
			      event->kind == IMAP_EVENT_NEED_DEFLATE ||
			      event->kind == IMAP_EVENT_FAILED || event->kind == IMAP_EVENT_DONE ||
			      (event->kind == IMAP_EVENT_ALERT && chat->secured));
	chat->done += event->kind == IMAP_EVENT_DONE;
	g_assert_cmpuint(chat->done, <=, chat->cmds);
	if (event->error)
		g_assert_null(strstr(event->error->message, SECRET));
	if (event->kind == IMAP_EVENT_SELECTED && !event->selected->resynced)
		g_assert_true(uidset_is_empty(event->selected->vanished));
	if (event->kind == IMAP_EVENT_NEED_DEFLATE)
		g_bytes_unref(imap_session_deflated(chat->session));
	if (event->kind != IMAP_EVENT_NEED_TLS)
		return;
	g_assert_false(chat->secured);
	chat->secured = TRUE;
	imap_session_secured(chat->session, NULL);
}

static void
take_events(Chat *chat)
{
	ImapEvent event;

	while (imap_session_next(chat->session, &event))
		check_event(chat, &event);
}

/* ---- one chat ---- */

static char *
random_line(const Chat *chat)
{
	static const char *const answers[] = {"OK done", "NO no", "BAD bad",
		"OK [CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE ESEARCH LIST-EXTENDED MOVE] in",
		"NO [UNAVAILABLE] later", "OK [READ-ONLY] in", "OK [COPYUID 1 2 3] moved",
		"OK [MODIFIED 2:4] some"};

	if (!chat->tags->len || g_test_rand_int_range(0, 3) == 0)
		return g_strconcat(
			untagged[g_test_rand_int_range(0, (gint32)G_N_ELEMENTS(untagged))], "\r\n",
			NULL);
	/* Mostly the oldest, mostly OK. */
	return g_strdup_printf("%s %s\r\n",
		(char *)chat->tags
			->pdata[g_test_rand_int_range(0, 8)
					? 0
					: g_test_rand_int_range(0, (gint32)chat->tags->len)],
		answers[g_test_rand_int_range(0, 3)
				? 0
				: g_test_rand_int_range(0, (gint32)G_N_ELEMENTS(answers))]);
}

static void
server_says(Chat *chat)
{
	g_autofree char *line = random_line(chat);
	gsize len = strlen(line);

	if (chat->tags->len && g_str_has_prefix(line, chat->tags->pdata[0]))
		g_ptr_array_remove_index(chat->tags, 0);
	if (g_test_rand_int_range(0, 40) == 0)
		len = (gsize)g_test_rand_int_range(0, (gint32)len);
	imap_session_feed(chat->session, line, len);
}

static void
step(Chat *chat)
{
	int what = g_test_rand_int_range(0, 100);

	if (what < 60)
		server_says(chat);
	else if (what < 85) {
		imap_session_submit(chat->session, random_command());
		chat->cmds++;
	} else if (what < 88)
		imap_session_want_idle(chat->session, what % 2);
	else if (what < 91)
		imap_session_cancel(
			chat->session, (ImapCmdId)g_test_rand_int_range(0, (gint32)chat->cmds + 1));
	else if (what < 99)
		chat->now += g_test_rand_int_range(0, 20) * G_USEC_PER_SEC;
	else
		imap_session_eof(chat->session);
	imap_session_tick(chat->session, chat->now);
	if (what % 3)
		take_events(chat);
	take_output(chat);
}

static void
chat_once(void)
{
	gboolean clear = g_test_rand_bit();
	ImapSessionConfig config = {.transport = clear ? IMAP_OVER_STARTTLS : IMAP_OVER_TLS,
		.expected_caps = g_test_rand_bit() ? EXPECTED : NULL,
		.compress = g_test_rand_int_range(0, 4) == 0,
		.host = "imap.example.org",
		.user = "alice",
		.password = SECRET,
		.client_name = "Postern",
		.tag_secret = (guint64)g_test_rand_int()};
	Chat chat = {
		.session = imap_session_new(&config),
		.output = g_string_new(NULL),
		.tags = g_ptr_array_new_with_free_func(g_free),
		.now = G_USEC_PER_SEC,
		.secured = !clear,
	};
	const char *hello =
		clear ? "* OK hi\r\n" : "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n";

	imap_session_tick(chat.session, chat.now);
	imap_session_feed(chat.session, hello, strlen(hello));
	for (guint i = 0; i < 150; i++)
		step(&chat);
	g_assert_true(!chat.ready || chat.secured);
	imap_session_free(chat.session);
	g_string_free(chat.output, TRUE);
	g_ptr_array_unref(chat.tags);
}

static void
test_servers_at_random(void)
{
	for (guint i = 0; i < 2000; i++)
		chat_once();
}

/* CVE-2026-42246: two sessions with other secrets have other tags, and no tag tells the next. */
static void
test_tags(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint64 secret = 0; secret < 100; secret++) {
		ImapSessionConfig config = {.transport = IMAP_OVER_STARTTLS, .tag_secret = secret};
		g_autoptr(ImapSession) session = imap_session_new(&config);
		const char *output;
		ImapEvent event;
		gsize len;

		imap_session_feed(session, "* OK hi\r\n", 9);
		g_assert_false(imap_session_next(session, &event));
		output = imap_session_output(session, &len);
		g_assert_true(g_hash_table_add(seen, g_strndup(output, strcspn(output, " "))));
	}
}

/* Reads events; counts the FETCHes behind SELECTED. */
static guint
count_changes(ImapSession *session, gboolean *out_resynced)
{
	ImapEvent event;
	guint n = 0;

	while (imap_session_next(session, &event)) {
		if (event.kind == IMAP_EVENT_SELECTED)
			*out_resynced = event.selected->resynced;
		n += event.kind == IMAP_EVENT_FETCH;
		if (event.kind == IMAP_EVENT_FETCH)
			g_assert_cmpuint(event.uid, ==, event.position + 1000);
	}
	return n;
}

static void
says(ImapSession *session, const char *line)
{
	imap_session_feed(session, line, strlen(line));
}

/* The server's answer to the command on the given line of what was sent. */
static void
answers(ImapSession *session, guint line, const char *text)
{
	gsize len;
	const char *output = imap_session_output(session, &len);
	g_autofree char *sent = g_strndup(output, len);
	g_auto(GStrv) lines = g_strsplit(sent, "\r\n", -1);
	g_autofree char *answer = NULL;

	g_assert_cmpuint(line, <, g_strv_length(lines));
	answer = g_strdup_printf("%.*s %s", (int)strcspn(lines[line], " "), lines[line], text);
	says(session, answer);
}

static void
resync(guint changes, gboolean expected)
{
	ImapSessionConfig config = {.transport = IMAP_OVER_TUNNEL, .tag_secret = 1};
	g_autoptr(ImapSession) session = imap_session_new(&config);
	gboolean resynced = !expected;
	ImapEvent event;

	says(session, "* PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE QRESYNC] hi\r\n");
	imap_session_submit(session, imap_command_select_known("INBOX", FALSE, 5, 7, NULL));
	while (imap_session_next(session, &event))
		g_assert_true(event.kind == IMAP_EVENT_READY);
	says(session, "* ENABLED QRESYNC\r\n* OK [UIDVALIDITY 5] v\r\n");
	g_assert_false(imap_session_next(session, &event));
	answers(session, 0, "OK\r\n");
	says(session, "* 30000 EXISTS\r\n* OK [UIDVALIDITY 5] v\r\n* OK [HIGHESTMODSEQ 9] h\r\n");
	for (guint i = 1; i <= changes; i++) {
		g_autofree char *line = g_strdup_printf(
			"* %u FETCH (UID %u FLAGS (a b) MODSEQ (8))\r\n", i, i + 1000);

		says(session, line);
		g_assert_false(imap_session_next(session, &event));
	}
	answers(session, 1, "OK in\r\n");
	g_assert_cmpuint(count_changes(session, &resynced), ==, expected ? changes : 0);
	g_assert_true(resynced == expected);
}

/* What is held until SELECTED is bounded, and never given in part. */
static void
test_resync_flood(void)
{
	resync(0, TRUE);
	resync(20000, TRUE);
	resync(20001, FALSE);
}

/* Takes all that is to be written, in the pieces that come. */
static void
drain_output(ImapSession *session, GString *sent)
{
	gsize len;
	const char *output;

	while ((output = imap_session_output(session, &len)) && len) {
		/* However large the message is. */
		g_assert_cmpuint(len, <=, 128 * 1024);
		g_string_append_len(sent, output, (gssize)len);
		imap_session_wrote(session, len);
	}
}

/* A message goes out slice by slice and whole, also when the server refuses it before its end; nothing
 * comes between. */
static void
upload(const char *literals, gboolean refuse)
{
	ImapSessionConfig config = {.transport = IMAP_OVER_TUNNEL, .tag_secret = 1};
	g_autoptr(ImapSession) session = imap_session_new(&config);
	g_autofree char *hello =
		g_strdup_printf("* PREAUTH [CAPABILITY IMAP4rev1 %s] hi\r\n", literals);
	gsize size = 3000001;
	g_autofree char *message = g_strnfill(size, 'x');
	g_autoptr(GString) sent = g_string_new(NULL);
	ImapEvent event;
	gsize len;

	says(session, hello);
	imap_session_submit(session,
		imap_command_append("Sent", &(FlagSet){0}, 0, g_bytes_new_static(message, size)));
	imap_session_submit(session, imap_command_noop());
	while (imap_session_next(session, &event))
		g_assert_true(event.kind == IMAP_EVENT_READY);
	if (!*literals) {
		drain_output(session, sent);
		g_assert_true(g_str_has_suffix(sent->str, " APPEND Sent {3000001}\r\n"));
		says(session, "+ go on\r\n");
		g_assert_false(imap_session_next(session, &event));
	}
	(void)imap_session_output(session, &len);
	g_assert_cmpuint(len, <, size);
	if (refuse) {
		g_autofree char *tag =
			g_strndup(*literals ? imap_session_output(session, &len) : sent->str, 14);
		g_autofree char *no = g_strdup_printf(
			"%.*s NO [OVERQUOTA] full\r\n", (int)strcspn(tag, " "), tag);

		says(session, no);
		g_assert_true(imap_session_next(session, &event));
		g_assert_true(event.kind == IMAP_EVENT_DONE && event.error);
	}
	drain_output(session, sent);
	g_assert_nonnull(strstr(sent->str, *literals ? "{3000001+}\r\nxx" : "{3000001}\r\nxx"));
	len = (gsize)(strrchr(sent->str, 'x') - strchr(sent->str, 'x')) + 1;
	g_assert_cmpuint(len, ==, size);
	g_assert_true(g_str_has_prefix(strrchr(sent->str, 'x'), "x\r\np"));
	g_assert_true(g_str_has_suffix(sent->str, " NOOP\r\n"));
}

static void
test_upload(void)
{
	upload("LITERAL+", FALSE);
	upload("LITERAL+", TRUE);
	upload("", FALSE);
	upload("", TRUE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/session/servers-at-random", test_servers_at_random);
	g_test_add_func("/session/CVE-2026-42246", test_tags);
	g_test_add_func("/session/resync-flood", test_resync_flood);
	g_test_add_func("/session/upload", test_upload);
	return g_test_run();
}
