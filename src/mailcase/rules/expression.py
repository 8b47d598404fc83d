"""Conditions: CEL expressions (Common Expression Language), compiled once, evaluated on many mails.

CEL has no loops but bounded ones, no side effects, and regexes that run in linear time (RE2). What it can still do too
much of is taken away: text and lists cannot be joined (no `+` on them, and with it no `map` or `filter`), so nothing
grows; a regex is a literal, never a mail's text; an expression is 4,000 characters at most. Google's engine stops a
condition after 10,000 iterations.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import re2  # type: ignore[import-untyped]
from cel_expr_python import cel  # type: ignore[import-untyped]

from mailcase.rules.tokens import Sort, Token, conjuncts, joiner, string_value, tokens
from mailcase.rules.variables import Type, Variable

MAX_EXPRESSION = 4_000  # characters
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
_ERROR = re.compile(r"^ERROR: <input>:(\d+):(\d+): (.*)$", re.MULTILINE)
_STATUS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an expression, at a line and column in it (from 1)."""

    line: int
    column: int
    what: str


class Faulty(Exception):  # noqa: N818 - caught where the file is known, and told there with its place
    """An expression that cannot be used."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.what for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Condition:
    """A checked expression. Equal when written alike; an empty one is always true."""

    text: str
    program: Any = field(compare=False, repr=False, default=None)  # the engine has no types for mypy
    compile_part: Callable[[str], Any] | None = field(compare=False, repr=False, default=None)
    headers: frozenset[str] = field(compare=False, default=frozenset())
    """Header names that it reads."""

    def evaluate(self, activation: Any) -> Verdict:
        """Return whether it holds for an activation of the same environment, and which part decided."""
        if self.program is None:
            return Verdict(truth=Truth.TRUE, why="no condition")
        truth, detail = _run(self.program, activation)
        if truth is Truth.ERROR:
            return Verdict(truth=truth, why=f"{detail} in {self.text}")
        return Verdict(truth=truth, why=self._deciding_part(truth, activation))

    def _deciding_part(self, truth: Truth, activation: Any) -> str:
        """Return the first `&&` part that is false, or the first `||` part that is true; else the whole."""
        deciding = {"&&": Truth.FALSE, "||": Truth.TRUE}.get(self._joiner)
        found = self.text
        if truth is deciding:
            found = next((part for part, program in self._parts if _run(program, activation)[0] is truth), self.text)
        return f"{' '.join(found.split())} is {truth}"

    @cached_property
    def _joiner(self) -> str:
        return joiner(self.text)

    @cached_property
    def _parts(self) -> tuple[tuple[str, Any], ...]:
        assert self.compile_part is not None
        return tuple((part, self.compile_part(part)) for part in conjuncts(self.text))


ALWAYS_TRUE = Condition("")


class Environment:
    """The variables that the conditions of one place know, with their types."""

    def __init__(self, variables: tuple[Variable, ...]) -> None:
        self.variables = variables
        declared = {variable.name: _TYPES[variable.type] for variable in variables}
        self._env = cel.NewEnv(config=cel.NewEnvConfigFromYaml(_NO_GROWTH), variables=declared)
        self._names = frozenset(declared) | {name.partition(".")[0] for name in declared}

    def compile(self, text: str) -> Condition:
        """Return the condition that `text` writes. Raises Faulty with all that is wrong with it."""
        words = list(tokens(text))
        faults = [*_limits(text), *_regexes(text, words), *_headers(text, words)]
        if faults:
            raise Faulty(*faults)
        if not words:
            return ALWAYS_TRUE
        program = self._program(text, words)
        if program.return_type() != cel.Type.BOOL:
            kind = str(program.return_type().name()).lower()
            raise Faulty(Fault(line=1, column=1, what=f"this is a {kind}, not a condition; compare it with something."))
        return Condition(text.strip(), program, self._env.compile, _header_names(words))

    def activation(self, values: Mapping[str, Any]) -> Any:
        """Return `values` in the form that conditions are evaluated on, to be used for many of them."""
        return self._env.Activation(dict(values))

    def _program(self, text: str, words: list[Token]) -> Any:
        try:
            return self._env.compile(text)
        except RuntimeError as error:
            found = _ERROR.findall(str(error))
            faults = [
                Fault(line=int(line), column=int(column), what=self._explain(what, text, words, int(line), int(column)))
                for line, column, what in found
            ]
            raise Faulty(*(faults or [Fault(line=1, column=1, what=_plain(str(error)))])) from error

    def _explain(self, what: str, text: str, words: list[Token], line: int, column: int) -> str:
        what = _plain(what)
        name = _name_at(words, _offset(text, line, column))
        if name is None or ("undeclared" not in what and "select operation" not in what):
            return f"{what}."
        near = difflib.get_close_matches(name, sorted(self._names | set(_FUNCTIONS)), 1, 0.6)
        known = near[0] if near else ", ".join(sorted(n for n in self._names if n.startswith(name.partition(".")[0])))
        remedy = f"did you mean {known}?" if near else f"known are {known}." if known else "see docs/rules.md."
        return f"{name} is not known here; {remedy}"


def check_regex(pattern: str) -> str | None:
    """Return what is wrong with a regex (RE2 syntax), or None."""
    try:
        re2.compile(pattern)
    except re2.error as error:
        detail = error.args[0]
        return detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    return None


def _run(program: Any, activation: Any) -> tuple[Truth, str]:
    try:
        result = program.eval(activation)
    except RuntimeError as error:  # an exhausted budget is raised, other errors are returned
        return Truth.ERROR, _plain(str(error))
    if result.type() == cel.Type.BOOL:
        return (Truth.TRUE if result.value() else Truth.FALSE), ""
    return Truth.ERROR, _plain(str(result.value()))


def _plain(message: str) -> str:
    first = message.strip().splitlines()[0] if message.strip() else "unknown error"
    return _STATUS.sub("", _STATUS.sub("", first)).replace(" (in container '')", "").rstrip(". ")[:200]


def _limits(text: str) -> list[Fault]:
    if len(text) > MAX_EXPRESSION:
        return [Fault(line=1, column=1, what=f"longer than {MAX_EXPRESSION} characters; split the rule in two.")]
    return []


def _fault(text: str, offset: int, what: str) -> Fault:
    before = text[:offset]
    return Fault(line=before.count("\n") + 1, column=offset - before.rfind("\n"), what=what)


def _regexes(text: str, words: list[Token]) -> list[Fault]:
    faults = []
    for word, after, then in zip(words, words[1:], words[2:], strict=False):
        if word.text != "matches" or after.text != "(" or then.text == ")":
            continue
        if then.sort is not Sort.STRING:  # a mail's words must never become a pattern
            faults.append(_fault(text, then.start, "a regex is written in quotes here, not computed."))
        elif problem := check_regex(string_value(then)):
            faults.append(_fault(text, then.start, f"this regex is wrong ({problem}); mend it (RE2 syntax)."))
    return faults


def _header_names(words: list[Token]) -> frozenset[str]:
    names = zip(words, words[1:], words[2:], strict=False)
    return frozenset(string_value(c) for a, b, c in names if a.text == "headers" and b.text == "[")


def _headers(text: str, words: list[Token]) -> list[Fault]:
    """Header names are literals in lower case: only those that some rule reads are looked up."""
    faults = []
    for place, word in enumerate(words):
        if word.text != "headers" or word.sort is not Sort.NAME:
            continue
        rest = words[place + 1 : place + 4]
        is_lookup = [w.text for w in rest[::2]] == ["[", "]"] and rest[1].sort is Sort.STRING
        if not is_lookup:
            faults.append(_fault(text, word.start, 'write headers["x-name"], which is empty when the mail has none.'))
        elif (name := string_value(rest[1])) != name.lower():
            faults.append(_fault(text, rest[1].start, f'header names are in lower case here: "{name.lower()}".'))
    return faults


def _offset(text: str, line: int, column: int) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: line - 1]) + column - 1


def _name_at(words: list[Token], offset: int) -> str | None:
    """Return the dotted name around `offset`, such as `from.adress`; of a call only the function's own name."""
    at = next((n for n, word in enumerate(words) if word.start <= offset < word.end), None)
    if at is None:
        return None
    at -= 1 if words[at].text in ("(", "[") and at else 0  # a call is reported at its bracket
    at += 1 if words[at].text == "." and at + 1 < len(words) else 0
    if words[at].sort is not Sort.NAME:
        return None
    if at + 1 < len(words) and words[at + 1].text == "(":
        return words[at].text
    first = last = at
    while first >= 2 and words[first - 1].text == "." and words[first - 2].sort is Sort.NAME:
        first -= 2
    while last + 2 < len(words) and words[last + 1].text == "." and words[last + 2].sort is Sort.NAME:
        last += 2
    return "".join(word.text for word in words[first : last + 1])
