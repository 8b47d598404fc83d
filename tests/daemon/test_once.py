"""One round of `mailcase run --once`: whatever fails, the rest of it is done, and each trouble is a line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.mails import mail
from lab.ports import free_port
from lab.smtpsink import SmtpSink
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.once import run_once
from mailcase.domain.outbox import OutboxMessage, OutboxState
from mailcase.store import outbox

LOGIN = "username = 'desk'\npassword_file = 'secret'\n"
MAILBOX = "[mailboxes.support.imap]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'none'\n" + LOGIN
SMTP = "[smtp]\nhost = '127.0.0.1'\nport = {port}\nsecurity = 'none'\n"
Opener = Callable[..., App]


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def opened(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[Opener]:
    """Opens a desk with these settings and one mail that is not filed yet."""
    apps: list[App] = []

    def open_desk(*, support: str = "", smtp: str = "") -> App:
        app = open_app(furnish(tmp_path, Furniture(url=database_url, support=support, extra=smtp)), clock)
        apps.append(app)
        store(app, mail(), "support")
        return app

    yield open_desk
    for app in apps:
        app.close()


def mails(app: App) -> list[OutboxMessage]:
    with app.database.read() as tx:
        return outbox.find(tx)


def test_a_round_without_trouble_says_nothing(opened: Opener, sink: SmtpSink) -> None:
    assert run_once(opened(smtp=SMTP.format(port=sink.port))) == []
    assert len(sink.taken) == 2


def test_a_mailbox_in_trouble_does_not_keep_the_rest_from_being_done(opened: Opener, sink: SmtpSink) -> None:
    app = opened(support=MAILBOX.format(port=free_port()), smtp=SMTP.format(port=sink.port))

    troubles = run_once(app)

    assert len(troubles) == 1
    assert troubles[0].startswith("support: ")
    assert len(sink.taken) == 2


def test_a_server_that_mail_waits_for_is_named_with_the_remedy(opened: Opener) -> None:
    port = free_port()
    troubles = run_once(opened(smtp=SMTP.format(port=port)))
    assert troubles == [
        f"smtp: 127.0.0.1:{port}: nothing listens there. Check host and port, and that the server runs."
    ]


def test_a_mail_that_has_to_wait_is_no_trouble_while_the_server_works(opened: Opener, sink: SmtpSink) -> None:
    sink.rescript({"rcpt": "450 4.2.1 greylisted"})
    assert run_once(opened(smtp=SMTP.format(port=sink.port))) == []


def test_mail_waits_while_the_password_cannot_be_read(opened: Opener, sink: SmtpSink) -> None:
    app = opened(smtp=SMTP.format(port=sink.port) + LOGIN)

    troubles = run_once(app)

    assert len(troubles) == 1
    assert "the password cannot be read" in troubles[0]
    assert {one.state for one in mails(app)} == {OutboxState.QUEUED}  # not `sending`, which ends as `uncertain`


def test_a_mailbox_that_nothing_sends_for_is_named_with_the_remedy(opened: Opener) -> None:
    app = opened()

    assert run_once(app) == [
        "support: mail waits in its outbox and there is no SMTP server; add [smtp] or [mailboxes.support.smtp]."
    ]


def test_a_mailbox_that_nothing_waits_in_needs_no_server(opened: Opener) -> None:
    app = opened()
    with app.database.begin() as tx:
        tx.connection.exec_driver_sql("DELETE FROM inbox")

    assert run_once(app) == []
