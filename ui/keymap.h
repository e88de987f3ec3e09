/*
 * Which keys mean which command in which view: the defaults of the action table and the user's
 * [keys] over them. A binding of one view goes before one of all views, the user's before ours.
 */
#pragma once

#include "action.h"
#include "key.h"

#include <glib.h>

typedef struct Keymap Keymap;

Keymap *keymap_new(void); /* with the defaults */
void keymap_free(Keymap *keymap);

/* Binds KEYS ("g g") to COMMAND ("move Archive"; "" takes the binding away) in the VIEWS of the
 * mask. FALSE with ERR_INPUT when either makes no sense. */
gboolean keymap_bind(Keymap *keymap, guint views, const char *keys, const char *command,
	GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	KEYMAP_NONE, /* means nothing here; keys so far are forgotten */
	KEYMAP_MORE, /* the start of a sequence */
	KEYMAP_COMMAND,
} KeymapAnswer;

/* The next key. *OUT_COMMAND is borrowed until the keymap changes. */
KeymapAnswer keymap_feed(Keymap *keymap, ViewKind view, Key key, const char **out_command);
/* Keys of a sequence begun, "" when none; for the status line. */
const char *keymap_pending(const Keymap *keymap);
void keymap_forget(Keymap *keymap);

/* The keys that carry out ACTION in VIEW (without argument), best first: "d", or "j, Down" when
 * ALL. NULL when there is none. The caller's. */
char *keymap_keys_of(const Keymap *keymap, ActionId action, ViewKind view, gboolean all);
/* The user's bindings, for the help page: FALSE past the end. */
gboolean keymap_user_at(const Keymap *keymap, guint i, guint *out_views, const char **out_keys,
	const char **out_command);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keymap, keymap_free)
