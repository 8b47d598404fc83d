"""What of a mail is its text, its HTML, its attachments and its reports, chosen from the tree of parts.

A multipart/alternative says the same thing twice: the plain text is read, the HTML shown (RFC 2046 section 5.1.4).
Everywhere else the parts follow each other. Whatever is not shown as body is an attachment; nothing is left out.
"""

import re
from dataclasses import dataclass, field
from html import escape

from mailcase.domain.email import Attachment, ReportPart
from mailcase.domain.inbox import HoldReason
from mailcase.mail import attachments, charset, flowed, headers, html, markup, mime, prescan, tnef, transfer, uuencode
from mailcase.mail.limits import Limits, hold
from mailcase.mail.mime import Part

REPORTS = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
    "message/rfc822",
    "message/global",
    "message/partial",
}
NOTICE = re.compile(r"\bmime\b|multi-?part", re.IGNORECASE)
SUBJECT = re.compile(rb"^subject:([^\n]*(?:\n[ \t][^\n]*)*)", re.IGNORECASE | re.MULTILINE)
MAX_HEAD = 16_000  # bytes of an enclosed mail in which its subject is looked for
MAX_SUBJECT = 80  # characters of it that make a name
LOCATION = re.compile(r"(?:[^?#]{0,2000}[/:\\])?([^/:\\?#\s]{1,100}\.\w{1,5})(?:[?#].*)?")
META_CHARSET = re.compile(rb"<meta\s[^>]{0,200}charset\s*=\s*[\"']?([\w:.-]{2,40})", re.IGNORECASE)
MAX_META = 4_000  # bytes of HTML in which it may name its charset
HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
RICH = {"<nl>": "\n", "<np>": "\n", "<paragraph>": "\n", "</paragraph>": "\n", "<lt>": "<"}
MAX_NOTICE = 2_000  # characters
MAX_REPORT = 100_000  # characters, as `domain.email.ReportPart` promises
BODY_TYPES = {"text/plain", "text/html", "text/enriched", "text/richtext"}
DATA_TYPES = {"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/rfc822-headers"}
ENRICHED = re.compile(r"<(<)|<param>.*?</param>|</?[a-z-]{1,30}>", re.IGNORECASE | re.DOTALL)  # RFC 1896


@dataclass(frozen=True, slots=True)
class Section:
    """One stretch of the body: its text, its HTML source, or both ways of saying the same."""

    text: str = ""
    html: str = ""


@dataclass(slots=True)
class Content:
    """What was found so far."""

    limits: Limits
    hint: str | None
    sections: list[Section] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reports: list[ReportPart] = field(default_factory=list)
    unpacked: list[Section] = field(default_factory=list)
    """Bodies in TNEF parts: what Outlook says besides the text part, once more."""
    spare: list[Part] = field(default_factory=list)
    """Attached parts that can be read in place of a body: named or unusual text that is not marked as an attachment."""
    enclosed: list[Part] = field(default_factory=list)
    """Mails within the mail."""


def collect(root: Part, hint: str | None, limits: Limits) -> Content:
    """Sort the parts of a mail; `hint` is the charset for those that name none.

    Raises Unparseable when attachments are too many or one is too large.
    """
    content = Content(limits, hint)
    content.sections = _sections(root, content, is_root=True)
    if not any(section.text.strip() or section.html for section in content.sections):
        content.sections = content.unpacked or _preamble(root, hint) or _substitute(content)
    return content


def _preamble(root: Part, hint: str | None) -> list[Section]:
    """Return the text before the first part of a mail in which it is no notice to mail programs but all there is."""
    boundary = root.type.parameters.get("boundary", "")
    stop = root.raw.find(b"--" + boundary.encode("utf-8", "replace"), root.start, root.end) if boundary else -1
    text = _lines(charset.decode(root.raw[root.start : stop], None, hint)) if stop >= 0 else ""
    return [Section(text)] if text.strip() and not NOTICE.search(text[:MAX_NOTICE]) else []


def _substitute(content: Content) -> list[Section]:
    """Return something to read for a mail without a body: its named text parts, or else the mail that it encloses."""
    spare = [section for part in content.spare for section in _decoded(part, content.hint)]
    if spare or not content.enclosed:
        return spare
    part = content.enclosed[0]
    raw = transfer.decode(part.body, part.encoding)
    raw, start = prescan.scan(raw, content.limits) if raw.strip() else (b"\n", 0)
    root = mime.tree(raw, headers.split(raw, start, len(raw), content.limits), len(raw), content.limits)
    inner = Content(content.limits, root.type.parameters.get("charset") or content.hint)
    return _sections(root, inner, is_root=True)


def _sections(part: Part, content: Content, *, is_root: bool = False) -> list[Section]:
    """Return the body of a part, putting aside what is attached to it."""
    if not part.main.startswith("multipart/"):
        return _leaf(part, content, is_root=is_root)
    found = [section for child in part.children for section in _sections(child, content)]
    return _merge(found) if part.main == "multipart/alternative" else found


def _merge(sections: list[Section]) -> list[Section]:
    """Make one section of the alternatives: all their plain text, and the HTML of those that have it."""
    text = "\n".join(dict.fromkeys(section.text for section in sections if section.text.strip()))
    source = "\n".join(section.html for section in sections if section.html)
    return [Section(text, source)] if text or source else []


def _leaf(part: Part, content: Content, *, is_root: bool) -> list[Section]:
    """Return the section that a leaf is, or put it aside as an attachment."""
    if part.main in REPORTS:
        content.reports.append(_report(part, content.hint))
    name = _declared_name(part)
    if part.main in BODY_TYPES and not _is_attached(part, name, is_root=is_root):
        return _decoded(part, content.hint, content)
    if (part.main in BODY_TYPES and part.disposition.main != "attachment") or (is_root and _is_text(part.main)):
        content.spare.append(part)
    if part.main == "message/rfc822":
        content.enclosed.append(part)
    data = transfer.decode(part.body, part.encoding)
    name = name or _implied_name(part, data, content.hint)
    if part.main in tnef.TYPES or name.lower() == "winmail.dat":
        unpacked = tnef.unpack(data)
        if unpacked is not None and (unpacked.files or unpacked.text or unpacked.html):
            for file in unpacked.files:
                _attach(content, file.name, file.content)
            content.unpacked += [Section(unpacked.text, unpacked.html)] if unpacked.text or unpacked.html else []
            return []
    is_inline = part.disposition.main == "inline" or (
        part.disposition.main != "attachment" and part.block.first("content-id") is not None
    )
    _attach(content, name, data, part, is_inline=is_inline)
    return []


def _declared_name(part: Part) -> str:
    """Return the file name a part gives itself, not yet safe."""
    return (
        part.disposition.parameters.get("filename")
        or part.type.parameters.get("name")
        or part.type.parameters.get("filename")
        or (part.disposition.main != "form-data" and part.disposition.parameters.get("name"))  # RFC 7578: of a field
        or ""
    )


def _is_text(main: str) -> bool:
    """Tell whether a text type that nobody knows can be read all the same (RFC 2046 section 4.1.4)."""
    return main.startswith("text/") and main not in DATA_TYPES


def _implied_name(part: Part, data: bytes, hint: str | None) -> str:
    """Return what a part that gives itself no name may be called: a mail by its subject, a file by where it came from."""
    if part.main == "message/rfc822":
        head, _, _ = data[:MAX_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")
        subject = SUBJECT.search(head)
        text = headers.value(subject[1], hint)[:MAX_SUBJECT] if subject else ""
        return f"{text.rstrip('. ')}.eml" if text else ""
    if part.encoding in transfer.UU_NAMES:
        return charset.decode(uuencode.name(part.body), None, hint)
    location = LOCATION.fullmatch(part.header("content-location"))  # RFC 2557 section 4
    return location[1] if location else ""


def _is_attached(part: Part, name: str, *, is_root: bool) -> bool:
    """Tell whether a text part is a file rather than something to read."""
    if part.disposition.main == "attachment":
        return True
    return bool(name) and not is_root


def _decoded(part: Part, hint: str | None, content: Content | None = None) -> list[Section]:
    """Decode a text part; files that are uuencoded inside it become attachments of `content`."""
    data = transfer.decode(part.body, part.encoding)
    if content is not None and part.main == "text/plain" and b"begin " in data:
        data = _take_uuencoded(data, content)
    declared = part.type.parameters.get("charset")
    if declared is None and part.main == "text/html" and (meta := META_CHARSET.search(data, 0, MAX_META)) is not None:
        hint = meta[1].decode("ascii")
    text = _lines(charset.decode(data, declared, hint))
    if part.main == "text/html" or (part.block.first("content-type") is None and HTML.match(text)):
        return [Section(html=text)] if text.strip() else []
    if part.main not in ("text/plain", "text/html") and part.main in BODY_TYPES:
        text = ENRICHED.sub(_enriched, text)
    elif part.type.parameters.get("format", "").lower() == "flowed":
        text = flowed.joined(text, is_spaceless=part.type.parameters.get("delsp", "").lower() == "yes")
    return [Section(text)]


def _lines(text: str) -> str:
    """Return decoded text with line feeds only, without NUL and byte order mark."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").removeprefix("\ufeff")


def _enriched(mark: re.Match[str]) -> str:
    """Return what a command of enriched or rich text stands for (RFC 1896, RFC 1341 section 7.1.3)."""
    return mark[1] or RICH.get(mark[0].lower(), "")


def _take_uuencoded(data: bytes, content: Content) -> bytes:
    """Attach the uuencoded files of a text and return the text without them."""
    out: list[bytes] = []
    at = 0
    for file in uuencode.files(data):
        _attach(content, charset.decode(file.name, None, content.hint), file.content)
        out.append(data[at : file.start])
        at = file.end
    return b"".join([*out, data[at:]])


def _report(part: Part, hint: str | None) -> ReportPart:
    """Return a report part as text; of a long one the start."""
    data = transfer.decode(part.raw[part.start : min(part.end, part.start + 4 * MAX_REPORT)], part.encoding)
    text = charset.decode(data[: 4 * MAX_REPORT], part.type.parameters.get("charset"), hint).replace("\r\n", "\n")
    return ReportPart(content_type=part.main, text=text.replace("\x00", "")[:MAX_REPORT])


def _attach(content: Content, name: str, data: bytes, part: Part | None = None, *, is_inline: bool = False) -> None:
    """Add an attachment. Raises Unparseable past the limits."""
    limits = content.limits
    if len(data) > limits.max_attachment:
        raise hold(HoldReason.ATTACHMENT_TOO_LARGE, f"an attachment of {len(data)} bytes")
    if len(content.attachments) >= limits.max_attachments:
        raise hold(HoldReason.TOO_MANY_ATTACHMENTS, f"more than {limits.max_attachments} attachments")
    content_type = part.main if part else "application/octet-stream"
    content_id = part.header("content-id").strip("<> ") if part else ""
    safe = attachments.safe_name(name) or attachments.default_name(content_type, len(content.attachments) + 1)
    content.attachments.append(attachments.make(safe, content_type, data, is_inline=is_inline, content_id=content_id))


def render(content: Content) -> tuple[str, str | None, str | None]:
    """Return the readable text, the sanitised HTML, and all HTML source as `markup.prepare` returns it."""
    limits = content.limits
    texts: list[str] = []
    shown: list[str] = []
    calm: str | None = None
    has_html = any(section.html for section in content.sections)
    for section in content.sections:
        rendered = html.render(section.html, limits, section.text) if section.html else None
        text = rendered.text if rendered is not None else section.text
        if text.strip():
            texts.append(text)
        calm = rendered.calm if rendered is not None else calm
        if rendered is not None and rendered.html is not None:
            shown.append(rendered.html)
        elif has_html and text.strip():
            shown.append(f'<div style="white-space:pre-wrap">{escape(text)}</div>')
    joined = "\n".join(text.rstrip("\n") for text in texts[:-1]) + ("\n" if texts[1:] else "") + "".join(texts[-1:])
    if has_html and content.sections[1:]:
        calm = markup.prepare("\n".join(section.html for section in content.sections), limits)
    return joined[: limits.max_text], "\n".join(shown) if has_html else None, calm
