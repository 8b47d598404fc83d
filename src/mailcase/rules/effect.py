"""What a judgement does, as names and texts that two judgements of one mail can be compared by."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from mailcase.domain.case import Case
from mailcase.domain.decision import (
    AppendToCase,
    Hold,
    Ignore,
    NewCase,
    OpenCase,
    ReactivateCase,
    RecordBounce,
    ReturnToAgent,
    RunCommands,
)
from mailcase.rules.judge import Judgement

NONE = "none"
"""Said of what is deliberately not there."""
PROMISE = "promise "
"""Begins the names of facts about the clocks of a new case."""
_UPDATES = ("title", "priority", "case_type", "origin", "subject", "product", "queue", "owner", "sla", "flow", "note")
_NAMES = {"case_type": "type"}
Pairs = tuple[tuple[str, str], ...]


class Sort(StrEnum):
    """What somebody who changes rules wants to know first about a difference."""

    DECIDED = "decided"
    """Opened, filed, held or skipped instead."""
    ROUTED = "routed"
    """Another queue or owner."""
    PRIORITISED = "prioritised"
    ANSWERED = "answered"
    """Another acknowledgement, or none; other articles offered."""
    GUIDED = "guided"
    """Another process flow, or none."""
    PROMISED = "promised"
    """Another service level, or another time that a clock runs out."""
    FILLED_IN = "filled in"
    """Other fields, tags or notes."""


_SORTS = {
    "outcome": Sort.DECIDED,
    "reason": Sort.DECIDED,
    "quiet": Sort.DECIDED,
    "queue": Sort.ROUTED,
    "owner": Sort.ROUTED,
    "priority": Sort.PRIORITISED,
    "acknowledge": Sort.ANSWERED,
    "flow": Sort.GUIDED,
    "suggest": Sort.ANSWERED,
    "sla": Sort.PROMISED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What becomes of a mail."""

    outcome: str
    """`open`, `append`, `reactivate`, `commands`, `return`, `bounce`, `hold` or `skip`."""
    rule: str
    """Which rule decided; another rule with the same effect is no difference."""
    facts: Pairs = ()
    """Name and text of all else, such as `("queue", "billing")`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that comes out differently."""

    name: str
    before: str
    after: str

    @property
    def sort(self) -> Sort:
        """What sort of difference it is."""
        return Sort.PROMISED if self.name.startswith(PROMISE) else _SORTS.get(self.name, Sort.FILLED_IN)


def differences(before: Effect, after: Effect) -> tuple[Difference, ...]:
    """Return what differs, in a fixed order. When the outcome does, what only one of them has is no news."""
    if before.outcome != after.outcome:
        return (Difference(name="outcome", before=before.outcome, after=after.outcome),)
    old, new = dict(before.facts), dict(after.facts)
    return tuple(
        Difference(name=name, before=old.get(name, NONE), after=new.get(name, NONE))
        for name in dict.fromkeys((*old, *new))
        if old.get(name, NONE) != new.get(name, NONE)
    )


def effect(judged: Judgement) -> Effect:
    """Return what `judged` does."""
    outcome, facts = _outcome(judged)
    return Effect(outcome=outcome, rule=judged.rule, facts=tuple((name, text) for name, text in facts if text))


def _outcome(judged: Judgement) -> tuple[str, Pairs]:  # noqa: PLR0911 - one line for each kind of decision
    match judged.decision:
        case OpenCase() as decision:
            assert judged.case is not None, "who opens a case has drafted it"
            named = judged.entitlement.entitlement.name if judged.entitlement else ""
            return "open", (*_opened(judged.case), ("entitlement", named), *_greeted(decision))
        case AppendToCase(update=update, note=note, is_quiet=is_quiet):
            return "append", (("quiet", "yes" if is_quiet else "no"), ("note", note or ""), *_updated(update))
        case ReactivateCase(update=update):
            return "reactivate", tuple(_updated(update))
        case Hold(reason=reason):
            return "hold", (("reason", reason.value),)
        case Ignore(reason=reason, answer=answer):
            return "skip", (("reason", reason), ("acknowledge", answer or ""))
        case RunCommands(agent=agent):
            return "commands", (("agent", agent.key),)
        case ReturnToAgent(agent=agent, why=why):
            return "return", (("agent", agent.key), ("reason", why))
        case RecordBounce(is_permanent=is_permanent):
            return "bounce", (("permanent", "yes" if is_permanent else "no"),)
        case _:
            assert_never(judged.decision)


def _opened(case: Case) -> Iterator[tuple[str, str]]:
    yield "queue", case.queue or NONE
    yield "owner", case.owner or NONE
    yield "priority", case.priority.value
    yield "title", case.title
    yield "type", case.case_type.value if case.case_type else ""
    yield "origin", case.origin.value
    yield from (("subject", case.subject), ("product", case.product), ("sla", case.sla or ""))
    yield "flow", case.flow or ""
    yield "tags", ", ".join(case.tags)
    yield from ((f"fields.{name}", text) for name, text in case.custom)


def _greeted(decision: OpenCase) -> Iterator[tuple[str, str]]:
    yield "acknowledge", decision.acknowledge or NONE
    yield "suggest", (", ".join(decision.articles) or "those that fit") if decision.suggest else ""
    yield "note", decision.fields.note or ""
    yield "customer", decision.fields.customer.address if decision.fields.customer else ""
    yield "skills", ", ".join(decision.fields.skills)


def _updated(update: NewCase | None) -> Iterator[tuple[str, str]]:
    if update is None:
        return
    for name in _UPDATES:
        yield _NAMES.get(name, name), str(getattr(update, name) or "")
    yield "tags", ", ".join(update.tags)
    yield from ((f"fields.{name}", text) for name, text in update.custom)
