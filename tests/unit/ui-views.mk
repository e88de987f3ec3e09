# Tests of the views and what they are made of.

check_PROGRAMS += tests/unit/test-ui-date tests/unit/test-ui-wrap
TESTS += tests/unit/test-ui-date tests/unit/test-ui-wrap

tests_unit_test_ui_date_SOURCES = tests/unit/test-ui-date.c ui/date.c
tests_unit_test_ui_date_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_date_LDADD = $(GLIB_LIBS)

tests_unit_test_ui_wrap_SOURCES = tests/unit/test-ui-wrap.c ui/wrap.c
tests_unit_test_ui_wrap_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_wrap_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)
