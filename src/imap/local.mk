noinst_LIBRARIES += libimap.a
libimap_a_CPPFLAGS = $(AM_CPPFLAGS) $(GSASL_CFLAGS)
libimap_a_SOURCES = \
	src/imap/arena.c src/imap/arena.h \
	src/imap/auth.c src/imap/auth.h \
	src/imap/caps.c src/imap/caps.h \
	src/imap/command.c src/imap/command.h src/imap/command-private.h \
	src/imap/decode.h \
	src/imap/encode.c src/imap/encode.h \
	src/imap/envelope.c \
	src/imap/fetch.c \
	src/imap/mailbox.c \
	src/imap/node.c src/imap/node.h \
	src/imap/parser.c src/imap/parser.h \
	src/imap/part.c \
	src/imap/quirks.c src/imap/quirks.h \
	src/imap/ranges.c src/imap/ranges.h \
	src/imap/response-code.c \
	src/imap/response.c src/imap/response.h \
	src/imap/search.c \
	src/imap/seqmap.c src/imap/seqmap.h src/imap/seqmap-runs.c src/imap/seqmap-runs.h \
	src/imap/session.c src/imap/session.h src/imap/session-private.h \
	src/imap/session-ahead.c \
	src/imap/session-answer.c \
	src/imap/session-events.c \
	src/imap/session-folders.c \
	src/imap/session-login.c \
	src/imap/session-mailbox.c \
	src/imap/session-send.c \
	src/imap/session-table.c src/imap/session-table.h \
	src/imap/session-untagged.c \
	src/imap/structure.c src/imap/structure.h \
	src/imap/utf7.c src/imap/utf7.h
