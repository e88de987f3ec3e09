/*
 * Which parts of a message the reader shows, how and in which order: a pure function of the tree and
 * of what the user likes better. It asks for no octets and looks at none.
 */
#pragma once

#include "mime/part.h"

typedef enum {
	/* Their octets are needed, see mime_show_needs_octets(): */
	MIME_SHOW_TEXT,
	MIME_SHOW_HTML,
	MIME_SHOW_CALENDAR,
	MIME_SHOW_VCARD,
	MIME_SHOW_PATCH,
	MIME_SHOW_REPORT,  /* delivery and disposition status (RFC 3464, 8098), feedback (5965) */
	MIME_SHOW_HEADERS, /* of the message that a report is about (RFC 6522 section 4) */
	MIME_SHOW_TNEF,
	/* What the tree says of them is enough: */
	MIME_SHOW_MESSAGE,    /* the fields of a message inside; the steps of its body follow */
	MIME_SHOW_SIGNED,     /* multipart/signed, or S/MIME with all inside; see COVERS */
	MIME_SHOW_ENCRYPTED,  /* multipart/encrypted, or S/MIME */
	MIME_SHOW_EXTERNAL,   /* its content is elsewhere and is never fetched */
	MIME_SHOW_PARTIAL,    /* a piece of a message that was sent in several */
	MIME_SHOW_IMAGE,      /* in the list of parts */
	MIME_SHOW_ATTACHMENT, /* in the list of parts */
	MIME_SHOW_LEFT_OUT,   /* PART has more to show than is shown at once; once, at the end */
} MimeShow;

typedef struct {
	MimeShow how;
	const MimePart *part; /* borrowed from the tree */
	gboolean named;       /* a line with its name comes before it */
	gboolean opened;      /* it was encrypted: not by the plan, by who opened it */
	/* SIGNED: how many of the steps that follow show what the first child of PART, the signed
	 * entity, holds; the second child is the signature. What is signed is the MIME header and the
	 * body of the entity as sent: BODY[n.MIME] and BODY[n]. 0 for S/MIME with all inside. */
	guint covers;
} MimeStep;

typedef struct {
	GArray *steps; /* MimeStep */
} MimePlan;

enum {
	/* What is shown without being asked for, besides the first text, which may have any size: */
	MIME_PLAN_PARTS = 40,
	MIME_PLAN_OCTETS_EACH = 256 * 1024,
	MIME_PLAN_OCTETS = 1024 * 1024,
	MIME_PLAN_MESSAGES = 5, /* inside of one another */
};

/* ROOT must outlive the plan. Never NULL. */
MimePlan *mime_choose(const MimePart *root, gboolean prefer_html);
void mime_plan_free(MimePlan *plan);

gboolean mime_show_needs_octets(MimeShow how);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimePlan, mime_plan_free)
