check_PROGRAMS += tests/unit/test-uidset
TESTS += tests/unit/test-uidset
tests_unit_test_uidset_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_uidset_LDADD = libbase.a $(GLIB_LIBS)

check_PROGRAMS += tests/unit/test-text
TESTS += tests/unit/test-text
tests_unit_test_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_text_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-base
TESTS += tests/unit/test-base
tests_unit_test_base_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_base_LDADD = libbase.a $(GLIB_LIBS)

check_PROGRAMS += tests/unit/test-flags
TESTS += tests/unit/test-flags
tests_unit_test_flags_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_flags_LDADD = libbase.a $(GLIB_LIBS)
