"""Retention: what the desk no longer works on is deleted after the days of `[retention]`, a little at a time."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailcase.app import App
from mailcase.config import Config
from mailcase.domain.activity import AuditRecord
from mailcase.log import get_logger
from mailcase.store import audit, erasing
from mailcase.store.tx import Tx

BATCH = 50  # in one transaction, so that mail is filed in between
CANARY_DAYS = 2
log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One kind of thing, and how long it is kept."""

    what: str
    days: Callable[[Config], int | None]
    find: Callable[[Tx, datetime, int, int], list[int]]
    """Takes a moment before which, an id after which, and how many; returns ids, ascending."""
    erase: Callable[[Tx, Sequence[int]], Counter[str]]


TERMS = (
    Term(
        what="closed cases",
        days=lambda config: config.retention.closed_cases_days,
        find=erasing.closed_cases,
        erase=erasing.erase_cases,
    ),
    Term(
        what="raw mails of closed cases",
        days=lambda config: config.retention.raw_mail_days,
        find=erasing.mails_of_closed_cases,
        erase=erasing.drop_bytes,
    ),
    Term(
        what="skipped and discarded mails",
        days=lambda config: config.retention.ignored_mail_days,
        find=erasing.skipped_mails,
        erase=erasing.erase_mails,
    ),
    Term(
        what="canary mails that went out",
        days=lambda config: CANARY_DAYS if config.canary.every else None,
        find=erasing.canaries_sent,
        erase=erasing.erase_sent,
    ),
    Term(
        what="canary mails that came back",
        days=lambda config: CANARY_DAYS if config.canary.every else None,
        find=erasing.canaries_returned,
        erase=erasing.erase_mails,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What of one kind was, or would be, deleted."""

    what: str
    days: int
    count: int
    removed: Counter[str]
    """Rows by table, and bytes; empty when it was only counted."""


def retain(app: App, *, is_dry: bool = False) -> list[Expired]:
    """Delete what has expired, or only count it; each term that is set has a line. Raises Unavailable, StaleWrite."""
    done = [_expire(app, term, days, is_dry=is_dry) for term in TERMS if (days := term.days(app.config)) is not None]
    if not is_dry and any(one.count for one in done):
        counts = {one.what: one.count for one in done}
        log.info("retention.done", **{what.replace(" ", "_"): count for what, count in counts.items()})
        record = AuditRecord(
            at=app.now(),
            actor="system",
            action="retention",
            object_type="desk",
            object_id=1,
            changes=json.dumps(counts),
        )
        with app.database.begin() as tx:
            audit.append(tx, [record])
    return done


def _expire(app: App, term: Term, days: int, *, is_dry: bool) -> Expired:
    count, removed, after = 0, Counter[str](), 0
    before = app.now() - timedelta(days=days)
    while True:
        with app.database.read() as tx:
            ids = term.find(tx, before, after, BATCH)
        if not ids:
            return Expired(what=term.what, days=days, count=count, removed=removed)
        last = ids[-1]
        if not is_dry:
            with app.database.begin() as tx:  # looked at again: a case may be open by now
                ids = [one for one in term.find(tx, before, after, BATCH) if one <= last]
                removed += term.erase(tx, ids)
        count, after = count + len(ids), last
