# The program that decodes pictures, run as Postern runs it; and what becomes of its pixels.
EXTRA_DIST += tests/unit/test-picture.c tests/unit/test-pixels.c
if HAVE_PICTURES
check_PROGRAMS += tests/unit/test-picture tests/unit/test-pixels
TESTS += tests/unit/test-picture tests/unit/test-pixels
tests_unit_test_picture_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui $(PNG_CFLAGS) $(JPEG_CFLAGS) $(WEBP_CFLAGS)
tests_unit_test_picture_LDADD = libui.a libbase.a $(PNG_LIBS) $(JPEG_LIBS) $(GIF_LIBS) $(WEBP_LIBS) $(ZLIB_LIBS) \
	$(GLIB_LIBS) $(UNISTRING_LIBS)
tests_unit_test_pixels_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_unit_test_pixels_LDADD = libui.a libbase.a $(CHAFA_LIBS) $(ZLIB_LIBS) $(CURSES_LIBS) $(GLIB_LIBS) $(UNISTRING_LIBS)
endif
