"""Warnings about rules that are sound by themselves but hardly what their writer wants."""

from collections.abc import Callable, Iterator

from mailcase.domain.party import Role
from mailcase.rules.documents import Place
from mailcase.rules.expression import ALWAYS_TRUE
from mailcase.rules.rulebook import CreationRule, Otherwise, Rulebook

ROLES = {"leads": Role.LEAD, "managers": Role.MANAGER, "admins": Role.ADMIN}
"""Whom a clock can tell by role."""
Check = Callable[[Rulebook, frozenset[str]], Iterator[str]]


def lint(rulebook: Rulebook, templates: frozenset[str]) -> tuple[str, ...]:
    """Return the warnings about `rulebook`, one line each, `file:line:column: what` where the place is known.

    `templates` are the names of the templates that there are, such as `customer/acknowledged`.
    """
    return tuple(warning for check in CHECKS for warning in check(rulebook, templates))


def _shadowed_creation(rulebook: Rulebook, _: frozenset[str]) -> Iterator[str]:
    """A rule behind one that catches everything never has its turn; nor does one with the same condition."""
    for number, rule in enumerate(rulebook.creation):
        before = next((one for one in rulebook.creation[:number] if _shadows(one, rule)), None)
        if before is not None:
            yield _warning(rule.place, f"rule {rule.name!r} is never reached: {before.name!r} matches before it.")


def _shadows(before: CreationRule, rule: CreationRule) -> bool:
    is_wide = not before.mailboxes or (rule.mailboxes and rule.mailboxes <= before.mailboxes)
    is_same = before.condition in (ALWAYS_TRUE, rule.condition)
    return bool(
        is_wide
        and is_same
        and before.on is rule.on
        and not before.action.watch
        and before.otherwise is not Otherwise.NEXT
    )


def _shadowed_routing(rulebook: Rulebook, _: frozenset[str]) -> Iterator[str]:
    for number, rule in enumerate(rulebook.routing):
        earlier = rulebook.routing[:number]
        before = next((one for one in earlier if one.condition in (ALWAYS_TRUE, rule.condition)), None)
        if before is not None:
            yield _warning(rule.place, f"rule {rule.name!r} is never reached: {before.name!r} matches before it.")


def _unwatched_queues(rulebook: Rulebook, _: frozenset[str]) -> Iterator[str]:
    for queue in rulebook.queues.values():
        if not queue.members:
            yield f"queues.yaml: queue {queue.name!r} has no active member: nobody is told of its cases."


def _missing_templates(rulebook: Rulebook, templates: frozenset[str]) -> Iterator[str]:
    for rule in rulebook.creation:
        wanted = rule.action.acknowledge
        if wanted and wanted not in templates:
            yield _warning(
                rule.place, f"rule {rule.name!r} acknowledges with {wanted!r}, and there is no such template."
            )
    policies = {"defaults": rulebook.default_policy, **rulebook.policies}
    for name, policy in policies.items():
        if policy.acknowledge and policy.acknowledge not in templates:
            yield f"mailboxes.yaml: {name} acknowledges with {policy.acknowledge!r}, and there is no such template."


def _inactive_owners(rulebook: Rulebook, _: frozenset[str]) -> Iterator[str]:
    owners = [(rule.place, rule.name, rule.action.fields.owner) for rule in rulebook.creation]
    owners += [(rule.place, rule.name, rule.owner) for rule in rulebook.routing]
    for place, name, owner in owners:
        if owner and not rulebook.agents[owner].is_active:
            yield _warning(place, f"rule {name!r} gives cases to {owner}, who is not active.")


def _lonely_agents(rulebook: Rulebook, _: frozenset[str]) -> Iterator[str]:
    members = {key for queue in rulebook.queues.values() for key in queue.members}
    for agent in rulebook.agents.values():
        if agent.is_active and agent.key not in members:
            yield f"agents.yaml: {agent.key} is a member of no queue and hears of no new case."


def _untried_skips(rulebook: Rulebook, _: frozenset[str]) -> Iterator[str]:
    """A rule without condition that skips all new mail makes a desk that takes no cases."""
    for rule in rulebook.creation:
        if rule.condition == ALWAYS_TRUE and rule.action.skip and not rule.mailboxes:
            yield _warning(rule.place, f"rule {rule.name!r} has no condition and skips every mail that reaches it.")


def _roles_without_people(rulebook: Rulebook, _: frozenset[str]) -> Iterator[str]:
    held = {agent.role for agent in rulebook.agents.values() if agent.is_active}
    for level in rulebook.slas.values():
        for name, terms in level.terms.items():
            told = {who for action in (terms.on_warn, terms.on_fail, terms.on_success) for who in action.tell}
            for who in sorted(told & set(ROLES)):
                if rulebook.agents and ROLES[who] not in held:
                    yield _warning(terms.place, f"{name!r} tells {who}, and nobody is a {ROLES[who]}.")


def _warning(place: Place, what: str) -> str:
    return f"{place}: {what}"


CHECKS: tuple[Check, ...] = (
    _shadowed_creation,
    _shadowed_routing,
    _unwatched_queues,
    _missing_templates,
    _inactive_owners,
    _lonely_agents,
    _untried_skips,
    _roles_without_people,
)
