/* A core with a store of its own and the queue of changes of the account "work", anew for each test. */
#pragma once

#include "core/opqueue.h"
#include "store-fixture.h"

#define BOX "INBOX" /* UIDVALIDITY 7 */

typedef struct {
	Fixture store;
	Core *core;
	OpQueue *queue;
	guint notices;
} Changes;

void changes_set_up(Changes *changes, gconstpointer data);
void changes_tear_down(Changes *changes, gconstpointer data);
/* As a program that ends, and the next one. */
void reopen_changes(Changes *changes);

/* A change of the messages UIDS of BOX; a MOVE or COPY goes to Archive. */
StoreOp *make_change(StoreOpKind kind, const char *uids, guint32 flags);
/* Puts it into the queue, as a request of its own. */
void add_change(Changes *changes, StoreOpKind kind, const char *uids, guint32 flags);
/* The next command for BOX names UIDS (NULL: there is none), and is confirmed. */
void assert_next(Changes *changes, const char *uids);

#define ADD_CHANGES_TEST(name, function) \
	g_test_add(name, Changes, NULL, changes_set_up, function, changes_tear_down)
