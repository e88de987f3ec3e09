/*
 * A running Postern among others that have the same state directory: a number, and the lock of the
 * file instance-NUMBER.lock, which the kernel holds as long as the program lives, however it ends.
 * The file goes with the program, or when another finds that it was left behind.
 */
#pragma once

#include <glib.h>

typedef struct Instance Instance;

/* DIR has to be there. Files left behind by the dead are removed. */
Instance *instance_new(const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void instance_free(Instance *instance);

/* Never 0. */
gint64 instance_id(const Instance *instance);
/* Whether ID is another that runs. Once it does not, it never does again. */
gboolean instance_is_other(const Instance *instance, gint64 id);
/* Whether there is no other. */
gboolean instance_is_alone(const Instance *instance);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Instance, instance_free)
