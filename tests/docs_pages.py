"""What the pages for people show: code blocks, commands and links, for the tests that try them."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(mailcase [^`]+)`")
_PROMPT = re.compile(r"(?:^|/bin/)(mailcase(?: .*)?)$")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]*))?\)")


def name(page: Path) -> str:
    """Return a page's name for test ids."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of a page in `language`."""
    return [match["code"] for match in _FENCE.finditer(page.read_text()) if match["language"] == language]


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the words of each `mailcase …` on a page, in shell blocks and in running text."""
    shell = "".join(blocks(page, "sh")).replace("\\\n", " ")
    lines = [found[1] for line in shell.splitlines() if (found := _PROMPT.search(line.split("#")[0].rstrip()))]
    prose = _FENCE.sub("", page.read_text())
    for line in [*lines, *_INLINE.findall(prose)]:
        yield re.split(r"\s(?:[|>&;]|2>)", line)[0].split()


def links(page: Path) -> Iterator[Path]:
    """Yield the files that a page links to."""
    for target, _ in _LINK.findall(_FENCE.sub("", page.read_text())):
        if target:
            yield page.parent / target
