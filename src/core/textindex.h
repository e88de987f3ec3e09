/*
 * Makes the words of the messages whose bodies are here findable (store/search.h): sender, recipients,
 * subject and text, one message after the other, in slices behind all that the user does. In the same way
 * the rows go that a folder has left behind which was removed or has another UIDVALIDITY.
 */
#pragma once

#include "core/core.h"

typedef struct TextIndex TextIndex;

TextIndex *textindex_new(Core *core);
void textindex_free(TextIndex *index);
/* Once per turn: begins when there is something to do. */
void textindex_settle(TextIndex *index);
gboolean textindex_is_idle(const TextIndex *index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextIndex, textindex_free)
