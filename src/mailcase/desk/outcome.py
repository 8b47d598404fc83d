"""What a use case decided, as a value: the case before and after, what was done on it, and the events to tell of.

The verbs of `desk.cases` each take an Outcome and return the next, so that several of them (the commands of one mail)
add up to one write. Nothing is stored until `desk.record.record` gets the last one.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.domain.activity import Activity
from mailcase.domain.article_use import ArticleUse
from mailcase.domain.case import Case
from mailcase.domain.email import Attachment
from mailcase.domain.events import Event
from mailcase.domain.party import Contact
from mailcase.domain.queue import QueueItem
from mailcase.domain.work import Spent, open_ones, spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something, what made them do it, and when."""

    actor: str
    """`customer`, an agent's key, or `system`."""
    cause: str
    """Such as `mail 17`, `command line`, `clock first_response`."""
    now: datetime
    """UTC."""
    inbox_id: int | None = None
    """The received mail that caused it, if one did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """An activity that is not stored yet, with the files that belong to it."""

    activity: Activity
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The case as it will be, and all that happened on the way there."""

    before: Case | None
    """As it was read; None for a new case."""
    case: Case
    item_before: QueueItem | None = None
    item: QueueItem | None = None
    """Its place in a queue, or None when it is in none."""
    activities: tuple[NewActivity, ...] = ()
    events: tuple[Event, ...] = ()
    work_before: tuple[Activity, ...] = ()
    """Its stored activities; read only where somebody works on the case (`desk.working`)."""
    work: tuple[Activity, ...] = ()
    """The same, as they will be."""
    others: tuple["Outcome", ...] = ()
    """What happens to other cases at the same time; stored before this one."""
    absorbed: tuple[int, ...] = ()
    """Ids of the cases whose activities become this one's."""
    links: tuple[int, ...] = ()
    """Ids of cases to link with this one."""
    unlinks: tuple[int, ...] = ()
    """Ids of cases that this one is linked with no more."""
    newcomer: Contact | None = None
    """Whose case it is, when nobody knew them before: stored first."""
    removed: tuple[int, ...] = ()
    """Ids of its activities that are deleted."""
    articles: tuple[ArticleUse, ...] = ()
    """What articles were used for."""
    answers: tuple[str, ...] = ()
    """What commands found out, for the transcript only: each belongs to the command that was run then."""
    is_quiet: bool = False
    """Nobody is told of it and no clock moves: older mail, filed for the record (`desk.quiet`)."""

    @classmethod
    def of(cls, case: Case, item: QueueItem | None = None, work: tuple[Activity, ...] = ()) -> "Outcome":
        """Return the outcome in which nothing has happened yet to a stored case."""
        return cls(before=case, case=case, item_before=item, item=item, work_before=work, work=work)

    @property
    def all_work(self) -> tuple[Activity, ...]:
        """Its activities, stored or new."""
        return (*self.work, *(new.activity for new in self.activities))

    @property
    def open_work(self) -> tuple[Activity, ...]:
        """What is still to be done, stored or new."""
        return open_ones(self.all_work)

    @property
    def spent(self) -> Spent:
        """Time spent on the case in all."""
        return spent(self.all_work)

    def with_work(self, changed: Activity) -> "Outcome":
        """Return this outcome with one of its stored activities as `changed` says."""
        return replace(self, work=tuple(changed if one.id == changed.id else one for one in self.work))

    def then(
        self,
        *events: Event,
        case: Case | None = None,
        activity: NewActivity | None = None,
    ) -> "Outcome":
        """Return this outcome with more that happened."""
        return replace(
            self,
            case=case or self.case,
            activities=(*self.activities, activity) if activity else self.activities,
            events=(*self.events, *events),
        )

    def instead_of(self, activity: Activity, other: NewActivity) -> "Outcome":
        """Return this outcome with `other` in the place of a new activity, also where an event tells of it."""
        return replace(
            self,
            activities=tuple(other if new.activity is activity else new for new in self.activities),
            events=tuple(
                replace(event, activity=other.activity) if event.activity is activity else event
                for event in self.events
            ),
        )

    def with_item(self, item: QueueItem | None, *events: Event) -> "Outcome":
        """Return this outcome with another place in the queues."""
        return replace(self, item=item, events=(*self.events, *events))
