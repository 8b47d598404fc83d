"""Appointments as iCalendar: the invitation and its end go out (RFC 5546 REQUEST, CANCEL), the answer comes in (REPLY)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from mailcase.domain.email import Address, InboundEmail
from mailcase.domain.party import canonical_address
from mailcase.mail.local_dates import format_date, format_time, format_zone

PRODUCT = "-//mailcase//service desk//EN"  # RFC 5545 section 3.7.3
CALENDAR = "text/calendar"
MAX_CALENDAR = 100_000  # bytes of an answer that are read; one is a kilobyte
MAX_ANSWERS = 10
RESPONSES = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}  # RFC 5545 section 3.2.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One meeting of two: who asks, and who is asked."""

    uid: str
    """Of the event: the same in every mail about it."""
    title: str
    text: str
    start: datetime
    end: datetime
    """Both UTC."""
    organizer: Address
    attendee: Address
    stamp: datetime
    """When this was written, UTC."""
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        """What the receiver is to do with it."""
        return "CANCEL" if self.is_cancelled else "REQUEST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody says to an invitation."""

    uid: str
    attendee: str
    """Canonical address."""
    response: str
    """`accepted`, `declined` or `tentative`."""


def write(invitation: Invitation) -> str:
    """Return the invitation, or its end, as iCalendar with CRLF line ends."""
    calendar, event = Calendar(), Event()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method)
    event.add("uid", invitation.uid)
    event.add("dtstamp", invitation.stamp)
    event.add("dtstart", invitation.start)
    event.add("dtend", invitation.end)
    event.add("sequence", int(invitation.is_cancelled))  # RFC 5546 section 2.1.4: a cancellation counts up
    event.add("summary", invitation.title)
    event.add("description", invitation.text)
    event.add("status", "CANCELLED" if invitation.is_cancelled else "CONFIRMED")
    event.add("organizer", _person(invitation.organizer))
    event.add("attendee", _asked(invitation.attendee))
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written.decode("utf-8")


def _person(address: Address) -> vCalAddress:
    person = vCalAddress(f"mailto:{address.address}")
    if address.name:
        person.params["CN"] = address.name.replace('"', "'")
    return person


def _asked(address: Address) -> vCalAddress:
    person = _person(address)
    person.params["ROLE"] = "REQ-PARTICIPANT"
    person.params["PARTSTAT"] = "NEEDS-ACTION"
    person.params["RSVP"] = "TRUE"  # RFC 5545 section 3.2.17
    return person


def answers(email: InboundEmail) -> tuple[Answer, ...]:
    """Return what a mail says to invitations; what is no valid answer (RFC 5546 section 3.2.3) is passed over."""
    found: list[Answer] = []
    for file in email.attachments:
        if file.content_type == CALENDAR and file.size <= MAX_CALENDAR:
            found += _answers(file.content)
    return tuple(dict.fromkeys(found))[:MAX_ANSWERS]


def _answers(content: bytes) -> Iterator[Answer]:
    calendar = None
    with suppress(ValueError, KeyError, IndexError, AttributeError, TypeError):  # whatever a stranger's file may hold
        calendar = Calendar.from_ical(content.decode("utf-8", "replace"))
    if calendar is None or str(calendar.get("method", "")).upper() != "REPLY":
        return
    for event in calendar.walk("VEVENT"):
        listed = event.get("attendee")
        for attendee in listed if isinstance(listed, list) else [listed]:
            response = RESPONSES.get(str(getattr(attendee, "params", {}).get("PARTSTAT", "")).upper())
            address = str(attendee or "").lower().removeprefix("mailto:")
            if response and event.get("uid"):
                yield Answer(uid=str(event["uid"]), attendee=canonical_address(address), response=response)


WORDS = {
    "en": ("Appointment", "This appointment is cancelled."),
    "de": ("Termin", "Dieser Termin ist abgesagt."),
    "fr": ("Rendez-vous", "Ce rendez-vous est annulé."),
    "es": ("Cita", "Esta cita queda cancelada."),
}


def words_of(text: str, start: datetime, minutes: int, language: str, *, is_cancelled: bool) -> str:
    """Return what a customer reads about an appointment; `start` is on the clock of the desk."""
    known = language if language in WORDS else "en"
    label, gone = WORDS[known]
    end = start + timedelta(minutes=minutes)
    times = f"{format_time(start)}–{format_time(end)} ({format_zone(start)})"
    when = f"{label}: {format_date(start, known)}, {times}"
    return "\n\n".join([*([gone] if is_cancelled else []), text, when])
