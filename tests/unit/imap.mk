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

check_PROGRAMS += tests/unit/test-fetch
TESTS += tests/unit/test-fetch
tests_unit_test_fetch_SOURCES = tests/unit/test-fetch.c tests/lib/imap-read.h
tests_unit_test_fetch_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_fetch_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-structure
TESTS += tests/unit/test-structure
tests_unit_test_structure_SOURCES = tests/unit/test-structure.c tests/lib/imap-read.h
tests_unit_test_structure_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_structure_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-response
TESTS += tests/unit/test-response
tests_unit_test_response_SOURCES = tests/unit/test-response.c tests/lib/imap-read.h
tests_unit_test_response_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_response_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-response-code
TESTS += tests/unit/test-response-code
tests_unit_test_response_code_SOURCES = tests/unit/test-response-code.c tests/lib/imap-read.h
tests_unit_test_response_code_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_response_code_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-utf7
TESTS += tests/unit/test-utf7
tests_unit_test_utf7_SOURCES = tests/unit/test-utf7.c
tests_unit_test_utf7_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_utf7_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-caps
TESTS += tests/unit/test-caps
tests_unit_test_caps_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_caps_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-command
TESTS += tests/unit/test-command
tests_unit_test_command_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_command_LDADD = $(IMAP_LIBS)

check_PROGRAMS += tests/unit/test-auth
TESTS += tests/unit/test-auth
tests_unit_test_auth_CPPFLAGS = $(TEST_CPPFLAGS) $(GSASL_CFLAGS)
tests_unit_test_auth_LDADD = $(IMAP_LIBS) $(GSASL_LIBS)

check_PROGRAMS += tests/unit/test-session
TESTS += tests/unit/test-session
tests_unit_test_session_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_session_LDADD = $(IMAP_LIBS) $(GSASL_LIBS)
