/*
 * GPGME passes no passphrase to gpgsm. So before something is decrypted by S/MIME, the agent is
 * asked whether the key is locked, and if so to make a signature with it, which goes nowhere: that
 * makes the agent ask us, and it remembers the answer for gpgsm. Local to the crypt files.
 */
#pragma once

#include "mime/crypt.h"

/* Blocks. FALSE when a key that TASK needs stayed locked: *OUT_WRONG says whether a passphrase was given. */
gboolean crypt_unlock(const CryptTask *task, gboolean *out_wrong);
