/*
 * A body structure as text and back, for the cache: the form is that of BODYSTRUCTURE on the wire,
 * with every string quoted or a literal.
 */
#pragma once

#include "imap/response.h"

typedef struct ImapStructure ImapStructure; /* owns one tree of parts */

char *imap_structure_to_text(const ImapPart *part, gsize *out_len);
/* NULL when TEXT is not a structure. */
ImapStructure *imap_structure_from_text(const char *text, gsize len);
void imap_structure_free(ImapStructure *structure);
/* The tree, borrowed from STRUCTURE. */
const ImapPart *imap_structure_root(const ImapStructure *structure);

/* The value of the parameter NAME (ASCII case does not matter), or NULL. RFC 2231 continuations
 * are left as they are; mime/header decodes them. */
const char *imap_params_get(const ImapParams *params, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapStructure, imap_structure_free)
