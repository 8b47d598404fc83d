"""Creation and routing rules made of their forms: conditions and regexes compiled, names looked up."""

import re

from mailcase.domain.decision import NewCase
from mailcase.domain.flow import NO_FLOW
from mailcase.rules import schema
from mailcase.rules.build_vocabulary import OF_CASE, checked_fields, checked_subject
from mailcase.rules.documents import Path
from mailcase.rules.literals import check_regex, compile_regex
from mailcase.rules.page import Names, Page
from mailcase.rules.rulebook import (
    ENVIRONMENTS,
    ROUTING,
    Action,
    AfterResolved,
    Capture,
    CreationRule,
    On,
    Otherwise,
    RoutingRule,
    UnknownSenders,
    Without,
)

NOT_ENTITLED = r"customer/not_entitled(_\w+)?"
SOURCES = ("subject", "text", "reply")
_MEANINGLESS = {
    On.NEW: ("quiet", "resolved"),
    On.REPLY: ("acknowledge", "suggest", "customer", "unknown_senders", "resolved", "require", "otherwise"),
    On.RESOLVED_REPLY: ("customer", "quiet", "require", "otherwise"),
}


def creation(form: schema.CreationFile, names: Names, page: Page) -> tuple[CreationRule, ...]:
    """Return the creation rules in order."""
    rules = form.rules or []
    page.check_repeated([rule.name for rule in rules])
    return tuple(creation_rule(rule, ("rules", number), names, page) for number, rule in enumerate(rules))


def creation_rule(form: schema.CreationRuleForm, path: Path, names: Names, page: Page) -> CreationRule:
    """Return the rule at `path` of its file."""
    on = On(form.on)
    boxes = [form.mailbox] if isinstance(form.mailbox, str) else form.mailbox or []
    for box in boxes:
        page.check_name((*path, "mailbox"), box, "mailbox", names.mailboxes)
    return CreationRule(
        name=form.name,
        place=page.document.place((*path, "name")),
        mailboxes=frozenset(boxes),
        on=on,
        condition=page.condition(form.when, (*path, "when"), ENVIRONMENTS[on]),
        captures=_captures(form.capture or [], (*path, "capture"), names, page),
        otherwise=Otherwise(form.otherwise),
        action=_action(form.then, on, (*path, "then"), names, page),
    )


def _captures(forms: list[schema.CaptureForm], path: Path, names: Names, page: Page) -> tuple[Capture, ...]:
    found = [_capture(form, (*path, number), names, page) for number, form in enumerate(forms)]
    return tuple(capture for capture in found if capture is not None)


def _capture(form: schema.CaptureForm, path: Path, names: Names, page: Page) -> Capture | None:
    word, _, header = form.source.partition(" ")
    if not (form.source in SOURCES or (word == "header" and header.strip())):
        page.wrong((*path, "in"), f"{form.source!r} cannot be searched; write {', '.join(SOURCES)}, or header NAME.")
    if problem := check_regex(form.pattern):
        page.wrong((*path, "pattern"), f"this regex is wrong ({problem}); mend it (RE2 syntax).")
        return None
    pattern = compile_regex(form.pattern)
    groups = tuple(sorted(pattern.groupindex))
    if not groups:
        page.wrong((*path, "pattern"), "it captures nothing; name a group: (?P<order>[0-9]+).")
    if names.vocabulary.fields:
        for group in groups:
            page.check_name((*path, "pattern"), group, "field", {*names.vocabulary.fields, *OF_CASE})
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
    if form.watch and form.model_fields_set - {"watch"}:
        name = min(form.model_fields_set - {"watch"})
        page.wrong((*path, name, ""), f"a rule that only watches does nothing else; remove {name!r}, or `watch`.")
    wanted = form.acknowledge
    page.check_acknowledgement((*path, "acknowledge"), wanted)
    return Action(
        fields=_fields(form, (*path, "case"), names, page),
        acknowledge=wanted if isinstance(wanted, str) else None,
        is_silent=wanted is False,
        suggest=bool(form.suggest) if form.suggest is not None else None,
        articles=_articles(form, (*path, "suggest"), names, page),
        is_for_reply_to=form.customer == "reply_to",
        unknown_senders=UnknownSenders(form.unknown_senders) if form.unknown_senders else None,
        requires=_without(form, path, names, page),
        skip=form.skip,
        hold=form.hold,
        watch=form.watch,
        quiet=form.quiet,
        resolved=AfterResolved(form.resolved) if form.resolved else None,
    )


def _articles(form: schema.ActionForm, path: Path, names: Names, page: Page) -> tuple[str, ...]:
    """Return the articles that a rule names; that they are there is known only where the articles were read."""
    numbers = form.suggest if isinstance(form.suggest, list) else []
    if form.suggest and form.acknowledge is False:
        page.wrong(
            (*path, ""), "there is no acknowledgement to offer articles in; remove `acknowledge: false`, or this."
        )
    if isinstance(form.suggest, list) and not numbers:
        page.wrong(path, "it names no article; write `false` to offer none, or `true` for those that fit.")
    for number, article in enumerate(numbers):
        if names.articles is not None:
            page.check_name((*path, number), article, "article", names.articles)
    return tuple(numbers)


def _without(form: schema.ActionForm, path: Path, names: Names, page: Page) -> Without | None:
    otherwise = form.otherwise
    if form.require is None:
        if otherwise is not None:
            page.wrong((*path, "otherwise", ""), "it belongs to `require: entitlement`; add that, or remove it.")
        return None
    if otherwise is None or otherwise == "hold":
        return Without()
    if (otherwise.queue is None) == (otherwise.answer is None):
        page.wrong((*path, "otherwise"), "it needs one of queue and answer.")
    page.check_name((*path, "otherwise", "queue"), otherwise.queue, "queue", names.queues)
    if otherwise.answer and not re.fullmatch(NOT_ENTITLED, otherwise.answer):
        what = f"{otherwise.answer!r} is no template of an answer without a case; name customer/not_entitled_…."
        page.wrong((*path, "otherwise", "answer"), what)
    return Without(queue=otherwise.queue, answer=otherwise.answer)


def _fields(form: schema.ActionForm, path: Path, names: Names, page: Page) -> NewCase:
    case = form.case or schema.CaseForm()
    page.check_name((*path, "queue"), case.queue, "queue", names.queues)
    page.check_name((*path, "owner"), case.owner, "agent or team", names.owners)
    page.check_name((*path, "sla"), case.sla, "SLA", names.slas)
    if form.flow:
        page.check_name((*path[:-1], "flow"), form.flow, "flow", names.flows)
    _check_skills(case.skills, (*path, "skills"), names, page)
    return NewCase(
        title=case.title,
        priority=case.priority,
        case_type=case.type,
        origin=case.origin,
        subject=checked_subject(case.subject, names.vocabulary, (*path, "subject"), page),
        product=case.product,
        tags=tuple(case.tags or ()),
        queue=case.queue,
        owner=case.owner,
        skills=tuple(case.skills or ()),
        sla=case.sla,
        is_exempt=case.exempt,
        flow=NO_FLOW if form.flow is False else form.flow,
        note=form.note,
        custom=tuple(checked_fields(case.fields or {}, names.vocabulary, (*path, "fields"), page).items()),
    )


def _check_skills(skills: list[str] | None, path: Path, names: Names, page: Page) -> None:
    known = frozenset(skill for agent in names.agents.values() for skill in agent.skills)
    for number, skill in enumerate(skills or ()):
        page.check_name((*path, number), skill, "agent with the skill", known)


def routing(form: schema.RoutingFile, names: Names, page: Page) -> tuple[RoutingRule, ...]:
    """Return the routing rules in order."""
    rules = form.rules or []
    page.check_repeated([rule.name for rule in rules])
    return tuple(routing_rule(rule, ("rules", number), names, page) for number, rule in enumerate(rules))


def routing_rule(form: schema.RoutingRuleForm, path: Path, names: Names, page: Page) -> RoutingRule:
    """Return the rule at `path` of its file."""
    page.check_name((*path, "to", "queue"), form.to.queue, "queue", names.queues)
    page.check_name((*path, "to", "owner"), form.to.owner, "agent or team", names.owners)
    _check_skills(form.to.skills, (*path, "to", "skills"), names, page)
    if form.to.queue is None and form.to.owner is None:
        page.wrong((*path, "to"), "it names neither a queue nor an owner; add one.")
    return RoutingRule(
        name=form.name,
        place=page.document.place((*path, "name")),
        condition=page.condition(form.when, (*path, "when"), ROUTING),
        queue=form.to.queue,
        owner=form.to.owner,
        skills=tuple(form.to.skills or ()),
    )
