"""The header fields by which automatic mail and lists make themselves known, as a table.

RFC 3834 section 5 has one field for it, Auto-Submitted; all others grew wild. A field may tell a kind, forbid an
answer, or both: `X-Auto-Response-Suppress` asks for silence and says nothing about who wrote.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mailcase.domain.email import InboundEmail, Kind

MAX_VALUE = 1_000  # characters of a field that a test looks at

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderTest:
    """A field, what its value must be, and what follows."""

    name: str
    """In lower case."""
    test: Test
    kind: Kind | None
    """The kind it is a sign of; LOOP for somebody's loop mark; None when it only asks for silence."""
    reason: str
    forbids_answer: bool = True
    is_list: bool = False
    """It belongs to a mailing list or mass mailing, rather than to a mere precedence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A test that hit."""

    kind: Kind | None
    reason: str
    forbids_answer: bool
    is_list: bool


def _is(pattern: str) -> Test:
    compiled = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda value: compiled.fullmatch(value) is not None


def _lists(name: str, test: Test | None = None) -> HeaderTest:
    return HeaderTest(name=name, test=test or _is(".*"), kind=Kind.BULK, reason=name, is_list=True)


def _automatic(name: str, pattern: str = r"(?!no\b|false\b|0$).*", kind: Kind = Kind.AUTO_REPLY) -> HeaderTest:
    return HeaderTest(name=name, test=_is(pattern), kind=kind, reason=name)


# RFC 3834 section 5. `no` is a person; `auto-forwarded` is a person's mail that a filter passed on.
_PERSONAL_RESPONDER = r"auto-replied\s*(?:\(.*vacation.*\)|;.*owner-(?:email|token).*|;.*vacation.*).*"

HEADER_TESTS: tuple[HeaderTest, ...] = (
    # RFC 3834 section 5.1 gives the responder of one person an owner; vacation programs leave a comment.
    _automatic("auto-submitted", _PERSONAL_RESPONDER, Kind.OUT_OF_OFFICE),
    _automatic("auto-submitted", r"(?!no\b|auto-forwarded\b)[\w(].*"),
    _automatic("x-apple-action", "vacation", Kind.OUT_OF_OFFICE),
    _automatic("x-vacation", kind=Kind.OUT_OF_OFFICE),
    _automatic("x-out-of-office", kind=Kind.OUT_OF_OFFICE),
    _automatic("x-ms-exchange-generated-message-source", r".*(?:rules agent|oof).*"),
    _automatic("x-post-messageclass", r".*autoresponder.*"),
    _automatic("delivered-to", r".*autoresponder.*"),
    _automatic("x-fc-machinegenerated", r"true"),
    _automatic("x-cron-env"),
    _automatic("x-mailer", r".*\b(?:vacation|auto-?respon(?:d|se)|auto-?reply)\w*\b.*"),
    _automatic("x-mailer", r"(?:monit|zendesk mailer|nagios|zabbix)\b.*"),
    _automatic("x-amazon-mail-relay-type", r"notification"),
    _automatic("x-facebook-notify"),
    _automatic("precedence", r"auto[_-]?reply"),
    _automatic("x-precedence", r"auto[_-]?reply"),
    _automatic("preference", r"auto[_-]?reply"),
    # MS-OXCMAIL 2.2.3.2.14: DR, NDR, RN and NRN are about other reports.
    HeaderTest(
        name="x-auto-response-suppress",
        test=_is(r".*\b(?:all|autoreply|oof)\b.*"),
        kind=None,
        reason="x-auto-response-suppress",
    ),
    HeaderTest(name="precedence", test=_is(r"bulk|junk|list"), kind=Kind.BULK, reason="precedence"),
    HeaderTest(name="x-precedence", test=_is(r"bulk|junk|list"), kind=Kind.BULK, reason="x-precedence"),
    # RFC 2919, RFC 2369 and what list software wrote before.
    _lists("list-id"),
    _lists("list-post"),
    _lists("list-help"),
    _lists("list-subscribe"),
    _lists("list-unsubscribe"),
    _lists("list-unsubscribe-post"),
    _lists("list-archive"),
    _lists("list-owner"),
    _lists("mailing-list"),
    _lists("x-mailing-list"),
    _lists("x-list"),
    _lists("x-list-id"),
    _lists("x-listname"),
    _lists("x-beenthere"),
    _lists("x-mailman-version"),
    _lists("x-listserver"),
    _lists("x-mlserver"),
    _lists("x-ml-name"),
    _lists("x-ml-count"),
    _lists("x-google-group-id"),
    _lists("x-yahoogroups-profile"),
    _lists("x-egroups-msg-info"),
    # Lists older than those fields: majordomo, ezmlm, and what RFC 5230 section 4.6 names.
    _lists("sender", _is(r".*?(?:owner-[^@\s]+|[^@\s<]+-(?:owner|bounces|errors))@.*")),
    _lists("delivered-to", _is(r"mailing list .*")),
    _lists("x-campaign"),
    _lists("x-campaignid"),
    _lists("x-campaign-id"),
    _lists("x-mailchimp-id"),
    _lists("x-mailgun-tag"),
)

_BY_NAME: dict[str, tuple[HeaderTest, ...]] = {
    name: tuple(test for test in HEADER_TESTS if test.name == name) for name in {test.name for test in HEADER_TESTS}
}
# Everybody's own spelling: X-Autoreply, X-Auto-Respond, X-Mail-Autoreply, X-AutoReply-From, X-Auto-Generated.
_AUTOMATIC_NAME = re.compile(
    r"x-(?:mail-)?auto-?(?:repl(?:y|ied)|respon(?:d|der|se)|answer|generated|submitted)(?!-suppress)(?:-[\w-]{1,20})?"
)
_NOT_SO = re.compile(r"\s*(?:no|false|0|none|auto-forwarded)?\s*", re.IGNORECASE)
# Everybody's loop mark, ours apart: X-Loop, X-No-Loop, X-<product>-Loop. Exchange writes one on what a rule redirects,
# which people wrote.
_LOOP_MARK = re.compile(r"x-(?:[\w-]{1,40}-)?loop(?:-prevention|-detect|-control|-count)?")
_RULE_MARK = "x-ms-exchange-inbox-rules-loop"


def findings(email: InboundEmail, own_addresses: frozenset[str] = frozenset()) -> tuple[Finding, ...]:
    """Return every test that hits, in the order of the fields.

    A list whose address is one of ours only passes a customer's mail on to us, so its marks do not count.
    """
    is_own_list = _is_own_list(email, own_addresses)
    found: list[Finding] = []
    for field, value in email.headers:
        name = field.lower()
        tests = _BY_NAME.get(name, ())
        if not (tests or ("auto" in name or "loop" in name)):
            continue
        for test in tests:
            if test.test(value.strip()[:MAX_VALUE]) and not (is_own_list and test.kind is Kind.BULK):
                found.append(Finding(test.kind, _reason(test, value), test.forbids_answer, test.is_list))
                break
        else:
            kind = _kind_of_name(name, value)
            found += [Finding(kind, name, forbids_answer=True, is_list=False)] if kind else []
    # A mailbox rule that writes by itself asks for silence; one that redirects does not.
    if email.header(_RULE_MARK) is not None and any(one.reason.startswith("x-auto-response") for one in found):
        found.append(Finding(Kind.OUT_OF_OFFICE, _RULE_MARK, forbids_answer=True, is_list=False))
    return tuple(found)


def _kind_of_name(name: str, value: str) -> Kind | None:
    """Return what a field that anybody may have invented tells by its name."""
    if not name.startswith("x-") or ("auto" not in name and "loop" not in name):
        return None
    if _AUTOMATIC_NAME.fullmatch(name) and not _NOT_SO.fullmatch(value):
        return Kind.AUTO_REPLY
    return Kind.LOOP if _LOOP_MARK.fullmatch(name) and name != _RULE_MARK else None


def _reason(test: HeaderTest, value: str) -> str:
    return test.reason if test.is_list else f"{test.reason}: {value.strip()[:40]}"


def _is_own_list(email: InboundEmail, own_addresses: frozenset[str]) -> bool:
    """Tell whether the list is one of our own addresses, as a group that feeds a support mailbox is."""
    if not own_addresses:
        return False
    named = {one.strip(" <>").lower() for one in email.header_values("list-id")}
    named |= {one.strip(" <>").lower().removeprefix("mailto:") for one in email.header_values("list-post")}
    # RFC 2919 section 2: a list-id is written like an address with a dot for the @.
    return any(own in named or own.replace("@", ".") in named for own in own_addresses)
