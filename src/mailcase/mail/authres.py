"""The grammar of the Authentication-Results field (RFC 8601 section 2.2), read strictly and in one walk.

A comment inside a comment is a counter, not a call, and every list is bounded: the field may hold what a stranger
wrote. The value has to be the raw one: an encoded word is not decoded in a structured field, or a local part such as
`=?utf-8?q?x=3B_dmarc=3Dpass?=` would become a result.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_FIELD = 16_384  # characters
MAX_RESULTS = 50
MAX_PROPERTIES = 50

_KEYWORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")  # Ldh-str, and `_` as some servers write
_DIGITS = re.compile(r"[0-9]+")
_NO_RESULT = re.compile(r"none\s*\Z", re.IGNORECASE)
_BARE = re.compile(r"[^\s();\"]+")


class Result(StrEnum):
    """What a method said (RFC 8601 section 2.7)."""

    NONE = "none"
    """Not checked, nothing to check, or a word that the standard does not have."""
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    """Checked and genuine."""
    FAIL = "fail"
    """Checked and not genuine."""
    SOFTFAIL = "softfail"
    """Probably not genuine (SPF)."""
    NEUTRAL = "neutral"
    """The domain does not want to say, or the signature could not be used."""
    POLICY = "policy"
    """Valid, and refused by the server's own rules."""
    TEMPERROR = "temperror"
    """Could not be checked just now."""
    PERMERROR = "permerror"
    """Cannot be checked: what the domain published is broken."""


_RESULTS = {result.value: result for result in Result}


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """One `method=result` of the field with its properties."""

    method: str
    result: Result
    properties: tuple[tuple[str, str], ...]
    """`ptype.property` in lower case and its value; a bare word such as `reason` stands without a dot."""

    def value(self, name: str) -> str | None:
        """Return the value of the property `name`; None when it is missing or given twice."""
        values = [value for key, value in self.properties if key == name]
        return values[0] if len(values) == 1 else None


def parse(value: str) -> tuple[MethodResult, ...] | None:
    """Return every result of the field, or None when it breaks the grammar or a bound."""
    scanner = _Scanner(value)
    if _take_authserv_id(scanner) is None:
        return None
    results: list[MethodResult] = []
    while not scanner.at_end():
        if len(results) == MAX_RESULTS or not scanner.take(";"):
            return None
        if not results and scanner.match(_NO_RESULT):
            return ()
        found = _method_result(scanner)
        if found is None:
            return None
        results.append(found)
    return tuple(results) or None


def authserv_id_of(value: str) -> str | None:
    """Return the id of the server that wrote the field, in lower case; None when it names none."""
    found = _take_authserv_id(_Scanner(value))
    return found.lower() if found else None


def _take_authserv_id(scanner: "_Scanner") -> str | None:
    """Take `authserv-id [version]`; None unless a `;` or the end follows, so that a bare result is no id."""
    found = scanner.value()
    scanner.match(_DIGITS)
    return found if found and (scanner.at_end() or scanner.sees(";")) else None


def _method_result(scanner: "_Scanner") -> MethodResult | None:
    method = scanner.match(_KEYWORD)
    if method and scanner.take("/") and scanner.match(_DIGITS) is None:  # the version of a method
        return None
    result = scanner.match(_KEYWORD) if method and scanner.take("=") else None
    properties = _properties(scanner) if result else None
    if method is None or result is None or properties is None:
        return None
    known = _RESULTS.get(result.lower(), Result.NONE)
    return MethodResult(method=method.lower(), result=known, properties=properties)


def _properties(scanner: "_Scanner") -> tuple[tuple[str, str], ...] | None:
    found: list[tuple[str, str]] = []
    while not scanner.at_end() and not scanner.sees(";"):
        # `reason=` stands without a ptype, and so do the words that some servers add (`action=none`).
        name = scanner.match(_KEYWORD)
        if name and scanner.take("."):
            prop = scanner.match(_KEYWORD)
            name = f"{name}.{prop}" if prop else None
        value = scanner.value() if name and scanner.take("=") else None
        if name is None or value is None or len(found) == MAX_PROPERTIES:
            return None
        found.append((name.lower(), value))
    return tuple(found)


class _Scanner:
    """A place in the value of the field; every step skips the white space and comments before it."""

    def __init__(self, value: str) -> None:
        self._text = value
        self._at = 0
        self._is_broken = len(value) > MAX_FIELD

    def at_end(self) -> bool:
        """Tell whether only white space and comments are left."""
        self._skip()
        return not self._is_broken and self._at == len(self._text)

    def sees(self, mark: str) -> bool:
        """Tell whether `mark` comes next."""
        self._skip()
        return not self._is_broken and self._text.startswith(mark, self._at)

    def take(self, mark: str) -> bool:
        """Step over `mark` when it comes next."""
        is_there = self.sees(mark)
        self._at += len(mark) * is_there
        return is_there

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Take what `pattern` matches here."""
        self._skip()
        found = None if self._is_broken else pattern.match(self._text, self._at)
        if not found:
            return None
        self._at = found.end()
        return found.group()

    def value(self) -> str | None:
        """Take a bare value, or a quoted string and what follows it at once, as in `"a b"@example.org`."""
        quoted = ""
        if self.sees('"'):
            end = self._closing_quote()
            if end < 0:
                self._is_broken = True
                return None
            quoted = re.sub(r"\\(.)", r"\1", self._text[self._at + 1 : end])
            self._at = end + 1
            rest = _BARE.match(self._text, self._at)
            self._at = rest.end() if rest else self._at
            return quoted + (rest.group() if rest else "")
        return self.match(_BARE)

    def _closing_quote(self) -> int:
        at = self._at + 1
        while at < len(self._text) and self._text[at] != '"':
            at += 2 if self._text[at] == "\\" else 1
        return at if at < len(self._text) else -1

    def _skip(self) -> None:
        depth = 0
        while self._at < len(self._text) and not self._is_broken:
            char = self._text[self._at]
            if depth and char == "\\":
                self._at += 1
            elif char == "(":
                depth += 1
            elif depth and char == ")":
                depth -= 1
            elif not depth and char not in " \t\r\n":
                return
            self._at += 1
        self._is_broken = self._is_broken or depth > 0 or self._at > len(self._text)
