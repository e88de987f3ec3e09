# The program. libui.a is all of it but main(), so that unit tests can link parts.

include ui/views.mk

noinst_LIBRARIES += libui.a
libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURSES_CFLAGS) $(CHAFA_CFLAGS)
libui_a_SOURCES = \
	ui/action.c ui/action.h \
	ui/app.c ui/app.h ui/app-act.c ui/app-draw.c ui/app-private.h \
	ui/capture.c ui/capture.h \
	ui/command.c ui/command.h \
	ui/filing.c \
	ui/follow.c ui/follow.h \
	ui/frame.c ui/frame.h \
	ui/graphics.c ui/graphics.h \
	ui/input.c ui/input.h \
	ui/key.c ui/key.h \
	ui/keymap.c ui/keymap.h \
	ui/layout.c ui/layout.h \
	ui/links.c ui/links.h \
	ui/list.c ui/list.h \
	ui/mailcap.c ui/mailcap.h \
	ui/notify.c ui/notify.h \
	ui/message-page.c ui/message-page.h \
	ui/mosaic.c ui/mosaic.h \
	ui/outbox.c ui/outbox.h \
	ui/paint.c ui/paint.h \
	ui/parting.c ui/parting.h \
	ui/picture.c ui/picture.h \
	ui/pixels.c ui/pixels.h \
	ui/prompt.c ui/prompt.h \
	ui/run.c ui/run.h \
	ui/script.c ui/script.h \
	ui/status.c ui/status.h \
	ui/takeout.c ui/takeout.h \
	ui/term.c ui/term.h \
	ui/theme-builtin.h \
	ui/theme.c ui/theme.h \
	ui/view.c ui/view.h \
	$(UI_VIEWS)
nodist_libui_a_SOURCES = themes/builtin.c

# The same program on an engine without a server, for tests and for looking at screens.
check_PROGRAMS += postern-fake
postern_fake_SOURCES = ui/main.c tests/lib/fake-engine.c tests/lib/fake-engine.h \
	tests/lib/fake-changes.c tests/lib/fake-list.c tests/lib/fake-mail.c tests/lib/fake-mail.h \
	tests/lib/fake-reading.c tests/lib/fake-secure.c tests/lib/fake-source.c
postern_fake_LDADD = libui.a libbase.a $(CHAFA_LIBS) $(CURSES_LIBS) $(GLIB_LIBS) $(UNISTRING_LIBS)

bin_PROGRAMS += postern
postern_SOURCES = ui/main.c
postern_LDADD = libui.a libcore.a libnet.a libimap.a libmime.a libstore.a libbase.a \
	$(CHAFA_LIBS) $(CURSES_LIBS) $(SQLITE_LIBS) $(GSASL_LIBS) $(GPGME_LIBS) $(OPENSSL_LIBS) $(GLIB_LIBS) \
	$(UNISTRING_LIBS) $(ZLIB_LIBS)
