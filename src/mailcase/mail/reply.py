"""The reply splitter: what the writer of a mail added, what is signature, and what is quoted from earlier mail.

Nothing that the writer added is ever outside `text` and `signature`; in doubt all of the mail is the text. The work
grows with the length of the body and with nothing else.
"""

import re

from mailcase.domain.email import Confidence, Reply
from mailcase.mail.reply_html import of_html
from mailcase.mail.reply_lines import Line, of_text
from mailcase.mail.reply_parts import split_lines

_RANK = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}
_LINKS = re.compile(r"[^\s<>()]*(?:://|@|www\.)[^\s<>()]*")
_WORDS = re.compile(r"\w{4,40}")
MISSING_SHARE = 0.05
"""Share of the words of the text that its HTML may lack; more, and the HTML is not all of the mail."""
MISSING_WORDS = 3


def split_text(text: str) -> Reply:
    """Split the plain `text` of a mail; with confidence LOW, `text` of the Reply is all of it, unchanged."""
    return split_lines(of_text(text), text)


def split_html(html: str, text: str) -> Reply:
    """Split a mail by the mark-up of its `html`, raw or sanitised; `text` is the readable text of the whole mail.

    The Reply is plain text. Where the HTML says less than `text`, or is not all of the mail, `text` is split instead.
    """
    lines = of_html(html)
    by_text = split_text(text)
    if not lines or not _covers(lines, text):
        return by_text
    by_html = split_lines(lines, text)
    return by_html if _RANK[by_html.confidence] >= _RANK[by_text.confidence] else by_text


def _covers(lines: list[Line], text: str) -> bool:
    """Whether the words of `text`, links aside, are in the HTML too: a list's footer may be a part of its own."""
    wanted = _words(text)
    missing = wanted - _words("\n".join(line.raw for line in lines))
    return len(missing) <= max(MISSING_WORDS, MISSING_SHARE * len(wanted))


def _words(text: str) -> set[str]:
    return set(_WORDS.findall(_LINKS.sub(" ", text).lower()))
