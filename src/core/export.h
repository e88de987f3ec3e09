/* Parts that are being taken out of the mail (engine.h), as the engine drives them. */
#pragma once

#include "core/engine-private.h"

/* Once per turn: each connection brings one export at a time, the oldest first. What is not in the open
 * folder goes on beside it, on the carrier of its account. */
void exports_settle(Engine *engine);
/* TRUE when one of them is at work and does not wait for anything else. */
gboolean exports_are_busy(const Engine *engine);
