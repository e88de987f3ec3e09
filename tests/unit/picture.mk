# The program that decodes pictures, run as Postern runs it, and what becomes of its pixels.
EXTRA_DIST += tests/unit/test-picture.c
if HAVE_PICTURES
check_PROGRAMS += tests/unit/test-picture
TESTS += tests/unit/test-picture
tests_unit_test_picture_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui $(PNG_CFLAGS) $(JPEG_CFLAGS)
tests_unit_test_picture_LDADD = libui.a libbase.a $(CHAFA_LIBS) $(PNG_LIBS) $(JPEG_LIBS) $(ZLIB_LIBS) $(CURSES_LIBS) \
	$(GLIB_LIBS) $(UNISTRING_LIBS)
endif
