"""The other cases that a verb needs, read in the transaction that it runs in."""

from mailcase.desk.outcome import Outcome
from mailcase.domain.activity import Activity
from mailcase.domain.case import Case
from mailcase.domain.relations import CaseLink
from mailcase.domain.transcript import Transcript
from mailcase.store import activities, cases, links, queues, transcripts
from mailcase.store.tx import Tx


def begin(tx: Tx, case: Case) -> Outcome:
    """Return the outcome that work on `case` begins with, as it stands in this transaction."""
    return Outcome.of(case, queues.by_case(tx, case.id), tuple(activities.work_of_case(tx, case.id)))


class StoredCases:
    """The shelf of `desk.call`, over the database."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._last_id = 0

    def case(self, case_id: int) -> Outcome | None:
        """Return the case with this id, as work on it would begin."""
        found = cases.get(self._tx, case_id)
        return None if found is None else begin(self._tx, found)

    def children(self, case: Case) -> tuple[Outcome, ...]:
        """Return the children of a case, the oldest first."""
        return tuple(begin(self._tx, child) for child in cases.children(self._tx, case.id))

    def links(self, case: Case) -> tuple[CaseLink, ...]:
        """Return what a case is linked with."""
        return tuple(links.of_case(self._tx, case.id))

    def new_id(self) -> int:
        """Return the id of a case that is going to be stored."""
        self._last_id = max(cases.new_id(self._tx), self._last_id + 1)
        return self._last_id

    def last_transcript(self, case: Case) -> Transcript | None:
        """Return what the last commands on a case changed, if that was not taken back."""
        return transcripts.last(self._tx, case.id)

    def activities(self, case: Case) -> tuple[Activity, ...]:
        """Return the activities of a case."""
        return tuple(activities.by_case(self._tx, case.id))
