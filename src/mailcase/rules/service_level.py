"""Which promises a case has, and which of them are kept by a condition of the rules."""

from datetime import datetime

from mailcase.domain.case import Case
from mailcase.domain.decision import Context, Step, Trace
from mailcase.domain.sla import NO_SLA, SlaItem
from mailcase.rules.creation import Trial
from mailcase.rules.expression import Truth
from mailcase.rules.rulebook import ClockAction, Rulebook, ServiceLevel, Terms
from mailcase.rules.variables import Subject


def service_level(case: Case, rulebook: Rulebook, entitlement_sla: str | None = None) -> ServiceLevel | None:
    """Return the agreement that counts: set on the case by hand or rule, else the entitlement's, else the default.

    A name that the rules do not know any more is passed over.
    """
    if case.sla == NO_SLA:
        return None
    names = (case.sla, entitlement_sla, rulebook.default_sla)
    return next((rulebook.slas[name] for name in names if name and name in rulebook.slas), None)


def applicable_items(
    level: ServiceLevel, case: Case, context: Context, rulebook: Rulebook, now: datetime
) -> tuple[tuple[SlaItem, ...], Trace]:
    """Return the items of `level` that apply to `case`, the first of each KPI, and what decided.

    An item whose condition cannot be evaluated applies: a clock too many is seen, a missing one is not.
    """
    trial = Trial(Subject(email=None, classification=None, context=context, case=case, now=now), rulebook)
    steps: list[Step] = []

    def applies(item: SlaItem) -> bool:
        terms = level.terms[item.name]
        verdict = trial.judge(terms.applies)
        is_hit = verdict.truth is not Truth.FALSE
        why = f"error: {verdict.why}" if verdict.truth is Truth.ERROR else verdict.why
        steps.append(Step(rule=f"{level.sla.name}/{item.name}", place=terms.place.short, is_hit=is_hit, why=why))
        return is_hit

    return level.sla.applicable(applies), Trace(rulebook=rulebook.version, steps=tuple(steps))


def is_fulfilled(terms: Terms, case: Case, context: Context, rulebook: Rulebook, now: datetime) -> bool | None:
    """Return whether the rules call the promise kept, or None when its KPI alone says so.

    A condition that cannot be evaluated keeps nothing.
    """
    if terms.succeeds is None:
        return None
    trial = Trial(Subject(email=None, classification=None, context=context, case=case, now=now), rulebook)
    return trial.judge(terms.succeeds).truth is Truth.TRUE


def terms_of(rulebook: Rulebook, sla: str, item: str) -> Terms | None:
    """Return what the rules say about the item that a clock was begun for, or None when they forgot it."""
    level = rulebook.slas.get(sla)
    return level.terms.get(item) if level else None


def actions(rulebook: Rulebook, sla: str, item: str) -> tuple[ClockAction, ClockAction, ClockAction]:
    """Return what follows a warning, a failure and a success of this clock; nothing when the rules forgot the item."""
    terms = terms_of(rulebook, sla, item)
    if terms is None:
        return ClockAction(), ClockAction(), ClockAction()
    return terms.on_warn, terms.on_fail, terms.on_success
