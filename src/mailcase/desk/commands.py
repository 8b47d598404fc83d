"""Running an agent's commands on a case: all of one mail, or none of it.

`RUN` maps the names of `domain.command.COMMANDS` to verbs of `desk.cases`. The command line runs the same table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailcase.desk import cases
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.domain import lifecycle
from mailcase.domain.case import Status
from mailcase.domain.command import Command, help_text
from mailcase.domain.email import Attachment
from mailcase.domain.party import Agent, Role, canonical_address
from mailcase.domain.queue import Queue
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook

RANKS = {role: rank for rank, role in enumerate(Role)}
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

    @property
    def refusal(self) -> Line | None:
        """The line that undid all others, if there is one."""
        return next((line for line in self.lines if not line.is_ok and line.outcome != SKIPPED), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Commands and words of one agent for one case."""

    agent: Agent
    commands: tuple[Command, ...]
    words: NewActivity | None
    """The mail for the customer, or None when there are no words."""
    files: tuple[Attachment, ...] = ()
    """To be kept with a note; those of a mail are kept with the activity that the mail becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command, with all that a verb may need to do it."""

    command: Command
    request: Request
    rulebook: Rulebook
    act: Act


def run(start: Outcome, request: Request, rulebook: Rulebook, act: Act) -> Ran:
    """Run every command of `request` in order, then send its words unless a closure mail carries them.

    One refusal undoes all: the lines then say which command was refused and why, and the outcome is `start`.
    """
    outcome, lines = start, []
    for index, command in enumerate(request.commands):
        try:
            _require_role(request.agent, command)
            if not command.spec.works_on_closed:
                lifecycle.require_active(outcome.case)
            outcome = RUN[command.spec.name](
                outcome, Call(command=command, request=request, rulebook=rulebook, act=act)
            )
        except Refused as refused:
            skipped = [
                Line(command=str(other), outcome=SKIPPED, is_ok=False)
                for position, other in enumerate(request.commands)
                if position != index
            ]
            refusal = Line(command=str(command), outcome=str(refused), is_ok=False)
            return Ran(outcome=start, lines=(*skipped[:index], refusal, *skipped[index:]))
        lines.append(Line(command=str(command), outcome=_said(command, outcome), is_ok=True))
    names = {command.spec.name for command in request.commands}
    if request.words is not None and "resolve" not in names:
        try:
            outcome = cases.reply(outcome, request.words, act)
        except Refused as refused:
            return Ran(outcome=start, lines=(Line(command="your reply", outcome=str(refused), is_ok=False),))
    return Ran(outcome=outcome, lines=tuple(lines), wants_timeline="show" in names)


def find_agent(words: str, me: Agent | None, agents: Mapping[str, Agent]) -> Agent:
    """Return the agent whom `words` names: `me`, a key, an address, or a name's unique beginning."""
    wanted = words.strip().lstrip("@").lower()
    if wanted in ("me", "mir", "moi", "mí") and me is not None:
        return me
    for agent in agents.values():
        if wanted in (agent.key.lower(), agent.name.lower()) or canonical_address(wanted) == agent.address:
            return agent
    close = [agent for agent in agents.values() if wanted and agent.name.lower().startswith(wanted)]
    if len(close) == 1:
        return close[0]
    raise Refused(f"{words!r} is no agent here; there are: {', '.join(sorted(agents)) or 'none'}.")


def find_queue(words: str, queues: Mapping[str, Queue]) -> Queue:
    """Return the queue whose name or title is `words`."""
    wanted = words.strip().lower()
    for queue in queues.values():
        if wanted in (queue.name.lower(), queue.title.lower()):
            return queue
    raise Refused(f"{words!r} is no queue here; there are: {', '.join(sorted(queues)) or 'none'}.")


def _require_role(agent: Agent, command: Command) -> None:
    if RANKS[agent.role] < RANKS[command.spec.role]:
        raise Refused(f"#{command.spec.name} needs the role {command.spec.role}; you are {agent.role}.")


def _resolve(outcome: Outcome, call: Call) -> Outcome:
    """`#resolve [reason] [words]`: the first word is a reason when it is the key of one."""
    first, _, rest = call.command.argument.partition(" ")
    reasons = call.rulebook.status_reasons
    keys = {reason.key for reason in reasons if reason.status is Status.RESOLVED}
    key = first.lower().replace("-", "_")
    reason, on_line = (key, rest.strip()) if key in keys else (lifecycle.DEFAULT_RESOLUTION, call.command.argument)
    return cases.resolve(outcome, reason, with_line(call.request.words, on_line, outcome, call.act), reasons, call.act)


def with_line(words: NewActivity | None, line: str, outcome: Outcome, act: Act) -> NewActivity | None:
    """Return the words for the customer with those of the command's own line put first."""
    if not line:
        return words
    if words is None:
        return cases.outgoing(outcome.case, line, act)
    return cases.with_text(words, f"{line}\n\n{words.activity.text}")


def _note(outcome: Outcome, call: Call) -> Outcome:
    return cases.note(outcome, call.command.argument, call.act, call.request.files)


def _status(outcome: Outcome, call: Call) -> Outcome:
    return cases.change_status(outcome, call.command.argument, call.rulebook.status_reasons, call.act)


def _assign(outcome: Outcome, call: Call) -> Outcome:
    return cases.assign(outcome, find_agent(call.command.argument, call.request.agent, call.rulebook.agents), call.act)


def _pick(outcome: Outcome, call: Call) -> Outcome:
    return cases.pick(outcome, call.request.agent, call.act)


def _release(outcome: Outcome, call: Call) -> Outcome:
    return cases.release(outcome, call.act)


def _queue(outcome: Outcome, call: Call) -> Outcome:
    return cases.route(outcome, find_queue(call.command.argument, call.rulebook.queues), call.act)


def _priority(outcome: Outcome, call: Call) -> Outcome:
    return cases.set_priority(outcome, call.command.argument, call.act)


def _type(outcome: Outcome, call: Call) -> Outcome:
    return cases.set_type(outcome, call.command.argument, call.act)


def _subject(outcome: Outcome, call: Call) -> Outcome:
    return cases.change_fields(outcome, call.act, subject=call.rulebook.vocabulary.find_subject(call.command.argument))


def _set(outcome: Outcome, call: Call) -> Outcome:
    """`#set field value`: a value of `-` takes the field away."""
    name, _, text = call.command.argument.partition(" ")
    field = call.rulebook.vocabulary.find_field(name.strip().lower().rstrip(":="))
    return cases.set_field(outcome, field.name, None if text.strip() == "-" else field.value(text), call.act)


def _tag(outcome: Outcome, call: Call) -> Outcome:
    return cases.set_tags(outcome, call.command.argument, call.act)


def _escalate(outcome: Outcome, call: Call) -> Outcome:
    if outcome.case.is_escalated:
        raise Refused(f"{outcome.case.number} is escalated already.")
    return cases.change_fields(outcome, call.act, is_escalated=True, escalated_at=call.act.now)


def _exempt(outcome: Outcome, call: Call) -> Outcome:
    words = call.command.argument.strip().lower()
    if words not in ("", "no"):
        raise Refused(f"{words!r} means nothing here; write #exempt, or #exempt no.")
    return cases.change_fields(outcome, call.act, is_exempt=not words)


def _cancel(outcome: Outcome, call: Call) -> Outcome:
    return cases.cancel(outcome, call.command.argument, call.rulebook.status_reasons, call.act)


def _reopen(outcome: Outcome, call: Call) -> Outcome:
    return cases.reactivate(outcome, call.command.argument, call.rulebook.status_reasons, call.act)


def _nothing(outcome: Outcome, _call: Call) -> Outcome:
    return outcome


Verb = Callable[[Outcome, Call], Outcome]
RUN: dict[str, Verb] = {
    "resolve": _resolve,
    "note": _note,
    "status": _status,
    "assign": _assign,
    "pick": _pick,
    "release": _release,
    "queue": _queue,
    "priority": _priority,
    "type": _type,
    "subject": _subject,
    "set": _set,
    "tag": _tag,
    "escalate": _escalate,
    "exempt": _exempt,
    "cancel": _cancel,
    "reopen": _reopen,
    "show": _nothing,
    "help": _nothing,
}


def _said(command: Command, outcome: Outcome) -> str:
    """Say in a line what a command did."""
    if command.spec.name == "help":
        return help_text()
    if command.spec.name == "show":
        return "see below"
    return outcome.events[-1].summary if outcome.events else "done"
