"""A trace as a readable tree: every policy and rule that was tried on a mail, and what decided."""

from collections.abc import Sequence

from mailcase.domain.decision import Step, Trace

MAX_WHY = 160  # characters of a reason that are shown


def format_trace(trace: Trace) -> str:
    """Return `trace` as text of several lines, a mark for each step: ✓ matched, · passed, ! failed."""
    lines = [f"rules {trace.rulebook}"]
    lines += [_line(step, trace.steps, is_last=step is trace.steps[-1]) for step in trace.steps]
    return "\n".join(lines)


def _line(step: Step, steps: Sequence[Step], *, is_last: bool) -> str:
    width = min(40, max(len(one.rule) for one in steps))
    places = min(40, max(len(one.place) for one in steps))
    mark = "!" if step.why.startswith("error: ") else "✓" if step.is_hit else "·"
    branch = "└─" if is_last else "├─"
    return f"{branch} {mark} {step.rule:{width}}  {step.place:{places}}  {_short(step.why)}".rstrip()


def _short(why: str) -> str:
    flat = " ".join(why.split())
    return flat if len(flat) <= MAX_WHY else f"{flat[: MAX_WHY - 1]}…"
