"""One YAML file as plain values that remember where they stood, so that every complaint names its line and column.

The file is composed to nodes (ruamel.yaml, YAML 1.2: `on` and `no` are words) and constructed here instead of there:
only text, numbers, booleans, nulls, lists and mappings come out; repeated keys, merges and alias bombs are refused.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from mailcase.rules.positions import positions

MAX_FILE_CHARACTERS = 1_000_000
MAX_VALUES = 50_000  # after aliases are resolved: a small file can name ten aliases of ten aliases of …
MAX_DEPTH = 30
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\n]")  # as YAML 1.2 counts lines
_TAG = "tag:yaml.org,2002:"

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a file to one value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands in a file; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def short(self) -> str:
        """`file:line`, as a trace shows it."""
        return f"{self.file}:{self.line}"


def place_at(file: str, text: str, offset: int) -> Place:
    """Return the place of the character at `offset` (from 0) of the whole text of a file."""
    lines = _LINE_END.split(text[:offset])
    return Place(file=file, line=len(lines), column=len(lines[-1]) + 1)


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong in the files of one folder, collected so that an admin sees all of it at once."""

    found: list[str] = field(default_factory=list)

    def add(self, place: Place, what: str) -> None:
        """Add one complaint; `what` says what is wrong and what to do."""
        line = f"{place}: {what}"
        if line not in self.found:
            self.found.append(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One text, and how the file writes it."""

    text: str
    node: ScalarNode
    source: str
    """The whole file."""

    def place(self, file: str, line: int, column: int) -> Place:
        """Return where `line` and `column` (from 1) of the text stand in the file."""
        start, end = self.node.start_mark.index, self.node.end_mark.index
        offsets = positions(self.source[start:end], self.text, self.node.style)
        before = sum(len(one) + 1 for one in self.text.split("\n")[: line - 1]) + column - 1
        inside = offsets[before] if before < len(offsets) else (offsets[-1] + 1 if offsets else 0)
        return place_at(file, self.source, start + inside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The values of one file, and the place of each."""

    file: str
    value: Any  # what the file holds is known only after its schema has checked it
    places: dict[Path, Place]
    texts: dict[Path, "Written"]
    """How each text is written in the file."""

    def place(self, path: Path) -> Place:
        """Return the place of the value at `path`, or of the nearest value around it that the file has."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(file=self.file))

    def place_in(self, path: Path, line: int, column: int) -> Place:
        """Return the place of `line` and `column` (from 1) inside the text at `path`."""
        written = self.texts.get(path)
        if written is None:
            return self.place(path)
        return written.place(self.file, line, column)


def read(file: str, raw: bytes, problems: Problems) -> Document | None:
    """Return the document that `raw` holds, or None after adding what is wrong to `problems`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        problems.add(place_at(file, before, len(before)), "this is not UTF-8 text; save the file as UTF-8.")
        return None
    if len(text) > MAX_FILE_CHARACTERS:
        problems.add(Place(file=file), f"the file is longer than {MAX_FILE_CHARACTERS} characters; split it.")
        return None
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return _Constructor(file, text).document(node)
    except _Wrong as error:
        problems.add(error.place, error.what)
    except MarkedYAMLError as error:
        what = " ".join(part for part in (error.context, error.problem) if part)
        problems.add(_marked(file, error), f"{what}; check the YAML around this place.")
    except RecursionError:
        problems.add(Place(file=file), f"nested deeper than {MAX_DEPTH} levels; flatten it.")
    except ReaderError as error:
        what = f"a character that YAML does not allow (#x{ord(text[error.position]):04x}); remove it."
        problems.add(place_at(file, text, error.position), what)
    except (YAMLError, ValueError) as error:
        problems.add(Place(file=file), f"this is not YAML ({str(error).splitlines()[0][:200]}); mend the file.")
    return None


def _marked(file: str, error: MarkedYAMLError) -> Place:
    mark = error.problem_mark or error.context_mark
    return Place(file=file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=file)


class _Wrong(Exception):  # noqa: N818 - private, caught by `read` only
    def __init__(self, place: Place, what: str) -> None:
        super().__init__(what)
        self.place, self.what = place, what


class _Constructor:
    """Turns the nodes of one file into values; refuses what a rule file has no use for."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._source = text
        self._places: dict[Path, Place] = {}
        self._texts: dict[Path, Written] = {}
        self._count = 0

    def document(self, node: Node | None) -> Document:
        value = {} if node is None else self._value(node, ())
        value = {} if value is None else value
        return Document(file=self._file, value=value, places=self._places, texts=self._texts)

    def _place(self, node: Node) -> Place:
        return Place(file=self._file, line=node.start_mark.line + 1, column=node.start_mark.column + 1)

    def _value(self, node: Node, path: Path) -> Any:
        self._count += 1
        if self._count > MAX_VALUES:
            raise _Wrong(self._place(node), f"more than {MAX_VALUES} values; use fewer aliases.")
        if len(path) > MAX_DEPTH:
            raise _Wrong(self._place(node), f"nested deeper than {MAX_DEPTH} levels; flatten it.")
        self._places[path] = self._place(node)
        if not isinstance(node, ScalarNode) and node.tag not in (f"{_TAG}seq", f"{_TAG}map"):
            raise _Wrong(self._place(node), f"the tag {node.tag} has no meaning here; remove it.")
        match node:
            case ScalarNode():
                return self._scalar(node, path)
            case SequenceNode():
                return [self._value(item, (*path, number)) for number, item in enumerate(node.value)]
            case MappingNode():
                return self._mapping(node, path)
            case _:
                raise _Wrong(self._place(node), "this has no meaning here; use text, a list or a mapping.")

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in found:
                raise _Wrong(self._place(key_node), f"{key!r} is given twice; keep one of them.")
            found[key] = self._value(value_node, (*path, key))
            self._places[(*path, key)] = self._place(key_node if _is_empty(value_node) else value_node)
            self._places[(*path, key, "")] = self._place(key_node)
        return found

    def _key(self, node: Node) -> str:
        if not isinstance(node, ScalarNode) or node.tag == f"{_TAG}merge":
            raise _Wrong(self._place(node), "a key is plain text here; write it out (no `<<`, no list).")
        if _SURROGATE.search(node.value):
            raise _Wrong(self._place(node), "half of a character (a surrogate); write the whole character.")
        return str(node.value)

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        text = str(node.value)
        if _SURROGATE.search(text):
            raise _Wrong(self._place(node), "half of a character (a surrogate); write the whole character.")
        match str(node.tag).removeprefix(_TAG):
            case "str" | "timestamp":  # a date stays text until the schema wants a date
                self._texts[path] = Written(text=text, node=node, source=self._source)
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" | "float":
                return self._number(node, text)
            case tag:
                raise _Wrong(self._place(node), f"the tag {tag} has no meaning here; remove it.")

    def _number(self, node: ScalarNode, text: str) -> int | float:
        plain = text.replace("_", "").lower()
        try:
            return int(plain, 0 if plain.lstrip("+-").startswith(("0x", "0o")) else 10)
        except ValueError:
            pass  # not a whole number
        try:
            number = float(plain)
        except ValueError as error:
            raise _Wrong(
                self._place(node), f"{text[:40]!r} is not a number; put it in quotes if it is text."
            ) from error
        if number - number != 0:
            raise _Wrong(self._place(node), f"{text[:40]!r} is not a finite number; write one in digits.")
        return number


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.value
