"""What a template may see: four kinds of letter, each a plain value with nothing of the desk's insides.

    AutomaticLetter   the desk by itself to a customer: not one word that the customer wrote (an answer to a forged
                      sender would carry them to a victim), not even the name in the From field or the subject
    CustomerLetter    an agent's words to a customer
    AgentLetter       everything about a case, to a person of the desk
    AdminLetter       how the daemon does, to the person who looks after it

They are different types so that an internal note cannot be handed to a template for customers.
Each field is a variable of the templates, under its own name.
"""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from mailcase.mail.letter_parts import DueItem, Failure, HeldDraft, HeldMail, Picture, SurveyLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an address. As a mailbox: its display name and address."""

    name: str
    """May be empty."""
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attached file."""

    name: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicArticle:
    """An article that customers may have."""

    number: str
    title: str
    summary: str = ""
    url: str = ""
    """Where it stands on the web, or empty."""
    text: str = ""
    """All of it as plain text; empty where only its summary is told."""
    html: Markup | None = None
    """The same as clean HTML, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article as agents are told of it."""

    number: str
    title: str
    is_internal: bool = False
    """It never goes to customers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReference:
    """What a customer is told of a case."""

    number: str
    """Such as CAS-000123-K7Q."""
    created_at: datetime
    """In the time zone of the reader, as are all times in letters."""
    promise: datetime | None = None
    """Until when the desk promises to answer; None when it promises nothing, or has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticLetter:
    """What the desk says to a customer by itself."""

    desk: str
    """Name of the desk, such as `Northwind Support`."""
    mailbox: Person
    case: CaseReference | None
    """None only in `customer/not_entitled`, for a mail that opens no case."""
    language: str
    """ISO 639-1 code: chooses the template, and the form of dates and sizes."""
    reopens_at: datetime | None = None
    """When somebody is there again; None within working hours."""
    closes_at: datetime | None = None
    """When the case will be closed unless the customer answers."""
    merged_into: str = ""
    """Number of the case that goes on instead of this one."""
    articles: tuple[PublicArticle, ...] = ()
    """What an agent sends, or what the desk offers by itself."""
    opt_out_url: str = ""
    """Where reminders like this are turned off with one click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLetter(AutomaticLetter):
    """What an agent says to a customer."""

    customer: Person
    agent: str | None
    """The agent's name as customers see it, or None when the desk itself speaks."""
    subject: str
    """Subject of the conversation, with or without `Re:` and case tag; the filter `bare_subject` takes them off."""
    words: str
    """The agent's text: the reply, or the resolution. Plain text, lines ended by LF; may be empty."""
    words_html: Markup | None = None
    """The same, as HTML that was sanitised, or None."""
    attachments: tuple[File, ...] = ()
    pictures: tuple[Picture, ...] = ()
    """To be shown below the words."""
    survey: tuple[SurveyLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarCase:
    """An earlier case that may help, or that this one may be merged with."""

    number: str
    title: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer as agents see one."""

    name: str
    address: str
    account: str = ""
    entitlement: str = ""
    """One line: what is left of it."""
    earlier_cases: int = 0
    """1000 stands for more, too."""
    latest: tuple[SimilarCase, ...] = ()
    """The last few of them, newest first, that the agent may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case as agents see it. Titles are for people: `In Progress`, not `in_progress`."""

    number: str
    title: str
    status: str
    status_reason: str
    priority: str
    created_at: datetime
    queue: str = ""
    owner: str = ""
    """Name of its owner, or empty."""
    subject: str = ""
    product: str = ""
    case_type: str = ""
    tags: tuple[str, ...] = ()
    is_escalated: bool = False
    flow: str = ""
    """Its process flow, or empty."""
    stage: str = ""
    """Where it stands in that: `Research (2 of 3)`, `finished`, or `given up`."""
    missing: tuple[str, ...] = ()
    """What is not done yet of its stage."""
    is_unverified: bool = False
    """The customer's mail claimed to belong to another case without proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message or note of a case's history."""

    at: datetime
    author: str
    text: str
    is_customer: bool = False
    is_internal: bool = False
    """A note: it never leaves the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFace:
    """An SLA clock, in words."""

    kpi: str
    """Such as `First response`."""
    due: str
    """Such as `Mon 24 Nov, 14:30 (in 2 h)`."""
    state: str
    """in progress, paused, nearing, succeeded, breached, cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptLine:
    """What became of one command of an agent."""

    command: str
    outcome: str
    is_ok: bool


INTERNAL = "Internal notice, not for customers"
"""Stands at both ends of every letter to an agent: text with it in it never goes to a customer (GUARANTEES G14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLetter:
    """What the desk tells a person who works in it."""

    desk: str
    mailbox: Person
    case: CaseFacts | None
    """None only in `agent/today`, and in `agent/returned` for a mail that names no case."""
    customer: Customer | None
    agent: str
    """Name of the reader."""
    language: str = "en"
    actor: str = ""
    """Who caused it, such as the name of the agent who assigned the case; empty for the desk itself."""
    why: str = ""
    """One line: why this mail comes, when the template does not say it, such as the reason of a return."""
    words: str = ""
    """The newest message: the customer's text, a note, or the agent's own mail that is returned. Plain text."""
    words_by_customer: bool = False
    """Whether `words` came from outside, to be marked so."""
    writer: str = ""
    """Address of who wrote `words`, when that is somebody who is copied; empty when it is the customer."""
    attachments: tuple[File, ...] = ()
    signature_images: int = 0
    """How many pictures came with `words` that are decoration only: icons, and logos that came to many cases."""
    history: tuple[Message, ...] = ()
    """Earlier messages, newest first."""
    clocks: tuple[ClockFace, ...] = ()
    warnings: tuple[str, ...] = ()
    """Such as `The sender could not be verified.`"""
    draft: HeldDraft | None = None
    """Only in `agent/held`, `agent/confirm` and `agent/forwarded`."""
    copied: tuple[str, ...] = ()
    """Who takes part besides the customer, and gets every answer."""
    also_to: tuple[str, ...] = ()
    """Who else got the customer's newest mail, and takes no part."""
    answers_to: str = ""
    """Where answers go, when the customer wants them elsewhere; else empty."""
    transcript: tuple[TranscriptLine, ...] = ()
    failures: tuple[Failure, ...] = ()
    due: tuple[DueItem, ...] = ()
    """What the reader has to do today, the first due first; only in `agent/today`."""
    articles: tuple[Article, ...] = ()
    similar: tuple[SimilarCase, ...] = ()
    internal: str = INTERNAL
    """Printed by every template for agents, in text and HTML, so that a quoted letter is recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminLetter:
    """What the daemon tells the person who looks after it."""

    desk: str
    mailbox: Person
    language: str = "en"
    now: datetime
    """When it was written, in the desk's time zone."""
    host: str = ""
    """The machine that writes; empty when it does not matter."""
    trouble: str = ""
    """What is wrong, one sentence; only in an alarm."""
    remedy: str = ""
    """What to do about it; may be empty."""
    held: tuple[HeldMail, ...] = ()
    """The newest held mails, newest first; only in the digest."""
    held_total: int = 0
    """How many are held in all."""
    internal: str = INTERNAL
    """Printed by every template for the admin, so that a quoted letter is recognised."""


Letter = AutomaticLetter | CustomerLetter | AgentLetter | AdminLetter
"""Any of them."""
