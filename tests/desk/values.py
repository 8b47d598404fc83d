"""Cases on their way through the desk, without a database: what the verbs take and give back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from mailcase.desk import cases
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Case, Status
from mailcase.domain.party import Agent, Role
from mailcase.domain.queue import QueueItem

CREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = CREATED + timedelta(hours=1)
ANNA = Agent(key="anna", name="Anna Berg", address="anna@northwind.example", role=Role.LEAD)
BEN = Agent(key="ben", name="Ben Okoro", address="ben@northwind.example")
GONE = replace(BEN, key="gone", name="Gone", is_active=False)
ACT = Act(actor="anna", cause="mail 2", now=NOW, inbox_id=2)
CUSTOMER = Act(actor="customer", cause="mail 3", now=NOW, inbox_id=3)


def a_case(**changes: Any) -> Case:
    fields = {
        "id": 7,
        "title": "Printer shows E42",
        "contact_id": 1,
        "mailbox": "support",
        "queue": "support",
        "created_at": CREATED,
        "modified_at": CREATED,
        "last_customer_mail_at": CREATED,
        "unanswered_since": CREATED,
    }
    return Case(**(fields | changes))


def waiting(**changes: Any) -> Outcome:
    """An active case that waits in its queue."""
    return Outcome.of(a_case(**changes), QueueItem(id=1, case_id=7, queue="support", entered_at=CREATED))


def picked(by: str = "anna", **changes: Any) -> Outcome:
    """An active case that somebody works on."""
    item = QueueItem(id=1, case_id=7, queue="support", entered_at=CREATED, worked_by=by, picked_at=CREATED)
    return Outcome.of(a_case(**({"owner": by} | changes)), item)


def closed(status: Status = Status.RESOLVED, **changes: Any) -> Outcome:
    """A case that is resolved or cancelled, and in no queue."""
    reason = "problem_solved" if status is Status.RESOLVED else "cancelled"
    fields = {"status": status, "status_reason": reason, "resolved_at": CREATED}
    return Outcome.of(a_case(**(fields | changes)))


def from_customer(text: str = "It still blinks.") -> NewActivity:
    activity = Activity(
        kind=ActivityKind.EMAIL_IN, subject="Re: Printer", text=text, inbox_id=3, created_at=NOW, created_by="customer"
    )
    return NewActivity(activity=activity)


def words(text: str = "Open the rear flap.") -> NewActivity:
    return cases.outgoing(a_case(), text, ACT)
