"""A Dovecot that passes on by LMTP all that comes to it by LMTP: a real LMTP client for our listener."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.dovecot import UNPRIVILEGED, binary
from lab.ports import free_port, wait_for_port

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = lmtp
listen = 127.0.0.1
ssl = no
lmtp_proxy = yes
passdb {{
  driver = static
  args = proxy=y host=127.0.0.1 port={target} protocol=lmtp nopassword=y
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    port = {port}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
START_TIMEOUT_S = 20


@contextmanager
def relay(target: int) -> Iterator[int]:
    """Yield the port of a relay to the LMTP listener on port `target`."""
    program = binary()
    assert program is not None, "dovecot is not installed"
    folder = Path(tempfile.mkdtemp(prefix="mailcase-relay-"))
    folder.chmod(0o755)
    owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    facts = {
        "folder": folder,
        "target": target,
        "port": free_port(),
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
        "user": owner.pw_name,
        "group": grp.getgrgid(owner.pw_gid).gr_name,
    }
    text = CONFIG + ("" if os.geteuid() == 0 else UNPRIVILEGED.replace("service imap-login", "service lmtp"))
    (folder / "dovecot.conf").write_text(text.format(**facts))
    process = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")], stdin=subprocess.DEVNULL)
    try:
        wait_for_port(facts["port"], START_TIMEOUT_S)
        yield facts["port"]
    finally:
        process.terminate()
        process.wait(START_TIMEOUT_S)
        until = time.monotonic() + START_TIMEOUT_S
        while folder.exists() and time.monotonic() < until:  # its children end after it
            shutil.rmtree(folder, ignore_errors=True)
