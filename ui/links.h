/*
 * The links of a message on their way out of it: what may leave, as which bytes, and what a user must be
 * asked before. Pure: it runs nothing.
 */
#pragma once

#include <glib.h>

/* TARGET, any bytes of a message, as an address that a program may be given: of http, https or mailto,
 * ASCII only, the host in its ASCII form (RFC 3492), nothing in it that a shell would take for a quote,
 * a variable or a command; of mailto without fields that attach files or that nobody sees. NULL with ERR_INPUT. The caller's. */
char *link_url(const char *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where a URL of link_url() leads to: "example.org". The caller's. */
char *link_host(const char *url);
/* TRUE when a host may be read for another one: "https://bank.example@evil.example/", letters of
 * other scripts. */
gboolean link_is_odd(const char *url);

/* The sequence that puts TEXT into the clipboard of the terminal, over SSH too (OSC 52). */
char *link_copy_bytes(const char *text);
