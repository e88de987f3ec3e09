/* What the files of the core that implement engine.h share. */
#pragma once

#include "core/account.h"
#include "core/wake.h"

struct Engine {
	Core *core;
	GPtrArray *accounts;   /* Account */
	GPtrArray *readings;   /* EngineReading, borrowed from the interface */
	GPtrArray *doctors;    /* checks under way */
	GHashTable *listeners; /* id -> closure */
	Wake *wake;
	gboolean offline;
};

/* The account and the folder of ID; FALSE when it is gone. */
gboolean engine_resolve(
	const Engine *engine, EngineFolderId id, Account **out_account, Folder **out_folder);

typedef struct Doctor Doctor;
/* Stops a check; its DONE is not called. */
void doctor_free(Doctor *doctor);

/* Once per turn, for those that wait for a connection. */
void reading_settle(EngineReading *reading);
