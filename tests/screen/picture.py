#!/usr/bin/env python3
"""Pictures: in cells, and drawn by a terminal of ours which says that it can. It keeps what it was told to draw: where
sixels lie there are # on its screen until something is written over them, as in a terminal; pictures of kitty's protocol
stay until they are deleted."""

import base64
import email.message
import imaplib
import os
import random
import re
import select
import shutil
import ssl
import stat
import struct
import sys
import tempfile
import time
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import kit  # noqa: E402
from kit import check, skip  # noqa: E402

CELL = (10, 20)
SMALL, LARGE = (64, 48), (900, 600)

ATTRIBUTES, KITTY, SIZE = b"\x1b[c", b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\", b"\x1b[16t"
SIXEL_TERMINAL = {ATTRIBUTES: b"\x1b[?62;4;22c", SIZE: b"\x1b[6;20;10t"}
KITTY_TERMINAL = {KITTY: b"\x1b_Gi=31;OK\x1b\\", ATTRIBUTES: b"\x1b[?62c", SIZE: b"\x1b[6;20;10t"}
PLAIN_TERMINAL = {ATTRIBUTES: b"\x1b[?1;2c"}

STRING = re.compile(rb"\x1b([P_])([^\x1b]*)\x1b\\", re.DOTALL)
PLACE = re.compile(rb"\x1b\[(\d+);(\d+)H\Z")

# Takes the picture, says who it is, and never has done.
SLOW = """#!/bin/sh
cat > /dev/null
echo $$ > {out}.new
mv {out}.new {out}
exec sleep 1000
"""


# ---- messages ----

def png(width, height, pixel):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def halves(x, y):
    return b"\xff\x00\x00" if x < SMALL[0] // 2 else b"\x00\x00\xff"


def deliver(server, folder, picture):
    """A folder with one message, which has PICTURE."""
    message = email.message.EmailMessage()
    message["From"], message["To"], message["Subject"] = "Zoë <zoe@example.org>", server["user"], "A picture, " + folder
    message["Date"] = "Mon, 06 Jan 2025 10:00:00 +0000"
    message.set_content("Here it is.\n")
    message.add_attachment(picture, maintype="image", subtype="png", filename="picture.png")
    client = imaplib.IMAP4_SSL(server["host"], int(server["imaps_port"]),
                               ssl_context=ssl.create_default_context(cafile=server["ca"]))
    client.login(server["user"], server["password"])
    client.create(folder)
    client.append(folder, None, None, message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
    client.logout()


# ---- a terminal that draws ----

class Program(kit.Terminal):
    """Postern, reading the message of a folder, on a terminal that gives ANSWERS to questions."""

    def __init__(self, server, folder, answers=None, settings="", env=None, program=kit.PROGRAM, **options):
        self.answers = answers or {}
        self.asked, self.tail, self.place = b"", b"", (1, 1)
        self.sixels, self.kitty, self.loading, self.pieces = [], {}, {}, b""
        self.drawn = []  # the bytes that each picture took
        self.home = kit.Home(server, settings=settings)
        super().__init__([program, "--config", self.home.config, "work/INBOX"], self.home.environment(**env or {}),
                         **options)
        self.ready = (self.wait_for("live", "1/26", "Small") and self.press(":open %s\r" % folder, "A picture, " + folder)
                      and self.press("\r", "Here it is.", "v parts"))

    def close(self):
        super().close()
        self.home.__exit__()

    def press(self, keys, *texts):
        self.send(keys)
        return self.wait_for(*texts)

    def take(self, data):
        data = self.tail + data
        at = 0
        for string in STRING.finditer(data):
            super().take(data[at:string.start()])
            self.note_place(data[at:string.start()])
            self.draw(string[1], string[2])
            at = string.end()
        # What is not complete waits, of questions too.
        begun = max(data.find(b"\x1bP", at), data.find(b"\x1b_", at))
        cut = begun if begun >= 0 else len(data) - 1 if data.endswith(b"\x1b") else len(data)
        self.tail = data[cut:]
        super().take(data[at:cut])
        self.note_place(data[at:cut])
        self.answer(data[:cut])

    def note_place(self, data):
        """Where the cursor is put just before what is drawn."""
        place = PLACE.search(data)
        if place:
            self.place = int(place[1]), int(place[2])

    def answer(self, data):
        for question in re.findall(b"|".join(re.escape(q) for q in (ATTRIBUTES, KITTY, SIZE)), data):
            self.asked += question
            if question in self.answers:
                os.write(self.fd, self.answers[question])

    def draw(self, kind, body):
        if kind == b"P":
            size = re.match(rb'[0-9;]*q"1;1;(\d+);(\d+)', body)
            self.drawn.append(len(body))
            self.sixels.append(body)
            self.hatch(int(size[1]), int(size[2]))
            return
        words, _, data = body[1:].partition(b";")
        keys = dict(word.split(b"=") for word in words.split(b","))
        if keys.get(b"a") == b"q":
            return
        if keys.get(b"a") == b"d":
            self.kitty.pop(keys[b"i"], None)
            return
        if keys.get(b"a") == b"T":
            self.loading, self.pieces = keys, b""
        assert keys[b"q"] == b"2" and len(data) <= 4096
        self.pieces += data
        if keys[b"m"] == b"0" and self.pieces:
            self.drawn.append(len(self.pieces))
            self.kitty[self.loading[b"i"]] = (self.loading, self.pieces)

    def hatch(self, width, height):
        """What sixels cover; the cursor is put back by whoever sent them."""
        for row in range((height + CELL[1] - 1) // CELL[1]):
            super().take(b"\x1b[%d;%dH" % (self.place[0] + row, self.place[1]) + b"#" * ((width + CELL[0] - 1) // CELL[0]))

    def hatched(self):
        """(rows, columns) of the screen with sixels on them."""
        lines = [line for line in self.text().split("\n") if "##" in line]
        return len(lines), max([line.count("#") for line in lines] or [0])

    def wait_file(self, path):
        """Until the file is there; what it says."""
        deadline = time.monotonic() + kit.DEADLINE
        while not os.path.exists(path) and time.monotonic() < deadline:
            self.pump(0.02)
        with open(path) as f:
            return f.read()

    def pixels(self):
        """The only picture of kitty's, as (width, height, RGBA)."""
        (keys, data), = self.kitty.values()
        return int(keys[b"s"]), int(keys[b"v"]), zlib.decompress(base64.b64decode(data))

    def colors(self):
        return {word[3:] for line in self.view.show()[2] for word in line.split() if word[:3] == "bg="}


# ---- cells ----

def test_cells(server):
    """Red and blue, of the 256."""
    with Program(server, "Small") as t:
        check(t.ready and t.asked == b"" and t.press("i", "64 x 48") and t.wait(lambda: {"196", "21"} <= t.colors()),
              "a terminal that answers nothing: a picture is shown in cells")
        check(t.wait(lambda: t.asked == SIZE + KITTY + ATTRIBUTES), "it was asked, and not before there was a picture", t.asked)
        t.resize(40, 12)
        check(t.wait(lambda: "196" in t.colors() and len(t.text().split("\n")) == 12), "it fits into another size")
        t.resize(80, 24)
        check(t.press(":theme plain\r", "64 x 48") and t.wait(lambda: not t.colors() - {"default"}),
              "a theme without colours has none for it")
        check(t.press("q", "Here it is.") and t.press("v", "picture.png") and t.press("j\r", "64 x 48")
              and t.press("q", "picture.png") and t.press("i", "64 x 48"),
              "from the list of parts, too")
        check(t.asked.count(ATTRIBUTES) == 1, "it is asked only once")
    with Program(server, "Small", env={"NO_COLOR": "1"}) as t:
        check(t.ready and t.press("i", "64 x 48") and t.wait(lambda: re.search("[\u2580-\u259f]", t.text()))
              and not t.colors() - {"default"}, "without colours it is shown in shades")


def test_plain(server):
    with Program(server, "Small", PLAIN_TERMINAL) as t:
        check(t.ready and t.press("i", "64 x 48") and t.wait(lambda: "196" in t.colors() and t.asked.endswith(ATTRIBUTES))
              and not t.drawn, "a terminal that says it can't: in cells")
    with Program(server, "Small", SIXEL_TERMINAL, env={"TMUX": "/tmp/tmux,1,0"}, cell=CELL) as t:
        check(t.ready and t.press("i", "64 x 48") and t.wait(lambda: "196" in t.colors()) and t.asked == b"",
              "inside of tmux nothing is asked")
    with Program(server, "Small", SIXEL_TERMINAL, "picture-mode = cells\n", cell=CELL) as t:
        check(t.ready and t.press("i", "64 x 48") and t.wait(lambda: "196" in t.colors()) and t.asked == b"",
              "with picture-mode = cells neither")
    with Program(server, "Small", {}, "picture-mode = sixel\n", {"TMUX": "/tmp/tmux,1,0"}, cell=CELL) as t:
        check(t.ready and t.press("i", "64 x 48") and t.wait(lambda: t.hatched() == (3, 7)),
              "with picture-mode = sixel there are sixels, even there")


def test_late(server):
    with Program(server, "Small") as t:
        good = t.ready and t.press("i", "64 x 48") and t.wait(lambda: t.asked.endswith(ATTRIBUTES)) and t.press("q", "Here it is.")
        t.send(b"\x1b[6;20;10t\x1b_Gi=31;OK\x1b\\\x1b[?62;4;22c")
        check(good and t.press("i", "64 x 48") and t.wait(lambda: len(t.kitty) == 1) and "Nothing is bound" not in t.text(),
              "answers that come late are no keys", t.text())


# ---- pixels ----

def test_sixel(server):
    with Program(server, "Small", SIXEL_TERMINAL, shell=True) as t:
        check(t.ready and t.press("i", "64 x 48") and t.wait(lambda: t.hatched() == (3, 7)) and len(t.drawn) == 1,
              "a terminal that knows sixels gets them", t.text())
        check(re.match(rb'0;1;0q"1;1;64;48#', t.sixels[0]) and not re.search(rb"[^ -~]", t.sixels[0]),
              "in the size of the picture, and nothing but them")
        t.resize(60, 20)
        check(t.wait(lambda: t.hatched() == (3, 7) and len(t.text().split("\n")) == 20), "another size of the screen", t.text())
        t.send("\x0c")
        drawn = len(t.drawn)
        check(t.wait(lambda: len(t.drawn) > drawn and t.hatched() == (3, 7)), "Ctrl-L draws it anew")
        t.send("\x1a")
        check(t.wait(lambda: b"[stopped]" in t.said) and t.hatched() == (0, 0), "Ctrl-Z leaves none")
        t.send("\n")
        check(t.wait(lambda: t.hatched() == (3, 7) and "64 x 48" in t.text()), "going on, it is there again")
        drawn = len(t.drawn)
        check(t.press("q", "Here it is.") and t.hatched() == (0, 0) and len(t.drawn) == drawn, "it is gone when it is left", t.text())
        check(t.press("?", "Every name below") and t.hatched() == (0, 0), "for good")


def test_kitty(server):
    with Program(server, "Small", KITTY_TERMINAL, shell=True) as t:
        check(t.ready and t.press("i", "64 x 48") and t.wait(lambda: len(t.kitty) == 1) and not t.sixels,
              "a terminal that knows kitty's protocol gets that", t.text())
        width, height, rgba = t.pixels()
        check((width, height) == SMALL and rgba[:4] == b"\xff\0\0\xff" and rgba[-4:] == b"\0\0\xff\xff"
              and len(rgba) == width * height * 4, "with the very pixels")
        t.send("\x1a")
        check(t.wait(lambda: b"[stopped]" in t.said) and not t.kitty, "Ctrl-Z deletes it")
        t.send("\n")
        check(t.wait(lambda: len(t.kitty) == 1 and "64 x 48" in t.text()), "going on, it is there again")
        check(t.press("q", "Here it is.") and not t.kitty, "it is deleted when it is left")
        check(t.press("i", "64 x 48") and t.wait(lambda: len(t.kitty) == 1), "and sent again when it is opened")
        t.send(":quit\r")
        check(t.wait_end() == 0 and not t.kitty, "and deleted at the end")


def test_large(server):
    """More than a terminal takes at once."""
    with Program(server, "Large", KITTY_TERMINAL) as t:
        check(t.ready and t.press("i", "900 x 600") and t.wait(lambda: len(t.kitty) == 1), "a large one is sent in pieces")
        width, height, rgba = t.pixels()
        check((width, height) == (600, 400), "shrunk to what there is room for", "%d x %d" % (width, height))
        check(t.press(":open\r", "work/INBOX") and t.wait(lambda: not t.kitty), "where a prompt lies on it, it goes",
              t.text())
        check(t.press("\x1b", "q back") and t.wait(lambda: len(t.kitty) == 1), "and comes back behind it")
    with Program(server, "Large", SIXEL_TERMINAL) as t:
        check(t.ready and t.press("i", "900 x 600") and t.wait(lambda: t.hatched() == (20, 60)), "sixels, too", t.text())
        cursor = t.view.show()[1]
        check(t.press(":open\r", "work/INBOX") and t.wait(lambda: t.hatched() == (0, 0)), "they go", t.text())
        check(t.press("\x1b", "q back") and t.wait(lambda: t.hatched() == (20, 60)) and t.view.show()[1] == cursor,
              "and come back, and the cursor is where it was", t.text())
    for answers, begin in ((SIXEL_TERMINAL, b"\x1bP0"), (KITTY_TERMINAL, b"a=T")):
        with Program(server, "Large", answers) as t:
            t.send("i")
            good = t.ready and t.wait(lambda: begin in t.said) and not t.drawn and t.press("q", "Here it is.", "v parts")
            check(good and not t.kitty and t.hatched() == (0, 0), "a key ends one that is on its way", t.text())
            good = t.press("i", "900 x 600") and t.wait(lambda: len(t.drawn) == 2 or t.hatched()[0] == 20)
            check(good and t.drawn[0] < t.drawn[-1], "and does not wait for the rest of it", t.drawn)


# ---- what goes wrong ----

def test_damaged(server):
    for answers in ({}, SIXEL_TERMINAL):
        with Program(server, "Damaged", answers) as t:
            check(t.ready and t.press("i", "The picture is damaged") and not t.drawn and "{" not in t.text(),
                  "a damaged picture says so", t.text())
            check(t.press("q", "Here it is."), "and is left like any other")


def has_ended(process):
    """A file descriptor of a process, closed here."""
    ended = bool(select.select([process], [], [], kit.DEADLINE)[0])
    os.close(process)
    return ended


def test_stopped(server):
    """With a program beside that never has done."""
    folder = tempfile.mkdtemp(prefix="postern-picture-")
    program, slow, out = (os.path.join(folder, name) for name in ("postern", "postern-picture", "out"))
    shutil.copy(kit.PROGRAM, program)
    with open(slow, "w") as f:
        f.write(SLOW.replace("{out}", out))
    os.chmod(slow, stat.S_IRWXU)
    with Program(server, "Small", SIXEL_TERMINAL, program=program) as t:
        t.send("i")
        good = t.ready and t.wait_for("Decoding")
        process = os.pidfd_open(int(t.wait_file(out)))
        check(good and t.press("j?", "Every name below") and t.press("q", "Decoding"), "while it is decoded keys are answered")
        check(t.press("\x07", "Stopped."), "Ctrl-g stops it", t.text())
        check(has_ended(process), "and the program that decodes is gone")
        os.unlink(out)
        good = t.press("q", "Here it is.") and t.press("i", "Decoding")
        process = os.pidfd_open(int(t.wait_file(out)))
        check(good and t.press("q", "Here it is.") and has_ended(process), "leaving it ends that, too")
    shutil.rmtree(folder)


def has_pictures():
    with open(os.path.join(kit.BUILD, "config.h")) as f:
        return "#define HAVE_PICTURES 1" in f.read()


def main():
    kit.begin()
    if not kit.has_view():
        skip("pictures", "libvterm is not installed")
        return kit.plan()
    random.seed(4)
    with kit.Server() as server:
        deliver(server, "Small", png(*SMALL, halves))
        if not has_pictures():
            with Program(server, "Small") as t:
                check(t.ready and t.press("i", "without libchafa"), "no pictures: it says so")
            return kit.plan()
        deliver(server, "Large", png(*LARGE, lambda x, y: random.randbytes(3)))
        deliver(server, "Damaged", png(*SMALL, halves)[:90])
        for test in (test_cells, test_plain, test_late, test_sixel, test_kitty, test_large, test_damaged, test_stopped):
            try:
                test(server)
            except (OSError, RuntimeError, ValueError) as error:
                check(False, test.__name__, repr(error))
    kit.plan()


if __name__ == "__main__":
    main()
