/*
 * What is said to the user of a message's signatures and encryption: pure words. They hold names from
 * keys, so they go through text_clean() like everything from outside.
 */
#pragma once

#include "mime/secure.h"

typedef enum {
	SECURE_NONE,   /* neither signed nor encrypted */
	SECURE_GOOD,   /* all of it is signed by the sender, whose key the user's GnuPG trusts */
	SECURE_UNSURE, /* something of that is missing */
	SECURE_BAD,    /* something is wrong: changed, revoked, distrusted */
} SecureLevel;

typedef struct {
	SecureLevel level;
	char *summary;      /* "signed by Grace Hopper, good" */
	GPtrArray *details; /* lines, one fact each: keys, dates, what is covered and what is not */
} SecureVerdict;

SecureVerdict *secure_judge(const SecureMessage *message);
/* SHOWN: MimeField (mime/header.h) that the server gave as the header of MESSAGE, in another answer than the octets
 * that were opened. VERDICT then says what of sender, recipients, date and subject was another, and is not GOOD. */
void secure_compare(SecureVerdict *verdict, const SecureMessage *message, const GPtrArray *shown);
void secure_verdict_free(SecureVerdict *verdict);

/* TRUE when the pieces are not all covered alike: then each one is told from the others. */
gboolean secure_is_mixed(const SecureMessage *message);
/* What covers the piece of LAYER: "encrypted; signed by Grace Hopper, good" or "not signed". The caller's. */
char *secure_rule(const SecureMessage *message, gint layer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecureVerdict, secure_verdict_free)
