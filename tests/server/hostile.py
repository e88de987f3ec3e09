#!/usr/bin/env python3
"""Servers that want to hang, fill or fool the program after the login; loopback only, each of them for seconds."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading

TOP = os.environ.get("abs_top_builddir") or os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../build")
CAPS = b"IMAP4rev1 SASL-IR AUTH=PLAIN IDLE NAMESPACE UIDPLUS ID"
LAST = 4294967295
SECONDS = 60
MEMORY_MAX = 100 * 1024  # KiB; it takes 10 to 20
CACHE_MAX = 2 * 1024 * 1024


class Server:
    exists = 3
    greeting = b"hi"
    folders = b'* LIST () "/" INBOX\r\n'

    def __init__(self):
        self.heard = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                line = self.socket.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.talk, args=(line,), daemon=True).start()

    def talk(self, line):
        try:
            line.settimeout(SECONDS)
            line.sendall(b"* OK [CAPABILITY " + CAPS + b"] " + self.greeting + b"\r\n")
            for command in line.makefile("rb"):
                self.heard.append(command)
                tag, _, rest = command.strip().partition(b" ")
                if tag == b"DONE":
                    line.sendall(self.idle + b" OK\r\n")
                    continue
                verb = rest.replace(b"UID ", b"").split()[0].decode("latin-1").lower()
                line.sendall(getattr(self, "on_" + verb, lambda *_: b"")(tag, rest))
                if verb != "idle":
                    line.sendall(tag + b" OK done\r\n")
        except OSError:
            pass

    def on_capability(self, tag, rest):
        return b"* CAPABILITY " + CAPS + b"\r\n"

    def on_list(self, tag, rest):
        return self.folders

    def on_select(self, tag, rest):
        return b"* %d EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT %d] x\r\n" % (self.exists, self.exists)

    def on_idle(self, tag, rest):
        self.idle = tag
        return b"+ idling\r\n"

    def row(self, at):
        return b'* %d FETCH (UID %d FLAGS () ENVELOPE ("x" "subject %d" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n' % (at, at, at)

    def on_fetch(self, tag, rest):
        first, _, last = re.search(rb"FETCH (\d+)(:?)(\d*)", rest).groups()
        return b"".join(self.row(at) for at in range(int(first), int(last or first) + 1))


class NoRows(Server):
    """Rows up to the last position of all that are never described."""
    exists = LAST

    def on_fetch(self, tag, rest):
        return b""


class Talker(Server):
    """Tells rows that nobody has asked for: tens of megabytes of them, each of another message."""
    exists = 60000
    told = 20000

    def on_idle(self, tag, rest):
        rows = b"".join(self.row(at).replace(b"subject", b"s" * 900) for at in range(1, self.told))
        return super().on_idle(tag, rest) + rows + b"* %d EXISTS\r\n" % (self.exists + 1)


class AllVanish(Server):
    exists = LAST

    def on_idle(self, tag, rest):
        return super().on_idle(tag, rest) + b"* VANISHED 1:4294967000\r\n"


class Namespaces(Server):
    def on_namespace(self, tag, rest):
        return b'* NAMESPACE (("" "/")) (' + b"".join(b'("n%d/" "/")' % i for i in range(20000)) + b") NIL\r\n"

    def on_list(self, tag, rest):
        return b"".join(b'* LIST () "/" "f%d"\r\n' % i for i in range(2000)) + self.folders


class Subscribed(Server):
    """A hundred megabytes of names."""

    def on_lsub(self, tag, rest):
        name = b"x" * 5000
        return b"".join(b'* LSUB () "/" "%s%d"\r\n' % (name, i) for i in range(20000))


class LongNames(Server):
    """Twenty thousand folders, each name as long as it may be."""

    def on_list(self, tag, rest):
        return self.folders + b"".join(b'* LIST () "/" "f%d%s"\r\n' % (i, b"x" * 3900) for i in range(20000))


class Painter(Server):
    greeting = b"\x1b]0;title\x07\x1b[2J \xc3\x9b31m \x9b31m \xe2\x80\xae"

    def on_id(self, tag, rest):
        return b'* ID ("name" "\x1b[2J\xc3\x9b")\r\n'


def watch_memory(process, peak):
    """The most that PROCESS had, in PEAK[0]; not what the fork of this program counts for."""
    while process.poll() is None:
        try:
            with open("/proc/%d/status" % process.pid, encoding="ascii") as f:
                found = re.search(r"VmHWM:\s*(\d+)", f.read())
        except OSError:
            found = None
        peak[0] = int(found.group(1)) if found else peak[0]
        threading.Event().wait(0.02)


def run(server, script, options=(), locale="C.UTF-8", look=lambda home: None):
    home = tempfile.mkdtemp(prefix="postern-hostile-")
    config, steps = os.path.join(home, "config"), os.path.join(home, "script")
    with open(config, "w", encoding="utf-8") as f:
        f.write("[account work]\nimap = imap+insecure://u@127.0.0.1:%d\npassword = p\n" % server.port)
    os.chmod(config, 0o600)
    with open(steps, "w", encoding="utf-8") as f:
        f.write("size 80x24\n" + script)
    env = dict(os.environ, XDG_STATE_HOME=home + "/state", XDG_CACHE_HOME=home + "/cache", LC_ALL=locale,
               TERM="xterm-256color")
    command = [os.path.join(TOP, "postern"), "--config", config] + (list(options) or ["--script", steps])
    try:
        with subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            clock = threading.Timer(SECONDS, process.kill)
            clock.start()
            peak = [0]
            watcher = threading.Thread(target=watch_memory, args=(process, peak))
            watcher.start()
            output = process.stdout.read()
            watcher.join()
            clock.cancel()
        look(home)
        return process.returncode, output, peak[0]
    finally:
        server.socket.close()
        shutil.rmtree(home)


def check_script(server, script):
    code, output, memory = run(server, script)
    if code or memory > MEMORY_MAX:
        return "status %d, %d KiB\n%s" % (code, memory, output.decode("utf-8", "replace"))
    return ""


def check_talker():
    sizes = []

    def look(home):
        files = os.scandir(home + "/cache/postern")
        sizes.append(sum(file.stat().st_size for file in files if file.name.startswith("cache.db")))

    code, output, _ = run(Talker(), "wait-for /60001\nwait-idle 20\n", look=look)
    if code or sizes[0] > CACHE_MAX:
        return "status %d, %d octets in the cache\n%s" % (code, sizes[0], output.decode("utf-8", "replace"))
    return ""


def check_namespaces():
    server = Namespaces()
    why = check_script(server, "wait-for f1013\nwait-idle 30\n")
    lists = sum(b" LIST " in line for line in server.heard)
    return why or ("" if 1 < lists < 100 else "%d times LIST" % lists)


def check_doctor(locale, allowed):
    _, output, _ = run(Painter(), "", ["--doctor"], locale)
    bad = [byte for byte in output if byte < 32 and byte != 10 or byte == 127 or byte >= 128 and not allowed]
    good = b"31m" in output and not bad and b"\xc2\x9b" not in output and b"\xe2\x80\xae" not in output
    return "" if good else repr(output)


TESTS = [
    ("rows that are never described, up to the last position", lambda: check_script(
        NoRows(), "wait-for live\nwait-idle 20\nkey j G g\nwait-idle 20\n")),
    ("rows that nobody asked for", check_talker),
    ("all messages but some vanish", lambda: check_script(AllVanish(), "wait-for 1/295\nkey j\nwait-idle 20\n")),
    ("namespaces without number", check_namespaces),
    ("subscriptions without number", lambda: check_script(
        Subscribed(), "wait-for subject 3\nwait-idle 50\n")),
    ("names without measure", lambda: check_script(LongNames(), "wait-for f1\nwait-idle 30\n")),
    ("nothing paints over the doctor's report", lambda: check_doctor("C.UTF-8", True)),
    ("nor on a terminal of 8 bits", lambda: check_doctor("C", False)),
]


def main():
    print("1..%d" % len(TESTS))
    for name, check in TESTS:
        why = check()
        print("%s - %s" % ("not ok" if why else "ok", name))
        print("".join("# %s\n" % line for line in why.splitlines()), end="", flush=True)


if __name__ == "__main__":
    main()
