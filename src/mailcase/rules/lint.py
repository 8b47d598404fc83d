"""Warnings about rules that are sound by themselves but hardly what their writer wants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailcase.domain.addressing import PUBLIC_PROVIDERS
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.permission import holders
from mailcase.rules.documents import Place
from mailcase.rules.lint_flows import flow_warnings
from mailcase.rules.lint_trials import automatic_mail, mail_of_our_own, swallowed_mail
from mailcase.rules.rulebook import CreationRule, Otherwise, Rulebook
from mailcase.rules.told import ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the rules are used with."""

    templates: frozenset[str]
    """Names of all templates, such as `customer/acknowledged`."""
    own_templates: frozenset[str] = frozenset()
    """Names of those that the desk has besides the shipped ones."""
    mailboxes: tuple[Mailbox, ...] = ()


Check = Callable[[Rulebook, Around], Iterator[str]]


def lint(rulebook: Rulebook, around: Around) -> tuple[str, ...]:
    """Return the warnings about `rulebook`, one line each, `file:line:column: what` where the place is known."""
    read = (warning for check in CHECKS for warning in check(rulebook, around))
    tried = (warning for trial in TRIALS for warning in trial(rulebook, around.mailboxes))
    return (*read, *tried)


def _shadowed_creation(rulebook: Rulebook, _: Around) -> Iterator[str]:
    """A rule behind one that catches everything never has its turn; nor does one with the same condition."""
    for number, rule in enumerate(rulebook.creation):
        before = next((one for one in rulebook.creation[:number] if _shadows(one, rule)), None)
        if before is not None:
            yield _warning(rule.place, f"rule {rule.name!r} is never reached: {before.name!r} matches before it.")


def _shadows(before: CreationRule, rule: CreationRule) -> bool:
    is_wide = not before.mailboxes or (rule.mailboxes and rule.mailboxes <= before.mailboxes)
    is_same = before.condition.covers(rule.condition)
    return bool(
        is_wide
        and is_same
        and before.on is rule.on
        and not before.action.watch
        and before.otherwise is not Otherwise.NEXT
    )


def _public_domains(rulebook: Rulebook, _: Around) -> Iterator[str]:
    """Whoever has an address there would use what one customer has bought."""
    for agreement in rulebook.agreements.values():
        for domain in sorted(PUBLIC_PROVIDERS.intersection(agreement.domains)):
            yield f"entitlements.yaml: {agreement.key}: {domain} is a public mail provider, whose people are not one customer."


def _shadowed_routing(rulebook: Rulebook, _: Around) -> Iterator[str]:
    for number, rule in enumerate(rulebook.routing):
        earlier = rulebook.routing[:number]
        before = next((one for one in earlier if one.condition.covers(rule.condition)), None)
        if before is not None:
            yield _warning(rule.place, f"rule {rule.name!r} is never reached: {before.name!r} matches before it.")


def _unwatched_queues(rulebook: Rulebook, _: Around) -> Iterator[str]:
    for queue in rulebook.queues.values():
        if not queue.members:
            yield f"queues.yaml: queue {queue.name!r} has no active member: nobody is told of its cases."


def _unreached_queues(rulebook: Rulebook, around: Around) -> Iterator[str]:
    """A queue that nothing leads to holds only what agents put there."""
    led: set[str | None] = {rulebook.default_queue, *(mailbox.queue for mailbox in around.mailboxes)}
    led |= {rule.queue for rule in rulebook.routing} | {rule.action.fields.queue for rule in rulebook.creation}
    led |= {rule.action.requires.queue for rule in rulebook.creation if rule.action.requires is not None}
    terms = [one for level in rulebook.slas.values() for one in level.terms.values()]
    led |= {action.queue for one in terms for action in (one.on_warn, one.on_fail, one.on_success)}
    for queue in rulebook.queues.values():
        if queue.name not in led and queue.mailbox not in {mailbox.name for mailbox in around.mailboxes}:
            yield f"queues.yaml: no rule, mailbox or SLA leads to queue {queue.name!r}: only agents put cases there."


def _missing_templates(rulebook: Rulebook, around: Around) -> Iterator[str]:
    for rule in rulebook.creation:
        wanted = rule.action.acknowledge
        if wanted and wanted not in around.templates:
            yield _warning(
                rule.place, f"rule {rule.name!r} acknowledges with {wanted!r}, and there is no such template."
            )
    for name, notice in rulebook.notices.items():
        if notice.to and notice.template not in around.templates:
            yield f"notices.yaml: {name} is told with {notice.template!r}, and there is no such template."
    policies = {"defaults": rulebook.default_policy, **rulebook.policies}
    for name, policy in policies.items():
        if policy.acknowledge and policy.acknowledge not in around.templates:
            yield f"mailboxes.yaml: {name} acknowledges with {policy.acknowledge!r}, and there is no such template."


def _unused_templates(rulebook: Rulebook, around: Around) -> Iterator[str]:
    used = {rule.action.acknowledge for rule in rulebook.creation}
    used |= {policy.acknowledge for policy in (rulebook.default_policy, *rulebook.policies.values())}
    used |= {notice.template for notice in rulebook.notices.values()}
    for name in sorted(around.own_templates - used):
        yield f"templates/{name}: no rule and no mailbox uses this template, and the desk does not know it by itself."


def _inactive_owners(rulebook: Rulebook, _: Around) -> Iterator[str]:
    owners = [(rule.place, rule.name, rule.action.fields.owner) for rule in rulebook.creation]
    owners += [(rule.place, rule.name, rule.owner) for rule in rulebook.routing]
    for place, name, owner in owners:
        agent, team = rulebook.agents.get(owner or ""), rulebook.teams.get(owner or "")
        if agent and not agent.is_active:
            yield _warning(place, f"rule {name!r} gives cases to {owner}, who is not active.")
        if team and not team.members:
            yield _warning(place, f"rule {name!r} gives cases to the team {owner}, which has no active member.")


def _lonely_agents(rulebook: Rulebook, _: Around) -> Iterator[str]:
    members = {key for queue in rulebook.queues.values() for key in queue.members}
    for agent in rulebook.agents.values():
        if agent.is_active and agent.key not in members:
            yield f"agents.yaml: {agent.key} is a member of no queue and hears of no new case."


def _roles_without_people(rulebook: Rulebook, _: Around) -> Iterator[str]:
    held = {agent.role for agent in rulebook.agents.values() if agent.is_active}
    for level in rulebook.slas.values():
        for name, terms in level.terms.items():
            told = {who for action in (terms.on_warn, terms.on_fail, terms.on_success) for who in action.tell}
            for who in sorted(told & set(ROLES)):
                if rulebook.agents and ROLES[who] not in held:
                    yield _warning(terms.place, f"{name!r} tells {who}, and nobody is a {ROLES[who]}.")


def _permissions_without_people(rulebook: Rulebook, _: Around) -> Iterator[str]:
    """What nobody may do cannot be done, not even on the command line."""
    agents, permissions = rulebook.agents.values(), rulebook.permissions
    if not agents:
        return
    lost = [name for name in permissions.general if not holders(name, None, permissions, agents)]
    if lost:
        yield f"roles.yaml: nobody may {', '.join(lost)}: give somebody the role that it needs, or name somebody."
    for key, grants in permissions.in_queues.items():
        for name in grants:
            if not holders(name, rulebook.queues[key], permissions, agents):
                yield f"roles.yaml: nobody may {name} in the queue {key!r}."


def _owners_outside(rulebook: Rulebook, _: Around) -> Iterator[str]:
    """The owner of a case in a private queue has to belong to it."""
    given = [(rule.place, rule.name, rule.action.fields.queue, rule.action.fields.owner) for rule in rulebook.creation]
    given += [(rule.place, rule.name, rule.queue, rule.owner) for rule in rulebook.routing]
    for place, name, key, owner in given:
        queue = rulebook.queues.get(key or "")
        if queue and owner and not queue.takes_in(owner):
            yield _warning(place, f"rule {name!r} gives cases of the private queue {key} to {owner}, who is no member.")


def _warning(place: Place, what: str) -> str:
    return f"{place}: {what}"


def _flows(rulebook: Rulebook, _: Around) -> Iterator[str]:
    yield from flow_warnings(rulebook)


CHECKS: tuple[Check, ...] = (
    _shadowed_creation,
    _shadowed_routing,
    _public_domains,
    _unwatched_queues,
    _unreached_queues,
    _missing_templates,
    _unused_templates,
    _inactive_owners,
    _lonely_agents,
    _roles_without_people,
    _permissions_without_people,
    _owners_outside,
    _flows,
)
TRIALS = (automatic_mail, swallowed_mail, mail_of_our_own)
"""Each tries the rules on mails to the mailboxes of the desk."""
