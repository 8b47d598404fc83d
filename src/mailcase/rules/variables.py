"""What a condition may look at, as tables: each variable, its type, and how it is read from a mail and its context.

The names have dots but are flat: the CEL checker knows each one with its type, so a misspelt field is an error when the
file is loaded and not when a mail comes. Customer, account and case are empty text, zero and false where there is none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from mailcase.domain.case import Case, CaseType, FlowState, Origin, Priority, Status
from mailcase.domain.decision import Context
from mailcase.domain.email import Address, Classification, InboundEmail, Kind
from mailcase.domain.entitlement import EntitlementState
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.party import Account, Contact
from mailcase.rules.entitled import valid_one

CASE_FIELDS = "case.fields"
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


Read = Callable[[Subject], Any]
"""Gives a value of the variable's type; to CEL it is anything."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One name that conditions know."""

    name: str
    type: Type
    meaning: str
    read: Read
    choices: tuple[str, ...] = ()
    """The only values it has, where there are few."""
    is_lower: bool = False
    """Its text is in lower case."""


def clean(text: str | None) -> str:
    """Return `text` as rules see it: not too long, and Unicode without lone surrogates, which CEL refuses."""
    return (text or "")[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _lower(texts: Iterable[str]) -> list[str]:
    return [clean(text).lower() for text in texts]


def _mail(read: Callable[[InboundEmail], Any], empty: Any = "") -> Read:
    return lambda subject: empty if subject.email is None else read(subject.email)


def _contact(read: Callable[[Contact], Any], empty: Any = "") -> Read:
    return lambda subject: empty if subject.context.contact is None else read(subject.context.contact)


def _account(read: Callable[[Account], Any], empty: Any = "") -> Read:
    return lambda subject: empty if subject.context.account is None else read(subject.context.account)


def _case(read: Callable[[Case], Any], empty: Any = "") -> Read:
    return lambda subject: empty if subject.case is None else read(subject.case)


def _since(moment: Callable[[Case], datetime | None]) -> Read:
    def read(subject: Subject) -> timedelta:
        start = moment(subject.case) if subject.case else None
        return subject.now - start if start else timedelta()

    return read


def _sender(email: InboundEmail) -> Address:
    return email.sender or Address(address="")


def _values(choices: type[StrEnum], *more: str) -> tuple[str, ...]:
    return (*(choice.value for choice in choices), *more)


def _kind(subject: Subject) -> str:
    return subject.classification.kind.value if subject.classification else ""


def _entitled(subject: Subject, *, is_valid: bool) -> Standing | None:
    """Return the entitlement of the case; without a case, one that its mail could use, or any that the customer had."""
    known, case = subject.context.entitlements, subject.case
    if case is not None:
        return next((one for one in known if one.entitlement.id == case.entitlement_id), None)
    if not known:  # nearly always, and asked for each of five variables
        return None
    return valid_one(subject.context, subject.now) or (None if is_valid or not known else known[-1])


def _of_entitlement(subject: Subject, read: Callable[[Standing], Any], empty: Any) -> Any:
    found = _entitled(subject, is_valid=False)
    return empty if found is None else read(found)


REACHES_RULES = (Kind.HUMAN.value, Kind.AUTO_REPLY.value, Kind.OUT_OF_OFFICE.value, Kind.BULK.value)
"""Kinds that creation rules see; the desk's policies take the others before."""
S, B, I, L, D = Type.STRING, Type.BOOL, Type.INT, Type.STRINGS, Type.DURATION  # noqa: E741 - short, for the tables
# fmt: off
OF_MAIL = (
    Variable("mailbox", S, "key of the mailbox that the mail came in by", lambda subject: subject.context.mailbox.name),
    Variable("from.address", S, "the sender's address, in lower case", _mail(lambda m: clean(_sender(m).address).lower()), is_lower=True),
    Variable("from.domain", S, "what stands behind its @", _mail(lambda m: clean(_sender(m).domain)), is_lower=True),
    Variable("from.name", S, "the sender's name as written", _mail(lambda m: clean(_sender(m).name))),
    Variable("to", L, "addresses, in lower case", _mail(lambda m: _lower(a.address for a in m.to), []), is_lower=True),
    Variable("cc", L, "addresses, in lower case", _mail(lambda m: _lower(a.address for a in m.cc), []), is_lower=True),
    Variable("subject", S, "the subject line", _mail(lambda m: clean(m.subject))),
    Variable("text", S, "the whole body as text, its first 100,000 characters", _mail(lambda m: clean(m.text))),
    Variable("reply", S, "only what the writer added, without quotes and signature", _mail(lambda m: clean(m.reply.text))),
    Variable("headers", Type.HEADERS, '`headers["x-name"]` is its first value, empty when the mail has none', lambda _: {}),
    Variable("attachments.count", I, "number of files", _mail(lambda m: len(m.attachments), 0)),
    Variable("attachments.bytes", I, "size of all files", _mail(lambda m: sum(a.size for a in m.attachments), 0)),
    Variable("attachments.names", L, "file names, in lower case", _mail(lambda m: _lower(a.name for a in m.attachments), []), is_lower=True),
    Variable("attachments.types", L, "content types such as `application/pdf`", _mail(lambda m: _lower(a.content_type for a in m.attachments), []), is_lower=True),
    Variable("language", S, "ISO 639-1 code of the text, empty when unknown", _mail(lambda m: clean(m.language)), is_lower=True),
    Variable("auth.is_authentic", B, "our server found the sender's domain genuine (DMARC or aligned DKIM)", lambda subject: subject.context.is_authentic),
    Variable("customer.is_known", B, "the sender has written before, or was imported", lambda subject: subject.context.contact is not None),
    Variable("customer.is_provisional", B, "nobody has confirmed yet who it is", _contact(lambda c: c.is_provisional, True)),
    Variable("customer.address", S, "the customer's main address", _contact(lambda c: clean(c.address)), is_lower=True),
    Variable("customer.name", S, "the customer's name", _contact(lambda c: clean(c.name))),
    Variable("customer.language", S, "language of earlier mail", _contact(lambda c: clean(c.language)), is_lower=True),
    Variable("account.is_known", B, "the customer belongs to an account", lambda subject: subject.context.account is not None),
    Variable("account.name", S, "the company's name", _account(lambda a: clean(a.name))),
    Variable("now", Type.TIMESTAMP, 'the time of the decision; `now.getHours("Europe/Berlin")` is local', lambda subject: subject.now.astimezone(UTC)),
)
OF_ENTITLEMENT = (
    Variable("entitlement.is_valid", B, "the customer has an entitlement that a new case could use, or this case has one", lambda s: _entitled(s, is_valid=True) is not None),
    Variable("entitlement.name", S, "its name, or that of one that is over or used up; empty for none", lambda s: _of_entitlement(s, lambda one: clean(one.entitlement.name), "")),
    Variable("entitlement.state", S, "where it stands, or empty", lambda s: _of_entitlement(s, lambda one: one.entitlement.state(s.now).value, ""), choices=_values(EntitlementState, "")),
    Variable("entitlement.left", I, "cases or minutes that are left", lambda s: _of_entitlement(s, lambda one: one.left(), 0)),
    Variable("entitlement.total", I, "cases or minutes that were bought", lambda s: _of_entitlement(s, lambda one: one.entitlement.total, 0)),
    Variable("entitlement.sla", S, "name of its service level agreement, or empty", lambda s: _of_entitlement(s, lambda one: clean(one.entitlement.sla), "")),
)
OF_KIND = (
    Variable("kind", S, "what sort of mail it is", _kind, choices=REACHES_RULES),
)
OF_CASE = (
    Variable("case.number", S, "such as CAS-000123-K7Q", _case(lambda c: c.number)),
    Variable("case.title", S, "its title", _case(lambda c: clean(c.title))),
    Variable("case.status", S, "its status", _case(lambda c: c.status.value), choices=_values(Status)),
    Variable("case.status_reason", S, "key of its status reason", _case(lambda c: clean(c.status_reason))),
    Variable("case.priority", S, "its priority", _case(lambda c: c.priority.value), choices=_values(Priority)),
    Variable("case.type", S, "its type, or empty", _case(lambda c: c.case_type.value if c.case_type else ""), choices=_values(CaseType, "")),
    Variable("case.origin", S, "how it came to us", _case(lambda c: c.origin.value), choices=_values(Origin)),
    Variable("case.subject", S, "path in the subject tree", _case(lambda c: clean(c.subject))),
    Variable("case.product", S, "its product", _case(lambda c: clean(c.product))),
    Variable("case.tags", L, "its tags", _case(lambda c: [clean(tag) for tag in c.tags], [])),
    Variable("case.queue", S, "queue it was last routed to, or empty", _case(lambda c: clean(c.queue))),
    Variable("case.owner", S, "key of its agent, or empty", _case(lambda c: clean(c.owner))),
    Variable("case.sla", S, "name of its service level agreement, or empty", _case(lambda c: clean(c.sla))),
    Variable("case.flow", S, "name of its process flow, or empty", _case(lambda c: clean(c.flow))),
    Variable("case.stage", S, "key of the stage that it is in, or ended in", _case(lambda c: clean(c.stage))),
    Variable("case.flow_state", S, "where it stands in its flow, or empty", _case(lambda c: c.flow_state.value if c.flow_state else ""), choices=_values(FlowState, "")),
    Variable("case.language", S, "language of the customer's words", _case(lambda c: clean(c.language)), is_lower=True),
    Variable("case.is_escalated", B, "it is escalated", _case(lambda c: c.is_escalated, False)),
    Variable("case.is_unverified", B, "it was opened without proof of who wrote", _case(lambda c: c.is_unverified, False)),
    Variable("case.fields", Type.HEADERS, 'fields of your own: `case.fields["order_number"]`, empty when the case has none', lambda _: {}),
    Variable("case.age", D, 'time since it was opened; compare with `duration("24h")`', _since(lambda c: c.created_at)),
    Variable("case.resolved_for", D, "time since it was resolved, zero while it is active", _since(lambda c: c.resolved_at)),
)
# fmt: on
FOR_NEW = OF_MAIL + OF_ENTITLEMENT + OF_KIND
"""What creation rules for new mail know: there is no case yet."""
FOR_REPLY = OF_MAIL + OF_ENTITLEMENT + OF_KIND + OF_CASE
FOR_ROUTING = OF_MAIL + OF_ENTITLEMENT + OF_CASE
"""What routing rules know; the mail's variables are empty for a case without mail."""


def values(
    variables: tuple[Variable, ...], headers: frozenset[str], fields: frozenset[str], subject: Subject
) -> Mapping[str, Any]:
    """Return the value of each of `variables`, of the named `headers` (lower case) and `fields`, for `subject`."""
    found = {variable.name: variable.read(subject) for variable in variables}
    email = subject.email
    found["headers"] = {name: clean(email.header(name)) if email else "" for name in headers}
    if CASE_FIELDS in found:
        custom = dict(subject.case.custom) if subject.case else {}
        found[CASE_FIELDS] = {name: clean(custom.get(name)) for name in fields}
    return found
