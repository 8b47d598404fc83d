"""What other desks were seen to do wrong with mail, each against a real IMAP server that deletes what is filed.

What a `kill -9` does is experiment E1's.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import fetched, imap_section, received
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.dovecot import Dovecot
from lab.imapserver import ImapServer
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.intake import intake
from mailcase.daemon.tidy import tidy_all
from mailcase.domain.inbox import InboxState
from mailcase.store import activities, cases, inbox, outbox
from mailcase.store.cases import CaseFilter

DELETE = 'after_filing = "delete"\ndelete_after = "1d"'
NO_PROGRAMS = """\
rules:
  - name: programs
    when: attachments.types.exists(t, t == "application/x-msdownload")
    then: {hold: a program came with it}
"""
PROGRAM = b"""\
From: carl@other.example\r
To: support@northwind.example\r
Subject: Your invoice\r
Message-ID: <program@other.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
See the file.\r
--b\r
Content-Type: application/x-msdownload; name=invoice.exe\r
Content-Disposition: attachment; filename=invoice.exe\r
\r
MZ\r
--b--\r
"""
AUTOMATIC = {
    "out of office": {"Auto-Submitted": "auto-replied"},
    "a script": {"Auto-Submitted": "auto-generated"},
    "a list": {"List-Id": "<news.example>"},
    "bulk": {"Precedence": "bulk"},
    "an old responder": {"X-Autoreply": "yes"},
    "a null return path": {"Return-Path": "<>"},
}


@pytest.fixture
def server(dovecot_server: Dovecot) -> ImapServer:
    return ImapServer.dovecot(dovecot_server)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, clock: ManualClock, server: ImapServer) -> Iterator[App]:
    rules = {"record_creation.yaml": NO_PROGRAMS}
    support = f'since = "all"\n{imap_section(server, DELETE)}'
    app = open_app(furnish(tmp_path, Furniture(url=database_url, support=support, rules=rules)), clock)
    yield app
    app.close()


def taken(app: App, clock: ManualClock, server: ImapServer, *mails: bytes) -> list[InboxState]:
    """Let mails come in, file them, delete what may be deleted, look again, and return how each ended."""
    server.append(*mails)
    for _ in range(2):
        fetched(app)
        while intake(app):
            pass
        clock.advance(timedelta(days=2))
        assert tidy_all(app, ["support"]) == []
    return [message.state for message in received(app)]


UNKNOWN = {
    "of the body": lambda: mail("Grusz\n", headers={"Content-Type": "text/plain; charset=x-unknown-99"}),
    "of a part that is not even a name": lambda: mail(headers={"Content-Type": 'text/plain; charset="\x01;=?"'}),
    "of the subject": lambda: mail(subject="=?x-unknown-99?Q?Gr=FC=DFe?= from here"),
    "of the sender": lambda: mail(sender="=?x-unknown-99?B?/////w==?= <carl@other.example>"),
    "that is a codec for no text": lambda: mail(headers={"Content-Type": "text/plain; charset=base64"}),
}


@pytest.mark.parametrize("made", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_charset_stops_and_loses_no_mail(
    desk: App, clock: ManualClock, server: ImapServer, made: Callable[[], bytes]
) -> None:
    before, after = (mail(message_id=f"<{name}@x.example>", sender=f"{name}@x.example") for name in ("before", "after"))

    states = taken(desk, clock, server, before, made(), after)

    assert states == [InboxState.FILED] * 3
    assert server.flags() == {}, "all are deleted, none is fetched again"


def test_a_mail_with_a_refused_file_is_held_and_stays_on_the_server(
    desk: App, clock: ManualClock, server: ImapServer
) -> None:
    assert taken(desk, clock, server, mail(), PROGRAM) == [InboxState.FILED, InboxState.HELD]

    assert set(server.flags()) == {2}
    with desk.database.read() as tx:
        assert inbox.raw(tx, received(desk)[1].sha256) == PROGRAM


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("Grüße aus Köln".encode(), "UTF-8"),
        ("Grüße aus Köln".encode("latin-1"), "Latin 1"),
        ("Grüße aus Köln".encode("cp1252"), "Windows"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?= aus K\xc3\xb6ln", "half of it encoded"),
    ],
)
def test_a_raw_subject_of_eight_bits_is_read(
    desk: App, clock: ManualClock, server: ImapServer, raw: bytes, reason: str
) -> None:
    taken(desk, clock, server, mail().replace(b"Subject: Printer", b"Subject: " + raw))

    with desk.database.read() as tx:
        (case,) = cases.find(tx, CaseFilter())
        (activity, *_) = activities.by_case(tx, case.id)
    assert (case.title, activity.subject) == ("Grüße aus Köln", "Grüße aus Köln"), reason


def test_nothing_automatic_is_answered(desk: App, clock: ManualClock, server: ImapServer) -> None:
    letters = [
        mail(headers=headers, sender=f"a{number}@x.example", message_id=f"<{number}@x.example>")
        for number, headers in enumerate(AUTOMATIC.values())
    ]

    taken(desk, clock, server, *letters)

    with desk.database.read() as tx:
        told = {one.address for message in outbox.find(tx) for one in message.recipients}
    assert not {address for address in told if address.endswith("@x.example")}
