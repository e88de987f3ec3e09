#!/usr/bin/env python3
"""Servers that can't take a message apart, or do it wrongly: the reader shows its text all the same, and never
asks for more than is needed. Each is a few lines of a server on the loopback; the program is driven by its scripts."""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import hostile  # noqa: E402

TEXT = b'("text" "plain" ("charset" "utf-8") NIL NIL "7bit" %d 1)'
HTML = b'("text" "html" NIL NIL NIL "7bit" %d 1)'
HEADER = (b"From: Ada Lovelace <ada@example.org>\r\nTo: alice@example.org\r\nSubject: engine\r\n"
          b"Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
          b"Content-Type: multipart/mixed; boundary=b\r\n\r\n")
BODY = (b"--b\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
        b"--b\r\n\r\nThe true text.\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>The <b>true</b> page.\r\n--b--\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=graph.png\r\n\r\nxxxx\r\n--b--\r\n")


class Server(hostile.Server):
    """One message, which the server describes by STRUCTURE and gives by sections."""
    exists = 1
    structure = b"(" + TEXT % 16 + HTML % 20 + b' "alternative")'
    message = HEADER + BODY
    sections = {}

    def row(self, at):
        return (b'* 1 FETCH (UID 1 FLAGS () INTERNALDATE " 2-Mar-2026 09:00:00 +0000" RFC822.SIZE %d ENVELOPE '
                b'("Mon, 2 Mar 2026 09:00:00 +0000" "engine" (("Ada" NIL "ada" "example.org")) NIL NIL NIL NIL NIL '
                b'NIL NIL)%s)\r\n' % (len(self.message), b" BODYSTRUCTURE " + self.structure if self.structure else b""))

    def section(self, name):
        if name == b"":
            return self.message
        if name == b"HEADER":
            return self.message[:self.message.index(b"\r\n\r\n") + 4]
        return self.sections.get(name)

    def on_fetch(self, tag, rest):
        asked = re.search(rb"BODY\.PEEK\[([^\]]*)\](?:<(\d+)\.(\d+)>)?", rest)
        if not asked:
            return self.row(1)
        name, first, length = asked.groups()
        octets = self.section(name)
        if octets is None:
            return self.refuse(name)
        origin = b"<%s>" % first if first else b""
        if first:
            octets = octets[int(first):int(first) + int(length)]
        return b"* 1 FETCH (UID 1 BODY[%s]%s {%d}\r\n%s)\r\n" % (name, origin, len(octets), octets)

    def refuse(self, name):
        return b"* 1 FETCH (UID 1 BODY[%s] NIL)\r\n" % name


class SaysNo(Server):
    """Refuses a section; the OK that the server says behind it is nobody's."""
    word = b"NO can't"

    def on_fetch(self, tag, rest):
        answer = super().on_fetch(tag, rest)
        return tag + b" " + self.word + b"\r\n" if answer.endswith(b"] NIL)\r\n") else answer


class SaysBad(SaysNo):
    word = b"BAD what"


class EmptySection(Server):
    def refuse(self, name):
        return b'* 1 FETCH (UID 1 BODY[%s] "")\r\n' % name


class NothingAtAll(Server):
    def refuse(self, name):
        return b""


class NoStructure(Server):
    structure = b""


class NilStructure(Server):
    structure = b"NIL"


class EmptyMultipart(Server):
    structure = b'(NIL "mixed")'


class HugeStructure(Server):
    """More than the store takes: hundreds of parts with long names."""
    structure = (b"(" + b"".join(
        b'("application" "x" ("name" "%s%d") NIL NIL "7bit" 1)' % (b"n" * 900, i) for i in range(400)) + b' "mixed")')


class EqualBoundaries(Server):
    """Gmail's: the picture is described inside of the alternative, and the numbers are wrong."""
    structure = (b"((" + TEXT % 16 + HTML % 20 + b'("image" "png" NIL NIL NIL "7bit" 4) "alternative" ("boundary" "b"))'
                 b' "mixed" ("boundary" "b"))')
    sections = {b"1.1": b"The wrong text.\r\n"}


class BigOne(Server):
    """Two megabytes, fetched in pieces and taken apart beside the main loop."""
    structure = b""
    message = HEADER + BODY.replace(b"xxxx", b"x" * 70 + b"\r\n") + b"".join(b"%070d\r\n" % i for i in range(30000))


class NoHeader(Server):
    structure = b""
    message = b"The true text.\r\n\r\nAnd nothing else: graph.png\r\n"


class Sound(Server):
    """Nothing is wrong: the whole is not asked for, and the text of a part that was named with its size is."""
    structure = b"(" + TEXT % 16 + b'("image" "png" ("name" "graph.png") NIL NIL "base64" 50000000) "mixed")'
    sections = {b"1": b"The true text.\r\n"}


class OverstatedSize(Server):
    """The text is shorter than was said."""
    structure = b"(" + TEXT % 60000 + b'("image" "png" ("name" "graph.png") NIL NIL "base64" 5) "mixed")'
    sections = {b"1": b"The true text.\r\n"}


SCRIPT = "wait-for engine\nkey Enter\nwait-for The true text\nwait-for graph.png\nwait-idle 20\n"


def check(server, whole):
    """The text is on the screen; WHOLE: all of the message was asked for."""
    code, output, _ = hostile.run(server, SCRIPT)
    heard = b"".join(server.heard)
    if code:
        return "status %d\n%s\n%s" % (code, output.decode("utf-8", "replace"), heard.decode("latin-1"))
    if (b"BODY.PEEK[]" in heard) != whole:
        return "asked for:\n" + heard.decode("latin-1")
    return ""


TESTS = [(Sound, False), (OverstatedSize, False), (SaysNo, True), (SaysBad, True), (EmptySection, True), (NothingAtAll, True),
         (NoStructure, True), (NilStructure, True), (EmptyMultipart, True), (HugeStructure, True), (EqualBoundaries, True),
         (BigOne, True), (NoHeader, True)]


def main():
    print("1..%d" % len(TESTS))
    for server, whole in TESTS:
        why = check(server(), whole)
        print("%s - %s" % ("not ok" if why else "ok", server.__name__))
        print("".join("# %s\n" % line for line in why.splitlines()), end="", flush=True)


if __name__ == "__main__":
    main()
