"""Cases that a new one may be a second report of: told to the agents, never merged by the desk."""

from mailcase.domain.case import Case
from mailcase.domain.similarity import LIKENESS, likeness, words_of
from mailcase.store import cases
from mailcase.store.tx import Tx

MAX_COMPARED = 50  # open cases of one customer, the newest
MAX_TOLD = 3


def similar(tx: Tx, case: Case) -> tuple[Case, ...]:
    """Return the open cases of the same customer whose words are like those of `case`, the most alike first."""
    words = words_of(f"{case.title} {case.description}")
    others = (other for other in cases.active_of_contact(tx, case.contact_id, MAX_COMPARED) if other.id != case.id)
    rated = ((likeness(words, words_of(f"{other.title} {other.description}")), other) for other in others)
    close = sorted(((rate, other.id, other) for rate, other in rated if rate >= LIKENESS), key=lambda one: one[:2])
    return tuple(other for _, _, other in reversed(close))[:MAX_TOLD]
