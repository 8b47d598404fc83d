"""The examples of a rule file: mails of the admin's own, decided upon whenever the file is loaded.

A set of rules whose examples come out differently is refused, so a rule that is put in the wrong place is found by the
one who puts it there.
"""

from collections.abc import Sequence

from mailcase.domain.decision import (
    AppendToCase,
    Decision,
    Hold,
    Ignore,
    NewCase,
    OpenCase,
    ReactivateCase,
    Trace,
)
from mailcase.domain.mailbox import Mailbox
from mailcase.rules import schema
from mailcase.rules.decide import summary
from mailcase.rules.documents import Path
from mailcase.rules.filing import DEFAULT_RULE
from mailcase.rules.page import Page
from mailcase.rules.rulebook import On, Rulebook
from mailcase.rules.samples import judge_sample

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
    judged = judge_sample(mail, mailbox, desk.book)
    decision = judged.decision
    found = _facts(decision, judged.trace, expect)
    if expect.queue is not None:
        found["queue"] = judged.case.queue if judged.case else None
    wanted = _wanted(expect)
    if expect.flow is not None:
        found["flow"] = (judged.case.flow if judged.case else _fields(decision).flow) or False
    for name in (name for name in wanted if wanted[name] != found.get(name)):
        difference = f"{name} {_shown(found.get(name))}, not {_shown(wanted[name])}"
        what = f"this example comes out with {difference} (it {summary(decision)}); mend it or the rules."
        desk.page.wrong((*path, "expect"), what)


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _wanted(expect: schema.ExpectForm) -> dict[str, object]:
    wanted: dict[str, object] = {
        name: getattr(expect, name)
        for name in ("outcome", "rule", "queue", "flow", "acknowledge", "suggest", "customer")
        if getattr(expect, name) is not None
    }
    if isinstance(expect.suggest, list):
        wanted["suggest"] = tuple(expect.suggest)
    case = expect.case.model_dump(exclude_unset=True) if expect.case else {}
    fields = case.pop("fields", None) or {}
    wanted |= {f"case.{name}": tuple(value) if isinstance(value, list) else value for name, value in case.items()}
    return wanted | {f"case.fields.{name}": value for name, value in fields.items()}


def _facts(decision: Decision, trace: Trace, expect: schema.ExpectForm) -> dict[str, object]:
    """Return what came out, under the names of `_wanted`."""
    fields = _fields(decision)
    named = getattr(decision, "articles", ())
    facts: dict[str, object] = {
        "suggest": named if isinstance(expect.suggest, list) else getattr(decision, "suggest", False),
        "outcome": _OUTCOMES.get(type(decision), "other"),
        "rule": getattr(decision, "rule", ""),
        "acknowledge": getattr(decision, "acknowledge", None) or False,
        "case.type": fields.case_type,
        "case.skills": fields.skills,
        "customer": fields.customer.address if fields.customer else None,
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
