"""`#set` and `#subject`: what an agent fills in has to be declared, and of its type."""

from datetime import UTC, datetime

import pytest

from mailcase.desk.call import Request
from mailcase.desk.commands import run
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.case import Case
from mailcase.domain.command import Command
from mailcase.domain.command_table import COMMANDS
from mailcase.domain.party import Agent
from mailcase.domain.queue import Queue
from mailcase.domain.vocabulary import CustomField, FieldType, Vocabulary
from mailcase.rules.rulebook import Rulebook

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ANNA = Agent(key="anna", name="Anna", address="anna@desk.example")
RULES = Rulebook(
    version="1",
    queues={"support": Queue(name="support", title="Support", members=())},
    vocabulary=Vocabulary(
        fields={"seats": CustomField(name="seats", title="Seats", kind=FieldType.INTEGER)},
        subjects={"billing": "Billing", "billing/refund": "Refunds"},
    ),
)


def ran(name: str, argument: str) -> tuple[Case, str]:
    """The case after a command, and what its line of the transcript says."""
    case = Case(
        id=1, title="t", contact_id=1, mailbox="support", custom=(("seats", "3"),), created_at=NOW, modified_at=NOW
    )  # fmt: skip
    spec = next(spec for spec in COMMANDS if spec.name == name)
    request = Request(agent=ANNA, commands=(Command(spec=spec, argument=argument),), words=None)
    done = run(Outcome.of(case), request, RULES, Act(actor="anna", cause="test", now=NOW))
    return done.outcome.case, done.lines[0].outcome


@pytest.mark.parametrize(
    ("argument", "custom"),
    [("seats 012", (("seats", "12"),)), ("Seats: 7", (("seats", "7"),)), ("seats -", ())],
)
def test_a_field_is_set_and_taken_away(argument: str, custom: tuple[tuple[str, str], ...]) -> None:
    assert ran("set", argument)[0].custom == custom


@pytest.mark.parametrize(
    ("name", "argument", "says"),
    [
        ("set", "seats many", "'many' is no value of seats; it takes a whole number"),
        ("set", "seat 3", "there is no field 'seat'; did you mean 'seats'?"),
        ("set", "seats", "'' is no value of seats"),
        ("subject", "refnd", "'refnd' is no subject here"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(name: str, argument: str, says: str) -> None:
    case, said = ran(name, argument)
    assert case.custom == (("seats", "3"),)
    assert said.startswith(says)


def test_a_subject_is_named_by_its_title() -> None:
    assert ran("subject", "refunds")[0].subject == "billing/refund"
