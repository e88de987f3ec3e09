/*
 * A host and a port become a connected socket: GIO resolves, tries both address families and goes
 * through the proxies of the system. Nothing blocks.
 */
#pragma once

#include "net/stream.h"

#include <gio/gio.h>

typedef struct Dial Dial;

/* Exactly one of CONNECTION (borrowed) and ERROR is given. DIAL is freed after the call. */
typedef void (*DialDone)(GSocketConnection *connection, const GError *error, gpointer user);

Dial *dial_start(const NetTarget *target, DialDone done, gpointer user);
/* Gives up; DONE will not be called. */
void dial_cancel(Dial *dial);

/* Gives up for lack of time after SECONDS: where it was, as the error to report. */
GError *dial_timed_out(const Dial *dial, double seconds);

/* ERR_POLICY unless ADDRESS is a loopback address: the only place for NET_PLAIN. */
gboolean dial_check_loopback(
	GSocketAddress *address, const char *host, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for a HOST that is a literal address, before anything is sent; names pass. */
gboolean dial_check_literal(const char *host, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "192.0.2.1:993" or "[2001:db8::1]:993"; the caller's. */
char *dial_show_address(GSocketAddress *address);
