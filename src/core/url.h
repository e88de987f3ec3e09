/* The imap line of an account: where the server is and how the line to it is secured. */
#pragma once

#include "net/stream.h"

/*
 *   imaps://USER@HOST[:PORT]          TLS from the first byte, port 993
 *   imap://USER@HOST[:PORT]           STARTTLS, required, port 143
 *   imap+insecure://USER@HOST[:PORT]  no TLS, loopback only, port 143
 *
 * USER may hold %XX and '@'; HOST may be an IPv6 address in brackets. Fills the three; FALSE with a
 * sentence in ERR_CONFIG.
 */
gboolean url_parse(const char *url, NetTarget *out_target, char **out_user,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;
