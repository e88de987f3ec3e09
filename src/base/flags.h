/*
 * The flags of one message (RFC 3501 section 2.3.2) as a small value: the system flags and the
 * keywords that have a registered meaning are bits, every other keyword is kept by name.
 *
 * A FlagSet owns its keywords; flagset_clear() frees them. {0} is the empty set.
 */
#pragma once

#include <glib.h>

typedef enum {
	FLAG_SEEN = 1 << 0,
	FLAG_ANSWERED = 1 << 1,
	FLAG_FLAGGED = 1 << 2,
	FLAG_DELETED = 1 << 3,
	FLAG_DRAFT = 1 << 4,
	FLAG_RECENT = 1 << 5, /* the server's alone: never sent */
	FLAG_FORWARDED = 1 << 6,
	FLAG_JUNK = 1 << 7,
	FLAG_NOT_JUNK = 1 << 8,
	FLAG_MDN_SENT = 1 << 9,
	FLAG_PHISHING = 1 << 10,
	FLAG_IMPORTANT = 1 << 11,
} FlagBit;

typedef struct {
	guint32 bits;
	char **keywords; /* sorted, without duplicates, NULL when there are none */
} FlagSet;

void flagset_clear(FlagSet *set);
FlagSet flagset_copy(const FlagSet *set);
gboolean flagset_equal(const FlagSet *a, const FlagSet *b);
gboolean flagset_is_empty(const FlagSet *set);

/* NAME as on the wire, "\Seen" or "$Forwarded" or any keyword; case does not matter for bits. A
 * name that is no atom, or longer than 100 bytes, is left out; so is what exceeds 100 keywords. */
void flagset_add_name(FlagSet *set, const char *name, gsize len);
void flagset_add_set(FlagSet *set, const FlagSet *other);
void flagset_remove_set(FlagSet *set, const FlagSet *other);

/* "\Seen \Flagged $Forwarded todo"; without \Recent. The wire and the databases write this. */
char *flagset_to_string(const FlagSet *set);
/* Reads names separated by blanks. */
FlagSet flagset_parse(const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FlagSet, flagset_clear)
