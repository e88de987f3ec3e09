noinst_LIBRARIES += libstore.a
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS)
libstore_a_SOURCES = \
	src/store/accounts.c src/store/accounts.h \
	src/store/bodies.c src/store/bodies.h \
	src/store/carve.c src/store/carve.h \
	src/store/db.c src/store/db.h \
	src/store/disk.c src/store/disk.h \
	src/store/folders.c src/store/folders.h \
	src/store/instance.c src/store/instance.h \
	src/store/likings.c src/store/likings.h \
	src/store/messages.c src/store/messages.h \
	src/store/ops.c src/store/ops.h src/store/ops-private.h \
	src/store/parcels.c src/store/parcels.h \
	src/store/query.c src/store/query.h \
	src/store/salvage.c src/store/salvage.h \
	src/store/search.c src/store/search.h \
	src/store/spool.c src/store/spool.h \
	src/store/store.c src/store/store.h src/store/store-private.h
nodist_libstore_a_SOURCES = src/store/schema.c

# The steps of a database in the order of their numbers.
store_schema = \
	$(srcdir)/src/store/schema/cache-001.sql \
	$(srcdir)/src/store/schema/cache-002.sql \
	$(srcdir)/src/store/schema/cache-003.sql \
	$(srcdir)/src/store/schema/cache-004.sql \
	$(srcdir)/src/store/schema/cache-005.sql \
	$(srcdir)/src/store/schema/cache-006.sql \
	$(srcdir)/src/store/schema/cache-007.sql \
	$(srcdir)/src/store/schema/state-001.sql \
	$(srcdir)/src/store/schema/state-002.sql \
	$(srcdir)/src/store/schema/state-003.sql \
	$(srcdir)/src/store/schema/state-004.sql
EXTRA_DIST += $(store_schema) src/store/schema/embed.awk
CLEANFILES += src/store/schema.c

src/store/schema.c: $(store_schema) $(srcdir)/src/store/schema/embed.awk
	$(AM_V_GEN)$(MKDIR_P) src/store && \
	$(AWK) -f $(srcdir)/src/store/schema/embed.awk $(store_schema) > $@.new && \
	mv $@.new $@
