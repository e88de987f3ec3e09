/*
 * One signature as GPGME reports it, with what the user's GnuPG knows of its key, and the context that
 * all calls of GnuPG are made in. Local to the crypt files.
 */
#pragma once

#include "mime/crypt.h"

#include <gpgme.h>

/* Offline: without dirmngr, which alone of GnuPG's programs speaks with the network. */
gpgme_error_t crypt_context_new(const CryptTask *task, gpgme_ctx_t *out_context);

/* Looks the key up among the local ones: starts a process of GnuPG. */
CryptSignature *crypt_signature_new(const CryptTask *task, gpgme_signature_t signature);
void crypt_signature_free(gpointer signature);
