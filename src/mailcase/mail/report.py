"""What a bounce says: which recipients failed, with which codes, for good or not, and which mail of ours it was.

The machine-readable part comes first (RFC 3464); where it is missing or empty, the notice is read (`report_text`).
"""

import re
from collections.abc import Iterable

from mailcase.domain.email import DeliveryReport, InboundEmail
from mailcase.mail import bounce, report_fields, report_text
from mailcase.mail.phrases import fold
from mailcase.mail.phrases_bounce import DELAYS, MAY_PASS, NOT_THE_ADDRESS, WRONG_ADDRESS
from mailcase.mail.report_fields import Group

MAX_STATUS = 20

_RETURNED_MAIL = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_REPLY_CODE = re.compile(r"(?<![\d.#])([45])\d\d(?=[ :-]|$)", re.MULTILINE)
# RFC 3463 section 3.2 and 3.3: these say that the address is wrong, whatever the words beside them.
_ADDRESS_CODES = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.310"})
_ID = re.compile(r"<([^<>\s]{1,250})>")


def read(email: InboundEmail, return_path: str | None = None) -> DeliveryReport | None:
    """Read a bounce or a delay warning; None for any other mail, also for a report that all went well."""
    return read_bounce(email) if bounce.reasons(email, return_path) else None


def read_bounce(email: InboundEmail) -> DeliveryReport:
    """Read a mail that is a bounce or a delay warning."""
    failed = tuple(group for group in report_fields.recipients(email) if bounce.is_failure(group))
    failed = failed or _failures(_attached(email))
    notice, returned = report_text.split(email.text)
    recipients = _unique(group.recipient for group in failed) or _listed(email) or _named(email, notice)
    if not (failed or recipients):
        # A report inside the returned mail, or pasted as text, says more than guessing.
        failed = _inner(email, returned)
        recipients = _unique(group.recipient for group in failed)
    # Whom we wrote to is surer than a bare local part, which the notice gives of its own domain.
    recipients = recipients or _guessed(email, notice) or _only_recipient(email, returned)
    recipients = recipients or _guessed(email, notice, email.sender.domain if email.sender else "")
    said = _said(failed, notice)
    status = _status(failed, notice)
    return DeliveryReport(
        permanent=_is_permanent(email, failed, said, status),
        recipients=recipients,
        status=status,
        original_message_id=_original_message_id(email, returned),
    )


def _said(failed: tuple[Group, ...], notice: str) -> str:
    """Return the words that give the reason: the remote servers' own, or else the notice."""
    diagnostics = " ".join(group.diagnostic for group in failed)
    return fold(diagnostics or notice)


def _status(failed: tuple[Group, ...], notice: str) -> tuple[str, ...]:
    found = [code for group in failed for code in _codes_of(group)]
    return tuple(dict.fromkeys(found or report_fields.codes(notice)))[:MAX_STATUS]


def _codes_of(group: Group) -> tuple[str, ...]:
    """Return the code of the Status field, or the one the remote server gave where the field is as vague as x.0.0."""
    told = (group.status,) if group.status else ()
    exact = tuple(code for code in report_fields.codes(group.diagnostic) if not code.endswith(".0.0"))
    return exact[:1] or told if not told or told[0].endswith(".0.0") else told


def _listed(email: InboundEmail) -> tuple[str, ...]:
    """Return what X-Failed-Recipients lists, as Exim and others write it."""
    values = (
        one.strip(" <>\t").lower() for value in email.header_values("x-failed-recipients") for one in value.split(",")
    )
    return _unique(value for value in values if "@" in value)


def _named(email: InboundEmail, notice: str) -> tuple[str, ...]:
    return report_text.named_recipients(notice, _correspondents(email))


def _guessed(email: InboundEmail, notice: str, domain: str = "") -> tuple[str, ...]:
    return report_text.guessed_recipients(notice, _correspondents(email), domain)


def _correspondents(email: InboundEmail) -> list[str]:
    return [one.address for one in (*email.to, *email.senders)]


def _inner(email: InboundEmail, returned: str) -> tuple[Group, ...]:
    """Return the failures that a report inside the returned mail lists."""
    return _failures((*_returned(email), returned))


def _failures(texts: Iterable[str]) -> tuple[Group, ...]:
    """Return the failures in texts that are no delivery status part by their type, as some gateways send them."""
    found = (group for text in texts for group in report_fields.groups(text))
    return tuple(group for group in found if group.get("final-recipient") and bounce.is_failure(group))


def _only_recipient(email: InboundEmail, returned: str) -> tuple[str, ...]:
    """Return to whom the returned mail was addressed, for a notice that gives no address."""
    texts = (*_returned(email), returned)
    return next((found for found in map(report_text.only_recipient, texts) if found), ())


def _unique(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in addresses if one))[: report_text.MAX_RECIPIENTS]


def _original_message_id(email: InboundEmail, returned: str) -> str | None:
    statuses = (part.text for part in email.reports if part.content_type in report_fields.DELIVERY_STATUS)
    parts = (*_returned(email), returned, email.text, *statuses, *_attached(email))
    found = next((found for found in map(report_text.message_id, parts) if found), None)
    if found:
        return found
    fields = (group.get(name) for group in _groups(email) for name in ("original-message-id", "x-original-message-id"))
    named = (_ID.search(value) for value in (*fields, *email.header_values("x-original-message-id")))
    # Exchange and others return nothing of the mail, and refer to it as a reply does.
    referred = (*email.in_reply_to, *reversed(email.references))
    told = next((match[1] for match in named if match), None) or report_text.said_message_id(email.text)
    return told or next(iter(referred), None)


def _is_permanent(email: InboundEmail, failed: tuple[Group, ...], said: str, status: tuple[str, ...]) -> bool:
    """Tell whether the address itself is at fault, so that no later mail will get through either."""
    if failed and all(group.action == "delayed" for group in failed):
        return False
    if not failed and DELAYS.find(f"{fold(email.subject)} {said}"):
        return False
    if NOT_THE_ADDRESS.find(said):
        return False
    if any(code in _ADDRESS_CODES for code in status) or WRONG_ADDRESS.find(said):
        return True
    if status and all(not code.endswith(".0.0") for code in status):
        return False
    classes = {code[0] for code in status} or set(_REPLY_CODE.findall(said))
    return classes != {"4"} and MAY_PASS.find(said) is None


def _groups(email: InboundEmail) -> Iterable[Group]:
    parts = (part.text for part in email.reports if part.content_type in report_fields.DELIVERY_STATUS)
    return (group for text in parts for group in report_fields.groups(text))


def _attached(email: InboundEmail) -> Iterable[str]:
    """Yield returned mail that came as a file, as gateways send it that know no message/rfc822."""
    for one in email.attachments:
        is_mail = one.content_type.startswith(("text/", "message/")) or one.name.lower().endswith(
            (".eml", ".txt", ".msg")
        )
        if is_mail:
            yield one.content[: report_text.MAX_TEXT].decode("utf-8", "replace")


def _returned(email: InboundEmail) -> list[str]:
    return [part.text for part in email.reports if part.content_type in _RETURNED_MAIL]
