"""`mailcase ingest`: mail from everywhere but a server."""

import json
from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import mail
from mailcase.cli.ingest import MANY

ONE, TWO = mail("One\n"), mail("Two\n", sender="carl@other.example", subject="Two", message_id="<2@o.example>")
MBOX = b"From a@a Mon Mar  2 09:00:00 2026\n" + ONE + b"\nFrom b@b Mon Mar  2 09:01:00 2026\n" + TWO


def make(folder: Path, kind: str) -> Path:
    """Write both mails in one of the forms in which mail lies about."""
    if kind == "mbox":
        (folder / "mbox").write_bytes(MBOX)
        return folder / "mbox"
    if kind == "maildir":
        for name in ("cur", "new", "tmp"):
            (folder / "box" / name).mkdir(parents=True)
        (folder / "box" / "cur" / "1:2,S").write_bytes(ONE)
        (folder / "box" / "new" / "2").write_bytes(TWO)
        (folder / "box" / "tmp" / "3").write_bytes(b"not complete")
        return folder / "box"
    (folder / "mails" / "deeper").mkdir(parents=True)
    (folder / "mails" / "1.eml").write_bytes(ONE)
    (folder / "mails" / "deeper" / "2.eml").write_bytes(TWO)
    (folder / "mails" / ".hidden").write_bytes(b"no mail")
    return folder / "mails"


@pytest.mark.parametrize("kind", ["mbox", "maildir", "folder"])
def test_mail_is_filed_from_files_of_every_form_and_once(
    mailcase: Mailcase, desk: DeskFolder, tmp_path: Path, kind: str
) -> None:
    source = make(tmp_path, kind)
    first = mailcase("--config", desk.config, "ingest", "--json", source).json
    assert [(message["state"], message["subject"]) for message in first] == [("filed", "Printer"), ("filed", "Two")]
    assert len({message["case"] for message in first}) == 2
    assert mailcase("--config", desk.config, "ingest", "--json", source).json == first


def test_many_mails_are_read_by_a_process_of_their_own(mailcase: Mailcase, desk: DeskFolder, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number:02}.eml").write_bytes(mail(subject=str(number), message_id=f"<{number}@o.example>"))
    (folder / "empty.eml").write_bytes(b"")
    told = mailcase("--config", desk.config, "ingest", "--json", folder).json
    assert [one["subject"] for one in told[:-1]] == [str(number) for number in range(MANY)]
    assert {one["state"] for one in told[:-1]} == {"filed"}
    assert (told[-1]["state"], told[-1]["reason"]) == ("held", "empty")


def test_mail_is_filed_from_standard_input_as_it_is(mailcase: Mailcase, desk: DeskFolder) -> None:
    done = mailcase("--config", desk.config, "ingest", "-", stdin=ONE)
    assert done.text.splitlines()[-1] == "1 filed"
    assert mailcase("--config", desk.config, "inbox", "raw", 1).out == ONE


def test_the_same_mail_given_twice_in_one_go_is_told_once(mailcase: Mailcase, desk: DeskFolder, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.eml").write_bytes(ONE)
    done = mailcase("--config", desk.config, "ingest", "--json", tmp_path / "a.eml", tmp_path / "b.eml")
    assert [message["id"] for message in json.loads(done.out)] == [1]


def test_a_mail_that_cannot_be_filed_is_held_and_the_command_goes_on(
    mailcase: Mailcase, desk: DeskFolder, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_bytes(b"")
    (tmp_path / "b.eml").write_bytes(ONE)
    done = mailcase("--config", desk.config, "ingest", "--json", tmp_path / "a.eml", tmp_path / "b.eml")
    assert done.code == 0
    assert [(message["state"], message["reason"]) for message in done.json] == [("held", "empty"), ("filed", "")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.eml"], "nowhere.eml: no such file or folder"),
        (["--mailbox", "sales", "-"], "there is no mailbox sales; mailcase.toml has: support, billing"),
    ],
)
def test_a_wrong_argument_is_one_line(mailcase: Mailcase, desk: DeskFolder, arguments: list[str], words: str) -> None:
    mailcase("--config", desk.config, "ingest", *arguments, stdin=ONE).fails(2, words)


def test_a_mail_can_be_said_to_have_come_to_another_mailbox(mailcase: Mailcase, desk: DeskFolder) -> None:
    (message,) = mailcase("--config", desk.config, "ingest", "--json", "-m", "billing", "-", stdin=ONE).json
    assert message["mailbox"] == "billing"


def test_a_sentence_that_begins_with_from_ends_no_mail_of_an_mbox(
    mailcase: Mailcase, desk: DeskFolder, tmp_path: Path
) -> None:
    raw = mail("It printed.\n\nFrom here on it does not.\n")
    (tmp_path / "mbox").write_bytes(b"From a@a Mon Mar  2 09:00:00 2026\n" + raw)
    found = mailcase("--config", desk.config, "ingest", "--json", tmp_path / "mbox").json
    assert len(found) == 1
    assert mailcase("--config", desk.config, "inbox", "raw", 1).out == raw
