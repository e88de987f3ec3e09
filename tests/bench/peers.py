"""The programs that Postern is compared with: how each opens INBOX of an account in the fastest way that its manual
knows, and how it is left.
"""

import os
import shutil

import rig

FULL = 30       # rows of messages on a screen of 40: every program has some lines for itself
FULL_OF = {"alpine": 20}    # puts the newest message in the middle of the screen
LEAVE = {"aerc": ":quit\r", "alpine": "qy"}


def mutt(directory, port, name):
    cache = os.path.join(directory, "headers")
    os.makedirs(cache, exist_ok=True)  # it makes none itself
    rc = rig.write(directory, "muttrc", "set imap_user=alice@example.org imap_pass=%s ssl_starttls=no ssl_force_tls=no\n"
                   "set folder=imap://127.0.0.1:%d/ timeout=30 header_cache=%s\n"
                   "set confirmappend=no confirmcreate=no delete=yes quit=yes sleep_time=0\n"
                   % (rig.dovecot.PASSWORD, port, cache))
    return [name, "-n", "-F", rc, "-f", "imap://127.0.0.1:%d/INBOX" % port], rig.environment(directory)


def aerc(directory, port, name):
    rig.write(directory, "config/aerc/accounts.conf", "[work]\nsource = imap+insecure://alice%%40example.org:%s@"
              "127.0.0.1:%d\ndefault = INBOX\nfrom = Alice <alice@example.org>\ncache-headers = true\n"
              % (rig.dovecot.PASSWORD, port))
    return [name], rig.environment(directory)


def alpine(directory, port, name):
    # Without these it stops for seconds to say that it makes a directory, lacks a domain, distrusts a plain line.
    os.makedirs(os.path.join(directory, "mail"), exist_ok=True)
    rc = rig.write(directory, "pinerc", "last-version-used=7.99\nrsh-open-timeout=0\nssh-open-timeout=0\n"
                   "user-domain=example.org\ndisable-these-authenticators=PLAIN\n"
                   "feature-list=enable-incoming-folders,enable-aggregate-command-set\n")
    where = "{127.0.0.1:%d/user=alice@example.org/notls}INBOX" % port
    return [name, "-i", "-p", rc, "-P", "/dev/null", "-f", where], rig.environment(directory)


def binary(name, postern):
    """Where the program is; None, said aloud, when it is not installed."""
    found = os.path.abspath(postern) if name == "postern" else shutil.which(name)
    if found is None:
        print("%-8s is not installed: skipped" % name, flush=True)
    return found


PROGRAMS = {"postern": rig.postern, "mutt": mutt, "neomutt": mutt, "aerc": aerc, "alpine": alpine}
# What a program asks on its first run, and the answer.
ANSWERS = {"alpine": [("ENTER PASSWORD", rig.dovecot.PASSWORD + "\r"), ("[Already in", ""), ("Preserve password", "n"),
                      ("Press any key", " ")]}


class Opening:
    """One program that opens the folder once."""

    def __init__(self, name, terminal):
        self.answers = list(ANSWERS.get(name, []))
        self.enough = FULL_OF.get(name, FULL)
        self.terminal = terminal
        self.first = self.full = self.rows = 0

    def look(self):
        """Emulates what came; TRUE when the program has ended."""
        terminal = self.terminal
        while (when := terminal.emulate()) is not None:
            if not self.first and any(line.strip() for line in terminal.lines()):
                self.first = when
            rows = rig.message_rows(terminal)
            if rows > self.rows:
                self.rows, self.full = rows, when
        for question, answer in self.answers:
            if any(question in line for line in terminal.lines()):
                terminal.type(answer)
                self.answers.remove((question, answer))
                break
        return terminal.ended

    def is_full(self, quiet):
        """The screen is full of messages, and for QUIET seconds no other has come."""
        self.look()
        return self.rows >= self.enough and rig.now() > self.full + quiet
