"""Mail that comes without a server."""

import pytest

from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.domain.inbox import InboxState, Source
from mailcase.errors import Invalid
from mailcase.store import inbox


def mail(to: str) -> bytes:
    return f"From: clara@customer.example\r\nTo: {to}\r\nSubject: Hello\r\n\r\nHello\r\n".encode()


@pytest.mark.parametrize(
    ("to", "mailbox"),
    [
        ("support@northwind.example", "support"),
        ("Billing <BILLING@northwind.example>", "billing"),
        ("billing+mc-1-c1-abcdefghijklmnopqrstuvwxyz@northwind.example", "billing"),  # an answer, by its reply address
        ("friend@elsewhere.example, billing@northwind.example", "billing"),
        ("undisclosed@elsewhere.example", "support"),  # a blind copy: the first mailbox takes it
    ],
)
def test_a_mail_comes_to_the_mailbox_that_it_is_addressed_to(app: App, to: str, mailbox: str) -> None:
    assert store(app, mail(to), None).mailbox == mailbox


def test_the_same_bytes_are_stored_once_for_a_mailbox(app: App) -> None:
    first = store(app, mail("support@northwind.example"), None)
    assert store(app, mail("support@northwind.example"), None) == first
    assert store(app, mail("support@northwind.example"), "billing").id != first.id
    assert (first.state, first.source) == (InboxState.RECEIVED, Source.FILE)


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\r\r\n\x80", b"From: a@b\n" * 5000])
def test_whatever_it_is_its_bytes_are_kept(app: App, raw: bytes) -> None:
    stored = store(app, raw, None)
    with app.database.read() as tx:
        assert inbox.raw(tx, stored.sha256) == raw


def test_a_mailbox_that_does_not_exist_is_refused(app: App) -> None:
    with pytest.raises(Invalid, match=r"there is no mailbox sales; .* support, billing"):
        store(app, b"x", "sales")


def test_only_the_header_block_says_to_which_mailbox_a_mail_comes(app: App) -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (at, at) for at in range(100))
    assert store(app, b"From: a@b.example\r\nTo: billing@northwind.example\r\n" + deep, None).mailbox == "billing"
