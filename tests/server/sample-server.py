#!/usr/bin/env python3
"""The sample server answers, takes extensions away, spoils its certificate, and leaves no process behind."""

import imaplib
import os
import select
import signal
import ssl
import subprocess
import sys
import tempfile

TOP = os.environ.get("abs_top_srcdir") or os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
SECONDS = 20
count = 0


class Server:
    """tools/sample-server as any test runs it."""

    def __init__(self, *args, stdin=subprocess.PIPE):
        self.process = subprocess.Popen([os.path.join(TOP, "tools/sample-server"), *args], stdin=stdin,
                                        stdout=subprocess.PIPE, text=True)
        self.facts = self.read_facts()

    def read_facts(self):
        facts = {}
        for line in self.process.stdout:
            if line.strip() == "ready":
                return facts
            key, _, value = line.strip().partition("=")
            facts[key] = value
        raise RuntimeError("the server did not get ready")

    def __getitem__(self, key):
        return self.facts[key]

    def trust(self):
        return ssl.create_default_context(cafile=self["ca"])

    def connect(self, user="user", tls=True):
        if tls:
            client = imaplib.IMAP4_SSL(self["host"], int(self["imaps_port"]), ssl_context=self.trust())
        else:
            client = imaplib.IMAP4(self["host"], int(self["imap_port"]))
            client.starttls(self.trust())
        client.login(self[user], self["password"])
        return client

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.stdin.close()
        self.process.wait(SECONDS)


def test(good, name):
    global count
    count += 1
    print("%s - %s" % ("ok" if good else "not ok", name))


def ends(pid, act):
    """Whether the process goes once act() was called; waits for that very thing."""
    fd = os.pidfd_open(pid)
    act()
    gone = bool(select.select([fd], [], [], SECONDS)[0])
    os.close(fd)
    return gone


def test_answers():
    with Server() as server:
        client = server.connect()
        folders = [line.decode().rsplit('"/" ', 1)[1] for line in client.list()[1]]
        test({"INBOX", "Drafts", "Lists/kernel", "Travel/2025"} <= set(folders), "TLS, login, and the sample folders")
        test(client.select("INBOX")[1] == [b"26"], "the INBOX has its messages")
        test(client.response("UIDNEXT")[1] == [b"47"], "its UIDs have holes")
        answer = client.fetch("26", "(UID FLAGS INTERNALDATE)")[1][0]
        test(b"UID 46 " in answer and b'"20-May-2026 09:41:00 +0000"' in answer, "UIDs and dates are fixed")
        second = server.connect("second_user", tls=False)
        test(second.select("INBOX")[1] == [b"3"], "STARTTLS, and the second account")


def test_options():
    with Server("--mail", "none", "--without", "CONDSTORE,QRESYNC", "--mechanisms", "scram-sha-256") as server:
        plain = imaplib.IMAP4(server["host"], int(server["imap_port"]))
        test("CONDSTORE" not in plain.capabilities and "IMAP4REV1" in plain.capabilities, "extensions are taken away")
        test("AUTH=SCRAM-SHA-256" in plain.capabilities and "AUTH=PLAIN" not in plain.capabilities, "mechanisms are chosen")
        plain.logout()
    for kind, words in (("expired", "expired"), ("wrong-host", "mismatch"), ("self-signed", "self")):
        with Server("--mail", "none", "--certificate", kind) as server:
            try:
                server.connect()
                test(False, "a certificate that is " + kind)
            except ssl.SSLCertVerificationError as error:
                test(words in str(error), "a certificate that is " + kind)


def test_stop_and_start():
    with Server() as server:
        server.connect().logout()
        pid, port = int(server["pid"]), server["imaps_port"]
        server.process.stdin.write("stop\n")
        server.process.stdin.flush()
        stopped = server.process.stdout.readline().strip()
        try:
            server.connect()
            test(False, "it stops when told")
        except OSError:
            test(stopped == "stopped", "it stops when told")
        server.process.stdin.write("start\n")
        server.process.stdin.flush()
        server.facts = server.read_facts()
        test(server["imaps_port"] == port and int(server["pid"]) != pid, "it starts again on the same ports")
        test(server.connect().select("INBOX")[1] == [b"26"], "with the same mail")


def test_leaves_nothing():
    server = Server("--mail", "none")
    test(ends(int(server["pid"]), server.process.stdin.close), "the end of its input ends Dovecot")
    server.process.wait(SECONDS)
    test(not os.path.exists(server["dir"]), "and removes its directory")
    server = Server("--mail", "none")
    test(ends(int(server["pid"]), server.process.terminate), "SIGTERM ends Dovecot")
    server.process.wait(SECONDS)
    test(not os.path.exists(server["dir"]), "and removes its directory")
    with tempfile.TemporaryDirectory(prefix="postern-") as top:
        os.chmod(top, 0o755)
        server = Server("--mail", "none", "--dir", os.path.join(top, "d"))
        test(ends(int(server["pid"]), server.process.kill), "SIGKILL ends Dovecot")
        server.process.wait(SECONDS)


def test_big_mailbox():
    with tempfile.TemporaryDirectory(prefix="postern-") as top:
        os.chmod(top, 0o755)
        home = os.path.join(top, "home")
        done = subprocess.run([os.path.join(TOP, "tools/make-mailbox"), "300", home, "--holes"], capture_output=True)
        test(done.returncode == 0, "a big mailbox is made")
        with Server("--mail", home) as server:
            client = server.connect()
            test(client.select("INBOX")[1] == [b"300"], "and served")
            test(client.response("UIDNEXT")[1] == [b"311"], "with gaps")


def main():
    signal.alarm(120)
    sys.stdout.reconfigure(line_buffering=True)
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if not any(os.access(os.path.join(d, "dovecot"), os.X_OK) for d in path.split(":")):
        print("1..0 # SKIP dovecot is not installed")
        return
    for each in (test_answers, test_options, test_stop_and_start, test_leaves_nothing, test_big_mailbox):
        each()
    print("1..%d" % count)


if __name__ == "__main__":
    main()
