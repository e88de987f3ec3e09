/*
 * The mailcap files (RFC 1524): which program opens what. Pure but for mailcap_read(). Nothing of a message gets
 * into a command: the file has a name of ours, the type is checked letter by letter, and entries that
 * ask for more are passed over.
 */
#pragma once

#include <glib.h>

typedef struct {
	char **argv;
	gboolean terminal; /* needsterminal */
	gboolean output;   /* copiousoutput: what it writes is the point of it */
} MailcapProgram;

/* All mailcap files that there are, of $MAILCAPS or the usual places, the user's first. The caller's. */
char *mailcap_read(void);
/* What TEXT, mailcap files, says to open PATH with, which holds TYPE; DISPLAY: there are windows. FALSE when
 * it says nothing that can be used. */
gboolean mailcap_find(const char *text, const char *type, const char *path, gboolean display,
	MailcapProgram *out_program);
void mailcap_clear(MailcapProgram *program);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailcapProgram, mailcap_clear)
