/* Of the engine without a server: changes, which a server that is not there confirms a little later. */
#include "fake-engine.h"

struct FakeChange {
	EngineFolderId from, to; /* TO 0: flags */
	guint32 flags;
	gboolean add;
	GArray *uids; /* as they are now, in TO for moves */
};

void
fake_change_free(FakeChange *change)
{
	if (change == NULL)
		return;
	g_array_unref(change->uids);
	g_free(change);
}

static gboolean
on_confirmed(gpointer user)
{
	Engine *engine = user;
	engine->pending--;
	for (guint f = 0; engine->pending == 0 && f < engine->folders->len; f++) {
		const FakePlace *folder = engine->folders->pdata[f];
		for (guint i = 0; i < folder->messages->len; i++) {
			FakeMessage *message = folder->messages->pdata[i];
			if (message->pending)
				fake_emit_list(engine, folder,
					(EngineEvent){.kind = ENGINE_LIST_ROWS,
						.position = i,
						.added = 1});
			message->pending = FALSE;
		}
	}
	fake_emit_accounts(engine);
	return G_SOURCE_REMOVE;
}

static void
start_pending(Engine *engine)
{
	engine->pending++;
	fake_emit_accounts(engine);
	g_timeout_add(FAKE_LATER_MS * 5, on_confirmed, engine);
}

static void
remember(Engine *engine, EngineFolderId from, EngineFolderId to, guint32 flags, gboolean add,
	GArray *take_uids)
{
	fake_change_free(engine->last);
	engine->last = g_new0(FakeChange, 1);
	*engine->last = (FakeChange){from, to, flags, add, take_uids};
}

gboolean
engine_change_flags(
	Engine *engine, const EngineMessages *messages, guint32 flags, gboolean add, GError **error)
{
	const FakePlace *folder = fake_place(engine, messages->folder);
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (guint i = 0; i < messages->n; i++) {
		gint position = fake_position_of(folder, messages->uids[i]);
		if (position < 0)
			continue;
		FakeMessage *message = folder->messages->pdata[position];
		if (((message->flags & flags) != 0) == add)
			continue;
		message->flags = add ? message->flags | flags : message->flags & ~flags;
		message->pending = TRUE;
		g_array_append_val(uids, message->uid);
		fake_emit_list(engine, folder,
			(EngineEvent){
				.kind = ENGINE_LIST_ROWS, .position = (guint)position, .added = 1});
	}
	remember(engine, folder->id, 0, flags, add, uids);
	start_pending(engine);
	return TRUE;
}

static gint
newest_first(gconstpointer a, gconstpointer b)
{
	const FakeMessage *left = *(FakeMessage *const *)a, *right = *(FakeMessage *const *)b;
	return left->date < right->date ? 1 : left->date > right->date ? -1 : 0;
}

static void
move_one(Engine *engine, FakePlace *from, FakePlace *to, guint32 uid, GArray *new_uids)
{
	gint position = fake_position_of(from, uid);
	if (position < 0)
		return;
	FakeMessage *message = g_ptr_array_steal_index(from->messages, (guint)position);
	fake_emit_list(engine, from,
		(EngineEvent){
			.kind = ENGINE_LIST_SPLICED, .position = (guint)position, .removed = 1});
	message->uid = to->next_uid++;
	message->pending = TRUE;
	g_ptr_array_add(to->messages, message);
	g_ptr_array_sort(to->messages, newest_first);
	g_array_append_val(new_uids, message->uid);
	fake_emit_list(engine, to,
		(EngineEvent){.kind = ENGINE_LIST_SPLICED,
			.position = (guint)fake_position_of(to, message->uid),
			.added = 1});
}

gboolean
engine_change_keyword(Engine *engine, const EngineMessages *messages, const char *keyword,
	gboolean add, GError **error)
{
	return err_set(error, ERR_INPUT, "The sample mail has no tags");
}

gboolean
engine_move(Engine *engine, const EngineMessages *messages, EngineFolderId to, GError **error)
{
	FakePlace *from = fake_place(engine, messages->folder), *target = fake_place(engine, to);
	GArray *uids = g_array_new(FALSE, FALSE, sizeof(guint32));
	if (from == target) {
		g_array_unref(uids);
		return err_set(
			error, ERR_INPUT, "The messages are in %s already", target->about->path);
	}
	for (guint i = 0; i < messages->n; i++)
		move_one(engine, from, target, messages->uids[i], uids);
	remember(engine, from->id, to, 0, TRUE, uids);
	fake_emit(engine, (EngineEvent){.kind = ENGINE_NOTICE,
				  .text = g_strdup_printf("Moved %u messages to %s", messages->n,
					  target->about->path),
				  .undoable = TRUE});
	start_pending(engine);
	return TRUE;
}

gboolean
engine_copy(Engine *engine, const EngineMessages *messages, EngineFolderId to, GError **error)
{
	start_pending(engine);
	return TRUE;
}

static gboolean
move_to_role(Engine *engine, const EngineMessages *messages, EngineRole role, GError **error)
{
	const FakePlace *to =
		fake_place_of_role(engine, fake_place(engine, messages->folder)->account, role);
	return engine_move(engine, messages, to->id, error);
}

gboolean
engine_archive(Engine *engine, const EngineMessages *messages, GError **error)
{
	return move_to_role(engine, messages, ENGINE_ROLE_ARCHIVE, error);
}

gboolean
engine_delete(Engine *engine, const EngineMessages *messages, GError **error)
{
	return move_to_role(engine, messages, ENGINE_ROLE_TRASH, error);
}

gboolean
engine_undo(Engine *engine, GError **error)
{
	FakeChange *change = g_steal_pointer(&engine->last);
	if (change == NULL)
		return err_set(error, ERR_INPUT, "There is nothing to undo");
	EngineMessages messages = {change->to != 0 ? change->to : change->from,
		(const guint32 *)(gpointer)change->uids->data, change->uids->len};
	gboolean done = change->to != 0 ? engine_move(engine, &messages, change->from, error)
					: engine_change_flags(engine, &messages, change->flags,
						  !change->add, error);
	g_clear_pointer(&engine->last, fake_change_free);
	fake_say(engine, ENGINE_NOTICE_INFO,
		change->to != 0 ? "The messages are back" : "The flags are as they were");
	fake_change_free(change);
	return done;
}
