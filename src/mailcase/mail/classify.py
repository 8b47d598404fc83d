"""What kind of mail it is, and whether it may be answered automatically.

The surest evidence comes first: our own mark, then the structure of a report, then headers that machines set
(`classify_headers`), then subjects and phrases. Words alone never make a mail automatic: a subject needs a phrase, a
phrase needs a header. Each finding leaves its reason in `why`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailcase.domain.email import Classification, InboundEmail, Kind
from mailcase.mail import bounce, classify_headers, report, report_fields
from mailcase.mail import phrases_automatic as phrases
from mailcase.mail.classify_headers import Finding
from mailcase.mail.phrases import Phrases, fold
from mailcase.mail.thread import is_minted

MAX_PHRASE_TEXT = 4_000
"""Characters of the new text in which phrases are looked for: machines come to the point."""

MAX_MARKS = 6
"""How many of `Re:`, `[list]` and the like are looked behind."""

MANY_PHRASES = 3
"""So many phrases of a vacation notice in one text need no other sign."""

MAX_CALENDAR_HEAD = 2_000
"""Bytes of a calendar in which its method stands."""

_INVITATION_ANSWER = re.compile(r"text/calendar\b.*\bmethod=\"?(?:reply|counter|refresh)\b", re.IGNORECASE | re.DOTALL)
_METHOD = re.compile(rb"^METHOD:(?:REPLY|COUNTER|REFRESH)\b", re.IGNORECASE | re.MULTILINE)
_REPLY_MARK = re.compile(
    r"(?:re|aw|sv|vs|antw|fwd?|wg|odp|ynt|rif|tr)(?:\[\d+\])? ?: ?|\[[^\]]{1,60}\] ?|\([^)]{1,20}\) ?"
)
_COMPLAINT_SUBJECT = re.compile(
    r"(?:complaint about|abuse (?:report|complaint)|spam (?:report|complaint)|feedback (?:loop|report)).*"
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


@dataclass(frozen=True, slots=True)
class _Said:
    """What the words of a mail are compared as."""

    subject: str
    """Folded."""
    text: str
    """The beginning of the new text, folded; empty when it holds none of the phrases."""
    is_by_nobody: bool
    """Whether the address to answer says that nobody reads there."""

    @classmethod
    def of(cls, email: InboundEmail) -> "_Said":
        text = fold(email.reply.text[:MAX_PHRASE_TEXT])
        return cls(fold(email.subject), text if phrases.TEXTS.holds(text) else "", _is_nobody(email))


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
    said = _Said.of(email)
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
    email: InboundEmail, own: frozenset[str], envelope: str | None, findings: tuple[Finding, ...], said: _Said
) -> tuple[Kind, list[str]]:
    tests: tuple[tuple[Kind, Callable[[], Iterable[str]]], ...] = (
        (Kind.LOOP, lambda: _loop(email, own)),
        (Kind.COMPLAINT, lambda: _complaint(email, findings, said)),
        (Kind.DELIVERED, lambda: _delivered(email, said)),
        (Kind.AUTO_REPLY, lambda: _challenge(email, envelope, said)),
        (Kind.BOUNCE, lambda: bounce.reasons(email, envelope)),
        (Kind.OUT_OF_OFFICE, lambda: _out_of_office(email, envelope, findings, said)),
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


def _complaint(email: InboundEmail, findings: tuple[Finding, ...], said: _Said) -> list[str]:
    if any(part.content_type in report_fields.FEEDBACK for part in email.reports):
        return ["feedback-report"]
    if "feedback-report" in (email.header("content-type") or "").lower():
        return ["multipart/report: feedback-report"]
    # Feedback loops older than RFC 5965 send the mail back under a subject, and write nothing themselves.
    if _COMPLAINT_SUBJECT.fullmatch(said.subject) and _is_only_returned_mail(email):
        return ["complaint subject with nothing but the mail"]
    # A mail program that answers List-Unsubscribe for its user says so (RFC 2369, RFC 3834).
    is_automatic = any(finding.kind is Kind.AUTO_REPLY for finding in findings)
    return ["automatic unsubscribe"] if is_automatic and _UNSUBSCRIBE.fullmatch(said.subject) else []


def _is_only_returned_mail(email: InboundEmail) -> bool:
    # The parser shows the text of an attached mail where there is no other.
    own_words = email.text.strip()
    return any(own_words in part.text for part in email.reports if part.content_type == "message/rfc822")


def _delivered(email: InboundEmail, said: _Said) -> list[str]:
    if any(part.content_type in report_fields.DISPOSITION for part in email.reports):
        return ["disposition-notification"]
    if "disposition-notification" in (email.header("content-type") or "").lower():
        return ["multipart/report: disposition-notification"]
    if bounce.is_success(email):
        return ["delivery-status: success"]
    subject = phrases.READ_RECEIPT_SUBJECTS.find(said.subject)
    text = phrases.READ_RECEIPT_TEXTS.find(said.text) if subject else None
    return [f"read receipt: {subject} {text}"] if subject and text else []


def _challenge(email: InboundEmail, envelope: str | None, said: _Said) -> list[str]:
    """Find a request to prove oneself before one's mail is let through; some dress up as a delivery report."""
    # A delivery report of a mail system has a null return path (RFC 3464 section 2): its text is about addresses.
    if not (said.text or email.reports) or bounce.is_from_daemon(email) or bounce.is_null(envelope):
        return []
    groups = report_fields.recipients(email)
    text = said.text
    if groups:
        text = fold(f"{email.reply.text[:MAX_PHRASE_TEXT]} {' '.join(group.diagnostic for group in groups)}")
    found = phrases.CHALLENGES.count(text)
    is_machine = bool(groups) or said.is_by_nobody
    return ["challenge"] if found >= (2 if is_machine else 3) else []


def _out_of_office(email: InboundEmail, envelope: str | None, findings: tuple[Finding, ...], said: _Said) -> list[str]:
    certain = _of_kind(findings, Kind.OUT_OF_OFFICE)
    subject = _in_subject(phrases.OUT_OF_OFFICE_SUBJECTS, said)
    text = phrases.OUT_OF_OFFICE_TEXTS.find(said.text)
    words = [f"subject: {subject}"] * bool(subject) + [f"text: {text}"] * bool(text)
    automatic = [*_of_kind(findings, Kind.AUTO_REPLY), *_null(envelope)]
    automatic += [*_automatic_words(said), *_unmarked_answer(email, said)] if words else []
    is_plain = phrases.OUT_OF_OFFICE_TEXTS.count(said.text) >= MANY_PHRASES
    if certain or (words and (automatic or len(words) > 1)) or is_plain:
        return [*certain, *automatic, *words]
    return []


def _auto_reply(email: InboundEmail, envelope: str | None, findings: tuple[Finding, ...], said: _Said) -> list[str]:
    # Lists write with an empty return path and a precedence, too.
    is_list = any(finding.is_list for finding in findings)
    certain = _of_kind(findings, Kind.AUTO_REPLY) + (_null(envelope) if not is_list else [])
    if _DOMAIN_REPORT.fullmatch(said.subject):
        certain.append("subject: report of a mail server")
    words = _automatic_words(said)
    hints = [one.reason for one in findings if one.kind is Kind.BULK and not is_list]
    # A subject of a machine and one more sign: a phrase, a marked precedence, a request for silence, an answer without
    # `Re:` as only machines write it.
    hints += [finding.reason for finding in findings if finding.kind is None and finding.forbids_answer]
    hints += ["from: nobody"] if said.is_by_nobody else []
    hints += _unmarked_answer(email, said)
    if certain:
        return [*certain, *words]
    return [*words, *hints] if words and len(words) + len(hints) > 1 else []


def _unmarked_answer(email: InboundEmail, said: _Said) -> list[str]:
    """Tell an answer whose subject has no `Re:` or the like, as only machines write it."""
    is_answer = bool(email.in_reply_to or email.references)
    return ["answer without Re:"] if is_answer and not _REPLY_MARK.match(said.subject) else []


def _automatic_words(said: _Said) -> list[str]:
    subject = _in_subject(phrases.AUTO_REPLY_SUBJECTS, said)
    text = phrases.AUTO_REPLY_TEXTS.find(said.text)
    return [f"subject: {subject}"] * bool(subject) + [f"text: {text}"] * bool(text)


def _refusals(email: InboundEmail, own: frozenset[str], envelope: str | None, said: _Said) -> list[str]:
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


def _in_subject(table: Phrases, said: _Said) -> str | None:
    """Find a phrase at the beginning of the subject, or behind and inside the marks of replies, forwards and lists."""
    subject = said.subject
    for _ in range(MAX_MARKS):
        found = table.find(subject.lstrip("[(*"))
        mark = _REPLY_MARK.match(subject)
        if found or mark is None:
            return found
        subject = subject[mark.end() :]
    return None


def _base(address: str) -> str:
    """Return an address in lower case without its plus-tag."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _domain(address: str) -> str:
    return address.lower().rpartition("@")[2]
