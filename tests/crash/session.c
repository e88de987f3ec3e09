#include "session.h"

#include <string.h>

static void
fail(const Session *session, const char *what)
{
	if (session->actor)
		g_free(actor_ask(session->actor, "log"));
	g_error("after %u actions: %s\nThe session was:\n%s", session->actions, what,
		session->stage->played->str);
}

Session *
session_new(Stage *stage, guint32 seed)
{
	Session *session = g_new0(Session, 1);

	session->stage = stage;
	session->rand = g_rand_new_with_seed(seed);
	model_init(&session->model, SESSION_PER_FOLDER);
	stage_reset(stage, &session->model);
	return session;
}

void
session_free(Session *session)
{
	session_stop(session);
	g_rand_free(session->rand);
	g_free(session);
}

void
session_stop(Session *session)
{
	if (session->actor)
		actor_end(session->actor);
	session->actor = NULL;
}

/* The answer, NULL when the actor was killed. */
static char *
ask(Session *session, const char *line)
{
	char *answer = line ? actor_ask(session->actor, line) : actor_hear(session->actor);

	if (answer)
		return answer;
	g_string_append(session->stage->played, "(killed)\n");
	session_stop(session);
	return NULL;
}

gboolean
session_ask(Session *session, const char *line)
{
	g_autofree char *answer = ask(session, line);

	if (answer && strcmp(answer, "ok") != 0)
		fail(session, answer);
	return answer != NULL;
}

static gboolean
open_folder(Session *session, guint folder)
{
	g_autofree char *line = g_strconcat("open\t", model_folders[folder], NULL);

	session->folder = folder;
	return session_ask(session, line);
}

gboolean
session_start(Session *session, guint fault)
{
	session->actor = actor_start(session->stage, fault);
	g_string_append_printf(session->stage->played, "(started, fault %u)\n", fault);
	return session_ask(session, NULL) && open_folder(session, session->folder);
}

gboolean
session_arm(Session *session, guint fault, guint *out_passed)
{
	g_autofree char *line = g_strdup_printf("fault\t%u", fault);
	g_autofree char *answer = ask(session, line);

	if (!answer)
		return FALSE;
	if (!g_str_has_prefix(answer, "ok "))
		fail(session, answer);
	*out_passed = (guint)g_ascii_strtoull(answer + strlen("ok "), NULL, 10);
	return TRUE;
}

/* ---- a burst ---- */

static gboolean
open_another(Session *session)
{
	return open_folder(session, (guint)g_rand_int_range(session->rand, 0, MODEL_FOLDERS));
}

/* An undo may come too late, or for a change whose answer was cut off. */
static gboolean
may_refuse(Session *session, const char *answer)
{
	return g_str_has_prefix(answer, "refused The server did not say where") ||
	       (g_str_has_prefix(answer, "refused What was deleted for good") &&
		       !model_can_undo(&session->model));
}

static gboolean
act(Session *session)
{
	SessionStep *step = &session->steps[session->n_steps];
	g_autofree char *line = NULL, *answer = NULL;

	if (!model_choose(&session->model, session->rand, session->folder, &step->action))
		return open_another(session);
	line = model_command(&session->model, &step->action);
	answer = ask(session, line);
	step->taken = !answer || strcmp(answer, "ok") == 0;
	step->killed = !answer;
	step->uncertain = !answer || step->action.kind == ACTION_UNDO;
	if (!step->taken && !(step->action.kind == ACTION_UNDO && may_refuse(session, answer)))
		fail(session, answer);
	session->refusals += !step->taken;
	model_apply(&session->model, &step->action, step->taken);
	session->n_steps++;
	session->actions++;
	return answer != NULL;
}

gboolean
session_burst(Session *session)
{
	guint n = (guint)g_rand_int_range(session->rand, 1, SESSION_BURST_MAX + 1);
	gboolean alive = TRUE;

	session->before = session->model;
	session->n_steps = 0;
	if (!g_rand_int_range(session->rand, 0, 3))
		alive = open_another(session);
	for (guint i = 0; alive && i < n; i++)
		alive = act(session);
	return alive;
}

gboolean
session_settle(Session *session)
{
	return session_ask(session, "settle");
}

/* ---- what must be ---- */

/* What it is when those of the uncertain steps did not happen that are in MASK. */
static void
replay(const Session *session, guint mask, Model *out_model)
{
	*out_model = session->before;
	for (guint i = 0; i < session->n_steps; i++) {
		const SessionStep *step = &session->steps[i];
		gboolean left_out = mask & (1u << i);

		/* An undo that was under way leaves what it would have taken back. */
		if (!left_out)
			model_apply(out_model, &step->action, step->taken);
		else if (step->action.kind == ACTION_UNDO && !step->killed)
			model_apply(out_model, &step->action, FALSE);
	}
}

static guint
uncertain_steps(const Session *session)
{
	guint mask = 0;

	for (guint i = 0; i < session->n_steps; i++)
		if (session->steps[i].uncertain)
			mask |= 1u << i;
	return mask;
}

/* Another course of events that ends in what the server has. */
static gboolean
find_course(Session *session, guint uncertain)
{
	for (guint mask = 1; mask < 1u << session->n_steps; mask++) {
		g_autofree Model *model = g_new(Model, 1);
		g_autofree char *difference = NULL;

		if (mask & ~uncertain)
			continue;
		replay(session, mask, model);
		difference = stage_compare(session->stage, model);
		if (difference)
			continue;
		session->model = *model;
		session->refusals++;
		return TRUE;
	}
	return FALSE;
}

void
session_check(Session *session)
{
	g_autofree char *difference = stage_compare(session->stage, &session->model);
	g_autofree char *notices = ask(session, "notices");
	gboolean told = strstr(notices, "The server did not say where") != NULL;
	guint uncertain = uncertain_steps(session);
	g_autofree char *rows = NULL, *line = NULL;

	for (guint i = 0; i < session->n_steps; i++)
		if (session->steps[i].action.kind == ACTION_UNDO && !told &&
			!session->steps[i].killed)
			uncertain &= ~(1u << i);
	if (difference && !find_course(session, uncertain)) {
		g_autofree char *what = g_strdup_printf("%s\nIt had said: %s", difference, notices);

		fail(session, what);
	}
	model_settle(&session->model);
	rows = model_folder_text(&session->model, session->folder);
	line = g_strconcat("show\t", rows, NULL);
	(void)session_ask(session, line);
}
