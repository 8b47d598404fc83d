"""A desk inside the process of an experiment: mail is given to it by hand, and what it sends is collected."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail
from lab.ledger import Ledger
from lab.postman import CollectingPostman
from mailcase.app import App
from mailcase.daemon.deliver import deliver
from mailcase.domain.inbox import InboxMessage
from mailcase.domain.outbox import OutboxMessage
from mailcase.store import outbox

GENUINE = "Authentication-Results: mx.northwind.example; dmarc=pass header.from=northwind.example\r\n"
"""What the desk's own mail server writes above a mail of one of its agents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """The desk of `lab.desks` on a clock that the experiment moves: agents Anna (lead) and Ben."""

    app: App
    clock: ManualClock
    postman: CollectingPostman = field(default_factory=CollectingPostman)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.app.database)

    def take(self, raw: bytes, mailbox: str | None = None) -> InboxMessage:
        """File one mail and return what became of it."""
        return file_mail(self.app, raw, mailbox)

    def send(self) -> list[OutboxMessage]:
        """Send everything that is due and return it, oldest first."""
        before = len(self.postman.sent)
        while deliver(self.app, dict.fromkeys(self.app.config.mailboxes, self.postman)):
            pass
        return self.postman.sent[before:]

    def written(self, template: str) -> list[OutboxMessage]:
        """Return every mail that was made from a template, oldest first, sent or not."""
        with self.app.database.read() as tx:
            return [one for one in outbox.find(tx, limit=100_000) if one.template == template][::-1]

    def pass_time(self, by: timedelta) -> None:
        """Move the clock on."""
        self.clock.advance(by)


@contextmanager
def inside(
    folder: Path, *, support: str = "", desk: str = "", extra: str = "", rules: Mapping[str, str] | None = None
) -> Iterator[Inside]:
    """Open a desk on SQLite in an empty folder."""
    clock = ManualClock()
    url = f"sqlite:///{folder / 'desk.db'}"
    app = open_app(
        furnish(folder, Furniture(url=url, support=support, desk=desk, extra=extra, rules=rules or {})), clock
    )
    try:
        yield Inside(app=app, clock=clock)
    finally:
        app.close()


def recipients(mail: OutboxMessage) -> tuple[str, ...]:
    """Return the addresses that a mail goes to."""
    return tuple(recipient.address for recipient in mail.recipients)


def read(raw: bytes) -> EmailMessage:
    """Return a mail of ours as Python's own parser understands it."""
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def texts(raw: bytes) -> list[str]:
    """Return every text part of a mail, decoded."""
    return [str(part.get_content()) for part in read(raw).walk() if part.get_content_maintype() == "text"]
