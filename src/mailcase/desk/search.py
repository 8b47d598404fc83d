"""Finding cases by words or number, with the place where the words stand."""

from dataclasses import dataclass

from mailcase.domain.case import Case
from mailcase.domain.number import find_numbers, looks_like_number, parse_number
from mailcase.domain.party import Contact
from mailcase.domain.search import Term, parse_query
from mailcase.domain.work import NAMES
from mailcase.errors import Refused
from mailcase.store import activities, cases, contacts, search
from mailcase.store.search import Hit
from mailcase.store.tx import Tx

BEFORE = 30  # characters shown before the first word that was found


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One case that was found."""

    case: Case
    contact: Contact | None
    where: str
    """What the words stand in: `mail`, `note`, `task`, …, `case`, `customer`, or `number`."""
    words: str
    """The text from shortly before the first of them; empty when it was found by its number."""


def search_cases(tx: Tx, query: str, limit: int, hidden: frozenset[str] = frozenset()) -> list[Found]:
    """Return up to `limit` cases that `query` finds, the newest first; none of the queues in `hidden`.

    Raises Refused when it holds no word, Invalid when it is a mistyped number.
    """
    named = [case for key in find_numbers(query) if (case := cases.get(tx, key)) is not None]
    numbers = [case for case in named if case.queue not in hidden]
    if named:
        return [_found(tx, case, "number", "") for case in numbers[:limit]]
    if looks_like_number(query):
        parse_number(query)  # which says that it is mistyped, unless there is no such case
    terms = parse_query(query)
    if not any(not term.is_excluded for term in terms):
        raise Refused(f"{query!r} holds no word to look for.")
    return [_hit(tx, hit, case, terms) for hit, case in _shown(tx, terms, limit, hidden)]


def _shown(tx: Tx, terms: tuple[Term, ...], limit: int, hidden: frozenset[str]) -> list[tuple[Hit, Case]]:
    """Return the newest hits outside the queues in `hidden`; more are asked for until there are enough of them."""
    wanted = limit
    while True:
        hits = search.find(tx, terms, wanted)
        found = ((hit, cases.get(tx, hit.case_id)) for hit in hits)
        shown = [(hit, case) for hit, case in found if case is not None and case.queue not in hidden]
        if len(shown) >= limit or len(hits) < wanted or wanted >= search.MAX_HITS:
            return shown[:limit]
        wanted *= search.BATCH


def _hit(tx: Tx, hit: Hit, case: Case, terms: tuple[Term, ...]) -> Found:
    activity = activities.get(tx, hit.activity_id) if hit.activity_id is not None else None
    if hit.is_customer:
        contact = contacts.get(tx, case.contact_id)
        return _found(tx, case, "customer", f"{contact.name} {contact.address}".strip() if contact else "")
    if activity is None:
        return _found(tx, case, "case", case.title)
    return _found(tx, case, NAMES[activity.kind], _excerpt(f"{activity.subject} {activity.text}", terms))


def _found(tx: Tx, case: Case, where: str, words: str) -> Found:
    return Found(case=case, contact=contacts.get(tx, case.contact_id), where=where, words=words)


def _excerpt(text: str, terms: tuple[Term, ...]) -> str:
    plain = " ".join(text.split())
    low = plain.lower()
    places = [at for term in terms if not term.is_excluded and (at := low.find(term.words[0])) >= 0]
    start = max(min(places, default=0) - BEFORE, 0)
    return f"{'…' if start else ''}{plain[start:]}"
