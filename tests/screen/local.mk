# Screens as a terminal shows them. The styles of cells need libvterm; without it they are skipped, aloud.
SCREEN_TESTS = tests/screen/golden.py tests/screen/mail.py tests/screen/picture.py tests/screen/programs.py tests/screen/secure.py tests/screen/terminal.py
TESTS += $(SCREEN_TESTS)
EXTRA_DIST += $(SCREEN_TESTS) tests/screen/kit.py tests/screen/golden

if HAVE_VTERM
check_PROGRAMS += tests/screen/vt-view
tests_screen_vt_view_SOURCES = tests/screen/vt-view.c
tests_screen_vt_view_CPPFLAGS = $(AM_CPPFLAGS) $(VTERM_CFLAGS)
tests_screen_vt_view_LDADD = $(VTERM_LIBS)
endif
