#!/usr/bin/env python3
"""The man pages list every action, key and option as the tables of the program have them."""

import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ.get("abs_top_srcdir") or os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
FILES = ["tools/update-manual", "doc/postern.1", "doc/postern-config.5", "ui/action.c", "src/core/options.c"]


def check(top):
    return subprocess.run([sys.executable, os.path.join(top, "tools/update-manual"), "--check"],
                          capture_output=True, text=True)


def changed_copy(top, path, old, new):
    for name in FILES:
        os.makedirs(os.path.dirname(os.path.join(top, name)), exist_ok=True)
        shutil.copyfile(os.path.join(TOP, name), os.path.join(top, name))
    with open(os.path.join(top, path), "r+", encoding="utf-8") as f:
        text = f.read()
        assert old in text
        f.seek(0)
        f.truncate()
        f.write(text.replace(old, new))


def say(good, name, why=""):
    print("%s - %s" % ("ok" if good else "not ok", name))
    if not good:
        print("".join("# %s\n" % line for line in why.splitlines()), end="")


def main():
    print("1..3")
    done = check(TOP)
    say(done.returncode == 0, "the man pages are up to date", done.stdout + done.stderr)
    for path, old, new in (("ui/action.c", '"archive"', '"file-away"'),
                           ("src/core/options.c", '"tls-pin"', '"tls-nail"')):
        with tempfile.TemporaryDirectory() as top:
            changed_copy(top, path, old, new)
            say(check(top).returncode == 1, "a change of %s is noticed" % path)


if __name__ == "__main__":
    main()
