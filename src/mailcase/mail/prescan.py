"""The first look at the bytes of a mail: bounds that hold before anything is parsed, and what mailers put in front.

It never copies a mail unless its line ends are bare carriage returns.
"""

import re

from mailcase.domain.inbox import HoldReason
from mailcase.mail.headers import BOM
from mailcase.mail.limits import Limits, hold

LEADING = re.compile(rb"(?:[ \t]*\r*\n|>?From [^\n]*\n)*")  # blank lines and mbox separators (RFC 4155)


def scan(raw: bytes, limits: Limits) -> tuple[bytes, int]:
    """Return the bytes to parse and the offset at which the header block begins.

    Raises Unparseable when the mail is empty or larger than the limit.
    """
    if len(raw) > limits.max_message:
        raise hold(HoldReason.TOO_LARGE, f"{len(raw)} bytes, more than {limits.max_message}")
    if not raw or raw.isspace():
        raise hold(HoldReason.EMPTY, "no bytes, or only white space")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    start = len(BOM) if raw.startswith(BOM) else 0
    match = LEADING.match(raw, start)
    return raw, match.end() if match else start
