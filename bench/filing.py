"""How much slower filing gets on a desk with very many cases.

A few hundred cases are filed as ever; then all their rows are copied inside the database, with new keys, again and
again until there are enough. So the rows are as the desk writes them, and a million take minutes.
"""

from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, String, Table, cast, func, insert, literal, select

from bench.mails import Seeded
from bench.result import Figure, Options, Result, percentile
from bench.servers import Servers, servers
from bench.stopwatch import Stopwatch
from bench.workplace import SECRET, database_url, desk
from mailcase.app import App
from mailcase.clock import utc_now
from mailcase.daemon import intake as intake_stage
from mailcase.daemon.connections import imap_session
from mailcase.daemon.poll import poll
from mailcase.store import cases, schema
from mailcase.store.cases import CaseFilter
from mailcase.store.tx import Tx

FIRST = 200
MESSAGES = 500
TURN = 25  # mails filed on one desk, then on the other
COPIED = (
    schema.contacts, schema.contact_addresses, schema.raw_messages, schema.inbox, schema.cases, schema.activities,
    schema.timeline, schema.queue_items, schema.message_index, schema.clocks, schema.clock_spans, schema.audit,
    schema.outbox, schema.outbox_recipients, schema.rulings, schema.parsed_mails,
)  # fmt: skip
REFERENCES = {("activities", "inbox_id"): "inbox", ("inbox", "case_id"): "cases", ("audit", "object_id"): "cases"}
"""Columns that hold the key of another table without a constraint."""
UNIQUE = frozenset({"address", "sha256", "message_id", "dedupe_key"})
"""Text that no two rows may share, or that no two desks' rows would."""
BULK = frozenset({"raw", "content"})
"""Bytes that are only ever found by a key: their length makes the disk full, and no query slow."""
KEPT_BYTES = 500
BEYOND_SERVER = 1_000_000
"""UIDs that the server will not give to the mails that are still to come."""
LONG_AGO = timedelta(days=30)


def run(options: Options) -> Result:
    """Measure."""
    count = options.messages or MESSAGES
    with ExitStack() as stack:
        mail = stack.enter_context(servers())
        few, many = (_desk(stack, options, mail, options.folder / name) for name in ("few", "many"))
        seeded = Seeded(FIRST + count, SECRET, opening=FIRST, has_files=False)
        stream = iter(seeded)
        mail.fill(islice(stream, FIRST))
        for app in (few, many):
            app.now = lambda: utc_now() - LONG_AGO
            _file(app)
            app.now = utc_now
        stored = _grow(many, options.cases)
        small: list[float] = []
        large: list[float] = []
        while mails := list(islice(stream, TURN)):  # in turns, so that what else the machine does slows both
            mail.fill(mails)
            small += _file(few)
            large += _file(many)
    figures = [
        *_figures("small", f"filing a mail, {FIRST} cases", small),
        *_figures("large", f"filing a mail, {stored:,} cases", large),
        Figure(
            key="growth", name="p95, many to few", value=percentile(large, 95) / percentile(small, 95), unit="ratio"
        ),
    ]
    return Result(stage="growth", setting=f"{count} mails on each desk, {options.database}", figures=figures)


def _figures(key: str, name: str, seconds: list[float]) -> list[Figure]:
    return [
        Figure(key=f"{key}_p95", name=f"{name}: p95", value=percentile(seconds, 95) * 1000, unit="ms"),
        Figure(key=f"{key}_median", name="median", value=percentile(seconds, 50) * 1000, unit="ms", is_part=True),
    ]


def _desk(stack: ExitStack, options: Options, mail: Servers, folder: Path) -> App:
    url = stack.enter_context(database_url(options.database, folder))
    return stack.enter_context(desk(folder, url, mail, options.agents))


def _file(app: App) -> list[float]:
    """File what is new on the server and return how long each mail took, in seconds."""
    session = imap_session(app.config, "support", app.tokens)
    fetched = poll(app, "support", session, session.open())
    session.close()
    watch = Stopwatch()
    with watch.on([("file", intake_stage, "_file")]):
        while intake_stage.intake(app):
            pass
    assert len(watch.calls["file"]) == fetched
    return watch.calls["file"]


def _grow(app: App, wanted: int) -> int:
    """Copy all rows until there are `wanted` cases or more; return how many there are."""
    while True:
        with app.database.begin() as tx:
            there = cases.count(tx, CaseFilter())
            if there >= wanted:
                return there
            offsets = {table.name: _highest(tx, table) for table in COPIED}
            for table in COPIED:
                _copy(tx, table, offsets)
                _count_on(tx, table)


def _highest(tx: Tx, table: Table) -> int:
    if "id" not in table.c:
        return 0
    found: int = tx.connection.execute(select(func.max(table.c.id))).scalar_one() or 0
    return found


def _copy(tx: Tx, table: Table, offsets: dict[str, int]) -> None:
    """Store each row of `table` once more, under new keys."""
    columns = [(column, _new(column, offsets)) for column in table.columns]
    rows = select(*(value for _, value in columns))
    names = [column.name for column, _ in columns]
    statement: Any = insert(table)  # a dialect adds to it
    tx.connection.execute(statement.from_select(names, rows, include_defaults=False))


def _count_on(tx: Tx, table: Table) -> None:
    """Let PostgreSQL number new rows from the highest key on; SQLite does so by itself."""
    if not tx.is_sqlite and "id" in table.c:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        tx.connection.execute(select(func.setval(sequence, _highest(tx, table) + 1, literal(value=False))))


def _new(column: Column[Any], offsets: dict[str, int]) -> Any:  # an expression of the column's type
    """Return what a column holds in the copy of its row."""
    owner = next((key.column.table.name for key in column.foreign_keys), None)
    owner = owner or REFERENCES.get((column.table.name, column.name))
    if column.name == "id":
        owner = column.table.name
    if owner is not None:
        return column + offsets.get(owner, 0)
    if column.name == "uid":
        return column + (offsets["inbox"] + BEYOND_SERVER)
    if column.name in BULK:
        return func.substr(column, 1, KEPT_BYTES)
    if column.name in UNIQUE:
        return cast(column, String).concat(literal(f".{offsets['cases']}"))
    return column
