"""Whether a mail is a bounce, and why it is taken for one.

A delivery status part decides, if a mail system sent it. Without one it takes two kinds of evidence together: who sent
it (a daemon, an empty return path, nobody), and what it says (a subject, a notice). People forward bounces and ask
about them; they have only the second kind.
"""

import re

from mailcase.domain.email import InboundEmail
from mailcase.mail import report_fields, report_text
from mailcase.mail.phrases import fold
from mailcase.mail.phrases_bounce import DELIVERED_NOTICES, DELIVERED_SUBJECTS, NOTICES, SUBJECTS
from mailcase.mail.report_fields import DELIVERY_STATUS, Group

ENOUGH = 4
"""Points of evidence that make a bounce, some of each kind."""
ENOUGH_FROM_ANYBODY = 6
"""The same when its sender could be a person: subject, notice and the returned mail together."""

MAX_NOTICE = 4_000
"""Characters of a text in which a notice is looked for."""

_SUCCESS = frozenset({"delivered", "relayed", "expanded"})
# Local parts that no person has,
_DAEMON = re.compile(
    r"(?:mail(?:er)?[-_.]?daemon|daemon|mdaemon|double-bounce|mail[-_.]?delivery|mailer|mmdf|uucp|mail[-_.]?system"
    r"|microsoftexchange[0-9a-f]{16,})(?:[-+].*)?",
    re.IGNORECASE,
)
# and those behind which a person may sit as well.
_OFFICE = re.compile(
    r"(?:po+st[-_.]?master|mail[-_.]?(?:server|adm(?:in(?:istrator)?)?)|system[-_.]?administrator|bounces?|bounced"
    r"|returned[-_.]?mail|undeliverable|non-?delivery|m-?filter|(?:mail|spam|e-?mail)[-_.]?(?:filter|gateway|firewall)"
    r"|anti-?(?:spam|virus)|mail-?sweeper|mail-?marshal|quarantine)(?:[-+].*)?",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"\b(?:mail(?:er)?[ -]?(?:delivery (?:sub)?system|daemon|administrator|admin|router)|mail delivery|postmaster"
    r"|delivery (?:sub)?system|system administrator|microsoft outlook|internet mail (?:delivery|service))\b",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(
    r"(?:no|do[-_.]?not|dont|never|not?)[-_.]?(?:reply|respond|responder|responda|answer)(?:[-_.+].*)?", re.IGNORECASE
)
_LIST_ROBOT = re.compile(r".*[-_.](?:admin|owner|request)|owner-.*", re.IGNORECASE)
_LIST_FIELDS = ("mailing-list", "x-mlserver", "x-ml-name", "list-id", "x-mailman-version")
_TAG = re.compile(r"\s*(?:\[[^\]]{1,60}\]|\([^)]{1,40}\)|[\w.-]+\.[a-z]{2,10}(?= [A-Z]))\s*")


def is_failure(group: Group) -> bool:
    """Tell whether a recipient's group reports a failure or a delay; silence counts as failure."""
    if group.action in _SUCCESS or (not group.action and group.status.startswith("2")):
        return False
    return bool(group.recipient or group.action or group.status or group.diagnostic)


def is_success(email: InboundEmail) -> bool:
    """Tell whether a delivery status part reports only what went well (RFC 3464 section 2.3.3).

    Without such a part, a mail system must say so in its subject and its notice.
    """
    groups = report_fields.recipients(email)
    if groups or not DELIVERED_SUBJECTS.holds(fold(email.subject)):
        return bool(groups) and not any(is_failure(group) for group in groups)
    is_said = DELIVERED_SUBJECTS.find(fold(email.subject)) and DELIVERED_NOTICES.find(fold(email.text[:MAX_NOTICE]))
    return bool(is_said) and is_from_daemon(email) and not _may_be_person(email, email.header("return-path"))


def is_from_daemon(email: InboundEmail) -> bool:
    """Tell whether the sender's name or address is one that mail systems use for themselves."""
    return (
        _is_from(email, _DAEMON) or _is_from(email, _OFFICE) or any(_DAEMON_NAME.search(name) for name in _names(email))
    )


def is_null(return_path: str | None) -> bool:
    """Tell whether an envelope sender is empty, or a daemon as some relays write for it (RFC 5321 section 4.5.5)."""
    if return_path is None:
        return False
    bare = return_path.strip().strip("<>").strip()
    return not bare or _DAEMON.fullmatch(bare.partition("@")[0]) is not None


def reasons(email: InboundEmail, return_path: str | None = None) -> tuple[str, ...]:
    """Return why `email` is a bounce or a delay warning; nothing when it is neither.

    `return_path` is the envelope sender, empty for the null one; None means that the Return-Path field tells it.
    """
    envelope = email.header("return-path") if return_path is None else return_path
    sender = _sender_evidence(email, envelope)
    if is_success(email):
        return ()
    if any(part.content_type in DELIVERY_STATUS for part in email.reports):
        is_report = "report" in (email.header("content-type") or "").lower()
        return ("delivery-status",) if is_report or sender else ()
    content = _content_evidence(email) if sender else []
    trust = sum(weight for _, weight in sender)
    points = trust + sum(weight for _, weight in content)
    if not content or not trust or points < (ENOUGH if trust > 1 else ENOUGH_FROM_ANYBODY):
        return ()
    return tuple(reason for reason, _ in (*sender, *content))


def _sender_evidence(email: InboundEmail, envelope: str | None) -> list[tuple[str, int]]:
    found = []
    if email.header("x-failed-recipients"):
        found.append(("x-failed-recipients", 3))
    if not (email.senders or is_from_daemon(email)):
        found.append(("no From", 1))  # No person's program leaves it out.
    elif _is_from(email, _DAEMON):
        found.append(("from a mail system", 2))
    elif is_from_daemon(email):
        found.append(("from a mail system", 1 if _may_be_person(email, envelope) else 2))
    elif _is_from(email, _LIST_ROBOT) and any(email.header(name) is not None for name in _LIST_FIELDS):
        found.append(("from a list", 2))
    elif _is_from(email, _NO_REPLY) or "multipart/report" in (email.header("content-type") or "").lower():
        found.append(("from a machine", 1))
    if is_null(envelope):
        found.append(("null return path", 2))
    return found


def _content_evidence(email: InboundEmail) -> list[tuple[str, int]]:
    notice, returned = report_text.split(email.text)
    found = []
    subject = _TAG.sub("", fold(_TAG.sub("", email.subject, count=1)), count=1)
    if SUBJECTS.find(subject) and not subject.startswith(("re:", "aw:", "fwd:", "fw:", "wg:")):
        found.append(("bounce subject", 2))
    if NOTICES.find(fold(notice[:MAX_NOTICE])):
        found.append(("bounce notice", 2))
    if found and (returned or any(part.content_type.startswith(("message/", "text/")) for part in email.reports)):
        found.append(("returned mail", 1))
    return found


def _is_from(email: InboundEmail, local_part: re.Pattern[str]) -> bool:
    return any(local_part.fullmatch(one.address.partition("@")[0]) for one in email.senders)


def _names(email: InboundEmail) -> list[str]:
    """Return the senders' names, or the whole field where it holds no address: `From: System Administrator <>`."""
    return [one.name for one in email.senders] or [email.header("from") or ""]


def _may_be_person(email: InboundEmail, envelope: str | None) -> bool:
    """Tell whether a postmaster may be asking us: a real notice has a null return path (RFC 3464 section 2).

    Fetching programs and forwarders put the recipient's address for the null one.
    """
    if envelope is None or is_null(envelope) or _is_from(email, _DAEMON):
        return False
    bare = envelope.strip(" <>").lower()
    return all(bare != one.address.lower() for one in email.to)
