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
	"* 1 FETCH (UID {2}\r\nx"};

static ImapCommand *
random_command(void)
{
	g_auto(FlagSet) flags = flagset_parse("\\Seen");

	switch (g_test_rand_int_range(0, 14)) {
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
			      event->kind == IMAP_EVENT_FAILED || event->kind == IMAP_EVENT_DONE ||
			      (event->kind == IMAP_EVENT_ALERT && chat->secured));
	chat->done += event->kind == IMAP_EVENT_DONE;
	g_assert_cmpuint(chat->done, <=, chat->cmds);
	if (event->error)
		g_assert_null(strstr(event->error->message, SECRET));
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
		"NO [UNAVAILABLE] later", "OK [READ-ONLY] in", "OK [COPYUID 1 2 3] moved"};

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
	ImapSessionConfig config = {.transport = IMAP_OVER_STARTTLS,
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
	};

	imap_session_tick(chat.session, chat.now);
	imap_session_feed(chat.session, "* OK hi\r\n", 9);
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

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/session/servers-at-random", test_servers_at_random);
	g_test_add_func("/session/CVE-2026-42246", test_tags);
	return g_test_run();
}
