noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/child.c src/base/child.h \
	src/base/clock.c src/base/clock.h \
	src/base/err.c src/base/err.h \
	src/base/fault.c src/base/fault.h \
	src/base/flags.c src/base/flags.h \
	src/base/hub.c src/base/hub.h \
	src/base/log.c src/base/log.h \
	src/base/text.c src/base/text.h \
	src/base/uidset.c src/base/uidset.h
