noinst_LIBRARIES += libimap.a
libimap_a_SOURCES = \
	src/imap/arena.c src/imap/arena.h \
	src/imap/decode.h \
	src/imap/envelope.c \
	src/imap/fetch.c \
	src/imap/node.c src/imap/node.h \
	src/imap/parser.c src/imap/parser.h \
	src/imap/part.c \
	src/imap/ranges.c src/imap/ranges.h \
	src/imap/response-code.c \
	src/imap/response.c src/imap/response.h \
	src/imap/structure.c src/imap/structure.h \
	src/imap/utf7.c src/imap/utf7.h
