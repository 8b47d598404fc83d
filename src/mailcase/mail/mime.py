"""The tree of MIME parts (RFC 2045, RFC 2046), split over the raw bytes: offsets only, nothing is copied or re-serialised.

An outer boundary ends every part inside it, so a part whose own end is missing ends there. Parts of type
message/rfc822 are leaves: a mail within a mail is an attachment.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailcase.domain.inbox import HoldReason
from mailcase.mail import headers, parameters, transfer
from mailcase.mail.headers import Block
from mailcase.mail.limits import Limits, hold
from mailcase.mail.parameters import Value

NONE = Value("", {})
TEXT = Value("text/plain", {})  # RFC 2045 section 5.2
MULTIPART = Value("multipart/mixed", {})
MESSAGE = Value("message/rfc822", {})  # RFC 2046 section 5.1.5: the default within multipart/digest
TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
BARE_TYPES = {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed"}
ENCODED = {"base64", "quoted-printable"}
MAX_TAIL = 200  # blanks after a boundary
MAX_CANDIDATES = 200_000
# A line of a body that is a boundary though the header names none, or another: fields follow it.
UNNAMED = re.compile(rb"\n--([^\r\n]{0,199}[^\s])[ \t]*\r?\n(?=content-[a-z-]+[ \t]*:)", re.IGNORECASE)
MAX_PREAMBLE = 8_000  # bytes before such a line
ENCODING = re.compile(rb"[\w-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One MIME part: where it lies in the message and what it says it is."""

    raw: bytes
    """The whole message."""
    block: Block
    start: int
    """Offset of the body."""
    end: int
    type: Value
    disposition: Value
    encoding: str
    """Content-Transfer-Encoding in lower case; empty when there is none."""
    children: tuple["Part", ...] = ()

    @property
    def main(self) -> str:
        """`type/subtype` in lower case."""
        return self.type.main

    @property
    def body(self) -> bytes:
        """The body, still encoded."""
        return self.raw[self.start : self.end]

    def header(self, key: str) -> str:
        """Return the first value of field `key` (lower case), unfolded and stripped; empty when there is none."""
        raw = self.block.first(key)
        return headers.unfold(raw) if raw is not None else ""


class _Splitter:
    """One message being taken apart: its bytes, its limits, its charset, and how many parts were seen."""

    __slots__ = ("hint", "limits", "parts", "raw")

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self.raw = raw
        self.limits = limits
        self.parts = 0
        self.hint: str | None = None


def tree(raw: bytes, block: Block, end: int, limits: Limits) -> Part:
    """Return the tree of the message whose header block is `block`.

    Raises Unparseable when parts are nested too deep or are too many, or a header block is past its limits.
    """
    root = _part(_Splitter(raw, limits), block, end, TEXT, 0)
    if root.children or root.encoding not in ENCODED or not _type(block, TEXT, None).main.startswith("multipart/"):
        return root
    # RFC 2045 section 6.4 forbids to encode a multipart as a whole; a few gateways do.
    body = b"\n" + transfer.decode(root.body, root.encoding)
    whole = _part(_Splitter(body, limits), block._replace(body=1), len(body), TEXT, 0)
    return whole if whole.children else root


def _part(splitter: _Splitter, block: Block, end: int, default: Value, depth: int) -> Part:
    """Read one part and those within it. Recursion ends at `limits.max_depth`."""
    raw, limits = splitter.raw, splitter.limits
    splitter.parts += 1
    if splitter.parts > limits.max_parts:
        raise hold(HoldReason.TOO_MANY_PARTS, f"more than {limits.max_parts} MIME parts")
    kind = _type(block, default, splitter.hint)
    splitter.hint = splitter.hint or kind.parameters.get("charset")  # of the first that names one
    kind = _unnamed(raw, block, end, kind) if depth == 0 else kind
    spans = _spans(raw, block.body, end, kind) if kind.main.startswith("multipart/") else []
    if spans and depth >= limits.max_depth:
        raise hold(HoldReason.TOO_DEEP, f"MIME parts nested deeper than {limits.max_depth}")
    if kind.main.startswith("multipart/") and not spans:
        kind = TEXT._replace(parameters=kind.parameters)  # it has no parts: what is there is shown
    inner = MESSAGE if kind.main == "multipart/digest" else TEXT
    children = tuple(
        _part(splitter, headers.split(raw, begin, stop, limits), stop, inner, depth + 1) for begin, stop in spans
    )
    encoding = ENCODING.search(block.first("content-transfer-encoding") or b"")
    return Part(
        raw=raw,
        block=block,
        start=block.body,
        end=end,
        type=kind,
        disposition=_disposition(block, kind.parameters.get("charset") or splitter.hint),
        encoding=encoding[0].decode("ascii").lower() if encoding else "",
        children=children,
    )


def _type(block: Block, default: Value, hint: str | None) -> Value:
    """Return the Content-Type of a part, repaired where it is not one (RFC 2045 section 5.2)."""
    found: Value | None = None
    for raw in block.all("content-type"):
        value = parameters.parse(headers.unfold(raw, hint), hint)
        match = TYPE.search(value.main)
        if match:
            value = value._replace(main=match[0])
        elif value.main in BARE_TYPES:
            value = value._replace(main=BARE_TYPES[value.main])
        elif value.parameters:
            value = value._replace(main="application/octet-stream" if "name" in value.parameters else default.main)
        else:
            continue
        if found is None or value.main.startswith("multipart/"):  # of several, one that has parts
            found = value
    return found or default


def _unnamed(raw: bytes, block: Block, end: int, kind: Value) -> Value:
    """Return the type of a mail whose header says nothing of its parts though its body begins with one."""
    if block.first("content-type") is not None or not raw.startswith(b"--", block.body):
        return kind
    found = _found_boundary(raw, block.body, end)
    is_closed = found is not None and raw.find(b"\n--" + found + b"--", block.body, end) >= 0
    return MULTIPART if is_closed else kind


def _found_boundary(raw: bytes, start: int, end: int) -> bytes | None:
    """Return what stands as a boundary in a body, whatever the header says."""
    match = UNNAMED.search(raw, max(start - 1, 0), min(end, start + MAX_PREAMBLE))
    return match[1] if match else None


def _disposition(block: Block, hint: str | None) -> Value:
    """Return the Content-Disposition of a part (RFC 2183)."""
    raw = block.first("content-disposition")
    return parameters.parse(headers.unfold(raw, hint), hint) if raw else NONE


def charset_of(part: Part) -> str | None:
    """Return the first charset that a part or one within it names: that of raw 8-bit header fields, most likely."""
    return part.type.parameters.get("charset") or next(filter(None, map(charset_of, part.children)), None)


def _spans(raw: bytes, start: int, end: int, kind: Value) -> list[tuple[int, int]]:
    """Return where the parts of a multipart body begin and end."""
    boundary = kind.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    spans = _split(raw, start, end, boundary) if boundary else []
    if not spans and (found := _found_boundary(raw, start, end)) is not None:
        spans = _split(raw, start, end, found)
    return spans


def _split(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Return where the parts between lines of a boundary begin and end. A part after the last one is one too."""
    spans: list[tuple[int, int]] = []
    begin = -1
    for at, after, is_last in _delimiters(raw, max(start - 1, 0), end, b"\n--" + boundary):
        if begin >= 0:
            spans.append((begin, max(begin, _before_break(raw, at))))
        begin = -1 if is_last else after
    if 0 <= begin < end:
        spans.append((begin, end))
    return spans


def _delimiters(raw: bytes, at: int, end: int, needle: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield (line feed before it, offset after it, is the last) of each delimiter.

    RFC 2046 section 5.1.1: it is a line of its own, blanks may follow it, and the line break before it belongs to it.
    """
    for _ in range(MAX_CANDIDATES):
        found = raw.find(needle, at, end)
        if found < 0:
            return
        tail = found + len(needle)
        stop = raw.find(b"\n", tail, min(end, tail + MAX_TAIL))
        stop = stop if stop >= 0 else min(end, tail + MAX_TAIL)
        rest = raw[tail:stop].rstrip(b" \t\r")
        if rest in (b"", b"--"):
            yield found, min(stop + 1, end), bool(rest)
        at = stop
    raise hold(HoldReason.TOO_MANY_PARTS, f"more than {MAX_CANDIDATES} lines that look like a part's boundary")


def _before_break(raw: bytes, at: int) -> int:
    """Return the offset before the line break whose line feed is at `at`."""
    return at - 1 if at and raw[at - 1 : at] == b"\r" else at
