"""The forms of the files that say when the desk is open, and what it promises."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from mailcase.domain.case import Priority
from mailcase.rules.form_types import BusinessTime, Form, Key, Line

DateField = Annotated[str, Field(pattern=r"^field:[a-z0-9][a-z0-9._-]{0,63}$")]


class HolidayForm(Form):
    """Public holidays of a country, dates of one's own, or the whole-day entries of an iCalendar file."""

    country: Line | None = Field(default=None, description="ISO 3166 code such as DE.")
    subdivision: Line | None = Field(default=None, description="State or province, such as BY.")
    file: Line | None = Field(default=None, description="An .ics file in this folder.")
    day: date | None = Field(default=None, alias="date")
    name: Line | None = None


class ExceptionForm(Form):
    """Dates with hours of their own; without hours the desk is closed."""

    day: date | None = Field(default=None, alias="date")
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    hours: Line | list[Line] | None = None
    name: Line


class CalendarForm(Form):
    """When a desk is open."""

    time_zone: Line = Field(description="Such as Europe/Berlin.")
    hours: dict[str, Line | list[Line]] = Field(
        description="By weekday, or from-to, or several: `monday-friday: 09:00-17:00`."
    )
    breaks: list[Line] | None = None
    holidays: list[HolidayForm] | None = None
    exceptions: list[ExceptionForm] | None = None


class CalendarsFile(Form):
    """calendars.yaml: when the desk is open."""

    calendars: dict[Key, CalendarForm] | None = None


class PassOnForm(Form):
    """Who is told next, as long as nothing was done."""

    after: BusinessTime = Field(description="Business time since those before were told.")
    tell: list[Key] = Field(min_length=1)


class ClockActionForm(Form):
    """What happens to the case, and who is told."""

    tell: list[Key] | None = Field(
        default=None, description="owner, queue, leads, managers, admins, or keys of agents and teams."
    )
    priority: Priority | None = None
    queue: Key | None = Field(default=None, description="Where the case is moved to.")
    escalate: bool = False
    urgent: bool = Field(default=False, description="true: told at once; else those who are off work when they begin.")
    repeat: BusinessTime | None = Field(default=None, description="Told again after that, until something is done.")
    then: list[PassOnForm] | None = Field(default=None, description="Who is told next, in order.")


class SlaItemForm(Form):
    """One promise."""

    name: Line
    kpi: Literal["first_response", "next_response", "periodic_update", "resolution"] | Key
    when: str = Field(default="", description="A condition in CEL: for which cases. For all, if left out.")
    success_when: str | None = Field(default=None, description="A condition in CEL. That of the KPI, if left out.")
    fail_after: BusinessTime
    warn_after: BusinessTime | None = None
    calendar: Key | None = Field(default=None, description="That of the SLA, if left out.")
    pause: list[Key] | None = Field(
        default=None, description="Status reasons that stop the clock. Those with `pauses_clocks`, if left out."
    )
    counted_from: Literal["created", "escalated", "customer_reply", "unanswered", "last_update"] | DateField | None = (
        Field(default=None, description="What fits the KPI, if left out; `field:NAME` is a date field of your own.")
    )
    on_warn: ClockActionForm | None = None
    on_fail: ClockActionForm | None = None
    on_success: ClockActionForm | None = None


class SlaForm(Form):
    """A service level agreement."""

    calendar: Key | None = Field(default=None, description="Of all items that name none.")
    items: list[SlaItemForm] = Field(min_length=1)


class SlaFile(Form):
    """sla.yaml: what the desk promises, and what happens when it is not kept."""

    off: bool = Field(default=False, description="true: cases that are opened meanwhile promise nothing; for imports.")
    default: Key | None = Field(default=None, description="For cases without another. None, if left out.")
    slas: dict[Key, SlaForm] | None = None
