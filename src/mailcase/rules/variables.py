"""What a condition may look at, as a table: each variable, its type, and how it is read from a mail and its context.

The names have dots but are flat: the CEL checker knows each one with its type, so a misspelt field is an error when the
file is loaded and not when a mail comes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.email import Classification, InboundEmail

MAX_TEXT = 100_000  # GUARANTEES, limits: text seen by rules


class Type(StrEnum):
    """The types of variables, by their CEL names."""

    STRING = "string"
    BOOL = "bool"
    INT = "int"
    STRINGS = "list(string)"
    HEADERS = "map(string, string)"
    TIMESTAMP = "timestamp"
    DURATION = "duration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What rules are tried on: one mail (or none, for a case without mail) and all that is known around it."""

    email: InboundEmail | None
    classification: Classification | None
    context: Context
    case: Case | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Variable:
    """One name that conditions know."""

    name: str
    type: Type
    meaning: str
    read: Callable[[Subject], Any]  # a value of `type`; CEL takes anything


def _text(text: str | None) -> str:
    """Return `text` cut to what rules see, its lone surrogates replaced: CEL wants Unicode."""
    return (text or "")[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _mail(read: Callable[[InboundEmail], Any], empty: Any = "") -> Callable[[Subject], Any]:
    return lambda subject: empty if subject.email is None else read(subject.email)


def _mail_text(read: Callable[[InboundEmail], str | None]) -> Callable[[Subject], str]:
    return lambda subject: "" if subject.email is None else _text(read(subject.email))


def _of(part: Callable[[Subject], Any], read: Callable[[Any], Any], empty: Any = "") -> Callable[[Subject], Any]:
    def value(subject: Subject) -> Any:
        owner = part(subject)
        found = None if owner is None else read(owner)
        if found is None:
            return empty
        return _text(found) if isinstance(found, str) else found

    return value


def _contact(subject: Subject) -> Any:
    return subject.context.contact


def _account(subject: Subject) -> Any:
    return subject.context.account


def _case(subject: Subject) -> Any:
    return subject.case


def _since(moment: Callable[[Case], datetime | None]) -> Callable[[Subject], timedelta]:
    def value(subject: Subject) -> timedelta:
        start = moment(subject.case) if subject.case else None
        return subject.now - start if start else timedelta()

    return value


OF_MAIL = (
    Variable("mailbox", Type.STRING, "key of the mailbox that the mail came in by", lambda s: s.context.mailbox.name),
    Variable(
        "from.address",
        Type.STRING,
        "the sender's address",
        _mail_text(lambda m: m.sender.address if m.sender else None),
    ),
    Variable(
        "from.domain", Type.STRING, "the part after the @", _mail_text(lambda m: m.sender.domain if m.sender else None)
    ),
    Variable(
        "from.name",
        Type.STRING,
        "the sender's name as written",
        _mail_text(lambda m: m.sender.name if m.sender else None),
    ),
    Variable(
        "to", Type.STRINGS, "addresses, in lower case", _mail(lambda m: [_text(a.address).lower() for a in m.to], [])
    ),
    Variable(
        "cc", Type.STRINGS, "addresses, in lower case", _mail(lambda m: [_text(a.address).lower() for a in m.cc], [])
    ),
    Variable("subject", Type.STRING, "the subject line", _mail_text(lambda m: m.subject)),
    Variable("text", Type.STRING, "the whole body as text, the first 100,000 characters", _mail_text(lambda m: m.text)),
    Variable("reply", Type.STRING, "only what the writer added", _mail_text(lambda m: m.reply.text)),
    Variable("headers", Type.HEADERS, 'headers["x-name"]: its first value, empty when missing', lambda _: {}),
    Variable("attachments.count", Type.INT, "number of files", _mail(lambda m: len(m.attachments), 0)),
    Variable(
        "attachments.bytes", Type.INT, "size of all files", _mail(lambda m: sum(a.size for a in m.attachments), 0)
    ),
    Variable(
        "attachments.names",
        Type.STRINGS,
        "file names, in lower case",
        _mail(lambda m: [_text(a.name).lower() for a in m.attachments], []),
    ),
    Variable(
        "attachments.types",
        Type.STRINGS,
        "content types such as application/pdf",
        _mail(lambda m: [_text(a.content_type) for a in m.attachments], []),
    ),
    Variable(
        "language", Type.STRING, "ISO 639-1 code of the text, empty when unknown", _mail_text(lambda m: m.language)
    ),
    Variable(
        "customer.is_known",
        Type.BOOL,
        "the sender has written before, or was imported",
        lambda s: s.context.contact is not None,
    ),
    Variable(
        "customer.is_provisional",
        Type.BOOL,
        "nobody has confirmed who it is",
        _of(_contact, lambda c: c.is_provisional, True),
    ),
    Variable("customer.address", Type.STRING, "the customer's main address", _of(_contact, lambda c: c.address)),
    Variable("customer.name", Type.STRING, "the customer's name", _of(_contact, lambda c: c.name)),
    Variable("customer.language", Type.STRING, "language of earlier mail", _of(_contact, lambda c: c.language)),
    Variable(
        "account.is_known", Type.BOOL, "the customer belongs to an account", lambda s: s.context.account is not None
    ),
    Variable("account.name", Type.STRING, "the company's name", _of(_account, lambda a: a.name)),
    Variable("now", Type.TIMESTAMP, "the time of the decision, UTC", lambda s: s.now.astimezone(UTC)),
)
OF_KIND = (
    Variable(
        "kind",
        Type.STRING,
        "human, auto_reply, out_of_office, bulk, …",
        lambda s: s.classification.kind.value if s.classification else "",
    ),
)
OF_CASE = (
    Variable("case.number", Type.STRING, "such as CAS-000123-K7Q", _of(_case, lambda c: c.number)),
    Variable("case.title", Type.STRING, "title", _of(_case, lambda c: c.title)),
    Variable("case.status", Type.STRING, "active, resolved or cancelled", _of(_case, lambda c: c.status.value)),
    Variable("case.status_reason", Type.STRING, "key of its status reason", _of(_case, lambda c: c.status_reason)),
    Variable("case.priority", Type.STRING, "high, normal or low", _of(_case, lambda c: c.priority.value)),
    Variable(
        "case.type",
        Type.STRING,
        "question, problem, request or empty",
        _of(_case, lambda c: c.case_type and c.case_type.value),
    ),
    Variable("case.origin", Type.STRING, "email, phone, web or other", _of(_case, lambda c: c.origin.value)),
    Variable("case.subject", Type.STRING, "path in the subject tree", _of(_case, lambda c: c.subject)),
    Variable("case.product", Type.STRING, "product", _of(_case, lambda c: c.product)),
    Variable("case.tags", Type.STRINGS, "tags", _of(_case, lambda c: [_text(tag) for tag in c.tags], [])),
    Variable("case.queue", Type.STRING, "queue it is in, or empty", _of(_case, lambda c: c.queue)),
    Variable("case.owner", Type.STRING, "key of the agent, or empty", _of(_case, lambda c: c.owner)),
    Variable("case.language", Type.STRING, "language of the customer's words", _of(_case, lambda c: c.language)),
    Variable("case.is_escalated", Type.BOOL, "escalated", _of(_case, lambda c: c.is_escalated, False)),
    Variable("case.is_unverified", Type.BOOL, "opened without proof", _of(_case, lambda c: c.is_unverified, False)),
    Variable("case.age", Type.DURATION, "time since it was opened", _since(lambda c: c.created_at)),
    Variable("case.resolved_for", Type.DURATION, "time since it was resolved", _since(lambda c: c.resolved_at)),
)

FOR_NEW = OF_MAIL + OF_KIND
"""What creation rules for new mail know: there is no case yet."""
FOR_REPLY = OF_MAIL + OF_KIND + OF_CASE
FOR_ROUTING = OF_MAIL + OF_CASE
"""What routing rules know; the mail's variables are empty for a case without mail."""


def values(variables: tuple[Variable, ...], headers: frozenset[str], subject: Subject) -> Mapping[str, Any]:
    """Return the value of each of `variables`, and of the named `headers` (lower case), for `subject`."""
    found = {variable.name: variable.read(subject) for variable in variables}
    email = subject.email
    found["headers"] = {name: _text(email.header(name)) if email else "" for name in headers}
    return found
