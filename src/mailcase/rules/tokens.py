"""The words of a CEL expression (the CEL language definition, section Lexis), for the checks that CEL does not make.

CEL itself parses and type-checks. What is read here: which regexes and header names are written in an expression, and
where its outermost `&&` or `||` stand, so that a trace can say which part decided.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """The sorts of words."""

    STRING = "string"
    NAME = "name"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word of an expression."""

    sort: Sort
    text: str
    """As written."""
    start: int
    """Offset in the expression, from 0."""

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)


_STRING = r"""[bB]?[rR]?(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3})"""
_RAW = r"""[bB]?[rR](?:"[^"\n]*"|'[^'\n]*')"""
_PLAIN = r"""[bB]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_TOKEN = re.compile(
    rf"(?P<skip>\s+|//[^\n]*)|(?P<string>{_STRING}|{_RAW}|{_PLAIN})|(?P<number>\d[\w.]*)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>&&|\|\||[<>=!]=|.)"
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:([xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))", re.DOTALL)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


def tokens(expression: str) -> Iterator[Token]:
    """Yield the words of `expression` in order, without white space and comments."""
    for match in _TOKEN.finditer(expression):
        if match.lastgroup != "skip":
            yield Token(sort=Sort(match.lastgroup or ""), text=match.group(), start=match.start())


def string_value(token: Token) -> str:
    """Return the text that a string literal stands for; a lone surrogate, which CEL refuses, becomes `?`."""
    prefix = re.match(r"[bBrR]*", token.text)
    marks = prefix.group().lower() if prefix else ""
    body = token.text[len(marks) :]
    width = 3 if body[:3] in ('"""', "'''") else 1
    body = body[width:-width]
    text = body if "r" in marks else _ESCAPE.sub(_unescape, body)
    return text.encode("utf-8", "replace").decode("utf-8")


def _unescape(match: re.Match[str]) -> str:
    hexadecimal, octal, simple = match.groups()
    if hexadecimal:
        return chr(min(int(hexadecimal[1:], 16), 0x10FFFF))
    return chr(int(octal, 8)) if octal else _SIMPLE.get(simple, simple)


def conjuncts(expression: str) -> tuple[str, ...]:
    """Return the parts that the outermost `&&` of `expression` join, or that the outermost `||` do; else itself alone.

    `a && b || c` is one `||` of two parts (CEL gives `&&` the higher precedence); a `?:` is never taken apart.
    """
    words = list(tokens(expression))
    for sign in ("||", "&&"):
        parts = _split(expression, words, sign)
        if parts is None:
            break
        if len(parts) > 1:
            return parts
    return (expression.strip(),)


def _split(expression: str, words: list[Token], sign: str) -> tuple[str, ...] | None:
    """Return the parts between the outermost `sign`, or None when an outermost `?` forbids it."""
    depth, starts, ends = 0, [0], []
    for word in words:
        if word.sort is not Sort.SIGN:
            continue
        depth += (word.text in _OPEN) - (word.text in _CLOSE)
        if depth == 0 and word.text == "?":
            return None
        if depth == 0 and word.text == sign:
            ends.append(word.start)
            starts.append(word.end)
    ends.append(len(expression))
    return tuple(expression[start:end].strip() for start, end in zip(starts, ends, strict=True))


def joiner(expression: str) -> str:
    """Return the sign that `conjuncts` split at, or an empty string."""
    words = list(tokens(expression))
    for sign in ("||", "&&"):
        parts = _split(expression, words, sign)
        if parts is None:
            return ""
        if len(parts) > 1:
            return sign
    return ""
