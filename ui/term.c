/* See term.h. */
#include "term.h"

#include "outbox.h"

#include "base/err.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

/* Bracketed paste, mouse presses, in XTerm's words; only sent to terminals that have a mouse. */
#define EXTRAS_ON  "\033[?2004h\033[?1000h\033[?1006h"
#define EXTRAS_OFF "\033[?1006l\033[?1000l\033[?2004l"

enum {
	LEAVE_WAIT_MS = 200,
	LEFT_MAX = 65536,
	TURN_MAX = 262144, /* bytes that are sent in one turn of the loop */
	ROWS_MAX = 500,
	COLS_MAX = 1000,
	CELL_MAX = 200, /* pixels */
	/* So long after it was asked what looks like the start of an answer may wait for the rest. */
	ANSWERS_US = 2 * G_USEC_PER_SEC,
	ANSWER_MS = 200,
};

typedef struct {
	Pixels *pixels; /* NULL: none */
	guint row, col;
} Place;

struct Term {
	TermSetup setup;
	SCREEN *screen;
	FILE *sink; /* what curses writes to */
	int tty;    /* -1: no_tty */
	Outbox *out;
	guint64 bytes_sent;
	guint colors;
	gboolean extras;
	gboolean lent; /* to another program */
	Graphics graphics;
	gint64 asked_at;     /* 0: never */
	Place wanted, shown; /* shown: on the screen, in part at least, or on its way */
	gboolean blank;      /* the next flush sends everything */
	struct termios saved;
	Input *input;
	guint in_source, out_source, escape_source, winch_source;
};

/* What a crash must put back. A signal handler can be handed nothing, so this one is static. */
static struct {
	volatile sig_atomic_t armed;
	int tty;
	struct termios saved;
	char bytes[128];
	gsize len;
} rescue;

static void
on_crash(int signal_number)
{
	if (rescue.armed) {
		rescue.armed = 0;
		ssize_t ignored = write(rescue.tty, rescue.bytes, rescue.len);
		(void)ignored;
		tcsetattr(rescue.tty, TCSANOW, &rescue.saved);
	}
	raise(signal_number); /* SA_RESETHAND: the default now */
}

static void
arm_rescue(Term *term)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	const char *cnorm = tigetstr("cnorm"), *sgr0 = tigetstr("sgr0"), *rmcup = tigetstr("rmcup");
	const char *parts[] = {term->extras ? EXTRAS_OFF : "", sgr0, cnorm, rmcup};
	rescue.len = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		gsize n = parts[i] != NULL && parts[i] != (char *)-1 ? strlen(parts[i]) : 0;
		if (rescue.len + n > sizeof(rescue.bytes))
			break;
		memcpy(rescue.bytes + rescue.len, parts[i], n);
		rescue.len += n;
	}
	rescue.tty = term->tty;
	rescue.saved = term->saved;
	rescue.armed = 1;
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
		struct sigaction old, new = {.sa_handler = on_crash, .sa_flags = SA_RESETHAND};
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &new, NULL);
	}
}

/* ---- what kind of terminal ---- */

static gboolean
type_exists(const char *type)
{
	int result = 0;
	if (type == NULL || *type == '\0' || setupterm(type, STDERR_FILENO, &result) != OK)
		return FALSE;
	const char *move = tigetstr("cup");
	gboolean good = move != NULL && move != (char *)-1;
	del_curterm(cur_term);
	return good;
}

static gboolean
wants_color(void)
{
	const char *no_color = g_getenv("NO_COLOR");
	return no_color == NULL || *no_color == '\0';
}

/* "xterm-direct" for "xterm-256color" when the terminal says that it has all colours and the
 * description of such a terminal is installed. */
static char *
direct_type(const char *type)
{
	const char *colorterm = g_getenv("COLORTERM");
	if (!wants_color() ||
		(g_strcmp0(colorterm, "truecolor") != 0 && g_strcmp0(colorterm, "24bit") != 0))
		return NULL;
	g_autofree char *base = g_strdup(type);
	char *suffix = strstr(base, "-256color");
	if (suffix == NULL)
		return NULL;
	*suffix = '\0';
	char *direct = g_strconcat(base, "-direct", NULL);
	if (type_exists(direct))
		return direct;
	g_free(direct);
	return NULL;
}

static char *
choose_type(const TermSetup *setup, GError **error)
{
	const char *type = g_getenv("TERM");
	static const char *const fallbacks[] = {"xterm-256color", "xterm", "vt100", "ansi"};
	if (type_exists(type) && strcmp(type, "dumb") != 0) {
		char *direct = setup->no_tty ? NULL : direct_type(type);
		return direct != NULL ? direct : g_strdup(type);
	}
	for (gsize i = 0; setup->no_tty && i < G_N_ELEMENTS(fallbacks); i++) {
		if (type_exists(fallbacks[i]))
			return g_strdup(fallbacks[i]);
	}
	if (type == NULL || *type == '\0')
		err_set(error, ERR_CONFIG,
			"TERM is not set: set it to what your terminal is, such as xterm-256color");
	else
		err_set(error, ERR_CONFIG,
			"The terminal \"%s\" can't place text on the screen, or this machine does "
			"not know it: set TERM to what your terminal is, such as xterm-256color",
			type);
	return NULL;
}

/* ---- bytes out ---- */

static gboolean on_writable(gint fd, GIOCondition condition, gpointer user);

static void
add(Term *term, const char *bytes)
{
	outbox_add(term->out, bytes, strlen(bytes));
}

/* FALSE when the terminal is gone. */
static gboolean
write_some(Term *term)
{
	gsize len, left = TURN_MAX;
	const char *bytes;
	while (left > 0 && (bytes = outbox_next(term->out, &len)) != NULL) {
		ssize_t n = write(term->tty, bytes, MIN(len, left));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
		outbox_sent(term->out, (gsize)n);
		term->bytes_sent += (gsize)n;
		left -= (gsize)n;
	}
	return TRUE;
}

static void
push_out(Term *term)
{
	if (term->lent) {
		outbox_clear(term->out);
		return;
	}
	if (term->tty < 0) {
		term->bytes_sent += outbox_waiting(term->out);
		outbox_clear(term->out);
		return;
	}
	if (!write_some(term)) {
		outbox_clear(term->out);
		term->setup.gone("The terminal can't be written to any more", term->setup.user);
		return;
	}
	if (term_is_busy(term) && term->out_source == 0)
		term->out_source = g_unix_fd_add(term->tty, G_IO_OUT, on_writable, term);
}

static gboolean
on_writable(gint fd, GIOCondition condition, gpointer user)
{
	Term *term = user;
	term->out_source = 0;
	push_out(term);
	if (!term_is_busy(term))
		term->setup.drained(term->setup.user);
	return G_SOURCE_REMOVE;
}

/* Takes over what curses has written. */
static void
collect(Term *term)
{
	int fd = fileno(term->sink);
	char bytes[8192];
	off_t at = 0;
	fflush(term->sink);
	for (ssize_t n; (n = pread(fd, bytes, sizeof(bytes), at)) > 0; at += n)
		outbox_add(term->out, bytes, (gsize)n);
	if (at > 0 && (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0))
		g_warning("the buffer of the screen can't be emptied: %s", g_strerror(errno));
}

/* Takes off the screen what is there; the cells below are painted anew. */
static void
remove_pixels(Term *term)
{
	const Pixels *pixels = term->shown.pixels;
	if (pixels == NULL)
		return;
	outbox_show(term->out, NULL, NULL, NULL);
	add(term, pixels->remove);
	wredrawln(stdscr, (int)term->shown.row, (int)pixels->rows);
	g_clear_pointer(&term->shown.pixels, pixels_unref);
}

static gboolean
place_is_same(const Place *a, const Place *b)
{
	return a->pixels == b->pixels && a->row == b->row && a->col == b->col;
}

static char *
move_to(int row, int col)
{
	return g_strdup(tparm(tigetstr("cup"), (long)row, (long)col, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
}

/* Behind the frame; then the cursor is again where curses has it. */
static void
draw_pixels(Term *term)
{
	int row, col;
	const Place *wanted = &term->wanted;
	if (wanted->pixels == NULL)
		return;
	getyx(curscr, row, col);
	g_autofree char *before = move_to((int)wanted->row, (int)wanted->col);
	g_autofree char *after = move_to(row, col);
	if (term->shown.pixels == NULL)
		term->shown = (Place){pixels_ref(wanted->pixels), wanted->row, wanted->col};
	outbox_show(term->out, wanted->pixels, before, after);
}

void
term_flush(Term *term)
{
	if (term->lent)
		return;
	if (term->blank || !place_is_same(&term->wanted, &term->shown))
		remove_pixels(term);
	term->blank = FALSE;
	doupdate();
	collect(term);
	draw_pixels(term);
	push_out(term);
}

void
term_show_pixels(Term *term, Pixels *pixels, guint row, guint col)
{
	g_clear_pointer(&term->wanted.pixels, pixels_unref);
	term->wanted = (Place){pixels ? pixels_ref(pixels) : NULL, row, col};
}

void
term_hold_pixels(Term *term)
{
	outbox_hold(term->out);
	push_out(term);
}

gboolean
term_is_busy(const Term *term)
{
	return term->lent || !outbox_is_empty(term->out);
}

void
term_send(Term *term, const char *bytes)
{
	if (term->tty < 0 || term->lent || outbox_waiting(term->out) > LEFT_MAX)
		return;
	add(term, bytes);
	push_out(term);
}

void
term_repaint(Term *term)
{
	clearok(curscr, TRUE);
	term->blank = TRUE;
}

/* ---- bytes in ---- */

static void
hand_out(Term *term)
{
	InputEvent event;
	while (input_next(term->input, &event)) {
		if (event.kind != INPUT_ANSWER)
			term->setup.input(&event, term->setup.user);
		else if (graphics_hear(&term->graphics, event.text))
			term->setup.learned(term->setup.user);
	}
}

/* How long what may be the start of a sequence waits for the rest of it. */
static guint
patience_ms(const Term *term)
{
	gboolean answers = term->asked_at != 0 && !term->graphics.answered &&
			   g_get_monotonic_time() - term->asked_at < ANSWERS_US;
	return answers ? ANSWER_MS : INPUT_ESCAPE_US / 1000;
}

static gboolean
on_escape_time(gpointer user)
{
	Term *term = user;
	term->escape_source = 0;
	input_expire(term->input);
	hand_out(term);
	return G_SOURCE_REMOVE;
}

static gboolean
on_readable(gint fd, GIOCondition condition, gpointer user)
{
	Term *term = user;
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return G_SOURCE_CONTINUE;
	if (n <= 0) {
		term->in_source = 0;
		term->setup.gone("The terminal was closed", term->setup.user);
		return G_SOURCE_REMOVE;
	}
	if (term->escape_source != 0)
		g_source_remove(term->escape_source);
	term->escape_source = 0;
	input_feed(term->input, bytes, (gsize)n);
	hand_out(term);
	if (input_is_waiting(term->input))
		term->escape_source = g_timeout_add(patience_ms(term), on_escape_time, term);
	return G_SOURCE_CONTINUE;
}

static void
learn_keys(Term *term)
{
	static const struct {
		const char *capability;
		Key key;
	} known[] = {
		{"kcuu1", KEY_UP_ARROW},
		{"kcud1", KEY_DOWN_ARROW},
		{"kcub1", KEY_LEFT_ARROW},
		{"kcuf1", KEY_RIGHT_ARROW},
		{"khome", KEY_GO_HOME},
		{"kend", KEY_GO_END},
		{"kpp", KEY_PAGE_UP},
		{"knp", KEY_PAGE_DOWN},
		{"kich1", KEY_INSERT},
		{"kdch1", KEY_DELETE},
		{"kcbt", KEY_TAB | KEY_SHIFT},
		{"kf1", KEY_F1},
		{"kf2", KEY_F1 + 1},
		{"kf3", KEY_F1 + 2},
		{"kf4", KEY_F1 + 3},
		{"kf5", KEY_F1 + 4},
		{"kf6", KEY_F1 + 5},
		{"kf7", KEY_F1 + 6},
		{"kf8", KEY_F1 + 7},
		{"kf9", KEY_F1 + 8},
		{"kf10", KEY_F1 + 9},
		{"kf11", KEY_F1 + 10},
		{"kf12", KEY_F12},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		const char *sequence = tigetstr(known[i].capability);
		if (sequence != NULL && sequence != (char *)-1)
			input_learn(term->input, sequence, known[i].key);
	}
}

/* ---- size ---- */

static void
read_size(Term *term)
{
	struct winsize size = {0};
	if (term->tty < 0 || ioctl(term->tty, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
		size.ws_col == 0)
		return;
	resizeterm(MIN(size.ws_row, ROWS_MAX), MIN(size.ws_col, COLS_MAX));
	/* newterm() can't see the terminal behind its file, takes 24 rows for the region that
	 * scrolls, and never tells the terminal of others. The cursor goes to the corner: what
	 * comes next is the whole screen. */
	const char *region = tigetstr("csr");
	outbox_hold(term->out);
	collect(term); /* what newterm() says goes first */
	if (region != NULL && region != (char *)-1)
		add(term, tparm(region, 0L, (long)LINES - 1, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
	if (term->asked_at != 0 && (size.ws_xpixel == 0 || size.ws_ypixel == 0))
		add(term, graphics_question_size);
	push_out(term);
}

static gboolean
on_resize(gpointer user)
{
	Term *term = user;
	read_size(term);
	term->setup.resized(term->setup.user);
	return G_SOURCE_CONTINUE;
}

void
term_set_size(Term *term, guint rows, guint cols)
{
	resizeterm((int)CLAMP(rows, 1, ROWS_MAX), (int)CLAMP(cols, 1, COLS_MAX));
}

guint
term_rows(const Term *term)
{
	return (guint)MAX(LINES, 1);
}

guint
term_cols(const Term *term)
{
	return (guint)MAX(COLS, 1);
}

guint
term_colors(const Term *term)
{
	return term->colors;
}

guint64
term_bytes_sent(const Term *term)
{
	return term->bytes_sent;
}

/* ---- pictures ---- */

/* The pixels of a cell, where the terminal has told the kernel. */
static gboolean
cell_size(const Term *term, guint *out_width, guint *out_height)
{
	struct winsize size = {0};
	if (term->tty < 0 || ioctl(term->tty, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
		size.ws_col == 0)
		return FALSE;
	guint width = size.ws_xpixel / size.ws_col, height = size.ws_ypixel / size.ws_row;
	if (width == 0 || height == 0 || width > CELL_MAX || height > CELL_MAX)
		return FALSE;
	*out_width = width;
	*out_height = height;
	return TRUE;
}

void
term_ask(Term *term)
{
	guint width, height;
	if (term->tty < 0 || term->lent || term->asked_at != 0)
		return;
	term->asked_at = g_get_monotonic_time();
	if (!cell_size(term, &width, &height))
		add(term, graphics_question_size);
	add(term, graphics_question);
	push_out(term);
	term_repaint(term); /* some terminals print what they don't know */
}

Graphics
term_graphics(const Term *term)
{
	Graphics graphics = term->graphics;
	(void)cell_size(term, &graphics.cell_width, &graphics.cell_height);
	return graphics;
}

/* ---- taking over and giving back ---- */

/* Keys come one by one and unchanged, Ctrl-C and Ctrl-Z too; Ctrl-S and Ctrl-Q stay the user's. */
static void
enter_modes(Term *term)
{
	struct termios raw = term->saved;
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | ISTRIP);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(term->tty, TCSANOW, &raw);
	if (term->extras)
		add(term, EXTRAS_ON);
	arm_rescue(term);
}

static void
leave_modes(Term *term)
{
	if (term->tty < 0)
		return;
	rescue.armed = 0;
	if (term->shown.pixels != NULL) {
		remove_pixels(term);
		doupdate();
		collect(term);
	}
	if (term->extras)
		add(term, EXTRAS_OFF);
	endwin();
	collect(term);
	struct pollfd ready = {.fd = term->tty, .events = POLLOUT};
	for (guint i = 0; write_some(term) && term_is_busy(term) && i < 10; i++)
		poll(&ready, 1, LEAVE_WAIT_MS / 10);
	outbox_clear(term->out);
	tcsetattr(term->tty, TCSANOW, &term->saved);
}

/* After leave_modes(). */
static void
return_to_screen(Term *term)
{
	enter_modes(term);
	push_out(term);
	read_size(term);
	term_repaint(term);
	term->setup.resized(term->setup.user);
}

void
term_suspend(Term *term)
{
	if (term->tty < 0)
		return;
	leave_modes(term);
	kill(0, SIGTSTP);
	return_to_screen(term);
}

gboolean
term_lend(Term *term)
{
	if (term->tty < 0 || term->lent)
		return FALSE;
	leave_modes(term);
	g_clear_handle_id(&term->in_source, g_source_remove);
	g_clear_handle_id(&term->escape_source, g_source_remove);
	term->lent = TRUE;
	return TRUE;
}

gboolean
term_is_lent(const Term *term)
{
	return term->lent;
}

/* The group in the foreground was the program's. A group in the background that says so is stopped,
 * unless it blocks the signal for it. */
static void
take_foreground(void)
{
	sigset_t stop, before;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &before);
	tcsetpgrp(STDIN_FILENO, getpgrp());
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void
term_take_back(Term *term)
{
	if (!term->lent)
		return;
	take_foreground();
	term->in_source =
		g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, term);
	term->lent = FALSE;
	return_to_screen(term);
	term->setup.drained(term->setup.user);
}

/* Our own description of the terminal, so that O_NONBLOCK is not on the shell's. */
static gboolean
open_tty(Term *term, GError **error)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(error, ERR_CONFIG,
			"Input and output are not a terminal: --script FILE runs without one");
	int flags = O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	const char *name = ttyname(STDOUT_FILENO);
	term->tty = name != NULL ? open(name, flags) : -1;
	if (term->tty < 0)
		term->tty = open("/dev/tty", flags);
	if (term->tty < 0 || tcgetattr(term->tty, &term->saved) != 0)
		return err_set(
			error, ERR_CONFIG, "The terminal can't be opened: %s", g_strerror(errno));
	return TRUE;
}

/* newterm() takes signals that are the main loop's: they are given back. */
static SCREEN *
open_screen(const char *type, FILE *sink)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGTSTP};
	struct sigaction before[G_N_ELEMENTS(signals)];
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaction(signals[i], NULL, &before[i]);
	SCREEN *screen = newterm(type, sink, stdin);
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	return screen;
}

static void
start_curses(Term *term)
{
	noecho();
	typeahead(-1);
	curs_set(1);
	leaveok(stdscr, FALSE);
	scrollok(stdscr, FALSE);
	idlok(stdscr, TRUE);
	term->colors = 0;
	if (wants_color() && has_colors() && start_color() == OK) {
		use_default_colors();
		term->colors = (guint)MAX(COLORS, 0);
	}
	const char *mouse = tigetstr("kmous");
	term->extras = mouse != NULL && mouse != (char *)-1;
}

static void
start_sources(Term *term)
{
	enter_modes(term);
	learn_keys(term);
	term->in_source =
		g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, term);
	term->winch_source = g_unix_signal_add(SIGWINCH, on_resize, term);
}

Term *
term_new(const TermSetup *setup, GError **error)
{
	g_autoptr(Term) term = g_new0(Term, 1);
	term->setup = *setup;
	term->tty = -1;
	term->out = outbox_new();
	term->input = input_new();
	g_autofree char *type = choose_type(setup, error);
	if (type == NULL || (!setup->no_tty && !open_tty(term, error)))
		return NULL;
	term->sink = tmpfile();
	if (term->sink == NULL) {
		err_set(error, ERR_DISK, "No temporary file for the screen: %s", g_strerror(errno));
		return NULL;
	}
	term->screen = open_screen(type, term->sink);
	if (term->screen == NULL) {
		err_set(error, ERR_CONFIG, "The terminal \"%s\" can't be used", type);
		return NULL;
	}
	start_curses(term);
	if (setup->no_tty) {
		term_set_size(term, setup->rows, setup->cols);
	} else {
		read_size(term);
		start_sources(term);
	}
	return g_steal_pointer(&term);
}

void
term_free(Term *term)
{
	if (term == NULL)
		return;
	guint sources[] = {
		term->in_source, term->out_source, term->escape_source, term->winch_source};
	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
		if (sources[i] != 0)
			g_source_remove(sources[i]);
	}
	if (term->screen != NULL) {
		if (term->lent)
			take_foreground();
		leave_modes(term);
		delscreen(term->screen);
	}
	if (term->sink != NULL)
		fclose(term->sink);
	if (term->tty >= 0)
		close(term->tty);
	input_free(term->input);
	outbox_free(term->out);
	g_clear_pointer(&term->wanted.pixels, pixels_unref);
	g_clear_pointer(&term->shown.pixels, pixels_unref);
	g_free(term);
}
