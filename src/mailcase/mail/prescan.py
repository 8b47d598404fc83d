"""The first look at the bytes of a mail: bounds that hold before anything is parsed, and what mailers put in front.

It copies a mail only if it is UTF-16, or lines of its header end in bare carriage returns.
"""

import re

from mailcase.domain.inbox import HoldReason
from mailcase.mail.headers import BOM
from mailcase.mail.limits import Limits, hold

WIDE = (b"\xff\xfe", b"\xfe\xff")  # UTF-16, as some programs save a mail
# Blank lines and mbox separators (RFC 4155), but no `From :`, which is a field (RFC 5322 section 4.5.2).
LEADING = re.compile(rb"(?:[ \t]*\r*\n|>?From [^\n:][^\n]*\n)*")


def scan(raw: bytes, limits: Limits) -> tuple[bytes, int]:
    """Return the bytes to parse and the offset at which the header block begins.

    Raises Unparseable when the mail is empty or larger than the limit.
    """
    if len(raw) > limits.max_message:
        raise hold(HoldReason.TOO_LARGE, f"{len(raw)} bytes, more than {limits.max_message}")
    if not raw or raw.isspace():
        raise hold(HoldReason.EMPTY, "no bytes, or only white space")
    if raw.startswith(WIDE):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    if _has_bare_returns(raw, limits):
        raw = raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    start = len(BOM) if raw.startswith(BOM) else 0
    match = LEADING.match(raw, start)
    return raw, match.end() if match else start


def _has_bare_returns(raw: bytes, limits: Limits) -> bool:
    """Tell whether lines end in bare carriage returns: the first one does, and so do most."""
    end = raw.find(b"\n", 0, limits.max_header)
    first = raw[: end if end >= 0 else limits.max_header]
    return b"\r" in first.rstrip(b"\r") and raw.count(b"\r") > 2 * raw.count(b"\n")
