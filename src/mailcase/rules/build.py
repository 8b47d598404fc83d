"""The filled forms made into the parts of a rulebook: conditions compiled, regexes compiled, names looked up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import re2  # type: ignore[import-untyped]

from mailcase.domain.decision import NewCase
from mailcase.domain.lifecycle import STATUS_REASONS, StatusReason, StatusReasons
from mailcase.domain.party import Agent, canonical_address
from mailcase.domain.queue import Queue
from mailcase.rules import schema
from mailcase.rules.documents import Document, Path, Problems
from mailcase.rules.expression import ALWAYS_TRUE, Condition, Environment, Faulty, check_regex
from mailcase.rules.forms import suggest
from mailcase.rules.rulebook import (
    ENVIRONMENTS,
    ROUTING,
    Action,
    AfterResolved,
    Capture,
    CreationRule,
    On,
    Otherwise,
    Policy,
    RoutingRule,
    UnknownSenders,
)

SOURCES = ("subject", "text", "reply")
_NEW_ONLY = ("case", "acknowledge", "unknown_senders")
_MEANINGLESS = {
    On.NEW: ("quiet", "resolved"),
    On.REPLY: (*_NEW_ONLY, "resolved"),
    On.RESOLVED_REPLY: ("quiet",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What rules may refer to by name."""

    mailboxes: frozenset[str]
    queues: Mapping[str, Queue]
    agents: Mapping[str, Agent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file while it is built: its places, and where complaints go."""

    document: Document
    problems: Problems

    def wrong(self, path: Path, what: str) -> None:
        """Complain about the value at `path`."""
        self.problems.add(self.document.place(path), what)

    def check_name(self, path: Path, name: str | None, noun: str, known: Iterable[str]) -> None:
        """Complain when `name` is given and is none of `known`."""
        if name is not None and name not in set(known):
            self.wrong(path, f"there is no {noun} {name!r}; {suggest(name, sorted(known))}")


def agents(form: schema.AgentsFile, page: Page) -> dict[str, Agent]:
    """Return the agents by key; two with one address are wrong."""
    found: dict[str, Agent] = {}
    owners: dict[str, str] = {}
    for key, one in (form.agents or {}).items():
        address = canonical_address(one.address)
        path: Path = ("agents", key, "address")
        local, _, domain = address.rpartition("@")
        if not local or not domain or " " in address:
            page.wrong(path, f"{one.address!r} is not a mail address; write name@domain.")
        if address in owners:
            page.wrong(path, f"{one.address} is the address of {owners[address]} already; give each agent one's own.")
        owners[address] = key
        found[key] = Agent(
            key=key, name=one.name, address=address, role=one.role, is_active=one.active, language=one.language
        )
    return found


def queues(form: schema.QueuesFile, staff: Mapping[str, Agent], page: Page) -> dict[str, Queue]:
    """Return the queues by name, in the order of the file."""
    active = tuple(agent.key for agent in staff.values() if agent.is_active)
    found: dict[str, Queue] = {}
    for name, one in form.queues.items():
        listed = active if one.members == "all" else tuple(one.members or ())
        for number, member in enumerate(listed if one.members != "all" else ()):
            page.check_name(("queues", name, "members", number), member, "agent", staff)
        members = tuple(dict.fromkeys(key for key in listed if key in active))
        found[name] = Queue(name=name, title=one.title, members=members, is_private=one.private)
    return found


def status_reasons(form: schema.StatusReasonsFile, page: Page) -> StatusReasons:
    """Return the built-in status reasons and those of the file."""
    built_in = {reason.key for reason in STATUS_REASONS}
    added = []
    for key, one in (form.reasons or {}).items():
        if key in built_in:
            page.wrong(("reasons", key, ""), f"{key!r} is a built-in reason; choose another key.")
        added.append(StatusReason(key=key, title=one.title, status=one.status, pauses_clocks=one.pauses_clocks))
    return StatusReasons((*STATUS_REASONS, *added))


def policies(form: schema.MailboxesFile, names: Names, page: Page) -> tuple[Policy, dict[str, Policy]]:
    """Return the default policy, and that of each mailbox which has its own."""
    default = _policy(form.defaults, Policy())
    for key in form.mailboxes or {}:
        page.check_name(("mailboxes", key, ""), key, "mailbox", names.mailboxes)
    return default, {key: _policy(one, default) for key, one in (form.mailboxes or {}).items()}


def _policy(form: schema.PolicyForm, base: Policy) -> Policy:
    resolved, wanted = form.resolved_reply, form.acknowledge
    may_open = form.agents_may_open_cases
    return Policy(
        unknown_senders=UnknownSenders(form.unknown_senders) if form.unknown_senders else base.unknown_senders,
        reactivate_within=resolved.reactivate_within if resolved else base.reactivate_within,
        after_that=AfterResolved(resolved.then) if resolved else base.after_that,
        acknowledge=wanted if isinstance(wanted, str) else None if wanted is False else base.acknowledge,
        agents_may_open_cases=base.agents_may_open_cases if may_open is None else may_open,
        hold_strange_bounces=form.strange_bounces == "hold" if form.strange_bounces else base.hold_strange_bounces,
    )


def creation(form: schema.CreationFile, names: Names, page: Page) -> tuple[CreationRule, ...]:
    """Return the creation rules in order."""
    rules = form.rules or []
    _refuse_repeated([rule.name for rule in rules], page)
    return tuple(_creation_rule(rule, ("rules", number), names, page) for number, rule in enumerate(rules))


def _creation_rule(form: schema.CreationRuleForm, path: Path, names: Names, page: Page) -> CreationRule:
    on = On(form.on)
    boxes = [form.mailbox] if isinstance(form.mailbox, str) else form.mailbox or []
    for box in boxes:
        page.check_name((*path, "mailbox"), box, "mailbox", names.mailboxes)
    return CreationRule(
        name=form.name,
        place=page.document.place((*path, "name")),
        mailboxes=frozenset(boxes),
        on=on,
        condition=condition(form.when, (*path, "when"), ENVIRONMENTS[on], page),
        captures=_captures(form.capture or [], (*path, "capture"), page),
        otherwise=Otherwise(form.otherwise),
        action=_action(form.then, on, (*path, "then"), names, page),
    )


def condition(text: str, path: Path, environment: Environment, page: Page) -> Condition:
    """Return the compiled condition; what is wrong with it is told at its place in the file."""
    try:
        return environment.compile(text)
    except Faulty as error:
        for fault in error.faults:
            page.problems.add(page.document.place_in(path, fault.line, fault.column), fault.what)
        return ALWAYS_TRUE


def _captures(forms: list[schema.CaptureForm], path: Path, page: Page) -> tuple[Capture, ...]:
    found = [_capture(form, (*path, number), page) for number, form in enumerate(forms)]
    return tuple(capture for capture in found if capture is not None)


def _capture(form: schema.CaptureForm, path: Path, page: Page) -> Capture | None:
    word, _, header = form.source.partition(" ")
    if not (form.source in SOURCES or (word == "header" and header.strip())):
        page.wrong((*path, "in"), f"{form.source!r} cannot be searched; write {', '.join(SOURCES)}, or header NAME.")
    if problem := check_regex(form.pattern):
        page.wrong((*path, "pattern"), f"this regex is wrong ({problem}); mend it (RE2 syntax).")
        return None
    pattern = re2.compile(form.pattern)
    groups = tuple(sorted(pattern.groupindex))
    if not groups:
        page.wrong((*path, "pattern"), "it captures nothing; name a group: (?P<order>[0-9]+).")
    for name in form.default or {}:
        page.check_name((*path, "default", name, ""), name, "group", groups)
    defaults = tuple((form.default or {}).items())
    return Capture(source=f"{word} {header.strip()}".strip(), pattern=pattern, groups=groups, defaults=defaults)


def _action(form: schema.ActionForm, on: On, path: Path, names: Names, page: Page) -> Action:
    for name in _MEANINGLESS[on]:
        if name in form.model_fields_set:
            page.wrong((*path, name, ""), f"{name!r} means nothing in a rule with on: {on}; remove it.")
    ends = [name for name in ("skip", "hold", "watch") if getattr(form, name)]
    if len(ends) > 1:
        page.wrong((*path, ends[1], ""), f"{' and '.join(ends)} exclude each other; keep one.")
    wanted = form.acknowledge
    return Action(
        fields=_fields(form, (*path, "case"), names, page),
        acknowledge=wanted if isinstance(wanted, str) else None,
        is_silent=wanted is False,
        unknown_senders=UnknownSenders(form.unknown_senders) if form.unknown_senders else None,
        skip=form.skip,
        hold=form.hold,
        watch=form.watch,
        quiet=form.quiet,
        resolved=AfterResolved(form.resolved) if form.resolved else None,
    )


def _fields(form: schema.ActionForm, path: Path, names: Names, page: Page) -> NewCase:
    case = form.case or schema.CaseForm()
    page.check_name((*path, "queue"), case.queue, "queue", names.queues)
    page.check_name((*path, "owner"), case.owner, "agent", names.agents)
    return NewCase(
        title=case.title,
        priority=case.priority,
        case_type=case.type,
        origin=case.origin,
        subject=case.subject,
        product=case.product,
        tags=tuple(case.tags or ()),
        queue=case.queue,
        owner=case.owner,
        note=form.note,
        custom=tuple((case.fields or {}).items()),
    )


def routing(form: schema.RoutingFile, names: Names, page: Page) -> tuple[RoutingRule, ...]:
    """Return the routing rules in order."""
    rules = form.rules or []
    _refuse_repeated([rule.name for rule in rules], page)
    return tuple(_routing_rule(rule, ("rules", number), names, page) for number, rule in enumerate(rules))


def _routing_rule(form: schema.RoutingRuleForm, path: Path, names: Names, page: Page) -> RoutingRule:
    page.check_name((*path, "to", "queue"), form.to.queue, "queue", names.queues)
    page.check_name((*path, "to", "owner"), form.to.owner, "agent", names.agents)
    if form.to.queue is None and form.to.owner is None:
        page.wrong((*path, "to"), "it names neither a queue nor an owner; add one.")
    return RoutingRule(
        name=form.name,
        place=page.document.place((*path, "name")),
        condition=condition(form.when, (*path, "when"), ROUTING, page),
        queue=form.to.queue,
        owner=form.to.owner,
    )


def _refuse_repeated(names: list[str], page: Page) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            page.wrong(("rules", number, "name"), f"a rule is called {name!r} already; the trace needs two names.")
