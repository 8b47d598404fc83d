"""The lines of an HTML body as a reader sees them, each with what the mail client's mark-up says about it.

The tree is walked without recursion. Sanitised HTML may have lost its classes and ids: then the form of the lines
decides, as in plain text.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailcase.mail import markup
from mailcase.mail.limits import Limits
from mailcase.mail.reply_clients import Role, is_hidden, role_of
from mailcase.mail.reply_lines import INVISIBLE, Hint, Line, of

LIMITS = Limits()
_SKIPPED = frozenset(
    (
        "head",
        "style",
        "script",
        "title",
        "template",
        "-comment",
        "!doctype",
        "-undef",
        "noframes",
        "iframe",
        "object",
        "select",
        "textarea",
    )
)
_BLOCK_NAMES = """
    address article aside blockquote body center dd details dir div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6
    header hr html li main menu nav ol p pre section table tbody tfoot thead tr ul"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"))
_CELLS = frozenset(("td", "th"))
_MARKING = (Role.QUOTED, Role.FRAMED, Role.INDENTED)
_BLANK = " \t\r\n\f"
_BLANKS = re.compile(f"[{_BLANK}]+")


def of_html(html: str, limits: Limits = LIMITS) -> list[Line]:
    """Return the lines of `html`; none when it is past the limits or could not be parsed in linear time."""
    return of_calm(markup.prepare(html, limits))


def of_calm(calm: str | None) -> list[Line]:
    """Return the lines of what `markup.prepare` returned."""
    root = LexborHTMLParser(calm).body if calm is not None else None
    if root is None:
        return []
    page = _Page()
    _walk(root, page)
    page.end_line()
    return page.lines


@dataclass(slots=True)
class _Page:
    """The lines so far, and the elements that the walk is inside of."""

    lines: list[Line] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    kept_blanks: int = 0
    """Elements inside which blanks and line ends are kept."""
    is_cut: bool = False

    def write(self, text: str) -> None:
        """Add text; line ends count only where blanks are kept."""
        if self.kept_blanks:
            first, *rest = text.split("\n")
            self.words.append(first)
            for line in rest:
                self.end_line(keep_blank=True)
                self.words.append(line)
            return
        if not self.words:
            text = text.lstrip(_BLANK)
        if text:
            # Most text has lone blanks only, and is left as it is.
            self.words.append(_BLANKS.sub(" ", text) if "  " in text or not text.isprintable() else text)

    def end_line(self, *, keep_blank: bool = False) -> None:
        """End the line, if there is one; with `keep_blank` an empty one too."""
        if not self.words and not keep_blank:
            return
        said = "".join(self.words).rstrip()
        self.words.clear()
        if said.strip(INVISIBLE):
            self.add(said)
        elif keep_blank or (said and self.lines and self.lines[-1].bare):
            self.add("")

    def space(self) -> None:
        """Put an empty line after the last one that is not."""
        self.end_line()
        if self.lines and self.lines[-1].bare:
            self.add("")

    def add(self, said: str) -> None:
        if self.roles or self.is_cut:
            depth = sum([role in _MARKING for role in self.roles])
            self.lines.append(of(said, depth=depth, hint=self.hint(said)))
        else:
            self.lines.append(of(said))

    def hint(self, said: str) -> Hint:
        if said and self.is_cut:
            self.is_cut = False
            return Hint.CUT
        for role, hint in _HINTS:
            if role in self.roles:
                return hint
        return Hint.NONE


_HINTS = (
    (Role.QUOTED, Hint.QUOTED),
    (Role.ATTRIBUTION, Hint.ATTRIBUTION),
    (Role.SIGNATURE, Hint.SIGNATURE),
    (Role.FRAMED, Hint.FRAMED),
    (Role.INDENTED, Hint.INDENTED),
)


def _walk(root: LexborNode, page: _Page) -> None:
    """Visit every node below `root` in order, entering and leaving each element once."""
    entered: list[tuple[str, Role | None, LexborNode | None]] = []
    node: LexborNode | None = root.child
    while node is not None or entered:
        if node is None:
            tag, role, node = entered.pop()
            if role or tag in _BLOCKS:
                _leave(tag, role, page)
            continue
        tag = node.tag or ""
        if tag == "-text":
            page.write(node.text_content or "")
        elif tag not in _SKIPPED:
            attributes = node.attributes
            if attributes and is_hidden(attributes):
                pass
            elif tag == "br":
                page.end_line(keep_blank=True)
            else:
                role = role_of(attributes, tag)
                if role or tag in _BLOCKS:
                    _enter(tag, role, page)
                elif tag in _CELLS and page.words:
                    page.words.append(" ")
                entered.append((tag, role, node.next))
                node = node.child
                continue
        node = node.next


def _enter(tag: str, role: Role | None, page: _Page) -> None:
    """Begin a block or what has a role."""
    (page.space if tag in _SPACED else page.end_line)()
    if tag == "li":
        page.words.append("- ")
    elif tag == "pre":
        page.kept_blanks += 1
    if role is Role.CUT:
        page.is_cut = True
    elif role:
        page.roles.append(role)


def _leave(tag: str, role: Role | None, page: _Page) -> None:
    """End a block or what has a role."""
    page.end_line()
    if role and role is not Role.CUT:
        page.roles.pop()
    if tag == "pre":
        page.kept_blanks -= 1
    if tag in _SPACED:
        page.space()
