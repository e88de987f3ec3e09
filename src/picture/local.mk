# Decodes pictures for ui/picture.c, in a process of its own. In a build tree it lies beside the program.
EXTRA_DIST += src/picture/postern-picture.c
if HAVE_PICTURES
pkglibexec_PROGRAMS += postern-picture
postern_picture_SOURCES = src/picture/postern-picture.c
postern_picture_CPPFLAGS = $(PNG_CFLAGS) $(JPEG_CFLAGS)
postern_picture_LDADD = $(PNG_LIBS) $(JPEG_LIBS)
endif
