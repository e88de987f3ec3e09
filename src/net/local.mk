noinst_LIBRARIES += libnet.a
libnet_a_SOURCES = \
	src/net/bytes.c src/net/bytes.h \
	src/net/deflate.c src/net/deflate.h \
	src/net/dial.c src/net/dial.h \
	src/net/stream.c src/net/stream.h \
	src/net/target.c \
	src/net/tls.c src/net/tls.h \
	src/net/tls-cache.c src/net/tls-cache.h \
	src/net/tls-check.c src/net/tls-check.h \
	src/net/tunnel.c src/net/tunnel.h \
	src/net/wire.c src/net/wire.h
libnet_a_CPPFLAGS = $(AM_CPPFLAGS) $(OPENSSL_CFLAGS) $(ZLIB_CFLAGS)
