"""Outlook's winmail.dat (TNEF) unpacked into the files and texts inside it, cut-short ones as far as they go.

The format is a run of attributes, some of which hold a run of MAPI properties (MS-OXTNEF sections 2.1.3 and 2.1.3.4).
tnefparse raises on a cut-short stream and recurses into embedded messages; this reader keeps what it has and does neither.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from mailcase.mail import charset

TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}
SIGNATURE = b"\x78\x9f\x3e\x22"
HEAD = struct.Struct("<BHHI")  # level, name, type, length (MS-OXTNEF section 2.1.3.2)
WORD = struct.Struct("<I")
PROPERTY = struct.Struct("<HH")
MAX_ATTRIBUTES = 10_000

RENDERING, DATA, TITLE, PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
BODY, MESSAGE_PROPERTIES, CODE_PAGE = 0x800C, 0x9003, 0x9007

LONG_NAME, SHORT_NAME, DISPLAY_NAME, CONTENT, EMBEDDED = 0x3707, 0x3704, 0x3001, 0x3701, 0x3701
BODY_TEXT, BODY_HTML, INTERNET_CODE_PAGE = 0x1000, 0x1013, 0x3FDE
FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
VARIABLE = {0x0D, 0x1E, 0x1F, 0x102}
TEXT8, TEXT16 = 0x1E, 0x1F
MULTIPLE = 0x1000
NAMED = 0x8000
OBJECT_ID = 16  # bytes of an interface id in front of an embedded object


class File(NamedTuple):
    """One file of a TNEF part."""

    name: str
    """As declared, not yet safe."""
    content: bytes


class Unpacked(NamedTuple):
    """What a TNEF part holds."""

    files: tuple[File, ...]
    text: str
    html: str


class _Property(NamedTuple):
    kind: int
    name: int
    value: bytes


def unpack(data: bytes) -> Unpacked | None:
    """Return what is inside, or None when it is not TNEF."""
    if not data.startswith(SIGNATURE):
        return None
    files: list[File] = []
    text = html = ""
    codec = "cp1252"
    for name, value in _attributes(data):
        if name == CODE_PAGE and len(value) >= WORD.size:
            codec = charset.codec_name(f"cp{WORD.unpack_from(value)[0]}") or codec
        elif name == RENDERING:  # MS-OXTNEF section 2.1.3.3.15: it comes first of each attachment
            files.append(File("", b""))
        elif name == BODY:
            text = _string(value, codec)
        elif name == MESSAGE_PROPERTIES:
            text, html = _bodies(value, codec, text)
        elif files and name in (TITLE, DATA, PROPERTIES):
            files[-1] = _extended(files[-1], name, value, codec)
    return Unpacked(tuple(file for file in files if file.content or file.name), text, html)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (name, value) of each attribute; the last one may be cut short."""
    at = len(SIGNATURE) + 2  # the key
    for _ in range(MAX_ATTRIBUTES):
        if at + HEAD.size > len(data):
            return
        _, name, _, length = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield name, data[at : at + length]
        at += length + 2  # the checksum, which broken writers get wrong


def _extended(file: File, name: int, value: bytes, codec: str) -> File:
    """Return the file with what one more attribute says about it."""
    if name == TITLE:
        return file._replace(name=file.name or _string(value, codec))
    if name == DATA:
        return file._replace(content=value)
    found = {item.name: item for item in _properties(value)}
    named = next((found[key] for key in (LONG_NAME, SHORT_NAME, DISPLAY_NAME) if key in found), None)
    if named is not None and (named.name == LONG_NAME or not file.name):
        file = file._replace(name=_property_text(named, codec))
    if not file.content and CONTENT in found:
        content = found[CONTENT]
        file = file._replace(content=content.value[OBJECT_ID:] if content.kind == 0x0D else content.value)
    return file


def _bodies(value: bytes, codec: str, text: str) -> tuple[str, str]:
    """Return the plain and the HTML body among the properties of the message."""
    found = {item.name: item for item in _properties(value)}
    page = found.get(INTERNET_CODE_PAGE)
    if page is not None and len(page.value) >= WORD.size:
        codec = charset.codec_name(f"cp{WORD.unpack_from(page.value)[0]}") or codec
    if BODY_TEXT in found:
        text = _property_text(found[BODY_TEXT], codec)
    html = charset.decode(found[BODY_HTML].value, codec) if BODY_HTML in found else ""
    return text, html


def _properties(data: bytes) -> Iterator[_Property]:
    """Yield the MAPI properties of a list, the first value of those with several; stop where the list is cut."""
    if len(data) < WORD.size:
        return
    at = WORD.size
    for _ in range(min(WORD.unpack_from(data)[0], MAX_ATTRIBUTES)):
        if at + PROPERTY.size > len(data):
            return
        kind, name = PROPERTY.unpack_from(data, at)
        at += PROPERTY.size
        if name >= NAMED:
            at = _skip_name(data, at)
        value, at = _value(data, at, kind)
        if at < 0:
            return
        yield _Property(kind & ~MULTIPLE, name, value)


def _skip_name(data: bytes, at: int) -> int:
    """Return the offset after the GUID and the number or text that name a property."""
    at += 16
    kind = _word(data, at)
    at += 4
    return at + 4 if kind == 0 else at + 4 + _padded(_word(data, at))


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """Return the first value of a property and the offset after all of them; -1 when that is past the end."""
    base = kind & ~MULTIPLE
    count = 1
    if kind & MULTIPLE or base in VARIABLE:
        count = _word(data, at)
        at += 4
    first = b""
    if base in FIXED:
        size = FIXED[base]
        return data[at : at + size], at + size * count if at + size * count <= len(data) else -1
    if base not in VARIABLE:
        return b"", -1
    for index in range(count):
        if at + WORD.size > len(data):
            return first, -1 if index == 0 else len(data)
        size = _word(data, at)
        at += 4
        if index == 0:
            first = data[at : at + size]
        at += _padded(size)
    return first, at


def _word(data: bytes, at: int) -> int:
    """Return the 32-bit number at `at`; 0 past the end."""
    return int(WORD.unpack_from(data, at)[0]) if 0 <= at <= len(data) - WORD.size else 0


def _padded(size: int) -> int:
    """Round up to a multiple of four."""
    return (size + 3) & ~3


def _property_text(item: _Property, codec: str) -> str:
    """Return a text property."""
    return _string(item.value, "utf-16-le" if item.kind == TEXT16 else codec)


def _string(value: bytes, codec: str) -> str:
    """Decode text that ends with NUL."""
    return charset.decode(value, codec).split("\x00", 1)[0]
