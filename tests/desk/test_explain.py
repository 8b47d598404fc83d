"""Why a mail became what it became."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail, raw_mail
from mailcase.app import App
from mailcase.desk.explain import Explanation, explain
from mailcase.domain.number import format_number
from mailcase.errors import Invalid, Refused
from mailcase.store import outbox


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url)), ManualClock())
    yield found
    found.close()


def explained(app: App, what: object, limit: int = 20) -> list[Explanation]:
    with app.database.read() as tx:
        return explain(tx, app.desk.rulebook, str(what), limit, None)


def facts(explanation: Explanation) -> dict[str, str]:
    (decision,) = explanation.decisions
    return dict(decision.facts)


def our_message_id(app: App) -> str:
    """The Message-ID of what the desk sent to the customer."""
    with app.database.read() as tx:
        (sent,) = [mail for mail in outbox.find(tx) if mail.template.startswith("customer/")]
    return str(message_from_bytes(sent.raw, policy=policy.default)["Message-ID"])


def test_a_decision_names_rule_version_and_what_was_known(app: App) -> None:
    mail = file_mail(app, raw_mail("My invoice"))
    (found,) = explained(app, mail.id)
    assert found.decisions[0].ruling.rulebook == app.desk.rulebook.version
    assert found.decisions[0].ruling.summary == "opens a case by rule default"
    assert [step.rule for step in found.decisions[0].traces[1].steps if step.is_hit] == ["money"]
    assert facts(found)["Customer"] == "not known"
    assert found.outcome == f"filed on {format_number(mail.case_id or 0)}"


def test_the_mails_of_a_case_are_explained_with_what_led_to_it(app: App) -> None:
    first = file_mail(app, raw_mail("Hello", Message_ID="<1@customer.example>"))
    number = format_number(first.case_id or 0)
    second = file_mail(app, raw_mail(f"Re: [{number}] Hello", In_Reply_To=our_message_id(app)))
    found = explained(app, number)
    assert [one.message.id for one in found] == [first.id, second.id]
    (decision,) = found[1].decisions
    clues = [text for label, text in decision.facts if label == "Clue"]
    assert clues == [
        f"a reply token that we gave customer 1 for {number}: proof, the sender takes part in that case",
        f"{number} in the subject: the proven case",
    ]
    assert [one.message.id for one in explained(app, number, limit=1)] == [second.id]


def test_a_guess_is_called_a_hint(app: App) -> None:
    number = format_number(file_mail(app, raw_mail("Hello")).case_id or 0)
    guess = file_mail(app, raw_mail(f"Re: {number}", From="eve@elsewhere.example"))
    known = facts(explained(app, guess.id)[0])
    assert known["Clue"] == f"{number} in the subject: a hint, no proof: a number can be guessed"
    assert known["Case"].startswith(f"{number} hinted at without proof")


def test_a_mail_that_no_rule_saw_says_why(app: App) -> None:
    mail = file_mail(app, b"   ")
    (found,) = explained(app, mail.id)
    assert found.decisions == ()
    assert found.outcome.startswith("held; no rule was asked: empty")


def test_a_mail_is_found_by_its_message_id(app: App) -> None:
    mail = file_mail(app, raw_mail("Hello", Message_ID="<1@customer.example>"))
    assert [one.message.id for one in explained(app, "<1@customer.example>")] == [mail.id]


@pytest.mark.parametrize(
    ("what", "error", "says"),
    [
        ("99", Refused, "no mail and no case here"),
        (format_number(99), Refused, "no mail and no case here"),
        ("CAS-000001-XXX", Invalid, "mistyped"),
        ("what?", Invalid, "not a case number"),
    ],
)
def test_what_is_not_there_is_refused(app: App, what: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        explained(app, what)


def test_half_characters_in_a_mail_do_not_keep_it_from_being_explained(app: App) -> None:
    mail = file_mail(app, raw_mail("broken \udcff", From="\udcfe <clara@customer.example>"))
    assert explained(app, mail.id)[0].decisions
