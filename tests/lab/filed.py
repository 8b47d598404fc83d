"""Mails that a test has filed by the daemon's own functions."""

from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.inbox import InboxMessage
from mailcase.store import inbox


def raw_mail(subject: str = "Hello", text: str = "Where is my parcel?", **headers: str) -> bytes:
    """A mail of a customer to support; `headers` are written with `_` for `-`."""
    known = {"From": "Clara <clara@customer.example>", "To": "support@northwind.example", "Subject": subject}
    fields = known | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode("utf-8", "surrogateescape")


def file_mail(app: App, raw: bytes, mailbox: str | None = None) -> InboxMessage:
    """Store a mail, file it, and return its inbox row."""
    stored = store(app, raw, mailbox)
    while intake(app):
        pass
    with app.database.read() as tx:
        found = inbox.get(tx, stored.id)
    assert found is not None
    return found
