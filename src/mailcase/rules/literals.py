"""Checks of what an expression spells out, which CEL would only find wrong when a mail comes, or never.

A regex that does not compile, a duration of days, an unknown time zone, a header name in capitals, a value that a
variable never has: each would make a rule fail or silently never match.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2

from mailcase.rules.tokens import Sort, Token, string_value
from mailcase.rules.variables import Variable

MAX_EXPRESSION = 4_000  # characters
_QUIET = re2.Options()
_QUIET.log_errors = False  # a wrong regex is told with its place, not on standard error
_DURATION = re.compile(r"-?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|ms|s|m|h))+")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_OFFSET = re.compile(r"[+-]?\d\d:\d\d")
_COMPARING = ("==", "!=")
_SEARCHING = ("startsWith", "endsWith", "contains")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with an expression, at a line and column in it (from 1)."""

    line: int
    column: int
    what: str


def fault_at(text: str, offset: int, what: str) -> Fault:
    """Return the fault at `offset` (from 0) in `text`."""
    before = text[:offset]
    return Fault(line=before.count("\n") + 1, column=offset - before.rfind("\n"), what=what)


def check(text: str, words: list[Token], variables: tuple[Variable, ...]) -> list[Fault]:
    """Return all that is wrong with the literals of an expression."""
    if len(text) > MAX_EXPRESSION:
        return [fault_at(text, 0, f"longer than {MAX_EXPRESSION} characters; split the rule in two.")]
    known = {variable.name: variable for variable in variables}
    found = [*_arguments(words), *_headers(words), *_compared_values(words, known)]
    return [fault_at(text, word.start, what) for word, what in found]


def compile_regex(pattern: str) -> Any:
    """Return the compiled RE2 pattern, which has no types for mypy. Raises re2.error."""
    return re2.compile(pattern, _QUIET)


def check_regex(pattern: str) -> str | None:
    """Return what is wrong with a regex (RE2 syntax), or None."""
    try:
        compile_regex(pattern)
    except re2.error as error:
        detail = error.args[0]
        return detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    return None


def header_names(words: list[Token]) -> frozenset[str]:
    """Return the names of the header fields that an expression reads."""
    return _looked_up(words, "headers")


def field_names(words: list[Token]) -> frozenset[str]:
    """Return the names of the fields of one's own that an expression reads."""
    return _looked_up(words, "fields")


def _looked_up(words: list[Token], name: str) -> frozenset[str]:
    found = zip(words, words[1:], words[2:], strict=False)
    return frozenset(string_value(c) for a, b, c in found if a.text == name and b.text == "[")


def _regex(pattern: str) -> str | None:
    problem = check_regex(pattern)
    return problem and f"this regex is wrong ({problem}); mend it (RE2 syntax)."


def _duration(text: str) -> str | None:
    remedy = 'is no duration of CEL; write hours, minutes and seconds, such as duration("336h") for 14 days.'
    return None if _DURATION.fullmatch(text) else f"{text!r} {remedy}"


def _timestamp(text: str) -> str | None:
    remedy = 'is no time; write for instance timestamp("2026-03-02T10:00:00Z").'
    return None if _TIMESTAMP.fullmatch(text) else f"{text!r} {remedy}"


def _zone(text: str) -> str | None:
    if _OFFSET.fullmatch(text):
        return None
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"{text!r} is no time zone; write for instance Europe/Berlin."
    return None


_ZONED = (
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getFullYear",
    "getHours",
    "getMinutes",
    "getMonth",
)
_ARGUMENTS: dict[str, Callable[[str], str | None]] = {
    "matches": _regex,
    "duration": _duration,
    "timestamp": _timestamp,
} | dict.fromkeys(_ZONED, _zone)


def _arguments(words: list[Token]) -> Iterator[tuple[Token, str]]:
    for position, word in enumerate(words[:-2]):
        first = words[position + 2]
        if word.text not in _ARGUMENTS or words[position + 1].text != "(" or first.text == ")":
            continue
        called_on = position >= 2 and words[position - 1].text == "."
        if word.text == "matches" and not called_on:
            yield word, 'write it behind the text: subject.matches("…").'
        elif first.sort is Sort.STRING:
            if problem := _ARGUMENTS[word.text](string_value(first)):
                yield first, problem
        elif word.text == "matches":  # a mail's words must never become a pattern
            yield first, "a regex is written in quotes here, not computed."


def _headers(words: list[Token]) -> Iterator[tuple[Token, str]]:
    """Names of headers and fields are literals in lower case: only those that some rule reads are looked up."""
    for position, word in enumerate(words):
        is_field = word.text == "fields" and [w.text for w in words[max(0, position - 2) : position]] == ["case", "."]
        if not (word.text == "headers" or is_field) or word.sort is not Sort.NAME:
            continue
        rest = words[position + 1 : position + 4]
        is_lookup = [w.text for w in rest[::2]] == ["[", "]"] and rest[1].sort is Sort.STRING
        if not is_lookup:
            form = 'case.fields["name"]' if is_field else 'headers["x-name"]'
            yield word, f"write {form}, which is empty when there is none."
        elif (name := string_value(rest[1])) != name.lower():
            yield rest[1], f'such names are in lower case here: "{name.lower()}".'


def _compared_values(words: list[Token], known: dict[str, Variable]) -> Iterator[tuple[Token, str]]:
    for name, literal, is_whole in _comparisons(words):
        variable, value = known.get(name), string_value(literal)
        if variable is None:
            continue
        if is_whole and variable.choices and value not in variable.choices:
            yield literal, f"{name} is never {value!r}; it is one of {', '.join(variable.choices)}."
        elif variable.is_lower and value != value.lower():
            yield literal, f"{name} is in lower case here; write {value.lower()!r}."


def _comparisons(words: list[Token]) -> Iterator[tuple[str, Token, bool]]:
    """Yield variable, literal, and whether the whole value is compared: `a == "x"`, `a in ["x"]`, `a.contains("x")`."""
    for position, literal in enumerate(words):
        if literal.sort is not Sort.STRING:
            continue
        before, after = words[:position], words[position + 1 :]
        if len(before) >= 2 and before[-1].text in _COMPARING:
            yield _name_ending(before[:-1]), literal, True
        elif len(before) >= 4 and before[-1].text == "(" and before[-2].text in _SEARCHING:
            yield _name_ending(before[:-3]), literal, False
        elif len(after) >= 2 and after[0].text in (*_COMPARING, "in"):
            yield _name_starting(after[1:]), literal, True
        else:
            yield _name_of_list(before), literal, True


def _name_of_list(before: list[Token]) -> str:
    """Return the variable of `variable in ["a", …` when `before` ends inside such a list, else nothing."""
    at = len(before) - 1
    while at >= 0 and (before[at].text == "," or before[at].sort is Sort.STRING):
        at -= 1
    return _name_ending(before[: at - 1]) if at >= 2 and before[at].text == "[" and before[at - 1].text == "in" else ""


def _name_ending(words: list[Token]) -> str:
    """Return the dotted name at the end of `words`."""
    parts: list[str] = []
    for word in reversed(words):
        if word.sort is not Sort.NAME and word.text != ".":
            break
        if parts and (parts[-1] == ".") == (word.text == "."):
            break
        parts.append(word.text)
    return "".join(reversed(parts)).strip(".")


def _name_starting(words: list[Token]) -> str:
    """Return the dotted name at the start of `words`."""
    parts: list[str] = []
    for word in words:
        if (word.sort is not Sort.NAME and word.text != ".") or (parts and (parts[-1] == ".") == (word.text == ".")):
            break
        parts.append(word.text)
    return "".join(parts).strip(".")
