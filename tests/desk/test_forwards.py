"""A mail that an agent passes on: whose case it is, and when."""

import pytest

from lab.filed import file_mail
from lab.mails import ANNA, mail
from mailcase.app import App
from mailcase.domain.draft import DraftState
from mailcase.domain.outbox import OutboxMessage
from mailcase.store import cases, contacts, outbox
from mailcase.store.drafts import DRAFTS

PASS = b"Authentication-Results: mx.northwind.example; dmarc=pass header.from=northwind.example\r\n"
TEXT = """For us.

---------- Forwarded message ---------
From: {0}
Date: Mon, 2 Mar 2026 at 09:05
Subject: Printer
To: <anna@northwind.example>

It jams.
"""
DARIO = "Dario Conti <dario@customer.example>"


def passed_on(app: App, writer: str = DARIO, proof: bytes = PASS, number: int = 1) -> None:
    name = f"<f{number}@northwind.example>"
    file_mail(app, proof + mail(TEXT.format(writer), sender=ANNA, subject=f"Fwd: Printer {number}", message_id=name))


def written(app: App, template: str) -> list[OutboxMessage]:
    with app.database.read() as tx:
        return [one for one in outbox.find(tx, limit=100) if one.template == template]


def say(app: App, text: str) -> None:
    """Let Anna answer the question."""
    fields = {"In-Reply-To": f"<{written(app, 'agent/forwarded')[0].message_id}>"}
    file_mail(app, mail(text, sender=ANNA, message_id=f"<{abs(hash(text))}@northwind.example>", headers=fields))


def customer(app: App) -> str:
    with app.database.read() as tx:
        case = cases.get(tx, 1)
        contact = contacts.get(tx, case.contact_id) if case else None
    assert contact is not None
    return contact.address


def test_the_case_is_the_agents_until_the_agent_says_otherwise(app: App) -> None:
    passed_on(app)
    assert customer(app) == "anna@northwind.example"
    with app.database.read() as tx:
        told = {recipient.address for one in outbox.find(tx, limit=100) for recipient in one.recipients}
    assert told == {"anna@northwind.example"}


@pytest.mark.parametrize("text", ["#send\n", "Yes.\n", "#send\nDear Dario, wait.\n"])
def test_a_yes_makes_the_writer_the_customer(app: App, text: str) -> None:
    passed_on(app)
    say(app, text)
    assert customer(app) == "dario@customer.example"


def test_somebody_else_can_be_named_and_the_question_is_settled(app: App) -> None:
    passed_on(app)
    say(app, "#customer new eva@customer.example Eva\n")
    assert customer(app) == "eva@customer.example"
    with app.database.read() as tx:
        draft = DRAFTS.get(tx, 1)
    assert draft is not None
    assert draft.state is DraftState.REPLACED


def test_words_wait_until_it_is_said_whose_case_it_is(app: App) -> None:
    passed_on(app)
    say(app, "Dear Dario, wait.\n")
    assert not written(app, "customer/replied")
    assert "say first whose case it is" in written(app, "agent/transcript")[0].raw.decode()


def test_what_another_agent_wrote_makes_no_customer(app: App) -> None:
    passed_on(app, "Ben Okoro <ben@northwind.example>")
    assert not written(app, "agent/forwarded")


def test_forged_forwards_do_not_flood_the_agent(app: App) -> None:
    for number in range(9):
        passed_on(app, proof=b"", number=number)
    assert len(written(app, "agent/forwarded")) == app.desk.limits.returned_per_agent_hour
