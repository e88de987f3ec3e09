# Decodes pictures for ui/picture.c, in a process of its own. In a build tree it lies beside the program.
PICTURE_SOURCES = src/picture/postern-picture.c src/picture/shrink.c src/picture/shrink.h src/picture/png.c src/picture/jpeg.c
EXTRA_DIST += $(PICTURE_SOURCES) src/picture/gif.c src/picture/webp.c
if HAVE_PICTURES
pkglibexec_PROGRAMS += postern-picture
postern_picture_SOURCES = $(PICTURE_SOURCES)
postern_picture_CPPFLAGS = $(PNG_CFLAGS) $(JPEG_CFLAGS) $(WEBP_CFLAGS)
postern_picture_LDADD = $(PNG_LIBS) $(JPEG_LIBS) $(GIF_LIBS) $(WEBP_LIBS)
if HAVE_GIF
postern_picture_SOURCES += src/picture/gif.c
endif
if HAVE_WEBP
postern_picture_SOURCES += src/picture/webp.c
endif
endif
