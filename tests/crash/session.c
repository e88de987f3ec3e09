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
	g_autofree Model *model = NULL;

	session->stage = stage;
	session->rand = g_rand_new_with_seed(seed);
	model = g_new(Model, 1);
	model_init(model, SESSION_PER_FOLDER);
	stage_reset(stage, model);
	session->models = g_array_new(FALSE, FALSE, sizeof(Model));
	g_array_append_vals(session->models, model, 1);
	return session;
}

void
session_free(Session *session)
{
	session_stop(session);
	g_array_unref(session->models);
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
session_start_limited(Session *session, guint64 octets)
{
	g_autofree char *answer = NULL;

	session->actor = actor_start_limited(session->stage, octets);
	g_string_append_printf(
		session->stage->played, "(started, limit %" G_GUINT64_FORMAT ")\n", octets);
	answer = ask(session, NULL);
	if (g_strcmp0(answer, "ok") == 0)
		return open_folder(session, session->folder);
	session_stop(session);
	return FALSE;
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

static Model *
model_at(const Session *session, guint i)
{
	return &g_array_index(session->models, Model, i);
}

static void
add_model(GArray *models, const Model *model)
{
	for (guint i = 0; i < models->len; i++)
		if (memcmp(&g_array_index(models, Model, i), model, sizeof *model) == 0)
			return;
	g_array_append_vals(models, model, 1);
}

/* MODEL, or what comes of it by ACTION, is possible from now on. */
static void
add_course(GArray *models, const Model *model, const Action *action, gboolean taken)
{
	g_autofree Model *next = g_memdup2(model, sizeof *model);
	g_autofree Model *unsure = g_memdup2(model, sizeof *model);

	if (action)
		model_apply(next, action, taken);
	add_model(models, next);
	if (action && model_apply_unsure(unsure, action))
		add_model(models, unsure);
}

/* After an action that was answered with "ok", refused, or (ANSWER is NULL) killed. */
static void
go_on(Session *session, const Action *action, const char *answer)
{
	g_autoptr(GArray) before = session->models;
	gboolean is_undo = action->kind == ACTION_UNDO;

	session->models = g_array_new(FALSE, FALSE, sizeof(Model));
	for (guint i = 0; i < before->len; i++) {
		const Model *model = &g_array_index(before, Model, i);
		gboolean done = answer && strcmp(answer, "ok") == 0;

		/* Of what is read, only the mark may be refused. The undo of what is on its way waits for an
		 * answer; where that can't be written down, the next program may not find what to undo. */
		if (!answer ||
			(session->disk_fails && (!done || is_undo || action->kind == ACTION_READ)))
			add_course(session->models, model, NULL, FALSE);
		if (!answer || done)
			add_course(session->models, model, action, TRUE);
		if (is_undo && !done && !model_can_undo(model))
			add_course(session->models, model, action, FALSE);
	}
	if (!session->models->len)
		fail(session, answer);
	session->refusals += answer && strcmp(answer, "ok") != 0;
}

static gboolean
act(Session *session)
{
	g_autofree char *line = NULL, *answer = NULL;
	Action action;

	if (!model_choose(model_at(session, 0), session->rand, session->folder, &action))
		return open_another(session);
	line = model_command(model_at(session, 0), &action);
	answer = ask(session, line);
	go_on(session, &action, answer);
	session->actions++;
	return answer != NULL;
}

gboolean
session_burst(Session *session)
{
	guint n = (guint)g_rand_int_range(session->rand, 1, SESSION_BURST_MAX + 1);
	gboolean alive = TRUE;

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

/* Leaves the courses that end in what the server has. */
static void
leave_true_courses(Session *session)
{
	g_autoptr(GString) differences = g_string_new(NULL);

	for (guint i = session->models->len; i-- > 0;) {
		g_autofree char *difference = stage_compare(session->stage, model_at(session, i));

		if (!difference)
			continue;
		g_string_append_printf(
			differences, "%s%s", differences->len ? "\nor " : "", difference);
		if (session->models->len == 1)
			fail(session, differences->str);
		g_array_remove_index(session->models, i);
	}
}

/* What differed only in what was under way is the same now. */
static void
settle_courses(Session *session)
{
	g_autoptr(GArray) before = session->models;

	session->models = g_array_new(FALSE, FALSE, sizeof(Model));
	for (guint i = 0; i < before->len; i++) {
		Model *model = &g_array_index(before, Model, i);

		model_settle(model);
		add_model(session->models, model);
	}
}

void
session_check(Session *session)
{
	g_autofree char *rows = NULL, *line = NULL;

	leave_true_courses(session);
	settle_courses(session);
	rows = model_folder_text(model_at(session, 0), session->folder);
	line = g_strconcat("show\t", rows, NULL);
	(void)session_ask(session, line);
}
