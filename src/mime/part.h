/*
 * The parts of a message as a plain tree, whoever described them: a server's BODYSTRUCTURE (core/convert)
 * or the message itself (mime/message). Of words that the grammar takes in any case all letters are
 * small; what people read is decoded.
 */
#pragma once

#include <glib.h>

/* What the reader says of a message inside of another one. Decoded, "" where nothing was said. */
typedef struct {
	char *from, *to, *cc, *date, *subject;
} MimeEnvelope;

typedef struct MimePart MimePart;
struct MimePart {
	MimePart *parent;    /* NULL at the top */
	GPtrArray *children; /* MimePart, owned; of multipart; the one body of message/rfc822 */
	guint place;         /* among PARENT's children */
	guint index;         /* its place in the walk of the tree from the top down, 0: the top */
	guint depth;         /* 0: the top */
	char *type, *subtype;
	char *section;          /* as BODY[section] wants it, see ImapPart; "1" and so on */
	char *encoding;         /* as written, or NULL */
	char *disposition;      /* or NULL */
	char *id;               /* Content-ID with its angle brackets, or NULL */
	char *name;             /* the file name, "" when there is none; not fit to be a path */
	char *description;      /* "" when there is none */
	GPtrArray *params;      /* names and values of Content-Type by turns */
	guint64 octets;         /* as sent; of a multipart 0 when it is not known */
	guint64 offset;         /* where its content begins in the message, when that is here */
	MimeEnvelope *envelope; /* of message/rfc822, or NULL */
	gboolean attachment;    /* something to save rather than to read: mime_is_attachment() */
	gboolean cut;           /* it had more children than are here */
};

enum {
	MIME_PARTS_MAX = 1000, /* in one tree; the rest is left out and said so (CUT) */
	MIME_DEPTH_MAX = 50,
	MIME_PARAMS_MAX = 200, /* of one part; the rest is left out */
};

/* A part below PARENT (NULL: the top of a new tree, which the caller owns); NULL when the tree has
 * as many parts as it may have, or is that deep: PARENT->cut is set then. */
MimePart *mime_part_new(MimePart *parent, const char *type, const char *subtype);
/* With all that is below; only for the top. */
void mime_part_free(MimePart *root);

/* In the order in which they stand, also in the forms of RFC 2231. */
void mime_part_add_param(MimePart *part, const char *name, const char *value);
/* The value of a parameter of Content-Type, NULL when there is none. */
const char *mime_part_param(const MimePart *part, const char *name);

/* What a part is by its own words, in any case; each may be NULL. FILENAME: its disposition has one. ID: it
 * has a Content-ID. */
typedef struct {
	const char *type, *subtype, *disposition;
	gboolean filename, id;
} MimeWords;
/* TRUE when it is something to save rather than to read. */
gboolean mime_is_attachment(const MimeWords *words);

/* SUBTYPE NULL: any. */
gboolean mime_part_is(const MimePart *part, const char *type, const char *subtype);
/* A message with a header and a body of its own. */
gboolean mime_part_is_message(const MimePart *part);
/* Its octets are base64 or quoted-printable. A message may not be (RFC 2046 section 5.2.1), and yet some
 * are: what a server says of their parts means nothing. */
gboolean mime_part_is_encoded(const MimePart *part);
/* "image/png". The caller's. */
char *mime_part_type(const MimePart *part);
/* The file name, else the description, else "". */
const char *mime_part_title(const MimePart *part);
/* The next part in the walk of the tree, NULL at its end. */
const MimePart *mime_part_next(const MimePart *part);
/* NULL when there is none. */
const MimePart *mime_part_at(const MimePart *root, guint index);
guint mime_part_count(const MimePart *root);

MimeEnvelope *mime_envelope_new(void);
void mime_envelope_free(MimeEnvelope *envelope);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimePart, mime_part_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeEnvelope, mime_envelope_free)
