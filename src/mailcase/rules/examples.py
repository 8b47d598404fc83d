"""The examples of a rule file: mails of the admin's own, decided upon whenever the file is loaded.

A set of rules whose examples come out differently is refused, so a rule that is put in the wrong place is found by the
one who puts it there.
"""

from collections.abc import Sequence
from email.utils import parseaddr

from mailcase.domain.case import Case, Status
from mailcase.domain.decision import (
    AppendToCase,
    Context,
    Decision,
    Hold,
    Ignore,
    NewCase,
    OpenCase,
    ReactivateCase,
    Trace,
)
from mailcase.domain.email import Address, Attachment, Classification, InboundEmail, Kind, Reply
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.party import Contact, canonical_address
from mailcase.rules import schema
from mailcase.rules.decide import summary
from mailcase.rules.documents import Path
from mailcase.rules.filing import DEFAULT_RULE
from mailcase.rules.judge import judge
from mailcase.rules.page import Page
from mailcase.rules.rulebook import On, Rulebook

_NO_MAILBOX = Mailbox(name="support", address="support@example.com")
_OUTCOMES: dict[type, str] = {
    OpenCase: "open",
    AppendToCase: "append",
    ReactivateCase: "reactivate",
    Hold: "hold",
    Ignore: "skip",
}
_REPLY_TO: dict[On, str | None] = {On.NEW: None, On.REPLY: "active", On.RESOLVED_REPLY: "resolved"}


def check_creation(form: schema.CreationFile, book: Rulebook, mailboxes: Sequence[Mailbox], page: Page) -> None:
    """Try the examples of every creation rule and of the whole file; complain about each that comes out differently."""
    for number, rule in enumerate(form.rules or []):
        boxes = [rule.mailbox] if isinstance(rule.mailbox, str) else rule.mailbox or []
        for place, example in enumerate(rule.examples or []):
            changes = {
                "mailbox": example.mail.mailbox or next(iter(boxes), None),
                "replies_to": example.mail.replies_to or _REPLY_TO[On(rule.on)],
            }
            mail = example.mail.model_copy(update=changes)
            expect = example.expect.model_copy(update={"rule": example.expect.rule or rule.name})
            _check(mail, expect, ("rules", number, "examples", place), _Desk(book, mailboxes, page))
    _check_list(form.examples or [], book, mailboxes, page)


def check_routing(form: schema.RoutingFile, book: Rulebook, mailboxes: Sequence[Mailbox], page: Page) -> None:
    """Try the examples of the routing file; complain about each that comes out differently."""
    _check_list(form.examples or [], book, mailboxes, page)


def _check_list(forms: list[schema.ExampleForm], book: Rulebook, mailboxes: Sequence[Mailbox], page: Page) -> None:
    for place, example in enumerate(forms):
        _check(example.mail, example.expect, ("examples", place), _Desk(book, mailboxes, page))


class _Desk:
    """What an example is tried on."""

    def __init__(self, book: Rulebook, mailboxes: Sequence[Mailbox], page: Page) -> None:
        self.book, self.page = book, page
        self._mailboxes = {mailbox.name: mailbox for mailbox in mailboxes}

    def mailbox(self, name: str | None) -> Mailbox | None:
        """Return the mailbox of that name; the first one, or a made-up one, for no name."""
        return self._mailboxes.get(name) if name else next(iter(self._mailboxes.values()), _NO_MAILBOX)


def _check(mail: schema.ExampleMail, expect: schema.ExpectForm, path: Path, desk: _Desk) -> None:
    mailbox = desk.mailbox(mail.mailbox)
    if mailbox is None:
        desk.page.wrong((*path, "mail", "mailbox"), f"there is no mailbox {mail.mailbox!r}; name one of the settings.")
        return
    if mail.at.tzinfo is None:
        desk.page.wrong((*path, "mail", "at"), "it has no offset from UTC; write for instance 2026-03-02T10:00:00Z.")
        return
    email, context = _email(mail, mailbox), _context(mail, mailbox)
    classification = Classification(kind=mail.kind, may_acknowledge=mail.kind is Kind.HUMAN, why=("example",))
    judged = judge(email, classification, context, desk.book, received_at=mail.at, now=mail.at)
    decision = judged.decision
    found = _facts(decision, judged.trace, expect)
    if expect.queue is not None:
        found["queue"] = judged.case.queue if judged.case else None
    wanted = _wanted(expect)
    for name in (name for name in wanted if wanted[name] != found.get(name)):
        difference = f"{name} {_shown(found.get(name))}, not {_shown(wanted[name])}"
        what = f"this example comes out with {difference} (it {summary(decision)}); mend it or the rules."
        desk.page.wrong((*path, "expect"), what)


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _wanted(expect: schema.ExpectForm) -> dict[str, object]:
    wanted: dict[str, object] = {
        name: getattr(expect, name)
        for name in ("outcome", "rule", "queue", "acknowledge")
        if getattr(expect, name) is not None
    }
    case = expect.case.model_dump(exclude_unset=True) if expect.case else {}
    fields = case.pop("fields", None) or {}
    wanted |= {f"case.{name}": tuple(value) if isinstance(value, list) else value for name, value in case.items()}
    return wanted | {f"case.fields.{name}": value for name, value in fields.items()}


def _facts(decision: Decision, trace: Trace, expect: schema.ExpectForm) -> dict[str, object]:
    """Return what came out, under the names of `_wanted`."""
    fields = _fields(decision)
    facts: dict[str, object] = {
        "outcome": _OUTCOMES.get(type(decision), "other"),
        "rule": getattr(decision, "rule", ""),
        "acknowledge": getattr(decision, "acknowledge", None) or False,
        "case.type": fields.case_type,
    }
    if expect.rule != DEFAULT_RULE and any(s.rule == expect.rule and s.is_hit for s in trace.steps):
        facts["rule"] = expect.rule  # a rule that only watches decides nothing
    for name in ("title", "priority", "origin", "subject", "product", "tags", "queue", "owner", "sla"):
        facts[f"case.{name}"] = getattr(fields, name)
    return facts | {f"case.fields.{name}": value for name, value in fields.custom}


def _fields(decision: Decision) -> NewCase:
    match decision:
        case OpenCase(fields=fields):
            return fields
        case AppendToCase(update=update) | ReactivateCase(update=update):
            return update or NewCase()
        case _:
            return NewCase()


def _case(mail: schema.ExampleMail, mailbox: Mailbox) -> Case:
    then = mail.at - mail.resolved_ago
    if mail.replies_to == "resolved":
        return Case(
            id=1, title=mail.subject, contact_id=1, mailbox=mailbox.name, status=Status.RESOLVED,
            status_reason="problem_solved", created_at=then, modified_at=then, resolved_at=then,
        )  # fmt: skip
    return Case(id=1, title=mail.subject, contact_id=1, mailbox=mailbox.name, created_at=then, modified_at=then)


def _context(mail: schema.ExampleMail, mailbox: Mailbox) -> Context:
    address = canonical_address(parseaddr(mail.sender)[1])
    is_known = mail.known or mail.replies_to is not None
    return Context(
        mailbox=mailbox,
        contact=Contact(id=1, name="", address=address, is_provisional=False, created_at=mail.at) if is_known else None,
        is_authentic=mail.authentic,
        case=_case(mail, mailbox) if mail.replies_to else None,
    )


def _email(mail: schema.ExampleMail, mailbox: Mailbox) -> InboundEmail:
    def addresses(texts: list[str] | None) -> tuple[Address, ...]:
        pairs = (parseaddr(text) for text in texts or ())
        return tuple(Address(address=address, name=name) for name, address in pairs)

    files = (
        Attachment(
            name=name, content_type="application/octet-stream", content=b"", sha256="0" * 64, is_inline=False
        )
        for name in mail.attachments or ()
    )  # fmt: skip
    return InboundEmail(
        sha256="0" * 64,
        size=len(mail.text),
        headers=tuple((mail.headers or {}).items()),
        message_id="example@example.com",
        in_reply_to=("case@example.com",) if mail.replies_to else (),
        references=(),
        date=mail.at,
        subject=mail.subject,
        senders=addresses([mail.sender]),
        reply_to=(),
        to=addresses(mail.to if mail.to is not None else [mailbox.address]),
        cc=addresses(mail.cc),
        text=mail.text,
        html=None,
        reply=Reply(text=mail.text),
        attachments=tuple(files),
        reports=(),
        language=mail.language,
    )
