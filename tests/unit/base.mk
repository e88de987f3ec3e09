check_PROGRAMS += tests/unit/test-uidset
TESTS += tests/unit/test-uidset
tests_unit_test_uidset_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_uidset_LDADD = libbase.a $(GLIB_LIBS)
