"""The daemon as a real process on the embedded servers."""

import itertools
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from daemon.values import imap_section
from lab.desks import RULES, Furniture, furnish
from lab.imapserver import ImapServer
from lab.mails import mail
from lab.process import DaemonProcess, eventually
from mailcase.domain.case import Case
from mailcase.domain.inbox import InboxState
from mailcase.sandbox.server import Sandbox
from mailcase.store import activities, cases, inbox
from mailcase.store.cases import CaseFilter
from mailcase.store.engine import Database, open_database

SMTP = '[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
NUMBERS = itertools.count(1)
STOPS_WITHIN_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A desk on disk, its servers, and a look into its database."""

    config: Path
    server: ImapServer
    sandbox: Sandbox
    database: Database

    def customer_writes(self, subject: str = "Printer") -> str:
        """Deliver a mail from somebody new; return who it was."""
        number = next(NUMBERS)
        sender = f"c{number}@d{number}.example"
        raw = mail(subject=subject, sender=sender, message_id=f"<{number}@d{number}.example>")
        self.sandbox.deliver(raw, self.server.username)
        return sender

    def cases(self) -> list[Case]:
        with self.database.read() as tx:
            return cases.find(tx, CaseFilter(), limit=1000)[::-1]

    def is_filed(self, count: int) -> bool:
        return len(self.cases()) >= count

    def acknowledged(self) -> list[str]:
        """Who got an acknowledgement, as often as they got one."""
        sent = (mail for mail in self.sandbox.submissions if b"Auto-Submitted: auto-replied" in mail.raw)
        return [recipient for mail in sent for recipient in mail.recipients]


@pytest.fixture
def scene(tmp_path: Path, sqlite_template: Path, sandbox: Sandbox) -> Iterator[Scene]:
    (tmp_path / "desk.db").write_bytes(sqlite_template.read_bytes())
    server = ImapServer.embedded(sandbox)
    url = f"sqlite:///{tmp_path}/desk.db"
    support = 'since = "all"\n' + imap_section(server, "poll_s = 600")
    config = furnish(tmp_path, Furniture(url=url, support=support, extra=SMTP.format(port=sandbox.smtp_port)))
    database = open_database(url)
    yield Scene(config=config, server=server, sandbox=sandbox, database=database)
    database.close()


def test_it_files_a_mail_as_it_comes_and_ends_at_sigterm(scene: Scene) -> None:
    with DaemonProcess(scene.config) as daemon:
        daemon.wait_for_notice("READY=1")
        eventually(lambda: "mailbox.connected" in daemon.log.read_text(), "the connection")
        customer = scene.customer_writes()
        eventually(lambda: customer in scene.acknowledged(), "the acknowledgement", timeout_s=20)
        assert scene.is_filed(1), "by IDLE: the next poll is ten minutes away"
        code, took_s = daemon.stop()
        assert (code, "STOPPING=1" in daemon.notices()) == (0, True), daemon.tail()
        assert took_s < STOPS_WITHIN_S


def test_sighup_takes_good_rules_and_keeps_the_last_good_ones(scene: Scene) -> None:
    routing = scene.config.parent / "rules" / "routing.yaml"
    with DaemonProcess(scene.config, watchdog_us=400_000) as daemon:
        daemon.wait_for_notice("READY=1")
        routing.write_text(RULES["routing.yaml"].replace("invoice|refund", "printer"))
        daemon.forget_notices()
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for_notice("READY=1")
        routing.write_text("rules:\n  - name: [broken\n")
        daemon.process.send_signal(signal.SIGHUP)
        eventually(lambda: "daemon.reload_refused" in daemon.log.read_text(), "the refusal")
        assert "routing.yaml:" in daemon.tail()
        scene.customer_writes("Printer")
        eventually(lambda: scene.is_filed(1), "the case")
        assert [case.queue for case in scene.cases()] == ["billing"]
        daemon.wait_for_notice("WATCHDOG=1")


def test_signals_in_the_midst_of_signals_stop_nothing(scene: Scene) -> None:
    with DaemonProcess(scene.config) as daemon:
        daemon.wait_for_notice("READY=1")
        for _ in range(40):
            daemon.process.send_signal(signal.SIGHUP)
            time.sleep(0.01)
        scene.customer_writes()
        eventually(lambda: scene.is_filed(1), "the case")
        code, took_s = daemon.stop()
    assert (code, took_s < STOPS_WITHIN_S) == (0, True)


@pytest.mark.timeout(300)  # it starts the daemon three times, on a machine that may be busy
def test_killed_again_and_again_it_loses_and_doubles_nothing(scene: Scene) -> None:
    customers: list[str] = []
    for filed_before_the_kill in (2, 5):
        with DaemonProcess(scene.config) as daemon:
            daemon.wait_for_notice("READY=1")
            wanted = len(scene.cases()) + filed_before_the_kill
            customers += [scene.customer_writes() for _ in range(8)]
            eventually(lambda wanted=wanted: scene.is_filed(wanted), f"{wanted} cases")
            daemon.stop(signal.SIGKILL)
    with DaemonProcess(scene.config) as daemon:
        eventually(lambda: scene.is_filed(len(customers)), "all cases")
        customers.append(scene.customer_writes())
        eventually(lambda: customers[-1] in scene.acknowledged(), "the last acknowledgement")
        daemon.stop()
    with scene.database.read() as tx:
        states = [message.state for message in inbox.find(tx, limit=100)]
        counts = [len(activities.by_case(tx, case.id)) for case in scene.cases()]
    assert states == [InboxState.FILED] * len(customers)
    assert counts == [1] * len(customers)
    ours = [address for address in scene.acknowledged() if address in customers]
    assert len(ours) == len(set(ours)), "an automatic mail goes out at most once"
