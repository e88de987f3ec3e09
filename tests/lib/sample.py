#!/usr/bin/env python3
"""The sample mail: two small accounts of invented mail, written as Maildirs.

All dates hang on one moment, NOW, so that golden screens are stable; tools/demo passes the true time instead,
so that the newest mail is of this morning. UIDs, UIDVALIDITY and message ids are the same each time; the UIDs
have holes. What a line of mail() means is said there; the mail itself is in samplemail.py.
"""

import argparse
import base64
import os
import quopri
import time

# Wednesday, 20 May 2026, 09:45 UTC
NOW = 1779270300
MINUTE, HOUR, DAY = 60, 3600, 86400

FLAG_LETTERS = {"draft": "D", "flagged": "F", "answered": "R", "seen": "S", "trashed": "T"}
KEYWORDS = ["$Forwarded", "$Important", "NonJunk", "todo"]


def word(text, charset="utf-8", encoding="b"):
    """Text as RFC 2047 encoded words, cut between characters, of 75 characters at most."""
    out, piece = [], ""

    def pack(s):
        raw = s.encode(charset)
        if encoding == "b":
            body = base64.b64encode(raw).decode()
        else:
            body = "".join(chr(b) if chr(b).isalnum() and b < 128 else "_" if b == 32 else "=%02X" % b for b in raw)
        return "=?%s?%s?%s?=" % (charset, encoding, body)

    for c in text:
        if len(pack(piece + c)) > 75:
            out.append(pack(piece))
            piece = ""
        piece += c
    out.append(pack(piece))
    return "\n ".join(out)


def person(name, address, charset="utf-8", encoding="q"):
    """Name and address as they stand in a header."""
    if name.isascii():
        return "%s <%s>" % (name, address)
    return "%s <%s>" % (word(name, charset, encoding), address)


class Part:
    """A MIME part: header lines without the end of line, and the encoded body."""

    def __init__(self, headers, body):
        self.headers, self.body = headers, body

    def bytes(self):
        return b"".join(h.encode("latin-1") + b"\n" for h in self.headers) + b"\n" + self.body


def part(kind, data, encoding="7bit", disposition=None):
    """data is bytes, or text for charset= in kind (else UTF-8)."""
    if isinstance(data, str):
        charset = kind.split("charset=")[1].split(";")[0].strip('"') if "charset=" in kind else "utf-8"
        data = data.encode(charset)
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    headers = ["Content-Type: " + kind, "Content-Transfer-Encoding: " + encoding]
    if disposition:
        headers.append("Content-Disposition: " + disposition)
    return Part(headers, data)


def text(body, charset="utf-8", encoding="8bit", more=""):
    return part("text/plain; charset=%s%s" % (charset, more), body, encoding)


def flowed(body):
    return text(body, more="; format=flowed")


def multipart(kind, *parts, more="", boundary=None):
    boundary = boundary or "=_%s_%d" % (kind, len(parts))
    body = b"".join(b"--%s\n%s\n" % (boundary.encode(), p.bytes()) for p in parts)
    return Part(["Content-Type: multipart/%s; boundary=\"%s\"%s" % (kind, boundary, more)],
                b"This is a message of several parts.\n" + body + b"--" + boundary.encode() + b"--\n")


def attachment(kind, name, data, encoding="base64"):
    return part(kind, data, encoding, "attachment; " + name)


class Folder:
    """Collects the messages of one folder and writes them."""

    def __init__(self, name, uidvalidity):
        self.name, self.uidvalidity = name, uidvalidity
        self.rows, self.next_uid = [], 1

    def add(self, raw, when, flags, uid):
        uid = uid or self.next_uid
        assert uid >= self.next_uid
        self.next_uid = uid + 1
        letters = "".join(sorted(FLAG_LETTERS.get(f) or chr(ord("a") + KEYWORDS.index(f)) for f in flags))
        self.rows.append((uid, when, raw, letters))

    def write(self, top):
        path = top if self.name == "INBOX" else os.path.join(top, "." + self.name.replace("/", "."))
        for sub in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(path, sub), exist_ok=True)
        if path != top:
            open(os.path.join(path, "maildirfolder"), "w").close()
        with open(os.path.join(path, "dovecot-keywords"), "w") as f:
            f.writelines("%d %s\n" % item for item in enumerate(KEYWORDS))
        lines = ["3 V%d N%d G%032x\n" % (self.uidvalidity, self.next_uid, self.uidvalidity)]
        for uid, when, raw, letters in self.rows:
            base = "%d.M%dP1.sample" % (when, uid)
            lines.append("%d :%s\n" % (uid, base))
            file = os.path.join(path, "cur", base + ":2," + letters)
            with open(file, "wb") as f:
                f.write(raw)
            os.utime(file, (when, when))
        with open(os.path.join(path, "dovecot-uidlist"), "w") as f:
            f.writelines(lines)


class Account:
    """Builds one account's mail."""

    def __init__(self, name, now, domain):
        self.name, self.now, self.domain = name, now, domain
        self.folders = {}

    def folder(self, name):
        if name not in self.folders:
            self.folders[name] = Folder(name, 1767225600 + len(self.folders))
        return self.folders[name]

    def when(self, age):
        """'25m' or '3h' ago, or '2d 16:20': two days ago at that time."""
        if age.endswith("m"):
            return self.now - int(age[:-1]) * MINUTE
        if age.endswith("h"):
            return self.now - int(age[:-1]) * HOUR
        days, clock = age.split()
        hours, minutes = clock.split(":")
        midnight = self.now - self.now % DAY
        return midnight - int(days[:-1]) * DAY + int(hours) * HOUR + int(minutes) * MINUTE

    def mail(self, folder, age, flags, key, head, content, uid=None, zone="+0000"):
        """flags: words parted by blanks. key names the message for replies. head: header lines, From and Subject
        among them; '{key}' becomes a message id. content: a Part, plain text, or bytes for a raw message whole."""
        when = self.when(age)
        if isinstance(content, bytes):
            raw = content
        else:
            if isinstance(content, str):
                content = text(content)
            date = time.strftime("%a, %d %b %Y %H:%M:%S ", time.gmtime(when)) + zone
            lines = [h if "{" not in h else self.with_ids(h) for h in head]
            if not any(h.startswith("Date:") for h in lines):
                lines.append("Date: " + date)
            if not any(h.startswith("To:") for h in lines):
                lines.append("To: Alice Example <%s>" % self.domain)
            lines.append("Message-ID: " + self.message_id(key))
            lines.append("MIME-Version: 1.0")
            head_bytes = b"".join(h.encode("utf-8", "surrogateescape") + b"\n" for h in lines)
            raw = head_bytes + content.bytes()
        self.folder(folder).add(raw, when, flags.split(), uid)

    def message_id(self, key):
        return "<%s.sample@%s>" % (key, self.domain.split("@")[1])

    def with_ids(self, line):
        while "{" in line:
            before, rest = line.split("{", 1)
            key, after = rest.split("}", 1)
            line = before + self.message_id(key) + after
        return line

    def write(self, top):
        self.folder("INBOX")
        for folder in self.folders.values():
            folder.write(top)
        with open(os.path.join(top, "subscriptions"), "w") as f:
            f.write("V\t2\n\n")
            f.writelines(name.replace("/", "\t") + "\n" for name in self.folders)


def make(top, name="work", now=None):
    """Writes the account 'work' or 'home' as a Maildir at top."""
    import samplemail
    now = NOW if now is None else now
    build, address = {"work": (samplemail.work, "alice@example.org"),
                      "home": (samplemail.home, "alice@home.example")}[name]
    account = Account(name, now, address)
    build(account)
    account.write(top)


def main():
    p = argparse.ArgumentParser(description="Writes the sample mail as a Maildir.")
    p.add_argument("directory")
    p.add_argument("--account", choices=["work", "home"], default="work")
    p.add_argument("--now", type=int, help="Unix time that the dates are relative to")
    args = p.parse_args()
    make(args.directory, args.account, args.now)


if __name__ == "__main__":
    main()
