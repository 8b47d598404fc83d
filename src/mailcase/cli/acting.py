"""Who acts on the command line, and how a command of the table is run there: as from a mail, by the same code."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.desk.outcome import Act
    from mailcase.desk.working import Worked
    from mailcase.domain.email import Attachment
    from mailcase.domain.party import Agent
    from mailcase.store.tx import Tx

T = TypeVar("T")
STALE_TRIES = 3
Number = Annotated[str, typer.Argument(help="Such as CAS-000123-K7Q.", show_default=False)]
As = Annotated[
    str | None,
    typer.Option(
        "--as", help="The agent who does it; else the one whose `login` is your user name.", show_default=False
    ),
]
Seeing = Annotated[
    str | None,
    typer.Option("--as", help="The agent who looks; else the one whose `login` is your user name.", show_default=False),
]
Files = Annotated[list[Path] | None, typer.Option("--file", help="A file to keep with it.", show_default=False)]


def agent_of(app: "App", wanted: str | None) -> "Agent":
    """Return the agent who acts: the one named, or the one that the user of the operating system is.

    Raises Refused when that is nobody, or somebody who is no longer active.
    """
    from mailcase.desk.call import find_agent
    from mailcase.errors import Refused

    agents = app.desk.rulebook.agents
    if wanted is not None:
        found = find_agent(wanted, None, agents)
    else:
        user = options.user()
        mine = next((agent for agent in agents.values() if agent.login == user), None)
        if mine is None:
            raise Refused(
                f"you ({user}) are no agent here: say who you are with --as KEY, or write `login: {user}` "
                "under an agent in rules/agents.yaml."
            )
        found = mine
    if not found.is_active:
        raise Refused(f"{found.name} is not an active agent.")
    return found


def viewer(app: "App", wanted: str | None) -> "Agent | None":
    """Return the agent who looks at cases: the one named or logged in; None for a user who is no agent."""
    from mailcase.errors import Refused

    if wanted is not None:
        return agent_of(app, wanted)
    try:
        return agent_of(app, None)
    except Refused:  # whoever that is sees what is not private
        return None


def hidden(app: "App", wanted: str | None) -> frozenset[str]:
    """Return the names of the queues whose cases are not for whoever looks."""
    from mailcase.desk.rights import hidden_queues

    return hidden_queues(app.desk.rulebook, viewer(app, wanted))


def require_sight(app: "App", tx: "Tx", case_id: int | None, wanted: str | None) -> None:
    """Raise Refused when a mail is of a case that whoever looks may not see."""
    from mailcase.desk.rights import require
    from mailcase.domain.permission import Right
    from mailcase.store import cases

    case = cases.get(tx, case_id) if case_id else None
    if case is not None:
        require(app.desk.rulebook, viewer(app, wanted), Right.SEE, case)


def unseen(app: "App", tx: "Tx", case_ids: Iterable[int | None], wanted: str | None) -> frozenset[int | None]:
    """Return which of these cases whoever looks may not see."""
    from mailcase.store import cases

    closed = hidden(app, wanted)
    if not closed:
        return frozenset()
    found = ((key, cases.get(tx, key)) for key in set(case_ids) if key is not None)
    return frozenset(key for key, case in found if case is not None and case.queue in closed)


def permitted(app: "App", wanted: str | None, permission: str) -> "Agent":
    """Return the agent who acts. Raises Refused as `agent_of` does, and for one who may not do this at all."""
    from mailcase.desk.rights import require

    agent = agent_of(app, wanted)
    require(app.desk.rulebook, agent, permission)
    return agent


def act_of(app: "App", agent: "Agent") -> "Act":
    """Return the command line as the cause of what `agent` does; the audit log keeps which user it was."""
    from mailcase.desk.outcome import Act

    return Act(actor=agent.key, cause=f"command line of {options.user()}", now=app.now())


def writing(app: "App", work: Callable[["Tx"], T], *, is_trial: bool = False) -> T:
    """Return what `work` does in a transaction; it is done again when somebody else changed the case meanwhile.

    Nothing of it stays when it `is_trial`.
    """
    from mailcase.errors import StaleWrite

    for attempt in range(STALE_TRIES):
        try:
            with app.database.begin() as tx:
                done = work(tx)
                if is_trial:
                    tx.abolish()
                return done
        except StaleWrite:
            if attempt + 1 == STALE_TRIES:
                raise
    raise AssertionError("the last try returns or raises")


def run(
    app: "App", number: str, lines: Sequence[tuple[str, str]], who: str | None, files: Sequence[Path] = ()
) -> "Worked":
    """Run commands, `(name, argument)` each, on the case `number` as the agent `who`, and return what came of them."""
    from mailcase.desk.call import Request
    from mailcase.desk.working import work
    from mailcase.domain.command import Command
    from mailcase.domain.command_table import BY_NAME
    from mailcase.domain.number import parse_number

    agent = agent_of(app, who)
    commands = tuple(Command(spec=BY_NAME[name], argument=argument.strip()) for name, argument in lines)
    request = Request(agent=agent, commands=commands, words=None, files=tuple(map(attachment, files)))
    case_id, act = parse_number(number), act_of(app, agent)
    return worked(app, lambda tx: work(tx, app.desk, case_id, request, act), case_id, [name for name, _ in lines], act)


def worked(app: "App", work: Callable[["Tx"], T], case_id: int, names: Sequence[str], act: "Act") -> T:
    """Return what `work` on a case does in a transaction; the audit log keeps it when it is refused."""
    from mailcase.desk.working import note_refusal
    from mailcase.errors import Refused

    try:
        return writing(app, work)
    except Refused:
        with app.database.begin() as tx:
            note_refusal(tx, case_id, names, act)
        raise


def told(worked: "Worked", *, as_json: bool) -> None:
    """Print what came of a request."""
    case = worked.recorded.case
    lines = [(line.command, line.outcome) for line in worked.ran.lines]
    if as_json:
        done = [{"command": command, "outcome": outcome} for command, outcome in lines]
        printing.as_json(
            {"number": case.number, "status": case.status, "status_reason": case.status_reason, "done": done}
        )
        return
    for _, outcome in lines:
        typer.echo(f"{case.number}: {outcome}")


def attachment(path: Path) -> "Attachment":
    """Return a file as something to attach. Raises Invalid when it cannot be read."""
    import mimetypes

    from mailcase.errors import Invalid
    from mailcase.mail.attachments import default_name, make, safe_name

    try:
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}; give a file that you may read.") from error
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return make(safe_name(path.name) or default_name(kind, 1), kind, content, is_inline=False)


def text_of(words: str) -> str:
    """Return `words`, or what comes on standard input when they are `-`."""
    return typer.get_text_stream("stdin").read() if words == "-" else words
