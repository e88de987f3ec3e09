#include "core/heal.h"

#define PAUSE_MS 2000 /* between two tries */

struct Heal {
	Core *core;
	OpQueue *ops;
	Tree *tree;
	guint whole; /* of store_lost_turns(): what was lost up to there is written again */
	guint tried; /* the same when it was written last */
	gboolean trying, due;
	guint timer;
};

Heal *
heal_new(Core *core, OpQueue *ops, Tree *tree)
{
	Heal *heal = g_new0(Heal, 1);

	heal->core = core;
	heal->ops = ops;
	heal->tree = tree;
	heal->whole = store_lost_turns(core->store);
	return heal;
}

void
heal_free(Heal *heal)
{
	if (!heal)
		return;
	if (heal->timer)
		g_source_remove(heal->timer);
	g_free(heal);
}

static gboolean
on_timer(gpointer user)
{
	Heal *heal = user;

	heal->timer = 0;
	heal->due = TRUE;
	core_touch(heal->core);
	return G_SOURCE_REMOVE;
}

gboolean
heal_is_needed(const Heal *heal)
{
	return store_lost_turns(heal->core->store) != heal->whole;
}

gboolean
heal_settle(Heal *heal)
{
	guint lost = store_lost_turns(heal->core->store);

	if (heal->trying && lost == heal->tried) {
		heal->trying = FALSE;
		heal->whole = lost;
		return TRUE;
	}
	heal->trying = FALSE;
	if (lost == heal->whole || heal->timer)
		return FALSE;
	if (!heal->due) {
		heal->timer = g_timeout_add(PAUSE_MS, on_timer, heal);
		return FALSE;
	}
	heal->due = FALSE;
	heal->trying = TRUE;
	heal->tried = lost;
	/* A failure of theirs is one of the turn. */
	opqueue_save_all(heal->ops);
	tree_forget_marks(heal->tree);
	tree_save_all(heal->tree);
	core_touch(heal->core);
	return FALSE;
}
