"""`mailcase case`, `inbox` and `outbox` on a desk that has some of each."""

from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.number import format_number

FIRST = format_number(1)
HELD = b"Subject: nobody\r\n\r\nhello \xff\x00"
PARCEL = mail(
    "Where is it? [bold]\n", subject="Parcel [red]", sender="Carl <carl@other.example>", message_id="<2@o.example>"
)


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with two cases and a held mail."""
    app = desk.opened()
    for raw in (mail(subject="Invoice 1042"), PARCEL, HELD):
        store(app, raw, None)
    while intake(app):
        pass
    app.close()
    return desk


def test_cases_are_listed_for_people_and_for_programs(mailcase: Mailcase, desk: DeskFolder) -> None:
    shown = mailcase("--config", desk.config, "case", "list")
    assert shown.code == 0
    assert shown.text.startswith("2 of 2 cases")
    assert "Parcel [red]" in shown.text, "what a customer wrote is no mark-up"
    newest, oldest = mailcase("case", "list", "--json", "--config", desk.config).json
    assert (oldest["number"], oldest["queue"], newest["queue"]) == (FIRST, "billing", "support")
    assert (newest["customer"], newest["status"], newest["status_reason"]) == (
        "carl@other.example",
        "active",
        "in_progress",
    )


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--queue", "billing"], ["Invoice 1042"]),
        (["--text", "PARCEL"], ["Parcel [red]"]),
        (["--status", "resolved"], []),
        (["--limit", "1"], ["Parcel [red]"]),
    ],
)
def test_cases_are_filtered(mailcase: Mailcase, desk: DeskFolder, options: list[str], titles: list[str]) -> None:
    found = mailcase("--config", desk.config, "case", "list", "--json", *options).json
    assert [case["title"] for case in found] == titles


def test_a_case_is_shown_with_its_timeline(mailcase: Mailcase, desk: DeskFolder) -> None:
    shown = mailcase("--config", desk.config, "case", "show", FIRST.lower())
    assert "opened by rule default" in shown.text
    assert "Clara Weber <clara@customer.example>" in shown.text
    told = mailcase("--config", desk.config, "case", "show", FIRST, "--json").json
    assert [entry["event"] for entry in told["timeline"]] == ["case_opened", "case_routed"]
    assert [activity["kind"] for activity in told["activities"]] == ["email_in"]
    assert [sent["template"] for sent in told["mails"]] == ["customer/acknowledged", "agent/new_case"]


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("CAS-000001-AAA", 2, "is mistyped"),
        ("nonsense", 2, "is not a case number; one looks like CAS-"),
        (format_number(99), 1, "does not exist here"),
    ],
)
def test_a_case_that_is_not_there_is_said_in_a_line(
    mailcase: Mailcase, desk: DeskFolder, number: str, code: int, words: str
) -> None:
    mailcase("--config", desk.config, "case", "show", number).fails(code, words)


def test_held_mail_is_listed_with_why_and_given_back_byte_for_byte(
    mailcase: Mailcase, desk: DeskFolder, tmp_path: Path
) -> None:
    (held,) = mailcase("--config", desk.config, "inbox", "list", "--held", "--json").json
    assert (held["state"], held["reason"], held["case"]) == ("held", "no_sender", None)
    assert "there is nobody to answer" in mailcase("--config", desk.config, "inbox", "list", "--held").text
    assert mailcase("--config", desk.config, "inbox", "raw", held["id"]).out == HELD
    mailcase("--config", desk.config, "inbox", "raw", held["id"], "-o", tmp_path / "held.eml")
    assert (tmp_path / "held.eml").read_bytes() == HELD


def test_held_mail_is_tried_again_by_command(mailcase: Mailcase, desk: DeskFolder) -> None:
    assert mailcase("--config", desk.config, "inbox", "retry", 3).code == 0
    (waiting,) = mailcase("--config", desk.config, "inbox", "list", "--state", "received", "--json").json
    assert (waiting["id"], waiting["attempts"]) == (3, 0)
    mailcase("--config", desk.config, "inbox", "retry", 1).fails(1, "mail 1 is filed; only held and skipped mail")
    mailcase("--config", desk.config, "inbox", "raw", 99).fails(1, "mail 99 is not here")


def test_outgoing_mail_is_listed(mailcase: Mailcase, desk: DeskFolder) -> None:
    found = mailcase("--config", desk.config, "outbox", "list", "--json").json
    assert {(sent["template"], sent["to"][0], sent["state"]) for sent in found} == {
        ("customer/acknowledged", "clara@customer.example", "queued"),
        ("agent/new_case", "ben@northwind.example", "queued"),
        ("customer/acknowledged", "carl@other.example", "queued"),
        ("agent/new_case", "anna@northwind.example", "queued"),
    }
    assert mailcase("--config", desk.config, "outbox", "list", "--state", "dead").text == "No mail.\n"
