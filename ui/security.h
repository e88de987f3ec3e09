/*
 * What the reader says of a message's signatures and encryption, and the question for a passphrase.
 */
#pragma once

#include "app.h"
#include "pager.h"

/* Adds the line of the head, and with MORE what there is to say besides. */
void security_add(Pager *pager, const EngineReading *reading, gboolean more);

/* Asks for the passphrase of the key that WHOM describes and answers the engine. READING lives until
 * security_forget(). An open prompt is left alone: then FALSE. */
typedef struct Security Security;
Security *security_new(App *app);
void security_free(Security *security);
gboolean security_ask(Security *security, EngineReading *reading, const char *whom, gboolean again);
/* READING goes away. */
void security_forget(Security *security);
