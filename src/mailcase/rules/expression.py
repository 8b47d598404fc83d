"""Conditions: CEL expressions (Common Expression Language), compiled once, evaluated on many mails.

CEL has no loops but bounded ones, no side effects, and regexes that run in linear time (RE2). What it can still do too
much of is taken away: text and lists cannot be joined (no `+` on them, and with it no `map` or `filter`), so nothing
grows; a regex is a literal, never a mail's text; an expression is 4,000 characters at most. Google's engine stops a
condition after 10,000 iterations.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cel_expr_python import cel

from mailcase.rules import literals
from mailcase.rules.literals import Fault, fault_at
from mailcase.rules.tokens import Sort, Token, conjuncts, joiner, tokens
from mailcase.rules.variables import CASE_FIELDS, FOR_REPLY, Type, Variable

MAX_FAULTS = 5  # of one expression; the rest follows from them
_FUNCTIONS = ("contains", "startsWith", "endsWith", "matches", "size", "exists", "all", "exists_one", "has", "duration",
              "timestamp", "getDayOfWeek", "getHours", "getMinutes", "getDate", "getMonth", "getFullYear", "true", "false", "in")  # fmt: skip
_NO_GROWTH = """
name: mailcase
stdlib:
  exclude_functions:
    - name: "_+_"
      overloads: [{id: add_string}, {id: add_list}, {id: add_bytes}]
"""
_TYPES = {
    Type.STRING: cel.Type.STRING,
    Type.BOOL: cel.Type.BOOL,
    Type.INT: cel.Type.INT,
    Type.STRINGS: cel.Type.List(cel.Type.STRING),
    Type.HEADERS: cel.Type.Map(cel.Type.STRING, cel.Type.STRING),
    Type.TIMESTAMP: cel.Type.TIMESTAMP,
    Type.DURATION: cel.Type.DURATION,
}
_MOMENT = datetime(2026, 3, 2, 10, tzinfo=UTC)
_EMPTY = {Type.STRING: "", Type.BOOL: False, Type.INT: 0, Type.TIMESTAMP: _MOMENT, Type.DURATION: timedelta()}
_FULL = {Type.STRING: "word", Type.BOOL: True, Type.INT: 3, Type.TIMESTAMP: _MOMENT, Type.DURATION: timedelta(hours=30)}
_SAMPLES = (
    ("with empty fields", _EMPTY, 0),
    ("with one of everything", _FULL, 1),
    ("with 200 addresses", _FULL, 200),  # GUARANTEES, limits
)
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_SEE = "see docs/rules.md."
_NAMES = frozenset(variable.name for variable in FOR_REPLY)
"""What some kind of rule knows."""
_STATUS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$|^(?:ERROR: )?<input>:-?\d+:-?\d+: ")


class Truth(StrEnum):
    """What became of a condition. An error is neither true nor false."""

    TRUE = "true"
    FALSE = "false"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of one condition on one mail."""

    truth: Truth
    why: str
    """The part that decided, or the error."""


class Faulty(Exception):  # noqa: N818 - caught where the file is known, and told there with its place
    """An expression that cannot be used."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.what for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked expression. Equal when written alike; an empty one is always true.

    It is evaluated part by part, as its outermost `&&` or `||` joins them, so that the part which decided is known. As
    in CEL, an error counts only where no other part decides.
    """

    text: str
    joiner: str = field(compare=False, repr=False, default="")
    """`&&` or `||`, whichever is outermost; empty when there is none."""
    parts: tuple[tuple[str, Any], ...] = field(compare=False, repr=False, default=())
    """What it joins, each with its program, which has no type for mypy; itself when it joins nothing."""
    headers: frozenset[str] = field(compare=False, default=frozenset())
    """Header names that it reads."""
    fields: frozenset[str] = field(compare=False, default=frozenset())
    """Names of fields of one's own that it reads."""

    def covers(self, other: "Condition") -> bool:
        """Return whether it surely holds wherever `other` does, by the parts that both are joined of."""
        if not self.parts or self == other:
            return True
        mine, others = ({_flat(part) for part, _ in one.parts} for one in (self, other))
        if not others:
            return False
        if self.joiner == "||":
            return others <= mine if other.joiner == "||" else bool(mine & others)
        return mine <= others and other.joiner != "||"

    def evaluate(self, activation: Any) -> Verdict:
        """Return whether it holds for an activation of the same environment, and which part decided."""
        if not self.parts:
            return Verdict(truth=Truth.TRUE, why="no condition")
        deciding = Truth.TRUE if self.joiner == "||" else Truth.FALSE
        error = ""
        for part, program in self.parts:
            truth, detail = _run(program, activation)
            if truth is deciding:
                return Verdict(truth=truth, why=f"{_flat(part)} is {truth}")
            if truth is Truth.ERROR and not error:
                error = f"{detail} in {_flat(part)}"
        if error:
            return Verdict(truth=Truth.ERROR, why=error)
        truth = Truth.FALSE if deciding is Truth.TRUE else Truth.TRUE
        return Verdict(truth=truth, why=f"{_flat(self.text)} is {truth}")


ALWAYS_TRUE = Condition("")


class Environment:
    """The variables that the conditions of one place know, with their types."""

    def __init__(self, variables: tuple[Variable, ...]) -> None:
        self.variables = variables
        declared = {variable.name: _TYPES[variable.type] for variable in variables}
        self._env = cel.NewEnv(config=cel.NewEnvConfigFromYaml(_NO_GROWTH), variables=declared)
        self._names = frozenset(declared)

    def compile(self, text: str) -> Condition:
        """Return the condition that `text` writes. Raises Faulty with all that is wrong with it."""
        words = list(tokens(text))
        if faults := literals.check(text, words, self.variables):
            raise Faulty(*faults)
        if not words:
            return ALWAYS_TRUE
        program = self._program(text, words)
        if program.return_type() != cel.Type.BOOL:
            kind = str(program.return_type().name()).lower()
            raise Faulty(Fault(line=1, column=1, what=f"this is a {kind}, not a condition; compare it with something."))
        headers, fields = literals.header_names(words), literals.field_names(words)
        self._dry_run(program, {"headers": headers, CASE_FIELDS: fields})
        sign = joiner(text)
        parts = tuple((part, self._env.compile(part)) for part in conjuncts(text)) if sign else ((text, program),)
        return Condition(text.strip(), sign, parts, headers, fields)

    def _dry_run(self, program: Any, looked_up: Mapping[str, frozenset[str]]) -> None:
        """Evaluate once on values as mails have them: what fails on these would hold every such mail."""
        for name, samples, count in _SAMPLES:
            values = {variable.name: _sample(variable, samples, count) for variable in self.variables}
            for name_of, keys in looked_up.items():
                if name_of in values:
                    values[name_of] = dict.fromkeys(keys, samples[Type.STRING])
            truth, detail = _run(program, self._env.Activation(values))
            if truth is Truth.ERROR:
                what = f"it fails on a mail {name} ({detail}); test for that first, with && before it."
                raise Faulty(Fault(line=1, column=1, what=what))

    def activation(self, values: Mapping[str, Any]) -> Any:
        """Return `values` in the form that conditions are evaluated on, to be used for many of them."""
        return self._env.Activation(dict(values))

    def _program(self, text: str, words: list[Token]) -> Any:
        try:
            return self._env.compile(text)
        except RuntimeError as error:
            found = [
                self._explain(what, text, words, _offset(text, int(line), int(column)))
                for line, column, what in _ERROR.findall(str(error))
            ]
            raise Faulty(*(found[:MAX_FAULTS] or [fault_at(text, 0, f"{_plain(str(error))}; simplify it.")])) from error

    def _explain(self, what: str, text: str, words: list[Token], offset: int) -> Fault:
        what = _plain(what).partition(" expecting {")[0]
        name, start = _name_at(words, offset)
        if not name or ("undeclared" not in what and "select operation" not in what):
            return fault_at(text, offset, f"{what}; mend the expression.")
        if name in _FUNCTIONS:
            return fault_at(text, start, f"{name} is not used this way; {_SEE}")
        if name in _NAMES:
            return fault_at(text, start, f"{name} is not known in rules of this kind; see docs/rules.md.")
        near = difflib.get_close_matches(name, sorted({*self._names, *_FUNCTIONS}), 1, 0.6)
        inside = sorted(known for known in self._names if known.startswith(f"{name.partition('.')[0]}."))
        remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(inside)}." if inside else _SEE
        return fault_at(text, start, f"{name} is not known here; {remedy}")


def _sample(variable: Variable, samples: dict[Type, Any], count: int) -> Any:
    if variable.type is Type.STRINGS:
        return [samples[Type.STRING]] * count
    return samples.get(variable.type, {})


def _run(program: Any, activation: Any) -> tuple[Truth, str]:
    try:
        result = program.eval(activation)
    except RuntimeError as error:  # an exhausted budget is raised, other errors are returned
        return Truth.ERROR, _plain(str(error))
    if result.type() == cel.Type.BOOL:
        return (Truth.TRUE if result.value() else Truth.FALSE), ""
    return Truth.ERROR, _plain(str(result.value()))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _plain(message: str) -> str:
    first = message.strip().splitlines()[0] if message.strip() else "unknown error"
    for _ in range(3):  # one status, one place, one trailing status
        first = _STATUS.sub("", first)
    return first.replace(" (in container '')", "").rstrip(". ")[:200]


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: line - 1]) + column - 1


def _name_at(words: list[Token], offset: int) -> tuple[str, int]:
    """Return the dotted name around `offset`, such as `from.adress`, and where it starts; of a call the function's."""
    at = next((n for n, word in enumerate(words) if word.start <= offset < word.end), None)
    if at is None:
        return "", offset
    at -= 1 if words[at].text in ("(", "[") and at else 0  # a call is reported at its bracket
    at += 1 if words[at].text == "." and at + 1 < len(words) else 0
    if words[at].sort is not Sort.NAME:
        return "", offset
    if at + 1 < len(words) and words[at + 1].text == "(":
        return words[at].text, words[at].start
    first = last = at
    while first >= 2 and words[first - 1].text == "." and words[first - 2].sort is Sort.NAME:
        first -= 2
    while last + 2 < len(words) and words[last + 1].text == "." and words[last + 2].sort is Sort.NAME:
        last += 2
    return "".join(word.text for word in words[first : last + 1]), words[first].start
