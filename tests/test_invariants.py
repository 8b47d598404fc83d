"""The invariants of the design, each as one test or a few of its name."""

import ast
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from lab.desks import ManualClock
from lab.mails import ANNA, answer, mail
from lab.postman import CollectingPostman
from mailcase.app import App
from mailcase.daemon.deliver import deliver
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.poll import poll
from mailcase.desk import fields
from mailcase.desk.filing import read_case
from mailcase.desk.outcome import Act
from mailcase.desk.record import record
from mailcase.domain.inbox import HoldReason, InboxState
from mailcase.domain.mailbox import Cursor, Fetched
from mailcase.domain.outbox import Delivery, OutboxMessage, OutboxState, Phase
from mailcase.store import activities, audit, cases, inbox, outbox, timeline
from mailcase.store.cases import CaseFilter
from mailcase.store.engine import Database
from mailcase.store.tx import Tx

SOURCE = Path(__file__).parents[1] / "src" / "mailcase"
FOLDER = Cursor(uidvalidity=7, uid=3)


class Crash(BaseException):
    """The process dies here."""


@dataclass
class WatchedDatabase(Database):
    """A database that knows of its open transactions, and that dies before the commit with the number `dies_at`."""

    inner: Database
    is_open: threading.local = field(default_factory=threading.local)
    begun: int = 0
    dies_at: int | None = None

    def __post_init__(self) -> None:
        vars(self).update(vars(self.inner))

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with self._watched(), self.inner.begin() as tx:
            yield tx
            self.begun += 1
            if self.begun == self.dies_at:
                raise Crash

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self._watched(), self.inner.read() as tx:
            yield tx

    def close(self) -> None:
        self.inner.close()

    @property
    def path(self) -> Path | None:
        return self.inner.path

    @contextmanager
    def _watched(self) -> Iterator[None]:
        self.is_open.now = True
        try:
            yield
        finally:
            self.is_open.now = False

    def is_in_transaction(self) -> bool:
        return getattr(self.is_open, "now", False)


@dataclass
class FolderSession:
    """An IMAP folder at the network's edge; `watch` is called whenever something goes over the network."""

    mails: Sequence[bytes]
    watch: object
    acknowledged: list[int] = field(default_factory=list)

    def open(self) -> Cursor:
        return FOLDER

    def first_uid_since(self, moment: object) -> int:
        return 1

    def fetch(self, after: Cursor, *, max_messages: int) -> Iterator[Fetched]:
        for uid, raw in enumerate(self.mails, 1):
            if uid > after.uid:
                self.watch()  # type: ignore[operator]
                yield Fetched(uidvalidity=7, uid=uid, raw=raw, size=len(raw), received_at=ManualClock()())

    def acknowledge(self, uids: Sequence[int]) -> None:
        self.watch()  # type: ignore[operator]
        self.acknowledged += uids

    def wait(self, timeout: timedelta) -> bool:
        return False

    def interrupt(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def watched(app: App) -> App:
    return replace(app, database=WatchedDatabase(app.database))


def postmen(app: App, postman: object) -> dict[str, object]:
    return dict.fromkeys(app.config.mailboxes, postman)


def work(app: App, postman: CollectingPostman) -> None:
    while intake(app) or deliver(app, postmen(app, postman)):
        pass


def test_a_message_is_acknowledged_only_after_the_commit_that_stores_its_bytes(app: App) -> None:
    mails = [mail(f"{number}") for number in range(3)]
    stored_at_each_call = []

    def count() -> None:
        with app.database.read() as tx:
            stored_at_each_call.append(len(inbox.find(tx)))

    session = FolderSession(mails, count)
    assert poll(app, "support", session, FOLDER) == 3
    assert session.acknowledged == [1, 2, 3]
    assert stored_at_each_call == [0, 0, 0, 3], "the last call is the acknowledgement"


def test_no_network_call_is_made_inside_a_transaction(watched: App) -> None:
    def watch() -> None:
        assert not watched.database.is_in_transaction()

    class Postman(CollectingPostman):
        def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
            for delivery in super().deliver(batch):
                watch()
                yield delivery
                watch()

    postman = Postman()
    poll(watched, "support", FolderSession([mail()], watch), FOLDER)
    work(watched, postman)
    assert [message.template for message in postman.sent] == ["customer/acknowledged", "agent/new_case"]


def an_hour_passes(database: Database, clock: ManualClock) -> None:
    """Go on to the next attempt and past every lease, also of those that run on the database's own clock."""
    clock.advance(timedelta(hours=1))
    with database.begin() as tx:
        inbox.end_leases(tx)
        outbox.end_leases(tx, clock())


@pytest.mark.parametrize("dies_at", range(1, 9))
def test_a_message_is_filed_at_most_once_whatever_crashed_where(watched: App, clock: ManualClock, dies_at: int) -> None:
    session, postman = FolderSession([mail()], lambda: None), CollectingPostman()
    watched.database.dies_at = dies_at
    for _ in range(3):
        try:
            poll(watched, "support", session, FOLDER)
            work(watched, postman)
        except Crash:
            an_hour_passes(watched.database.inner, clock)
    with watched.database.read() as tx:
        (case,) = cases.find(tx, CaseFilter())
        assert len(activities.by_case(tx, case.id)) == 1
        assert [message.state for message in inbox.find(tx)] == [InboxState.FILED]
    templates = [message.template for message in postman.sent]
    assert len(templates) == len(set(templates)), "an automatic mail goes out at most once"


def names_of_filters(tree: ast.AST) -> Iterator[str]:
    """Yield what is made a filter: it asks for a status, and changes none."""
    for node in ast.walk(tree):
        is_made = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if is_made and ast.unparse(node.value.func).endswith("Filter"):
            yield from map(ast.unparse, node.targets)


def test_a_status_changes_only_through_the_table_of_the_lifecycle() -> None:
    for path in SOURCE.rglob("*.py"):
        if path.name == "lifecycle.py":
            continue
        tree = ast.parse(path.read_text())
        filters = set(names_of_filters(tree))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if ast.unparse(call.func).endswith("replace") and not filters & {ast.unparse(one) for one in call.args[:1]}:
                assert "status" not in [keyword.arg for keyword in call.keywords], f"{path}:{call.lineno}"


def test_only_record_writes_cases() -> None:
    for path in (SOURCE / "desk").glob("*.py"):
        writes = any(f"cases.{verb}(tx" in path.read_text() for verb in ("insert", "update"))
        assert writes == (path.name == "record.py"), path


def changes(app: App) -> list[tuple[int, int, int]]:
    """Return of every case its version, its timeline entries and its audit records."""
    with app.database.read() as tx:
        return [
            (case.version, len(timeline.by_case(tx, case.id)), len(audit.of_object(tx, "case", case.id)))
            for case in cases.find(tx, CaseFilter())
        ]


def test_every_change_of_a_case_writes_its_timeline_and_audit_in_the_same_transaction(app: App) -> None:
    store(app, mail(), None)
    intake(app)
    ((version, told, audited),) = changes(app)
    act = Act(actor="anna", cause="command line", now=app.now())
    with suppress(Crash), app.database.begin() as tx:
        record(tx, app.desk, fields.set_priority(_case(tx), "high", act), act.now)
        raise Crash
    assert changes(app) == [(version, told, audited)], "all of it is rolled back together"
    with app.database.begin() as tx:
        record(tx, app.desk, fields.set_priority(_case(tx), "high", act), act.now)
        assert '"priority": ["normal", "high"]' in audit.of_object(tx, "case", 1)[-1].changes
    assert changes(app) == [(version + 1, told + 1, audited + 1)]


def _case(tx: Tx):
    (case,) = cases.find(tx, CaseFilter())
    return read_case(tx, case)


def test_outgoing_mail_is_a_row_with_frozen_bytes_and_a_message_id_before_the_first_try(
    app: App, clock: ManualClock
) -> None:
    seen: list[bytes] = []

    class Cut(CollectingPostman):
        def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
            for message in batch:
                with app.database.read() as tx:
                    row = outbox.get(tx, message.id)
                assert row is not None
                assert (row.state, row.raw) == (OutboxState.SENDING, message.raw)
                assert f"Message-ID: <{row.message_id}>".encode() in row.raw.replace(b"\r\n ", b" ")
                seen.append(row.raw)
                yield Delivery(
                    outbox_id=message.id,
                    fence=message.fence,
                    recipients=message.recipients,
                    phase=Phase.CONNECT,
                    response="cut",
                )

    store(app, mail(), None)
    intake(app)
    deliver(app, postmen(app, Cut()))
    clock.advance(timedelta(minutes=1))
    deliver(app, postmen(app, Cut()))
    assert len(seen) == 4
    assert seen[:2] == seen[2:]


CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "localtime", "gmtime"}


@pytest.mark.parametrize("package", ["domain", "mail", "rules", "store", "transport", "desk"])
def test_below_app_time_is_the_argument_now(package: str) -> None:
    for path in (SOURCE / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name, owner = node.func.attr, ast.unparse(node.func.value)
                is_clock = name in CLOCKS and owner in ("datetime", "date", "time", "datetime.datetime")
                # How long a server may take is measured, not dated: transport may ask the monotonic clock.
                assert not is_clock or (package, name) == ("transport", "monotonic"), f"{path}:{node.lineno}"


def test_order_is_by_receipt_never_by_the_date_header(app: App, clock: ManualClock) -> None:
    for date in ("Mon, 01 Jan 2080 00:00:00 +0000", "Thu, 01 Jan 1970 00:00:00 +0000"):
        clock.advance(timedelta(minutes=1))
        store(app, mail(headers={"Date": date}), None)
    intake(app)
    with app.database.read() as tx:
        newest, oldest = cases.find(tx, CaseFilter())
    assert oldest.created_at < newest.created_at <= clock()


def test_a_mail_that_cannot_be_filed_is_held_visible_and_tried_again_by_command(app: App, clock: ManualClock) -> None:
    broken = replace(app, _desk=replace(app.desk, templates=None))  # type: ignore[arg-type]  # every rendering fails
    raw = mail()
    store(app, raw, None)
    for _ in range(3):
        intake(broken)
        clock.advance(timedelta(hours=1))
    with app.database.begin() as tx:
        (held,) = inbox.find(tx, state=InboxState.HELD)
        assert held.reason == HoldReason.FILING_FAILED
        assert f"mailcase inbox retry {held.id}" in held.detail
        assert inbox.raw(tx, held.sha256) == raw
        assert cases.count(tx, CaseFilter()) == 0
        inbox.requeue(tx, held)
    intake(app)
    with app.database.read() as tx:
        assert cases.count(tx, CaseFilter()) == 1


HOSTILE = "{{ 7 * 7 }} {% for a in b %} {# x #} ${x} <script>alert(1)</script> %s \\r\\nBcc: evil@evil.example"


def test_customer_text_is_data_everywhere(app: App) -> None:
    postman = CollectingPostman()
    encoded = "=?utf-8?Q?Printer=0D=0ABcc=3A_evil=40evil.example_{{_7*7_}}?="
    raw = mail(f"{HOSTILE}\n", subject=encoded, sender='"{{ 7*7 }} <b>" <clara@customer.example>')
    store(app, raw, None)
    work(app, postman)
    notice = postman.sent[-1]
    store(app, answer(notice.message_id, f"{HOSTILE}\n", sender=ANNA), None)
    work(app, postman)
    assert [message.template for message in postman.sent][-1] == "customer/replied"
    for message in (notice, postman.sent[-1]):
        written = message_from_bytes(message.raw, policy=policy.default)
        text, html = (written.get_body((kind,)).get_content() for kind in ("plain", "html"))
        assert "{{ 7 * 7 }} {% for a in b %} {# x #} ${x}" in text
        assert "49" not in written["Subject"]
        assert "<script>" not in html
        assert "&lt;script&gt;" in html
        assert written["Bcc"] is None
        assert len(written.get_all("Subject")) == 1
        assert [recipient.address for recipient in message.recipients] == [written["To"].addresses[0].addr_spec]
