/*
 * Two accounts, "work" and "home", on one server, with five messages in INBOX of the one and one in Archive of
 * the other: what the tests of messages that go from one to the other have in common.
 */
#pragma once

#include "world.h"

#define TWO_LARGE 700000 /* octets: more than one piece, in both directions */

/* What INBOX of "work" shows: m2 is twice the same; m4 has no Message-ID and is large. */
#define TWO_ROWS "*m5\n*m4\n*!m2\n*!m2\nm1"

typedef struct {
	World *world; /* the account "work" */
	Server home_server;
	Other *home; /* the other client of the account "home" */
	Proxy *home_proxy;
	char *before; /* the messages of INBOX of "work", as two_all_of() tells them */
} Two;

/* Like world_begin(), with a server for tests that need nothing special; and like world_run(). */
void two_begin(int *argc, char ***argv);
int two_run(void);
Server *two_server(void);
/* TEST gets two_settled() on that server. */
void two_add(const char *name, void (*test)(Two *two));

Two *two_new(Server *on);
/* The same, connected, and all is known. */
Two *two_settled(Server *on);
void two_free(Two *two);
void two_start(Two *two);
/* Until "work" shows ROWS, both accounts are connected and nothing waits. Reconnects as soon as that makes
 * sense, so that no back-off has to be waited for. */
void two_wait_settled(Two *two, const char *rows);
/* Moves, or copies, the five messages to home/Archive. */
void two_carry(Two *two, gboolean move);

/* APPENDs a message with HEADER of SIZE octets; ARGUMENTS: flags and date. */
void two_deliver(
	Other *other, const char *folder, const char *arguments, const char *header, gsize size);
/* "flags date checksum" of every message of FOLDER, sorted: everything that must arrive. */
char *two_all_of(Other *other, const char *folder);
/* Of lines, for qsort(). */
int two_compare_texts(gconstpointer a, gconstpointer b);
/* All of it is in home/Archive, once, beside what was there. */
void two_assert_arrived(Two *two);
/* Nothing of it is. */
void two_assert_only_first(Two *two);
void two_assert_same(Other *other, const char *folder, const char *expected);
