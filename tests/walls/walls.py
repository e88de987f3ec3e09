#!/usr/bin/env python3
"""The walls of the house: who may see whom, what nobody may call, and how long a thing may get.

walls.py SOURCE BUILD prints TAP, one test for each wall. walls-hold.py proves that each wall catches what it is for.
A wall is a function of (source, build) that yields complaints; doc/ARCHITECTURE.md says why each one stands.
"""

import os
import re
import shutil
import subprocess
import sys

ROOMS = ["src/base", "src/net", "src/imap", "src/mime", "src/store", "src/core", "ui"]
ENGINE = [room for room in ROOMS if room != "ui"]

# A room sees itself and these.
SEES = {
    "src/base": [], "src/net": ["src/base"], "src/imap": ["src/base"], "src/mime": ["src/base"],
    "src/store": ["src/base"],
    "src/core": ["src/base", "src/net", "src/imap", "src/mime", "src/store", "src/engine.h"],
    # Of the base, ui has the text filter, the errors, the clock and the leash of other programs; engine.h hands it the
    # rest that it needs.
    "src": ["src/base"], "ui": ["src/engine.h", "src/base/text.h", "src/base/err.h", "src/base/clock.h", "src/base/child.h"],
}

# Headers of other people's libraries, and the only files that know them.
OUTSIDE = [
    (r"n?curses(w/.*)?\.h|ncursesw?/.*|term\.h", r"ui/(term|paint)\.c"),
    (r"sqlite3.*\.h", r"src/store/.*"),
    (r"openssl/.*", r"src/net/tls[^/]*\.[ch]"),
    (r"gmime/.*", r"src/mime/.*"),
    (r"gpgme\.h", r"src/mime/crypt[^/]*\.[ch]"),
    (r"gsasl.*\.h", r"src/imap/auth\.c"),
    (r"chafa\.h", r"ui/(mosaic|pixels)\.c"),
    # Pictures are decoded in a process of its own.
    (r"png\.h|jpeglib\.h|jerror\.h|gif_lib\.h|webp/.*", r"src/picture/(png|jpeg|gif|webp)\.c"),
    (r"zlib\.h", r"src/net/deflate\.c"),
    (r"gio/.*", r"src/(base|net|core)/.*|ui/.*"),
    (r"glib-unix\.h|unistd\.h|fcntl\.h|sys/socket\.h|netdb\.h", r"(?!src/imap/|src/mime/).*"),
]

# Symbols that no object of a room may need; each set with the files that are let off.
BLOCKING = ("sleep usleep nanosleep clock_nanosleep getaddrinfo gethostbyname gethostbyname_r system popen "
            "g_main_context_iteration g_spawn_sync g_spawn_command_line_sync g_resolver_lookup_by_name "
            "g_socket_client_connect g_socket_client_connect_to_host g_subprocess_wait g_subprocess_communicate "
            "g_subprocess_communicate_utf8").split()
UNSAFE = "strcpy strcat stpcpy sprintf vsprintf gets strtok atoi atol atof alloca tmpnam mktemp".split()
PRINTING = "printf vprintf puts putchar perror stdout stderr g_print g_printerr".split()
CURSES_OR_UI = "initscr newterm endwin doupdate wrefresh getch wgetch".split()
CLOCK_AND_IO = ("read write recv send socket connect open close poll select time clock_gettime gettimeofday "
                "g_get_monotonic_time g_get_real_time g_main_loop_new g_source_attach g_timeout_add "
                "g_timeout_add_full g_idle_add g_idle_add_full").split()
FORBIDDEN = [
    (BLOCKING, ROOMS, "it would block the loop", r"$^"),
    (UNSAFE, ROOMS, "it trusts lengths or input", r"$^"),
    (["exit", "_exit", "g_main_loop_run"], ROOMS, "only main may", r"ui/main\.c"),
    (PRINTING, ENGINE, "the engine does not print", r"$^"),
    (CURSES_OR_UI, ENGINE, "the engine has no terminal", r"$^"),
    (CLOCK_AND_IO, ["src/imap"], "the wire has no clock, no loop and no descriptor", r"$^"),
]

# State that outlives a call: the log's ring, the clock's and the fault injector's test hooks.
GLOBALS_ALLOWED = r"src/base/(log|clock|fault)\.c|src/mime/assumed\.c|ui/(main|term)\.c"

CLANG_FORMAT = 14
# g_source_new() takes its table of functions as writable; nobody writes it.
GLOBALS_OF_GLIB = r"\w+_funcs"

FILE_LINES, FUNCTION_LINES = 1000, 100


def files(source, folders, endings):
    """Paths, relative to source, of the files below folders that end in one of endings."""
    found = []
    for folder in folders:
        for top, dirs, names in os.walk(os.path.join(source, folder)):
            dirs[:] = [d for d in dirs if not d.startswith(".")]
            found += [os.path.relpath(os.path.join(top, n), source) for n in names if n.endswith(endings)]
    return sorted(found)


def lines(source, path):
    with open(os.path.join(source, path), encoding="utf-8", errors="replace") as f:
        return f.read().split("\n")


def room_of(path):
    """The longest folder with rules that path is in: src/net, src (for engine.h), ui."""
    folder = os.path.dirname(path)
    while folder and folder not in SEES:
        folder = os.path.dirname(folder)
    return folder


def resolve(source, path, name):
    """The file that #include "name" in path means, relative to source; None when it is made by configure."""
    for folder in (os.path.dirname(path), "src", "."):
        target = os.path.normpath(os.path.join(folder, name))
        if os.path.exists(os.path.join(source, target)):
            return target
    return None


def quoted(source, path):
    for number, line in enumerate(lines(source, path), 1):
        found = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
        if found:
            yield number, found[1]


def wall_rooms(source, build):
    """No room includes a room that it may not see. ui also sees the base headers that engine.h hands out."""
    handed = []
    if os.path.exists(os.path.join(source, "src/engine.h")):
        handed = [resolve(source, "src/engine.h", name) for _, name in quoted(source, "src/engine.h")]
    for path in files(source, ["src", "ui"], (".c", ".h")):
        room = room_of(path)
        seen = [room] + SEES[room] + (handed if room == "ui" else [])
        for number, name in quoted(source, path):
            target = resolve(source, path, name)
            if target is None:
                if name != "config.h":
                    yield "%s:%d: %s is nowhere" % (path, number, name)
            elif target not in seen and room_of(target) not in seen:
                yield "%s:%d: %s may not include %s" % (path, number, room, target)


def wall_outside(source, build):
    """Each outside library is known to its own files alone."""
    for path in files(source, ["src", "ui"], (".c", ".h")):
        for number, line in enumerate(lines(source, path), 1):
            found = re.match(r"\s*#\s*include\s*<([^>]+)>", line)
            for header, allowed in OUTSIDE:
                if found and re.fullmatch(header, found[1]) and not re.fullmatch(allowed, path):
                    yield "%s:%d: <%s> is not for this file" % (path, number, found[1])


def objects(source, build):
    """(source file, object file) for every object of the rooms."""
    for path in files(build, ROOMS, (".o",)):
        stem = re.sub(r"^(lib)?[a-z]+_a-|^postern-", "", os.path.basename(path))[:-2]
        yield os.path.join(os.path.dirname(path), stem + ".c"), os.path.join(build, path)


def wall_calls(source, build):
    """No object needs a symbol that its room may not use."""
    checked = 0
    for path, object_file in objects(source, build):
        checked += 1
        done = subprocess.run(["nm", "-u", object_file], capture_output=True, text=True, check=True)
        # A fortified libc calls strcpy __strcpy_chk, and some functions carry their standard in their name.
        needed = {re.sub(r"^__(isoc\d+_)?(.*?)(_chk)?$", r"\2", line.split()[-1].split("@")[0])
                  for line in done.stdout.splitlines() if line.strip()}
        for symbols, rooms, why, allowed in FORBIDDEN:
            if room_of(path) in rooms and not re.fullmatch(allowed, path):
                for symbol in sorted(needed.intersection(symbols)):
                    yield "%s: calls %s: %s" % (path, symbol, why)
    if not checked:
        yield "there is no object file below " + build


def wall_globals(source, build):
    """No writable variable that other files see, and none at all in the engine but a function's own."""
    for path, object_file in objects(source, build):
        if re.fullmatch(GLOBALS_ALLOWED, path):
            continue
        done = subprocess.run(["nm", "-f", "sysv", object_file], capture_output=True, text=True, check=True)
        for line in done.stdout.splitlines():
            cells = [cell.strip() for cell in line.split("|")]
            # Sanitizers and the compiler name their own things with dots and underscores.
            if len(cells) != 7 or not re.match(r"[a-zA-Z]\w*$", cells[0]) or re.fullmatch(GLOBALS_OF_GLIB, cells[0]):
                continue
            if re.match(r"\.data(\.rel(\.local)?)?$|\.bss|\*COM\*", cells[6]):
                yield "%s: %s is a global variable" % (path, cells[0])


def wall_length(source, build):
    """No file and no function beyond the wall. A table is not a function."""
    for path in files(source, ["src", "ui", "tests"], (".c", ".h", ".py")):
        text = lines(source, path)
        if len(text) - 1 > FILE_LINES:
            yield "%s: %d lines" % (path, len(text) - 1)
        if path.endswith(".py"):
            continue
        start = None
        for number, line in enumerate(text, 1):
            if line == "{":
                start = number
            elif line == "}" and start:
                if number - start > FUNCTION_LINES:
                    yield "%s:%d: a function of %d lines" % (path, start, number - start)
                start = None


def wall_heads(source, build):
    """Every header, and every .c that has none, opens with a comment that says what it is."""
    everything = files(source, ["src", "ui", "tests"], (".c", ".h"))
    for path in everything:
        name = os.path.basename(path)[:-2] + ".h"
        folder = os.path.dirname(path)
        # engine.c stands in core/, engine.h above it.
        described = {os.path.join(folder, name), os.path.join(os.path.dirname(folder), name)}
        if path.endswith(".h") or not described.intersection(everything):
            if not lines(source, path)[0].startswith("/*"):
                yield "%s:1: no comment at the head" % path


def wall_words(source, build):
    """Nothing is left to be done later in a comment, and no path of somebody's machine is written down."""
    # Put together so that this file does not complain of itself.
    bad = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|[\s\"'(=](/home|/root|/work|/Users)/\w")
    tops = ["src", "ui", "tests", "tools", "doc", "themes"]
    for path in files(source, tops, (".c", ".h", ".py", ".sh", ".mk", ".md", ".theme", ".1", ".5", ".7")):
        for number, line in enumerate(lines(source, path), 1):
            found = bad.search(line)
            if found:
                yield "%s:%d: %s" % (path, number, found[0].strip())


def clang_format():
    """The path of clang-format, or None. Only of the version we use: each lays some lines out differently."""
    program = shutil.which("clang-format")
    if program:
        said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        found = re.search(r"version (\d+)", said)
        if found and int(found[1]) == CLANG_FORMAT:
            return program
    return None


def wall_format(source, build):
    """Every C file is as clang-format would write it."""
    program = clang_format()
    paths = files(source, ["src", "ui", "tests"], (".c", ".h"))
    done = subprocess.run([program, "--dry-run", "--style=file", *paths], cwd=source, capture_output=True, text=True)
    yield from (line for line in done.stderr.splitlines() if "clang-format-violations" in line)


WALLS = [wall_rooms, wall_outside, wall_calls, wall_globals, wall_length, wall_heads, wall_words, wall_format]


def main():
    source, build = sys.argv[1:3] if len(sys.argv) == 3 else (os.environ["abs_top_srcdir"], os.environ["abs_top_builddir"])
    print("1..%d" % len(WALLS))
    for wall in WALLS:
        name = wall.__doc__.split(". ")[0].split("\n")[0].rstrip(".")
        if wall is wall_format and not clang_format():
            print("ok - %s # SKIP there is no clang-format %d" % (name, CLANG_FORMAT))
            continue
        complaints = list(wall(source, build))
        print("%s - %s" % ("not ok" if complaints else "ok", name))
        for complaint in complaints[:200]:
            print("# " + complaint)


if __name__ == "__main__":
    main()
