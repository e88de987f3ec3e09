/*
 * One section of one message, brought from the server whole: in pieces of 256 KiB, two asked for at a
 * time, handed on in order as they come. After a cut it goes on where it was. While its folder is not
 * open it waits, or goes on by a connection beside (core/carrier.h); what was asked for before the folder
 * was left is taken as it comes.
 *
 * Of base64 the server is asked for what it means (BINARY, RFC 3516), a quarter less, where it offers that. What
 * comes is believed only when its length is that of the whole; else, and when the server refuses, it all comes
 * again as it was sent. So a part is of one kind from its beginning to its end.
 */
#pragma once

#include "core/engine-private.h"

typedef struct Download Download;

typedef struct {
	/* The next octets; download_is_decoded() says of what kind. */
	void (*piece)(const char *bytes, gsize len, gpointer user);
	/* What came is void: it begins anew, and not decoded. NULL where nothing is BASE64. */
	void (*again)(gpointer user);
	/* The end, once and last: ERROR NULL when all has come. DOWNLOAD may be freed from inside. */
	void (*over)(const GError *error, gpointer user);
} DownloadOwner;

typedef struct {
	EngineFolderId folder;
	guint32 uid, uidvalidity; /* of the folder when UID was taken; 0: not known */
	const char *section;      /* copied */
	guint64 size;             /* octets as the server says; it may err. 0: not known */
	guint64 max;              /* no more than this is asked for */
	gboolean anywhere;        /* also while its folder is not open */
	gboolean base64;          /* this is its encoding, and it may come decoded */
} DownloadWish;

Download *download_new(
	Engine *engine, const DownloadWish *wish, const DownloadOwner *owner, gpointer user);
void download_free(Download *download); /* stops it; nobody is called any more */

/* The connection that it is or could be working on; NULL: there is none now. */
Link *download_link(const Download *download);
/* There is none, and none is on its way. */
gboolean download_is_waiting(const Download *download);
/* Once per turn in which it may work: asks for what comes next. */
void download_settle(Download *download);
/* Octets as sent that are here. */
guint64 download_here(const Download *download);
/* What comes has no transfer encoding any more. */
gboolean download_is_decoded(const Download *download);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Download, download_free)
