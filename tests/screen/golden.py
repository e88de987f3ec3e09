#!/usr/bin/env python3
"""Golden screens: the program on a sample server, over TLS, driven by its own scripts in a true terminal.

golden/NAME.txt holds what each scene of a run looks like: its text, the cursor, and where the run asks for it
the styles of the cells. GENERATE=1 writes the files anew; read the diff before you commit it. Beside the files,
every screen has to fit, to say the same in the terminal as in the program, and to send no byte that is none.
"""

import difflib
import os
import re
import sys
import unicodedata

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import kit  # noqa: E402
from kit import check, skip  # noqa: E402

GOLDEN = os.path.join(kit.TOP, "tests/screen/golden")
GENERATE = os.environ.get("GENERATE") == "1"
UNSTABLE = {"log"}  # two connections speak at once
MARK = re.compile(rb"@@([a-z0-9-]+)@@\r?\n")

BEGIN = """
clock 2026-05-20T09:45:00
wait-for live
shot index
"""

# What every size and every theme has to show.
CORE = BEGIN + """
keys x x j x
shot marks
key m
type ar
shot move-prompt
key Escape
:unmark-all
key g
:focus-folders
shot folders
:focus-index
keys j Enter
shot reader
keys q k
key ?
shot help
key q
"""

REST = """
:open Lists/kernel
shot threads
:open INBOX
wait-idle
key :
type ma
key Tab
shot complete
key Escape
:search lunch
shot search
key n
shot search-next
key Escape
:focus-folders
key g
keys j j j j j j j j
key -
shot folders-collapsed
key +
:open INBOX
keys g j
key Enter
wait-idle
key h
shot reader-headers
key \\
wait-idle
shot reader-source
key q
key q
:search seminar
wait-idle
key Enter
shot reader-alternative
key H
shot reader-html-instead
key q
:search PATCH
wait-idle
key Enter
shot reader-attachment
key v
shot reader-parts
key q
key q
:search Re: Re: Lunch
wait-idle
key Enter
wait-idle
key z
shot reader-folded
key q
:search Newsletter
wait-idle
key Enter
shot reader-long-lines
key q
:open Travel
wait-idle
:search timetable
wait-idle
key Enter
shot reader-newsletter
key l
shot reader-links
key 4
key Enter
shot reader-link-asks
key n
key /
type the
key Enter
key n
shot reader-search
key Escape
key q
:open Junk
wait-idle
keys G
shot junk
key Enter
shot reader-escapes
key K
shot reader-bidi
key K
shot reader-marks
key K
shot reader-files
key K
shot reader-html
key q
:open Größe & Maß
shot charsets
:open Oddities
shot oddities
:search Fwd: The build
wait-idle
key Enter
wait-idle
key v
shot reader-parts-tree
key O
wait-idle
shot reader-inner
keys q q
:open Drafts
shot drafts
:open INBOX
wait-idle
key g
wait-idle
keys x j x
:move Archive
wait-for {in-archive}
shot undo
key u
wait-for {top}
wait-gone · · ·
wait-for {back}
wait-idle
:open Sent
wait-idle
:search nothing-like-it
shot no-hit
key :
type move Nowhere
key Enter
shot wrong-folder
key :
type nonsense
key Enter
shot wrong-command
:log
shot log
key q
"""

EMPTY = """
clock 2026-05-20T09:45:00
wait-for live
shot empty
key Enter
shot empty-enter
key d
shot empty-delete
"""

# The account stands still: nothing is idle that waits, so these say what they wait for.
STOPPED = """
clock 2026-05-20T09:45:00
wait-for stopped
shot stopped
"""

GONE = BEGIN + """
tell stop
wait-for again in
shot gone
key Enter
wait-for not here yet
snap gone-reader
key q
tell start
:reconnect
wait-for live
key Escape
shot back
"""


class Golden(kit.Terminal):
    """The program with a script; says "@@WORD@@" where the test has to do something."""

    def __init__(self, home, script, told, cols, rows, env):
        file = home.path("script")
        with open(file, "w") as f:
            f.write(expand(script, home, cols))
        self.told, self.at, self.screens = told, 0, {}
        super().__init__([kit.PROGRAM, "--config", home.config, "--script", file, "work/INBOX"], env, cols, rows)

    def take(self, data):
        """What comes before a mark is for the terminal; the mark is for us."""
        while True:
            found = MARK.search(self.said, self.at)
            if found is None:
                return
            if self.view:
                self.view.feed(self.said[self.at:found.start()])
            self.at = found.end()
            word = found[1].decode()
            if word in self.told:
                self.told[word]()
            else:
                self.screens[word] = self.view.show() if self.view else None


def expand(script, home, cols):
    """"shot NAME", "snap NAME" (which waits for nothing) and "tell WORD" in the words of the program's scripts."""
    lines = []
    # Counts come a moment after the change; a narrow screen shows fewer of them.
    for word, text in {"{in-archive}": {80: "Archive      2", 120: "Archive              2"}.get(cols, "/ 24"),
                       "{top}": {80: "09:41", 120: "574 B"}.get(cols, "Ada Lovela"),
                       "{back}": "6 unread · 26 messages" if cols >= 80 else "6 / 26"}.items():
        script = script.replace(word, text)
    for line in script.splitlines():
        word, _, arg = line.partition(" ")
        if word == "shot":
            lines += ["wait-idle", "save-screen " + home.path(arg + ".txt"), "wait-idle", "echo @@%s@@" % arg]
        elif word == "snap":
            lines += ["save-screen " + home.path(arg + ".txt"), "echo @@%s@@" % arg]
        elif word == "tell":
            lines.append("echo @@%s@@" % arg)
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def mask(text, server):
    """What differs from run to run, at the same width."""
    text = text.replace(server["imaps_port"], "#" * len(server["imaps_port"]))
    text = re.sub(r"again in \d+ s", lambda m: re.sub(r"\d", "#", m[0]), text)
    text = re.sub(r"sha256:[\w+/]{43}=", "sha256:" + "#" * 43 + "=", text)
    return re.sub(r"\d\d:\d\d:\d\d", "##:##:##", text)


def cells(line):
    """The width of a line in cells, counted otherwise than the program does."""
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf") else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def as_golden(name, text, screen, styles):
    out = ["=== " + name] + ["|" + line for line in text]
    if screen:
        out.append("cursor %d %d" % screen[1])
        out += screen[2] if styles else []
    return out


def without_view(lines):
    return [line for line in lines if line[:1] in "=|"]


def compare(name, scenes):
    """Against golden/NAME.txt; one test for each scene."""
    file = os.path.join(GOLDEN, name + ".txt")
    if GENERATE:
        os.makedirs(GOLDEN, exist_ok=True)
        with open(file, "w") as f:
            f.writelines(line + "\n" for lines in scenes.values() for line in lines)
    wanted = {}
    if os.path.exists(file):
        with open(file) as f:
            for line in f.read().splitlines():
                if line.startswith("=== "):
                    scene = wanted.setdefault(line[4:], [])
                scene.append(line)
    for each, lines in scenes.items():
        want = wanted.pop(each, [])
        if not kit.has_view():
            want = without_view(want)
        check(lines == want, "%s: %s" % (name, each),
              "\n".join(difflib.unified_diff(want, lines, "golden/%s.txt" % name, "screen", lineterm="")))
    check(not wanted, name + ": every golden scene was shown", "not shown: " + ", ".join(wanted))


def run(name, script, size, theme="dusk", styles=False, charset="utf-8", server_args=(), told=(), home_args=None, **env):
    cols, rows = size
    with kit.Server(*server_args) as server, kit.Home(server, theme, **(home_args or {})) as home:
        actions = {word: getattr(server, word) for word in told}
        with Golden(home, script, actions, cols, rows, home.environment(**env)) as terminal:
            status = terminal.wait_end()
            said = terminal.said
        if not check(status == 0, name + ": the script runs to its end",
                     said[terminal.at:].decode(errors="replace")[-3000:].replace("\x1b", "ESC")):
            return
        scenes, wide, unlike = {}, [], []
        for scene, screen in terminal.screens.items():
            with open(home.path(scene + ".txt")) as f:
                text = f.read().splitlines()
            wide += ["%s: %s" % (scene, line) for line in text if cells(line) > cols]
            if screen and charset == "utf-8":
                unlike += ["%s:\n%s\n%s" % (scene, a, b) for a, b in zip(text, screen[0])
                           if mask(a, server) != mask(b, server)]
            if scene not in UNSTABLE:
                scenes[scene] = as_golden(scene, [mask(line, server) for line in text], screen, styles)
        check(not wide, name + ": no line is wider than the screen", "\n".join(wide))
        check(not unlike, name + ": the terminal shows what the program meant", "\n".join(unlike))
        raw = kit.raw_controls(MARK.sub(b"", said), charset)
        check(not raw, name + ": no control byte outside a sequence", ascii(raw[:20]))
        compare(name, scenes)


def main():
    kit.begin()
    if not kit.has_view():
        skip("cursor and styles of the cells", "libvterm is not installed; the text is compared all the same")
    run("80x24", CORE + REST, (80, 24))
    run("120x40", CORE + REST, (120, 40))
    run("40x10", CORE + REST, (40, 10))
    run("170x45", CORE, (170, 45))
    for theme in ("dusk", "paper", "contrast", "sixteen", "plain"):
        run(theme, CORE, (80, 24), theme=theme, styles=True)
    run("no-color", CORE, (80, 24), styles=True, NO_COLOR="1")
    run("vt100", CORE, (80, 24), styles=True, TERM="vt100")
    run("linux", CORE, (80, 24), styles=True, TERM="linux")
    run("ascii", CORE, (80, 24), charset="ascii", LC_ALL="C")
    run("empty", EMPTY, (80, 24), server_args=("--mail", "none"))
    run("wrong-password", STOPPED, (80, 24), home_args={"password": "wrong"})
    for kind in ("expired", "wrong-host", "self-signed"):
        run(kind, STOPPED, (80, 24), server_args=("--mail", "none", "--certificate", kind))
    run("wrong-password-narrow", STOPPED, (40, 10), home_args={"password": "wrong"})
    run("gone", GONE, (80, 24), told=("stop", "start"))
    kit.plan()


if __name__ == "__main__":
    main()
