# Tests of the views and what they are made of, without a terminal.

UI_VIEW_TESTS = \
	tests/unit/test-ui-capture tests/unit/test-ui-date tests/unit/test-ui-fold tests/unit/test-ui-index tests/unit/test-ui-notify tests/unit/test-ui-pager \
	tests/unit/test-ui-plain \
	tests/unit/test-ui-row tests/unit/test-ui-wrap
check_PROGRAMS += $(UI_VIEW_TESTS)
TESTS += $(UI_VIEW_TESTS)
PAINT_GRID = tests/lib/paint-grid.c tests/lib/paint-grid.h

tests_unit_test_ui_capture_SOURCES = tests/unit/test-ui-capture.c ui/capture.c $(AWAIT)
tests_unit_test_ui_capture_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_capture_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_date_SOURCES = tests/unit/test-ui-date.c ui/date.c
tests_unit_test_ui_date_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_date_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_fold_SOURCES = tests/unit/test-ui-fold.c ui/fold.c
tests_unit_test_ui_fold_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_fold_LDADD = $(GLIB_LIBS)

tests_unit_test_ui_index_SOURCES = tests/unit/test-ui-index.c ui/view-index.c ui/view.c ui/list.c \
	ui/moves.c ui/hits.c ui/pager.c ui/wrap.c ui/row.c ui/date.c $(PAINT_GRID)
tests_unit_test_ui_index_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_index_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_notify_SOURCES = tests/unit/test-ui-notify.c ui/notify.c
tests_unit_test_ui_notify_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_notify_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_pager_SOURCES = tests/unit/test-ui-pager.c ui/hits.c ui/pager.c ui/wrap.c $(PAINT_GRID)
tests_unit_test_ui_pager_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_pager_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_plain_SOURCES = tests/unit/test-ui-plain.c ui/plain.c ui/wrap.c
tests_unit_test_ui_plain_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_plain_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_row_SOURCES = tests/unit/test-ui-row.c ui/row.c ui/date.c $(PAINT_GRID)
tests_unit_test_ui_row_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_row_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_wrap_SOURCES = tests/unit/test-ui-wrap.c ui/wrap.c
tests_unit_test_ui_wrap_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_ui_wrap_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)
