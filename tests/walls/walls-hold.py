#!/usr/bin/env python3
"""Proves that each wall stands: a small tree is clean, and with one violation planted its wall complains of it."""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import walls  # noqa: E402

CLEAN = {
    "src/engine.h": '/* The engine. */\n#include "base/flags.h"\n',
    "src/base/flags.h": "/* Flags. */\n",
    "src/base/text.h": "/* Text. */\n",
    "src/base/hub.h": "/* Hub. */\n",
    "src/imap/parser.h": "/* The parser. */\n",
    "src/imap/parser.c": '#include "imap/parser.h"\n#include "base/hub.h"\n#include <string.h>\n',
    "src/net/dial.h": "/* Dials. */\n",
    "src/core/link.c": '/* Joins. */\n#include "net/dial.h"\n#include "imap/parser.h"\n#include "engine.h"\n',
    "ui/row.h": "/* A row. */\n",
    "ui/term.c": "/* The terminal. */\n#include <curses.h>\n",
    "ui/row.c": '#include "row.h"\n#include "engine.h"\n#include "base/text.h"\n#include "base/flags.h"\n',
}

SLEEPS = "unsigned sleep(unsigned);\nvoid nap(void);\nvoid nap(void) { sleep(1); }\n"
PRINTS = "int printf(const char *, ...);\nvoid say(int);\nvoid say(int i) { printf(\"%d\", i); }\n"
COPIES = "char *strcpy(char *, const char *);\nvoid copy(char *, char *);\nvoid copy(char *a, char *b) { strcpy(a, b); }\n"
WATCHES = "long time(long *);\nlong now(void);\nlong now(void) { return time(0); }\n"
LEAVES = "void exit(int);\nvoid leave(void);\nvoid leave(void) { exit(1); }\n"
LONG = "static void\nf(void)\n{\n" + "\t;\n" * 100 + "}\n"
TABLE = "static const int table[] = {\n" + "\t1,\n" * 500 + "};\n"

# wall, file, what is put at its end, whether the wall must complain
PLANTED = [
    (walls.wall_rooms, "src/imap/parser.c", '#include "net/dial.h"\n', True),
    (walls.wall_rooms, "src/base/hub.h", '#include "imap/parser.h"\n', True),
    (walls.wall_rooms, "src/engine.h", '#include "net/dial.h"\n', True),
    (walls.wall_rooms, "ui/row.c", '#include "base/hub.h"\n', True),
    (walls.wall_rooms, "ui/row.c", '#include "imap/parser.h"\n', True),
    (walls.wall_rooms, "src/core/link.c", '#include "../ui/row.h"\n', True),
    (walls.wall_rooms, "src/core/link.c", '#include "nowhere.h"\n', True),
    (walls.wall_rooms, "src/core/link.c", '#include "config.h"\n', False),
    (walls.wall_outside, "ui/row.c", "#include <curses.h>\n", True),
    (walls.wall_outside, "src/core/link.c", "#include <sqlite3.h>\n", True),
    (walls.wall_outside, "src/net/dial.c", "#include <openssl/ssl.h>\n", True),
    (walls.wall_outside, "ui/row.c", "#include <chafa.h>\n", True),
    (walls.wall_outside, "ui/row.c", "#include <png.h>\n", True),
    (walls.wall_outside, "src/mime/body.c", "#include <jpeglib.h>\n", True),
    (walls.wall_outside, "src/net/wire.c", "#include <zlib.h>\n", True),
    (walls.wall_outside, "src/net/tls-verify.c", "#include <openssl/ssl.h>\n", False),
    (walls.wall_outside, "src/core/link.c", "#include <gmime/gmime.h>\n", True),
    (walls.wall_outside, "src/mime/text.c", "#include <gpgme.h>\n", True),
    (walls.wall_outside, "src/imap/parser.c", "#include <gsasl.h>\n", True),
    (walls.wall_outside, "src/imap/parser.c", "#include <gio/gio.h>\n", True),
    (walls.wall_calls, "src/net/nap.c", SLEEPS, True),
    (walls.wall_calls, "ui/nap.c", SLEEPS, True),
    (walls.wall_calls, "src/mime/say.c", PRINTS, True),
    (walls.wall_calls, "ui/say.c", PRINTS, False),
    (walls.wall_calls, "src/store/copy.c", COPIES, True),
    (walls.wall_calls, "src/imap/now.c", WATCHES, True),
    (walls.wall_calls, "src/base/now.c", WATCHES, False),
    (walls.wall_calls, "ui/leave.c", LEAVES, True),
    (walls.wall_calls, "ui/main.c", LEAVES, False),
    (walls.wall_globals, "src/core/state.c", "int counter = 1;\n", True),
    (walls.wall_globals, "src/core/state.c", "static int counter;\nint *peek(void);\nint *peek(void) { return &counter; }\n", True),
    (walls.wall_globals, "src/core/state.c", "const char *names[] = {\"a\"};\n", True),
    (walls.wall_globals, "src/core/state.c", "const int answer = 42;\nconst char *const names[] = {\"a\"};\n", False),
    (walls.wall_globals, "src/core/state.c", "int turn_funcs[4];\n", False),
    (walls.wall_globals, "src/base/log.c", "int ring[9];\n", False),
    (walls.wall_length, "src/core/link.c", "\n" * 1000, True),
    (walls.wall_length, "ui/row.c", LONG, True),
    (walls.wall_length, "ui/row.c", TABLE, False),
    (walls.wall_heads, "src/core/bare.h", "int f(void);\n", True),
    (walls.wall_heads, "src/core/bare.c", "int f(void);\n", True),
    (walls.wall_heads, "src/imap/parser.c", "int f(void);\n", False),
    (walls.wall_words, "ui/row.c", "/* TO" + "DO: later */\n", True),
    (walls.wall_words, "doc/README.md", "see /ho" + "me/ada/x\n", True),
    (walls.wall_format, "ui/row.c", "int  f( void );\n", True),
    (walls.wall_format, "ui/row.c", "int f(void);\n", False),
]


def plant(top, path, text):
    file = os.path.join(top, path)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "a") as f:
        f.write(text)


def compile_into(source, build, path):
    target = os.path.join(build, path[:-2] + ".o")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    compiler = os.environ.get("CC", "cc").split()
    subprocess.run([*compiler, "-fno-builtin", "-fno-common", "-c", os.path.join(source, path), "-o", target], check=True)


def holds(wall, path, text, wanted):
    """Whether the wall complains of exactly what was planted."""
    with tempfile.TemporaryDirectory() as top:
        source, build = os.path.join(top, "source"), os.path.join(top, "build")
        for name, content in CLEAN.items():
            plant(source, name, content)
        plant(source, "src/base/ok.c", "/* Calls nothing. */\nint ok(void);\nint ok(void) { return 1; }\n")
        compile_into(source, build, "src/base/ok.c")
        with open(os.path.join(source, ".clang-format"), "w") as f:
            f.write("BasedOnStyle: LLVM\nSortIncludes: false\n")
        if list(wall(source, build)):
            return "the clean tree: %s" % list(wall(source, build))
        plant(source, path, text)
        if wall in (walls.wall_calls, walls.wall_globals):
            compile_into(source, build, path)
        found = list(wall(source, build))
        if wanted and not any(path in complaint for complaint in found):
            return "it let this in: %r" % text[:60]
        if not wanted and found:
            return "it complained: %s" % found
    return None


def main():
    print("1..%d" % (len(PLANTED) + 1))
    for wall, path, text, wanted in PLANTED:
        name = "%s %s %s" % (wall.__name__, "stops" if wanted else "lets be", path)
        if wall is walls.wall_format and not walls.clang_format():
            print("ok - %s # SKIP there is no clang-format %d" % (name, walls.CLANG_FORMAT))
            continue
        wrong = holds(wall, path, text, wanted)
        print("%s - %s" % ("not ok" if wrong else "ok", name))
        if wrong:
            print("# " + wrong)
    with tempfile.TemporaryDirectory() as nothing:
        print("%s - a build without objects is not a clean one" % ("ok" if list(walls.wall_calls(nothing, nothing)) else "not ok"))


if __name__ == "__main__":
    main()
