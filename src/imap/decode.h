/*
 * From the tree of a line to the structs of imap/response.h. One decoder per response, each in the
 * file that its name says; all are pure and take whatever a server writes.
 */
#pragma once

#include "imap/node.h"
#include "imap/parser.h"
#include "imap/response.h"

typedef struct {
	ImapArena *arena;
	const ImapLimits *limits;
	ImapResponse *response;
	gboolean too_big; /* a set was larger than the limits: leaving it out would be a lie */
} ImapDecoder;

/* The first words of a line say what it is. */
typedef struct ImapForm ImapForm;

typedef struct {
	const ImapForm *form; /* NULL: not known */
	gboolean untagged;    /* the line began with "*" */
	guint32 number;       /* "* 12 EXISTS": 12 */
	ImapBytes tag;        /* without "*" */
	char *rest;           /* what follows the name, in the line */
	gsize rest_len;
} ImapHead;

/* LINE has a NUL behind it. Only what follows a head with a tree can hold literals: garbage without
 * "*" in front of it has none. */
void imap_head_read(char *line, gsize len, ImapHead *out_head);
gboolean imap_head_has_tree(const ImapHead *head);
gboolean imap_head_is_fetch(const ImapHead *head);

/* Fill the response: from the rest of the line as it is, or from its tree. FALSE when it could not
 * be understood. */
gboolean imap_response_from_text(ImapDecoder *decoder, const ImapHead *head);
gboolean imap_response_from_tree(ImapDecoder *decoder, const ImapHead *head, ImapCursor line);
/* Frees what is not in the arena; all is zero afterwards. */
void imap_response_clear(ImapResponse *response);

/* response-code.c: the text behind OK, NO ..., with a code in brackets or without. */
void imap_code_decode(ImapDecoder *decoder, ImapBytes text);

/* search.c: the sets that SEARCH and VANISHED write as text, and ESEARCH in a tree. */
gboolean imap_search_decode(ImapDecoder *decoder, ImapBytes text);
gboolean imap_vanished_decode(ImapDecoder *decoder, ImapBytes text);
gboolean imap_esearch_decode(ImapDecoder *decoder, ImapCursor line);

/* mailbox.c */
gboolean imap_list_decode(ImapDecoder *decoder, ImapCursor line);
gboolean imap_mailbox_status_decode(ImapDecoder *decoder, ImapCursor line);
gboolean imap_namespace_decode(ImapDecoder *decoder, ImapCursor line);

/* fetch.c. LINE holds what follows "FETCH". Never fails: what can't be understood is left out. */
void imap_fetch_decode(ImapDecoder *decoder, guint32 position, ImapCursor line);
/* The items in their parentheses, or without, as a broken server may have it. */
ImapCursor imap_fetch_items(ImapCursor line);
/* The section that the item NAME asked for, where its data begin and whether they are binary, when NAME is
 * one of those that hold text of the message: BODY[...]<n>, BINARY[...], RFC822 ... Nothing else of *OUT_BODY
 * is touched. */
gboolean imap_fetch_get_section(ImapArena *arena, ImapNode *name, ImapBody *out_body);
/* The UID among the first of ITEMS, 0 if it is not there. */
guint32 imap_fetch_find_uid(ImapCursor items);

/* envelope.c, part.c: NULL when NODE can't be understood. */
const ImapEnvelope *imap_envelope_decode(ImapArena *arena, ImapNode *node);
const ImapPart *imap_part_decode(ImapArena *arena, ImapNode *node);

/* Names and values in pairs; one without a name is left out. */
ImapParams imap_params_decode(ImapArena *arena, ImapNode *node);
/* Adds the members of a list. */
void imap_flags_decode(FlagSet *flags, const ImapNode *node);
