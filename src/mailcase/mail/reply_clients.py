"""The mark-up by which mail clients enclose, introduce or precede earlier mail, and their signatures.

Two tables, by class and by id, and the styles that tell a client's block quotation from an indented paragraph.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

Attributes = Mapping[str, str | None]


class Role(StrEnum):
    """What an element is for."""

    QUOTED = "quoted"
    """Encloses an earlier message."""
    FRAMED = "framed"
    """A block quotation as a client makes of an earlier message, and also when the writer asks for one."""
    INDENTED = "indented"
    """A block quotation of unknown origin."""
    ATTRIBUTION = "attribution"
    """Names the earlier writer."""
    CUT = "cut"
    """Stands before the earlier message, which follows to the end."""
    SIGNATURE = "signature"
    """Encloses the writer's signature."""


_BY_CLASS = {
    Role.QUOTED: """yahoo_quoted protonmail_quote tutanota_quote zmail_extra front-blockquote missive_quote clean_bq cite
        ms-outlook-mobile-reference-message mailru-blockquote gmail_blockquote moz-cite gmail_quote_content spark_quote
        hs_reply_quote iCloudQuote""",
    Role.ATTRIBUTION: "gmail_attr moz-cite-prefix airmail_on zmail_extra_hdr gmail_quote_attribution iCloudAttribution",
    Role.CUT: "OutlookMessageHeader",
    Role.SIGNATURE: """gmail_signature moz-signature protonmail_signature_block-user protonmail_signature_block tutanota_signature
        gmail_signature_prefix bloop_sign front-signature sh-signature""",
}
_BY_ID = {
    Role.QUOTED: "isReplyContent mail-editor-reference-message-container fastmail-quoted qt yahoo_quoted blockquote_zmail",
    Role.ATTRIBUTION: "reply-intro",
    Role.CUT: "divRplyFwdMsg appendonsend zwchr OLK_SRC_BODY_SECTION",
    Role.SIGNATURE: "Signature AppleMailSignature ms-outlook-mobile-signature zimbraSignature",
}
_CLASSES = {name: role for role, names in _BY_CLASS.items() for name in names.split()}
_IDS = {name: role for role, names in _BY_ID.items() for name in names.split()}
_MARKERS = {
    "__DIVIDER__": Role.CUT,
    "__QUOTED_TEXT__": Role.QUOTED,
    "__SIG_PRE__": Role.SIGNATURE,
    "__SIG_POST__": Role.SIGNATURE,
}
_NAMES = {"quote": Role.QUOTED, "messageReplySection": Role.QUOTED, "messageSignatureSection": Role.SIGNATURE}
_TELLING = frozenset(("id", "data-marker", "data-smartmail", "name"))
"""Attributes that an element without a telling class needs one of to be any client's mark."""
_PLAIN_INDENT = re.compile(
    r"border(?:-left)?\s?:\s?(?:none|0(?:px)?\b)|margin(?:-left)?\s?:[^;]{0,20}\b40px", re.IGNORECASE
)
_HIDING = re.compile(r"display\s?:\s?none|visibility\s?:\s?hidden", re.IGNORECASE)
_DRAWN_LEFT = re.compile(r"border-left[^;]{0,20}:[^;]{0,30}(?:solid|\d)", re.IGNORECASE)


def role_of(attributes: Attributes, tag: str) -> Role | None:
    """Return what a client uses an element for, or None for ordinary mark-up."""
    if attributes:
        for name in (attributes.get("class") or "").split():
            if name in _CLASSES:
                return _CLASSES[name]
        if not attributes.keys().isdisjoint(_TELLING) and (named := _role_by_name(attributes, tag)):
            return named
    if tag == "signature":
        return Role.SIGNATURE
    return _block_quotation(attributes) if tag == "blockquote" else None


def _role_by_name(attributes: Attributes, tag: str) -> Role | None:
    """Return what the id, marker or name of an element says."""
    identity = attributes.get("id") or ""
    named = _IDS.get(identity) or _MARKERS.get(attributes.get("data-marker") or "")
    if named:
        return named
    if "yahoo_quoted" in identity:
        return Role.QUOTED
    if attributes.get("data-smartmail") == "gmail_signature":
        return Role.SIGNATURE
    return _NAMES.get(attributes.get("name") or "") if tag == "div" else None


def is_hidden(attributes: Attributes) -> bool:
    """Whether a browser does not show an element."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if not style:
        return False
    lower = style.lower()
    return ("none" in lower or "dden" in lower) and _HIDING.search(style) is not None


def _block_quotation(attributes: Attributes) -> Role | None:
    """Tell a client's quotation from an indented paragraph."""
    classes, style = attributes.get("class") or "", attributes.get("style") or ""
    if (attributes.get("type") or "").lower() == "cite" or attributes.get("cite"):
        return Role.QUOTED
    if "quote" in classes.lower():
        return Role.FRAMED if classes == "gmail_quote" else Role.QUOTED
    if _DRAWN_LEFT.search(style):
        return Role.FRAMED
    return None if _PLAIN_INDENT.search(style) else Role.INDENTED
