/*
 * A message taken apart along its signatures and encryption: PGP/MIME (RFC 3156), S/MIME (RFC 8551)
 * and PGP inside plain text. What comes out are pieces in the order of the message, each a whole MIME
 * entity that is covered by exactly the layers it names. Pieces are rendered one by one and never
 * put together again, so that nothing outside a layer can enclose what is inside (EFAIL).
 */
#pragma once

#include "mime/crypt.h"
#include "mime/part.h"

typedef struct {
	CryptProtocol protocol;
	gboolean sealed; /* encrypted, decrypted or not */
	gint outer;      /* the layer that this one is inside of, -1: none */
	CryptResult *result;
} SecureLayer;

typedef struct {
	gint layer;     /* the innermost that covers it, -1: none does */
	GBytes *entity; /* header, empty line, body; NULL: the layer's error is all there is */
	MimePart *tree; /* its parts, or NULL: this takes its time where it is large */
} SecurePiece;

/* A header field that a layer covers (RFC 9788, or protected-headers="v1" before it), for display
 * instead of the outer one. */
typedef struct {
	char *name;
	char *value; /* raw, unfolded */
} SecureField;

typedef struct {
	GArray *layers;       /* SecureLayer; empty: there is nothing to check */
	GArray *pieces;       /* SecurePiece */
	GPtrArray *header;    /* MimeField (mime/header.h), of the very octets that were opened */
	GArray *fields;       /* SecureField, of a layer around all of the message */
	char *sender;         /* the address of the From field; NULL when it has none or several */
	char *covered_sender; /* that of the protected From field, or NULL */
	gboolean cut;         /* there were more pieces than are kept */
} SecureMessage;

typedef struct {
	CryptAsk ask;
	gpointer ask_user;
	gboolean agent_asks; /* of PGP keys GnuPG's agent asks, in its own way */
	const char *gpgsm;   /* the program to run as gpgsm, NULL: that of GnuPG */
} SecureSetup;

/* TRUE when OCTETS, the start of a text as sent, may hold PGP inside of it. */
gboolean secure_is_inline(const char *octets, gsize len);

/* Blocks: for a thread of its own. MESSAGE is the whole message as on the wire. Never NULL; what is
 * not finished when STOP is wanted has errors. */
SecureMessage *secure_open(GBytes *message, const SecureSetup *setup, CryptStop *stop);
void secure_free(SecureMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecureMessage, secure_free)
