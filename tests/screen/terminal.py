#!/usr/bin/env python3
"""What a terminal does to a program: it changes its size, stops and resumes, takes no more bytes, clicks, pastes
and goes away. Each on a true pty; what a user would see comes from libvterm."""

import imaplib
import os
import signal
import ssl
import sys
import termios
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import kit  # noqa: E402
from kit import check, skip  # noqa: E402

BYTES_PER_KEY = 520  # two whole lines of the list and their styles
ESCAPE_SECONDS = 0.05
HANGUP_SECONDS = 1
TRIES = 5  # for what is measured in time: other programs run too, and one good try shows that it can

FIRST_ROW = "Re: Notes on the analytica"


class Program(kit.Terminal):
    """Postern on a sample server, with its list on the screen."""

    def __init__(self, server, **options):
        self.home = kit.Home(server)
        super().__init__([kit.PROGRAM, "--config", self.home.config, "work/INBOX"],
                         self.home.environment(**options.pop("env", {})), **options)
        self.ready = self.wait_for("live", FIRST_ROW, "1/26") and self.wait(self.is_whole)

    def close(self):
        super().close()
        self.home.__exit__()

    def is_whole(self):
        """An older message has the newest one's subject, and the folders come on another connection."""
        lines = self.text().splitlines()
        return FIRST_ROW in lines[1] and "· · ·" not in self.text() and "Travel" in self.text()

    def press(self, keys, *texts):
        """TRUE once all texts are on the screen."""
        self.send(keys)
        return self.wait_for(*texts)

    def settle(self):
        """Until it has nothing more to say about what was sent: a key that does nothing but an answer, of
        which the last thing is known."""
        return self.press("?", "Every name below") and self.press("q", "Enter read")

    def modes(self):
        return termios.tcgetattr(self.fd)[3]


def connect(server):
    client = imaplib.IMAP4_SSL(server["host"], int(server["imaps_port"]),
                               ssl_context=ssl.create_default_context(cafile=server["ca"]))
    client.login(server["user"], server["password"])
    client.select("INBOX")
    return client


def has_flag(client, number, flag):
    """Whether the server has it in the end; each look is a round trip."""
    deadline = time.monotonic() + kit.DEADLINE
    while time.monotonic() < deadline:
        client.noop()
        if flag in client.fetch(str(number), "(FLAGS)")[1][0]:
            return True
    return False


def test_size(server):
    with Program(server) as t:
        good = t.press("j\r", "It was one character")
        t.resize(120, 40)
        check(good and t.wait_for("it fails without the change.", FIRST_ROW + "l engine"), "larger: text is wrapped anew, "
              "the list comes back")
        t.resize(40, 10)
        check(t.wait_for("It was one character, as it always is.\n", "? help"), "smaller: what there is room for", t.text())
        for cols, rows in ((1, 1), (2, 500), (300, 2), (9, 3)):
            t.resize(cols, rows)
            os.kill(t.pid, 0)
        t.resize(80, 24)
        check(t.wait_for("fails without the change.", "? help", "live"), "back, past sizes that nobody has")
        lines = t.view.show()[0]
        check(lines[0].startswith(" work  INBOX") and "? help" in lines[-1], "nothing is left of the other sizes", t.text())


def test_suspend(server):
    with Program(server, shell=True) as t:
        cooked = t.press("\x1a", "[stopped]")
        check(cooked and t.modes() & termios.ECHO, "Ctrl-Z gives the terminal back as it was")
        check(b"\x1b[?1049l" in t.said[-200:], "and leaves its screen")
        t.resize(81, 25)
        t.send("\n")
        good = t.wait_for("live", FIRST_ROW, "1/26")
        check(good and t.view.show()[0][-1].startswith(" Enter read"), "going on, it has its screen again, in the new size",
              t.text())
        check(not t.modes() & termios.ECHO, "and its modes")
        check(t.press("j", "2/26"), "and reads keys")


def test_stopped(server):
    client = connect(server)
    with Program(server) as t:
        # Nobody reads: redrawing soon fills what the kernel keeps for a terminal.
        for _ in range(40):
            t.send("\x0c")
        t.send("jf")
        check(has_flag(client, 25, b"\\Flagged"), "a terminal that takes no bytes: a change is on the server all the same")
        client.store("24", "+FLAGS", "\\Flagged")
        check(t.wait(lambda: t.text().count("★") == 3), "and once it takes them, the screen is the newest", t.text())
        t.settle()
        t.send("\x13")
        t.send("jjf")
        check(has_flag(client, 23, b"\\Flagged"), "the same after Ctrl-S")
        t.send("\x11")
        check(t.wait_for("4/26") and t.text().count("★") == 4, "and Ctrl-Q", t.text())
    client.store("23:25", "-FLAGS", "\\Flagged")
    client.logout()


def test_mouse(server):
    def mouse(button, col, row):
        return "\x1b[<%d;%d;%dM\x1b[<%d;%d;%dm" % (button, col, row, button, col, row)

    with Program(server) as t:
        check(b"\x1b[?1006h" in t.said, "the mouse is asked for")
        check(t.press(mouse(0, 40, 6), "5/26"), "a click puts the cursor there")
        check(t.press(mouse(65, 40, 6), "Größenänderung"), "the wheel scrolls")
        check(t.press(mouse(64, 40, 6) * 2, FIRST_ROW), "both ways")
        check(t.press(mouse(0, 10, 7) * 2, "Re: your password"), "a double click on a folder opens it")
        t.send("\x1b[<0;999;999M\x1b[<0;0;0M\x1b[<99999999999;1;1M\x1b[<M\x1b[M")
        check(t.press(":open INBOX\r", FIRST_ROW), "clicks that can't be do nothing")


def test_prompt(server):
    with Program(server) as t:
        best = kit.DEADLINE
        for _ in range(TRIES):
            t.press(":", " :")
            begun = time.monotonic()
            t.send("\x1b")
            if t.wait(lambda: "? help" in t.text()):
                best = min(best, time.monotonic() - begun)
        check(best < ESCAPE_SECONDS, "Escape closes the prompt at once", "%.0f ms" % (best * 1000))
        t.send(":\x1b[200~quit\rq\n\x1b[201~")
        check(t.wait_for(":quit"), "what is pasted into a prompt is text, its line ends too", t.text())
        t.press("\x1b", "? help")
        t.send("\x1b[200~ddq:quit\r\x03\x1b[201~")
        check(t.settle() and FIRST_ROW in t.text() and "26 messages" in t.text(), "what is pasted elsewhere does nothing",
              t.text())
        t.send("\x1b[200~unfinished")
        t.send(" and more\x1b[201~j")
        check(t.wait_for("2/26"), "and a key after it is a key")


def test_bytes(server):
    with Program(server) as t:
        t.settle()
        sizes = []
        for i in range(2, 14):
            had = len(t.said)
            t.press("j", "%d/26" % i)
            sizes.append(len(t.said) - had)
        # News from the server may be painted beside one of them.
        check(sorted(sizes)[-2] < BYTES_PER_KEY, "one key of moving costs less than %d bytes" % BYTES_PER_KEY, str(sizes))


def test_early(server):
    """A folder is asked for before the server has named any."""
    for place, shown in (("Travel/2025", "Travel/2025  "), ("Nowhere", 'There is no folder "Nowhere".')):
        with kit.Home(server) as home:
            script, saved = home.path("script"), home.path("saved")
            with open(script, "w") as f:
                f.write(":open %s\nwait-idle 60\n:save-screen %s\n" % (place, saved))
            with kit.Terminal([kit.PROGRAM, "--config", home.config, "--script", script], home.environment()) as t:
                t.wait_end()
            text = open(saved).read() if os.path.exists(saved) else "nothing was saved"
            check(shown in text, ":open %s before the folders are known" % place, text)


def test_saved(server):
    with kit.Home(server) as home:
        script, link, saved = home.path("script"), home.path("link"), home.path("saved")
        open(saved, "w").write("older, and longer than a screen\n" * 500)
        os.symlink("saved", link)
        with open(script, "w") as f:
            f.write("wait-idle 60\n:save-screen %s\n" % link)
        with kit.Terminal([kit.PROGRAM, "--config", home.config, "--script", script], home.environment()) as t:
            t.wait_end()
        text = open(saved).read()
        check(os.path.islink(link) and "INBOX" in text and "older" not in text, "a screen is saved through a link", text)


def test_end(server):
    with Program(server) as t:
        os.kill(t.pid, signal.SIGTERM)
        status = t.wait_end()
        check(status is not None and status >= 0, "SIGTERM ends it in good order", str(status))
        check(b"\x1b[?1049l" in t.said[-300:] and b"\x1b[?2004l" in t.said[-300:], "and the terminal is as it was")
    best = kit.DEADLINE
    for _ in range(TRIES):
        with Program(server) as t:
            pidfd = os.pidfd_open(t.pid)
            begun = time.monotonic()
            os.close(t.fd)
            t.fd, t.eof = None, True
            status = t.wait_end()
            best = min(best, time.monotonic() - begun)
            os.close(pidfd)
        if best < HANGUP_SECONDS:
            break
    check(status is not None and status >= 0, "a terminal that is closed ends it in good order", str(status))
    check(best < HANGUP_SECONDS, "within a second", "%.1f s" % best)


def test_no_terminal(server):
    for term, words in ((None, "TERM is not set"), ("dumb", "can't place text"), ("no-such-terminal", "does not know it")):
        with kit.Home(server) as home, kit.Terminal([kit.PROGRAM, "--config", home.config],
                                                    home.environment(TERM=term)) as t:
            status = t.wait_end()
            said = " ".join(t.said.decode().split())
            check(status == 1 and words in said and "\x1b" not in said, "TERM=%s is refused in words" % term, ascii(said))


def main():
    kit.begin()
    with kit.Server() as server:
        test_no_terminal(server)
        if not kit.has_view():
            skip("what a user sees of sizes, stops, clicks and pastes", "libvterm is not installed")
            return kit.plan()
        for each in (test_size, test_suspend, test_stopped, test_mouse, test_prompt, test_bytes, test_early, test_saved, test_end):
            try:
                each(server)
            except (OSError, RuntimeError) as error:
                check(False, each.__name__, repr(error))
    kit.plan()


if __name__ == "__main__":
    main()
