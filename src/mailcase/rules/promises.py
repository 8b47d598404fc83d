"""What a new case is promised, as facts that two sets of rules can be compared by."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.rules.effect import PROMISE, Effect
from mailcase.rules.judge import Judgement
from mailcase.rules.rulebook import Rulebook
from mailcase.rules.service_level import applicable_items, service_level


def with_promises(found: Effect, judged: Judgement, context: Context, rulebook: Rulebook, now: datetime) -> Effect:
    """Return `found` with the clocks that the case opened by `judged` would have, if it opens one."""
    if judged.case is None:
        return found
    return replace(found, facts=(*found.facts, *_promises(judged.case, context, rulebook, now)))


def _promises(case: Case, context: Context, rulebook: Rulebook, now: datetime) -> Iterator[tuple[str, str]]:
    level = service_level(case, rulebook)
    if level is None:
        return
    items, _ = applicable_items(level, case, context, rulebook, now)
    for item in items:
        due = rulebook.calendars[item.calendar].add(case.created_at, item.fail_after)
        yield f"{PROMISE}{item.kpi}", f"by {due:%Y-%m-%d %H:%M} UTC ({level.sla.name}/{item.name})"
