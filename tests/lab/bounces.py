"""Reports that a mail was not delivered, in the forms that servers write them, and a forged one."""

from collections.abc import Callable

FORGED = "forged, about a Message-ID that we never gave"
NAMELESS = "report to the return path that names no mail"
FORGED_PATH = "forged, to a return path that we never gave"
_HEAD = """\
Return-Path: <>
From: Mail Delivery System <mailer-daemon@{domain}>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-{number}@{domain}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
"""
_STATUS = """\
--report
Content-Type: text/plain

I could not deliver your message to <c{number}@{domain}>: no such user.

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{domain}

Final-Recipient: rfc822; c{number}@{domain}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

"""
_ORIGINAL = """\
From: Anna Berg <{to}>
To: c{number}@{domain}
Subject: Re: Letter {number}
Message-ID: <{message_id}>
"""
_REPORT = 'Content-Type: multipart/report; report-type=delivery-status; boundary="report"\n\n'
_FORMS = {
    "report with the header": f"{_HEAD}{_REPORT}{_STATUS}--report\nContent-Type: text/rfc822-headers\n\n{_ORIGINAL}\n--report--\n",
    "report with the whole mail": (
        f"{_HEAD}{_REPORT}{_STATUS}--report\nContent-Type: message/rfc822\n\n{_ORIGINAL}\nDear customer\n\n--report--\n"
    ),
    "plain text of qmail": (
        _HEAD
        + "Content-Type: text/plain\n\nHi. This is the qmail-send program at {domain}.\nI'm afraid I wasn't able to deliver your "
        "message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<c{number}@{domain}>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\n"
        + _ORIGINAL
        + "\nDear customer\n"
    ),
}


def _form(text: str, number: int, message_id: str, to: str) -> bytes:
    domain = f"customer{number}.example"
    return text.format(number=number, domain=domain, message_id=message_id, to=to).replace("\n", "\r\n").encode()


def _writer(text: str) -> Callable[[int, str, str], bytes]:
    return lambda number, message_id, to: _form(text, number, message_id, to)


def _forged(number: int, message_id: str, to: str) -> bytes:
    token = message_id.split(".")
    guess = ".".join([*token[:3], "0" * len(token[3]), *token[4:]])
    return _form(_FORMS["report with the header"], number, guess, to)


def _nameless(number: int, message_id: str, to: str) -> bytes:
    """Return a report that says nothing about which mail it is about."""
    return _form(_HEAD + _REPORT + _STATUS + "--report--\n", number, "", to)


def _forged_path(number: int, message_id: str, to: str) -> bytes:
    local, _, domain = to.partition("@")
    return _nameless(number, message_id, f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}")


KINDS: dict[str, Callable[[int, str, str], bytes]] = {name: _writer(text) for name, text in _FORMS.items()}
KINDS[NAMELESS] = _nameless
KINDS[FORGED] = _forged
KINDS[FORGED_PATH] = _forged_path
"""Each takes the number of the customer, the Message-ID of our mail without brackets, and where it comes back to."""
BY_PATH = frozenset({NAMELESS, FORGED_PATH})
"""Kinds that come to the return path of the mail, and name no Message-ID; the others come to our address."""
