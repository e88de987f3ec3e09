#!/usr/bin/env python3
"""Servers that give less of a message than there is while it is moved to another account; loopback only."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import hostile  # noqa: E402

WHOLE = (b"Message-ID: <m1@example.org>\r\nSubject: subject 1\r\n\r\n"
         + b"".join(b"Line %d of a message that goes far.\r\n" % i for i in range(18000)))
PEAK_MB = 45


class Giver(hostile.Server):
    """Gives the message as it is."""
    exists = 1

    def __init__(self):
        self.stored = []
        super().__init__()

    def on_examine(self, tag, rest):
        return self.on_select(tag, rest) + b"* OK [UIDNEXT 2] x\r\n"

    def on_store(self, tag, rest):
        self.stored.append(rest)
        return b""

    def on_expunge(self, tag, rest):
        return b"* 1 EXPUNGE\r\n"

    def told(self):
        return len(WHOLE)

    def row(self, at):
        return (b'* %d FETCH (UID %d FLAGS () INTERNALDATE "14-Nov-2023 22:13:20 +0000" RFC822.SIZE %d ENVELOPE '
                b'("x" "subject %d" NIL NIL NIL NIL NIL NIL NIL "<m1@example.org>"))\r\n' % (at, at, self.told(), at))

    def on_fetch(self, tag, rest):
        found = re.search(rb"BODY.PEEK\[\]<(\d+)\.(\d+)>", rest)
        return self.piece(int(found[1]), int(found[2])) if found else self.row(1)

    def piece(self, at, length):
        octets = WHOLE[at:at + length]
        return b"* 1 FETCH (UID 1 BODY[]<%d> {%d}\r\n%s)\r\n" % (at, len(octets), octets)


class Short(Giver):
    """No more than 100,000 octets at a time, whatever is asked for."""

    def piece(self, at, length):
        return super().piece(at, min(length, 100000))


class Gone(Giver):
    """Another client takes the message away between two pieces."""

    def piece(self, at, length):
        return super().piece(at, length) if at == 0 else b""


class Nothing(Giver):
    def piece(self, at, length):
        return b'* 1 FETCH (UID 1 BODY[]<%d> "")\r\n' % at


class Overstated(Giver):
    """The size is a guess (Exchange)."""

    def told(self):
        return len(WHOLE) + 5000


class Understated(Giver):
    def told(self):
        return 300000


class Taker(hostile.Server):
    exists = 0
    folders = b'* LIST () "/" INBOX\r\n* LIST () "/" Archive\r\n'

    def __init__(self):
        self.taken = []
        super().__init__()

    def on_examine(self, tag, rest):
        return self.on_select(tag, rest)

    def on_status(self, tag, rest):
        name = re.match(rb"STATUS (\S+)", rest)[1]
        return b"* STATUS %s (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1 UNSEEN 0)\r\n" % name

    def talk(self, line):
        try:
            line.settimeout(hostile.SECONDS)
            line.sendall(b"* OK [CAPABILITY " + hostile.CAPS + b"] hi\r\n")
            stream = line.makefile("rb")
            for command in stream:
                tag, _, rest = command.strip().partition(b" ")
                if tag == b"DONE":
                    line.sendall(self.idle + b" OK\r\n")
                    continue
                verb = rest.replace(b"UID ", b"").split()[0].decode("latin-1").lower()
                literal = re.search(rb"\{(\d+)\}$", rest)
                if literal:
                    line.sendall(b"+ go on\r\n")
                    octets = stream.read(int(literal[1]))
                    stream.readline()
                    self.taken.append(octets)
                    line.sendall(tag + b" OK [APPENDUID 1 1] done\r\n")
                    continue
                line.sendall(getattr(self, "on_" + verb, lambda *_: b"")(tag, rest))
                if verb != "idle":
                    line.sendall(tag + b" OK done\r\n")
        except OSError:
            pass


class Loser(Taker):
    """Takes the message and closes the line instead of saying so; then tells of a great many others in the folder."""
    others = 60000

    def __init__(self):
        self.peak = 0
        super().__init__()

    def talk(self, line):
        before = len(self.taken)
        super().talk(Closing(line, lambda: before == 0 and self.taken))

    def row(self, at):
        name = b"<m1@example.org>" if at > self.others else b"<%d%s@example.org>" % (at, b"x" * 800)
        return (b'* %d FETCH (UID %d FLAGS () INTERNALDATE "14-Nov-2023 22:13:20 +0000" RFC822.SIZE %d ENVELOPE '
                b'("x" "s" NIL NIL NIL NIL NIL NIL NIL "%s"))\r\n' % (at, at, len(WHOLE), name))

    def on_fetch(self, tag, rest):
        return b"".join(self.row(at) for at in range(1, self.others + 2))


class Closing:
    """A line that is closed instead of saying what END no longer wants said."""

    def __init__(self, line, end):
        self.line, self.end, self.closed = line, end, False

    def sendall(self, octets):
        if not self.closed and self.end() and b"APPENDUID" in octets:
            self.closed = True
            self.line.shutdown(2)
        self.line.sendall(octets)

    def __getattr__(self, name):
        return getattr(self.line, name)


def move(giver, script, taker=None):
    """Moves the message of GIVER to another account; its status, what it said, and what has arrived there."""
    taker = taker or Taker()
    home = tempfile.mkdtemp(prefix="postern-hostile-")
    config, steps = os.path.join(home, "config"), os.path.join(home, "script")
    with open(config, "w", encoding="utf-8") as f:
        for name, server in (("work", giver), ("home", taker)):
            f.write("[account %s]\nimap = imap+insecure://u@127.0.0.1:%d\npassword = p\n" % (name, server.port))
    os.chmod(config, 0o600)
    with open(steps, "w", encoding="utf-8") as f:
        f.write("size 100x24\nwait-for subject 1\nwait-idle 20\n:move home/Archive\n" + script)
    env = dict(os.environ, XDG_STATE_HOME=home + "/state", XDG_CACHE_HOME=home + "/cache", LC_ALL="C.UTF-8",
               TERM="xterm-256color")
    command = [os.path.join(hostile.TOP, "postern"), "--config", config, "--script", steps]
    try:
        with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            clock = threading.Timer(hostile.SECONDS, process.kill)
            clock.start()
            output = process.stdout.read()
            taker.peak = os.wait4(process.pid, 0)[2].ru_maxrss // 1024 if hasattr(taker, "peak") else 0
            clock.cancel()
        return process.returncode, output.decode("utf-8", "replace"), taker.taken
    finally:
        giver.socket.close()
        taker.socket.close()
        shutil.rmtree(home)


def check_whole(giver):
    code, output, taken = move(giver, "wait-idle 20\n")
    if code or taken != [WHOLE] or not giver.stored:
        return "status %d, %s octets arrived, %s\n%s" % (code, [len(one) for one in taken], giver.stored, output)
    return ""


def check_lost(taker):
    giver = Giver()
    code, output, taken = move(giver, "wait-idle 60\n", taker)
    if taken != [WHOLE] or not giver.stored or taker.peak > PEAK_MB:
        return "status %s, %s octets arrived, %s, %d MB\n%s" % (
            code, [len(one) for one in taken], giver.stored, taker.peak, output)
    return ""


def check_kept(giver):
    code, output, taken = move(giver, "wait-for no longer has\nwait-idle 20\n")
    if code or taken or giver.stored:
        return "status %d, %s octets arrived, %s\n%s" % (code, [len(one) for one in taken], giver.stored, output)
    return ""


TESTS = [
    ("a message in pieces", lambda: check_whole(Giver())),
    ("pieces that are shorter than asked", lambda: check_whole(Short())),
    ("a size that is too large", lambda: check_whole(Overstated())),
    ("a size that is too small", lambda: check_whole(Understated())),
    ("a message that goes between two pieces", lambda: check_kept(Gone())),
    ("a message of which nothing is given", lambda: check_kept(Nothing())),
    ("a lost answer, and 60,000 others in the folder", lambda: check_lost(Loser())),
]


def main():
    print("1..%d" % len(TESTS))
    for name, check in TESTS:
        why = check()
        print("%s - %s" % ("not ok" if why else "ok", name))
        print("".join("# %s\n" % line for line in why.splitlines()), end="", flush=True)


if __name__ == "__main__":
    main()
