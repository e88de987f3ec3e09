# The program. libui.a is all of it but main(), so that unit tests can link parts.

include ui/views.mk

EXTRA_DIST += \
	ui/action.h ui/app.h ui/command.h ui/key.h ui/keymap.h ui/layout.h ui/list.h ui/paint.h \
	ui/prompt.h ui/status.h ui/theme.h ui/view.h
EXTRA_DIST += $(UI_VIEWS)
