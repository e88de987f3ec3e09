/*
 * The password or the token of an account: from the config, or from a command of the user's that is
 * run without a shell and without waiting. Passwords are asked for once and kept; tokens expire, so
 * they are asked for at every login.
 */
#pragma once

#include "core/config.h"
#include "core/link.h"

typedef struct Secret Secret;

/* ERROR NULL: SECRET is there, borrowed until the next call on the Secret. */
typedef void (*SecretReady)(const LinkSecret *secret, const GError *error, gpointer user);

Secret *secret_new(const AccountConfig *config);
void secret_free(Secret *secret); /* stops a command that is running */

/* Asks; the answer comes from the main loop. While one is being asked for, more calls do nothing. */
void secret_get(Secret *secret, SecretReady ready, gpointer user);
/* What was given last, without asking anybody; NULL: nothing yet. */
const LinkSecret *secret_known(const Secret *secret);
/* The server refused it: the command is run again next time. */
void secret_forget(Secret *secret);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)
