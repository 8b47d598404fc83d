"""Whether HTML is harmless to parse, and its text when it is not.

A browser's tree algorithm takes quadratic time on deep blocks and on thousands of attributes, and copies every open
formatting element into each new paragraph. A single linear pass over the tags bounds all three before a parser runs.
"""

import html as entities
import re
from collections.abc import Iterator

from mailcase.mail.limits import Limits

MAX_TAGS = 25_000  # of one body: blocks in blocks cost the square of their number, 25,000 about a second
MAX_ATTRIBUTES = 1_000  # of one tag
MAX_COPIES = 500_000  # formatting elements that misnested tags may copy

COMMENT = re.compile(r"<!--(?:>|->|.*?(?:--!?>|\Z))", re.DOTALL)
DATA_ADDRESS = re.compile(r"data:[\w/+.-]{0,100};base64,[A-Za-z0-9+/=\s%]*+", re.IGNORECASE)
FOREIGN = re.compile(r"<(?=/?(?:svg|math)\b)", re.IGNORECASE)
ATTRIBUTE = r"""(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)?+)?+|=)"""
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)(" + ATTRIBUTE + r"*+)(?:>|\Z)")
RAW = frozenset(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"])
ATTRIBUTE_NAME = re.compile(ATTRIBUTE)
LONG_TAG = 2_000  # characters: shorter tags cannot hold MAX_ATTRIBUTES
# Where neither of these is found, each tag ends at the next `>`, and none is long.
QUOTED_END = re.compile(r"""=\s*+(?:"[^">]*+>|'[^'>]*+>)""")
LONG_RUN = re.compile(rf"<[^>]{{{LONG_TAG}}}")
PLAIN_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)([^>]*+)")

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
# What hides the elements around it from end tags (HTML standard, section 13.2.4.2, "has an element in scope").
CELLS = frozenset(["td", "th", "caption"])
SCOPES = CELLS | {"table", "object", "marquee", "applet"}
# Their next sibling ends them, so they do not pile up (HTML standard, section 13.1.2.4).
SELF_ENDING = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "thead",
        "tbody",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "html",
        "head",
        "body",
    ]
)
NEVER_PILED = VOID | SELF_ENDING
FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)

BREAKING = frozenset(
    [
        "br",
        "p",
        "div",
        "tr",
        "li",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "ul",
        "ol",
        "blockquote",
        "pre",
        "hr",
    ]
)
SPACES = re.compile(r"[ \t\r\f]+")
BLANK_LINES = re.compile(r" ?\n[ \n]*\n ?")


def calm(source: str) -> str:
    """Return HTML without comments, embedded data and foreign content: what only makes parsing slower or ambiguous."""
    source = source.replace("\x00", "")
    if "<!--" in source:
        source = COMMENT.sub("", source)
    if ";base64," in source:
        source = DATA_ADDRESS.sub("data:,", source)
    return FOREIGN.sub("<x-", source)


def prepare(source: str, limits: Limits) -> str | None:
    """Return HTML calmed, or None when it is past the limits or parsing it might take more than linear time."""
    if len(source) > limits.max_html:
        return None
    calmed = calm(source)
    return calmed if is_bounded(calmed, limits) else None


def is_bounded(source: str, limits: Limits) -> bool:
    """Tell whether parsing calm HTML takes time and memory in proportion to its length."""
    tags = source.count("<")
    if tags <= limits.max_html_depth and len(source) < LONG_TAG:
        return True
    if tags > 2 * MAX_TAGS:
        return False
    most_open = tags - source.count("</")
    # So few start tags, open all at once, are within both bounds; that is so in nearly all mail.
    is_shallow = most_open <= limits.max_html_depth and most_open * tags <= MAX_COPIES
    is_plain = QUOTED_END.search(source) is None and LONG_RUN.search(source) is None
    if is_plain and is_shallow:
        return True
    outline = _Outline()
    for closing, name, attributes in _tags(source, PLAIN_TAG if is_plain else TAG):
        if len(attributes) > LONG_TAG and sum(1 for _ in ATTRIBUTE_NAME.finditer(attributes)) > 2 * MAX_ATTRIBUTES:
            return False
        outline.take(closing, name)
        if outline.depth > limits.max_html_depth or outline.copies > MAX_COPIES:
            return False
    return True


class _Outline:
    """The elements that are open, never fewer than a parser would have: an end tag that a table hides closes nothing."""

    __slots__ = ("copies", "counts", "depth", "formatting", "scopes")

    def __init__(self) -> None:
        self.copies = 0
        self.depth = 0
        self.formatting = 0
        self.counts: dict[str, int] = {}
        """How many of each name are open within the innermost scope."""
        self.scopes: list[tuple[str, dict[str, int], int, int]] = []
        """The scopes that are open, each with `counts`, `depth` and `formatting` as they were before it."""

    def take(self, closing: str, name: str) -> None:
        """Take a tag, and count what it may copy."""
        if name in SCOPES:
            (self._close if closing else self._open)(name)
        elif name not in NEVER_PILED:
            change = -1 if closing else 1
            count = self.counts.get(name, 0) + change
            if count >= 0:
                self.counts[name] = count
                self.depth += change
                if name in FORMATTING:
                    self.formatting += change
        if name not in FORMATTING:
            self.copies += self.formatting

    def _open(self, name: str) -> None:
        """Take the start tag of a scope."""
        if name in CELLS and self.scopes and self.scopes[-1][0] in CELLS:
            self._leave()  # a cell ends the one before it
        self.scopes.append((name, self.counts, self.depth, self.formatting))
        self.counts = {}
        self.depth += 1

    def _close(self, name: str) -> None:
        """Take the end tag of a scope, which ends all scopes within."""
        if any(scope[0] == name for scope in reversed(self.scopes)):
            while self._leave() != name:
                pass

    def _leave(self) -> str:
        """Close the innermost scope with all that is open in it."""
        name, self.counts, self.depth, self.formatting = self.scopes.pop()
        return name


def _tags(source: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Yield (slash, name in lower case, attributes) of each tag, skipping what is text in spite of its brackets."""
    at, is_skipping = 0, True
    while is_skipping:
        is_skipping = False
        for match in pattern.finditer(source, at):
            slash, name, attributes = match.groups()
            name = name.lower()
            yield slash, name, attributes
            if name in RAW and not slash:
                at, is_skipping = _end_of_raw(source, name, match.end()), True
                break


def _end_of_raw(source: str, name: str, at: int) -> int:
    """Return where the text of a raw element ends that begins at `at`."""
    close = re.compile(rf"</{name}\b", re.IGNORECASE).search(source, at)
    return close.start() if close else len(source)


def strip(source: str) -> str:
    """Return the text between the tags of HTML of any shape, in linear time."""
    source = calm(source)
    out: list[str] = []
    at = 0
    while (match := TAG.search(source, at)) is not None:
        name = match[2].lower()
        out.append(source[at : match.start()])
        out.append("\n" if name in BREAKING else " " if name in ("td", "th") else "")
        at = match.end()
        if not match[1] and name in RAW:
            at = _end_of_raw(source, name, at)
    out.append(source[at:])
    text = entities.unescape(SPACES.sub(" ", "".join(out))).replace("\xa0", " ")
    return BLANK_LINES.sub("\n\n", text).strip()
