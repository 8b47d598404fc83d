"""What imports of contacts and of accounts share: all rows are read before any is written, so a wrong one stops them all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from mailcase.desk.outcome import Act
from mailcase.domain.csv_table import Cell, Record, Sheet, decode, read, unguarded
from mailcase.errors import Invalid, Refused
from mailcase.store.tx import Tx

T = TypeVar("T")
Tell = Callable[[int], None]
"""Is told of each row that is done with."""


class Change(Protocol):
    """What one row of a file leads to."""

    @property
    def is_new(self) -> bool:
        """Whether it makes something that was not there."""
        ...

    @property
    def is_change(self) -> bool:
        """Whether anything is other than it was."""
        ...

    def apply(self, tx: Tx, act: Act) -> None:
        """Write it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a file came to."""

    created: int
    changed: int
    unchanged: int
    left_out: int
    """Rows in which something is wrong."""
    problems: tuple[str, ...]


@dataclass(slots=True)
class RowReader:
    """Reads the cells of one row, and gathers what is wrong in them."""

    file: str
    record: Record
    problems: list[str]

    def read(self, column: str, reading: Callable[[str], T]) -> T | None:
        """Return what `reading` makes of a cell; None when it is empty, or refused."""
        cell = self.record.cells.get(column)
        if cell is None:
            return None
        try:
            return reading(unguarded(cell.text))
        except Refused as refused:
            self.wrong(column, str(refused))
            return None

    def wrong(self, column: str, what: str) -> None:
        """Note that something is wrong in a column."""
        place = self.record.cells.get(column) or Cell(text="", line=self.record.line, column=1)
        self.problems.append(place.wrong(self.file, what))


class Planner(Protocol):
    """Says what the rows of a file lead to."""

    @property
    def columns(self) -> Sequence[str]:
        """What the header may name."""
        ...

    @property
    def required(self) -> Sequence[str]:
        """What it has to name, and every row has to fill in."""
        ...

    def plan(self, tx: Tx, row: RowReader) -> Change | None:
        """Return what a row leads to, or None when something in it is wrong, which `row` then knows."""
        ...


def run(tx: Tx, planner: Planner, content: bytes, file: str, act: Act, *, skips_bad: bool, tell: Tell) -> Imported:
    """Take over a CSV file; the same file a second time changes nothing.

    Raises Invalid with all that is wrong in it, unless it `skips_bad` rows; then nothing is written.
    """
    sheet = read(decode(content, file), file, planner.columns, planner.required)
    problems = list(sheet.problems)
    plans = list(_plans(tx, planner, sheet, file, problems, tell))
    if problems and not skips_bad:
        raise Invalid(*problems)
    for plan in plans:
        if plan.is_change:
            plan.apply(tx, act)
    created = sum(plan.is_new for plan in plans)
    changed = sum(plan.is_change for plan in plans) - created
    return Imported(
        created=created,
        changed=changed,
        unchanged=len(plans) - created - changed,
        left_out=len(sheet.records) - len(plans) + len(sheet.problems),
        problems=tuple(problems),
    )


def _plans(tx: Tx, planner: Planner, sheet: Sheet, file: str, problems: list[str], tell: Tell) -> Iterator[Change]:
    for record in sheet.records:
        row = RowReader(file, record, [])
        missing = [name for name in planner.required if name not in record.cells]
        if missing:
            row.wrong(missing[0], f"the row has no {missing[0]}; fill it in, or take the row away.")
        plan = planner.plan(tx, row) if not missing else None
        problems += row.problems
        tell(1)
        if plan is not None and not row.problems:
            yield plan
