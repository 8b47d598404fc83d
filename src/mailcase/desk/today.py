"""The digest for each agent at the start of their day: what is due today, once a day, and nothing when nothing is.

What is due on the cases of a team stands in the digest of its lead.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from mailcase.desk import post
from mailcase.desk.desk import Desk
from mailcase.desk.rights import hidden_queues
from mailcase.desk.task import Task
from mailcase.domain.calendar import Calendar
from mailcase.domain.number import format_number
from mailcase.domain.party import Agent
from mailcase.domain.setback import Errand
from mailcase.mail import letter, letter_parts
from mailcase.mail.draft import AutoSubmitted
from mailcase.store import outbox, setbacks, today
from mailcase.store.today import Due
from mailcase.store.tx import Tx

TEMPLATE = "agent/today"
FIRST_HOUR = time(7)  # of the desk's day, for agents without working hours
WINDOW = timedelta(hours=2)  # after the start of a day, for a daemon that was not running then
LISTED = 50  # of each kind
MAX_WORDS = 100  # characters of an activity


def due_digests(tx: Tx, desk: Desk, now: datetime, limit: int) -> list[Task]:
    """Return a task for each of up to `limit` agents whose day has just begun and who were not told yet."""
    begun = [agent for agent in desk.rulebook.agents.values() if agent.is_active and has_begun(desk, agent, now)]
    later = setbacks.put_off_keys(tx, Errand.DIGEST, now) if begun else frozenset()
    due = [agent for agent in begun if agent.key not in later and not _is_told(tx, desk, agent, now)]
    return [Task(key=agent.key, do=partial(queue_digest, agent=agent)) for agent in due[:limit]]


def has_begun(desk: Desk, agent: Agent, now: datetime) -> bool:
    """Tell whether the working day of an agent has begun, and not long ago."""
    calendar, day = hours_of(desk, agent), _day(desk, agent, now)
    if calendar is not None:
        return calendar.is_open(now) and calendar.between(_midnight(desk, agent, day), now) < WINDOW
    return timedelta() <= desk.local(now).replace(tzinfo=None) - datetime.combine(day, FIRST_HOUR) < WINDOW


def hours_of(desk: Desk, agent: Agent) -> Calendar | None:
    """Return the working hours of an agent: their own, or those of the first of their queues that has some."""
    queues = (queue for queue in desk.rulebook.queues.values() if agent.key in queue.members)
    names = (agent.calendar, *(queue.terms.calendar for queue in queues))
    return next((desk.rulebook.calendars[name] for name in names if name in desk.rulebook.calendars), None)


def queue_digest(tx: Tx, desk: Desk, now: datetime, *, agent: Agent) -> bool:
    """Queue the digest of what an agent has to do today; return whether there is anything."""
    hidden, until = (
        hidden_queues(desk.rulebook, agent),
        _midnight(desk, agent, _day(desk, agent, now) + timedelta(days=1)),
    )
    led = tuple(team.key for team in desk.rulebook.teams.values() if team.lead == agent.key)
    found = [one for owner in (agent.key, *led) for one in today.due_of(tx, owner, until, LISTED)]
    due = sorted((one for one in found if one.queue not in hidden), key=lambda one: (one.due_at, one.case_id))
    if not due:
        return False
    cover = _cover(desk, agent, now)
    mailbox = next(iter(desk.mailboxes.values()))
    content = letter.AgentLetter(
        desk=desk.name,
        mailbox=letter.Person(name=mailbox.display_name or desk.name, address=mailbox.address),
        case=None,
        customer=None,
        agent=agent.name,
        language=agent.language,
        due=tuple(_item(desk, one, now) for one in due),
    )
    rendered = desk.templates.render(TEMPLATE, content, language=agent.language, mailbox=mailbox.name)
    return outbox.put(tx, post.to_agent(desk, None, mailbox, agent, rendered, cover)) is not None


def _cover(desk: Desk, agent: Agent, now: datetime) -> post.Cover:
    key = f"{_day(desk, agent, now):%Y-%m-%d}"
    return post.Cover(template=TEMPLATE, key=key, now=now, auto_submitted=AutoSubmitted.GENERATED)


def _is_told(tx: Tx, desk: Desk, agent: Agent, now: datetime) -> bool:
    return outbox.is_known(tx, post.dedupe_key(_cover(desk, agent, now), agent.address))


def _item(desk: Desk, due: Due, now: datetime) -> letter_parts.DueItem:
    local = desk.local(due.due_at)
    day = "" if local.date() == desk.local(now).date() else f"{local:%a %d %b} "
    return letter_parts.DueItem(
        number=format_number(due.case_id),
        title=due.title,
        what=_words(due.what),
        due=f"{day}{local:%H:%M}",
        is_late=due.due_at <= now,
    )


def _words(what: str) -> str:
    """Return the name of a KPI, or the first line of an activity, as people write it."""
    line = next(iter(what.replace("_", " ").split("\n")), "")[:MAX_WORDS]
    return line[:1].upper() + line[1:]


def _zone(desk: Desk, agent: Agent) -> ZoneInfo:
    """Return the zone of an agent's days: that of their working hours, else the desk's."""
    calendar = hours_of(desk, agent)
    return ZoneInfo(calendar.zone) if calendar else desk.zone


def _day(desk: Desk, agent: Agent, now: datetime) -> date:
    return now.astimezone(_zone(desk, agent)).date()


def _midnight(desk: Desk, agent: Agent, day: date) -> datetime:
    """Return when that day of an agent begins, UTC."""
    return datetime.combine(day, time.min, _zone(desk, agent)).astimezone(UTC)
