"""Mail that is handed over to a running daemon, and daemons that are killed while it is."""

import re
import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.values import received
from lab import dovecot
from lab.databases import opened
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.dovecot_relay import relay
from lab.lmtp import listening_to
from lab.maildirs import Maildir
from lab.mails import mail
from lab.ports import free_port
from lab.process import DaemonProcess, eventually
from mailcase.app import App
from mailcase.daemon.check import check_all
from mailcase.daemon.health import LMTP, Health
from mailcase.daemon.lmtp import lmtp_listener
from mailcase.domain.inbox import InboxMessage, InboxState, Source
from mailcase.errors import Unavailable
from mailcase.store import inbox
from mailcase.web.standing import look

BOTH = ["support+mc.1@northwind.example", "Billing@northwind.example"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lmtp"


@pytest.fixture
def settings(tmp_path: Path, path: Path) -> Path:
    return furnish(tmp_path, Furniture(url="sqlite:///desk.db", extra=f'[lmtp]\nlisten = "unix:{path}"\n'))


@pytest.fixture
def app(settings: Path, clock: ManualClock) -> Iterator[App]:
    found = open_app(settings, clock)
    yield found
    found.close()


@pytest.fixture
def client(app: App, path: Path) -> Iterator[smtplib.LMTP]:
    listener = lmtp_listener(app, lambda: None)
    assert listener is not None
    with listening_to(listener), smtplib.LMTP(str(path)) as client:
        yield client


def handed_over(client: smtplib.LMTP, recipients: list[str]) -> list[int]:
    """Hand a mail over; return the answer for each recipient, of which smtplib itself reads only the first."""
    client.ehlo()
    client.mail("clara@customer.example")
    for recipient in recipients:
        assert client.rcpt(recipient)[0] == 250
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(mail() + b"\r\n.\r\n")
    return [client.getreply()[0] for _ in recipients]


def stored(url: str) -> list[InboxMessage]:
    with opened(url) as database, database.read() as tx:
        return inbox.find(tx, limit=1000)[::-1]


def test_a_mail_is_stored_for_each_mailbox_that_it_is_for(app: App, client: smtplib.LMTP) -> None:
    assert handed_over(client, BOTH) == [250, 250]
    rows = received(app)
    assert [(row.mailbox, row.source, row.state) for row in rows] == [
        ("support", Source.LMTP, InboxState.RECEIVED),
        ("billing", Source.LMTP, InboxState.RECEIVED),
    ]


def test_a_mail_that_is_handed_over_again_is_stored_once(app: App, client: smtplib.LMTP) -> None:
    for _ in range(2):  # the answer was lost, so the mail server offers it again
        assert client.sendmail("clara@customer.example", BOTH[:1], mail()) == {}
    assert len(received(app)) == 1


def test_while_the_disk_is_full_nothing_is_taken(app: App, client: smtplib.LMTP) -> None:
    limits = app.config.limits.model_copy(update={"free_space_bytes": 10**18})
    app.config = app.config.model_copy(update={"limits": limits})
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        client.sendmail("clara@customer.example", BOTH, mail())
    assert refused.value.smtp_code == 452
    assert received(app) == []


def test_while_the_database_is_away_the_mail_is_to_come_again(
    app: App, client: smtplib.LMTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise Unavailable("the database is away", remedy="Start it.")

    with monkeypatch.context() as context:
        context.setattr(app.database, "begin", away)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("clara@customer.example", BOTH[:1], mail())
    assert refused.value.smtp_code == 451
    assert client.sendmail("clara@customer.example", BOTH[:1], mail()) == {}


def test_a_fault_of_ours_loses_no_mail(app: App, client: smtplib.LMTP, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setattr(app.database, "begin", None)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.sendmail("clara@customer.example", BOTH[:1], mail())
    assert refused.value.smtp_code == 451


def test_check_tells_of_the_listener(app: App, path: Path) -> None:
    (finding,) = [one for one in check_all(app.path) if one.what == LMTP]
    assert (finding.is_ok, finding.message) == (True, f"unix:{path} can be listened on")
    listener = lmtp_listener(app, lambda: None)
    assert listener is not None
    with listening_to(listener):
        (finding,) = [one for one in check_all(app.path) if one.what == LMTP]
    assert finding.message.endswith("by the daemon if it runs")


def test_a_daemon_that_cannot_listen_is_not_ready(app: App, clock: ManualClock) -> None:
    health = Health(started_at=clock())
    health.add(LMTP)
    assert look(app, health).is_ready
    health.failed(LMTP, "another process listens there", "Stop it.", clock())
    assert not look(app, health).is_ready


@pytest.mark.timeout(180)
def test_what_a_killed_daemon_said_yes_to_is_filed_by_the_next(settings: Path, path: Path, tmp_path: Path) -> None:
    url, accepted = f"sqlite:///{tmp_path}/desk.db", 0
    for round_ in range(4):
        with DaemonProcess(settings) as daemon:
            daemon.wait_for_notice("READY=1")
            eventually(path.exists, "the socket")
            with smtplib.LMTP(str(path)) as client:
                for number in range(5):
                    raw = mail(message_id=f"<{round_}.{number}@c.example>")
                    assert client.sendmail("clara@customer.example", BOTH[:1], raw) == {}
                    accepted += 1
                daemon.kill()
    assert len(stored(url)) == accepted
    with DaemonProcess(settings) as daemon:
        daemon.wait_for_notice("READY=1")
        eventually(lambda: all(row.state is not InboxState.RECEIVED for row in stored(url)), "all of it to be filed")
        assert daemon.stop()[0] == 0
    assert {row.state for row in stored(url)} == {InboxState.FILED}
    assert len({row.case_id for row in stored(url)}) == accepted


@pytest.mark.timeout(180)
def test_a_maildir_loses_and_doubles_nothing_when_the_daemon_is_killed(tmp_path: Path) -> None:
    maildir, url, count = Maildir(tmp_path / "Maildir").make(), f"sqlite:///{tmp_path}/desk.db", 0
    support = f'since = "all"\n[mailboxes.support.maildir]\npath = "{maildir.path}"\npoll_s = 0.05\n'
    settings = furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=support))
    for round_ in range(5):
        with DaemonProcess(settings) as daemon:
            daemon.wait_for_notice("READY=1")
            for number in range(40):
                maildir.deliver(mail(message_id=f"<{round_}.{number}@c.example>"))
            count += 40
            eventually(lambda seen=count - 40: len(maildir.cur()) > seen, "the first of them to be moved")
            daemon.kill()
    with DaemonProcess(settings) as daemon:
        daemon.wait_for_notice("READY=1")
        eventually(lambda: not maildir.new(), "all of it to be taken")
        assert daemon.stop()[0] == 0
    assert (len(stored(url)), len(maildir.cur())) == (count, count)


def test_a_real_mail_server_hands_over_and_learns_of_each_recipient(settings: Path, clock: ManualClock) -> None:
    dovecot.require()
    if not Path("/usr/lib/dovecot/lmtp").exists():
        pytest.skip("Dovecot's LMTP server is not installed where Debian has it")
    port = free_port()
    listen = f'listen = "inet:127.0.0.1:{port}"'
    settings.write_text(re.sub("listen = .*", listen, settings.read_text()))
    app = open_app(settings, clock)
    listener = lmtp_listener(app, lambda: None)
    assert listener is not None
    with listening_to(listener), relay(port) as relayed, smtplib.LMTP("127.0.0.1", relayed) as client:
        assert handed_over(client, BOTH) == [250, 250]
        assert client.rcpt("nobody@northwind.example")[0] == 503
        client.mail("clara@customer.example")
        assert client.rcpt("nobody@northwind.example")[0] == 550
    rows = received(app)
    app.close()
    assert [(row.mailbox, row.source) for row in rows] == [("support", Source.LMTP), ("billing", Source.LMTP)]
