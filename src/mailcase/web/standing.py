"""How a daemon stands: its threads, its mailboxes and what waits in the database, as one value for every page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailcase.app import App
from mailcase.daemon.canaries import CanaryStanding, canary_standings
from mailcase.daemon.health import LMTP, Condition, Health
from mailcase.daemon.oauth_standing import OAuthStanding, oauth_standings
from mailcase.domain.outbox import OutboxState
from mailcase.domain.pace import Pause
from mailcase.errors import Unavailable
from mailcase.store import inbox, oauth, pauses, setbacks, volume
from mailcase.store.inbox import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One look at everything."""

    now: datetime
    conditions: Mapping[str, Condition]
    """By the name of the thread."""
    waiting: Mapping[str, Waiting]
    """Mail that is stored and not filed, by mailbox; a mailbox without any is left out."""
    held: int = 0
    unsent: Mapping[OutboxState, int]
    """Outgoing mail that is queued, dead or uncertain."""
    oauth: Sequence[OAuthStanding] = ()
    """Every login by OAuth 2.0."""
    canaries: Mapping[str, CanaryStanding] = field(default_factory=dict)
    """How the canary mails do, by mailbox; empty without `canary.every`."""
    put_off: int = 0
    """What was due, failed and is put off."""
    pauses: Sequence[Pause] = ()
    """Accounts that a mail server asked to send more slowly."""
    database_error: str = ""
    """Why the database does not answer, and what to do; then it says nothing about mail."""

    @property
    def mailboxes(self) -> tuple[Condition, ...]:
        """The conditions of the threads that poll."""
        return tuple(one for one in self.conditions.values() if one.mailbox)

    @property
    def is_ready(self) -> bool:
        """Whether the database answers, every mailbox was read to its end, LMTP is heard and no canary mail is missed."""
        listener = self.conditions.get(LMTP)
        is_heard = listener is None or listener.failing_since is None
        is_missed = any(one.missed_since is not None for one in self.canaries.values())
        return is_heard and not is_missed and not self.database_error and all(is_well(one) for one in self.mailboxes)

    def lag_s(self, mailbox: str) -> float:
        """Return how long the oldest mail of a mailbox has waited to be filed, in seconds; 0 when none waits."""
        waiting = self.waiting.get(mailbox)
        return max(0.0, (self.now - waiting.oldest).total_seconds()) if waiting else 0.0


def is_well(condition: Condition) -> bool:
    """Return whether a mailbox is read as it should be."""
    return condition.is_elsewhere or (condition.looked_at is not None and condition.failing_since is None)


def look(app: App, health: Health) -> Standing:
    """Look at everything now."""
    now, conditions = app.now(), health.all()
    try:
        with app.database.read() as tx:
            return Standing(
                now=now,
                conditions=conditions,
                waiting=inbox.waiting(tx),
                held=inbox.count_held(tx),
                unsent=volume.count_unsent(tx),
                put_off=setbacks.count(tx),
                pauses=pauses.all_of(tx),
                canaries=canary_standings(tx, app),
                oauth=oauth_standings(app.config, oauth.find(tx)),
            )
    except Unavailable as error:
        return Standing(now=now, conditions=conditions, waiting={}, unsent={}, database_error=error.advice)
