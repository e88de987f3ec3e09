/*
 * What the pieces of the engine without a server share: fake-engine.c has accounts and folders, fake-list.c
 * lists and searches in them, fake-changes.c what the user does to them, fake-reading.c messages.
 */
#pragma once

#include "fake-mail.h"

#include "base/hub.h"

enum { FAKE_LATER_MS = 30 }; /* how late an answer comes */

typedef struct {
	const FakeFolder *about;
	EngineFolderId id;
	EngineAccountId account;
	char *name;
	guint depth;
	GPtrArray *messages; /* newest first */
	guint32 next_uid;
} FakePlace;

typedef struct FakeChange FakeChange;

struct Engine {
	Hub *hub;
	GPtrArray *folders, *lists;
	gboolean live;
	guint on_the_way, pending;
	FakeChange *last;
};

struct EngineList {
	Engine *engine;
	FakePlace *folder;
};

/* An event, from the main loop; its text is taken. */
void fake_emit(Engine *engine, EngineEvent event);
void fake_emit_accounts(Engine *engine);
/* Tells every list of FOLDER, and that its counts are others now. */
void fake_emit_list(Engine *engine, const FakePlace *folder, EngineEvent event);
void fake_say(Engine *engine, EngineNoticeLevel level, const char *text);

FakePlace *fake_place(const Engine *engine, EngineFolderId id);
const FakePlace *fake_place_of_role(const Engine *engine, EngineAccountId account, EngineRole role);
/* -1: it is not there. */
gint fake_position_of(const FakePlace *folder, guint32 uid);
void fake_change_free(FakeChange *change);
