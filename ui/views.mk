# The views and what they are made of; part of libui.a.

UI_VIEWS = \
	ui/date.c ui/date.h \
	ui/fold.c ui/fold.h \
	ui/hits.c ui/hits.h \
	ui/moves.c ui/moves.h \
	ui/pager.c ui/pager.h \
	ui/plain.c ui/plain.h \
	ui/row.c ui/row.h \
	ui/scroll.c ui/scroll.h \
	ui/security.c ui/security.h \
	ui/wrap.c ui/wrap.h \
	ui/view-folders.c ui/view-folders.h \
	ui/view-help.c ui/view-help.h \
	ui/view-index.c ui/view-index.h \
	ui/view-log.c ui/view-log.h \
	ui/view-parts.c ui/view-parts.h \
	ui/view-picture.c ui/view-picture.h \
	ui/view-reader.c ui/view-reader.h \
	ui/view-source.c ui/view-source.h
