noinst_LIBRARIES += libcore.a
libcore_a_CPPFLAGS = $(AM_CPPFLAGS)
libcore_a_SOURCES = \
	src/engine.h \
	src/core/account.c src/core/account.h src/core/account-private.h \
	src/core/account-changes.c src/core/account-changes.h \
	src/core/ahead.c src/core/ahead.h \
	src/core/arrival.c src/core/arrival.h \
	src/core/carrier.c src/core/carrier.h \
	src/core/changes.c src/core/changes.h \
	src/core/config.c src/core/config.h \
	src/core/config-index.c src/core/config-index.h \
	src/core/connections.c src/core/connections.h \
	src/core/convert.c src/core/convert.h \
	src/core/copyuid.c src/core/copyuid.h \
	src/core/core.c src/core/core.h \
	src/core/doctor.c \
	src/core/download.c src/core/download.h \
	src/core/engine.c src/core/engine-private.h \
	src/core/export.c src/core/export.h \
	src/core/ferry.c src/core/ferry.h src/core/ferry-private.h \
	src/core/ferry-append.c src/core/ferry-fetch.c src/core/ferry-look.c \
	src/core/fetcher.c src/core/fetcher.h \
	src/core/flags.c src/core/flags.h \
	src/core/gist.c src/core/gist.h \
	src/core/heal.c src/core/heal.h \
	src/core/hidden.c src/core/hidden.h \
	src/core/hook.c src/core/hook.h \
	src/core/keep.c src/core/keep.h \
	src/core/keep-fetch.c src/core/keep-fetch.h \
	src/core/link.c src/core/link.h \
	src/core/look.c src/core/look.h \
	src/core/lookout.c src/core/lookout.h \
	src/core/mailbox.c src/core/mailbox.h \
	src/core/mailbox-select.c src/core/mailbox-private.h \
	src/core/msglist.c src/core/msglist.h \
	src/core/opqueue.c src/core/opqueue.h src/core/opqueue-private.h \
	src/core/opqueue-follow.c src/core/opqueue-follow.h \
	src/core/opqueue-send.c src/core/opqueue-send.h \
	src/core/opqueue-undo.c src/core/opqueue-undo.h \
	src/core/opener.c src/core/opener.h \
	src/core/options.c src/core/options.h \
	src/core/outfile.c src/core/outfile.h \
	src/core/reading.c src/core/reading-private.h \
	src/core/reading-load.c \
	src/core/reading-pieces.c \
	src/core/reading-secure.c \
	src/core/reading-show.c \
	src/core/reading-whole.c \
	src/core/resync.c src/core/resync.h \
	src/core/search.c \
	src/core/secret.c src/core/secret.h \
	src/core/sender.c src/core/sender.h \
	src/core/slot.c src/core/slot.h \
	src/core/source.c \
	src/core/textindex.c src/core/textindex.h \
	src/core/tree.c src/core/tree.h \
	src/core/tree-order.c src/core/tree-order.h \
	src/core/unread.c src/core/unread.h \
	src/core/url.c src/core/url.h \
	src/core/wake.c src/core/wake.h \
	src/core/watch.c src/core/watch.h \
	src/core/words.c src/core/words.h
