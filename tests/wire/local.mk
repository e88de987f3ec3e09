EXTRA_DIST += \
	tests/wire/dovecot.wire

check_PROGRAMS += tests/wire/run-wire
TESTS += tests/wire/run-wire
tests_wire_run_wire_CPPFLAGS = $(TEST_CPPFLAGS)
tests_wire_run_wire_LDADD = $(IMAP_LIBS) $(GSASL_LIBS)
