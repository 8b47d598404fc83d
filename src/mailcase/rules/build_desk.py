"""The people, queues, mailbox policies and status reasons that the rule files declare."""

from collections.abc import Collection, Mapping

from mailcase.domain.assignment import Terms
from mailcase.domain.lifecycle import INITIAL_REASON, STATUS_REASONS, TRANSITIONS, StatusReason, StatusReasons
from mailcase.domain.party import Agent, Team, canonical_address
from mailcase.domain.queue import Queue
from mailcase.rules import schema_desk as schema
from mailcase.rules.documents import Path
from mailcase.rules.page import Names, Page
from mailcase.rules.rulebook import AfterResolved, Policy, UnknownSenders
from mailcase.rules.told import NOTICES, TOLD, Notice


def agents(form: schema.AgentsFile, ours: Mapping[str, str], page: Page) -> dict[str, Agent]:
    """Return the agents by key; each has an address that is no other agent's and no mailbox's (`ours`, to its key)."""
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
        if address in ours:  # every notification would come back as a customer's mail
            page.wrong(path, f"{one.address} is the address of mailbox {ours[address]}; give the agent one's own.")
        owners[address] = key
        found[key] = Agent(
            key=key,
            name=one.name,
            address=address,
            role=one.role,
            is_active=one.active,
            language=one.language,
            capacity=one.capacity,
            skills=tuple(one.skills or ()),
            calendar=one.calendar or "",
            login=one.login or key,
        )
    return found


def queues(
    form: schema.QueuesFile,
    staff: Mapping[str, Agent],
    groups: Mapping[str, Team],
    mailboxes: Collection[str],
    page: Page,
) -> dict[str, Queue]:
    """Return the queues by name, in the order of the file; the members of their teams are members of theirs."""
    active = tuple(agent.key for agent in staff.values() if agent.is_active)
    found: dict[str, Queue] = {}
    for name, one in form.queues.items():
        listed = active if one.members == "all" else tuple(one.members or ())
        for number, member in enumerate(listed if one.members != "all" else ()):
            page.check_name(("queues", name, "members", number), member, "agent or team", (*staff, *groups))
        page.check_name(("queues", name, "mailbox"), one.mailbox, "mailbox", mailboxes)
        people = (key for member in listed for key in (groups[member].members if member in groups else (member,)))
        members = tuple(dict.fromkeys(key for key in people if key in active))
        terms = Terms(method=one.assign, units=one.units, match=one.skills, calendar=one.calendar or "")
        found[name] = Queue(
            name=name,
            title=one.title,
            members=members,
            teams=tuple(member for member in listed if member in groups),
            is_private=one.private,
            mailbox=one.mailbox or "",
            terms=terms,
        )
    return found


def check_hours(form: schema.AgentsFile | schema.QueuesFile, calendars: Collection[str], page: Page) -> None:
    """Complain about agents and queues whose calendar is none of `calendars`."""
    top = "agents" if isinstance(form, schema.AgentsFile) else "queues"
    entries: Mapping[str, schema.AgentForm | schema.QueueForm] = getattr(form, top) or {}
    for key, one in entries.items():
        page.check_name((top, key, "calendar"), one.calendar, "calendar", calendars)


def status_reasons(form: schema.StatusReasonsFile, page: Page) -> StatusReasons:
    """Return the built-in status reasons, as the file changes them, and those it adds."""
    reasons = {reason.key: reason for reason in STATUS_REASONS}
    for key, one in (form.reasons or {}).items():
        if key in reasons and reasons[key].status is not one.status:
            page.wrong(
                ("reasons", key, "status"), f"{key} is a reason of {reasons[key].status} cases; choose another key."
            )
        reasons[key] = StatusReason(
            key=key,
            title=one.title,
            status=one.status,
            pauses_clocks=one.pauses_clocks,
            after=frozenset(one.after or ()),
        )
    for key, one in (form.reasons or {}).items():
        _check_after(key, one, reasons, page)
    for key in _dead_ends(reasons):
        page.wrong(("reasons", key, ""), f"no resolved or cancelled reason can follow {key}; widen an `after`.")
    return StatusReasons(tuple(reasons.values()))


def _check_after(key: str, form: schema.StatusReasonForm, reasons: Mapping[str, StatusReason], page: Page) -> None:
    path: Path = ("reasons", key, "after")
    if form.after and key == INITIAL_REASON:
        page.wrong(path, f"{key} begins every case and follows any reason; remove `after`.")
    for number, before in enumerate(form.after or ()):
        page.check_name((*path, number), before, "status reason", reasons)
        known = reasons.get(before)
        if known and form.status not in TRANSITIONS[known.status]:
            page.wrong((*path, number), f"a case that is {known.status} cannot become {form.status}; remove {before}.")


def _dead_ends(reasons: Mapping[str, StatusReason]) -> list[str]:
    """Return the active reasons from which no way leads to an inactive one."""
    alive = {key for key, reason in reasons.items() if reason.status not in TRANSITIONS[reason.status]}
    for _ in reasons:
        alive |= {key for key, one in reasons.items() if any(_follows(reasons[after], one) for after in alive)}
    return [key for key in reasons if key not in alive]


def _follows(reason: StatusReason, before: StatusReason) -> bool:
    return reason.status in TRANSITIONS[before.status] and (not reason.after or before.key in reason.after)


def notices(form: schema.NoticesFile, names: Names, page: Page) -> dict[str, Notice]:
    """Return who is told of what: as shipped, and as the file changes it."""
    found = dict(NOTICES)
    for key, one in (form.notices or {}).items():
        for number, who in enumerate(one.to or []):
            page.check_name(("notices", key, "to", number), who, "agent, team or role", (*TOLD, *names.owners))
        if one.template and not one.template.startswith("agent/"):
            page.wrong(("notices", key, "template"), f"{one.template!r} is no agent's mail; name one below agent/.")
        usual = NOTICES[key]
        found[key] = Notice(to=usual.to if one.to is None else tuple(one.to), template=one.template or usual.template)
    return found


def policies(form: schema.MailboxesFile, names: Names, page: Page) -> tuple[Policy, dict[str, Policy]]:
    """Return the default policy, and that of each mailbox which has its own."""
    default = _policy(form.defaults, Policy())
    page.check_acknowledgement(("defaults", "acknowledge"), form.defaults.acknowledge)
    for key, one in (form.mailboxes or {}).items():
        page.check_acknowledgement(("mailboxes", key, "acknowledge"), one.acknowledge)
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
        suggest=base.suggest if form.suggest is None else form.suggest,
        agents_may_open_cases=base.agents_may_open_cases if may_open is None else may_open,
        hold_strange_bounces=form.strange_bounces == "hold" if form.strange_bounces else base.hold_strange_bounces,
        parent_closing=form.parent_closing or base.parent_closing,
    )
