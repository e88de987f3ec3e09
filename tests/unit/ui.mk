# Tests of the kit, none of which needs a terminal.

UI_KIT_TESTS = \
	tests/unit/test-ui-command tests/unit/test-ui-graphics tests/unit/test-ui-input tests/unit/test-ui-keys \
	tests/unit/test-ui-layout tests/unit/test-ui-links tests/unit/test-ui-list tests/unit/test-ui-mailcap tests/unit/test-ui-paint \
	tests/unit/test-ui-prompt tests/unit/test-ui-theme
check_PROGRAMS += $(UI_KIT_TESTS)
TESTS += $(UI_KIT_TESTS)

UI_KIT_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
UI_KIT_LDADD = libui.a libbase.a $(CHAFA_LIBS) $(CURSES_LIBS) $(GLIB_LIBS) $(UNISTRING_LIBS)

tests_unit_test_ui_command_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_command_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_graphics_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_graphics_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_input_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_input_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_keys_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_keys_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_layout_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_layout_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_links_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_links_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_list_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_list_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_mailcap_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_mailcap_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_paint_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_paint_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_prompt_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_prompt_LDADD = $(UI_KIT_LDADD)
tests_unit_test_ui_theme_CPPFLAGS = $(UI_KIT_CPPFLAGS)
tests_unit_test_ui_theme_LDADD = $(UI_KIT_LDADD)

include tests/unit/ui-views.mk
include tests/unit/picture.mk
