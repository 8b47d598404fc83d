"""Whose turn it is: when each agent was last given a case by a queue, and how much each has to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.case import Status
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.statement import Listed, Statement
from mailcase.store.tx import Tx

ADVISORY_LOCK = 0x7475726E  # "turn": any number that nobody else takes for this

_turns = schema.turns.c
_cases = schema.cases.c
_lock = Statement(select(func.pg_advisory_xact_lock(bindparam("number"))))
_all = Statement(select(_turns.agent, _turns.turn))
_insert = upsert(schema.turns)
_take = Statement(
    _insert.on_conflict_do_update(
        index_elements=["agent"], set_={"turn": _insert.excluded.turn, "at": _insert.excluded.at}
    ),
    keys=("agent", "turn", "at"),
)
_owned = Listed(
    lambda listed: (
        select(_cases.owner, _cases.queue, func.count())
        .where(_cases.status == fixed(Status.ACTIVE), _cases.owner.is_not(None), _cases.owner.in_(listed))
        .group_by(_cases.owner, _cases.queue)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """How many active cases of one queue an agent owns."""

    agent: str
    queue: str | None
    cases: int


def lock(tx: Tx) -> None:
    """Keep other daemons from assigning until the transaction ends: two of them would choose the same agent."""
    if not tx.is_sqlite:  # there a writing transaction is alone
        tx.rows(_lock, {"number": ADVISORY_LOCK})


def all_turns(tx: Tx) -> dict[str, int]:
    """Return the last turn of each agent who had one, by key; a higher one was later."""
    return dict(tx.rows(_all))


def take(tx: Tx, agent: str, turn: int, now: datetime) -> None:
    """Note that `agent` had the turn with this number."""
    tx.write(_take, {"agent": agent, "turn": turn, "at": now})


def owned(tx: Tx, agents: Sequence[str]) -> list[Owned]:
    """Return how many active cases these agents own, by queue."""
    return [Owned(agent=agent, queue=queue, cases=number) for agent, queue, number in tx.listed(_owned, agents)]
