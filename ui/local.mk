# The program. libui.a is all of it but main(), so that unit tests can link parts.

include ui/views.mk

noinst_LIBRARIES += libui.a
libui_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURSES_CFLAGS)
libui_a_SOURCES = \
	ui/action.c ui/action.h \
	ui/command.c ui/command.h \
	ui/frame.c ui/frame.h \
	ui/input.c ui/input.h \
	ui/key.c ui/key.h \
	ui/keymap.c ui/keymap.h \
	ui/layout.c ui/layout.h \
	ui/list.c ui/list.h \
	ui/paint.c ui/paint.h \
	ui/prompt.c ui/prompt.h \
	ui/status.c ui/status.h \
	ui/term.c ui/term.h \
	ui/theme-builtin.h \
	ui/theme.c ui/theme.h \
	ui/view.c ui/view.h \
	ui/app.h \
	$(UI_VIEWS)
nodist_libui_a_SOURCES = themes/builtin.c
