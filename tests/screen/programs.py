#!/usr/bin/env python3
"""Other programs: the browser with and without windows, the printer, the clipboard of the terminal. What they get, and
that the screen is ours again when they end."""

import base64
import os
import shutil
import stat
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import kit  # noqa: E402
from kit import check, skip  # noqa: E402

# Writes its words, one a line, and its input where there is any, in one piece.
NOTE = """#!/bin/sh
for word; do echo "<$word>"; done > {out}.new
mv {out}.new {out}
"""
# Takes the terminal until a line is typed or Ctrl-C comes.
ASK = """#!/bin/sh
trap 'echo "was cut"; exit 3' INT
printf '\\033[2J\\033[Hhere is the browser: %s\\n' "$1"
read line
"""


class Program(kit.Terminal):
    """Postern, reading the newest message of a folder: one with links."""

    def __init__(self, server, settings="", folder="Travel", first="Railway", shows="Read online [2]", **env):
        self.home = kit.Home(server, settings=settings)
        super().__init__([kit.PROGRAM, "--config", self.home.config, "work/INBOX"], self.home.environment(**env))
        self.ready = (self.wait_for("live", "1/26", "2025") and self.press(":open %s\r" % folder, first)
                      and self.wait(lambda: "· · ·" not in self.text()) and self.press("\r", shows))

    def close(self):
        super().close()
        self.home.__exit__()

    def press(self, keys, *texts):
        self.send(keys)
        return self.wait_for(*texts)


class Out:
    """A folder of the test's own, for what the programs write."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="postern-programs-")
        self.path = os.path.join(self.folder, "out")

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text.replace("{out}", self.path))
        os.chmod(path, stat.S_IRWXU)
        return path

    def read(self, terminal):
        """What was written, once it is there; then it is gone."""
        deadline = time.monotonic() + kit.DEADLINE
        while not os.path.exists(self.path):
            if time.monotonic() > deadline:
                return None
            terminal.pump(0.02)
        with open(self.path) as f:
            text = f.read()
        os.unlink(self.path)
        return text

    def close(self):
        shutil.rmtree(self.folder)


OUT = Out()


def test_browser(server):
    note = OUT.script("note", NOTE)
    with Program(server, "browser-command = %s --new %%s last\n" % note) as t:
        good = t.ready and t.press("l", "3  https://lines.example.com/book?week=23") and t.press("3\r", "Opened https://")
        check(good and OUT.read(t) == "<--new>\n<https://lines.example.com/book?week=23>\n<last>\n",
              "a link goes to the browser as one word")
        check(t.press(":link 2\r", "The whole link  https://lines.example.com/online") and not os.path.exists(OUT.path),
              "a link that was not seen is shown before it opens")
        check(t.press("n", "l link") and not os.path.exists(OUT.path), "and no means no")
        check(t.press("l4\r", "The text says   www.lines.example.com", "It leads to     click.example.net"),
              "a link that misleads is asked about, with both hosts")
        t.send("y")
        check(OUT.read(t) == "<--new>\n<https://click.example.net/ls?u=77>\n<last>\n", "and opens when told to")
        check(t.press(":link 99\r", "There is no link “99”"), "a number that is none")


def test_failing(server):
    with Program(server, "browser-command = false\n") as t:
        check(t.ready and t.press("l1\r", "false ended with status 1"), "a browser that fails is told of")
    with Program(server, "browser-command = no-such-program-here\n") as t:
        check(t.ready and t.press("l1\r", "no-such-program-here"), "a browser that is not there")


def test_terminal(server):
    ask = OUT.script("ask", ASK)
    with Program(server, "browser-command = %s\nterminal-programs = w3m ask\n" % ask) as t:
        check(t.ready and t.press("l1\r", "here is the browser: https://lines.example.com/")
              and "Read online" not in t.text(), "a program that needs the terminal has it")
        t.resize(90, 30)
        check(t.press("\n", "Read online [2]", "live"), "and gives it back")
        check(t.press("l2\r", "here is the browser: https://lines.example.com/online") and t.press("\x03", "Read online [2]", "ended with status 3"),
              "Ctrl-C is for that program alone")
        check(t.press("J", "From"), "the keys are ours again")


def test_print(server):
    note = OUT.script("print", "#!/bin/sh\ncat > {out}.new; mv {out}.new {out}\n")
    with Program(server, "print-command = %s\n" % note) as t:
        t.send("p")
        text = t.ready and OUT.read(t) or ""
        check(text.startswith("From:      Harbour Lines <news@lines.example.com>\n") and "\n\nSummer timetable\n" in text
              and "Aurora  08:00    49" in text and t.wait_for("Given to the printer"), "a message is printed as text", text)
        check(not kit.raw_controls(text.encode()), "with no control character")


def test_copy(server):
    with Program(server) as t:
        good = t.ready and t.press("y2\r", "Copied: https://lines.example.com/online")
        word = base64.b64encode(b"https://lines.example.com/online")
        check(good and b"\x1b]52;c;" + word + b"\x07" in t.said, "a link is copied by the terminal")
        check(t.press("l1\r", "no browser-command"), "where there is no browser links are copied too")


def attachments(server, settings="", **env):
    """Postern with the list of parts of a message with two pictures."""
    t = Program(server, settings, folder="INBOX", first="1/26", shows="after that it is lead", **env)
    t.ready = t.ready and t.press("q/garden\r", "1 found", "20/26") and t.press("\r", "sunflowers") and t.press(
        "v", "multipart/mixed", "Biene.png")
    return t


def test_save(server):
    target = os.path.join(OUT.folder, "saved")
    with attachments(server, "save-directory = %s\n" % OUT.folder) as t:
        check(t.ready and t.press("s", "Save as %s/Blüte im Garten.png" % OUT.folder), "a part is saved under its name")
        check(t.press("\r", "Saved as") and os.path.exists(os.path.join(OUT.folder, "Blüte im Garten.png")), "it is there")
        check(t.press("s", "Save as") and t.press("\r", "There is a file"), "and is not written over")
        t.press("S", "Save 2 parts in")
        t.send("\x15" + target + "\r")
        check(t.wait(lambda: os.path.isdir(target) and len(os.listdir(target)) == 2), "all are saved into a directory")
        t.press("Xg", "2 marked")
        t.send("s\x15" + target + "\r")
        check(t.wait(lambda: len(os.listdir(target)) == 4), "names that are taken get another")


def test_open(server):
    note = OUT.script("note", NOTE)
    caps = os.path.join(OUT.folder, "mailcap")
    with open(caps, "w") as f:
        f.write("image/*; %s %%t %%s\ntext/*; cat %%s; copiousoutput\n" % note)
    with attachments(server, MAILCAPS=caps) as t:
        t.send("O")
        words = t.ready and (OUT.read(t) or "").split("\n")
        check(words and words[0] == "<image/png>" and words[1].endswith(".png>") and "Bl" not in words[1],
              "a picture is opened by the mailcap, under a name of ours", str(words))
        check(t.press("kO", "The sunflowers came out") and t.press("q", "Biene.png"), "what a filter says is shown here")
    with attachments(server, "open-command = %s --view\n" % note) as t:
        good = t.ready
        t.send("O")
        check(good and (OUT.read(t) or "").startswith("<--view>\n</"), "open-command goes before")


def test_pipe(server):
    with attachments(server) as t:
        check(t.ready and t.press("|", "Pipe Blüte im Garten.png to") and t.press(
            "wc -c; printf '\\033]0;title\\007'\r", "3212", "^[]0;title^G"), "what a command says is shown, and is only text")
        check(b"\x1b]0;title" not in t.said, "nothing of it reaches the terminal")
        check(t.press("q", "Biene.png") and t.press("|", "Pipe") and t.press("true\r", "It said nothing"),
              "a command that says nothing")
        check(t.press("q", "Biene.png") and t.press("|", "Pipe") and t.press("yes\r", "y\n") and
              t.press("G", "only the first megabyte"), "one that never ends")


def main():
    kit.begin()
    if not kit.has_view():
        skip("other programs", "libvterm is not installed")
        kit.plan()
        return
    with kit.Server() as server:
        for test in (test_browser, test_failing, test_terminal, test_print, test_copy, test_save, test_open, test_pipe):
            test(server)
    OUT.close()
    kit.plan()


if __name__ == "__main__":
    main()
