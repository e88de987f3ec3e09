#!/usr/bin/env python3
"""Servers that offer what they can't do: the change is made in another way."""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import hostile  # noqa: E402


class NoMove(hostile.Server):
    """go-imap before 2 offers MOVE whatever is behind it."""
    exists = 1
    folders = b'* LIST () "/" INBOX\r\n* LIST () "/" Work\r\n'
    word = b"NO MOVE extension not supported"

    def talk(self, line):
        hostile.CAPS += b"" if b" MOVE" in hostile.CAPS else b" MOVE"
        super().talk(line)

    def on_status(self, tag, rest):
        return b"* STATUS %s (MESSAGES 1 UNSEEN 1 UIDNEXT 2 UIDVALIDITY 1)\r\n" % rest.split()[1]

    def on_move(self, tag, rest):
        return tag + b" " + self.word + b"\r\n"

    def on_copy(self, tag, rest):
        return tag + b" OK [COPYUID 1 1 2] copied\r\n"

    def on_expunge(self, tag, rest):
        return b"* 1 EXPUNGE\r\n"


class BadMove(NoMove):
    word = b"BAD what"


class Refuses(NoMove):
    """It can, and does not want to: that is told, and nothing is copied."""
    word = b"NO Over quota"


TESTS = [(NoMove, ["COPY", "STORE", "EXPUNGE"]), (BadMove, ["COPY", "STORE", "EXPUNGE"]), (Refuses, [])]
SCRIPT = "wait-for subject 1\nwait-idle\n:move Work\nwait-idle\n"


def check(server, wanted):
    code, output, _ = hostile.run(server, SCRIPT)
    done = re.findall(r"UID (COPY|STORE|EXPUNGE) 1", b"".join(server.heard).decode("latin-1"))
    if code or done != wanted:
        return "status %d, %s\n%s" % (code, done, output.decode("utf-8", "replace"))
    return ""


def main():
    print("1..%d" % len(TESTS))
    for server, wanted in TESTS:
        why = check(server(), wanted)
        print("%s - %s" % ("not ok" if why else "ok", server.__name__))
        print("".join("# %s\n" % line for line in why.splitlines()), end="", flush=True)


if __name__ == "__main__":
    main()
