/*
 * postern-picture WIDTH HEIGHT: makes pixels of the PNG or JPEG on standard input, and of the first picture of a GIF or
 * WebP where it was built with their libraries.
 *
 * Decoders of pictures have had holes, and pictures come from anybody. So Postern decodes none itself: this
 * program does, which before the first byte gives up what it does not need: it can open nothing, write no
 * file, start nothing, and take neither much memory nor much time.
 *
 * Writes "WIDTH HEIGHT OF-WIDTH OF-HEIGHT\n", the size as it is written here and that of the picture, and then the
 * pixels, four bytes each: red, green, blue, alpha. Large ones are shrunk until they fit into the size that was
 * asked for. Else it writes one sentence to standard error, nothing to standard output, and ends with status 1.
 */
#include "shrink.h"

#include "config.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	ASKED_MAX = 4096, /* of WIDTH and HEIGHT */
	MEMORY_MAX = 384 * 1024 * 1024,
	SECONDS_MAX = 10,
};

static void
limit(int resource, rlim_t most)
{
	struct rlimit both = {most, most};
	if (setrlimit(resource, &both) != 0)
		fail("The picture is not decoded: it could not be done safely here.");
}

static void
give_up_rights(void)
{
#ifndef __SANITIZE_ADDRESS__ /* its shadow alone is larger */
	limit(RLIMIT_AS, MEMORY_MAX);
#endif
	limit(RLIMIT_CPU, SECONDS_MAX);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_NOFILE, 0); /* those that are open stay so */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		fail("The picture is not decoded: it could not be done safely here.");
}

static uint32_t
asked_size(const char *word)
{
	unsigned long n = strtoul(word, NULL, 10);
	return n >= 1024 && n <= ASKED_MAX ? (uint32_t)n : 1024;
}

int
main(int argc, char **argv)
{
	Shrink shrink = {0};
	uint32_t width = asked_size(argc > 1 ? argv[1] : ""),
		 height = asked_size(argc > 2 ? argv[2] : "");
	give_up_rights();
	int first = getc(stdin);
	if (first == EOF)
		fail("The picture is empty.");
	ungetc(first, stdin);
	if (first == 0x89)
		read_png(&shrink, width, height);
	else if (first == 0xff)
		read_jpeg(&shrink, width, height);
#ifdef HAVE_GIF
	else if (first == 'G')
		read_gif(&shrink, width, height);
#endif
#ifdef HAVE_WEBP
	else if (first == 'R')
		read_webp(&shrink, width, height);
#endif
	else
		fail("This is no picture that can be shown here, whatever its name says.");
	printf("%u %u %u %u\n", shrink.width, shrink.height, shrink.of_width, shrink.of_height);
	fwrite(shrink.pixels, CHANNELS, (size_t)shrink.width * shrink.height, stdout);
	/* What a hostile picture may have left behind gets no chance to be cleaned up. */
	_exit(fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1);
}
