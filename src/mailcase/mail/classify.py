"""What kind of mail it is, and whether it may be answered automatically.

The surest evidence comes first: our own mark, then the structure of a report, then headers that machines set
(`classify_headers`), then subjects and phrases (`classify_words`). Each finding leaves its reason in `why`.
"""

import re
from collections.abc import Callable, Iterable

from mailcase.domain.email import Classification, InboundEmail, Kind
from mailcase.mail import bounce, classify_headers, classify_words, report, report_fields
from mailcase.mail.classify_headers import Finding
from mailcase.mail.classify_words import Said
from mailcase.mail.phrases import fold
from mailcase.mail.thread import is_minted

MAX_CALENDAR_HEAD = 2_000
"""Bytes of a calendar in which its method stands."""

_INVITATION_ANSWER = re.compile(r"text/calendar\b.*\bmethod=\"?(?:reply|counter|refresh)\b", re.IGNORECASE | re.DOTALL)
_METHOD = re.compile(rb"^METHOD:(?:REPLY|COUNTER|REFRESH)\b", re.IGNORECASE | re.MULTILINE)
_COMPLAINT_SUBJECT = re.compile(
    r"(?:(?:customer )?complaint(?: about|$)|(?:e-?mail )?(?:abuse|spam) (?:feedback |e-?mail )?(?:report|complaint|notification)"
    r"|(?:e-?mail |abuse |spam )?feedback (?:loop|report)|client tos notification|\[spamcop \().*"
)
_FEEDBACK_LOOP = re.compile(
    r"(?:.*[-_.])?(?:fbl|scomp|feedback(?:-?loop)?|complaints?|abuse-?reports?|jmrp|arf)(?:[-_.+].*)?",
    re.IGNORECASE,
)
# RFC 7489 section 7.2.1.1, RFC 8460 section 5.3: a report for a machine, under a subject that is laid down.
_DOMAIN_REPORT = re.compile(r".{0,40}\breport domain: ?\S+;? submitter: ?\S+;? report-id: ?\S.*")
_UNSUBSCRIBE = re.compile(r"(?:re: ?)?(?:please )?unsubscribe(?: me)?(?:[ :].{0,80})?")
# RFC 5230 section 4.6 names owner-*, *-request, listserv, mailer-daemon and root; the rest say it of themselves.
_NOBODY = re.compile(
    r"(?:.*[-_.+])?(?:no|do[-_.]?not|dont|never|kein[e]?|nicht|ne[-_.]?pas|nao)[-_.]?(?:reply|respond|response|answer|antworten?"
    r"|repondre|responder|responda|antwort|mail)(?:[-_.+].*)?"
    r"|(?:.*[-_.])?(?:mailer-?daemon|autoresponder|auto-?reply|auto-?responder)(?:[-_.+].*)?"
    r"|owner-.*|.*[-+](?:owner|request|bounces?)"
    r"|(?:listserv|majordomo|mailman|root|postmaster|nobody|daemon|bounces?|newsletters?)(?:[-+].*)?",
    re.IGNORECASE,
)


def classify(
    email: InboundEmail, own_addresses: frozenset[str] = frozenset(), return_path: str | None = None
) -> Classification:
    """Tell what kind of mail `email` is and whether an automatic answer to it is allowed (RFC 3834 section 2).

    `own_addresses` are all addresses of the desk; without them, mail of our own and mail not addressed to us go
    unnoticed. `return_path` is the envelope sender, empty for the null one; None means the Return-Path field tells it.
    """
    own = frozenset(address.lower() for address in own_addresses)
    envelope = email.header("return-path") if return_path is None else return_path
    findings = classify_headers.findings(email, own)
    said = Said.of(email, is_by_nobody=_is_nobody(email))
    kind, why = _kind(email, own, envelope, findings, said)
    refusals = [] if kind is Kind.HUMAN else [f"kind: {kind}"]
    refusals += [finding.reason for finding in findings if finding.forbids_answer]
    refusals += _refusals(email, own, envelope, said)
    return Classification(
        kind=kind,
        may_acknowledge=not refusals,
        why=tuple(dict.fromkeys((*why, *(f"no answer: {reason}" for reason in refusals)))),
        report=report.read_bounce(email) if kind is Kind.BOUNCE else None,
    )


def _kind(
    email: InboundEmail, own: frozenset[str], envelope: str | None, findings: tuple[Finding, ...], said: Said
) -> tuple[Kind, list[str]]:
    tests: tuple[tuple[Kind, Callable[[], Iterable[str]]], ...] = (
        (Kind.LOOP, lambda: _loop(email, own)),
        (Kind.COMPLAINT, lambda: _complaint(email, findings, said)),
        (Kind.DELIVERED, lambda: _delivered(email, said)),
        (Kind.AUTO_REPLY, lambda: _challenge(email, envelope, said)),
        (Kind.BOUNCE, lambda: bounce.reasons(email, envelope)),
        (Kind.OUT_OF_OFFICE, lambda: _out_of_office(envelope, findings, said)),
        (Kind.AUTO_REPLY, lambda: _auto_reply(email, envelope, findings, said)),
        (Kind.BULK, lambda: _of_kind(findings, Kind.BULK)),
        (Kind.AUTO_REPLY, lambda: _of_kind(findings, Kind.LOOP)),
    )
    for kind, test in tests:
        why = list(test())
        if why:
            return kind, why
    return Kind.HUMAN, ["nothing automatic found"]


def _loop(email: InboundEmail, own: frozenset[str]) -> list[str]:
    found = []
    if any(_base(sender.address) in own for sender in email.senders):
        found.append("from: our own address")
    if email.header("x-mailcase-loop") is not None:
        found.append("x-mailcase-loop")
    # A token's Message-ID with a domain of ours can only have been written by us (or be copied to look so).
    if email.message_id and is_minted(email.message_id) and _domain(email.message_id) in {_domain(one) for one in own}:
        found.append("message-id: our own")
    return found


def _complaint(email: InboundEmail, findings: tuple[Finding, ...], said: Said) -> list[str]:
    if any(part.content_type in report_fields.FEEDBACK for part in email.reports):
        return ["feedback-report"]
    if "feedback-report" in (email.header("content-type") or "").lower():
        return ["multipart/report: feedback-report"]
    # Feedback loops older than RFC 5965 send the mail back under a subject, and write little or nothing themselves.
    if _COMPLAINT_SUBJECT.fullmatch(said.subject):
        if _is_only_returned_mail(email):
            return ["complaint subject with nothing but the mail"]
        if _is_from_feedback_loop(email):
            return ["complaint subject of a feedback loop"]
    # A mail program that answers List-Unsubscribe for its user says so (RFC 2369, RFC 3834).
    is_automatic = any(finding.kind is Kind.AUTO_REPLY for finding in findings)
    return ["automatic unsubscribe"] if is_automatic and _UNSUBSCRIBE.fullmatch(said.subject) else []


def _is_only_returned_mail(email: InboundEmail) -> bool:
    # The parser shows the text of an attached mail where there is no other.
    own_words = email.text.strip()
    return any(own_words in part.text for part in email.reports if part.content_type == "message/rfc822")


def _is_from_feedback_loop(email: InboundEmail) -> bool:
    """Tell whether the sender is one of those that only pass on what users marked, with the mail."""
    if any(one.domain.endswith("spamcop.net") for one in email.senders):
        return True
    is_loop = any(_FEEDBACK_LOOP.fullmatch(one.address.partition("@")[0]) for one in email.senders)
    return is_loop and any(part.content_type == "message/rfc822" for part in email.reports)


def _delivered(email: InboundEmail, said: Said) -> list[str]:
    if any(part.content_type in report_fields.DISPOSITION for part in email.reports):
        return ["disposition-notification"]
    if "disposition-notification" in (email.header("content-type") or "").lower():
        return ["multipart/report: disposition-notification"]
    if bounce.is_success(email):
        return ["delivery-status: success"]
    receipt = classify_words.read_receipt(said)
    return [f"read receipt: {receipt}"] if receipt else []


def _challenge(email: InboundEmail, envelope: str | None, said: Said) -> list[str]:
    """Find a request to prove oneself before one's mail is let through; some dress up as a delivery report."""
    # A delivery report of a mail system has a null return path (RFC 3464 section 2): its text is about addresses.
    if not (said.text or email.reports) or bounce.is_from_daemon(email) or bounce.is_null(envelope):
        return []
    diagnostics = fold(" ".join(group.diagnostic for group in report_fields.recipients(email)))
    is_machine = bool(diagnostics) or said.is_by_nobody
    return ["challenge"] if classify_words.is_challenge(said, by_machine=is_machine, also=diagnostics) else []


def _out_of_office(envelope: str | None, findings: tuple[Finding, ...], said: Said) -> list[str]:
    certain = _of_kind(findings, Kind.OUT_OF_OFFICE)
    automatic = [*_of_kind(findings, Kind.AUTO_REPLY), *_null(envelope)]
    words = classify_words.out_of_office(said)
    if certain or words.is_enough or (words.found and automatic):
        return [*certain, *automatic, *words.found]
    return []


def _auto_reply(email: InboundEmail, envelope: str | None, findings: tuple[Finding, ...], said: Said) -> list[str]:
    # Lists write with an empty return path and a precedence, too.
    is_list = any(finding.is_list for finding in findings)
    certain = _of_kind(findings, Kind.AUTO_REPLY) + (_null(envelope) if not is_list else [])
    if _DOMAIN_REPORT.fullmatch(said.subject):
        certain.append("subject: report of a mail server")
    # What words need beside them: a marked precedence, a request for silence, an address that nobody reads.
    hints = [one.reason for one in findings if one.kind is Kind.BULK and not is_list]
    hints += [finding.reason for finding in findings if finding.kind is None and finding.forbids_answer]
    hints += ["from: nobody"] if said.is_by_nobody else []
    words = classify_words.auto_reply(said, email, len(hints))
    if certain:
        return [*certain, *words.found]
    return [*words.found, *hints] if words.is_enough else []


def _refusals(email: InboundEmail, own: frozenset[str], envelope: str | None, said: Said) -> list[str]:
    """Return why nothing automatic may be sent, whatever the kind."""
    found = [reason.replace("null", "null or daemon") for reason in _null(envelope)]
    if not (email.senders or email.reply_to or envelope):
        found.append("no sender")
    if said.is_by_nobody:
        found.append("sender: nobody reads there")
    if any(_base(address) in own for address in _answered(email)):
        found.append("answer would go to ourselves")
    if _is_invitation_answer(email):
        found.append("answer to an invitation")
    # RFC 5230 section 4.5: only what names us in a field that people address.
    named = {_base(one.address) for one in (*email.to, *email.cc)}
    if own and not own & named and not any(one in value.lower() for one in own for value in _resent(email)):
        found.append("not addressed to us")
    return found


def _is_invitation_answer(email: InboundEmail) -> bool:
    """Tell whether a calendar program wrote it: RFC 6047 section 2.4, methods of RFC 5546 section 1.4."""
    if _INVITATION_ANSWER.search(email.header("content-type") or ""):
        return True
    calendars = (one.content[:MAX_CALENDAR_HEAD] for one in email.attachments if one.content_type == "text/calendar")
    return any(_METHOD.search(head) for head in calendars)


def _answered(email: InboundEmail) -> list[str]:
    return [one.address for one in (*email.senders, *email.reply_to)]


def _resent(email: InboundEmail) -> tuple[str, ...]:
    return (*email.header_values("resent-to"), *email.header_values("resent-cc"))


def _is_nobody(email: InboundEmail) -> bool:
    return any(_NOBODY.fullmatch(address.partition("@")[0]) for address in _answered(email)[:10])


def _null(envelope: str | None) -> list[str]:
    return ["null return path"] if bounce.is_null(envelope) else []


def _of_kind(findings: tuple[Finding, ...], kind: Kind) -> list[str]:
    return [finding.reason for finding in findings if finding.kind is kind]


def _base(address: str) -> str:
    """Return an address in lower case without its plus-tag."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _domain(address: str) -> str:
    return address.lower().rpartition("@")[2]
