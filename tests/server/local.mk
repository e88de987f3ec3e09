SERVER_TESTS = tests/server/sample-server.py tests/server/hostile.py tests/server/hostile-ferry.py tests/server/boast.py tests/server/broken.py \
	tests/server/deaf.py \
	tests/server/forged.py tests/server/tunnel.py
TESTS += $(SERVER_TESTS)
EXTRA_DIST += $(SERVER_TESTS)

# The engine against a private server.
WORLD = \
	tests/lib/proxy.c tests/lib/proxy.h tests/lib/world.c tests/lib/world.h \
	tests/lib/world-server.c
ENGINE_TESTS = \
	tests/server/test-copies \
	tests/server/test-disk \
	tests/server/test-export \
	tests/server/test-faults \
	tests/server/test-ferry \
	tests/server/test-ferry-cut \
	tests/server/test-keep \
	tests/server/test-live \
	tests/server/test-many \
	tests/server/test-reading \
	tests/server/test-two \
	tests/server/test-undo
check_PROGRAMS += $(ENGINE_TESTS) tests/lib/postern-proxy
TESTS += $(ENGINE_TESTS)

tests_lib_postern_proxy_SOURCES = tests/lib/postern-proxy.c tests/lib/proxy.c tests/lib/proxy.h
tests_lib_postern_proxy_CPPFLAGS = $(TEST_CPPFLAGS)
tests_lib_postern_proxy_LDADD = $(GLIB_LIBS)
tests_server_test_copies_SOURCES = tests/server/test-copies.c $(WORLD)
tests_server_test_copies_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_copies_LDADD = $(CORE_LIBS)
tests_server_test_keep_SOURCES = tests/server/test-keep.c $(WORLD)
tests_server_test_keep_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_keep_LDADD = $(CORE_LIBS)
tests_server_test_disk_SOURCES = tests/server/test-disk.c $(WORLD) \
	tests/lib/bad-disk.c tests/lib/bad-disk.h
tests_server_test_disk_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_disk_LDADD = $(CORE_LIBS)
tests_server_test_export_SOURCES = tests/server/test-export.c $(WORLD)
tests_server_test_export_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_export_LDADD = $(CORE_LIBS)
tests_server_test_live_SOURCES = tests/server/test-live.c $(WORLD)
tests_server_test_live_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_live_LDADD = $(CORE_LIBS)
tests_server_test_faults_SOURCES = tests/server/test-faults.c $(WORLD)
tests_server_test_faults_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_faults_LDADD = $(CORE_LIBS)
TWO_ACCOUNTS = tests/server/two-accounts.c tests/server/two-accounts.h $(WORLD)
tests_server_test_ferry_SOURCES = tests/server/test-ferry.c $(TWO_ACCOUNTS)
tests_server_test_ferry_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_ferry_LDADD = $(CORE_LIBS)
tests_server_test_ferry_cut_SOURCES = tests/server/test-ferry-cut.c $(TWO_ACCOUNTS)
tests_server_test_ferry_cut_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_ferry_cut_LDADD = $(CORE_LIBS)
tests_server_test_many_SOURCES = tests/server/test-many.c $(WORLD)
tests_server_test_many_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_many_LDADD = $(CORE_LIBS)
tests_server_test_reading_SOURCES = tests/server/test-reading.c $(WORLD)
tests_server_test_reading_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_reading_LDADD = $(CORE_LIBS)
tests_server_test_two_SOURCES = tests/server/test-two.c $(WORLD)
tests_server_test_two_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_two_LDADD = $(CORE_LIBS)
tests_server_test_undo_SOURCES = tests/server/test-undo.c $(WORLD)
tests_server_test_undo_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_undo_LDADD = $(CORE_LIBS)

check_PROGRAMS += tests/server/test-sealed
TESTS += tests/server/test-sealed
tests_server_test_sealed_SOURCES = tests/server/test-sealed.c $(WORLD)
tests_server_test_sealed_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_sealed_LDADD = $(CORE_LIBS)
