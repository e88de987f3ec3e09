/*
 * What of a message is text to read, for those who keep it and find words in it: its sections, and their
 * octets as plain words. The reader shows the same (core/reading).
 */
#pragma once

#include "core/core.h"
#include "store/messages.h"

typedef struct Gist Gist;

/* NULL when the store can't say what is in the message. */
Gist *gist_new(Core *core, guint32 folder, guint32 uid);
void gist_free(Gist *gist);

/* As BODY[section] wants it, borrowed; NULL past the end. */
const char *gist_section(const Gist *gist, guint i, guint64 *out_octets);

/* The section that has the own header of section I, which gist_describe() wants before the octets; NULL: it is not
 * needed. The caller's. */
char *gist_description(const Gist *gist, guint i);
void gist_describe(Gist *gist, guint i, const char *header, gsize len);

/* The octets of section I as sent, cut anywhere; one section after the other. */
void gist_feed(Gist *gist, guint i, const char *bytes, gsize len);
void gist_end(Gist *gist, guint i);
/* Adds the words that were fed to TEXT, which grows to about MAX bytes. */
void gist_add_words(const Gist *gist, GString *text, gsize max);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Gist, gist_free)
