noinst_LIBRARIES += libmime.a
libmime_a_CPPFLAGS = $(AM_CPPFLAGS) $(GPGME_CFLAGS)
libmime_a_SOURCES = \
	src/mime/address.c src/mime/address.h \
	src/mime/armor.c src/mime/armor.h \
	src/mime/autolink.c src/mime/autolink.h \
	src/mime/body.c src/mime/body.h \
	src/mime/calendar.c src/mime/calendar.h \
	src/mime/calendar-rule.c src/mime/calendar-rule.h \
	src/mime/calendar-time.c src/mime/calendar-time.h \
	src/mime/assumed.c src/mime/assumed.h \
	src/mime/charset.c src/mime/charset.h \
	src/mime/choose.c src/mime/choose.h \
	src/mime/content.c src/mime/content.h \
	src/mime/content-line.c src/mime/content-line.h \
	src/mime/crypt.c src/mime/crypt.h \
	src/mime/crypt-key.c src/mime/crypt-key.h \
	src/mime/crypt-unlock.c src/mime/crypt-unlock.h \
	src/mime/date.c src/mime/date.h \
	src/mime/enriched.c src/mime/enriched.h \
	src/mime/entity.c src/mime/entity.h \
	src/mime/fields.c src/mime/fields.h \
	src/mime/filename.c src/mime/filename.h \
	src/mime/header.c src/mime/header.h \
	src/mime/html.c src/mime/html.h \
	src/mime/html-anchor.c src/mime/html-anchor.h \
	src/mime/html-element.c src/mime/html-element.h \
	src/mime/html-entity.c src/mime/html-entity.h \
	src/mime/html-line.c src/mime/html-line.h \
	src/mime/html-links.c src/mime/html-links.h \
	src/mime/html-page.c src/mime/html-page.h \
	src/mime/html-sheet.c src/mime/html-sheet.h \
	src/mime/html-style.c src/mime/html-style.h \
	src/mime/html-table.c src/mime/html-table.h \
	src/mime/html-token.c src/mime/html-token.h \
	src/mime/html-walk.c src/mime/html-walk.h src/mime/html-walk-open.c src/mime/html-walk-private.h \
	src/mime/lines.c src/mime/lines.h \
	src/mime/message.c src/mime/message.h \
	src/mime/note.c src/mime/note.h \
	src/mime/part.c src/mime/part.h \
	src/mime/patch.c src/mime/patch.h \
	src/mime/render.c src/mime/render.h \
	src/mime/report.c src/mime/report.h \
	src/mime/secure.c src/mime/secure.h \
	src/mime/secure-words.c src/mime/secure-words.h \
	src/mime/shift.c src/mime/shift.h \
	src/mime/tnef.c src/mime/tnef.h \
	src/mime/transfer.c src/mime/transfer.h \
	src/mime/uuencode.c src/mime/uuencode.h \
	src/mime/vcard.c src/mime/vcard.h

# Runs gpgsm in the way that mime/crypt.h promises. In a build tree it lies beside the program.
EXTRA_DIST += src/mime/postern-gpgsm
pkglibexec_SCRIPTS += postern-gpgsm
CLEANFILES += postern-gpgsm
postern-gpgsm: src/mime/postern-gpgsm
	$(AM_V_GEN)cp $(srcdir)/src/mime/postern-gpgsm $@ && chmod +x $@
