"""Mail in hand: kept while somebody works on it, let go when nobody does, and finished after a database was away."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from daemon.values import filed_case
from lab.mails import mail
from lab.postman import CollectingPostman
from mailcase.app import App
from mailcase.clock import uptime
from mailcase.daemon.claims import FILING_LEASE, RESUMED_AT_MOST, Claims
from mailcase.daemon.deliver import deliver
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.inbox import InboxMessage, InboxState
from mailcase.domain.outbox import Delivery, OutboxMessage, OutboxState
from mailcase.errors import Unavailable
from mailcase.mail.render import Rendered, Templates
from mailcase.store import inbox, outbox
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

LONG_AGO_S = FILING_LEASE.total_seconds() + 1
only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@dataclass
class Leaving(Database):
    """A database that goes away for the next `times` transactions that write."""

    inner: Database
    times: int = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    @property
    def is_sqlite(self) -> bool:
        return self.inner.is_sqlite

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        if self.times:
            self.times -= 1
            raise Unavailable("the database is away")
        with self.inner.begin() as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self.inner.read() as tx:
            yield tx


@dataclass
class Failing(Templates):
    """Templates while whose rendering the database goes away, `times` times."""

    inner: Templates
    times: int

    def render(self, name: str, letter: Any, **others: str) -> Rendered:
        if self.times:
            self.times -= 1
            raise Unavailable("the database is away")
        return self.inner.render(name, letter, **others)


def failing(app: App, times: int) -> App:
    return replace(app, _desk=replace(app.desk, templates=Failing(app.desk.templates, times)))


def received(app: App) -> InboxMessage:
    with app.database.read() as tx:
        (message,) = inbox.find(tx)
    return message


def taken_by(app: App, claims: Claims, asked_at: float) -> InboxMessage:
    store(app, mail(), None)
    with app.database.begin() as tx:
        taken = inbox.begin_attempts(tx, inbox.next_received(tx, app.now(), 9), FILING_LEASE, app.now())
    claims.take(taken, asked_at)
    return taken[0]


@only_postgres
def test_a_daemon_that_slept_holds_nothing_when_it_wakes(app: App) -> None:
    claims = Claims(app)
    message = taken_by(app, claims, uptime() - LONG_AGO_S)
    assert not claims.inbox.holds(message.id)
    assert claims.unfinished() == []


@only_postgres
def test_what_is_renewed_is_held_on(app: App) -> None:
    claims = Claims(app)
    message = taken_by(app, claims, uptime() - LONG_AGO_S)
    claims.renew()
    assert claims.inbox.holds(message.id)
    renewed = received(app).lease_until
    assert renewed is not None
    assert message.lease_until is not None
    assert renewed > message.lease_until


@only_postgres
def test_what_another_has_is_not_held_on(app: App) -> None:
    claims = Claims(app)
    message = taken_by(app, claims, uptime() - LONG_AGO_S)
    with app.database.begin() as tx:
        inbox.begin_attempts(tx, [message], FILING_LEASE, app.now())
    claims.renew()
    assert not claims.inbox.holds(message.id)


def test_what_is_done_is_not_renewed(app: App) -> None:
    claims = Claims(app)
    message = taken_by(app, claims, uptime())
    claims.finish(message)
    claims.renew()
    assert received(app).lease_until == message.lease_until


def test_a_database_that_goes_away_costs_a_mail_no_attempt(app: App) -> None:
    leaving, claims = failing(app, 1), Claims(app)
    store(app, mail(), None)
    with pytest.raises(Unavailable):
        intake(leaving, claims)
    assert intake(leaving, claims) == 1
    assert (received(app).state, received(app).attempts) == (InboxState.FILED, 1)


def test_a_mail_that_always_takes_the_database_away_is_let_go(app: App) -> None:
    leaving, claims = failing(app, 99), Claims(app)
    store(app, mail(), None)
    for _ in range(1 + RESUMED_AT_MOST):
        with pytest.raises(Unavailable):
            intake(leaving, claims)
    assert intake(leaving, claims) == 0, "its lease has to run out"
    assert received(app).attempts == 1


def test_what_was_sent_while_the_database_went_away_is_sent_once(app: App) -> None:
    class Parting(CollectingPostman):
        def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
            for delivery in super().deliver(batch):
                away.times = 1
                yield delivery

    filed_case(app)
    away = Leaving(app.database)
    leaving, claims, postman = replace(app, database=away), Claims(app), Parting()
    with pytest.raises(Unavailable):
        deliver(leaving, {"support": postman}, claims=claims)
    deliver(leaving, {"support": CollectingPostman()}, claims=claims)
    with app.database.read() as tx:
        first, second = outbox.find(tx)[::-1]
    assert (first.state, len(postman.sent)) == (OutboxState.SENT, 1)
    assert second.state is OutboxState.SENT, "it was given back at once"
