"""A private Dovecot 2.3: its own folder and ports, one password for every user name, as root or as anybody."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.certificates import Certificates
from lab.ports import free_port, wait_for_port

PASSWORD = "open-sesame"
START_TIMEOUT_S = 20

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login{mechanisms}
mail_location = maildir:~/Maildir
mail_max_userip_connections = 0
first_valid_uid = 1
mailbox_idle_check_interval = 1 s
auth_failure_delay = 0
namespace inbox {{
  inbox = yes
  separator = /
}}
namespace shared {{
  type = public
  separator = /
  prefix = Shared/
  location = maildir:{folder}/mail/%u/shared
  subscriptions = no
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""
# Access tokens are shown to the authorisation server, which says whose they are.
OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
OAUTH_SERVER = """
introspection_url = {introspection_url}?token=
introspection_mode = get
active_attribute = active
active_value = true
username_attribute = email
"""
# Only root can change users and roots.
UNPRIVILEGED = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def binary() -> str | None:
    """Return the path of the installed Dovecot, or None."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def require() -> None:
    """Skip the test where Dovecot is not installed, but never in CI."""
    if binary() is None:
        reason = "dovecot is not installed (Debian: apt-get install dovecot-imapd)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """One running server; any user name logs in with `PASSWORD` and finds an empty INBOX."""

    folder: Path
    port: int
    tls_port: int
    certificates: Certificates
    process: subprocess.Popen[bytes] = field(repr=False)

    @classmethod
    def start(cls, introspection_url: str = "") -> "Dovecot":
        """Start one; with an address to ask about them it also takes the access tokens of OAuth 2.0."""
        program = binary()
        assert program is not None, "dovecot is not installed"
        folder = Path(tempfile.mkdtemp(prefix="mailcase-dovecot-"))
        folder.chmod(0o755)
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        for name in ("run", "state", "mail"):
            (folder / name).mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        certificates = Certificates.create(folder)
        facts = {
            "folder": folder,
            "certificate": certificates.certificate,
            "key": certificates.key,
            "password": PASSWORD,
            "uid": owner.pw_uid,
            "gid": owner.pw_gid,
            "user": owner.pw_name,
            "group": grp.getgrgid(owner.pw_gid).gr_name,
            "port": free_port(),
            "tls_port": free_port(),
            "mechanisms": " xoauth2 oauthbearer" if introspection_url else "",
        }
        text = CONFIG + ("" if os.geteuid() == 0 else UNPRIVILEGED) + (OAUTH if introspection_url else "")
        (folder / "oauth2.conf").write_text(OAUTH_SERVER.format(introspection_url=introspection_url))
        (folder / "dovecot.conf").write_text(text.format(**facts))
        process = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")], stdin=subprocess.DEVNULL)
        server = cls(
            folder=folder, port=facts["port"], tls_port=facts["tls_port"], certificates=certificates, process=process
        )
        try:
            wait_for_port(server.port, START_TIMEOUT_S)
        except TimeoutError as error:
            log = (folder / "log").read_text() if (folder / "log").exists() else "no log"
            server.stop()
            raise RuntimeError(f"dovecot did not start: {log}") from error
        return server

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(START_TIMEOUT_S)
        until = time.monotonic() + START_TIMEOUT_S
        while True:  # its children write their last index files while they end
            try:
                return shutil.rmtree(self.folder)
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
