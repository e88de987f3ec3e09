/* What a server says it can (RFC 3501 section 7.2.1): the names that we act on as bits. */
#pragma once

#include <glib.h>

typedef enum {
	CAP_IMAP4REV1,
	CAP_IMAP4REV2,
	CAP_STARTTLS,
	CAP_LOGINDISABLED,
	CAP_SASL_IR,
	CAP_ID,
	CAP_ENABLE,
	CAP_IDLE,
	CAP_NOTIFY,
	CAP_CONDSTORE,
	CAP_QRESYNC,
	CAP_UIDPLUS,
	CAP_MOVE,
	CAP_UNSELECT,
	CAP_NAMESPACE,
	CAP_CHILDREN,
	CAP_LIST_EXTENDED,
	CAP_LIST_STATUS,
	CAP_SPECIAL_USE,
	CAP_ESEARCH,
	CAP_SEARCHRES,
	CAP_SORT,
	CAP_THREAD_REFERENCES,
	CAP_LITERAL_PLUS,
	CAP_LITERAL_MINUS,
	CAP_UTF8_ACCEPT,
	CAP_COMPRESS_DEFLATE,
	CAP_BINARY,
	CAP_XLIST,
	CAP_GMAIL,
	CAP_LAST
} Cap;

typedef struct ImapCaps ImapCaps;

ImapCaps *imap_caps_new(void);
void imap_caps_free(ImapCaps *caps);
/* Forgets all and takes ATOMS, names separated by blanks. */
void imap_caps_set(ImapCaps *caps, const char *atoms);
void imap_caps_clear(ImapCaps *caps);
gboolean imap_caps_known(const ImapCaps *caps); /* a CAPABILITY was seen since the last clear */
gboolean imap_caps_has(const ImapCaps *caps, Cap cap);
/* It was offered, and the server does not know it. */
void imap_caps_drop(ImapCaps *caps, Cap cap);
/* TRUE when AUTH=MECHANISM was offered. */
gboolean imap_caps_has_auth(const ImapCaps *caps, const char *mechanism);
/* The most octets that a message may have to be appended (APPENDLIMIT=N, RFC 7889); 0: it is not said, or
 * may be another in each mailbox. */
guint64 imap_caps_append_limit(const ImapCaps *caps);
/* All names, separated by one blank. Borrowed. */
const char *imap_caps_text(const ImapCaps *caps);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapCaps, imap_caps_free)
