"""What waits for a day that was put back."""

from dataclasses import replace
from datetime import timedelta

from mailcase.domain.outbox import RETRY_DELAY_LATER
from mailcase.domain.pace import Pause
from mailcase.store import inbox, outbox, pauses
from mailcase.store.engine import Database
from mailcase.store.future import bring_forward
from store.values import LEASE, NOW, a_received, an_outgoing

TOMORROW = NOW + timedelta(days=1)


def test_what_was_put_off_on_a_day_that_is_put_back_is_due(database: Database) -> None:
    with database.begin() as tx:
        outbox.put(tx, an_outgoing(due_at=TOMORROW))
        inbox.put_many(tx, [a_received(1)])
        (taken,) = inbox.begin_attempts(tx, inbox.next_received(tx, NOW, 9), LEASE, NOW)
        inbox.postpone(tx, taken, TOMORROW)
        pauses.put(tx, Pause(account="a", until=TOMORROW, times=1, response="later"))
        assert bring_forward(tx, NOW) == 3
        assert len(outbox.claim(tx, NOW, 9, LEASE)) == 1
        assert len(inbox.next_received(tx, NOW, 9)) == 1
        assert [pause.until for pause in pauses.all_of(tx)] == [NOW]


def test_ordinary_retries_are_left_alone(database: Database) -> None:
    waiting = an_outgoing(due_at=NOW + RETRY_DELAY_LATER)
    with database.begin() as tx:
        outbox.put(tx, waiting)
        outbox.put(tx, replace(an_outgoing("sent"), due_at=None))
        assert bring_forward(tx, NOW) == 0
