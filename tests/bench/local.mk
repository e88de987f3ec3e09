# "make bench" builds and runs what is measured; no part of the tests. doc/BENCH.md says how to read it.

BENCHES =
EXTRA_PROGRAMS = $(BENCHES)
CLEANFILES += $(BENCHES)

MEASURES = tests/bench/bench-open tests/bench/bench-again tests/bench/bench-keys tests/bench/bench-flags \
	tests/bench/bench-million tests/bench/bench-move tests/bench/bench-many tests/bench/bench-notify \
	tests/bench/bench-read
EXTRA_DIST += $(MEASURES) tests/bench/peers.py tests/bench/rig.py tests/bench/screen.py doc/BENCH.md

# Each is run to the end, whatever the one before has found.
.PHONY: bench
bench: $(BENCHES) postern
	@status=0; \
	for bench in $(BENCHES); do echo "== $$bench"; ./$$bench || status=1; done; \
	for bench in $(MEASURES); do \
		echo "== $$bench"; LC_ALL=C.UTF-8 python3 $(srcdir)/$$bench $(BENCH_FLAGS) || status=1; \
	done; exit $$status

BENCHES += tests/bench/bench-parser
tests_bench_bench_parser_SOURCES = tests/bench/bench-parser.c
tests_bench_bench_parser_CPPFLAGS = $(TEST_CPPFLAGS)
tests_bench_bench_parser_LDADD = $(IMAP_LIBS)

BENCHES += tests/bench/bench-html
tests_bench_bench_html_SOURCES = tests/bench/bench-html.c
tests_bench_bench_html_CPPFLAGS = $(TEST_CPPFLAGS)
tests_bench_bench_html_LDADD = libmime.a libbase.a $(GLIB_LIBS) $(UNISTRING_LIBS)
