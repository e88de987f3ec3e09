#!/usr/bin/env python3
"""Signed and encrypted mail on the screen: real keys, a real server, the whole way. golden/secure.txt has the screens.

What was encrypted must be on the screen and nowhere in the files that Postern keeps.
"""

import imaplib
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import golden  # noqa: E402
import kit  # noqa: E402
from kit import check  # noqa: E402

# From the top of the list to its end; what each is to say is in tests/unit/test-secure.c.
MAIL = ["sealed", "sealed-changed", "efail", "footer", "good", "other-sender", "inline-signed", "protected-clear",
        "smime-good", "smime-sealed", "revoked-key", "sealed-locked"]
SECRETS = ["in the drawer", "The secret subject", "open sesame"]

SCRIPT = """
clock 2026-11-14T10:00:00
wait-for live
wait-idle
keys g
key Enter
%s
type open
key Escape
shot sealed-locked-refused
key S
wait-idle
type open sesame
snap sealed-locked-typed
key Enter
wait-idle
shot sealed-locked-open
key g
keys K K K K K K K K K K K
wait-idle
key S
shot sealed-more
"""


def prepare(folder):
    """Keys and mail; None, with the reason said, where there is no GnuPG."""
    for program in ("gpg", "gpgsm", "openssl"):
        if shutil.which(program) is None:
            print("1..0 # SKIP there is no %s" % program)
            return None
    subprocess.run([sys.executable, "-B", os.path.join(kit.TOP, "tests/lib/cryptkit.py"), folder], check=True)
    return os.path.join(folder, "gnupg")


def deliver(server, folder):
    client = imaplib.IMAP4("localhost", int(server["imap_port"]))
    client.login(server["user"], server["password"])
    for name in reversed(MAIL):
        with open(os.path.join(folder, "mail", name + ".eml"), "rb") as f:
            client.append("INBOX", None, '"14-Nov-2026 09:12:00 +0000"', f.read())
    client.logout()


def mask(text):
    """Keys are new in each run."""
    text = re.sub(r"\b[0-9A-F]{40}\b", "#" * 40, text)
    text = re.sub(r"\b[\d.]+ k?B\b", lambda size: re.sub(r"\d", "#", size[0]), text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "####-##-## ##:##", text)


def traces(folder):
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            if os.path.basename(path) == "script" or path.endswith(".txt"):
                continue  # our own
            with open(path, "rb") as f:
                data = f.read()
            yield from ("%s: %s" % (path, word) for word in SECRETS if word.encode() in data)


def main():
    kit.begin()
    with tempfile.TemporaryDirectory(prefix="postern-") as folder:
        gnupg = prepare(folder)
        if gnupg is None:
            return
        script = SCRIPT % "\nkey J\n".join("wait-idle\nshot " + name for name in MAIL)
        try:
            with kit.Server("--mail", "none") as server, kit.Home(server) as home:
                deliver(server, folder)
                env = home.environment(GNUPGHOME=gnupg)
                with golden.Golden(home, script, {}, 80, 24, env) as terminal:
                    status = terminal.wait_end(60)
                    said = terminal.said[terminal.at:].decode(errors="replace")[-3000:].replace("\x1b", "ESC")
                if check(status == 0, "the script runs to its end", said):
                    scenes = {}
                    for name, screen in terminal.screens.items():
                        with open(home.path(name + ".txt")) as f:
                            scenes[name] = golden.as_golden(
                                name, [mask(line) for line in f.read().splitlines()], screen, False)
                    golden.compare("secure", scenes)
                left = list(traces(home.directory))
                check(not left, "nothing that was encrypted is in a file", "\n".join(left))
                check(not os.path.exists(os.path.join(gnupg, "spied")), "neither dirmngr nor a pinentry was started")
        finally:
            subprocess.run(["gpgconf", "--kill", "all"], env={**os.environ, "GNUPGHOME": gnupg}, check=False)
    kit.plan()


if __name__ == "__main__":
    main()
