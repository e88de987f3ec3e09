IMAP_DUMP = tests/lib/imap-dump.c tests/lib/imap-dump.h
EXTRA_DIST += tests/imap-samples
IMAP_LIBS = libimap.a libbase.a $(GLIB_LIBS)

check_PROGRAMS += tests/unit/test-parser
TESTS += tests/unit/test-parser
tests_unit_test_parser_SOURCES = tests/unit/test-parser.c $(IMAP_DUMP)
tests_unit_test_parser_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_parser_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-seqmap
TESTS += tests/unit/test-seqmap
tests_unit_test_seqmap_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_seqmap_LDADD = $(IMAP_LIBS)
