# The core stands on all the others.
CORE_TESTS = \
	tests/unit/test-arrival \
	tests/unit/test-changes \
	tests/unit/test-changes-carried \
	tests/unit/test-changes-cut \
	tests/unit/test-changes-undo \
	tests/unit/test-config \
	tests/unit/test-convert \
	tests/unit/test-hook \
	tests/unit/test-list \
	tests/unit/test-resync \
	tests/unit/test-secret \
	tests/unit/test-textindex \
	tests/unit/test-tree
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)
CORE_LIBS = libcore.a libnet.a libimap.a libmime.a libstore.a libbase.a \
	$(SQLITE_LIBS) $(GSASL_LIBS) $(GPGME_LIBS) $(OPENSSL_LIBS) $(GLIB_LIBS) $(UNISTRING_LIBS) $(ZLIB_LIBS)

AWAIT = tests/lib/await.c tests/lib/await.h

tests_unit_test_arrival_SOURCES = tests/unit/test-arrival.c $(store_test_fixture)
tests_unit_test_arrival_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_arrival_LDADD = $(CORE_LIBS)
CHANGES_FIXTURE = tests/unit/changes-fixture.c tests/unit/changes-fixture.h $(store_test_fixture)
tests_unit_test_changes_SOURCES = tests/unit/test-changes.c $(CHANGES_FIXTURE)
tests_unit_test_changes_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_changes_LDADD = $(CORE_LIBS)
tests_unit_test_changes_carried_SOURCES = tests/unit/test-changes-carried.c $(CHANGES_FIXTURE)
tests_unit_test_changes_carried_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_changes_carried_LDADD = $(CORE_LIBS)
tests_unit_test_changes_cut_SOURCES = tests/unit/test-changes-cut.c $(AWAIT) $(CHANGES_FIXTURE)
tests_unit_test_changes_cut_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_changes_cut_LDADD = $(CORE_LIBS)
tests_unit_test_changes_undo_SOURCES = tests/unit/test-changes-undo.c $(CHANGES_FIXTURE)
tests_unit_test_changes_undo_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_changes_undo_LDADD = $(CORE_LIBS)
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
tests_unit_test_textindex_SOURCES = tests/unit/test-textindex.c $(AWAIT) $(store_test_fixture)
tests_unit_test_textindex_CPPFLAGS = $(TEST_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_textindex_LDADD = $(CORE_LIBS)
tests_unit_test_tree_SOURCES = tests/unit/test-tree.c $(store_test_fixture)
tests_unit_test_tree_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_tree_LDADD = $(CORE_LIBS)
tests_unit_test_hook_SOURCES = tests/unit/test-hook.c $(AWAIT)
tests_unit_test_hook_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_hook_LDADD = $(CORE_LIBS)
tests_unit_test_secret_SOURCES = tests/unit/test-secret.c $(AWAIT)
tests_unit_test_secret_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_secret_LDADD = $(CORE_LIBS)

check_PROGRAMS += tests/unit/test-opener
TESTS += tests/unit/test-opener
tests_unit_test_opener_SOURCES = tests/unit/test-opener.c $(AWAIT)
tests_unit_test_opener_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_opener_LDADD = $(CORE_LIBS)
