/*
 * Cuts a message into its parts without copying or decoding anything: what a signature covers are
 * octets (RFC 1847 section 2.1), and whoever checks one must not have read, mended and written them
 * again before. For everything else there is a parser that understands more.
 */
#pragma once

#include <glib.h>

/* Borrowed from the octets that it was cut from. */
typedef struct {
	const char *octets; /* the header, the empty line and the body */
	gsize len;
	gsize body; /* where in OCTETS the body begins; LEN when there is none */
} MimeEntity;

MimeEntity mime_entity(const char *octets, gsize len);

/* "multipart/signed", in lower case; "text/plain" when it is not said (RFC 2045 section 5.2). The
 * caller's. */
char *mime_entity_type(const MimeEntity *entity);
/* A parameter of Content-Type, unquoted; NULL when there is none. The caller's. */
char *mime_entity_param(const MimeEntity *entity, const char *name);
/* The value of a field as it stands, unfolded; the first of that name, NULL: none. The caller's. */
char *mime_entity_field(const MimeEntity *entity, const char *name);
/* How many fields have that name. */
guint mime_entity_field_count(const MimeEntity *entity, const char *name);

/* The parts of a multipart, MimeEntity, at most MAX; empty when it has no boundary. The line end
 * before a boundary belongs to the boundary. Free with g_array_unref(). */
GArray *mime_entity_children(const MimeEntity *entity, guint max);

/* The body without its Content-Transfer-Encoding. */
GBytes *mime_entity_decoded(const MimeEntity *entity);
