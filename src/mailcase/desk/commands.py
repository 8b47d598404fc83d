"""Running an agent's commands on a case: all of one mail, or none of it.

The verbs are in `desk.verbs`. The command line runs the same table.
"""

from dataclasses import dataclass, replace

from mailcase.desk import cases, participants
from mailcase.desk.call import Call, Request, Surroundings
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.desk.reading import titles
from mailcase.desk.rights import require
from mailcase.desk.verbs import RUN
from mailcase.domain import lifecycle
from mailcase.domain.article_use import Use
from mailcase.domain.command import Command
from mailcase.domain.command_table import help_text
from mailcase.domain.draft import Draft
from mailcase.domain.events import NoteAdded
from mailcase.domain.permission import Right
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook

FIXED = {"show": "see below", "dry": "only tried: nothing of this was done, nothing was sent"}
SENT_ANYWAY = "sent in spite of what came meanwhile"
ONLY_TELL = frozenset({"show", "help", "dry"})
"""They change nothing, so that a case that was merged has them too."""
SKIPPED = "not done, because of the refusal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a transcript: what was asked, and what came of it."""

    command: str
    outcome: str
    is_ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a set of commands led to."""

    outcome: Outcome
    lines: tuple[Line, ...]
    wants_timeline: bool = False
    """`#show` was among them."""
    is_trial: bool = False
    """`#dry` was among them: nothing was done."""
    draft: Draft | None = None
    """The held mail that `#send` among them brought back."""

    @property
    def refusal(self) -> Line | None:
        """The line that undid all others, if there is one."""
        return next((line for line in self.lines if not line.is_ok and line.outcome != SKIPPED), None)


def run(start: Outcome, request: Request, rulebook: Rulebook, act: Act, around: Surroundings | None = None) -> Ran:
    """Run every command of `request` in order, then send its words unless a closure mail carries them.

    What may be done is judged by the queue that the case is in at first. One refusal undoes all: the lines then say which
    command was refused and why, and the outcome is `start`.
    """
    outcome, lines, around = start, [], around or Surroundings()
    for index, command in enumerate(request.commands):
        try:
            require(rulebook, request.agent, command.spec.name, start.case)
            if command.spec.name not in ONLY_TELL:
                lifecycle.require_unmerged(outcome.case)
            if not command.spec.works_on_closed:
                lifecycle.require_active(outcome.case)
            call = Call(command=command, request=request, rulebook=rulebook, act=act, around=around)
            before, outcome = outcome, RUN[command.spec.name](outcome, call)
            _require_apart(outcome)
        except Refused as refused:
            skipped = [
                Line(command=str(other), outcome=SKIPPED, is_ok=False)
                for position, other in enumerate(request.commands)
                if position != index
            ]
            refusal = Line(command=str(command), outcome=str(refused), is_ok=False)
            return Ran(outcome=start, lines=(*skipped[:index], refusal, *skipped[index:]))
        lines.append(Line(command=str(command), outcome=_said(command, before, outcome), is_ok=True))
    names = {command.spec.name for command in request.commands}
    words = request.words or _list_of_articles(outcome, act)
    if words is not None and "resolve" not in names:
        try:
            require(rulebook, request.agent, Right.REPLY, start.case)
            outcome = cases.reply(outcome, words, act)
        except Refused as refused:
            return Ran(outcome=start, lines=(Line(command="your reply", outcome=str(refused), is_ok=False),))
    if "dry" in names:
        return Ran(outcome=start, lines=_tried(lines, request), wants_timeline="show" in names, is_trial=True)
    return Ran(outcome=outcome, lines=tuple(lines), wants_timeline="show" in names, draft=request.draft)


def _list_of_articles(outcome: Outcome, act: Act) -> NewActivity | None:
    """Return the mail that carries articles without a word of the agent's, or None when none is sent."""
    sent = [one for one in outcome.articles if one.use is Use.SENT]
    return cases.outgoing(outcome.case, titles(sent), act) if sent else None


def _tried(lines: list[Line], request: Request) -> tuple[Line, ...]:
    """Return what would have been done."""
    would = [line if line.command == "#dry" else replace(line, outcome=f"would be: {line.outcome}") for line in lines]
    words = request.words.activity.text.strip() if request.words else ""
    mail = [Line(command="your words", outcome=f"would go to the customer: {words}", is_ok=True)] if words else []
    return (*would, *mail)


def _require_apart(outcome: Outcome) -> None:
    """Raise Refused when two commands change another case: the second would not know of the first."""
    ids = [other.case.id for other in outcome.others if other.before is not None]
    twice = next((other.case for other in outcome.others if ids.count(other.case.id) > 1), None)
    if twice is not None:
        raise Refused(f"{twice.number} is changed by another command of this mail already; send them one by one.")


def _said(command: Command, before: Outcome, outcome: Outcome) -> str:
    """Say in a line what a command did."""
    if command.spec.name == "help":
        return help_text()
    if command.spec.name in FIXED:
        return FIXED[command.spec.name]
    if command.spec.name == "cc" and not command.argument:
        return participants.told(outcome)
    if len(outcome.answers) > len(before.answers):
        return outcome.answers[-1]
    told = [event.summary for event in outcome.events[len(before.events) :] if not isinstance(event, NoteAdded)]
    if command.spec.name in ("send", "cc") and not told:
        return SENT_ANYWAY if command.spec.name == "send" else participants.told(outcome)
    return "; ".join(told) or (outcome.events[-1].summary if outcome.events else "done")
