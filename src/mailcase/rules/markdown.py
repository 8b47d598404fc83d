"""What the Markdown of an article holds, for the checks of articles: its first paragraph and its links."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailcase.domain.article import article_number

_PARSER = MarkdownIt("commonmark", {"html": False})


def first_paragraph(body: str) -> str:
    """Return the first paragraph as plain text on one line, or nothing."""
    tokens = _PARSER.parse(body)
    for at, token in enumerate(tokens):
        if token.type == "paragraph_open" and token.level == 0:
            return " ".join("".join(_texts(tokens[at + 1])).split())
    return ""


def links_to_articles(body: str) -> Iterator[tuple[int, str]]:
    """Yield the line, from 1, and the number of each article that the text links to: `[how](KB-0012)` or `(KB-0012.md)`."""
    for token in _PARSER.parse(body):
        for child in token.children or ():
            target = linked_number(str(child.attrGet("href") or "")) if child.type == "link_open" else None
            if target is not None:
                yield (token.map[0] + 1 if token.map else 1), target


def linked_number(target: str) -> str | None:
    """Return the number of the article that a link leads to, or None when it leads elsewhere."""
    name = target.partition("#")[0].rpartition("/")[2].removesuffix(".md").split(".")[0]
    is_named = name[:2].lower() == "kb" and "://" not in target
    return name if is_named and article_number(name) is not None else None


def _texts(token: Token) -> Iterator[str]:
    for child in token.children or ():
        yield " " if child.type in ("softbreak", "hardbreak") else child.content
