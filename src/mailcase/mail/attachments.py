"""Attachments: safe names for files that strangers named, and their decoded content."""

import hashlib
import mimetypes
import re
import unicodedata

from mailcase.domain.email import Attachment

MAX_NAME = 255
# A drive or scheme, or a path from somewhere; `Re: offer.eml` is none.
FOLDER = re.compile(r"(?:[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:[/\\]|\.{1,2}[/\\]|[/\\])")
SEPARATOR = re.compile(r"[/\\]")
# Not seen, and able to mislead: bidirectional overrides make "exe.txt" of "txt.exe".
INVISIBLE = {"Cf", "Cs", "Co", "Cn"}
UNSAFE = {"Cc", "Zl", "Zp"}
EXTENSIONS = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/partial": ".eml",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/pjpeg": ".jpg",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "text/rfc822-headers": ".txt",
}


def safe_name(declared: str) -> str:
    """Return the base name of a declared file name without anything that could harm, or an empty string.

    A path loses its folders; a lone slash inside a name (`invoice 3/2026.pdf`) and control characters become `_`.
    """
    text = declared
    if not text.isprintable():  # first of all: a character that nobody sees must not hide a drive or a folder
        text = "".join(_safe(char) for char in text)
    text = text.strip()
    if FOLDER.match(text):
        text = SEPARATOR.split(text.rstrip("/\\"))[-1].rpartition(":")[2]
    text = SEPARATOR.sub("_", text).strip()
    return _shorten(text) if text.strip("._ ") else ""


def _safe(char: str) -> str:
    """Return what may stand for a character in a file name."""
    category = unicodedata.category(char)
    return "" if category in INVISIBLE else "_" if category in UNSAFE else char


def _shorten(name: str) -> str:
    """Cut a name to 255 characters and 255 bytes, keeping a short extension."""
    if len(name) <= MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        return name[:MAX_NAME]
    return stem[: MAX_NAME - len(extension) - 1] + dot + extension


def default_name(content_type: str, number: int) -> str:
    """Return a name for the nameless attachment `number` (from 1) of a mail."""
    stem = {"message/rfc822": "message", "text/calendar": "invite"}.get(content_type, "attachment")
    extension = EXTENSIONS.get(content_type) or mimetypes.guess_extension(content_type, strict=False) or ".bin"
    return f"{stem}-{number}{extension}"


def make(name: str, content_type: str, content: bytes, *, is_inline: bool, content_id: str = "") -> Attachment:
    """Return an attachment; `name` is already safe."""
    return Attachment(
        name=name,
        content_type=content_type,
        content=content,
        sha256=hashlib.sha256(content, usedforsecurity=False).hexdigest(),
        is_inline=is_inline,
        content_id=content_id,
    )
