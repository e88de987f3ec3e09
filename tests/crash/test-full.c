/*
 * The files that the program writes can't grow any more, as on a full disk or one that fails: each change is
 * either refused aloud, and then it has not been, or it is made, and nothing is damaged.
 *
 * A limit on the size of files needs no rights, and its error (EFBIG) is none of those that SQLite knows by name.
 */
#include "session.h"

#define SEED         20260520
#define BURSTS_MAX   30
#define BURSTS_AFTER 2

static guint
play_until_refused(Session *session)
{
	guint before = session->refusals;

	session->disk_fails = TRUE;
	for (guint i = 0; i < BURSTS_MAX && session->refusals == before; i++)
		g_assert_true(session_burst(session));
	return session->refusals - before;
}

/* What was taken is done by the next program if not by that one. */
static void
play_on(Session *session)
{
	session->disk_fails = FALSE;
	g_assert_true(session_start(session, 0) && session_settle(session));
	session_check(session);
	for (guint i = 0; i < BURSTS_AFTER; i++) {
		g_assert_true(session_burst(session) && session_settle(session));
		session_check(session);
	}
	session_stop(session);
}

static void
test_limit(gconstpointer data)
{
	Stage *stage = stage_new(NULL, NULL);
	Session *session = session_new(stage, SEED);
	gboolean started;
	guint refused = 0;

	g_assert_true(session_start(session, 0) && session_ask(session, "idle"));
	session_stop(session);
	started = session_start_limited(session, GPOINTER_TO_SIZE(data));
	if (started)
		refused = play_until_refused(session);
	g_test_message(
		"started: %d, refused %u after %u actions", started, refused, session->actions);
	g_assert_true(!started || refused);
	session_stop(session);
	play_on(session);
	session_free(session);
	stage_free(stage);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/full/80k", GSIZE_TO_POINTER(80 * 1024), test_limit);
	g_test_add_data_func("/full/200k", GSIZE_TO_POINTER(200 * 1024), test_limit);
	return g_test_run();
}
