"""Cases worked on the command line: the same commands as by mail, by an agent, audited."""

from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import mail
from mailcase.cli import options
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.number import format_number
from mailcase.store import audit, outbox

FIRST = format_number(1)


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with one case, which waits in the queue support."""
    app = desk.opened()
    store(app, mail("The printer shows E42.\n\x1b[31mred\n"), None)
    while intake(app):
        pass
    app.close()
    return desk


def case(mailcase: Mailcase, desk: DeskFolder, number: str = FIRST) -> dict[str, object]:
    told: dict[str, object] = mailcase("--config", desk.config, "case", "show", number, "--json").json["case"]
    return told


@pytest.mark.parametrize(
    ("arguments", "said", "fields"),
    [
        (["pick"], "picked by anna", {"owner": "anna"}),
        (["assign", "Ben"], "assigned to ben", {"owner": "ben"}),
        (["hold"], "status reason: in_progress → on_hold", {"status_reason": "on_hold"}),
        (["route", "billing"], "routed to queue billing", {"queue": "billing"}),
        (["note", "She is kind."], "note: She is kind.", {}),
        (["status", "waiting"], "in_progress → waiting_for_details", {"status_reason": "waiting_for_details"}),
        (["priority", "high"], "priority: normal → high", {"priority": "high"}),
        (["type", "problem"], "case_type: - → problem", {"case_type": "problem"}),
        (["subject", "billing/refund"], "subject: - → billing/refund", {"subject": "billing/refund"}),
        (["tag", "vip", "new"], "tags: - → vip new", {"tags": ["vip", "new"]}),
        (["set", "seats", "7"], "custom: - → seats=7", {"custom": [["seats", "7"]]}),
        (["escalate"], "is_escalated", {"is_escalated": True}),
        (["resolve", "Open the flap."], "resolved", {"status": "resolved", "resolution": "Open the flap."}),
        (["resolve", "--reason", "information_provided"], "resolved", {"status_reason": "information_provided"}),
        (["cancel", "a test"], "cancelled (a test)", {"status": "cancelled"}),
    ],
)
def test_a_verb_does_what_the_mail_command_does(
    mailcase: Mailcase, desk: DeskFolder, arguments: list[str], said: str, fields: dict[str, object]
) -> None:
    verb, *rest = arguments
    done = mailcase("--config", desk.config, "case", verb, FIRST, *rest, "--as", "anna")
    assert done.code == 0, done.err
    assert done.text.startswith(f"{FIRST}: ")
    assert said in done.text
    now = case(mailcase, desk)
    assert {name: now[name] for name in fields} == fields


def test_a_case_ends_and_begins_again(mailcase: Mailcase, desk: DeskFolder) -> None:
    mailcase("--config", desk.config, "case", "resolve", FIRST, "--as", "anna")
    mailcase("--config", desk.config, "case", "pick", FIRST, "--as", "anna").fails(1, "is resolved; reactivate it")
    done = mailcase("--config", desk.config, "case", "reopen", FIRST, "it blinks", "--as", "anna", "--json").json
    assert (done["number"], done["status"]) == (FIRST, "active")
    assert done["done"] == [{"command": "#reopen it blinks", "outcome": "reactivated: it blinks"}]


def test_the_user_of_the_machine_is_an_agent_by_login_and_the_audit_keeps_both(
    mailcase: Mailcase, desk: DeskFolder
) -> None:
    user = options.user()
    mailcase("--config", desk.config, "case", "pick", FIRST).fails(1, f"you ({user}) are no agent here", "--as")
    agents = desk.folder / "rules" / "agents.yaml"
    agents.write_text(agents.read_text().replace("role: lead", f"role: lead, login: {user}"))
    assert "picked by anna" in mailcase("--config", desk.config, "case", "pick", FIRST).text
    entry = mailcase("--config", desk.config, "case", "show", FIRST, "--json").json["timeline"][-1]
    assert (entry["actor"], entry["cause"]) == ("anna", f"command line of {user}")
    app = desk.opened()
    with app.database.read() as tx:
        assert [one.actor for one in audit.of_object(tx, "case", 1)][-1] == "anna"
    app.close()


def test_who_has_left_does_nothing(mailcase: Mailcase, desk: DeskFolder) -> None:
    agents = desk.folder / "rules" / "agents.yaml"
    agents.write_text(agents.read_text().replace("role: lead", "role: lead, active: false"))
    mailcase("--config", desk.config, "case", "pick", FIRST, "--as", "anna").fails(1, "Anna Berg is not an active")


def test_a_case_that_is_not_there_is_named(mailcase: Mailcase, desk: DeskFolder) -> None:
    other = format_number(99)
    mailcase("--config", desk.config, "case", "pick", other, "--as", "anna").fails(1, other, "does not exist here")


def test_a_note_keeps_files(mailcase: Mailcase, desk: DeskFolder, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"\x89PNG")
    arguments = ("note", FIRST, "-", "--file", photo, "--as", "ben")
    mailcase("--config", desk.config, "case", *arguments, stdin=b"As seen today.\n")
    shown = mailcase("--config", desk.config, "case", "show", FIRST).text
    assert "Ben Okoro: note: As seen today." in shown
    assert "[photo.png, 4 bytes]" in shown
    missing = tmp_path / "none.txt"
    mailcase("--config", desk.config, "case", "note", FIRST, "x", "--file", missing, "--as", "ben").fails(
        2, str(missing)
    )


def test_work_is_what_a_mail_would_do(mailcase: Mailcase, desk: DeskFolder) -> None:
    text = b"#pick\n#priority high\nDear Clara,\nopen the flap.\n"
    done = mailcase("--config", desk.config, "case", "work", FIRST, "-", "--as", "anna", stdin=text)
    assert done.text.splitlines() == [f"{FIRST}: picked by anna", f"{FIRST}: priority: normal → high"]
    app = desk.opened()
    with app.database.read() as tx:
        sent = outbox.of_case(tx, 1)[-1]
    app.close()
    assert (sent.template, sent.recipients[0].address) == ("customer/replied", "clara@customer.example")
    mailcase("--config", desk.config, "case", "work", FIRST, "#pick\n#frobnicate", "--as", "anna").fails(1, "#frob")


def test_the_timeline_reads_from_top_to_bottom_and_obeys_no_escape_sequence(
    mailcase: Mailcase, desk: DeskFolder
) -> None:
    mailcase("--config", desk.config, "case", "pick", FIRST, "--as", "anna")
    shown = mailcase("--config", desk.config, "case", "show", FIRST).text
    _, _, story = shown.partition("Timeline")
    assert story.index("customer: opened by rule default  (mail 1, rules ") < story.index("Anna Berg: picked by anna")
    assert "│ The printer shows E42." in story
    assert "\x1b" not in shown


def test_long_mails_are_cut_unless_the_whole_is_wanted(mailcase: Mailcase, desk: DeskFolder) -> None:
    lines = "\n".join(f"line {number}" for number in range(40))
    mailcase("--config", desk.config, "case", "note", FIRST, lines, "--as", "anna")
    assert "line 39" not in mailcase("--config", desk.config, "case", "show", FIRST).text
    assert "line 39" in mailcase("--config", desk.config, "case", "show", FIRST, "--full").text


def test_a_case_is_opened_by_hand(mailcase: Mailcase, desk: DeskFolder) -> None:
    arguments = ("create", "Invoice is wrong", "--customer", "Dora@New.example", "--name", "Dora", "--as", "anna")
    made = mailcase("--config", desk.config, "case", *arguments, "--text", "She rang.", "--json").json
    assert made == {"number": format_number(2), "queue": "billing", "owner": None}
    told = mailcase("--config", desk.config, "case", "show", made["number"], "--json").json
    assert told["customer"] == "dora@new.example"
    assert [activity["kind"] for activity in told["activities"]] == ["phone_call"]
    assert [sent["template"] for sent in told["mails"]] == ["agent/new_case"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["  ", "--customer", "a@b.example"], "a case needs a title"),
        (["Hello", "--customer", "nobody"], "'nobody' is no mail address"),
        (["Hello", "--customer", "a@b.example", "--mailbox", "sales"], "'sales' is no mailbox here"),
        (["Hello", "--customer", "a@b.example", "--queue", "sales"], "'sales' is no queue here"),
    ],
)
def test_a_case_that_cannot_be_opened_says_why(
    mailcase: Mailcase, desk: DeskFolder, arguments: list[str], words: str
) -> None:
    mailcase("--config", desk.config, "case", "create", *arguments, "--as", "anna").fails(1, words)
