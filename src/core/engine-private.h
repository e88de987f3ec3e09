/* What the files of the core that implement engine.h share. */
#pragma once

#include "core/account.h"
#include "core/opener.h"
#include "core/textindex.h"
#include "core/wake.h"

struct Engine {
	Core *core;
	GPtrArray *accounts; /* Account */
	GPtrArray *readings; /* EngineReading, borrowed from the interface */
	GPtrArray *sources;  /* EngineSource, borrowed from the interface */
	GPtrArray *exports;  /* EngineExport, borrowed likewise */
	GPtrArray *doctors;  /* checks under way */
	guint searching;     /* searches that have not looked through all that is here */
	TextIndex *index;
	GHashTable *listeners; /* id -> closure */
	Wake *wake;
	guint adopting;       /* timer */
	Opener *opener;       /* NULL until it is needed */
	EngineReading *ahead; /* of core/ahead.c, or NULL */
	EngineFolderId ahead_folder;
	guint32 ahead_after; /* the UID that was read, 0: nothing to do */
	gboolean offline;
};

/* The account and the folder of ID; FALSE when it is gone. */
gboolean engine_resolve(
	const Engine *engine, EngineFolderId id, Account **out_account, Folder **out_folder);

/* UIDVALIDITY of the folder; 0: it is gone, or was not seen on the server yet. */
guint32 engine_uidvalidity(const Engine *engine, EngineFolderId id);
/* UIDs that were taken when it was BEFORE mean other messages now. */
gboolean engine_is_renumbered(const Engine *engine, EngineFolderId id, guint32 before);
#define ENGINE_RENUMBERED \
	"The server numbered the messages of this folder anew: open the message again."

typedef struct Doctor Doctor;
/* Stops a check; its DONE is not called. */
void doctor_free(Doctor *doctor);

/* engine_read() without its effect on what is fetched ahead. */
EngineReading *reading_new(Engine *engine, EngineFolderId folder, guint32 uid, gboolean peek);
/* Once per turn, for those that wait for a connection. */
void reading_settle(EngineReading *reading);
void source_settle(EngineSource *source);
/* The same for signatures and encryption. */
void reading_secure_settle(EngineReading *reading);
/* FALSE too while it waits for a connection or for an answer of the user's. */
gboolean reading_secure_is_busy(const EngineReading *reading);
