#!/usr/bin/env python3
"""A server that answers one question so and the next otherwise: what stands below a verdict is what was checked.

The signed octets are true, and the header, the list and the structure are what the server likes. Keys and mail are made
by tests/lib/cryptkit.py."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import broken  # noqa: E402
import hostile  # noqa: E402

LIB = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../lib")
STRUCTURE = (b'(("text" "plain" NIL NIL NIL "7bit" 30 1)("application" "pgp-signature" NIL NIL NIL "7bit" 200) "signed" '
             b'("protocol" "application/pgp-signature" "micalg" "pgp-sha256" "boundary" "b"))')
SCRIPT = "size 120x60\nwait-for engine\nkey Enter\nwait-idle 20\nwait-for %s\nkey S\nwait-idle 20\nsave-screen %s\n"


class Honest(broken.Server):
    structure = STRUCTURE
    sections = {b"1": b"The build is green again.\r\n"}
    forged = ()

    def __init__(self, message):
        super().__init__()
        self.message = message

    def section(self, name):
        octets = super().section(name)
        for old, new in self.forged if name == b"HEADER" else ():
            if old not in octets:
                raise ValueError("the header has no %r" % old)
            octets = octets.replace(old, new)
        return octets


class AnotherSender(Honest):
    forged = ((b"Grace Hopper <grace@example.org>", b"Mallory <mallory@example.net>"),)


class AnotherSubjectAndDate(Honest):
    forged = ((b"Subject: The build", b"Subject: Pay Mallory"), (b"Sat, 14 Nov 2026", b"Fri, 13 Nov 2026"))


def check(folder, server, wanted, unwanted):
    """The lines of the screen that show the header and the verdict."""
    screen = os.path.join(folder, "screen")
    code, output, _ = hostile.run(server, SCRIPT % ("signed by", screen))
    if code:
        return "status %d\n%s" % (code, output.decode("utf-8", "replace"))
    with open(screen, encoding="utf-8") as f:
        text = f.read()
    reader = re.sub(r"\s*│ *", "\n", text[text.index("From  "):])
    missing = [word for word in wanted if not re.search(word, reader)]
    slipped = [word for word in unwanted if re.search(word, reader)]
    return "missing %s, slipped in %s\n%s" % (missing, slipped, text) if missing or slipped else ""


TESTS = [
    (Honest, [r"From +Grace Hopper <grace@", r"Security signed by Grace Hopper, good\n", r"Date +Saturday, 14 Nov"], ["server gave"]),
    (AnotherSender, [r"From +Grace Hopper <grace@", "server gave another From before\n", "From before: Mallory"], [r"From +Mallory"]),
    (AnotherSubjectAndDate, [r"Subject +The build", r"Date +Saturday, 14 Nov", "server gave another Date, Subject before"],
     [r"Subject +Pay", r"Date +Friday"]),
]


def main():
    for program in ("gpg", "gpgsm", "openssl"):
        if shutil.which(program) is None:
            print("1..0 # SKIP there is no %s" % program)
            return
    print("1..%d" % len(TESTS))
    folder = tempfile.mkdtemp(prefix="postern-forged-")
    os.environ["GNUPGHOME"] = os.path.join(folder, "gnupg")
    try:
        subprocess.run([sys.executable, "-B", os.path.join(LIB, "cryptkit.py"), folder], check=True)
        with open(os.path.join(folder, "mail/good.eml"), "rb") as f:
            message = f.read()
        for server, wanted, unwanted in TESTS:
            why = check(folder, server(message), wanted, unwanted)
            print("%s - %s" % ("not ok" if why else "ok", server.__name__))
            print("".join("# %s\n" % line for line in why.splitlines()), end="", flush=True)
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=False)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
