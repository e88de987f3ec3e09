"""A private Dovecot: own directory, loopback only, free ports, a certificate made on the spot.

Used by tools/sample-server (which tests in other languages and tools/demo run) and directly by tests in
Python. Speaks the configuration of Dovecot 2.3 and of 2.4. Runs as any user; root steps down to nobody,
because Dovecot gives mail to nobody with user id 0. Nothing outside the directory is read or written.
"""

import ctypes
import grp
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PASSWORD = "postern"
USERS = {"work": "alice@example.org", "home": "alice@home.example"}
SPECIAL = {"Drafts": "\\Drafts", "Sent": "\\Sent", "Archive": "\\Archive", "Trash": "\\Trash",
           "Junk": "\\Junk"}
MECHANISMS = "plain login cram-md5 scram-sha-1 scram-sha-256"
START_SECONDS = 20

# What Dovecot 2.3 offers after login; it can only be told a whole list, 2.4 can be told what to leave out.
CAPABILITY_23 = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS "
    "THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS "
    "LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH "
    "LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY "
    "SPECIAL-USE COMPRESS=DEFLATE").split()

CONFIG_23 = """
mail_location = {driver}:{path}
mail_plugins = zlib
protocols = imap
protocol imap {{
  mail_plugins = zlib imap_zlib
}}
disable_plaintext_auth = no
ssl_cert = <{dir}/server.pem
ssl_key = <{dir}/server.key
mail_max_userip_connections = 0
passdb {{
  driver = passwd-file
  args = {dir}/passwd
}}
userdb {{
  driver = passwd-file
  args = {dir}/passwd
}}
"""

CONFIG_24 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = {driver}
mail_path = {path}
protocols {{
  imap = yes
}}
auth_allow_cleartext = yes
ssl_server_cert_file = {dir}/server.pem
ssl_server_key_file = {dir}/server.key
mail_max_userip_connections = 0
passdb passwd-file {{
  passwd_file_path = {dir}/passwd
}}
userdb passwd-file {{
  passwd_file_path = {dir}/passwd
}}
"""

CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/dovecot.log
listen = 127.0.0.1
ssl = yes
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 4G
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
mail_fsync = never
mailbox_list_index = yes
namespace inbox {{
  inbox = yes
  separator = /
{special}}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  {many} = {forever}
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
"""


class DovecotError(Exception):
    """Why the server could not be set up or started, as a sentence."""


def die_with_parent():
    """In a child before exec: ends it when the parent ends, however that happens (Linux)."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def version():
    """(major, minor) of the Dovecot that is installed."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin:/sbin"
    program = shutil.which("dovecot", path=path)
    if program is None:
        raise DovecotError("dovecot is not installed (Debian: dovecot-imapd)")
    text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"(\d+)\.(\d+)", text)
    if found is None:
        raise DovecotError("cannot read the version of dovecot: " + text.strip())
    return program, (int(found[1]), int(found[2]))


def free_ports(count):
    """Ports of 127.0.0.1 that nobody listens on at this moment."""
    held = []
    for _ in range(count):
        s = socket.socket()
        s.bind(("127.0.0.1", 0))
        held.append(s)
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def openssl(directory, *args):
    done = subprocess.run(["openssl", *args], cwd=directory, capture_output=True, text=True)
    if done.returncode != 0:
        raise DovecotError("openssl %s: %s" % (args[0], done.stderr.strip()))


def make_certificate(directory, kind="good"):
    """ca.pem and server.{pem,key}. Kinds: good, wrong-host, expired, self-signed (ca.pem is another's)."""
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"]
    names = "DNS:localhost,IP:127.0.0.1,IP:::1"
    if kind == "wrong-host":
        names = "DNS:mail.example.net"
    server = ["-subj", "/CN=Postern sample server", "-addext", "subjectAltName=" + names,
              "-addext", "basicConstraints=critical,CA:FALSE"]
    # openssl reads no system file, so that every machine makes the same.
    with open(os.path.join(directory, "openssl.cnf"), "w") as f:
        f.write("[req]\ndistinguished_name = dn\n[dn]\n[ca]\ndefault_ca = ours\n[ours]\nnew_certs_dir = .\n"
                "database = index.txt\nrand_serial = yes\ndefault_md = sha256\npolicy = any\n"
                "copy_extensions = copy\n[any]\ncommonName = supplied\n")
    config = ["-config", "openssl.cnf"]
    openssl(directory, "req", "-x509", *config, *new_key, "-days", "3650", "-subj", "/CN=Postern sample CA",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            "-keyout", "ca.key", "-out", "ca.pem")
    if kind == "self-signed":
        openssl(directory, "req", "-x509", *config, *new_key, "-days", "365", *server,
                "-keyout", "server.key", "-out", "server.pem")
        return
    openssl(directory, "req", *config, "-new", *new_key, *server, "-keyout", "server.key", "-out", "server.csr")
    start, end = "20250101000000Z", "20491231235959Z"
    if kind == "expired":
        end = "20250201000000Z"
    open(os.path.join(directory, "index.txt"), "w").close()
    openssl(directory, "ca", *config, "-batch", "-notext", "-cert", "ca.pem", "-keyfile", "ca.key",
            "-startdate", start, "-enddate", end, "-in", "server.csr", "-out", "server.pem")


class Dovecot:
    """One server. directory, imap_port, imaps_port, ca and pid may be read after start()."""

    def __init__(self, directory=None, homes=None, imap_port=None, imaps_port=None, without=(), capability=None,
                 mechanisms=MECHANISMS, extra="", certificate="good", password=PASSWORD, driver=None,
                 special=SPECIAL):
        """homes maps 'work' and 'home' to a ready mail home (taken over in place, not copied)."""
        self.program, self.version = version()
        self.owned = directory is None
        self.directory = os.path.realpath(directory) if directory else tempfile.mkdtemp(prefix="postern-")
        self.fixed_ports = imap_port is not None or imaps_port is not None
        self.imap_port, self.imaps_port = imap_port, imaps_port
        self.without, self.capability = list(without), capability
        self.mechanisms, self.extra, self.password = mechanisms, extra, password
        self.certificate, self.driver, self.special = certificate, driver, special
        self.homes = {name: os.path.realpath(path) for name, path in (homes or {}).items()}
        self.process = None
        self.uid, self.gid = os.getuid(), os.getgid()
        if self.uid == 0:
            nobody = pwd.getpwnam("nobody")
            self.uid, self.gid = nobody.pw_uid, nobody.pw_gid

    @property
    def config(self):
        return os.path.join(self.directory, "dovecot.conf")

    @property
    def ca(self):
        return os.path.join(self.directory, "ca.pem")

    @property
    def log(self):
        return os.path.join(self.directory, "dovecot.log")

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def home(self, name="work"):
        return self.homes.get(name) or os.path.join(self.directory, "home", name)

    def prepare(self):
        """Directory, certificate, users and configuration, but no process."""
        # The longest socket of Dovecot below run/ has 26 characters, a socket's path at most 107.
        if len(os.fsencode(self.directory)) > 75:
            raise DovecotError("the path is too long for a socket: " + self.directory)
        for name in USERS:
            os.makedirs(self.home(name), exist_ok=True)
        os.chmod(self.directory, 0o700)
        if not os.path.exists(self.ca):
            make_certificate(self.directory, self.certificate)
        if not (self.imap_port and self.imaps_port):
            first, second = free_ports(2)
            self.imap_port = self.imap_port or first
            self.imaps_port = self.imaps_port or second
        with open(os.path.join(self.directory, "passwd"), "w") as f:
            for name, user in USERS.items():
                f.write("%s:{PLAIN}%s:%d:%d::%s::\n" % (user, self.password, self.uid, self.gid, self.home(name)))
        with open(self.config, "w") as f:
            f.write(self.config_text())
        if os.getuid() == 0:
            for top in {self.directory, *self.homes.values()}:
                subprocess.run(["chown", "-R", "%d:%d" % (self.uid, self.gid), top], check=True)

    def config_text(self):
        driver = self.driver
        if driver is None:
            driver = "mdbox" if os.path.isdir(os.path.join(self.home(), "mdbox")) else "maildir"
        special = "".join("  mailbox %s {\n    auto = subscribe\n    special_use = %s\n  }\n" % item
                          for item in self.special.items())
        new = self.version >= (2, 4)
        text = ((CONFIG_24 if new else CONFIG_23) + CONFIG).format(
            dir=self.directory, driver=driver, path="~/" + ("Maildir" if driver == "maildir" else driver),
            user=pwd.getpwuid(self.uid).pw_name, group=grp.getgrgid(self.gid).gr_name,
            many="restart_request_count" if new else "service_count", forever="unlimited" if new else "0",
            mechanisms=self.mechanisms, special=special, imap_port=self.imap_port, imaps_port=self.imaps_port)
        if new and self.capability:
            text += "imap_capability {\n  %s = yes\n}\n" % " = yes\n  ".join(self.capability.split())
        elif new and self.without:
            text += "imap_capability {\n  %s = no\n}\n" % " = no\n  ".join(self.without)
        elif self.capability or self.without:
            whole = self.capability or " ".join(c for c in CAPABILITY_23 if c not in self.without)
            text += "imap_capability = %s\n" % whole
        return text + self.extra + "\n"

    def start(self):
        """Returns when the server greets on its plain port."""
        for attempt in range(3):
            self.prepare()
            error = self.try_start()
            if error is None:
                return self
            if self.fixed_ports or "Address already in use" not in error:
                break
            self.imap_port = self.imaps_port = None
        raise DovecotError("dovecot did not start: " + error)

    def as_mail_user(self):
        """In a child before exec. Dies with us; root becomes the user that the mail belongs to."""
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)
        die_with_parent()

    def try_start(self):
        self.process = subprocess.Popen(
            [self.program, "-F", "-c", self.config], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, preexec_fn=self.as_mail_user, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        said = b""
        while time.monotonic() < deadline:
            if self.greets():
                self.process.stderr.close()
                return None
            # Until the port is open, what the server complains about is the better thing to wait for.
            if select.select([self.process.stderr], [], [], 0.005)[0]:
                more = os.read(self.process.stderr.fileno(), 4096)
                said += more
                if not more and self.process.wait() is not None:
                    return said.decode(errors="replace").strip() + self.last_log()
        self.stop()
        return "no greeting within %d seconds%s" % (START_SECONDS, self.last_log())

    def greets(self):
        try:
            with socket.create_connection(("127.0.0.1", self.imap_port), timeout=START_SECONDS) as s:
                return s.recv(4).startswith(b"* OK")
        except ConnectionError:
            return False

    def last_log(self):
        try:
            with open(self.log, errors="replace") as f:
                return "\n" + "".join(f.readlines()[-5:])
        except OSError:
            return ""

    def doveadm(self, command, *args, name="work"):
        """Runs a command such as "mailbox status" on a user's mail without asking the running server; returns what
        it printed."""
        program = os.path.join(os.path.dirname(self.program).replace("sbin", "bin"), "doveadm")
        env = dict(os.environ, HOME=self.home(name), USER=USERS[name])
        line = [program, "-c", self.config, *command.split()]
        if self.version >= (2, 4):
            line = [program, "-c", self.config, "-o", "mail_home=" + self.home(name), *command.split(),
                    "--no-userdb-lookup"]
        done = subprocess.run([*line, *args], env=env, capture_output=True, cwd="/", preexec_fn=self.as_mail_user)
        if done.returncode != 0:
            raise DovecotError("doveadm %s: %s" % (command, done.stderr.decode(errors="replace").strip()))
        return done.stdout.decode(errors="replace")

    def stop(self, gently=True):
        """Ends every process of the server. Gently takes Dovecot about a second."""
        if self.process is None:
            return
        if gently and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        # All stay in the process group that was made for them; none may outlive the server.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        if not self.process.stderr.closed:
            self.process.stderr.close()
        self.process = None

    def remove(self):
        """Stops, and deletes the directory if it was made here."""
        self.stop(gently=not self.owned)
        if self.owned:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.remove()
