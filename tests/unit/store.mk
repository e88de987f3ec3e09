store_tests = \
	tests/unit/test-store-cache \
	tests/unit/test-store-db \
	tests/unit/test-store-ops \
	tests/unit/test-store-search \
	tests/unit/test-store-salvage \
	tests/unit/test-store-shared \
	tests/unit/test-store-spool
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)

store_test_fixture = tests/unit/store-fixture.c tests/unit/store-fixture.h
store_test_cppflags = $(TEST_CPPFLAGS) $(SQLITE_CFLAGS)
store_test_libs = libstore.a libbase.a $(SQLITE_LIBS) $(GLIB_LIBS)

tests_unit_test_store_cache_SOURCES = tests/unit/test-store-cache.c $(store_test_fixture)
tests_unit_test_store_cache_CPPFLAGS = $(store_test_cppflags)
tests_unit_test_store_cache_LDADD = $(store_test_libs)
tests_unit_test_store_db_SOURCES = tests/unit/test-store-db.c $(store_test_fixture) \
	tests/lib/bad-disk.c tests/lib/bad-disk.h
tests_unit_test_store_db_CPPFLAGS = $(store_test_cppflags)
tests_unit_test_store_db_LDADD = $(store_test_libs)
tests_unit_test_store_ops_SOURCES = tests/unit/test-store-ops.c $(store_test_fixture)
tests_unit_test_store_ops_CPPFLAGS = $(store_test_cppflags)
tests_unit_test_store_ops_LDADD = $(store_test_libs)
tests_unit_test_store_salvage_SOURCES = tests/unit/test-store-salvage.c $(store_test_fixture)
tests_unit_test_store_salvage_CPPFLAGS = $(store_test_cppflags)
tests_unit_test_store_salvage_LDADD = $(store_test_libs)
tests_unit_test_store_shared_SOURCES = tests/unit/test-store-shared.c $(store_test_fixture)
tests_unit_test_store_shared_CPPFLAGS = $(store_test_cppflags)
tests_unit_test_store_shared_LDADD = $(store_test_libs)
tests_unit_test_store_search_SOURCES = tests/unit/test-store-search.c $(store_test_fixture)
tests_unit_test_store_search_CPPFLAGS = $(store_test_cppflags)
tests_unit_test_store_search_LDADD = $(store_test_libs)
tests_unit_test_store_spool_SOURCES = tests/unit/test-store-spool.c $(store_test_fixture)
tests_unit_test_store_spool_CPPFLAGS = $(store_test_cppflags)
tests_unit_test_store_spool_LDADD = $(store_test_libs)
