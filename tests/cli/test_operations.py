"""The commands of whoever looks after a desk, from the line that is typed to what is printed."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lab.desks import Furniture, furnish
from mailcase import log
from mailcase.cli import app
from mailcase.domain.number import format_number
from mailcase.errors import Invalid, Refused
from mailcase.store import outbox
from mailcase.store.engine import open_database

LOOPED = "Received: from a by b; Mon, 2 Mar 2026 08:00:00 +0000\n" * 60
PLAIN = "From: clara@customer.example\nTo: support@northwind.example\nSubject: Round\n\nHelp me\n"


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    """Take the log back from the runner, whose streams are closed after each command."""
    yield
    log.configure("warning", "console", sys.__stderr__)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A desk with one mail that is filed and one that is held."""
    path = furnish(tmp_path, Furniture(url="sqlite:///desk.db"))
    (tmp_path / "plain.eml").write_text(PLAIN)
    (tmp_path / "looped.eml").write_text(LOOPED + PLAIN)
    ran(path, "ingest", str(tmp_path / "plain.eml"), str(tmp_path / "looped.eml"))
    return path


def invoke(settings: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(settings), *arguments])


def ran(settings: Path, *arguments: str) -> str:
    done = invoke(settings, *arguments)
    assert done.exit_code == 0, f"{done.output} {done.exception}"
    return done.output


def test_a_held_mail_is_shown_with_its_reason_and_its_words(settings: Path) -> None:
    shown = ran(settings, "inbox", "show", "2")
    assert re.search(r"State +held", shown)
    assert re.search(r"Reason +too_many_hops", shown)
    assert re.search(r"From +clara@customer.example", shown)
    assert "Help me" in shown


def test_a_release_is_in_what_is_shown_of_the_mail(settings: Path) -> None:
    assert re.fullmatch(r"Mail 2 is filed as CAS-000002-\w+\.\n", ran(settings, "inbox", "release", "2"))
    shown = json.loads(ran(settings, "inbox", "show", "2", "--json"))
    assert (shown["state"], shown["content"]["text"].strip()) == ("filed", "Help me")
    assert [record["action"] for record in shown["history"]] == ["inbox.release"]
    assert "(command line)" in shown["history"][0]["actor"]


def test_a_discarded_mail_keeps_its_bytes(settings: Path) -> None:
    told = ran(settings, "inbox", "discard", "2", "--reason", "a scanner")
    assert "still gives its bytes" in told
    assert ran(settings, "inbox", "raw", "2").replace("\r", "") == LOOPED + PLAIN
    assert "a scanner" in ran(settings, "inbox", "show", "2")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["inbox", "show", "99"], "mail 99 is not here"),
        (["inbox", "release", "1"], "mail 1 is filed, not held"),
        (["inbox", "discard", "2", "--reason", " "], "say it with --reason"),
        (["outbox", "show", "99"], "mail 99 is not in the outbox"),
        (["outbox", "retry", "1"], "mail 1 is queued; only dead and uncertain mail"),
    ],
)
def test_what_cannot_be_done_is_refused(settings: Path, arguments: list[str], told: str) -> None:
    error = invoke(settings, *arguments).exception
    assert isinstance(error, Refused)
    assert told in str(error)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["backfill", "sales", "--since", "2026-01-01"],
            "there is no mailbox sales; mailcase.toml has: support, billing",
        ),
        (["backfill", "support", "--since", "yesterday"], "yesterday is not a date such as 2026-01-31"),
        (["backfill", "support", "--since", "2026-02-01", "--until", "2026-01-01"], "is not after --since"),
        (["backfill", "support", "--since", "2026-02-01"], "add one of them to fetch its mail"),
        (["inbox", "reconcile", "sales"], "there is no mailbox sales with a server; there are: none"),
        (["db", "copy", "sqlite:///nowhere.db", "sqlite:///new.db"], "nowhere.db: there is no such database"),
    ],
)
def test_a_mistake_is_explained(settings: Path, arguments: list[str], told: str) -> None:
    error = invoke(settings, *arguments).exception
    assert isinstance(error, Invalid)
    assert told in str(error)


def test_a_dead_mail_is_shown_and_tried_again_on_a_persons_word(settings: Path) -> None:
    database = open_database(f"sqlite:///{settings.parent}/desk.db")
    with database.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE outbox SET state = 'dead', due_at = NULL, attempts = 9 WHERE id = 1")
        tx.connection.exec_driver_sql("UPDATE outbox_recipients SET state = 'refused', response = '550 no'")
    assert re.search(r"refused +550 no", ran(settings, "outbox", "show", "1"))
    assert "Mail 1 is due again" in ran(settings, "outbox", "retry", "1")
    with database.read() as tx:
        message = outbox.get(tx, 1)
    database.close()
    assert message is not None
    assert (message.state, message.attempts, message.recipients[0].state) == ("queued", 0, "pending")
    assert "(command line): outbox.retry" in ran(settings, "outbox", "show", "1")
    assert "tried again" in ran(settings, "case", "show", format_number(1))


def test_the_bytes_of_an_outgoing_mail_are_given_as_they_are(settings: Path) -> None:
    assert ran(settings, "outbox", "show", "1", "--raw").startswith("Date: ")


def test_a_desk_is_backed_up_and_moved(settings: Path) -> None:
    folder = settings.parent
    assert "bytes." in ran(settings, "db", "backup", str(folder / "backup.db"))
    told = ran(settings, "db", "copy", f"sqlite:///{folder}/backup.db", f"sqlite:///{folder}/new.db")
    assert re.search(r"raw_messages +2 ", told)
    settings.write_text(settings.read_text().replace("desk.db", "new.db"))
    assert "too_many_hops" in ran(settings, "inbox", "show", "2")


def test_a_database_agrees_with_itself(settings: Path) -> None:
    assert "All agrees." in ran(settings, "inbox", "reconcile")
    assert json.loads(ran(settings, "inbox", "reconcile", "--json"))["differences"] == []


def test_held_mail_is_listed_by_a_command_of_its_own(settings: Path) -> None:
    assert [one["id"] for one in json.loads(ran(settings, "inbox", "held", "--json"))] == [2]
    assert "too_many_hops" in ran(settings, "inbox", "held")
    assert ran(settings, "inbox", "held", "--mailbox", "billing") == "No mail.\n"
