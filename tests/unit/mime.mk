check_PROGRAMS += tests/unit/test-header
TESTS += tests/unit/test-header
tests_unit_test_header_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_header_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-date
TESTS += tests/unit/test-date
tests_unit_test_date_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_date_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-charset
TESTS += tests/unit/test-charset
tests_unit_test_charset_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_charset_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-body
TESTS += tests/unit/test-body
tests_unit_test_body_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_body_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-html
TESTS += tests/unit/test-html
tests_unit_test_html_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_html_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

EXTRA_DIST += tests/lib/cryptkit.py
check_PROGRAMS += tests/unit/test-secure
TESTS += tests/unit/test-secure
tests_unit_test_secure_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_secure_LDADD = libmime.a libbase.a $(GPGME_LIBS) $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-kinds
TESTS += tests/unit/test-kinds
tests_unit_test_kinds_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_kinds_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

EXTRA_DIST += tests/mail
check_PROGRAMS += tests/unit/test-mail
TESTS += tests/unit/test-mail
tests_unit_test_mail_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_mail_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-choose
TESTS += tests/unit/test-choose
tests_unit_test_choose_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_choose_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-message
TESTS += tests/unit/test-message
tests_unit_test_message_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_message_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-address
TESTS += tests/unit/test-address
tests_unit_test_address_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_address_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)

check_PROGRAMS += tests/unit/test-enriched
TESTS += tests/unit/test-enriched
tests_unit_test_enriched_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_enriched_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)
