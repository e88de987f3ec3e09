# The core stands on all the others.
CORE_TESTS = \
	tests/unit/test-arrival \
	tests/unit/test-changes \
	tests/unit/test-config \
	tests/unit/test-convert \
	tests/unit/test-hook \
	tests/unit/test-list \
	tests/unit/test-resync \
	tests/unit/test-secret \
	tests/unit/test-tree
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)
CORE_LIBS = libcore.a libnet.a libimap.a libmime.a libstore.a libbase.a \
	$(SQLITE_LIBS) $(GSASL_LIBS) $(GPGME_LIBS) $(OPENSSL_LIBS) $(GLIB_LIBS) $(UNISTRING_LIBS) $(ZLIB_LIBS)

tests_unit_test_arrival_SOURCES = tests/unit/test-arrival.c $(store_test_fixture)
tests_unit_test_arrival_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_arrival_LDADD = $(CORE_LIBS)
tests_unit_test_changes_SOURCES = tests/unit/test-changes.c $(store_test_fixture)
tests_unit_test_changes_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_changes_LDADD = $(CORE_LIBS)
tests_unit_test_config_SOURCES = tests/unit/test-config.c
tests_unit_test_config_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_config_LDADD = $(CORE_LIBS)
tests_unit_test_convert_SOURCES = tests/unit/test-convert.c tests/lib/imap-read.h
tests_unit_test_convert_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_convert_LDADD = $(CORE_LIBS)
tests_unit_test_list_SOURCES = tests/unit/test-list.c $(store_test_fixture)
tests_unit_test_list_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_list_LDADD = $(CORE_LIBS)
tests_unit_test_resync_SOURCES = tests/unit/test-resync.c
tests_unit_test_resync_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_resync_LDADD = $(CORE_LIBS)
tests_unit_test_tree_SOURCES = tests/unit/test-tree.c $(store_test_fixture)
tests_unit_test_tree_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_tree_LDADD = $(CORE_LIBS)
tests_unit_test_hook_SOURCES = tests/unit/test-hook.c
tests_unit_test_hook_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_hook_LDADD = $(CORE_LIBS)
tests_unit_test_secret_SOURCES = tests/unit/test-secret.c
tests_unit_test_secret_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_secret_LDADD = $(CORE_LIBS)

check_PROGRAMS += tests/unit/test-opener
TESTS += tests/unit/test-opener
tests_unit_test_opener_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_opener_LDADD = $(CORE_LIBS)
