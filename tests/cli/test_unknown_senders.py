"""What becomes of the first mail of somebody who is not known, by the policy of its mailbox, from the mail to the case."""

from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.desks import Furniture, ManualClock, furnish
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.store import contacts, inbox, outbox

MAX = "Max Meier <max@other.example>"
POLICIES = """\
mailboxes:
  support: {unknown_senders: hold}
  billing: {unknown_senders: ignore}
"""


@pytest.fixture
def strict(tmp_path: Path, sqlite_template: Path, clock: ManualClock) -> DeskFolder:
    """A desk whose mailbox support holds mail of strangers, and whose mailbox billing ignores it."""
    (tmp_path / "desk.db").write_bytes(sqlite_template.read_bytes())
    furniture = Furniture(url="sqlite:///desk.db", rules={"mailboxes.yaml": POLICIES})
    return DeskFolder(config=furnish(tmp_path, furniture), clock=clock)


def arrive(desk: DeskFolder, to: str = "support") -> list[str]:
    """Let a mail of Max arrive; return the state and the reason of it, and what was sent."""
    app = desk.opened()
    store(app, mail(sender=MAX, to=f"{to}@northwind.example", message_id=f"<{to}@other.example>"), to)
    while intake(app):
        pass
    with app.database.read() as tx:
        (message,) = inbox.find(tx, limit=1)
        sent = [one.template for one in outbox.find(tx, limit=9)]
    app.close()
    return [message.state, message.reason, *sorted(sent)]


def is_known(desk: DeskFolder) -> bool | None:
    """Whether Max is a confirmed contact; None when he is none at all."""
    app = desk.opened()
    with app.database.read() as tx:
        found = contacts.by_address(tx, "max@other.example")
    app.close()
    return None if found is None else not found.is_provisional


def test_create_makes_a_provisional_contact_with_a_case(desk: DeskFolder) -> None:
    assert arrive(desk)[:2] == ["filed", ""]
    assert is_known(desk) is False


def test_hold_keeps_the_mail_until_the_contact_is_made(strict: DeskFolder, mailcase: Mailcase) -> None:
    assert arrive(strict) == ["held", "unknown_sender"]
    assert is_known(strict) is None

    mailcase("--config", strict.config, "contact", "create", "max@other.example", "--name", "Max", "--as", "anna")
    mailcase("--config", strict.config, "inbox", "retry", "1")

    app = strict.opened()
    while intake(app):
        pass
    app.close()
    shown = mailcase("--config", strict.config, "contact", "show", "max@other.example", "--json").json
    assert (shown["total_cases"], shown["is_provisional"]) == (1, False)


def test_a_held_mail_says_what_to_do(strict: DeskFolder, mailcase: Mailcase) -> None:
    arrive(strict)
    assert "add the contact and retry" in mailcase("--config", strict.config, "inbox", "show", "1", "--json").text


def test_ignore_files_nothing_and_answers_nobody(strict: DeskFolder) -> None:
    assert arrive(strict, "billing") == ["skipped", "unknown_sender"]
    assert is_known(strict) is None


def test_who_is_known_is_no_stranger_whatever_the_policy(strict: DeskFolder, mailcase: Mailcase) -> None:
    mailcase("--config", strict.config, "contact", "create", "max@other.example", "--as", "anna")

    assert arrive(strict)[0] == "filed"
