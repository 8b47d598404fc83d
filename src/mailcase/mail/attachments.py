"""Attachments: safe names for files that strangers named, and their decoded content."""

import hashlib
import mimetypes
import re
import unicodedata

from mailcase.domain.email import Attachment

MAX_NAME = 255
SEPARATORS = re.compile(r"[/\\]")
# Control and format characters: bidirectional overrides make "exe.txt" of "txt.exe".
FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co"}
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
    """Return the base name of a declared file name without anything that could harm, or an empty string."""
    text = declared if declared.isprintable() else _printable(declared)
    base = SEPARATORS.split(text.strip())[-1].strip()
    if base.strip(".") == "":
        return ""
    return _shorten(base)


def _printable(text: str) -> str:
    """Drop the characters that are not seen; line breaks and tabs become blanks."""
    return "".join(
        " " if char in "\t\r\n" else "" if unicodedata.category(char) in FORBIDDEN_CATEGORIES else char for char in text
    )


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
