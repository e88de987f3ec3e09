"""The program in a terminal of its own, on a sample server of its own: what the tests of screens share.

A Terminal is a pty whose bytes go to vt-view (libvterm) when that was built: then there is a screen to look
at. Nothing here sleeps; everything waits for the thing itself, DEADLINE seconds at most.
"""

import errno
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time

TOP = os.environ.get("abs_top_srcdir") or os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("abs_top_builddir") or os.path.join(TOP, "build")
PROGRAM = os.path.join(BUILD, "postern")
VIEW = os.path.join(BUILD, "tests/screen/vt-view")
DEADLINE = 30
TEST_SECONDS = 300

counted = 0


def check(good, name, why=""):
    """One line of TAP; says why when it is not good."""
    global counted
    counted += 1
    print("%s %d - %s" % ("ok" if good else "not ok", counted, name), flush=True)
    if not good:
        for line in str(why).splitlines():
            print("# " + line, flush=True)
    return good


def skip(name, why):
    global counted
    counted += 1
    print("ok %d - %s # SKIP %s" % (counted, name, why), flush=True)


def plan():
    print("1..%d" % counted, flush=True)


def begin():
    """Skips everything where there is no server to be had; nothing hangs for longer than TEST_SECONDS."""
    signal.alarm(TEST_SECONDS)
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if shutil.which("dovecot", path=path) is None:
        print("1..0 # SKIP dovecot is not installed")
        raise SystemExit(0)


def has_view():
    return os.access(VIEW, os.X_OK)


class Server:
    """tools/sample-server; lives no longer than this process."""

    def __init__(self, *args):
        self.process = subprocess.Popen([os.path.join(TOP, "tools/sample-server"), *args],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.read_facts()

    def read_facts(self):
        self.facts = {}
        for line in self.process.stdout:
            if line.strip() == "ready":
                return
            key, _, value = line.strip().partition("=")
            self.facts[key] = value
        raise RuntimeError("the sample server did not get ready")

    def __getitem__(self, key):
        return self.facts[key]

    def tell(self, what):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def stop(self):
        self.tell("stop")
        assert self.process.stdout.readline().strip() == "stopped"

    def start(self):
        self.tell("start")
        self.read_facts()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.stdin.close()
        self.process.wait(DEADLINE)


class Home:
    """A directory with the user's config, state and cache."""

    def __init__(self, server, theme="dusk", password=None, ca=None, keys="", settings=""):
        self.directory = tempfile.mkdtemp(prefix="postern-screen-")
        self.config = self.path("config")
        user, _, domain = server["user"].partition("@")
        with open(os.open(self.config, os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
            f.write("[postern]\ntheme = %s\n%s\n[account work]\naddress = Alice Example <%s>\n"
                    "imap = imaps://%s%%40%s@localhost:%s\npassword = %s\ntls-ca-file = %s\n%s"
                    % (theme, settings, server["user"], user, domain, server["imaps_port"], password or server["password"],
                       ca or server["ca"], keys))

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def environment(self, **more):
        env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": self.directory, "TERM": "xterm-256color",
               "LC_ALL": "C.UTF-8", "TZ": "UTC", "G_DEBUG": "fatal-criticals",
               "XDG_CACHE_HOME": self.path("cache"), "XDG_STATE_HOME": self.path("state"),
               "XDG_CONFIG_HOME": self.path("xdg")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                env[name] = os.environ[name]
        env.update(more)
        return {name: value for name, value in env.items() if value is not None}

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        shutil.rmtree(self.directory, ignore_errors=True)


class View:
    """The screen that the bytes make, by vt-view."""

    def __init__(self, rows, cols):
        self.process = subprocess.Popen([VIEW, str(rows), str(cols)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.rows = rows

    def feed(self, data):
        self.process.stdin.write(b"feed %d\n" % len(data) + data)

    def resize(self, rows, cols):
        self.rows = rows
        self.process.stdin.write(b"size %d %d\n" % (rows, cols))

    def show(self):
        """(lines of text, (row, col) of the cursor, lines of styles)"""
        self.process.stdin.write(b"show\n")
        self.process.stdin.flush()
        lines = []
        while not lines or lines[-1] != "end":
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("vt-view ended")
            lines.append(line.decode().rstrip("\n"))
        cursor = tuple(int(word) for word in lines[self.rows].split()[1:])
        return lines[:self.rows], cursor, lines[self.rows + 1:-1]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def mind_job(args, env):
    """What a shell does for its job: starts it in a group of its own, and when it stops says so and waits for
    a line to let it go on. Never returns."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execve(args[0], args, env)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            os._exit(os.waitstatus_to_exitcode(status) & 0xff)
        os.tcsetpgrp(0, os.getpid())
        os.write(1, b"[stopped]")
        os.read(0, 100)
        os.tcsetpgrp(0, job)
        os.killpg(job, signal.SIGCONT)


class Terminal:
    """A program on a pty. said is all that it wrote. cell: (width, height) of one in pixels, where the kernel knows."""

    def __init__(self, args, env, cols=80, rows=24, shell=False, cell=(0, 0)):
        self.said = b""
        self.cell = cell
        self.status = None
        self.eof = False
        self.view = View(rows, cols) if has_view() else None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, self.winsize(cols, rows))
                if shell:
                    mind_job(args, env)
                os.execve(args[0], args, env)
            finally:
                os._exit(127)
        os.set_blocking(self.fd, False)

    def winsize(self, cols, rows):
        return struct.pack("HHHH", rows, cols, cols * self.cell[0], rows * self.cell[1])

    def pump(self, seconds):
        """Reads what there is, waiting at most so long for it; FALSE when nothing came."""
        if self.eof or not select.select([self.fd], [], [], max(seconds, 0))[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        self.eof = not data
        self.said += data
        self.take(data)
        return bool(data)

    def take(self, data):
        if self.view and data:
            self.view.feed(data)

    def send(self, data):
        data = data.encode() if isinstance(data, str) else data
        os.write(self.fd, data)

    def resize(self, cols, rows):
        if self.view:
            self.view.resize(rows, cols)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, self.winsize(cols, rows))

    def text(self):
        return "\n".join(self.view.show()[0])

    def wait(self, good, seconds=DEADLINE):
        """Until good() holds: looked at after each piece of output. TRUE when it came to hold."""
        deadline = time.monotonic() + seconds
        while not good():
            left = deadline - time.monotonic()
            if left <= 0 or self.eof:
                return good()
            self.pump(left)
        return True

    def wait_for(self, *texts, seconds=DEADLINE):
        def shown():
            text = self.text()
            return all(each in text for each in texts)
        if self.wait(shown, seconds):
            return True
        print("# not on the screen: %r" % (texts,))
        for line in self.text().splitlines():
            print("# | " + line)
        return False

    def wait_end(self, seconds=DEADLINE):
        """Until the program has ended; its exit status, -SIGNAL, or None when it did not."""
        if self.status is not None:
            return self.status
        pidfd = os.pidfd_open(self.pid)
        deadline = time.monotonic() + seconds
        try:
            while True:
                left = deadline - time.monotonic()
                ready = select.select([pidfd] + ([] if self.eof else [self.fd]), [], [], max(left, 0))[0]
                if pidfd in ready:
                    while self.pump(0):
                        pass
                    self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
                    return self.status
                if left <= 0:
                    return None
                self.pump(0)
        finally:
            os.close(pidfd)

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self.fd is not None:
            os.close(self.fd)
        if self.view:
            self.view.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


# What a program may send that is no text: CSI, character sets, modes of keypad and cursor, and white space.
SEQUENCE = re.compile(rb"\x1b\[[0-9;?>!]*[@-~]|\x1b[()][0-9A-B]|\x1b[78=>DEHMc]|[\r\n\b\x0e\x0f]|\x1b#8|\x07")


def raw_controls(data, charset="utf-8"):
    """The control bytes that belong to no sequence which a screen needs; C1 in UTF-8 too."""
    rest = SEQUENCE.sub(b"", data).decode(charset, "surrogateescape")
    return [c for c in rest if ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or ord(c) in range(0x202a, 0x202f)
            or ord(c) in range(0x2066, 0x206a) or c in "\u200e\u200f\u061c" or 0xdc80 <= ord(c) <= 0xdcff]
