# Killed, cut off, out of space, in bad weather: each session ends with what the user asked for. "make check-cuts" and
# "make check-kills" strike at every place, "make check-weather" takes more seeds; the normal check takes samples.
CRASH_TESTS = \
	tests/crash/test-cuts tests/crash/test-full tests/crash/test-kills tests/crash/test-weather
check_PROGRAMS += $(CRASH_TESTS) tests/crash/actor
TESTS += $(CRASH_TESTS)

STAGE = \
	tests/crash/model.c tests/crash/model.h tests/crash/session.c tests/crash/session.h \
	tests/crash/stage.c tests/crash/stage.h \
	$(WORLD)

tests_crash_actor_SOURCES = tests/crash/actor.c
tests_crash_actor_CPPFLAGS = $(TEST_CPPFLAGS)
tests_crash_actor_LDADD = $(CORE_LIBS)
tests_crash_test_cuts_SOURCES = tests/crash/test-cuts.c $(STAGE)
tests_crash_test_cuts_CPPFLAGS = $(TEST_CPPFLAGS)
tests_crash_test_cuts_LDADD = $(CORE_LIBS)
tests_crash_test_full_SOURCES = tests/crash/test-full.c $(STAGE)
tests_crash_test_full_CPPFLAGS = $(TEST_CPPFLAGS)
tests_crash_test_full_LDADD = $(CORE_LIBS)
tests_crash_test_kills_SOURCES = tests/crash/test-kills.c $(STAGE)
tests_crash_test_kills_CPPFLAGS = $(TEST_CPPFLAGS)
tests_crash_test_kills_LDADD = $(CORE_LIBS)
tests_crash_test_weather_SOURCES = tests/crash/test-weather.c $(STAGE)
tests_crash_test_weather_CPPFLAGS = $(TEST_CPPFLAGS)
tests_crash_test_weather_LDADD = $(CORE_LIBS)

check-cuts: tests/crash/test-cuts tests/crash/actor
	$(AM_TESTS_ENVIRONMENT) tests/crash/test-cuts -m slow --verbose
check-kills: tests/crash/test-kills tests/crash/actor
	$(AM_TESTS_ENVIRONMENT) tests/crash/test-kills -m slow --verbose
check-weather: tests/crash/test-weather tests/crash/actor
	$(AM_TESTS_ENVIRONMENT) tests/crash/test-weather -m slow --verbose
.PHONY: check-cuts check-kills check-weather
