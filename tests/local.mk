# Every test speaks TAP; automake's driver counts it and tools/check adds it up.

TEST_EXTENSIONS = .sh .py
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_COMPILER = python3
AM_TESTS_ENVIRONMENT = \
	abs_top_srcdir='$(abs_top_srcdir)'; export abs_top_srcdir; \
	abs_top_builddir='$(abs_top_builddir)'; export abs_top_builddir; \
	LC_ALL=C.UTF-8; export LC_ALL; TZ=UTC; export TZ; \
	G_DEBUG=fatal-criticals; export G_DEBUG;

# One unit test links one library and what that library stands on.
TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib

include tests/unit/base.mk
include tests/unit/imap.mk
include tests/unit/net.mk
include tests/unit/mime.mk
include tests/unit/store.mk
include tests/unit/core.mk
include tests/unit/ui.mk
include tests/wire/local.mk
include tests/server/local.mk
include tests/screen/local.mk
include tests/crash/local.mk
include tests/fuzz/local.mk
include tests/walls/local.mk
include tests/bench/local.mk

# What needs neither a server nor a terminal; tools/check runs it again under the sanitizers.
check-pure: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(filter tests/unit/% tests/wire/% tests/fuzz/%,$(TESTS))'
.PHONY: check-pure
