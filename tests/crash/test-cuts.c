/*
 * The line is cut at every octet of what a server says in a session of 200 actions.
 *
 * In run R the line is cut behind octet R of what the server says to each burst of actions, and the
 * program connects again. The last run is the one in which no burst is that long: then every octet
 * was the last one once. "-m slow" does them all: from octet CUTS_FIRST on each CUTS_STEP-th, so that several
 * can share the work.
 */
#include "session.h"

#define SEED 20260520

/* TRUE when the line was cut behind octet CUT. */
static gboolean
play_burst(Session *session, guint cut)
{
	Proxy *proxy = session->stage->proxy;
	guint before = proxy_counts(proxy).strikes;

	proxy_set_faults(proxy, &(ProxyFaults){.cut_after = cut});
	g_assert_true(session_burst(session) && session_settle(session));
	proxy_set_faults(proxy, &(ProxyFaults){0});
	session_check(session);
	return proxy_counts(proxy).strikes > before;
}

/* One whole session; how often the line was cut. */
static guint
play(Stage *stage, guint32 seed, guint cut)
{
	Session *session = session_new(stage, seed);
	gint64 begun = g_get_monotonic_time();
	guint cuts = 0;

	g_assert_true(session_start(session, 0));
	/* On the first visit the folders and what each is for have to be learned. */
	g_assert_true(session_ask(session, "idle"));
	while (session->actions < SESSION_ACTIONS)
		cuts += play_burst(session, cut);
	g_test_message("behind octet %u: %u cuts, %u refusals, %" G_GINT64_FORMAT " ms", cut, cuts,
		session->refusals, (g_get_monotonic_time() - begun) / 1000);
	if (!cut)
		g_assert_cmpuint(session->refusals, <, 10);
	session_free(session);
	return cuts;
}

static void
test_uncut(gconstpointer args)
{
	Stage *stage = stage_new(args, NULL);

	g_assert_cmpuint(play(stage, SEED, 0), ==, 0);
	stage_free(stage);
}

static guint
number_from(const char *name)
{
	const char *text = g_getenv(name);

	return text ? (guint)MAX(g_ascii_strtoull(text, NULL, 10), 1) : 1;
}

static void
test_every_octet(gconstpointer args)
{
	Stage *stage = stage_new(args, NULL);
	guint octet = number_from("CUTS_FIRST"), step = number_from("CUTS_STEP");

	while (play(stage, SEED, octet))
		octet += step;
	stage_free(stage);
}

/* One place of each band. */
static void
test_samples(gconstpointer args)
{
	static const gint32 bands[] = {1, 60, 250, 700, 1400};
	Stage *stage = stage_new(args, NULL);

	for (guint i = 0; i + 1 < G_N_ELEMENTS(bands); i++)
		play(stage, SEED, (guint)g_test_rand_int_range(bands[i], bands[i + 1]));
	stage_free(stage);
}

int
main(int argc, char **argv)
{
	static const char *const whole[] = {NULL};

	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/cuts/none", whole, test_uncut);
	g_test_add_data_func("/cuts/samples", whole, test_samples);
	if (g_test_slow())
		g_test_add_data_func("/cuts/every-octet", whole, test_every_octet);
	return g_test_run();
}
