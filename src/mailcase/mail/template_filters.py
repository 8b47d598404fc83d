"""The filters and tests that templates have. Each is bounded: what it returns is not much longer than what it gets.

jinja2's own filters are left out but for a few: `safe` would let text become mark-up, `center`, `replace`, `format` and
others can make gigabytes of one line.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any  # a filter gets whatever the template puts before it

from jinja2 import pass_context
from jinja2.filters import do_capitalize, do_default, do_lower, do_trim, do_upper
from jinja2.runtime import Context
from jinja2.tests import test_defined, test_none, test_undefined
from markupsafe import Markup, escape

from mailcase.errors import Refused
from mailcase.mail.local_dates import format_date, format_day, format_size, format_time, format_zone
from mailcase.mail.subject import bare_subject, one_line, shortened

MAX_SEPARATOR = 100

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_LINK = re.compile(r"https?://[^\s<>\"'()]{1,500}[^\s<>\"'().,;:!?]")


@pass_context
def _date(context: Context, moment: datetime) -> str:
    return format_date(moment, context["language"])


@pass_context
def _day(context: Context, moment: datetime) -> str:
    return format_day(moment, context["language"])


@pass_context
def _size(context: Context, octets: int) -> str:
    return format_size(octets, context["language"])


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _paragraphs(text: str) -> Markup:
    """Return plain text as HTML: a paragraph each, line breaks kept."""
    return _marked_up(text, escape)


def _linked(text: str) -> Markup:
    """Return plain text as HTML like `paragraphs`, its web addresses as links. For the words of agents."""
    return _marked_up(text, _with_links)


def _marked_up(text: str, mark_up: Callable[[str], Markup]) -> Markup:
    paragraphs = (part for part in _BLANK_LINES.split(text.strip()) if part)
    breaks = Markup("<br>\n")
    lines = (breaks.join(mark_up(line) for line in part.split("\n")) for part in paragraphs)
    return Markup("\n").join(Markup("<p>") + part + Markup("</p>") for part in lines)


def _with_links(line: str) -> Markup:
    pieces: list[Markup] = []
    end = 0
    for match in _LINK.finditer(line):
        link = escape(match[0])
        pieces += [escape(line[end : match.start()]), Markup('<a href="'), link, Markup('">'), link, Markup("</a>")]
        end = match.end()
    return Markup("").join([*pieces, escape(line[end:])])


def _excerpt(text: str, length: int = 1000) -> str:
    """Return the beginning of `text`, with an ellipsis where it was cut."""
    return shortened(text.strip(), length)


def _take(items: Iterable[Any], count: int) -> list[Any]:
    return list(items)[:count]


def _join(items: Iterable[Any], separator: str = ", ") -> str:
    """Return the texts that are not empty, with `separator` between them."""
    words = [word for word in items if word]
    if len(separator) > MAX_SEPARATOR or not all(isinstance(word, str) for word in words):
        raise Refused(f"join puts texts together, with a separator of {MAX_SEPARATOR} characters at most.")
    return str(separator).join(map(str, words))


FILTERS: dict[str, Callable[..., Any]] = {
    "bare_subject": bare_subject,
    "capitalize": do_capitalize,
    "date": _date,
    "day": _day,
    "default": do_default,
    "escape": escape,
    "excerpt": _excerpt,
    "join": _join,
    "length": len,
    "linked": _linked,
    "lower": do_lower,
    "one_line": one_line,
    "paragraphs": _paragraphs,
    "quoted": _quoted,
    "size": _size,
    "take": _take,
    "time": format_time,
    "trim": do_trim,
    "upper": do_upper,
    "zone": format_zone,
}
"""By the name that templates use."""

TESTS: dict[str, Callable[..., bool]] = {"defined": test_defined, "none": test_none, "undefined": test_undefined}
"""By the name that templates use; `in`, `==` and their like are operators."""
