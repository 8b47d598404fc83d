"""How the desk does, as somebody on the command line can see it: from the database, and from the page of a daemon.

The database tells what waits, what came last and which accounts rest; the page `/readyz`, where `web.port` is set, what
only the daemon itself knows: since when a mailbox is connected, and what fails.
"""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailcase.app import App
from mailcase.config import Config
from mailcase.daemon.canaries import CanaryStanding, canary_standings
from mailcase.desk.workforce import Load, strays
from mailcase.domain.outbox import OutboxState
from mailcase.domain.pace import Pause
from mailcase.domain.setback import Setback
from mailcase.store import inbox, leases, pauses, setbacks, volume
from mailcase.store.tx import Tx

TIMEOUT_S = 5.0
MAX_SETBACKS = 20
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked for here, not listened on
Page = Mapping[str, Any]  # JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStatus:
    """One mailbox. What only a daemon's page tells is None without it."""

    mailbox: str
    is_well: bool | None
    connected_since: datetime | None
    looked_at: datetime | None
    last_mail_at: datetime | None
    """When its newest mail was stored, by whichever daemon."""
    waiting: int
    """Mails that are stored and not filed yet."""
    lag_s: float
    """How long the oldest of them waits."""
    failing_since: datetime | None
    error: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole desk."""

    daemons: tuple[str, ...]
    """Who runs on the database; empty when nobody does."""
    page_error: str
    """Why no daemon's page could be read; empty when it was."""
    mailboxes: tuple[MailboxStatus, ...]
    threads: tuple[tuple[str, str, str], ...]
    """Name, error and remedy of each thread that fails and polls no mailbox."""
    held: int
    unsent: Mapping[OutboxState, int]
    pauses: Sequence[Pause]
    canaries: Mapping[str, CanaryStanding]
    setbacks: Sequence[Setback]
    """What was due and failed, the last failure first, `MAX_SETBACKS` at most."""
    put_off: int
    """How many there are."""
    strays: Sequence[Load]
    """Agents and teams that are no more, while cases are theirs."""

    @property
    def is_well(self) -> bool:
        """Whether a daemon runs and nothing is known to fail; mail that waits for a person is no failure."""
        is_missed = any(one.missed_since is not None for one in self.canaries.values())
        return (
            bool(self.daemons)
            and not self.threads
            and not self.put_off
            and not is_missed
            and all(one.is_well is not False for one in self.mailboxes)
        )


def status(app: App) -> Status:
    """Look at everything now. Raises Unavailable when the database is."""
    page, page_error = _page(app.config)
    path = app.database.path
    with app.database.read() as tx:
        holders = {lease.holder for lease in leases.held(tx, app.now())}
        daemons = (leases.daemon_on(path),) if path else tuple(sorted(holders))
        return Status(
            daemons=tuple(filter(None, daemons)),
            page_error=page_error,
            mailboxes=_mailboxes(tx, app, page),
            threads=tuple(_failing(page)),
            held=inbox.count_held(tx),
            unsent=volume.count_unsent(tx),
            pauses=pauses.all_of(tx),
            canaries=canary_standings(tx, app),
            setbacks=setbacks.newest(tx, MAX_SETBACKS),
            put_off=setbacks.count(tx),
            strays=strays(tx, app.desk.rulebook),
        )


def _mailboxes(tx: Tx, app: App, page: Page) -> tuple[MailboxStatus, ...]:
    waiting, now = inbox.waiting(tx), app.now()
    found = []
    for name in app.config.mailboxes:
        told: Page = page.get("mailboxes", {}).get(name, {})
        here = waiting.get(name)
        found.append(
            MailboxStatus(
                mailbox=name,
                is_well=told.get("is_well"),
                connected_since=_moment(told.get("connected_since")),
                looked_at=_moment(told.get("looked_at")),
                last_mail_at=volume.last_received(tx, name),
                waiting=here.count if here else 0,
                lag_s=max(0.0, (now - here.oldest).total_seconds()) if here else 0.0,
                failing_since=_moment(told.get("failing_since")),
                error=str(told.get("error", "")),
                remedy=str(told.get("remedy", "")),
            )
        )
    return tuple(found)


def _failing(page: Page) -> list[tuple[str, str, str]]:
    threads: Page = page.get("threads", {})
    return [(name, one["error"], one["remedy"]) for name, one in threads.items() if one["failing_since"]]


def _page(config: Config) -> tuple[Page, str]:
    """Return what the page of the daemon says, or why there is none; one that is not ready has a page all the same."""
    if config.web.port is None:
        return {}, "set web.port to see since when mailboxes are connected, and what fails"
    host = EVERYWHERE.get(config.web.host, config.web.host)
    connection = http.client.HTTPConnection(host, config.web.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        found = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        return {}, f"http://{host}:{config.web.port}/readyz does not answer ({str(error) or type(error).__name__})"
    finally:
        connection.close()
    return (found, "") if isinstance(found, dict) else ({}, f"{host}:{config.web.port} is not the page of a daemon")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
