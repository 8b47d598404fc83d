"""The history of a customer in what agents are told."""

from dataclasses import replace

import pytest

from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.other_cases import LATEST, latest, listed
from mailcase.store import cases, contacts, outbox
from mailcase.store.engine import Database
from store.values import a_case, a_contact


def arrive(app: App, number: int, sender: str = "Clara <clara@customer.example>") -> str:
    """Let a mail arrive and return what the agents are told of it."""
    raw = mail(sender=sender, subject=f"Matter {number}", message_id=f"<{number}@customer.example>")
    store(app, raw, None)
    while intake(app):
        pass
    with app.database.read() as tx:
        (newest, *_) = [one for one in outbox.find(tx, limit=9) if one.template == "agent/new_case"]
    return newest.raw.decode()


def test_a_notice_names_the_last_cases_of_the_customer(app: App) -> None:
    first = arrive(app, 1)
    arrive(app, 2, "Max <max@other.example>")
    third = arrive(app, 3)

    assert "earlier case" not in first
    assert "1 earlier case" in third
    assert "Matter 1 (Active)" in third
    assert "Matter 2" not in third


@pytest.mark.parametrize("total", [1, 3, 9])
def test_no_more_than_a_few_are_named_and_never_itself(database: Database, total: int) -> None:
    with database.begin() as tx:
        person = contacts.insert(tx, a_contact())
        made = [cases.insert(tx, a_case(person.id)) for _ in range(total)]
        found = latest(tx, made[-1])
    assert [case.id for case in found] == [case.id for case in reversed(made[:-1])][:LATEST]


def test_cases_that_an_agent_may_not_see_are_not_named(app: App) -> None:
    with app.database.begin() as tx:
        person = contacts.insert(tx, a_contact())
        case = cases.insert(tx, a_case(person.id, queue="support"))
    rules = app.desk.rulebook
    private = replace(rules.queues["support"], is_private=True, members=("ben",))
    desk = replace(app.desk, rulebook=replace(rules, queues={"support": private}))

    assert listed(desk, [case], rules.agents["anna"]) == ()
    assert [one.number for one in listed(desk, [case], rules.agents["ben"])] == [case.number]
