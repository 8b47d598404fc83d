"""Tables as CSV text (RFC 4180), as Excel and other programs write and read it, with the place of every cell.

A program that opens such a file runs a cell that begins like a formula. What is written here is guarded by an apostrophe
before it, which reading takes away again: `unguarded(guarded(text)) == text` for every text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain

from mailcase.errors import Invalid

BOM = "\ufeff"
SEMICOLON = ";"
DELIMITERS = (",", SEMICOLON, "\t")
LINE_END = "\r\n"  # RFC 4180 section 2.1; reading takes what Unix and old Macs write too
_SEPARATOR = re.compile(r"sep=(.)\r?\n?")  # the first line of some files of Excel's
_QUOTED = re.compile(r'"((?:[^"]++|"")*+)"')
_NEW_LINE = re.compile(r"\r\n|\n|\r")
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")  # also as wide letters, which Excel takes for the same
_TO_QUOTE = re.compile(r'[",;\t\r\n]|^\s|\s$|^sep=')
_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell, and where it begins."""

    text: str
    line: int
    column: int
    """In letters, the first is 1."""

    def wrong(self, file: str, what: str) -> str:
        """Return `file:line:column: what`."""
        return f"{file}:{self.line}:{self.column}: {what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row below the header: its cells by column, without those that are empty."""

    line: int
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """Return what stands in a column; empty when nothing does."""
        cell = self.cells.get(column)
        return cell.text if cell else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read of a file."""

    records: tuple[Record, ...]
    problems: tuple[str, ...]
    """`file:line:column: what, and what to do`, of rows that are in `records` no more."""


def guarded(text: str) -> str:
    """Return a text as a cell that no program runs as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that `guarded` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def decode(content: bytes, file: str) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark. Raises Invalid for another encoding."""
    advice = 'save it as "CSV UTF-8"'
    if content.startswith(_ENCODINGS):
        raise Invalid(f"{file}:1:1: the file is in UTF-16; {advice}.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        what = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise Invalid(f"{file}:{line}:{column}: {what}; {advice}.") from error


def read(text: str, file: str, columns: Sequence[str], required: Sequence[str]) -> Sheet:
    """Read a table whose first row names some of `columns`, in any order, all `required` ones among them.

    Raises Invalid when the header is wrong, for then no row can be understood.
    """
    delimiter, start = _delimiter(text)
    reader = _Reader(text=text, file=file, delimiter=delimiter, position=start, begin=start, line=2 if start else 1)
    rows, problems = list(reader.rows()), reader.problems
    if not rows:
        raise Invalid(f"{file}:1:1: the file is empty; its first row has to name columns: {', '.join(columns)}.")
    header = _header(rows[0], file, columns, required)
    records = []
    for row in rows[1:]:
        if len(row) != len(header):
            what = f"the row has {len(row)} cells and the header {len(header)}"
            problems.append(row[0].wrong(file, f"{what}; put a cell that holds a {delimiter!r} into quotes."))
            continue
        cells = {name: cell for name, cell in zip(header, row, strict=True) if cell.text.strip()}
        records.append(Record(line=row[0].line, cells=cells))
    return Sheet(records=tuple(records), problems=tuple(problems))


def write(header: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ",") -> Iterator[str]:
    """Yield the lines of a table, each with its end; cells are to be `guarded` before."""
    for row in chain((header,), rows):
        yield delimiter.join(map(_cell, row)) + LINE_END


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _TO_QUOTE.search(text) else text


def _delimiter(text: str) -> tuple[str, int]:
    """Return what stands between cells, and where the table begins: Excel writes what its country writes lists with."""
    said = _SEPARATOR.match(text)
    if said is not None:
        return said[1], said.end()
    header = _QUOTED.sub("", _NEW_LINE.split(text, maxsplit=1)[0])
    return max(DELIMITERS, key=header.count), 0


def _header(row: tuple[Cell, ...], file: str, columns: Sequence[str], required: Sequence[str]) -> tuple[str, ...]:
    names = tuple("_".join(cell.text.lower().split()) for cell in row)
    problems = []
    for position, (name, cell) in enumerate(zip(names, row, strict=True)):
        if name not in columns:
            problems.append(cell.wrong(file, f"there is no column {cell.text!r}; there are: {', '.join(columns)}."))
        elif name in names[:position]:
            problems.append(cell.wrong(file, f"the column {name} is there twice; take one away."))
    missing = [name for name in required if name not in names]
    if missing:
        problems.append(row[0].wrong(file, f"the header names no column {', '.join(missing)}; add it."))
    if problems:
        raise Invalid(*problems)
    return names


@cache
def _plain_cell(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf"[^{re.escape(delimiter)}\r\n]*")


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Where reading has come to."""

    text: str
    file: str
    delimiter: str
    position: int
    line: int = 1
    begin: int = 0
    """Where the line begins."""
    problems: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows that are not empty; one in which something is wrong is left out."""
        while self.position < len(self.text):
            cells = [self._cell()]
            while self.text.startswith(self.delimiter, self.position):
                self.position += 1
                cells.append(self._cell())
            end = _NEW_LINE.match(self.text, self.position)
            self._advance(end.end() if end else self.position)
            found = tuple(cell for cell in cells if cell is not None)
            if len(found) == len(cells) and any(cell.text.strip() for cell in found):
                yield found

    def _cell(self) -> Cell | None:
        line, column = self.line, self.position - self.begin + 1
        quoted = _QUOTED.match(self.text, self.position)
        if quoted is None and self.text.startswith('"', self.position):
            self._wrong("a quote begins here and never ends; close it, or double it if it is part of the text.")
            self.position = len(self.text)
            return None
        if quoted is None:
            return Cell(text=self._plain(), line=line, column=column)
        self._advance(quoted.end())
        behind = self._plain()
        if behind.strip():
            self._wrong(f"{behind[:20]!r} stands behind a closing quote; double the quotes that belong to the text.")
            return None
        return Cell(text=quoted[1].replace('""', '"'), line=line, column=column)

    def _plain(self) -> str:
        found = _plain_cell(self.delimiter).match(self.text, self.position)
        assert found is not None, "it matches nothing too"
        self.position = found.end()
        return found[0]

    def _advance(self, position: int) -> None:
        for end in _NEW_LINE.finditer(self.text, self.position, position):
            self.line, self.begin = self.line + 1, end.end()
        self.position = position

    def _wrong(self, what: str) -> None:
        self.problems.append(f"{self.file}:{self.line}:{self.position - self.begin + 1}: {what}")
