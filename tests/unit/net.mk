# The server and the client of these tests are in tests/lib.
check_LIBRARIES += tests/lib/libtestnet.a
tests_lib_libtestnet_a_SOURCES = \
	tests/lib/net-client.c tests/lib/net-client.h \
	tests/lib/net-scene.c tests/lib/net-scene.h \
	tests/lib/net-server.c tests/lib/net-server.h
tests_lib_libtestnet_a_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS)
TEST_NET_LIBS = tests/lib/libtestnet.a libnet.a libbase.a $(GLIB_LIBS) $(OPENSSL_LIBS) $(ZLIB_LIBS)

check_PROGRAMS += tests/unit/test-net-tls
TESTS += tests/unit/test-net-tls
tests_unit_test_net_tls_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_tls_LDADD = $(TEST_NET_LIBS)

check_PROGRAMS += tests/unit/test-net-stream
TESTS += tests/unit/test-net-stream
tests_unit_test_net_stream_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_stream_LDADD = $(TEST_NET_LIBS)

check_PROGRAMS += tests/unit/test-net-dial
TESTS += tests/unit/test-net-dial
tests_unit_test_net_dial_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_dial_LDADD = $(TEST_NET_LIBS)

check_PROGRAMS += tests/unit/test-net-starttls
TESTS += tests/unit/test-net-starttls
tests_unit_test_net_starttls_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_starttls_LDADD = $(TEST_NET_LIBS)

check_PROGRAMS += tests/unit/test-net-tunnel
TESTS += tests/unit/test-net-tunnel
tests_unit_test_net_tunnel_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_tunnel_LDADD = $(TEST_NET_LIBS)

check_PROGRAMS += tests/unit/test-net-check
TESTS += tests/unit/test-net-check
tests_unit_test_net_check_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_check_LDADD = $(TEST_NET_LIBS)

check_PROGRAMS += tests/unit/test-net-deflate
TESTS += tests/unit/test-net-deflate
tests_unit_test_net_deflate_CPPFLAGS = $(TEST_CPPFLAGS) $(OPENSSL_CFLAGS) $(ZLIB_CFLAGS)
tests_unit_test_net_deflate_LDADD = $(TEST_NET_LIBS)
