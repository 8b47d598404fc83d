"""`mailcase status`, without a daemon and beside one."""

from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from daemon.values import filed_case, imap_section
from lab.desks import Furniture, furnish
from lab.imapserver import ImapServer
from lab.ports import free_port
from lab.process import DaemonProcess, eventually
from mailcase.domain.pace import Pause
from mailcase.sandbox.server import Sandbox
from mailcase.store import pauses


def test_without_a_daemon_it_says_so_and_what_the_database_knows(mailcase: Mailcase, desk: DeskFolder) -> None:
    app = desk.opened()
    filed_case(app)
    with app.database.begin() as tx:
        pauses.put(tx, Pause(account="u@smtp.example:465", until=app.now(), times=2, response="421 4.7.0 slow down"))
    app.close()
    found = mailcase("status", "--json", "--config", desk.config)
    assert (found.code, found.json["daemons"], found.json["is_well"]) == (1, [], False)
    assert found.json["unsent"] == {"queued": 2, "uncertain": 0, "dead": 0}
    support = found.json["mailboxes"][0]
    assert (support["mailbox"], support["last_mail_at"][:10], support["is_well"]) == ("support", "2026-03-02", None)
    shown = mailcase("status", "--config", desk.config)
    assert "No daemon runs" in shown.text
    assert "421 4.7.0 slow down" in shown.text


@pytest.fixture
def watched(tmp_path: Path, sqlite_template: Path, sandbox: Sandbox) -> Path:
    (tmp_path / "desk.db").write_bytes(sqlite_template.read_bytes())
    support = imap_section(ImapServer.embedded(sandbox))
    web = f"[web]\nport = {free_port()}\n"
    billing = f'[mailboxes.billing.imap]\nhost = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\n'
    return furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=support, extra=f"{billing}{web}"))


def test_beside_a_daemon_it_tells_what_fails_and_what_to_do(mailcase: Mailcase, watched: Path) -> None:
    with DaemonProcess(watched) as daemon:
        daemon.wait_for_notice("READY=1")

        def is_known() -> bool:
            found = mailcase("status", "--json", "--config", watched).json
            support, billing = found["mailboxes"]
            return support["is_well"] is True and bool(billing["error"])

        eventually(is_known, "the state of both mailboxes", timeout_s=30)
        shown = mailcase("status", "--config", watched)
    assert shown.code == 1, "billing fails"
    assert f"process {daemon.process.pid}" in shown.text
    (line,) = [line for line in shown.text.splitlines() if line.startswith("billing")]
    assert "FAILS" in line
    assert "nothing listens there" in line
    assert "Check host and port" in line
