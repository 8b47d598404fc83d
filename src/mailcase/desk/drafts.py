"""Agents' mails that are held: kept as drafts with all their files, and run when the agent says `#send`.

Nothing of a held mail is done before that. It is an internal activity of its case, so it is on the timeline, in
`#show` and in the search, and nothing is lost when nobody ever answers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.desk import cases
from mailcase.desk.call import Request
from mailcase.desk.enclosures import enclosures
from mailcase.desk.filing import Mail
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.desk.scrub import require_public, scrub
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import MAX_TITLE, Case
from mailcase.domain.command import Command
from mailcase.domain.command_table import BY_NAME
from mailcase.domain.draft import Draft, DraftReason, DraftState
from mailcase.domain.email import Attachment
from mailcase.domain.events_mail import MailHeld
from mailcase.domain.party import Agent
from mailcase.errors import Refused
from mailcase.mail.commands import parse_commands
from mailcase.store import activities, drafts
from mailcase.store.tx import Tx

MAX_PUBLIC = 50  # mails of a case whose lines an agent may quote
SEND = "send"
CLOSINGS = frozenset(
    [
        "best",
        "kind",
        "warm",
        "regards",
        "thanks",
        "cheers",
        "br",
        "mfg",
        "lg",
        "vg",
        "mit",
        "freundlichen",
        "freundliche",
        "viele",
        "beste",
        "liebe",
        "grüßen",
        "grüße",
        "gruß",
        "cordialement",
        "bien",
        "à",
        "vous",
        "saludos",
        "un",
        "cordial",
        "saludo",
    ]
)
YES = frozenset(("yes", "y", "yes please", "ok", "okay", "ja", "ja bitte", "oui", "sí", "si"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why a mail is held, and what is to be known of it when it is sent after all."""

    reason: DraftReason
    why: str
    """One sentence, for the agent and the timeline."""
    outsiders: tuple[str, ...] = ()
    news: Activity | None = None
    """The customer's mail that the agent did not see."""


def keep(outcome: Outcome, mail: Mail, text: str, why: str, act: Act) -> tuple[Outcome, Activity]:
    """Return the outcome in which an agent's mail is a draft with all its files, and that draft."""
    activity = Activity(
        kind=ActivityKind.DRAFT,
        subject=mail.email.subject[:MAX_TITLE],
        text=text,
        sender=mail.email.sender.address if mail.email.sender else "",
        recipients=tuple(one.address for one in (*mail.email.to, *mail.email.cc)),
        message_id=mail.email.message_id,
        inbox_id=mail.message.id,
        created_at=act.now,
        created_by=act.actor,
    )
    event = MailHeld(actor=act.actor, cause=act.cause, activity=activity, why=why)
    return outcome.then(event, activity=NewActivity(activity=activity, attachments=mail.email.attachments)), activity


def find(
    tx: Tx, case: Case, agent: Agent, argument: str, asked: Sequence[str], now: datetime, *, is_needed: bool
) -> Draft | None:
    """Return the held mail of `agent` that `#send` means: by its number, by the mail that is answered, or the only one.

    Raises Refused when there is none although `is_needed`, when it is unclear which, and for one that may not be sent.
    """
    words = argument.strip().lstrip("#")
    if words and not (words.isascii() and words.isdigit()):
        raise Refused(f"#send takes the number of a held mail, not {words!r}.")
    found = drafts.by_number(tx, case.id, int(words)) if words else drafts.asked_by(tx, case.id, asked)
    if words and found is None:
        raise Refused(f"{case.number} has no held mail {words}.")
    if found is None and is_needed:
        found = _only_one(tx, case, agent)
    if found is not None:
        _require_sendable(found, agent, now)
    return found


def prepared(tx: Tx, case: Case, request: Request, asked: Sequence[str], act: Act) -> Request:
    """Return `request` with what `#send` in it brings back; `asked` are the mails that it answers, the newest first.

    Words of its own go out as they are. Raises Refused as `find` does, and when the held text cannot be understood.
    """
    send = next((command for command in request.commands if command.spec.name == SEND), None)
    waiting = _forwarded(tx, case) if request.words is not None else None
    if waiting is not None and not {"customer", SEND} & {command.spec.name for command in request.commands}:
        raise Refused(
            "say first whose case it is: #send, or #customer and an address, above your words. Nothing was sent."
        )
    if send is not None and waiting is not None and not send.argument:
        _require_sendable(waiting, request.agent, act.now)
        return replace(_released(tx, case, request, waiting, act), words=request.words, files=request.files)
    if send is None or (request.words is not None and not send.argument):
        return request
    if request.words is not None:
        raise Refused(
            f"#send {send.argument} sends a held mail as it is; take out the words below it. Nothing was sent."
        )
    is_needed = bool(send.argument) or len(request.commands) == 1
    draft = find(tx, case, request.agent, send.argument, asked, act.now, is_needed=is_needed)
    return request if draft is None else _released(tx, case, request, draft, act)


def _released(tx: Tx, case: Case, request: Request, draft: Draft, act: Act) -> Request:
    """Return `request` with the commands and words of a held mail; its own commands come first."""
    activity = activities.get(tx, draft.activity_id)
    assert activity is not None, "a draft has its activity (foreign key)"
    parsed = parse_commands(activity.text)
    commands = tuple(
        command for command in parsed.commands if command.spec.name != SEND
    )  # what is held insists on nothing
    files = enclosures(_files(tx, activity))
    allowed = readable(tx, case, parsed.words, files)
    words = cases.outgoing(case, allowed, act, files) if allowed else None
    return replace(
        request,
        commands=(*copying(draft.outsiders), *request.commands, *commands),
        words=words,
        files=files,
        draft=draft,
    )


def copying(outsiders: Iterable[str]) -> tuple[Command, ...]:
    """Return the command that makes `outsiders` participants, if there are any."""
    added = " ".join(f"+{address}" for address in outsiders)
    return (Command(spec=BY_NAME["cc"], argument=added),) if added else ()


def replace_asked(tx: Tx, case: Case, request: Request, asked: Sequence[str], now: datetime) -> None:
    """Write down that the held mail that `asked` asks about was not sent: its agent wrote something else."""
    is_named = any(command.spec.name == "customer" for command in request.commands)
    if request.words is None and not is_named:
        return
    draft = _forwarded(tx, case) if is_named else drafts.asked_by(tx, case.id, asked)
    if draft is not None and draft.state is DraftState.HELD:
        settle(tx, draft, now, DraftState.REPLACED)


def settle(tx: Tx, draft: Draft, now: datetime, state: DraftState = DraftState.SENT) -> None:
    """Write down that a held mail was sent, or replaced."""
    drafts.update(tx, replace(draft, state=state, settled_at=now))


def readable(tx: Tx, case: Case, words: str, files: Iterable[Attachment]) -> str:
    """Return an agent's words as they may go to the customer. Raises Refused (`desk.scrub`)."""
    allowed = scrub(words, (activity.text for activity in public_activities(tx, case.id)))
    require_public(files)
    return allowed


def public_activities(tx: Tx, case_id: int) -> list[Activity]:
    """Return the newest mails of a case that its customer wrote or got, the newest first."""
    mails = (ActivityKind.EMAIL_IN, ActivityKind.EMAIL_OUT)
    return [activity for activity in activities.newest(tx, case_id, MAX_PUBLIC) if activity.kind in mails]


def is_sign_off(text: str, agent: Agent) -> bool:
    """Tell whether words are but the name under a mail, such as `Kind regards, Anna`: they are no answer of their own."""
    own = set(re.findall(r"\w+", agent.name.casefold()))
    said = re.findall(r"\w+", text.casefold())
    return bool(said) and set(said) <= own | CLOSINGS


def is_yes(text: str) -> bool:
    """Tell whether an answer says yes and nothing else."""
    return text.strip().rstrip(".!").strip().casefold() in YES


def _forwarded(tx: Tx, case: Case) -> Draft | None:
    """Return the question whose case it is, while nobody has answered it."""
    return next((one for one in drafts.held(tx, case.id) if one.reason is DraftReason.FORWARDED), None)


def _only_one(tx: Tx, case: Case, agent: Agent) -> Draft:
    """Return the one mail of `agent` that is held; one that proved nothing has to be named or answered."""
    mine = [one for one in drafts.held(tx, case.id) if one.agent == agent.key and one.reason != DraftReason.UNPROVED]
    if len(mine) == 1:
        return mine[0]
    numbers = ", ".join(f"#send {one.activity_id}" for one in mine)
    why = f"{len(mine)} mails of yours are held; say which: {numbers}" if mine else "no mail of yours is held"
    raise Refused(f"{why}. Nothing was sent.")


def _require_sendable(draft: Draft, agent: Agent, now: datetime) -> None:
    if draft.agent != agent.key:
        raise Refused(f"mail {draft.activity_id} is {draft.agent}'s; only {draft.agent} sends it.")
    if draft.state is DraftState.SENT:
        raise Refused(f"mail {draft.activity_id} was sent already, on {draft.settled_at:%Y-%m-%d %H:%M} UTC.")
    if draft.is_expired(now):
        raise Refused(f"mail {draft.activity_id} could be confirmed for two days only; write it again.")


def _files(tx: Tx, activity: Activity) -> Iterable[Attachment]:
    for file in activities.files(tx, activity.id):
        content = activities.content(tx, file.sha256)
        if content is not None:
            yield Attachment(
                name=file.name,
                content_type=file.content_type,
                content=content,
                sha256=file.sha256,
                is_inline=file.is_inline,
            )
