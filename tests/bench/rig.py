"""What the benches stand on: one loop on one clock that carries the bytes of a mail server late, runs a program
in a terminal of its own, and notes when each byte went where.

Nothing here waits longer than it is told to. Programs are ended by the pid that started them.
"""

import collections
import contextlib
import fcntl
import heapq
import itertools
import os
import pty
import re
import selectors
import shutil
import signal
import socket
import struct
import sys
import tempfile
import termios
import time

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(TOP, "tests", "lib"))
sys.dont_write_bytecode = True
import dovecot  # noqa: E402
from screen import Screen  # noqa: E402

CHUNK = 1 << 16
LONG_TURN = 10  # ms
HELD = 1 << 20  # octets on the way in one direction before the sender has to wait

now = time.monotonic


class Loop:
    """Calls when a descriptor can be read or written, and at times."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.timers = []
        self.order = itertools.count()

    def watch(self, fd, read=None, write=None):
        """Replaces what is watched of FD; neither: nothing."""
        events = (selectors.EVENT_READ if read else 0) | (selectors.EVENT_WRITE if write else 0)
        known = fd in self.selector.get_map()
        if not events:
            if known:
                self.selector.unregister(fd)
        elif known:
            self.selector.modify(fd, events, (read, write))
        else:
            self.selector.register(fd, events, (read, write))

    def at(self, when, call):
        heapq.heappush(self.timers, (when, next(self.order), call))

    def turn(self, until):
        """One turn that ends at UNTIL at the latest."""
        first = self.timers[0][0] if self.timers else until
        for key, events in self.selector.select(max(0, min(first, until) - now())):
            read, write = key.data
            if events & selectors.EVENT_READ and read:
                read()
            if events & selectors.EVENT_WRITE and write and key.fd in self.selector.get_map():
                write()
        while self.timers and self.timers[0][0] <= now():
            heapq.heappop(self.timers)[2]()

    def run(self, seconds, done=lambda: False):
        """Until DONE or for SECONDS; says whether it was DONE."""
        until = now() + seconds
        while now() < until:
            if done():
                return True
            self.turn(min(until, now() + 0.05))
        return done()


class Way:
    """One direction of a connection: what comes in goes out DELAY later, at full speed."""

    def __init__(self, loop, source, target, delay, gate=None):
        self.loop, self.source, self.target, self.delay, self.gate = loop, source, target, delay, gate
        self.late = collections.deque()  # (when, bytes)
        self.due = bytearray()
        self.held = 0
        self.ended = False
        self.note = lambda data: None
        self.taken = lambda: None
        self.opens = 0  # nothing goes out before

    def room(self):
        return not self.ended and self.held < HELD

    def readable(self):
        try:
            data = self.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.ended = True
            self.later(b"")
        else:
            self.taken()
            self.later(data)

    def later(self, data):
        self.held += len(data)
        when = max(now(), self.opens) + self.delay
        self.late.append((when, data))
        if self.delay or when > now():
            self.loop.at(when, self.ripe)
        else:
            self.ripe()

    def ripe(self):
        while self.late and self.late[0][0] <= now():
            data = self.late.popleft()[1]
            self.due += data
        self.write()

    def write(self):
        end = len(self.due) if self.gate is None else self.gate(self.due)
        if end and self.target is not None:
            try:
                n = self.target.send(memoryview(self.due)[:end])
            except BlockingIOError:
                n = 0
            except OSError:
                n, self.ended = end, True
            self.note(bytes(self.due[:n]))
            self.held -= n
            del self.due[:n]

    def wants(self):
        end = len(self.due) if self.gate is None else self.gate(self.due)
        return end > 0

    def finished(self):
        return self.ended and not self.due and not self.late


class Link:
    """One connection of the program through the proxy."""

    def __init__(self, proxy, client, depth):
        self.proxy, self.client = proxy, client
        self.server = None
        loop, half = proxy.loop, proxy.rtt / 2
        self.depth_up = depth + 2     # of what the client says next
        self.depth_down = depth + 2   # of what the server says; connecting and the greeting are two
        self.seen = depth             # the deepest that was delivered
        self.up = Way(loop, client, None, half)
        self.up.opens = now() + proxy.rtt
        self.down = Way(loop, None, client, half, gate=self.gate)
        self.up.note, self.down.note = self.went_up, self.came_down
        self.down.taken = lambda: proxy.log_said.append((now(), self))
        self.allowed = None           # octets that may still come down; None: all
        self.taken_down = 0
        loop.at(now() + 1.5 * proxy.rtt, self.connect)

    def connect(self):
        try:
            self.server = socket.create_connection(("127.0.0.1", self.proxy.server_port), timeout=5)
        except OSError:
            self.close()
            return
        self.server.setblocking(False)
        self.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.up.target = self.down.source = self.server
        self.rewatch()

    def gate(self, due):
        return len(due) if self.allowed is None else min(len(due), self.allowed)

    def went_up(self, data):
        if not data:
            return
        self.depth_down = max(self.depth_down, self.seen + 1)
        self.proxy.log_up.append((now(), self, len(data)))
        for watcher in self.proxy.watch_up:
            watcher(self, data)

    def came_down(self, data):
        if not data:
            return
        if self.allowed is not None:
            self.allowed -= len(data)
        self.seen = max(self.seen, self.depth_down)
        self.proxy.log_down.append((now(), self, len(data), self.seen))
        for watcher in self.proxy.watch_down:
            watcher(self, data)

    def inject(self, data):
        """The server "says" DATA; only between two of its lines."""
        self.down.held += len(data)
        self.down.due += data
        self.rewatch()

    def rewatch(self):
        if self.client is None:
            return
        loop = self.proxy.loop
        loop.watch(self.client.fileno(), self.up.readable if self.up.room() else None,
                   self.down.write if self.down.wants() else None)
        if self.server:
            loop.watch(self.server.fileno(), self.down.readable if self.down.room() else None,
                       self.up.write if self.up.wants() else None)
        if self.up.finished() or self.down.finished():
            self.close()

    def close(self):
        for s in (self.client, self.server):
            if s:
                self.proxy.loop.watch(s.fileno())
                s.close()
        self.client = self.server = None
        self.proxy.links.discard(self)


class Proxy:
    """A line of RTT seconds to the server, in both directions and for connecting, without loss of throughput."""

    def __init__(self, loop, server_port, rtt=0.0):
        self.loop, self.server_port, self.rtt = loop, server_port, rtt
        self.links = set()
        self.log_up, self.log_down = [], []
        self.log_said = []  # when the server said something, at its end of the line
        self.watch_up, self.watch_down = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        loop.watch(self.listener.fileno(), self.accept)

    def accept(self):
        client, _ = self.listener.accept()
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        deepest = max((link.seen for link in self.links), default=0)
        self.links.add(Link(self, client, deepest))

    def begin_anew(self):
        """Forgets what passed; some programs' caches know a server by its port, so that the proxy has to stay."""
        for log in (self.log_up, self.log_down, self.log_said):
            log.clear()

    def settle(self):
        """After each turn: what may be read and written has changed."""
        for link in list(self.links):
            link.rewatch()

    def measured(self, until):
        """(octets from the server, round trips of the deepest connection, connections) up to the time UNTIL."""
        down = [entry for entry in self.log_down if entry[0] <= until]
        return (sum(entry[2] for entry in down), max((entry[3] for entry in down), default=0),
                len({entry[1] for entry in down}))

    def thought(self, since, until):
        """Seconds that the server took for its first answer between SINCE and UNTIL: until it was asked once more."""
        asked = [entry for entry in self.log_up if since <= entry[0] <= until]
        if not asked:
            return 0
        again = [entry[0] for entry in asked if entry[1] is asked[0][1]][1:] + [until]
        said = [when for when, link in self.log_said if link is asked[0][1] and asked[0][0] < when <= again[0]]
        return max(said) - asked[0][0] if said else 0

    def close(self):
        self.loop.watch(self.listener.fileno())
        self.listener.close()
        for link in list(self.links):
            link.close()


class Terminal:
    """A program in a terminal of ROWS and COLUMNS. Its output is kept with the time of each piece and emulated only
    when nothing else is to do, so that the emulator's slowness measures nothing."""

    def __init__(self, loop, argv, env, rows=40, columns=120):
        self.loop, self.columns, self.rows = loop, columns, rows
        self.screen = Screen(rows, columns)
        self.output = []  # (when, bytes)
        self.fed = 0
        self.ended = False
        self.started = now()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            with contextlib.suppress(OSError):
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                dovecot.die_with_parent()
                os.execvpe(argv[0], argv, env)
            os._exit(127)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.set_blocking(self.fd, False)
        loop.watch(self.fd, self.readable)

    def readable(self):
        try:
            data = os.read(self.fd, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.ended = True
            self.loop.watch(self.fd)
        else:
            self.output.append((now(), data))

    def type(self, text):
        """Returns when it was written."""
        when = now()
        os.write(self.fd, text.encode())
        return when

    def emulate(self):
        """The next piece that was not emulated yet; its time, or None."""
        if self.fed == len(self.output):
            return None
        when, data = self.output[self.fed]
        self.fed += 1
        self.screen.feed(data)
        return when

    def octets(self):
        return sum(len(data) for _, data in self.output)

    def lines(self):
        return self.screen.lines()

    def memory(self):
        """(highest, present) resident memory of the program in kB."""
        text = open("/proc/%d/status" % self.pid).read()
        return tuple(int(re.search(name + r":\s*(\d+)", text)[1]) for name in ("VmHWM", "VmRSS"))

    def processor(self):
        """Seconds of processor time that the program has used."""
        fields = open("/proc/%d/stat" % self.pid).read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        if not self.ended:
            self.loop.watch(self.fd)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Bench:
    """Directory, loop and server of a bench; a context manager that leaves nothing behind."""

    def __init__(self):
        self.loop = Loop()
        self.proxies = []
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))  # through __exit__
        self.directory = tempfile.mkdtemp(prefix="postern-bench-")
        os.chmod(self.directory, 0o755)
        self.stack.callback(shutil.rmtree, self.directory, ignore_errors=True)
        return self

    def __exit__(self, *exc):
        self.stack.close()

    def mailbox(self, count, ready=None):
        """A mail home of COUNT messages: a copy of READY or made now."""
        home = os.path.join(self.directory, "m%d" % count)
        if ready:
            shutil.copytree(ready, home)
        else:
            code = os.spawnvp(os.P_WAIT, sys.executable, [sys.executable, os.path.join(TOP, "tools", "make-mailbox"),
                                                          str(count), home])
            if code:
                sys.exit("the mailbox could not be made")
        return home

    def server(self, home, mechanisms="plain login", extra=""):
        server = dovecot.Dovecot(homes={"work": home} if home else {}, mechanisms=mechanisms, extra=extra)
        self.stack.enter_context(server)
        return server

    @contextlib.contextmanager
    def proxy(self, server, rtt=0.0, tls=False):
        proxy = Proxy(self.loop, server.imaps_port if tls else server.imap_port, rtt)
        self.proxies.append(proxy)
        try:
            yield proxy
        finally:
            self.proxies.remove(proxy)
            proxy.close()

    @contextlib.contextmanager
    def terminal(self, argv, env, **size):
        terminal = Terminal(self.loop, argv, env, **size)
        try:
            yield terminal
        finally:
            terminal.close()

    def settle(self, terminal, quiet, longest=20):
        """Until the program has painted nothing for QUIET seconds; all of it is emulated then."""
        self.run(longest, lambda: terminal.output and now() > terminal.output[-1][0] + quiet)
        while terminal.emulate() is not None:
            pass

    def seen(self, terminal, test, longest=20):
        """When the screen first passed TEST, or None."""
        when = None

        def look():
            nonlocal when
            while when is None and (piece := terminal.emulate()) is not None:
                if test(terminal):
                    when = piece
            return when is not None or terminal.ended
        self.run(longest, look)
        return when

    def leave(self, terminal, key="q"):
        """Ends the program as its user does, so that it keeps what it keeps."""
        terminal.type(key)
        if not self.run(5, lambda: terminal.ended):
            sys.exit("the program did not end:\n" + "\n".join(terminal.lines()))

    def run(self, seconds, done=lambda: False):
        def settled():
            for proxy in self.proxies:
                proxy.settle()
            return done()
        return self.loop.run(seconds, settled)


def environment(directory):
    """Of a program that finds nothing of the user's; files go to DIRECTORY."""
    os.makedirs(directory, exist_ok=True)
    env = {key: os.environ[key] for key in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if key in os.environ}
    env.update(HOME=directory, TERM="screen-256color", LC_ALL="C.UTF-8", TZ="UTC",
               XDG_CONFIG_HOME=os.path.join(directory, "config"), XDG_CACHE_HOME=os.path.join(directory, "cache"),
               XDG_STATE_HOME=os.path.join(directory, "state"), XDG_DATA_HOME=os.path.join(directory, "data"))
    return env


def write(directory, name, text):
    """A file that only its owner may read; its path."""
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o600)
    return path


def account(port, name="work", user="alice@example.org", ca=None):
    """A section of Postern's config: an account on PORT, with TLS when there is CA, the file of who vouches for it."""
    return "[account %s]\nimap = %s://%s@127.0.0.1:%d\npassword = %s\n%s" % (
        name, "imaps" if ca else "imap+insecure", user.replace("@", "%40"), port, dovecot.PASSWORD,
        "tls-ca-file = %s\n" % ca if ca else "")


def postern(directory, port, binary, accounts=None, arguments=()):
    """(argv, environment) of Postern with an account on PORT, or with ACCOUNTS."""
    config = write(directory, "postern.conf", accounts or account(port))
    return [binary, "--config", config, *arguments], environment(directory)


def long_turns(log):
    """Milliseconds of work in each turn of the loop that the LOG of Postern calls long: on a loaded machine most of
    a turn may be others' work."""
    with open(log, errors="replace") as f:
        turns = [int(found[1]) for line in f if (found := re.search(r"loop: busy for \d+ ms, (\d+) of them", line))]
    return [turn for turn in turns if turn > LONG_TURN]


def is_live(terminal):
    """Postern's title says that the folder is as the server has it."""
    return " live" in terminal.lines()[0]


def verdict(good):
    return "ok" if good else "MISSED"


ROW = re.compile(r"#\d+|is green again|for Monday|needs another|and what came|with figures|moved to Thu|as agreed|"
                 r"without the|from the list|in short")


def message_rows(terminal):
    """How many lines of the screen show a message of tools/make-mailbox."""
    return sum(1 for line in terminal.lines() if ROW.search(line))
