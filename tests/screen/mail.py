#!/usr/bin/env python3
"""Twenty of tests/mail as somebody sees them who opens them: golden/mail.txt. GENERATE=1 writes it anew.

One server, one run without a terminal: what a terminal makes of a screen is looked at by golden.py.
"""

import imaplib
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import golden  # noqa: E402
import kit  # noqa: E402
from kit import check  # noqa: E402

MAIL = [
    "alternative-plain-and-html", "html-headings-lists", "html-table-data", "html-links", "html-link-lies", "html-images",
    "calendar-request", "calendar-tzid", "vcard-4", "report-no-such-user", "report-returned-message", "digest",
    "message-rfc822", "mixed-attachment", "patch-inline", "tnef", "text-quotes", "text-wide", "address-many",
    "hostile-escapes-everywhere",
]
SMALL = ["html-table-data", "calendar-request", "digest", "patch-inline", "address-many"]

BEGIN = """
size 120x40
clock 2026-03-04T12:00:00
wait-for live
wait-idle
keys g Enter
"""


def deliver(server):
    """The last one is the top of the list."""
    client = imaplib.IMAP4("localhost", int(server["imap_port"]))
    client.login(server["user"], server["password"])
    for name in reversed(MAIL):
        with open(os.path.join(kit.TOP, "tests/mail", name + ".eml"), "rb") as f:
            client.append("INBOX", "\\Seen", '"04-Mar-2026 09:15:00 +0000"', f.read())
    client.logout()


def script(home):
    def shot(scene):
        return "wait-idle\nsave-screen %s\n" % home.path(scene + ".txt")

    lines = [BEGIN, "key J\n".join(shot(name) for name in MAIL), "size 80x24\nkeys q g Enter\n"]
    for name in MAIL:
        lines += [shot(name + "-small") if name in SMALL else "wait-idle\n", "key J\n"]
    return "".join(lines)


def main():
    kit.begin()
    with kit.Server("--mail", "none") as server, kit.Home(server) as home:
        deliver(server)
        with open(home.path("script"), "w") as f:
            f.write(script(home))
        done = subprocess.run([kit.PROGRAM, "--config", home.config, "--script", home.path("script"), "work/INBOX"],
                              env=home.environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if check(done.returncode == 0, "the script runs to its end", done.stderr.decode(errors="replace")):
            scenes = {}
            for name in MAIL + [name + "-small" for name in SMALL]:
                with open(home.path(name + ".txt")) as f:
                    text = f.read()
                check(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), name + ": no control byte on the screen")
                scenes[name] = golden.as_golden(name, text.splitlines(), None, False)
            golden.compare("mail", scenes)
    kit.plan()


if __name__ == "__main__":
    main()
