/* PGP inside plain text (RFC 9580 sections 6.2 and 7): where its blocks begin and end. */
#pragma once

#include <glib.h>

typedef enum {
	ARMOR_SIGNED, /* "BEGIN PGP SIGNED MESSAGE" to the end of its signature */
	ARMOR_SEALED, /* "BEGIN PGP MESSAGE" to its end */
} ArmorKind;

typedef struct {
	ArmorKind kind;
	gsize start, len; /* octets, whole lines */
} ArmorBlock;

/* The next whole block at or behind FROM. FALSE: there is none. */
gboolean armor_next(const char *text, gsize len, gsize from, ArmorBlock *out_block);

/* ARMORED as GnuPG takes it: 2.2 calls armour damaged that has neither a checksum, which is optional (RFC 9580 section
 * 6.1), nor padding, so such a block is handed over without its armour. The caller's. */
GBytes *armor_for_gnupg(GBytes *armored);
