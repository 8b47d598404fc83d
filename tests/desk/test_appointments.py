"""Appointments: the invitation goes out, the answer comes in, and the end of one is told."""

import base64
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from icalendar import Calendar

from desk.test_deletion import received, worked
from lab.desks import ManualClock
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.watch import watch
from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.errors import Refused
from mailcase.store import activities, cases, outbox, timeline

CLARA, MALLORY = "clara@customer.example", "mallory@evil.example"


def invitations(app: App) -> list[EmailMessage]:
    with app.database.read() as tx:
        sent = [one for one in outbox.of_case(tx, 1) if b"text/calendar" in one.raw]
    return [message_from_bytes(one.raw, policy=policy.default) for one in sent]


def calendar_of(message: EmailMessage) -> Calendar:
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    assert str(part["Content-Type"].params["method"]) == str(calendar["method"])
    return calendar


def appointment(app: App) -> Activity:
    with app.database.read() as tx:
        (found,) = [one for one in activities.by_case(tx, 1) if one.kind is ActivityKind.APPOINTMENT]
    return found


def answers(app: App, partstat: str, *, sender: str = CLARA, number: int = 1) -> None:
    """The calendar program of `sender` answers the invitation: a mail of its own, that names nothing but the event."""
    event = calendar_of(invitations(app)[0]).walk("VEVENT")[0]
    reply = "\r\n".join((
        "BEGIN:VCALENDAR", "PRODID:-//x//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{event['uid']}",
        "DTSTAMP:20260302T090000Z", "ORGANIZER:mailto:support@northwind.example",
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{sender}", "END:VEVENT", "END:VCALENDAR", "",
    ))  # fmt: skip
    body = (
        f"--b\nContent-Type: text/plain\n\nShe said {partstat}.\n\n--b\n"
        "Content-Type: text/calendar; charset=utf-8; method=REPLY\nContent-Transfer-Encoding: base64\n\n"
        f"{base64.encodebytes(reply.encode()).decode()}\n--b--\n"
    )
    headers = {"Content-Type": "multipart/mixed; boundary=b", "MIME-Version": "1.0"}
    raw = mail(body, sender=f"C <{sender}>", subject=partstat, message_id=f"<a{number}@c.example>", headers=headers)
    store(app, raw, None)
    while intake(app):
        pass


@pytest.fixture
def desk(app: App) -> App:
    received(app, "one")
    worked(app, 1, "#appointment tomorrow 14:00 45m Look at the printer")
    return app


def test_the_customer_is_invited(desk: App) -> None:
    (sent,) = invitations(desk)
    event = calendar_of(sent).walk("VEVENT")[0]
    assert str(event["summary"]) == "Look at the printer"
    assert (event.decoded("dtend") - event.decoded("dtstart")) == timedelta(minutes=45)
    assert (str(event["attendee"]), str(event["uid"])) == (f"mailto:{CLARA}", str(sent["Message-ID"]).strip("<>"))
    assert str(event["organizer"]).startswith("mailto:support+mc-1-")
    assert "Appointment: 3 March 2026, 14:00–14:45" in sent.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize("partstat", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_the_answer_is_taken_in_and_the_owner_told(desk: App, partstat: str) -> None:
    answers(desk, partstat)
    assert appointment(desk).response == partstat.lower()
    with desk.database.read() as tx:
        entry = next(one for one in timeline.by_case(tx, 1) if one.event == "appointment_answered")
        told = [one.subject for one in outbox.of_case(tx, 1) if one.template == "agent/activity"]
        case = cases.get(tx, 1)
    assert entry.summary.startswith(f"{partstat.lower()}: appointment")
    assert [f"The customer {partstat.lower()} your appointment" in one for one in told] == [True]
    assert case is not None
    assert cases_in(desk) == 1, "an answer opens no case"


def cases_in(app: App) -> int:
    with app.database.read() as tx:
        return cases.count(tx, cases.CaseFilter())


def test_a_changed_mind_counts_and_a_repeated_answer_is_told_once(desk: App) -> None:
    for number, partstat in enumerate(("ACCEPTED", "ACCEPTED", "DECLINED")):
        answers(desk, partstat, number=number)
    assert appointment(desk).response == "declined"
    with desk.database.read() as tx:
        assert [one.event for one in timeline.by_case(tx, 1)].count("appointment_answered") == 2


@pytest.mark.parametrize(("partstat", "sender"), [("ACCEPTED", MALLORY), ("NEEDS-ACTION", CLARA)])
def test_what_is_no_answer_of_the_customer_changes_nothing(desk: App, partstat: str, sender: str) -> None:
    answers(desk, partstat, sender=sender)
    assert appointment(desk).response == ""


def test_an_appointment_that_is_dropped_is_called_off(desk: App) -> None:
    worked(desk, 1, "#drop look")
    first, last = invitations(desk)
    event = calendar_of(last).walk("VEVENT")[0]
    assert str(calendar_of(last)["method"]) == "CANCEL"
    assert (str(event["uid"]), event["sequence"]) == (str(calendar_of(first).walk("VEVENT")[0]["uid"]), 1)
    assert "This appointment is cancelled." in last.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    answers(desk, "ACCEPTED")
    assert appointment(desk).response == ""


def test_its_owner_is_reminded_shortly_before_and_its_time_counts_when_it_is_done(
    desk: App, clock: ManualClock
) -> None:
    clock.advance(timedelta(hours=27))
    assert watch(desk) == 0
    clock.advance(timedelta(hours=1, minutes=50))
    assert watch(desk) == 1
    worked(desk, 1, "#done")
    done = appointment(desk)
    assert (done.state, done.duration_minutes) == (ActivityState.COMPLETED, 45)
    assert len(invitations(desk)) == 1


@pytest.mark.parametrize(
    "text", ["#appointment look at it", "#appointment 2020-01-01 14:00 x", "#appointment tomorrow 14:00"]
)
def test_an_appointment_needs_a_time_to_come_and_words(app: App, text: str) -> None:
    received(app, "one")
    with pytest.raises(Refused, match=r"begins with no time to come|say what the appointment is about"):
        worked(app, 1, text)


def test_a_second_report_is_told_with_the_first(app: App) -> None:
    for number, subject in enumerate(("Printer E42 broken", "Printer E42 still broken", "Holiday opening")):
        raw = mail(f"{subject} in room {number}\n", subject=subject, message_id=f"<{number}@c.example>")
        store(app, raw, None)
        while intake(app):
            pass
    with app.database.read() as tx:
        told = [
            "Similar cases" in _text(app, one.raw)
            for key in (1, 2, 3)
            for one in outbox.of_case(tx, key)
            if one.template == "agent/new_case"
        ]
    assert told == [False, True, False]


def _text(_app: App, raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    return "" if body is None else str(body.get_content())
