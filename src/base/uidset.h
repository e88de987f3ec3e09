/*
 * A set of UIDs as sorted, disjoint ranges, so that "every message of a million" is one range.
 *
 * UIDs are 1 to 4294967295 (RFC 3501 section 2.3.1.1). A set is never expanded into single numbers
 * on behalf of a server; who walks one walks ranges, or asks for a limit.
 */
#pragma once

#include <glib.h>

typedef struct UidSet UidSet;

typedef struct {
	guint32 first;
	guint32 last; /* inclusive, >= first */
} UidRange;

UidSet *uidset_new(void);
UidSet *uidset_new_range(guint32 first, guint32 last);
UidSet *uidset_copy(const UidSet *set);
void uidset_free(UidSet *set);
void uidset_clear(UidSet *set);

void uidset_add(UidSet *set, guint32 uid);
void uidset_add_range(
	UidSet *set, guint32 first, guint32 last); /* in either order; 0 is left out */
void uidset_add_set(UidSet *set, const UidSet *other);
void uidset_remove(UidSet *set, guint32 uid);
void uidset_remove_range(UidSet *set, guint32 first, guint32 last);
void uidset_remove_set(UidSet *set, const UidSet *other);
UidSet *uidset_intersect(const UidSet *a, const UidSet *b);

gboolean uidset_contains(const UidSet *set, guint32 uid);
gboolean uidset_is_empty(const UidSet *set);
gboolean uidset_equal(const UidSet *a, const UidSet *b);
guint64 uidset_count(const UidSet *set);
guint32 uidset_min(const UidSet *set); /* 0 when empty */
guint32 uidset_max(const UidSet *set); /* 0 when empty */
/* The first member above (below) UID; 0 when there is none. */
guint32 uidset_next(const UidSet *set, guint32 uid);
guint32 uidset_previous(const UidSet *set, guint32 uid);

/* The ranges in rising order, borrowed until the set changes. */
const UidRange *uidset_ranges(const UidSet *set, guint *out_n);

/* "1:3,7"; an empty set gives "". The RFC 3501 sequence-set form. */
char *uidset_to_string(const UidSet *set);
/* Takes the same form, ranges in any order, no "*" and no 0. NULL with ERR_PROTOCOL otherwise, and
 * when there are more than MAX_RANGES ranges (ERR_LIMIT). */
UidSet *uidset_parse(
	const char *text, gsize len, guint max_ranges, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(UidSet, uidset_free)
