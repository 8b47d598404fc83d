"""Canary mails of all mailboxes that send and fetch: sent when it is time, and missed when they stay away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.app import App
from mailcase.daemon.alarms import tell
from mailcase.daemon.sources import fetched_mailboxes
from mailcase.desk import canary
from mailcase.desk.canary import Flight
from mailcase.log import get_logger
from mailcase.store.tx import Tx

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryStanding:
    """How the canary mails of one mailbox do."""

    flights: tuple[Flight, ...]
    """The newest first."""
    missed_since: datetime | None
    """When the oldest of those was sent that should be back by now; None when all is well."""

    @property
    def round_trip_s(self) -> float | None:
        """How long the last one took that came back, in seconds."""
        return next((one.round_trip.total_seconds() for one in self.flights if one.round_trip is not None), None)


def canary_mailboxes(app: App) -> list[str]:
    """Return the mailboxes that have canary mails: none unless `canary.every` is set."""
    config = app.config
    if config.canary.every is None:
        return []
    return [name for name in fetched_mailboxes(config) if config.smtp_of(name) is not None]


def canary_standings(tx: Tx, app: App) -> Mapping[str, CanaryStanding]:
    """Return how the canary mails of each mailbox do."""
    every, late_after, now = app.config.canary.every, app.config.canary.late_after, app.now()
    assert every is not None or not canary_mailboxes(app), "else there are none"
    return {name: _standing(tx, app, name, every or late_after, late_after, now) for name in canary_mailboxes(app)}


def fly(app: App) -> bool:
    """Send the canary mails that are due, and tell of those that are missed; return whether there is mail to send."""
    every = app.config.canary.every
    if every is None:
        return False
    with app.database.begin() as tx:
        sent = [
            name
            for name in canary_mailboxes(app)
            if canary.send(tx, app.desk, app.desk.mailboxes[name], every, app.now())
        ]
        standings = canary_standings(tx, app)
    if sent:
        log.info("canary.sent", mailboxes=sent)
    missed = [_tell(app, name, one.missed_since) for name, one in standings.items() if one.missed_since is not None]
    return bool(sent) or any(missed)


def _standing(tx: Tx, app: App, name: str, every: timedelta, late_after: timedelta, now: datetime) -> CanaryStanding:
    flights = canary.flights(tx, app.desk.mailboxes[name], every, late_after, now)
    late = [one.sent_at for one in flights if canary.is_late(one, late_after, now)]
    return CanaryStanding(flights=tuple(flights), missed_since=min(late, default=None))


def _tell(app: App, name: str, since: datetime) -> bool:
    trouble = f"The canary mail of the mailbox {name}, sent at {app.desk.local(since):%H:%M}, has not come back."
    remedy = (
        f"`mailcase outbox list --mailbox {name}` tells whether it went out, `mailcase status` whether the mailbox is read; "
        "look into its junk folder too."
    )
    return tell(app, f"canary {name}", trouble, remedy)
