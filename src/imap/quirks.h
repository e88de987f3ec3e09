/*
 * How real servers deviate, as named fields: set from the greeting, the answer to ID and the
 * capabilities. Nothing else in the program asks which server it talks to.
 */
#pragma once

#include "imap/caps.h"

typedef struct {
	gint64 idle_renew;     /* microseconds after which IDLE is broken; 0: as configured */
	gsize command_octets;  /* longest command that is taken */
	guint moved_at_once;   /* most messages in one MOVE or COPY; 0: any number */
	guint list_step;       /* where the ladder of LIST begins (encode.h) */
	gboolean no_sasl_ir;   /* offers SASL-IR and breaks on an initial response */
	gboolean no_esearch;   /* offers ESEARCH and answers without the UIDs */
	gboolean quiet_append; /* tells of a message appended to the open mailbox after NOOP only */
	gboolean serverbug_is_busy; /* says SERVERBUG for what passes by itself */
	gboolean no_qresync;        /* offers QRESYNC and keeps changes back */
	gboolean no_ahead;          /* loses what was sent behind a login before its answer */
	gboolean no_binary;         /* offers BINARY and does not decode right */
} ImapQuirks;

/* The defaults: no deviation. */
void imap_quirks_init(ImapQuirks *quirks);
/* WORDS is a greeting or what ID answered. Adds to what was recognised before. */
void imap_quirks_learn_words(ImapQuirks *quirks, const char *words);
void imap_quirks_learn_caps(ImapQuirks *quirks, const ImapCaps *caps);

/* TRUE when TEXT, of a NO, means what BAD would: the server does not know the command. */
gboolean imap_quirks_is_unknown(const char *text);

/* TRUE when TEXT, of a NO, BAD or BYE, means what UNAVAILABLE and LIMIT of RFC 5530 would: come back later,
 * in *OUT_SECONDS. */
gboolean imap_quirks_is_busy(const char *text, guint *out_seconds);
