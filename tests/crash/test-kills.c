/*
 * The program is killed at every fault point (base/fault.h) that it passes in a session of 200 actions.
 *
 * In run R it is killed at the Rth point of each burst of actions, and once more at the Rth point after
 * it was started again; then it may come to rest. The last run is the one in which no burst and no start has
 * that many: then every point was the last one once. "-m slow" does them all.
 */
#include "session.h"

#define SEED             20260520
#define SAMPLE_ACTIONS   30
#define OLDER_VISIT_STEP 4

typedef struct {
	guint kills;
	guint longest; /* points from a start or the begin of a burst until all was at rest */
} Toll;

/* To the end of what was begun with a fault armed: all its points were passed. FALSE when it was killed. */
static gboolean
survive(Session *session, Toll *toll)
{
	guint passed;

	if (session_settle(session) && session_arm(session, 0, &passed)) {
		toll->longest = MAX(toll->longest, passed);
		return TRUE;
	}
	toll->kills++;
	return FALSE;
}

static void
start_again(Session *session, guint fault, Toll *toll)
{
	if (session_start(session, fault)) {
		if (survive(session, toll))
			return;
	} else {
		toll->kills++;
	}
	g_assert_true(session_start(session, 0) && session_settle(session));
}

static void
play_burst(Session *session, guint fault, Toll *toll)
{
	guint passed;

	g_assert_true(session_arm(session, fault, &passed));
	if (!session_burst(session)) {
		toll->kills++;
		start_again(session, fault, toll);
	} else if (!survive(session, toll)) {
		start_again(session, fault, toll);
	}
	session_check(session);
}

/* One session of N actions. */
static Toll
play(Stage *stage, guint32 seed, guint n, guint fault)
{
	Session *session = session_new(stage, seed);
	gint64 begun = g_get_monotonic_time();
	Toll toll = {0};

	start_again(session, fault, &toll);
	/* On the first visit the folders and what each is for have to be learned. */
	g_assert_true(session_ask(session, "idle"));
	while (session->actions < n)
		play_burst(session, fault, &toll);
	g_test_message("at point %u: %u kills, %u refusals, %" G_GINT64_FORMAT
		       " ms; %u points were passed at most",
		fault, toll.kills, session->refusals, (g_get_monotonic_time() - begun) / 1000,
		toll.longest);
	session_free(session);
	return toll;
}

static void
test_every_point(void)
{
	Stage *stage = stage_new(NULL, NULL);
	guint point = 1, kills = 0;
	Toll toll;

	while ((toll = play(stage, SEED, SESSION_ACTIONS, point)).kills) {
		kills += toll.kills;
		point++;
	}
	g_test_message("%u points, killed %u times", point - 1, kills);
	stage_free(stage);
}

static void
expunge(Other *other, const char *positions)
{
	g_free(other_list(other, "INBOX"));
	g_free(other_ask(other, "STORE %s +FLAGS.SILENT (\\Deleted)", positions));
	g_free(other_ask(other, "EXPUNGE"));
}

/* A move of the only message waits, made by a program without a line that ended at once; meanwhile another client has made it,
 * and mail has come. */
static void
leave_move_behind(Session *session)
{
	Other *other = session->stage->other;
	guint passed;

	expunge(other, "2:*");
	g_assert_true(session_start(session, 0) && session_ask(session, "idle"));
	session_stop(session);
	g_assert_true(session_start(session, 0) && session_ask(session, "offline"));
	g_assert_true(session_ask(session, "move\tm00\tArchive"));
	g_assert_true(session_arm(session, 1, &passed));
	g_assert_false(session_ask(session, "online") && session_settle(session));
	expunge(other, "1");
	other_deliver(other, "INBOX", "m99", 1);
}

/* The list of an older visit, and the point of a younger one from which the next SELECT is to tell what
 * happened (RFC 7162): what was between them is never told. The program is killed wherever that may come
 * about; in the normal run at every fourth place. */
static void
test_list_of_an_older_visit(void)
{
	Stage *stage = stage_new(NULL, NULL);
	guint step = g_test_slow() ? 1 : OLDER_VISIT_STEP;
	guint fault = (guint)g_test_rand_int_range(0, (gint32)step);
	gboolean alive = FALSE;

	while (!alive) {
		Session *session = session_new(stage, SEED);
		guint passed;

		leave_move_behind(session);
		alive = session_start(session, fault + 1) && session_settle(session) &&
			session_arm(session, 0, &passed);
		fault += step;
		if (!alive)
			g_assert_true(session_start(session, 0) && session_settle(session));
		g_assert_true(session_ask(session, "show\tm99:"));
		session_free(session);
	}
	stage_free(stage);
}

/* One place of each band. */
static void
test_samples(void)
{
	static const gint32 bands[] = {3, 10, 20, 35, 60};
	Stage *stage = stage_new(NULL, NULL);

	for (guint i = 0; i + 1 < G_N_ELEMENTS(bands); i++)
		play(stage, SEED, SAMPLE_ACTIONS,
			(guint)g_test_rand_int_range(bands[i], bands[i + 1]));
	stage_free(stage);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kills/list-of-an-older-visit", test_list_of_an_older_visit);
	g_test_add_func("/kills/samples", test_samples);
	if (g_test_slow())
		g_test_add_func("/kills/every-point", test_every_point);
	return g_test_run();
}
