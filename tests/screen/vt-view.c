/*
 * A terminal without a window, for tests: reads commands from standard input and shows on standard
 * output what a user would see. Owns nothing but libvterm's screen.
 *
 *   vt-view ROWS COLS
 *   feed N      N bytes follow that the terminal receives
 *   size R C    the terminal is resized
 *   show        one line of text a row; "cursor ROW COL"; one line a run of cells that are not
 *               plain, "ROW COL+CELLS WHAT"; "end"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vterm.h>

enum { SIDE_MAX = 1000, FEED_MAX = 64 * 1024 * 1024, STYLE_MAX = 96 };

static void
put_utf8(uint32_t c)
{
	if (c < 0x80) {
		putchar((int)c);
	} else if (c < 0x800) {
		putchar((int)(0xc0 | c >> 6));
		putchar((int)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		putchar((int)(0xe0 | c >> 12));
		putchar((int)(0x80 | (c >> 6 & 0x3f)));
		putchar((int)(0x80 | (c & 0x3f)));
	} else {
		putchar((int)(0xf0 | c >> 18));
		putchar((int)(0x80 | (c >> 12 & 0x3f)));
		putchar((int)(0x80 | (c >> 6 & 0x3f)));
		putchar((int)(0x80 | (c & 0x3f)));
	}
}

static int
is_empty(const VTermScreenCell *cell)
{
	return cell->chars[0] == 0 || cell->chars[0] == ' ';
}

static void
show_row(const VTermScreen *screen, int row, int cols)
{
	VTermScreenCell cell;
	int end = cols;
	for (; end > 0; end--) {
		vterm_screen_get_cell(screen, (VTermPos){row, end - 1}, &cell);
		if (!is_empty(&cell))
			break;
	}
	for (int col = 0; col<end; col += cell.width> 1 ? cell.width : 1) {
		vterm_screen_get_cell(screen, (VTermPos){row, col}, &cell);
		if (is_empty(&cell))
			putchar(' ');
		for (int i = 0;
			!is_empty(&cell) && i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++)
			put_utf8(cell.chars[i]);
	}
	putchar('\n');
}

static size_t
add_color(char *out, size_t at, const char *name, const VTermColor *color)
{
	if (VTERM_COLOR_IS_INDEXED(color))
		return at + (size_t)snprintf(
				    out + at, STYLE_MAX - at, " %s=%u", name, color->indexed.idx);
	return at + (size_t)snprintf(out + at, STYLE_MAX - at, " %s=#%02x%02x%02x", name,
			    color->rgb.red, color->rgb.green, color->rgb.blue);
}

/* " bold fg=75"; "" for a plain cell. */
static void
describe(const VTermScreenCell *cell, char out[STYLE_MAX])
{
	size_t at = 0;
	out[0] = '\0';
	if (cell->attrs.bold)
		at += (size_t)snprintf(out + at, STYLE_MAX - at, " bold");
	if (cell->attrs.italic)
		at += (size_t)snprintf(out + at, STYLE_MAX - at, " italic");
	if (cell->attrs.underline)
		at += (size_t)snprintf(out + at, STYLE_MAX - at, " underline");
	if (cell->attrs.reverse)
		at += (size_t)snprintf(out + at, STYLE_MAX - at, " reverse");
	if (!VTERM_COLOR_IS_DEFAULT_FG(&cell->fg))
		at = add_color(out, at, "fg", &cell->fg);
	if (!VTERM_COLOR_IS_DEFAULT_BG(&cell->bg))
		add_color(out, at, "bg", &cell->bg);
}

static void
show_styles(const VTermScreen *screen, int row, int cols)
{
	VTermScreenCell cell;
	char style[STYLE_MAX] = "", run[STYLE_MAX] = "";
	int begin = 0;
	for (int col = 0; col <= cols; col++) {
		if (col < cols) {
			vterm_screen_get_cell(screen, (VTermPos){row, col}, &cell);
			/* The second half of a wide character has nothing of its own. */
			if (cell.chars[0] == (uint32_t)-1)
				continue;
			describe(&cell, style);
		}
		if (col < cols && strcmp(style, run) == 0)
			continue;
		if (run[0] != '\0')
			printf("%d %d+%d%s\n", row, begin, col - begin, run);
		memcpy(run, style, sizeof(run));
		begin = col;
	}
}

static void
show(VTerm *vt)
{
	const VTermScreen *screen = vterm_obtain_screen(vt);
	VTermPos cursor;
	int rows, cols;
	vterm_get_size(vt, &rows, &cols);
	vterm_state_get_cursorpos(vterm_obtain_state(vt), &cursor);
	for (int row = 0; row < rows; row++)
		show_row(screen, row, cols);
	printf("cursor %d %d\n", cursor.row, cursor.col);
	for (int row = 0; row < rows; row++)
		show_styles(screen, row, cols);
	printf("end\n");
	fflush(stdout);
}

static int
feed(VTerm *vt, size_t n)
{
	char bytes[4096];
	while (n > 0) {
		size_t got = fread(bytes, 1, n < sizeof(bytes) ? n : sizeof(bytes), stdin);
		if (got == 0)
			return 0;
		vterm_input_write(vt, bytes, got);
		n -= got;
	}
	return 1;
}

static int
run(VTerm *vt, const char *line)
{
	unsigned long n;
	int rows, cols;
	if (sscanf(line, "feed %lu", &n) == 1 && n <= FEED_MAX)
		return feed(vt, n);
	if (sscanf(line, "size %d %d", &rows, &cols) == 2 && rows > 0 && rows <= SIDE_MAX &&
		cols > 0 && cols <= SIDE_MAX) {
		vterm_set_size(vt, rows, cols);
		return 1;
	}
	if (strcmp(line, "show\n") != 0)
		return 0;
	show(vt);
	return 1;
}

int
main(int argc, char **argv)
{
	char line[256];
	int good = 1, rows = argc == 3 ? (int)strtol(argv[1], NULL, 10) : 0,
	    cols = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0;
	if (rows < 1 || rows > SIDE_MAX || cols < 1 || cols > SIDE_MAX) {
		fprintf(stderr, "usage: vt-view ROWS COLS\n");
		return 2;
	}
	VTerm *vt = vterm_new(rows, cols);
	vterm_set_utf8(vt, 1);
	vterm_screen_enable_altscreen(vterm_obtain_screen(vt), 1);
	vterm_screen_reset(vterm_obtain_screen(vt), 1);
	while (good && fgets(line, sizeof(line), stdin) != NULL)
		good = run(vt, line);
	vterm_free(vt);
	return good ? 0 : 1;
}
