"""Wrong settings files: one clear line for each problem, with the file, the key and what to do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailcase.config import FILE_NAME, load_config
from mailcase.domain.party import canonical_address
from mailcase.errors import Invalid
from settings_files import MAILBOX, problems, write

ONE = "[mailboxes.support]\naddress = 'support@example.com'\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[desks]", "desks: unknown key; did you mean desk."),
        ("[desk]\nnmae = 'x'", "desk.nmae: unknown key; did you mean name."),
        (f"{MAILBOX}prot = 1", "mailboxes.support.imap.prot: unknown key; did you mean port."),
        (
            "[log]\ncolour = 'red'",  # nothing is near: all there is
            "log.colour: unknown key; known here: level, format.",
        ),
        ("[mailboxes.support]", "mailboxes.support.address: is missing; set it."),
        ("[smtp]\nport = 25", "smtp.host: is missing; set it."),
        ("desk = 'x'", "desk: should be a section in square brackets, not a value."),
        ("[[mailboxes]]", "mailboxes: should be a section in square brackets, not a value."),
        ("[desk]\nname = ''", "desk.name: is empty; give it a value or leave the line out."),
        ("[desk]\nname = 1", "desk.name: should be text in quotes."),
        ("[limits]\nparts = 'many'", "limits.parts: should be a whole number."),
        ("[limits]\nparts = 1.5", "limits.parts: should be a whole number."),
        ("[limits]\nparts = 0", "limits.parts: input should be greater than 0."),
        (f"{MAILBOX}port = 0", "mailboxes.support.imap.port: input should be greater than or equal to 1."),
        (f"{MAILBOX}poll_s = 'soon'", "mailboxes.support.imap.poll_s: should be a number."),
        (  # RFC 2177: a client must come again within 29 minutes
            f"{MAILBOX}idle_s = 1800",
            "mailboxes.support.imap.idle_s: input should be less than or equal to 1740.",
        ),
        (
            f"{MAILBOX}security = 'ssl'",
            "mailboxes.support.imap.security: input should be 'tls', 'starttls' or 'none'.",
        ),
        (
            f"{MAILBOX}keyword = 'a b'",
            "mailboxes.support.imap.keyword: 'a b' is not an IMAP keyword: letters, digits, $ _ . -.",
        ),
        (f"{ONE}subaddress = 'often'", "mailboxes.support.subaddress: should be true or false."),
        (f"{ONE}aliases = 'x@example.com'", 'mailboxes.support.aliases: should be a list, such as ["one", "two"].'),
        (
            "[mailboxes.support]\naddress = 'nobody'",
            "mailboxes.support.address: 'nobody' is not a mail address such as support@example.com.",
        ),
        (
            "[mailboxes.'The Desk']\naddress = 'a@example.com'",
            "mailboxes.The Desk: 'The Desk' is not a name for a mailbox: small letters, digits, - and _, such as support.",
        ),
        (
            "[desk]\ntime_zone = 'Berlin'",
            "desk.time_zone: 'Berlin' is not a time zone of the tz database such as Europe/Berlin.",
        ),
        (
            "[desk]\nlanguage = 'english'",
            "desk.language: 'english' is not a language by two letters (ISO 639-1), such as en.",
        ),
        (
            f"{ONE}since = 'yesterday'",
            (
                "mailboxes.support.since: yesterday is not a moment with its zone such as 2026-01-31T08:00:00Z, "
                'and not "all".'
            ),
        ),
        (  # eight o'clock where?
            f"{ONE}since = 2026-01-31T08:00:00",
            (
                "mailboxes.support.since: 2026-01-31 08:00:00 is not a moment with its zone such as 2026-01-31T08:00:00Z, "
                'and not "all".'
            ),
        ),
        (
            f"{ONE}[mailboxes.other]\naddress = 'other@example.com'\naliases = ['Support@EXAMPLE.com']",
            "the file as a whole: mailboxes support and other share the address support@example.com; each needs its own.",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_with_file_key_and_remedy(content: str, problem: str, tmp_path: Path) -> None:
    assert problems(write(tmp_path, content)) == (f"{FILE_NAME}: {problem}",)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "[desk]\nname = ''\nlanguage = 'e'\n[log]\nlevel = 'loud'\n")

    assert [line.split(": ")[1] for line in problems(path)] == ["desk.name", "desk.language", "log.level"]


@pytest.mark.parametrize(
    ("content", "where"),
    [("[desk\n", "line 1"), ("[desk]\nname = 'a'\nname = 'b'\n", "line 3"), ("name: Support\n", "line 1")],
)
def test_what_is_not_toml_is_told_with_its_line(content: str, where: str, tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path, content))

    assert problem.startswith(f"{FILE_NAME}: not valid TOML: ")
    assert where in problem


def test_a_file_that_is_not_there_names_the_command_that_writes_one(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / FILE_NAME)

    assert problem == f"{FILE_NAME}: not found; `mailcase init DIR` writes one, `--config` names another."


def test_a_folder_in_place_of_the_file_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=f"is a folder; name the file in it, such as .*{FILE_NAME}"):
        load_config(tmp_path)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"[desk]\nname = '\xff'\n")

    assert problems(path)[0].startswith(f"{FILE_NAME}: cannot be read: ")


def test_an_empty_file_is_a_desk_of_defaults(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""))

    assert config.desk.name == "Support"
    assert config.mailboxes == {}


def test_addresses_are_kept_in_their_one_form(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, "[mailboxes.support]\naddress = ' Support@EXAMPLE.com '\n"))

    assert config.mailboxes["support"].address == canonical_address("Support@EXAMPLE.com")


@pytest.mark.parametrize(
    ("given", "since"),
    [
        ("'all'", "all"),
        ("2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("'2026-01-31T09:00:00+01:00'", datetime(2026, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_the_first_mail_to_take_is_a_moment_or_all(given: str, since: object, tmp_path: Path) -> None:
    config = load_config(write(tmp_path, f"{ONE}since = {given}\n"))

    assert config.mailboxes["support"].since == since
