/*
 * Errors of the whole engine: one domain whose code answers two questions that every caller has,
 * how far does it reach and does it make sense to try again.
 *
 * The message of an error is a sentence for the user: what happened, to what, and what to do next
 * where something can be done. It may hold bytes from outside; whoever shows it sends it through
 * text_clean() as everything else.
 */
#pragma once

#include <glib.h>

#define ERR_DOMAIN (err_domain_quark())

typedef enum {
	ERR_CANCELLED,   /* the user or a shutdown asked for it */
	ERR_CONFIG,      /* the config file says something that can't be followed */
	ERR_INPUT,       /* an argument of the user's makes no sense */
	ERR_RESOLVE,     /* the host has no address */
	ERR_CONNECT,     /* the host did not take the connection */
	ERR_CLOSED,      /* the peer closed, or the line was cut */
	ERR_TIMEOUT,     /* the peer did not answer within its deadline */
	ERR_TLS,         /* TLS failed for another reason than the certificate */
	ERR_CERTIFICATE, /* the certificate is not acceptable */
	ERR_POLICY,      /* going on would break the TLS policy */
	ERR_AUTH,        /* the server refused the credentials */
	ERR_NO_SECRET,   /* there is no password or token, or the command for it failed */
	ERR_PROTOCOL,    /* the server said something that can't be followed */
	ERR_LIMIT,       /* something from outside is larger than we take */
	ERR_NO,          /* the server answered NO to one command */
	ERR_BAD,         /* the server answered BAD to one command */
	ERR_BUSY,    /* the server asks to come back later (RFC 5530 UNAVAILABLE, INUSE, LIMIT) */
	ERR_GONE,    /* the message or the folder is no longer there */
	ERR_DISK,    /* a file could not be read or written */
	ERR_CORRUPT, /* a database is damaged */
	ERR_DECODE,  /* a message could not be decoded */
} ErrCode;

/* How far an error reaches. */
typedef enum {
	ERR_REACH_ACTION,  /* this one request */
	ERR_REACH_FOLDER,  /* this folder until it is selected again */
	ERR_REACH_LINK,    /* this connection */
	ERR_REACH_ACCOUNT, /* every connection of the account, until the user changes something */
	ERR_REACH_PROGRAM,
} ErrReach;

/* When it makes sense to try the same thing again. */
typedef enum {
	ERR_RETRY_NOW,
	ERR_RETRY_LATER, /* with back-off */
	ERR_RETRY_NEVER, /* not before the user has changed something */
} ErrRetry;

GQuark err_domain_quark(void);

/* Both take NULL and errors of other domains: those reach the action and are not retried. */
ErrReach err_reach(const GError *error);
ErrRetry err_retry(const GError *error);

/* TRUE when ERROR is of our domain and has CODE. */
gboolean err_is(const GError *error, ErrCode code);

/* Sets *ERROR unless ERROR is NULL; always returns FALSE, so that callers can return it. A message
 * without a full stop gets one. */
gboolean err_set(GError **error, ErrCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);
