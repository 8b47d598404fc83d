"""The digest for each agent at the start of their day: what is due today, once a day, and nothing when nothing is."""

from datetime import datetime, time, timedelta

from mailcase.desk import post
from mailcase.desk.desk import Desk
from mailcase.domain.calendar import Calendar
from mailcase.domain.number import format_number
from mailcase.domain.party import Agent
from mailcase.mail import letter
from mailcase.mail.draft import AutoSubmitted
from mailcase.store import outbox, today
from mailcase.store.today import Due
from mailcase.store.tx import Tx

TEMPLATE = "agent/today"
FIRST_HOUR = 7  # of the desk's day, for agents without working hours
WINDOW = timedelta(hours=2)  # after the start of a day, for a daemon that was not running then
LISTED = 50  # of each kind
MAX_WORDS = 100  # characters of an activity


def queue_digests(tx: Tx, desk: Desk, now: datetime) -> int:
    """Queue today's digest for every agent whose day has just begun and who has something due; return how many."""
    agents = [agent for agent in desk.rulebook.agents.values() if agent.is_active]
    return sum(_queue(tx, desk, agent, now) for agent in agents if has_begun(desk, agent, now))


def has_begun(desk: Desk, agent: Agent, now: datetime) -> bool:
    """Tell whether the working day of an agent has begun, and not long ago."""
    midnight = _midnight(desk, now)
    calendar = hours_of(desk, agent)
    if calendar is not None:
        return calendar.is_open(now) and calendar.between(midnight, now) < WINDOW
    return timedelta(hours=FIRST_HOUR) <= now - midnight < timedelta(hours=FIRST_HOUR) + WINDOW


def hours_of(desk: Desk, agent: Agent) -> Calendar | None:
    """Return the working hours of an agent: their own, or those of the first of their queues that has some."""
    queues = (queue for queue in desk.rulebook.queues.values() if agent.key in queue.members)
    names = (agent.calendar, *(queue.terms.calendar for queue in queues))
    return next((desk.rulebook.calendars[name] for name in names if name in desk.rulebook.calendars), None)


def _queue(tx: Tx, desk: Desk, agent: Agent, now: datetime) -> bool:
    cover = post.Cover(
        template=TEMPLATE, key=f"{desk.local(now):%Y-%m-%d}", now=now, auto_submitted=AutoSubmitted.GENERATED
    )
    if outbox.is_known(tx, post.dedupe_key(cover, agent.address)):
        return False
    due = today.due_of(tx, agent.key, _midnight(desk, now) + timedelta(days=1), LISTED)
    if not due:
        return False
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


def _item(desk: Desk, due: Due, now: datetime) -> letter.DueItem:
    local = desk.local(due.due_at)
    day = "" if local.date() == desk.local(now).date() else f"{local:%a %d %b} "
    return letter.DueItem(
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


def _midnight(desk: Desk, now: datetime) -> datetime:
    """Return when the desk's present day began, UTC."""
    return datetime.combine(desk.local(now).date(), time.min, desk.zone).astimezone(now.tzinfo)
