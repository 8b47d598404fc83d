"""Articles as customers read them: Markdown made into clean HTML, and into plain text.

HTML in the source is shown, not obeyed. A link to another article becomes one to its place on the web, if customers may
have it; else only its words stay.
"""

import re
from collections.abc import Callable, Iterator

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

Resolve = Callable[[str], str | None]
"""Takes the target of a link; returns the one to use, or None for words without a link."""
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
_CLEANER = nh3.Cleaner(
    tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener noreferrer"
)
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_SAFE = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def article_html(body: str, resolve: Resolve) -> Markup:
    """Return the text of an article as HTML that may stand in a mail."""
    tokens = _prepared(body, resolve)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Markup(_CLEANER.clean(html).strip())  # noqa: S704 - it has just been cleaned


def article_text(body: str, resolve: Resolve) -> str:
    """Return the text of an article as plain text: paragraphs, lists with their marks, and addresses behind links."""
    page = _Page()
    for token in _prepared(body, resolve):
        page.take(token)
    return page.text


def _prepared(body: str, resolve: Resolve) -> list[Token]:
    """Return the tokens with links resolved, pictures as their words, and no heading above the second level."""
    tokens = _PARSER.parse(body)
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
        if token.children is not None:
            token.children = list(_inline(token.children, resolve))
    return tokens


def _inline(children: list[Token], resolve: Resolve) -> Iterator[Token]:
    is_kept: list[bool] = []
    for child in children:
        if child.type == "link_open":
            target = resolve(str(child.attrGet("href") or ""))
            is_kept.append(target is not None and _SAFE.match(target) is not None)
            if is_kept[-1]:
                child.attrSet("href", str(target))
                yield child
        elif child.type == "link_close":
            if is_kept.pop():
                yield child
        elif child.type == "image":
            yield Token("text", "", 0, content=child.content)
        else:
            yield child


class _Page:
    """Plain text that grows block by block, indented and marked as the lists that a block is in."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._marks: list[str] = []
        self._counts: list[int | None] = []
        self._row: list[str] = []
        self._is_tight = self._is_cell = False

    @property
    def text(self) -> str:
        """What was taken so far."""
        return "\n".join(self._lines).strip()

    def take(self, token: Token) -> None:
        """Add what one token says."""
        match token.type:
            case "paragraph_open":
                self._is_tight = token.hidden
            case "heading_open":
                self._is_tight = False
            case "th_open" | "td_open" | "th_close" | "td_close":
                self._is_cell = token.nesting > 0
            case "inline" if self._is_cell:
                self._row.append(_plain(token))
            case "inline":
                self._add(_plain(token))
            case "tr_close":
                self._lines.append(" | ".join(self._row))
                self._row.clear()
            case "table_close" | "ordered_list_close" | "bullet_list_close":
                self._end(token)
            case "fence" | "code_block":
                self._is_tight = False
                self._add("\n".join(f"    {line}" for line in token.content.rstrip().split("\n")))
            case _:
                self._nest(token)

    def _end(self, token: Token) -> None:
        if token.type != "table_close":
            self._counts.pop()
        if self._lines and self._lines[-1] and not self._counts:
            self._lines.append("")

    def _nest(self, token: Token) -> None:
        match token.type:
            case "ordered_list_open":
                self._counts.append(int(token.attrGet("start") or 1))
            case "bullet_list_open":
                self._counts.append(None)
            case "list_item_open":
                count = self._counts[-1]
                self._marks.append("- " if count is None else f"{count}. ")
                self._counts[-1] = None if count is None else count + 1
            case "blockquote_open":
                self._marks.append("  ")
            case "list_item_close" | "blockquote_close":
                self._marks.pop()
            case _:
                pass

    def _add(self, text: str) -> None:
        """Add a block behind the mark of its list item, which is told once."""
        indent = "".join(" " * len(mark) for mark in self._marks[:-1])
        mark = self._marks[-1] if self._marks else ""
        if self._marks:
            self._marks[-1] = " " * len(mark)
        first, *more = text.split("\n")
        self._lines += [f"{indent}{mark}{first}", *(f"{indent}{' ' * len(mark)}{line}" for line in more)]
        if not self._is_tight:
            self._lines.append("")


def _plain(token: Token) -> str:
    out: list[str] = []
    targets: list[str] = []
    for child in token.children or ():
        match child.type:
            case "softbreak":
                out.append(" ")
            case "hardbreak":
                out.append("\n")
            case "link_open":
                targets.append(str(child.attrGet("href") or ""))
            case "link_close":
                target = targets.pop()
                shown = target.removeprefix("mailto:")
                out.append("" if shown in "".join(out) else f" ({shown})")
            case _:
                out.append(child.content)
    return "".join(out)
