#!/usr/bin/env python3
"""A tunnel that is logged in already: what the doctor says of it, and the list."""

import os
import subprocess
import sys
import tempfile

TOP = os.environ.get("abs_top_builddir") or os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../build")
WANTED = ["account work: a tunnel, by python3", "connected to the command", "not encrypted: a tunnel of yours",
          "logged in by the command (PREAUTH)", "the server is Ready.", "folders: 1"]


def serve():
    """As Courier's imapd does: nothing of what it can before it is asked."""
    answers = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n", "LIST": '* LIST () "/" INBOX\r\n'}
    sys.stdout.write("* PREAUTH Ready.\r\n")
    sys.stdout.flush()
    for line in sys.stdin:
        tag, verb = line.split()[:2]
        sys.stdout.write(answers.get(verb, "") + tag + " OK done\r\n")
        sys.stdout.flush()


def main():
    with tempfile.TemporaryDirectory(prefix="postern-tunnel-") as home:
        config = os.path.join(home, "config")
        with open(config, "w", encoding="utf-8") as f:
            f.write("[account work]\ntunnel = python3 %s serve\n" % os.path.realpath(__file__))
        env = dict(os.environ, XDG_STATE_HOME=home, XDG_CACHE_HOME=home, LC_ALL="C.UTF-8")
        done = subprocess.run([os.path.join(TOP, "postern"), "--config", config, "--doctor"], env=env, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.decode("utf-8", "replace")
    missing = [words for words in WANTED if words not in said]
    print("1..1\n%s - doctor" % ("not ok" if missing or done.returncode else "ok"))
    for line in missing and missing + said.splitlines():
        print("# " + line)


if __name__ == "__main__":
    serve() if sys.argv[1:] else main()
