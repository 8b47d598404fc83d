"""What has expired goes, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import filed_case, received
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.reconcile import reconcile
from mailcase.daemon.retention import retain
from mailcase.desk import cases as verbs
from mailcase.desk.filing import read_case
from mailcase.desk.held import discard
from mailcase.desk.outcome import Act
from mailcase.desk.record import record
from mailcase.domain.inbox import InboxState
from mailcase.store import activities, audit, cases, inbox
from mailcase.store.erasing import BYTES_REMOVED, ERASED

SETTINGS = "[retention]\nclosed_cases_days = 90\nraw_mail_days = 30\nignored_mail_days = 7\n"


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url, extra=SETTINGS)), clock)
    yield found
    found.close()


def furnished(app: App) -> None:
    """A closed case, an open one, and an ignored, a discarded and a held mail."""
    filed_case(app, mail("One.\n", message_id="<1@c.example>"))
    filed_case(app, mail("Two.\n", message_id="<2@c.example>", sender="Carl <carl@other.example>"))
    with app.database.begin() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        act = Act(actor="anna", cause="test", now=app.now())
        cancelled = verbs.cancel(read_case(tx, case), "no more", app.desk.rulebook.status_reasons, act)
        record(tx, app.desk, cancelled, app.now())
    filed_case(app, mail(headers={"List-Id": "<news.list.example>", "Precedence": "bulk"}, message_id="<3@l.example>"))
    for number in (4, 5):
        filed_case(app, mail(f"{number}\n", sender="a@x.example, b@x.example", message_id=f"<{number}@x.example>"))
    with app.database.begin() as tx:
        discard(tx, received(app)[3], "spam", "root", app.now())


def counts(app: App, *, is_dry: bool = False) -> dict[str, int]:
    return {one.what: one.count for one in retain(app, is_dry=is_dry)}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(6, [0, 0, 0]), (8, [0, 0, 2]), (31, [0, 1, 2]), (91, [1, 0, 2])],
    ids=["nothing", "ignored mail", "raw mail", "the case"],
)
def test_each_goes_after_its_days(app: App, clock: ManualClock, days: int, expected: list[int]) -> None:
    furnished(app)
    clock.advance(timedelta(days=days))
    assert list(counts(app).values()) == expected
    assert list(counts(app).values()) == [0, 0, 0], "once"


def test_a_dry_run_changes_nothing(app: App, clock: ManualClock) -> None:
    furnished(app)
    clock.advance(timedelta(days=91))
    before = received(app)
    assert list(counts(app, is_dry=True).values()) == [1, 1, 2]
    assert received(app) == before


def test_raw_mail_goes_and_what_it_said_stays(app: App, clock: ManualClock) -> None:
    furnished(app)
    clock.advance(timedelta(days=31))
    retain(app)
    first = received(app)[0]
    with app.database.read() as tx:
        assert inbox.raw(tx, first.sha256) is None
        assert activities.by_case(tx, 1)[0].text.strip() == "One."
    assert (first.state, first.reason) == (InboxState.FILED, BYTES_REMOVED)
    assert reconcile(app, []).differences == ()


def test_open_cases_and_held_mail_never_expire(app: App, clock: ManualClock) -> None:
    furnished(app)
    clock.advance(timedelta(days=10_000))
    retain(app)
    states = {message.id: (message.state, message.reason) for message in received(app)}
    assert [states[number][0] for number in (2, 5)] == [InboxState.FILED, InboxState.HELD]
    assert [states[number][1] for number in (1, 3, 4)] == [ERASED] * 3
    with app.database.read() as tx:
        assert (cases.get(tx, 1), cases.get(tx, 2) is None) == (None, False)
        assert audit.after(tx, 0, 100)[-1].action == "retention"
