"""Activities of cases, with their attached files; a file's content is stored once, however often it comes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy import update as change
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.domain.activity import Activity, ActivityKind, ActivityState, AttachedFile
from mailcase.domain.setback import Errand
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping
from mailcase.store.setbacks import is_ready
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

ACTIVITIES = Mapping(schema.activities, Activity)
FILES = Mapping(schema.attached_files, AttachedFile)

_activities = schema.activities.c
_put_blob = Statement(upsert(schema.blobs).on_conflict_do_nothing(), keys=("sha256", "content"))
_of_case = ACTIVITIES.select.where(_activities.case_id == bindparam("wanted"))
_by_case = Statement(_of_case.order_by(_activities.id))
_newest = Statement(_of_case.order_by(_activities.id.desc()).limit(bindparam("limit")))
_last_customer_mail = Statement(
    _of_case.where(_activities.kind == fixed(ActivityKind.EMAIL_IN), _activities.is_automatic.is_(False))
    .order_by(_activities.id.desc())
    .limit(1)
)
_open = Statement(_of_case.where(_activities.state == fixed(ActivityState.OPEN)).order_by(_activities.id))
_move = Statement(
    change(schema.activities).where(_activities.case_id == bindparam("wanted")).values(case_id=bindparam("survivor"))
)
_to_remind = Statement(
    ACTIVITIES.select.where(_activities.remind_at.is_not(None), _activities.remind_at <= bindparam("now"))
    .where(is_ready(Errand.REMINDER, _activities.id))
    .order_by(_activities.remind_at, _activities.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_by_message_id = Statement(
    ACTIVITIES.select.join(schema.message_index, schema.message_index.c.activity_id == _activities.id)
    .where(schema.message_index.c.message_id == bindparam("wanted"))
    .order_by(_activities.id)
    .limit(1)
)
_by_inbox = Statement(ACTIVITIES.select.where(_activities.inbox_id == bindparam("wanted")))
_files = Statement(
    FILES.select.where(schema.attached_files.c.activity_id == bindparam("wanted")).order_by(schema.attached_files.c.id)
)
_cases_with = Statement(
    select(_activities.case_id)
    .join(schema.attached_files, schema.attached_files.c.activity_id == _activities.id)
    .where(schema.attached_files.c.sha256 == bindparam("wanted"))
    .distinct()
    .limit(bindparam("limit"))
)
_content = Statement(select(schema.blobs.c.content).where(schema.blobs.c.sha256 == bindparam("wanted")))


def insert(tx: Tx, activity: Activity, files: Sequence[tuple[AttachedFile, bytes]] = ()) -> Activity:
    """Store a new activity with its files and their contents; return it with its id.

    The transaction ends with StaleWrite when the mail `inbox_id` is an activity already.
    """
    stored = ACTIVITIES.insert(tx, activity)
    if files:
        contents = {file.sha256: content for file, content in files}
        tx.write_many(_put_blob, [{"sha256": key, "content": contents[key]} for key in sorted(contents)])
        FILES.insert_many(tx, [replace(file, activity_id=stored.id) for file, _ in files])
    return stored


def update(tx: Tx, activity: Activity) -> None:
    """Write an activity. Raises StaleWrite when it is gone."""
    ACTIVITIES.update(tx, activity)


def get(tx: Tx, key: int) -> Activity | None:
    """Return the activity with the id `key`."""
    return ACTIVITIES.get(tx, key)


def by_case(tx: Tx, case_id: int) -> list[Activity]:
    """Return the activities of a case, the oldest first."""
    return ACTIVITIES.all(tx, _by_case, {"wanted": case_id})


def newest(tx: Tx, case_id: int, limit: int) -> list[Activity]:
    """Return the last `limit` activities of a case, the newest first."""
    return ACTIVITIES.all(tx, _newest, {"wanted": case_id, "limit": limit})


def open_of_case(tx: Tx, case_id: int) -> list[Activity]:
    """Return the activities of a case that are still to be done, the oldest first."""
    return ACTIVITIES.all(tx, _open, {"wanted": case_id})


def move(tx: Tx, case_id: int, survivor_id: int) -> None:
    """Make all activities of a case those of another."""
    tx.write(_move, {"wanted": case_id, "survivor": survivor_id})


def to_remind(tx: Tx, now: datetime, limit: int) -> list[Activity]:
    """Return up to `limit` activities whose owners are to be reminded at `now`, the longest due first, but for those put off.

    On PostgreSQL they are locked until `tx` ends and those that another daemon has locked are left out.
    """
    return ACTIVITIES.all(tx, _to_remind, {"now": now, "limit": limit})


def last_customer_mail(tx: Tx, case_id: int) -> Activity | None:
    """Return the newest received mail of a case that was not automatic."""
    return ACTIVITIES.first(tx, _last_customer_mail, {"wanted": case_id})


def by_message_id(tx: Tx, message_id: str) -> Activity | None:
    """Return the first activity that the message index knows under `message_id` (without angle brackets)."""
    return ACTIVITIES.first(tx, _by_message_id, {"wanted": message_id})


def by_inbox(tx: Tx, inbox_id: int) -> Activity | None:
    """Return the activity that the received mail `inbox_id` became."""
    return ACTIVITIES.first(tx, _by_inbox, {"wanted": inbox_id})


def files(tx: Tx, activity_id: int) -> list[AttachedFile]:
    """Return the files of an activity, in their order."""
    return FILES.all(tx, _files, {"wanted": activity_id})


def cases_with(tx: Tx, sha256: str, limit: int) -> list[int]:
    """Return the ids of cases that have a file with this hex digest, `limit` at most."""
    return [row[0] for row in tx.rows(_cases_with, {"wanted": sha256, "limit": limit})]


def content(tx: Tx, sha256: str) -> bytes | None:
    """Return the content of the files with the hex digest `sha256`."""
    found: bytes | None = tx.scalar(_content, {"wanted": sha256})
    return found
