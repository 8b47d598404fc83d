"""A person works on a case: commands and words in, one write out. Mail and the command line both come through here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from mailcase.desk import cases, commands, drafts, guarding, participants
from mailcase.desk.call import Request, Surroundings
from mailcase.desk.commands import Line, Ran
from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act
from mailcase.desk.record import Recorded, record
from mailcase.desk.shelf import StoredCases, begin
from mailcase.desk.undo import transcript
from mailcase.domain.activity import AuditRecord
from mailcase.domain.case import Case
from mailcase.domain.events_work import CommandRefused, Undone
from mailcase.domain.number import format_number
from mailcase.domain.party import Agent
from mailcase.domain.transcript import Snapshot
from mailcase.errors import Refused
from mailcase.mail.commands import parse_commands
from mailcase.store import audit, queues, transcripts
from mailcase.store import cases as stored_cases
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What came of a request, as it was stored."""

    ran: Ran
    recorded: Recorded


def run(tx: Tx, desk: Desk, case: Case, request: Request, act: Act) -> Ran:
    """Run a request on `case` without storing anything."""
    insiders = participants.insiders(tx, desk, case)
    shelf = StoredCases(tx, desk)
    around = Surroundings(shelf=shelf, library=desk.library, zone=desk.zone, insiders=insiders)
    return commands.run(begin(tx, case), request, desk.rulebook, act, around)


def work(tx: Tx, desk: Desk, case_id: int, request: Request, act: Act) -> Worked:
    """Run a request on a case and store what came of it.

    Raises Refused with the reason when one of its commands is refused, or the case is not there; StaleWrite when
    somebody else was first.
    """
    case = find(tx, case_id)
    ran = run(tx, desk, case, drafts.prepared(tx, case, request, (), act), act)
    refusal = ran.refusal
    if refusal is not None:
        raise Refused(refusal.outcome)
    recorded = record(tx, desk, ran.outcome, act.now)
    keep(tx, ran, recorded, act)
    return Worked(ran=ran, recorded=recorded)


def keep(tx: Tx, ran: Ran, recorded: Recorded, act: Act) -> None:
    """Keep what commands changed, so that it can be taken back, or note that this is what they did; a held mail is sent."""
    if ran.draft is not None:
        drafts.settle(tx, ran.draft, act.now)
    undone = next((event for event in ran.outcome.events if isinstance(event, Undone)), None)
    last = transcripts.last(tx, recorded.case.id) if undone else None
    if last is not None:
        transcripts.undo(tx, last, act.now)
        return
    item = queues.by_case(tx, recorded.case.id)
    made = tuple(stored.id for stored in recorded.occasion.stored.values())
    kept = transcript(ran.outcome, Snapshot(case=recorded.case, item=item), made, act)
    if kept is not None:
        transcripts.add(tx, kept)


def refused(tx: Tx, case: Case, line: Line, act: Act) -> CommandRefused:
    """Note in the audit log that a command was refused, by its name alone; return what the timeline says of it."""
    word, _, _ = line.command.partition(" ")
    note_refusal(tx, case.id, [word[1:] if word.startswith("#") else line.command], act)
    return CommandRefused(actor=act.actor, cause=act.cause, command=line.command, why=line.outcome)


def note_refusal(tx: Tx, case_id: int, names: Sequence[str], act: Act) -> None:
    """Keep in the audit log which commands on a case were refused, without a word of what they said."""
    audit.append(
        tx,
        [
            AuditRecord(
                at=act.now,
                actor=act.actor,
                action="case.refused",
                object_type="case",
                object_id=case_id,
                changes=json.dumps({"commands": list(names)}, ensure_ascii=False),
            )
        ],
    )


def find(tx: Tx, case_id: int) -> Case:
    """Return the case with this id. Raises Refused when there is none."""
    case = stored_cases.get(tx, case_id)
    if case is None:
        raise Refused(f"{format_number(case_id)} does not exist here; `mailcase case list` shows the cases.")
    return case


def work_by_text(
    tx: Tx, desk: Desk, case_id: int, agent: Agent, text: str, act: Act, *, seen: int | None = None
) -> Worked:
    """Do on a case what a mail of `agent` with this text would do: commands at its top, words for the customer below.

    `seen` is the customer's newest mail (its activity) that the agent knows; None for whatever there is. Raises as
    `work` does, and Refused when the text cannot be understood, or the customer has written again.
    """
    parsed = parse_commands(text)
    case = find(tx, case_id)
    if seen is not None:
        guarding.require_seen(tx, case, parsed, seen)
    words = cases.outgoing(case, parsed.words, act) if parsed.words else None
    return work(tx, desk, case_id, Request(agent=agent, commands=parsed.commands, words=words), act)
