/* Where in the config file each group and key stands: GKeyFile does not tell, and a complaint
 * without a line number is of little help. */
#pragma once

#include <glib.h>

typedef struct ConfigIndex ConfigIndex;

/* Walks TEXT once. NULL with ERR_CONFIG ("line N: ...") for a line that is no group, no key and no
 * comment, for a key outside of any group, and for what stands there twice. */
ConfigIndex *config_index_new(
	const char *text, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void config_index_free(ConfigIndex *index);

/* 0 when it is not there. KEY NULL: the group's own line. */
guint config_index_line(const ConfigIndex *index, const char *group, const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConfigIndex, config_index_free)
