"""The reply splitter: what the writer of a mail added, what is signature, and what is quoted from earlier mail.

Nothing that the writer added is ever outside `text` and `signature`; in doubt all of the mail is the text. The work
grows with the length of the body and with nothing else.
"""

import re

from mailcase.domain.email import Confidence, Reply
from mailcase.mail import markup
from mailcase.mail.limits import Limits
from mailcase.mail.reply_html import of_calm
from mailcase.mail.reply_lines import Line, of_text
from mailcase.mail.reply_parts import split_lines

LIMITS = Limits()
_RANK = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}
_WORDS = re.compile(r"[^\W_]{2,40}")
_PICTURES = re.compile(r"\[(?:image|cid|inline)\b[^\]\n]{0,100}\]")


def split_text(text: str) -> Reply:
    """Split the plain `text` of a mail; with confidence LOW, `text` of the Reply is all of it, unchanged."""
    return split_lines(of_text(text), text)


def split_html(html: str, text: str) -> Reply:
    """Split a mail by the mark-up of its `html`, raw or sanitised; `text` is the readable text of the whole mail.

    The Reply is plain text. Where the HTML says less than `text`, or is not all of the mail, `text` is split instead;
    also where both are sure of the same words, since plain text says where links lead to and what is bold.
    """
    return split_calm(markup.prepare(html, LIMITS), text)


def split_calm(calm: str | None, text: str) -> Reply:
    """Split a mail by its HTML as `markup.prepare` returned it, as `split_html` does."""
    lines = of_calm(calm)
    if not lines or not _covers(lines, text):
        return split_text(text)
    by_html = split_lines(lines, text)
    is_sure = by_html.confidence is Confidence.HIGH
    if is_sure and _says_all(by_html.text, text):
        return by_html
    by_text = split_text(text)
    if is_sure:
        return by_text if by_text.confidence is Confidence.HIGH and _agree(by_html, by_text) else by_html
    return by_html if _RANK[by_html.confidence] >= _RANK[by_text.confidence] else by_text


def _covers(lines: list[Line], text: str) -> bool:
    """Whether every word of `text` is in the HTML too: a part of its own may hold what the writer or a list added."""
    read = _pieces("\n".join([line.raw for line in lines]))
    missing = _words(_pieces(text) - read)
    return not missing or missing <= _words(read)


def _says_all(part: str, text: str) -> bool:
    """Whether `text` says no more, where `part` is from, than `part` does: blanks and line ends apart."""
    return "".join(part.split()) in "".join(text.split())


def _agree(by_html: Reply, by_text: Reply) -> bool:
    """Whether the HTML and the plain text are split at the same places, to judge by the words."""
    return _words(_pieces(by_html.text)) == _words(_pieces(by_text.text))


def _pieces(text: str) -> set[str]:
    """Return what stands between blanks in `text`, without pictures, which plain text and HTML say differently."""
    said = text.lower()
    return set((_PICTURES.sub(" ", said) if "[" in said else said).split())


def _words(pieces: set[str]) -> set[str]:
    """Return the words of `pieces`, without links, which plain text and HTML say differently."""
    said = [piece for piece in pieces if "@" not in piece and "://" not in piece and "www." not in piece]
    return set(_WORDS.findall(" ".join(said)))
