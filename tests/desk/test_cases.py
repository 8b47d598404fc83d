"""The verbs of a case."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.values import (
    ACT,
    ANNA,
    BEN,
    CREATED,
    CUSTOMER,
    GONE,
    NOW,
    a_case,
    closed,
    from_customer,
    picked,
    waiting,
    words,
)
from mailcase.desk import cases, fields
from mailcase.desk.outcome import Outcome
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Priority, Status
from mailcase.domain.email import Attachment
from mailcase.domain.lifecycle import StatusReasons
from mailcase.domain.queue import Queue
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook

REASONS = StatusReasons()
BOOK = Rulebook(version="test", queues={})
BILLING = Queue(name="billing", title="Billing", members=("ben",))


def events(outcome: Outcome) -> list[str]:
    return [event.name for event in outcome.events]


def test_a_mail_of_the_customer_waits_for_an_answer_from_the_first_one_on() -> None:
    earlier = CREATED - timedelta(hours=5)
    for unanswered, since in ((None, NOW), (earlier, earlier)):
        done = cases.receive(waiting(unanswered_since=unanswered), from_customer(), CUSTOMER)
        assert (done.case.last_customer_mail_at, done.case.unanswered_since) == (NOW, since)
        assert events(done) == ["customer_wrote"]


def test_a_quiet_mail_is_kept_and_changes_nothing_else() -> None:
    start = closed()
    done = cases.keep(start, from_customer(), "only thanks", CUSTOMER)
    assert (done.case, [event.summary for event in done.events]) == (
        start.case,
        ["mail kept (only thanks): Re: Printer"],
    )
    assert [new.activity.text for new in done.activities] == ["It still blinks."]


def test_the_first_reply_is_the_first_response_and_later_ones_are_not() -> None:
    first = cases.reply(waiting(), words(), ACT)
    assert (first.case.first_response_at, first.case.unanswered_since, first.case.last_update_at) == (NOW, None, NOW)
    later = cases.reply(waiting(first_response_at=CREATED), words(), ACT)
    assert later.case.first_response_at == CREATED


def test_a_reply_to_a_closed_case_is_refused() -> None:
    with pytest.raises(Refused, match="reactivate it first"):
        cases.reply(closed(), words(), ACT)


def test_an_undelivered_answer_makes_the_customer_wait_again() -> None:
    answered = waiting(first_response_at=NOW, last_update_at=NOW, unanswered_since=None)
    mail = words().activity
    done = cases.undelivered(answered, mail, [("clara@customer.example", "550 no such user")], ACT)
    assert (done.case.first_response_at, done.case.unanswered_since) == (None, CREATED)
    assert [event.summary for event in done.events] == ["not delivered to clara@customer.example: 550 no such user"]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (waiting(first_response_at=CREATED, last_update_at=CREATED, unanswered_since=None), ActivityKind.EMAIL_OUT),
        (waiting(first_response_at=NOW, last_update_at=NOW, unanswered_since=None), None),
        (closed(first_response_at=NOW, last_update_at=NOW, unanswered_since=None), ActivityKind.EMAIL_OUT),
    ],
    ids=["a later answer came through", "it was no answer", "the case is closed"],
)
def test_another_undelivered_mail_is_only_told(start: Outcome, kind: ActivityKind | None) -> None:
    mail = Activity(kind=kind, created_at=NOW, created_by="anna") if kind else None
    done = cases.undelivered(start, mail, [("clara@customer.example", "550")], ACT)
    assert done.case == start.case
    assert events(done) == ["delivery_failed"]


@pytest.mark.parametrize("start", [waiting(), closed(), closed(Status.CANCELLED)])
def test_a_note_can_always_be_kept_with_its_files(start: Outcome) -> None:
    file = Attachment(name="a.txt", content_type="text/plain", content=b"a", sha256="0", is_inline=False)
    done = cases.note(start, "kind", ACT, (file,))
    assert done.case == start.case
    assert (done.activities[0].activity.kind, done.activities[0].attachments) == (ActivityKind.NOTE, (file,))


def test_resolve_takes_the_case_out_of_its_queue_and_answers() -> None:
    done = cases.resolve(waiting(), "information_provided", words("Open it."), BOOK, ACT)
    assert (done.case.status, done.case.resolution, done.case.resolved_at) == (Status.RESOLVED, "Open it.", NOW)
    assert (done.item, done.case.unanswered_since, done.case.first_response_at) == (None, None, NOW)


def test_cancel_keeps_why_as_a_note_and_tells_the_customer_nothing() -> None:
    done = cases.cancel(waiting(), "a duplicate", REASONS, ACT)
    assert (done.case.status, done.item) == (Status.CANCELLED, None)
    assert [(new.activity.kind, new.activity.text) for new in done.activities] == [(ActivityKind.NOTE, "a duplicate")]


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CANCELLED])
def test_reactivate_puts_the_case_back_into_its_queue_unpicked(status: Status) -> None:
    done = cases.reactivate(closed(status), "it came back", REASONS, ACT)
    assert done.case.is_active
    assert done.item is not None
    assert (done.item.queue, done.item.worked_by, done.item.entered_at) == ("support", None, NOW)


def test_of_two_who_pick_the_second_is_told_who_was_first() -> None:
    first = cases.pick(waiting(), ANNA, ACT)
    assert first.item is not None
    assert (first.item.worked_by, first.case.owner) == ("anna", "anna")
    with pytest.raises(Refused, match="was picked by anna already"):
        cases.pick(first, BEN, ACT)


def test_picking_leaves_an_owner_who_is_there() -> None:
    assert cases.pick(waiting(owner="ben"), ANNA, ACT).case.owner == "ben"


def test_release_gives_the_case_back_without_an_owner() -> None:
    done = cases.release(picked(), ACT)
    assert done.item is not None
    assert (done.item.worked_by, done.item.picked_at, done.case.owner) == (None, None, None)


def test_nobody_who_has_left_is_made_owner() -> None:
    with pytest.raises(Refused, match="Gone is not active"):
        cases.assign(waiting(), GONE, ACT)


def test_a_routed_case_waits_in_the_other_queue_to_be_picked_there() -> None:
    done = cases.route(picked(), BILLING, ACT)
    assert done.item is not None
    assert (done.case.queue, done.item.queue, done.item.worked_by) == ("billing", "billing", None)
    assert done.item.id == 0, "another item, not the old one moved"


def test_who_loses_a_case_to_a_private_queue_is_named_where_it_was_routed() -> None:
    owner = picked().case.owner
    done = cases.route(picked(), replace(BILLING, is_private=True, members=()), ACT)
    assert done.case.owner is None
    assert done.events[-1].summary == f"routed to queue billing; {owner} owns it no more"


def test_an_owner_who_goes_with_the_case_is_not_named() -> None:
    done = cases.route(picked(), BILLING, ACT)
    assert done.case.owner is not None
    assert done.events[-1].summary == "routed to queue billing"


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [((), "a b", ("a", "b")), (("a",), "A, b", ("a", "b")), (("a", "b"), "-a", ("b",)), ((), "#vip", ("vip",))],
)
def test_tags_are_added_once_and_taken_off(before: tuple[str, ...], typed: str, after: tuple[str, ...]) -> None:
    assert fields.set_tags(waiting(tags=before), typed, ACT).case.tags == after


def test_changed_fields_are_told_with_what_they_were() -> None:
    done = cases.change_fields(waiting(), ACT, priority=Priority.HIGH, subject="a/b")
    assert done.events[-1].summary == "priority: normal → high; subject: - → a/b"


@pytest.mark.parametrize(
    "verb",
    [
        lambda start: cases.assign(start, BEN, ACT),
        lambda start: cases.pick(start, BEN, ACT),
        lambda start: cases.release(start, ACT),
        lambda start: cases.route(start, BILLING, ACT),
        lambda start: fields.set_priority(start, "high", ACT),
        lambda start: fields.set_type(start, "problem", ACT),
        lambda start: cases.change_status(start, "on_hold", REASONS, ACT),
        lambda start: cases.resolve(start, "problem_solved", None, BOOK, ACT),
        lambda start: cases.cancel(start, "why", REASONS, ACT),
    ],
)
@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CANCELLED])
def test_a_closed_case_is_read_only(verb: object, status: Status) -> None:
    with pytest.raises(Refused, match=f"is {status}"):
        verb(closed(status))  # type: ignore[operator]


def test_an_activity_can_be_put_in_the_place_of_another_with_its_event() -> None:
    noted = cases.note(waiting(), "kind", ACT)
    (old,) = noted.activities
    fresh = words("instead")
    done = noted.instead_of(old.activity, fresh)
    assert done.activities == (fresh,)
    assert done.events[0].activity == fresh.activity
    assert a_case() == done.before
