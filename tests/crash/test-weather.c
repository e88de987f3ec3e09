/*
 * Bad weather: the session of the crash tests over a line that is slow, stands still or gives one octet at a time, on
 * servers that lack extensions, and by two programs at once that share their databases, one of which is
 * killed while the other goes on. "-m slow" plays longer, and with more seeds.
 */
#include "session.h"

#include <string.h>

#define SEED          20261123
#define SHORT_ACTIONS 18
#define SLOW_SEEDS    8

static guint
seeds(void)
{
	return g_test_slow() ? SLOW_SEEDS : 1;
}

/* ---- one program ---- */

typedef struct {
	const char *name;
	ProxyFaults faults;
	const char *without; /* extensions that the server does not have; NULL: it has all */
} Weather;

static void
play(Stage *stage, const Weather *weather, guint32 seed)
{
	guint actions = g_test_slow() ? SESSION_ACTIONS : SHORT_ACTIONS;
	gint64 begun = g_get_monotonic_time();
	Session *session = session_new(stage, seed);
	ProxyFaults faults = weather->faults;

	faults.seed = seed;
	proxy_set_faults(stage->proxy, &faults);
	g_assert_true(session_start(session, 0) && session_ask(session, "idle"));
	while (session->actions < actions) {
		g_assert_true(session_burst(session) && session_settle(session));
		session_check(session);
	}
	g_test_message("%s: %u actions, %u refusals, %" G_GINT64_FORMAT " ms", weather->name,
		session->actions, session->refusals, (g_get_monotonic_time() - begun) / 1000);
	session_free(session);
}

static void
test_weather(gconstpointer data)
{
	const Weather *weather = data;
	const char *args[] = {weather->without ? "--without" : NULL, weather->without, NULL};
	Stage *stage = stage_new(args, NULL);

	for (guint i = 0; i < seeds(); i++)
		play(stage, weather, SEED + i);
	stage_free(stage);
}

/* ---- two programs ---- */

enum { PLAYERS = 2, BURST = 3, ROUNDS = 4 };

/* Each has messages of its own, those whose number leaves REST: what the two want never contradicts. */
typedef struct {
	Stage *stage;
	Actor *actor;
	Model model; /* true of its messages only */
	guint rest, folder;
	gboolean may_undo;
	gboolean
		may_purge; /* else the server can't remove single messages, and it is told that they stay */
} Player;

static gboolean
is_own(const Player *player, guint name)
{
	return name % PLAYERS == player->rest;
}

static void
assert_ok(Player *player, const char *line)
{
	g_autofree char *answer = line ? actor_ask(player->actor, line) : actor_hear(player->actor);

	if (g_strcmp0(answer, "ok") != 0)
		g_error("player %u, %s: %s\n%s", player->rest, line ? line : "start", answer,
			player->stage->played->str);
}

static void
open_folder(Player *player, guint folder)
{
	g_autofree char *line = g_strconcat("open\t", model_folders[folder], NULL);

	player->folder = folder;
	assert_ok(player, line);
}

static void
start(Player *player)
{
	player->actor = actor_start(player->stage, 0);
	assert_ok(player, NULL);
	open_folder(player, player->folder);
	assert_ok(player, "idle");
}

/* An undo that comes too late is refused, of what is gone for good. */
static void
do_action(Player *player, const Action *action)
{
	g_autofree char *line = model_command(&player->model, action);
	g_autofree char *answer = actor_ask(player->actor, line);
	gboolean taken = g_strcmp0(answer, "ok") == 0;

	if (!taken && (action->kind != ACTION_UNDO || model_can_undo(&player->model)))
		g_error("player %u, %s: %s\n%s", player->rest, line, answer,
			player->stage->played->str);
	model_apply(&player->model, action, taken);
}

static gboolean
is_allowed(const Player *player, const Action *action)
{
	const Model *model = &player->model;

	if (action->kind == ACTION_DELETE)
		return player->may_purge || strcmp(model_folders[action->folder], "Trash") != 0;
	if (action->kind != ACTION_UNDO)
		return TRUE;
	return player->may_undo &&
	       (player->may_purge || model->groups[model->n_groups - 1].kind != ACTION_COPY);
}

static void
act(Player *player, GRand *rand)
{
	Action action;

	for (guint i = 0; i < player->model.n_items; i++)
		player->model.items[i].busy |= !is_own(player, player->model.items[i].name);
	if (!model_choose(&player->model, rand, player->folder, &action))
		open_folder(player, (guint)g_rand_int_range(rand, 0, MODEL_FOLDERS));
	else if (is_allowed(player, &action))
		do_action(player, &action);
}

/* The words of TEXT that are about messages of PLAYER go to WORDS. */
static void
take_own(const Player *player, const char *text, GPtrArray *words)
{
	g_auto(GStrv) all = g_strsplit(text, " ", -1);

	for (guint i = 0; all[i]; i++)
		if (*all[i] && is_own(player, (guint)g_ascii_strtoull(all[i] + 1, NULL, 10)))
			g_ptr_array_add(words, g_strdup(all[i]));
}

static int
compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What FOLDER must hold. */
static char *
expected(const Player *players, guint folder)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < PLAYERS; i++) {
		g_autofree char *text = model_folder_text(&players[i].model, folder);

		take_own(&players[i], text, words);
	}
	g_ptr_array_sort(words, compare_words);
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" ", (char **)words->pdata);
}

static void
check_server(const Player *players)
{
	for (guint i = 0; i < MODEL_FOLDERS; i++) {
		g_autofree char *list = other_list(players->stage->other, model_folders[i]);
		g_autofree char *has = model_text_of_list(list);
		g_autofree char *must = expected(players, i);

		if (strcmp(has, must) == 0)
			continue;
		for (guint n = 0; n < PLAYERS; n++)
			if (players[n].actor)
				g_free(actor_ask(players[n].actor, "log"));
		g_error("%s on the server:\n  %s\nand not\n  %s\n%s", model_folders[i], has, must,
			players->stage->played->str);
	}
}

/* Both see what the server has. */
static void
check(Player *players)
{
	for (guint i = 0; i < PLAYERS; i++)
		if (players[i].actor)
			assert_ok(&players[i], "settle");
	check_server(players);
	for (guint i = 0; i < PLAYERS; i++) {
		g_autofree char *rows = expected(players, players[i].folder);
		g_autofree char *line = g_strconcat("show\t", rows, NULL);

		model_settle(&players[i].model);
		if (players[i].actor)
			assert_ok(&players[i], line);
	}
}

static void
burst(Player *players, GRand *rand)
{
	for (guint i = 0; i < BURST * PLAYERS; i++)
		act(&players[i % PLAYERS], rand);
}

static void
begin(Stage *stage, Player *players, gboolean may_undo, gboolean may_purge)
{
	Model model;

	model_init(&model, SESSION_PER_FOLDER);
	stage_reset(stage, &model);
	for (guint i = 0; i < PLAYERS; i++) {
		players[i] = (Player){.stage = stage,
			.model = model,
			.rest = i,
			.folder = i,
			.may_undo = may_undo,
			.may_purge = may_purge};
		start(&players[i]);
	}
}

static void
end(Player *players)
{
	for (guint i = 0; i < PLAYERS; i++)
		actor_end(players[i].actor);
}

static void
test_two(gconstpointer without)
{
	const char *args[] = {without ? "--without" : NULL, without, NULL};
	Stage *stage = stage_new(args, NULL);
	guint rounds = g_test_slow() ? 10 * ROUNDS : ROUNDS;

	for (guint seed = 0; seed < seeds(); seed++) {
		GRand *rand = g_rand_new_with_seed(SEED + seed);
		Player players[PLAYERS];

		begin(stage, players, TRUE, !without);
		for (guint i = 0; i < rounds; i++) {
			burst(players, rand);
			check(players);
		}
		end(players);
		g_rand_free(rand);
	}
	stage_free(stage);
}

/* What the dead one had been told is done by the living one once it connects again, and undone by none. */
static void
kill_one(Player *players, Player *dead)
{
	Player *living = &players[1 - dead->rest];

	actor_kill(dead->actor);
	dead->actor = NULL;
	assert_ok(living, "offline");
	assert_ok(living, "online");
	check(players);
	for (guint i = 0; i < PLAYERS; i++)
		players[i].model.n_groups = 0;
	start(dead);
}

static void
test_one_killed(void)
{
	Stage *stage = stage_new(NULL, NULL);
	guint rounds = g_test_slow() ? 10 * ROUNDS : ROUNDS / 2;

	for (guint seed = 0; seed < seeds(); seed++) {
		GRand *rand = g_rand_new_with_seed(SEED + seed);
		Player players[PLAYERS];

		/* An undo whose answer the kill takes away may be impossible. */
		begin(stage, players, FALSE, TRUE);
		for (guint i = 0; i < rounds; i++) {
			burst(players, rand);
			kill_one(players, &players[i % PLAYERS]);
		}
		end(players);
		g_rand_free(rand);
	}
	stage_free(stage);
}

int
main(int argc, char **argv)
{
	static const Weather weathers[] = {
		{"a-turn-late", {.delay_ms = 1}, NULL},
		{"gusts", {.gust_ms = 60}, NULL},
		{"single-octets", {.piece = 1}, NULL},
		{"throttled", {.rate = 40000}, NULL},
		{"without-move", {0}, "MOVE"},
		{"without-condstore", {0}, "CONDSTORE,QRESYNC"},
		{"without-notify", {0}, "NOTIFY,IDLE"},
		{"without-all-in-gusts", {.gust_ms = 40, .piece = 100},
			"MOVE,CONDSTORE,QRESYNC,NOTIFY,IDLE"},
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(weathers); i++) {
		g_autofree char *path = g_strconcat("/weather/", weathers[i].name, NULL);

		g_test_add_data_func(path, &weathers[i], test_weather);
	}
	g_test_add_data_func("/weather/two", NULL, test_two);
	g_test_add_data_func("/weather/two/without-uidplus", "UIDPLUS", test_two);
	g_test_add_func("/weather/one-killed", test_one_killed);
	return g_test_run();
}
