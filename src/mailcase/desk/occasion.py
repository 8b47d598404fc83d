"""One event that somebody may have to be told of, and the ways to tell agents and customers of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.desk import letters, post
from mailcase.desk.addressees import addressees
from mailcase.desk.desk import Desk
from mailcase.desk.letters import Message, Subject
from mailcase.domain.activity import Activity
from mailcase.domain.article import PublicArticle
from mailcase.domain.email import Attachment
from mailcase.domain.events import Event
from mailcase.domain.outbox import OutboxMessage
from mailcase.domain.party import Agent
from mailcase.domain.queue import QueueItem
from mailcase.mail import letter
from mailcase.mail.draft import AutoSubmitted
from mailcase.mail.render import Rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One event that somebody may have to be told of, with all that the mails about it draw on."""

    desk: Desk
    subject: Subject
    item: QueueItem | None
    key: str
    """Unique for the event."""
    stored: Mapping[Activity, Activity]
    """New activities as the events hold them, and as they were stored."""
    files: Mapping[Activity, tuple[Attachment, ...]]
    """Attachments of new activities."""
    repeated: frozenset[str] = frozenset()
    """SHA-256 of pictures among them that came to many cases."""
    offered: tuple[PublicArticle, ...] = ()
    """Articles for the acknowledgement."""
    sent: tuple[PublicArticle, ...] = ()
    """Articles that an agent sends."""
    now: datetime

    def cover(self, template: str, auto_submitted: AutoSubmitted | None) -> post.Cover:
        """Return what is to be said of a mail about this occasion."""
        return post.Cover(template=template, key=self.key, now=self.now, auto_submitted=auto_submitted)


def tell(
    occasion: Occasion, template: str, whom: tuple[str, ...], message: Message, actor: str = ""
) -> Iterator[OutboxMessage]:
    """Yield a mail to everybody whom the words `whom` mean, but not to `actor`."""
    for agent in addressees(occasion.desk, occasion.subject.case, occasion.item, whom):
        if agent.key != actor:
            yield to_agent(occasion, template, agent, message)


def to_agents(occasion: Occasion, name: str, event: Event, message: Message) -> Iterator[OutboxMessage]:
    """Yield the notice `name` to those whom notices.yaml has told of it, without the one who caused it."""
    notice = occasion.desk.rulebook.notices[name]
    yield from tell(occasion, notice.template, notice.to, message, event.actor)


def to_agent(
    occasion: Occasion, template: str, agent: Agent, message: Message, in_reply_to: str | None = None
) -> OutboxMessage:
    """Return one mail to one agent about the case of `occasion`."""
    desk, subject = occasion.desk, occasion.subject
    rendered = render(occasion, template, letters.to_agent(desk, subject, agent, message, occasion.now))
    cover = replace(occasion.cover(template, AutoSubmitted.GENERATED), in_reply_to=in_reply_to)
    return post.to_agent(desk, subject, subject.mailbox, agent, rendered, cover)


def render(occasion: Occasion, template: str, content: letter.Letter) -> Rendered:
    """Return a mail about the case of `occasion`, by the templates of its mailbox and queue."""
    case = occasion.subject.case
    return occasion.desk.templates.render(
        template, content, language=content.language, mailbox=case.mailbox, queue=case.queue or ""
    )


def name_of(desk: Desk, key: str) -> str:
    """Return the name of the agent with this key, or the key."""
    agent = desk.rulebook.agents.get(key)
    return agent.name if agent else key
