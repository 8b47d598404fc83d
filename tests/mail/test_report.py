"""Bounces of any mail system say whom they are about, and which mail of ours."""

import pytest

from letters import letter, raw
from mailcase.domain.email import DeliveryReport
from mailcase.mail import report

ORIGINAL = """Received: from desk.example by mx.example; Tue, 3 Mar 2026 10:00:00 +0100
Message-ID: <ours@desk.example>
From: support@desk.example
To: bob@shop.example
Subject: Your printer

Hello Bob
"""


def dsn(recipients: str, notice: str = "Your message could not be delivered.", original: str = ORIGINAL, **fields: str):
    header = {"From": "Mail Delivery System <MAILER-DAEMON@mx.example>", "To": "support@desk.example"} | fields
    lines = "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in header.items())
    return raw(f"""{lines}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

{notice}
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{recipients}
--b
Content-Type: message/rfc822

{original}
--b--
""")


def notice(
    text: str, subject: str = "Mail delivery failed", sender: str = "mailer-daemon@mx.example", **fields: str | None
):
    return letter(text, subject=subject, to="support@desk.example", return_path="<>", **{"from": sender}, **fields)


@pytest.mark.parametrize(
    ("recipients", "expected"),
    [
        (
            "Final-Recipient: rfc822; Bob@Shop.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 No such user",
            (True, ("bob@shop.example",), ("5.1.1",)),
        ),
        (
            "Original-Recipient: rfc822; bob@shop.example\nAction: failed\nStatus: 5.0.0 (unknown)\nDiagnostic-Code: smtp; 550 #5.1.1 no",
            (True, ("bob@shop.example",), ("5.1.1",)),
        ),
        (
            "Final-Recipient: rfc822; bob@shop.example\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: later",
            (False, ("bob@shop.example",), ("4.4.1",)),
        ),
        (
            "Final-Recipient: rfc822;<bob@shop.example>\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp;552 mailbox\n full",
            (False, ("bob@shop.example",), ("5.2.2",)),
        ),
        (
            "Final-Recipient: rfc822; bob@shop.example\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 Blocked as spam",
            (False, ("bob@shop.example",), ("5.7.1",)),
        ),
        (
            (
                "Final-Recipient: rfc822; eve@shop.example\nAction: relayed\nStatus: 2.0.0\n\n"
                "Final-Recipient: rfc822; bob@shop.example\nAction: failed\nStatus: 5.1.1\n"
                "Final-Recipient: rfc822; tom@shop.example\nAction: failed\nStatus: 5.1.1"
            ),
            (True, ("bob@shop.example", "tom@shop.example"), ("5.1.1",)),
        ),
        (
            "\n\nAction: failed\nFinal-Recipient: rfc822;bob@shop.example\nStatus: 5.1.10",
            (True, ("bob@shop.example",), ("5.1.10",)),
        ),
        (
            "Final-Recipient: utf-8; bøb@shop.example\nAction: failed\nStatus: 5.1.2",
            (True, ("bøb@shop.example",), ("5.1.2",)),
        ),
        (
            "Final-Recipient: x400; c=de\nOriginal-Recipient: rfc822; bob@shop.example\nAction: failed",
            (True, ("bob@shop.example",), ()),
        ),
    ],
)
def test_delivery_status_parts_are_read(recipients, expected):
    permanent, addresses, status = expected
    assert report.read(dsn(recipients)) == DeliveryReport(
        permanent=permanent, recipients=addresses, status=status, original_message_id="ours@desk.example"
    )


@pytest.mark.parametrize(
    ("text", "permanent"),
    [
        ("Mailaddress is administratively disabled", True),
        ("550 5.7.9 This account has been closed", True),
        ("550 5.1.1 User unknown", True),
        ("550 Requested action not taken: mailbox unavailable", True),
        ("Host or domain name not found", True),
        (">>> MAIL FROM:<desk@mx.example> <<< 250 ok >>> RCPT TO:<bob@shop.example> <<< 550 no such user", True),
        (">>> MAIL FROM:<desk@mx.example> <<< 550 5.1.8 no such user", False),
        ("552 5.2.2 Over quota", False),
        ("The mailbox is full", False),
        ("421 4.7.0 Try again later", False),
        ("connection timed out", False),
        ("This is a warning message only. The message will be retried for 2 days", False),
        ("550 5.7.26 fails DMARC policy", False),
        ("554 message rejected as spam", False),
        ("550 sender address rejected: domain not found", False),
        ("552 message too large", False),
    ],
)
def test_only_a_wrong_address_is_permanent(text, permanent):
    found = report.read(notice(f"Delivery failed.\n\n<bob@shop.example>: {text}\n"))
    assert found is not None
    assert found.permanent is permanent


@pytest.mark.parametrize(
    ("quoted", "why"),
    [
        ("> Received: from x\n> Message-ID: <ours@desk.example>\n> Subject: x", "quote marks"),
        ("   Received: from x\n   Message-ID:\n    <ours@desk.example>\n   Subject: x", "indented and folded"),
        ("Message-Id: ours@desk.example\nFrom: x@y.example\nSubject: x", "no brackets"),
    ],
)
def test_the_original_message_id_is_found_wherever_it_is_quoted(quoted, why):
    found = report.read(notice(f"Delivery failed:\n\n<bob@shop.example>\n\n{quoted}\n"))
    assert found is not None, why
    assert found.original_message_id == "ours@desk.example"


def test_a_header_part_has_the_original_message_id():
    mail = dsn(
        "Final-Recipient: rfc822; bob@shop.example\nAction: failed\nStatus: 5.1.1", original="Subject: nothing\n"
    )
    assert report.read(mail).original_message_id is None
    mail = dsn("Final-Recipient: rfc822; b@c.example\nAction: failed", original="\n", In_Reply_To="<ours@desk.example>")
    assert report.read(mail).original_message_id == "ours@desk.example"


def test_exim_names_failed_recipients_in_a_field():
    found = report.read(notice("Delivery failed.\n", x_failed_recipients="bob@shop.example, Eve@shop.example"))
    assert found.recipients == ("bob@shop.example", "eve@shop.example")


def test_a_returned_mail_in_a_file_has_the_original_message_id():
    mail = raw(f"""From: mailer-daemon@mx.example
Subject: Undeliverable: printer
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Could not be delivered to bob@shop.example
--b
Content-Type: application/octet-stream; name=original.eml
Content-Disposition: attachment; filename=original.eml

{ORIGINAL}
--b--
""")
    assert report.read(mail).original_message_id == "ours@desk.example"


def test_the_returned_mail_names_whom_the_notice_does_not():
    found = report.read(dsn("Action: failed\nStatus: 5.1.1", notice="Delivery failed.", original=ORIGINAL))
    assert found.recipients == ("bob@shop.example",)


def test_a_report_inside_the_returned_mail_is_read_when_the_notice_says_nothing():
    inner = "Subject: Returned mail\nMessage-ID: <inner@mx.example>\n\nFinal-Recipient: rfc822; eve@shop.example\nAction: failed\nStatus: 5.1.1"
    found = report.read(dsn("Arrival-Date: today", notice="Delivery errors", original=inner))
    assert (found.recipients, found.status) == (("eve@shop.example",), ("5.1.1",))


def test_other_mail_is_no_report():
    assert report.read(letter()) is None
    assert report.read(dsn("Final-Recipient: rfc822; bob@shop.example\nAction: delivered\nStatus: 2.0.0")) is None


def test_host_addresses_are_no_status_codes():
    found = report.read(
        notice("Delivery failed.\n\n<bob@shop.example>: 192.0.2.5.1.1.4 and 5.1.1.4 said 550 5.1.3 bad\n")
    )
    assert found.status == ("5.1.3",)


def test_a_delivery_status_that_came_as_a_file_is_read():
    mail = raw("""
        From: MAILER-DAEMON@mx.example
        To: support@desk.example
        Subject: Undelivered Mail Returned to Sender
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain

        Not delivered.
        --b
        Content-Type: application/octet-stream; name="details.txt"

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; bob@shop.example
        Action: failed
        Status: 5.1.1
        --b--
        """)
    found = report.read(mail)
    assert found is not None
    assert (found.recipients, found.status, found.permanent) == (("bob@shop.example",), ("5.1.1",), True)
