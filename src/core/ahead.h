/*
 * The next unread message is fetched while the user reads this one: only while nothing else is under
 * way, only what is small, and given up for anything that the user asks for.
 */
#pragma once

#include "core/engine-private.h"

/* The user has read UID of FOLDER. */
void ahead_follow(Engine *engine, EngineFolderId folder, guint32 uid);
/* The user asks for something else. */
void ahead_stop(Engine *engine);
/* Once per turn. */
void ahead_settle(Engine *engine);
