"""Routing rules: which queue and which agent a case goes to; the first rule that matches decides."""

from dataclasses import dataclass
from datetime import datetime

from mailcase.domain.case import Case
from mailcase.domain.decision import Context, Step, Trace
from mailcase.domain.email import InboundEmail
from mailcase.rules.creation import Trial
from mailcase.rules.expression import Truth
from mailcase.rules.rulebook import Rulebook
from mailcase.rules.variables import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a case goes."""

    queue: str | None
    owner: str | None
    """Key of an agent."""
    rule: str
    """Name of the rule, or `mailbox` when none matched."""
    skills: tuple[str, ...] = ()
    """What the agent who gets it has to know."""


def route(
    case: Case,
    email: InboundEmail | None,
    context: Context,
    rulebook: Rulebook,
    now: datetime,
) -> tuple[Route, Trace]:
    """Return where `case` goes, and every rule tried.

    A rule that cannot be evaluated ends the trial: the case goes to its mailbox's queue and the trace has the error.
    """
    trial = Trial(Subject(email=email, classification=None, context=context, case=case, now=now), rulebook)
    steps: list[Step] = []
    for rule in rulebook.routing:
        verdict = trial.judge(rule.condition)
        why = f"error: {verdict.why}" if verdict.truth is Truth.ERROR else verdict.why
        is_hit = verdict.truth is Truth.TRUE
        steps.append(Step(rule=rule.name, place=rule.place.short, is_hit=is_hit, why=why))
        if is_hit:
            chosen = Route(queue=rule.queue, owner=rule.owner, rule=rule.name, skills=rule.skills)
            return chosen, Trace(rulebook=rulebook.version, steps=tuple(steps))
        if verdict.truth is Truth.ERROR:
            break
    queue = context.mailbox.queue or rulebook.default_queue
    why = f"queue of mailbox {context.mailbox.name}" if context.mailbox.queue else "first queue of queues.yaml"
    steps.append(Step(rule="mailbox", place="desk policy", is_hit=True, why=why))
    return Route(queue=queue, owner=None, rule="mailbox"), Trace(rulebook=rulebook.version, steps=tuple(steps))
