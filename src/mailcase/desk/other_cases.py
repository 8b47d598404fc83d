"""Other cases of a customer, as letters to agents name them."""

from collections.abc import Sequence

from mailcase.desk.desk import Desk
from mailcase.desk.rights import sees
from mailcase.domain.case import Case
from mailcase.domain.party import Agent
from mailcase.mail.letter import SimilarCase
from mailcase.store import cases
from mailcase.store.tx import Tx

LATEST = 3
"""Cases that are named beside how many there are."""


def latest(tx: Tx, case: Case) -> tuple[Case, ...]:
    """Return the last of the other cases of a case's customer, open or closed, the newest first."""
    newest = cases.newest_of_contact(tx, case.contact_id, LATEST + 1)
    return tuple(other for other in newest if other.id != case.id)[:LATEST]


def listed(desk: Desk, others: Sequence[Case], agent: Agent) -> tuple[SimilarCase, ...]:
    """Return cases as a letter names them, as far as the agent may know of them."""
    return tuple(
        SimilarCase(number=other.number, title=other.title, status=other.status.title())
        for other in others
        if sees(desk.rulebook, agent, other)
    )
