"""One mail that comes several times: filed once for the desk or once for each mailbox, answered once, told each time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from lab.desks import ManualClock
from lab.filed import file_mail
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon import held
from mailcase.daemon.claims import LEASE
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.inbox import HoldReason, InboxMessage, InboxState
from mailcase.domain.mailbox import Copies
from mailcase.errors import Refused
from mailcase.store import activities, cases, inbox, outbox, timeline
from mailcase.store.cases import CaseFilter

BOTH = "support@northwind.example, billing@northwind.example"


def copy(number: int, to: str = BOTH) -> bytes:
    """One mail, as its delivery with this number left it."""
    return f"Received: by delivery {number}\r\n".encode() + mail(to=to)


def stored(app: App) -> list[InboxMessage]:
    with app.database.read() as tx:
        return inbox.find(tx, limit=1000)[::-1]


def acknowledgements(app: App) -> int:
    with app.database.read() as tx:
        return sum(1 for one in outbox.find(tx, limit=1000) if one.template == "customer/acknowledged")


def file_per_mailbox(app: App) -> None:
    desk = replace(app.desk, copies=Copies.ONE_PER_MAILBOX, limits=replace(app.desk.limits, per_address_hour=100))
    vars(app)["_desk"] = desk


def test_a_copy_in_another_mailbox_joins_the_case_and_its_timeline_alone(app: App) -> None:
    first = file_mail(app, copy(1), "support")
    second = file_mail(app, copy(2), "billing")
    assert (second.state, second.reason, second.case_id) == (InboxState.SKIPPED, "copy", first.case_id)
    assert "mail 1 of support" in second.detail
    assert acknowledgements(app) == 1
    with app.database.read() as tx:
        assert len(activities.by_case(tx, 1)) == 1
        last = timeline.by_case(tx, 1)[-1]
    assert (last.event, last.cause) == ("mail_copied", "mail 2")
    assert last.summary == "the same mail came to billing too: mail 2 is a copy of mail 1"


def test_a_copy_in_the_same_mailbox_is_one_too(app: App) -> None:
    file_per_mailbox(app)
    file_mail(app, copy(1), "support")
    again = file_mail(app, copy(2), "support")
    assert (again.state, again.reason, again.case_id) == (InboxState.SKIPPED, "copy", 1)


def test_other_words_under_a_known_message_id_are_another_mail(app: App) -> None:
    file_mail(app, copy(1), "support")
    other = file_mail(app, mail("The scanner is dead.\n", to=BOTH), "billing")
    assert (other.state, other.case_id) == (InboxState.FILED, 2)


def test_a_mail_without_a_message_id_has_no_copies(app: App) -> None:
    nameless = [copy(number).replace(b"Message-ID", b"X-ID") for number in (1, 2)]
    assert [file_mail(app, raw, "support").case_id for raw in nameless] == [1, 2]


def test_a_case_for_each_mailbox_is_linked_and_acknowledged_once(app: App) -> None:
    file_per_mailbox(app)
    for number, name in enumerate(("support", "billing", "billing")):
        file_mail(app, copy(number), name)
    assert [(row.state, row.case_id) for row in stored(app)] == [
        (InboxState.FILED, 1),
        (InboxState.FILED, 2),
        (InboxState.SKIPPED, 2),
    ]
    assert acknowledgements(app) == 1
    with app.database.read() as tx:
        assert [case.related_id for case in cases.find(tx, CaseFilter())[::-1]] == [None, 1]
        assert "answered for support" in timeline.by_case(tx, 2)[0].summary


def test_a_mail_that_was_not_filed_has_no_copies(app: App) -> None:
    bulk = b"Precedence: bulk\r\nList-Id: <news.example>\r\n"
    first = file_mail(app, bulk + copy(1), "support")
    assert first.state is InboxState.SKIPPED, "precondition"
    assert file_mail(app, copy(2), "billing").state is InboxState.FILED


def test_a_held_mail_whose_copy_is_filed_is_not_released_a_second_time(app: App) -> None:
    row = store(app, copy(1), "support")
    with app.database.begin() as tx:
        (taken,) = inbox.begin_attempts(tx, [row], LEASE, app.now())
        inbox.settle(tx, replace(taken, state=InboxState.HELD, reason=HoldReason.RULE))
    file_mail(app, copy(2), "billing")
    with pytest.raises(Refused, match="filed as mail 2 of billing"):
        held.release(app, row.id, "root")


def test_a_copy_that_is_tried_again_stays_a_copy(app: App, clock: ManualClock) -> None:
    file_mail(app, copy(1), "support")
    again = file_mail(app, copy(2), "billing")
    with app.database.begin() as tx:
        inbox.requeue(tx, again)
    clock.advance(timedelta(hours=1))
    intake(app)
    assert [row.reason for row in stored(app)] == ["", "copy"]


@pytest.mark.parametrize("policy", Copies)
def test_copies_that_are_filed_at_the_same_moment_are_one(app: App, policy: Copies) -> None:
    vars(app)["_desk"] = replace(
        app.desk, copies=policy, limits=replace(app.desk.limits, per_address_hour=100, per_address_day=100)
    )
    pairs = 12
    for number in range(pairs):
        raw = mail(message_id=f"<{number}@customer.example>", to=BOTH)
        for name in ("support", "billing"):
            store(app, f"Delivered-To: {name}\r\n".encode() + raw, name)
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(work, app) for _ in range(4)]:
            done.result()
    filed = [row for row in stored(app) if row.state is InboxState.FILED]
    assert len(filed) == (pairs if policy is Copies.ONE_CASE else 2 * pairs)
    assert {row.state for row in stored(app)} <= {InboxState.FILED, InboxState.SKIPPED}
    assert acknowledgements(app) == pairs


def work(app: App) -> None:
    """File whatever is due, as each of several daemons does."""
    while intake(app):
        pass
