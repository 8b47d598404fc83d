"""`mailcase ingest --pipe -`, as a mail server calls it."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.databases import opened
from lab.mails import mail
from mailcase.domain.inbox import InboxMessage
from mailcase.store import inbox

OK, DATA_ERROR, NO_USER, TRY_AGAIN = 0, 65, 67, 75  # sysexits.h
Pipe = Callable[..., int]


def stored(desk: DeskFolder) -> list[tuple[InboxMessage, bytes | None]]:
    with opened(f"sqlite:///{desk.config.parent}/desk.db") as database, database.read() as tx:
        return [(row, inbox.raw(tx, row.sha256)) for row in inbox.find(tx)]


def test_a_mail_is_stored_and_left_to_the_daemon(mailcase: Mailcase, desk: DeskFolder) -> None:
    done = mailcase("--config", desk.config, "ingest", "--pipe", "-", "-m", "billing", stdin=mail())
    assert (done.code, done.out, done.err) == (OK, b"", "")
    ((row, raw),) = stored(desk)
    assert (row.mailbox, row.state, raw) == ("billing", "received", mail())


def test_the_recipient_says_whose_it_is(mailcase: Mailcase, desk: DeskFolder) -> None:
    to = "Billing+mc.1@northwind.example"
    assert mailcase("--config", desk.config, "ingest", "--pipe", "-", "--recipient", to, stdin=mail()).code == OK
    assert [row.mailbox for row, _ in stored(desk)] == ["billing"]


def test_a_recipient_whom_nobody_knows_goes_back(mailcase: Mailcase, desk: DeskFolder) -> None:
    to = "nobody@northwind.example"
    done = mailcase("--config", desk.config, "ingest", "--pipe", "-", "--recipient", to, stdin=mail())
    done.fails(NO_USER, "nobody@northwind.example has no mailbox here")


def test_the_line_of_an_mbox_is_no_part_of_the_mail(mailcase: Mailcase, desk: DeskFolder) -> None:
    given = b"From clara@customer.example Mon Mar  2 09:00:00 2026\n" + mail()
    assert mailcase("--config", desk.config, "ingest", "--pipe", "-", stdin=given).code == OK
    assert [raw for _, raw in stored(desk)] == [mail()]


@pytest.mark.parametrize("given", [b"", b" \r\n\r\n"])
def test_nothing_is_no_mail(mailcase: Mailcase, desk: DeskFolder, given: bytes) -> None:
    done = mailcase("--config", desk.config, "ingest", "--pipe", "-", stdin=given)
    done.fails(DATA_ERROR, "there is no mail on standard input")


def test_a_mail_past_the_limit_goes_back(mailcase: Mailcase, desk: DeskFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILCASE_LIMITS__MESSAGE_BYTES", "100")
    done = mailcase("--config", desk.config, "ingest", "--pipe", "-", stdin=mail())
    done.fails(DATA_ERROR, "larger than the 100 bytes of limits.message_bytes")


BROKEN = {
    "a file that is not there": lambda path: path.unlink(),
    "a file that is wrong": lambda path: path.write_text("desk = 7\n"),
    "a rule that is wrong": lambda path: (path.parent / "rules/queues.yaml").write_text("queues: [\n"),
    "a database that cannot be had": lambda path: path.write_text(
        path.read_text().replace("sqlite:///desk.db", "sqlite:////no/such/folder/desk.db")
    ),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_no_mail_goes_back_for_a_fault_of_ours(
    mailcase: Mailcase, desk: DeskFolder, broken: Callable[[Path], object]
) -> None:
    broken(desk.config)
    done = mailcase("--config", desk.config, "ingest", "--pipe", "-", stdin=mail())
    done.fails(TRY_AGAIN, "mailcase: ")


def test_a_file_in_place_of_standard_input_is_not_waited_for(mailcase: Mailcase, desk: DeskFolder) -> None:
    done = mailcase("--config", desk.config, "ingest", "--pipe", desk.config, stdin=mail())
    done.fails(TRY_AGAIN, "--pipe takes the mail from standard input: write - in place of")
    assert stored(desk) == []


def test_a_closed_standard_input_is_told(desk: DeskFolder) -> None:
    command = [sys.executable, "-m", "mailcase", "--config", str(desk.config), "ingest", "--pipe", "-"]
    done = subprocess.run(
        command, preexec_fn=partial(os.close, 0), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (TRY_AGAIN, 1)
    assert "standard input is closed" in done.stderr


def test_a_full_disk_is_to_be_tried_again(
    mailcase: Mailcase, desk: DeskFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILCASE_LIMITS__FREE_SPACE_BYTES", str(10**18))
    done = mailcase("--config", desk.config, "ingest", "--pipe", "-", stdin=mail())
    done.fails(TRY_AGAIN, "are needed")


def test_a_fault_of_ours_leaves_its_traceback(
    mailcase: Mailcase, desk: DeskFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall_over(_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("mailcase.daemon.space.require_space", fall_over)

    done = mailcase("--config", desk.config, "ingest", "--pipe", "-", stdin=mail())

    assert done.code == TRY_AGAIN
    assert "in fall_over" in done.err
    assert done.err.endswith("mailcase: ZeroDivisionError: of ours\n")
