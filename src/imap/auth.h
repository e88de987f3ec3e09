/*
 * One attempt to log in with one SASL mechanism: challenges in, replies out, both as base64. GNU SASL
 * does the mechanisms; XOAUTH2 and OAUTHBEARER (RFC 7628), one line each, are written here.
 */
#pragma once

#include "imap/session.h"

/* What the user has and who asks for it. Borrowed while an ImapAuth lives. */
typedef struct {
	const char *host, *user, *password, *token; /* as in ImapSessionConfig */
	const char *mechanisms;
	gboolean encrypted;            /* nobody can read along */
	const char *exporter, *unique; /* channel binding data in base64, or NULL */
} ImapCredentials;

/* Stands for the LOGIN command in the list of mechanisms. */
#define IMAP_AUTH_LOGIN_COMMAND "LOGIN command"

/* TRUE: the server needs something of the password for it that it may not have. */
gboolean imap_auth_is_hashed(const char *mechanism);

/* What to try, best first, of what CAPS offers and WHO has something for. The caller's. */
GPtrArray *imap_auth_choose(const ImapCredentials *who, const ImapCaps *caps);

typedef struct ImapAuth ImapAuth;

/* NULL with ERR_AUTH when the mechanism can't be used. */
ImapAuth *imap_auth_new(const char *mechanism, const ImapCredentials *who,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
void imap_auth_free(ImapAuth *auth);

/* The initial response in base64, "" for an empty one; NULL when the server speaks first. Borrowed. */
const char *imap_auth_initial(const ImapAuth *auth);
/* TRUE: with the initial response all is said, so that more may be sent behind it. */
gboolean imap_auth_is_single(const ImapAuth *auth);
/* The reply to CHALLENGE, base64. NULL with ERR_AUTH when it makes no sense or when the server did
 * not prove that it knows the password: then the exchange must be cancelled, and nothing weaker be
 * tried with the same password. The caller's. */
char *imap_auth_reply(
	ImapAuth *auth, const char *challenge, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: an OK of the server is not to be believed yet. */
gboolean imap_auth_is_complete(const ImapAuth *auth);
/* Why the server refused, from an error challenge of RFC 7628; NULL. Borrowed. */
const char *imap_auth_reason(const ImapAuth *auth);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapAuth, imap_auth_free)
