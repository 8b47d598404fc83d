"""The bodies of outgoing mail: text, HTML beside it, pictures within it, files behind it, each in a safe encoding.

    multipart/mixed                 with files
      multipart/alternative         with HTML
        text/plain
        multipart/related           with pictures that the HTML shows (RFC 2387)
          text/html
          image …
        text/calendar               with an appointment
      file …

No line is longer than 998 octets, all end in CRLF, and nothing but ASCII is written: it survives every relay.
"""

import binascii
import hashlib
import re
from base64 import encodebytes
from collections.abc import Iterator, Sequence

from mailcase.domain.email import Attachment
from mailcase.mail.draft import Draft
from mailcase.mail.header_writer import compatible_name, is_token, parameter_field, token_field

MAX_LINE = 998  # RFC 5322 section 2.1.1

_LINE_ENDS = re.compile(r"\r\n?")
# What every relay leaves as it is; other control characters may be changed on the way.
_STURDY = bytes([*b"\t\r\n", *range(32, 127)])
_FROM_LINE = re.compile(rb"^From ", re.MULTILINE)  # mbox puts > before it

Part = tuple[bytes, ...]
"""Header fields of a part, the blank line, and its content that ends in CRLF."""


def write_body(draft: Draft) -> Part:
    """Return the MIME fields, the blank line and the body. The same draft gives the same bytes."""
    html = draft.html
    pictures = tuple(f for f in draft.attachments if html is not None and _is_shown(f, html))
    files = tuple(file for file in draft.attachments if file not in pictures)
    boundaries = _boundaries(draft.message_id)
    part = _text("plain", draft.text)
    if html is not None:
        shown = _text("html", html)
        if pictures:
            shown = _multipart("related", [shown, *map(_file, pictures)], boundaries)
        part = _multipart("alternative", [part, shown, *_calendar(draft)], boundaries)
    return _multipart("mixed", [part, *map(_file, files)], boundaries) if files else part


def _is_shown(file: Attachment, html: str) -> bool:
    return bool(file.is_inline and file.content_id and f"cid:{file.content_id}" in html)


def _text(subtype: str, text: str) -> Part:
    # A lone surrogate becomes "?"; every text ends in a line end, as mail clients expect.
    if "\r" in text:
        text = _LINE_ENDS.sub("\n", text)
    content = text.replace("\n", "\r\n").encode("utf-8", "replace")
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    encoding, written = _transfer(content)
    charset = "us-ascii" if encoding == "7bit" else "utf-8"
    return (
        parameter_field("Content-Type", f"text/{subtype}", (("charset", charset),)),
        token_field("Content-Transfer-Encoding", encoding),
        b"\r\n",
        written,
    )


def _calendar(draft: Draft) -> Iterator[Part]:
    """Yield the calendar of a mail, as RFC 6047 section 2.4 has it: the last of the alternatives."""
    if not draft.calendar:
        return
    parameters = (("charset", "utf-8"), ("method", draft.calendar_method))
    yield (
        parameter_field("Content-Type", "text/calendar", parameters),
        token_field("Content-Transfer-Encoding", "base64"),
        b"\r\n",
        _base64(draft.calendar.encode("utf-8", "replace")),
    )


def _transfer(content: bytes) -> tuple[str, bytes]:
    """Return a safe transfer encoding of text (RFC 2045 section 6) and the encoded text."""
    fragile = content.translate(None, _STURDY)
    has_from_line = b"From " in content and _FROM_LINE.search(content) is not None
    if not fragile and not has_from_line and _longest_line(content) <= MAX_LINE:
        return "7bit", content
    # A quoted octet takes three characters, so base64 is the shorter past one in six; up to one in three, which no
    # text in Latin letters reaches, quoting is kept for those who read the source.
    if len(fragile) * 3 > len(content):
        return "base64", _base64(content)
    quoted = binascii.b2a_qp(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    # A soft line break may have put one there, so the quoted text is looked through, not the original.
    return "quoted-printable", _FROM_LINE.sub(b"=46rom ", quoted) if b"From " in quoted else quoted


def _longest_line(content: bytes) -> int:
    return max(map(len, content.split(b"\r\n")))


def _base64(content: bytes) -> bytes:
    return encodebytes(content).replace(b"\n", b"\r\n")


def _file(file: Attachment) -> Part:
    main, _, sub = file.content_type.partition("/")
    # RFC 2046 sections 5.1 and 5.2.1 forbid base64 for these; as a plain file the bytes arrive as they are.
    is_plain_file = not (is_token(main) and is_token(sub)) or main in ("message", "multipart")
    content_type = "application/octet-stream" if is_plain_file else file.content_type
    fields = [
        parameter_field("Content-Type", content_type, (("name", compatible_name(file.name)),)),
        token_field("Content-Transfer-Encoding", "base64"),
    ]
    disposition = "inline" if file.is_inline and file.content_id else "attachment"
    fields.append(parameter_field("Content-Disposition", disposition, (("filename", file.name),)))
    if file.content_id:
        fields.append(token_field("Content-ID", f"<{file.content_id}>"))
    return (*fields, b"\r\n", _base64(file.content))


def _multipart(kind: str, parts: Sequence[Part], boundaries: Iterator[str]) -> Part:
    content = [piece for part in parts for piece in part]
    boundary = next(b for b in boundaries if not any(b.encode() in piece for piece in content))
    delimiter = f"--{boundary}\r\n".encode("ascii")
    # RFC 2046 section 5.1.1: the line end before a delimiter belongs to the delimiter.
    written = [piece for part in parts for piece in (delimiter, *part, b"\r\n")]
    field = parameter_field("Content-Type", f"multipart/{kind}", (("boundary", boundary),))
    return (field, b"\r\n", *written, f"--{boundary}--\r\n".encode("ascii"))


def _boundaries(seed: str) -> Iterator[str]:
    # "=_" occurs in no quoted-printable or base64 text (RFC 2045 section 6.7).
    number = 0
    while True:
        yield "=_" + hashlib.sha256(f"{seed} {number}".encode("utf-8", "replace")).hexdigest()[:24]
        number += 1
