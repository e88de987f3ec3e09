/*
 * Opens signed and encrypted messages (mime/secure.h) on a thread of its own, since GnuPG takes its time:
 * one at a time, each with a limit. All functions belong to the main thread, and so do the calls back, which
 * come from the main loop and never from inside a function here.
 */
#pragma once

#include "mime/secure.h"

typedef struct Opener Opener;
typedef struct OpenerJob OpenerJob;

typedef struct {
	/* The job is over and gone. MESSAGE is the callee's. */
	void (*done)(SecureMessage *take_message, gpointer user);
	/* The key that WHOM describes is locked. The job waits for opener_answer(). AGAIN: the last
	 * answer was wrong. */
	void (*ask)(const char *whom, gboolean again, gpointer user);
} OpenerCalls;

Opener *opener_new(void);
/* No job may be left. A GnuPG that does not end at once ends behind us. */
void opener_free(Opener *opener);

/* MESSAGE: all of it, as on the wire; a message inside of another may be in ENCODING, else NULL. CALLS is static. AGENT_ASKS: of PGP keys GnuPG's agent asks
 * for the passphrase, in its own way. */
OpenerJob *opener_open(Opener *opener, GBytes *message, const char *encoding, gboolean agent_asks,
	const OpenerCalls *calls, gpointer user);
/* SECRET is copied, and the copy wiped after its use; NULL: there is none. */
void opener_answer(OpenerJob *job, const char *secret);
/* Stops GnuPG; nobody is called back. Takes NULL. */
void opener_drop(OpenerJob *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Opener, opener_free)
