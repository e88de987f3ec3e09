noinst_LIBRARIES += libmime.a
libmime_a_SOURCES = \
	src/mime/body.c src/mime/body.h \
	src/mime/charset.c src/mime/charset.h \
	src/mime/date.c src/mime/date.h \
	src/mime/filename.c src/mime/filename.h \
	src/mime/header.c src/mime/header.h \
	src/mime/lines.c src/mime/lines.h \
	src/mime/shift.c src/mime/shift.h \
	src/mime/transfer.c src/mime/transfer.h
