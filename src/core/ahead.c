#include "core/ahead.h"

#define MAX_AHEAD (256 * 1024) /* octets of a message that is worth it */

void
ahead_follow(Engine *engine, EngineFolderId folder, guint32 uid)
{
	engine->ahead_folder = folder;
	engine->ahead_after = uid;
}

void
ahead_stop(Engine *engine)
{
	engine->ahead_after = 0;
	g_clear_pointer(&engine->ahead, engine_reading_free);
}

/* The first unread message behind the one that was read, 0 when none is known. */
static guint32
next_unread(Engine *engine, EngineList *list)
{
	EngineRow row;
	guint at;

	if (!engine_list_find(list, engine->ahead_after, &at) ||
		!engine_list_next_unread(list, at + 1, &at) || !engine_list_row(list, at, &row))
		return 0;
	return row.size <= MAX_AHEAD ? row.uid : 0;
}

void
ahead_settle(Engine *engine)
{
	Account *account;
	Folder *folder;
	Link *link;
	guint32 uid;

	if (engine->ahead && engine_reading_state(engine->ahead) != ENGINE_READING_LOADING)
		g_clear_pointer(&engine->ahead, engine_reading_free);
	if (!engine->ahead_after || engine->ahead ||
		!engine_resolve(engine, engine->ahead_folder, &account, &folder))
		return;
	link = account_link_for(account, engine->ahead_folder);
	if (!link || link_pending(link))
		return;
	uid = next_unread(engine, mailbox_list(account_mailbox(account)));
	engine->ahead_after = 0;
	if (uid)
		engine->ahead = reading_new(engine, engine->ahead_folder, uid, TRUE);
}
