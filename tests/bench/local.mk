# "make bench" builds and runs what is measured; no part of the tests.

BENCHES =
EXTRA_PROGRAMS = $(BENCHES)
CLEANFILES += $(BENCHES)

.PHONY: bench
bench: $(BENCHES)
	@for bench in $(BENCHES); do ./$$bench || exit 1; done

BENCHES += tests/bench/bench-parser
tests_bench_bench_parser_SOURCES = tests/bench/bench-parser.c
tests_bench_bench_parser_CPPFLAGS = $(TEST_CPPFLAGS)
tests_bench_bench_parser_LDADD = $(IMAP_LIBS)
