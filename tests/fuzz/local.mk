# A target is tests/fuzz/fuzz-NAME.c with LLVMFuzzerTestOneInput() and a corpus in
# tests/fuzz/corpus/NAME. Normally replay.c runs it over the corpus as a test; with
# --enable-fuzz (and CC=clang) it is linked with libFuzzer instead: see doc/TESTING.md.

FUZZ_TARGETS =
check_PROGRAMS += $(FUZZ_TARGETS)
EXTRA_DIST += tests/fuzz/corpus

if FUZZ
FUZZ_MAIN =
LINK_FUZZ = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZ_MAIN = tests/fuzz/replay.c
LINK_FUZZ = $(AM_LDFLAGS)
TESTS += $(FUZZ_TARGETS)
endif

FUZZ_TARGETS += tests/fuzz/fuzz-parser
tests_fuzz_fuzz_parser_SOURCES = tests/fuzz/fuzz-parser.c $(FUZZ_MAIN) $(IMAP_DUMP)
tests_fuzz_fuzz_parser_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_parser_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_parser_LDADD = $(IMAP_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-structure
tests_fuzz_fuzz_structure_SOURCES = tests/fuzz/fuzz-structure.c $(FUZZ_MAIN)
tests_fuzz_fuzz_structure_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_structure_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_structure_LDADD = $(IMAP_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-utf7
tests_fuzz_fuzz_utf7_SOURCES = tests/fuzz/fuzz-utf7.c $(FUZZ_MAIN)
tests_fuzz_fuzz_utf7_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_utf7_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_utf7_LDADD = $(IMAP_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-theme
tests_fuzz_fuzz_theme_SOURCES = tests/fuzz/fuzz-theme.c $(FUZZ_MAIN)
tests_fuzz_fuzz_theme_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/ui
tests_fuzz_fuzz_theme_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_theme_LDADD = libui.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-text
tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz-text.c $(FUZZ_MAIN)
tests_fuzz_fuzz_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_text_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_text_LDADD = libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-header
tests_fuzz_fuzz_header_SOURCES = tests/fuzz/fuzz-header.c $(FUZZ_MAIN)
tests_fuzz_fuzz_header_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_header_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_header_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-body
tests_fuzz_fuzz_body_SOURCES = tests/fuzz/fuzz-body.c $(FUZZ_MAIN)
tests_fuzz_fuzz_body_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_body_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_body_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-config
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz-config.c $(FUZZ_MAIN)
tests_fuzz_fuzz_config_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_config_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_config_LDADD = $(CORE_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-html
DOCUMENT_CHECK = tests/lib/document-check.c tests/lib/document-check.h
tests_fuzz_fuzz_html_SOURCES = tests/fuzz/fuzz-html.c $(FUZZ_MAIN) $(DOCUMENT_CHECK)
tests_fuzz_fuzz_html_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_html_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_html_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-calendar
tests_fuzz_fuzz_calendar_SOURCES = tests/fuzz/fuzz-calendar.c $(FUZZ_MAIN) $(DOCUMENT_CHECK)
tests_fuzz_fuzz_calendar_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_calendar_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_calendar_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-kinds
tests_fuzz_fuzz_kinds_SOURCES = tests/fuzz/fuzz-kinds.c $(FUZZ_MAIN) $(DOCUMENT_CHECK)
tests_fuzz_fuzz_kinds_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_kinds_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_kinds_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-message
tests_fuzz_fuzz_message_SOURCES = tests/fuzz/fuzz-message.c $(FUZZ_MAIN)
tests_fuzz_fuzz_message_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_message_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_message_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-parts
tests_fuzz_fuzz_parts_SOURCES = tests/fuzz/fuzz-parts.c $(FUZZ_MAIN)
tests_fuzz_fuzz_parts_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_parts_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_parts_LDADD = $(CORE_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz-secure
tests_fuzz_fuzz_secure_SOURCES = tests/fuzz/fuzz-secure.c $(FUZZ_MAIN)
tests_fuzz_fuzz_secure_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_secure_LDFLAGS = $(LINK_FUZZ)
tests_fuzz_fuzz_secure_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)
