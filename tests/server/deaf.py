#!/usr/bin/env python3
"""Servers that keep silent. Those that do not tell the connection that has a folder open what has become of it, and do
tell another one that counts its messages: what is on the screen is found to be old by that."""

import os
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import hostile  # noqa: E402


class DeafIdle(hostile.Server):
    """GNU Mailutils: who idles hears nothing until another command."""
    exists = 1
    said = b"* 2 EXISTS\r\n"
    validity = 1
    counted = False
    script = "wait-for subject 1\nwait-for subject 2\n"

    def __init__(self):
        super().__init__()
        self.idling = threading.Event()

    def on_idle(self, tag, rest):
        self.idling.set()
        return super().on_idle(tag, rest)

    def on_status(self, tag, rest):
        self.idling.wait(hostile.SECONDS)
        self.counted = True
        return b"* STATUS INBOX (MESSAGES 2 UNSEEN 2 UIDNEXT 3 UIDVALIDITY %d)\r\n" % self.validity

    def on_noop(self, tag, rest):
        return self.said if self.counted else b""

    def on_fetch(self, tag, rest):
        return b"" if rest.startswith(b"UID FETCH 2 ") and self.exists == 1 else super().on_fetch(tag, rest)


class KeepsSilent(DeafIdle):
    """GNU Mailutils again: of what was expunged nothing is said, until the folder is opened anew."""
    exists = 2
    said = b""
    script = "wait-for subject 2\nwait-gone subject 2\n"

    def on_status(self, tag, rest):
        super().on_status(tag, rest)
        self.exists = 1
        return b"* STATUS INBOX (MESSAGES 1 UNSEEN 1 UIDNEXT 3 UIDVALIDITY 1)\r\n"


class MadeAnew(DeafIdle):
    """Cyrus: the open folder was deleted, and there is another one of its name."""
    said = b""
    validity = 2

    def on_select(self, tag, rest):
        if not self.counted:
            return super().on_select(tag, rest)
        return b"* 2 EXISTS\r\n* OK [UIDVALIDITY 2] x\r\n* OK [UIDNEXT 3] x\r\n"


class SaysNotWhich(hostile.Server):
    """Does not say which messages are in the folder: nothing is done to a part of what was marked as all."""
    exists = 500

    def row(self, at):
        return super().row(at).replace(b"UID %d" % at, b"UID %d" % (at * 2))

    def on_search(self, tag, rest):
        threading.Event().wait(hostile.SECONDS)
        return b""


def check_marks():
    server = SaysNotWhich()
    code, output, _ = hostile.run(server, "wait-for subject 500\nwait-idle\n:mark-all\n:flag\n")
    return "" if code == 1 and b"which messages are all" in output else output.decode("utf-8", "replace") or "it was done"


class Babbler(DeafIdle):
    """Tells without end of counts that are not its own: that makes nobody ask without end."""
    script = "wait-for subject 1\n"

    def on_status(self, tag, rest):
        self.idling.wait(hostile.SECONDS)
        return b"".join(b"* STATUS INBOX (MESSAGES %d UNSEEN 2 UIDNEXT 3 UIDVALIDITY 1)\r\n" % n for n in range(2, 20000))


MOST_HEARD = 40
TESTS = [DeafIdle, KeepsSilent, MadeAnew, Babbler]


def check_news(kind):
    server = kind()
    code, output, _ = hostile.run(server, server.script + "wait-idle\n")
    if len(server.heard) > MOST_HEARD:
        return "%d commands" % len(server.heard)
    return output.decode("utf-8", "replace") if code else ""


def main():
    print("1..%d" % (len(TESTS) + 1))
    for name, why in [(server.__name__, check_news(server)) for server in TESTS] + [("SaysNotWhich", check_marks())]:
        print("%s - %s" % ("not ok" if why else "ok", name))
        print("".join("# %s\n" % line for line in why.splitlines()), end="", flush=True)


if __name__ == "__main__":
    main()
