"""Notices in plain words say whom they are about, whoever wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters import letter
from mailcase.mail import report, report_text

ORIGINAL = """Received: from desk.example by mx.example; Tue, 3 Mar 2026 10:00:00 +0100
Message-ID: <ours@desk.example>
From: support@desk.example
To: bob@shop.example
Subject: Your printer

Hello Bob
"""


def notice(
    text: str, subject: str = "Mail delivery failed", sender: str = "mailer-daemon@mx.example", **fields: str | None
):
    return letter(text, subject=subject, to="support@desk.example", return_path="<>", **{"from": sender}, **fields)


@pytest.mark.parametrize(
    ("text", "recipients", "why"),
    [
        (
            "I was not able to deliver your message.\n\n<bob@shop.example>:\nNo mailbox here by that name. (#5.1.1)",
            1,
            "qmail",
        ),
        (
            "A message that you sent could not be delivered. The following address(es) failed:\n\n  bob@shop.example\n    host mx [192.0.2.1]: 550 no such user",
            1,
            "Exim",
        ),
        (
            "   ----- The following addresses had permanent fatal errors -----\n<bob@shop.example>\n    (reason: 550 User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.shop.example.:\n>>> RCPT To:<bob@shop.example>\n<<< 550 User unknown",
            1,
            "sendmail",
        ),
        (
            "Delivery to the following recipient failed permanently:\n\n     bob@shop.example\n\nTechnical details of permanent failure:\n550 5.1.1 no such user",
            1,
            "Google",
        ),
        (
            "Your message wasn't delivered to bob@shop.example because the address couldn't be found.",
            1,
            "Google, newer",
        ),
        (
            "Your message\n\n  To:      support@desk.example\n  Subject: x\n\ndid not reach the following recipient(s):\n\nbob@shop.example on Tue, 3 Mar 2026\n    The recipient name is not recognized",
            1,
            "Exchange 5.5",
        ),
        (
            "Delivery has failed to these recipients or groups:\n\nbob@shop.example<mailto:bob@shop.example>\nThe address wasn't found. Contact helpdesk@mx.example.\n\nGenerating server: x\n\nbob@shop.example\nRemote Server returned '550 5.1.10 RecipientNotFound'",
            1,
            "Exchange Online",
        ),
        (
            "Your message\n\n  Subject: Printer\n\nwas not delivered to:\n\n  bob@shop.example\n\nbecause:\n\n  User bob (bob@shop.example) not listed in Directory",
            1,
            "Domino",
        ),
        (
            "The message that you sent was undeliverable to the following:\n\tbob@shop.example (user not found)\n\teve@shop.example (user not found)",
            2,
            "GroupWise",
        ),
        (
            "Sorry support@desk.example. Your mail to the following recipients could not be delivered:\n\tbob",
            1,
            "a bare local part",
        ),
        ("Recipient address: bob@shop.example\nReason: Illegal host/domain name found", 1, "PMDF"),
        (
            "The following destination addresses were unknown (please check\nthe addresses and re-mail the message):\n\n   <bob@shop.example>",
            1,
            "Netscape",
        ),
        ("Unable to deliver message to: <bob@shop.example>, mailbox is full.", 1, "in a sentence"),
        (
            "Failed to deliver to 'bob@shop.example'\nLOCAL module reports:\n account is full (quota exceeded)",
            1,
            "CommuniGate",
        ),
        (
            "This report relates to a message you sent with the following header fields:\n\n  Message-id: <ours@desk.example>\n  To: x\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: bob@shop.example\n  Reason: Remote SMTP server has rejected address",
            1,
            "Sun",
        ),
        (
            "Ihre Nachricht konnte an folgende Empfänger nicht zugestellt werden:\n\nbob@shop.example\n\nGrund: Empfänger unbekannt",
            1,
            "German",
        ),
        ("Votre message n'a pas pu être remis à bob@shop.example : adresse inconnue", 1, "French"),
        ("Ваше письмо не может быть доставлено получателю:\n\nbob@shop.example\n", 1, "Russian"),
        (
            "Could not be delivered to: <bob@shop.example>\n  As their mailbox is full.\nFor help write to helpdesk@mx.example",
            1,
            "with a contact address",
        ),
        (
            "--- Delivery report unavailable ---\n\nbob@shop.example: 550 5.1.1 <bob@shop.example>: Recipient address rejected",
            1,
            "at the start of a line",
        ),
    ],
)
def test_notices_in_plain_words_are_read(text, recipients, why):
    found = report.read(
        notice(f"{text}\n\n------ This is a copy of the message ------\n\n{ORIGINAL}", sender="postmaster@shop.example")
    )
    assert found is not None, why
    assert found.recipients == ("bob@shop.example", "eve@shop.example")[:recipients]
    assert found.original_message_id == "ours@desk.example"


@pytest.mark.parametrize(
    "subject",
    [
        "Undeliverable: Your printer",
        "Delivery Status Notification (Failure)",
        "failure notice",
        "Returned mail: see transcript for details",
        "Mail System Error - Returned Mail",
        "Warning: message 1abc-00 delayed 24 hours",
        "Message delivery has failed",
        "Unzustellbar: Ihr Drucker",
        "Non remis : Votre imprimante",
        "No se puede entregar: Impresora",
        "Non recapitabile: stampante",
        "Onbestelbaar: printer",
        "Недоставленное сообщение",
        "配信不能: プリンター",
        "Nelze doručit: tiskárna",
        "Kézbesítetlen: nyomtató",
        "Nelivrabil: imprimantă",
        "無法傳遞: 印表機",
        "Sorry, unable to deliver",
        "[list] Mail delivery failed: returning message to sender",
    ],
)
def test_subjects_of_bounces_are_known(subject):
    assert report.read(notice("bob@shop.example\n", subject=subject)) is not None


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_notice_is_split_without_loss(above, below):
    text = f"{above}\n{below}"
    first, rest = report_text.split(text)
    assert "".join((first + rest).split()) == "".join(text.split())


@given(st.text(alphabet="ab@.<>:;- \n\"'", max_size=300))
def test_any_notice_gives_addresses_or_nothing(text):
    found = (*report_text.named_recipients(text, ()), *report_text.guessed_recipients(text, (), "mx.example"))
    assert all("@" in one for one in found)


def test_fields_that_a_notice_lists_do_not_end_it():
    listed = "This is about your mail\n\n  Message-ID: <ours@desk.example>\n  From: Desk\n  Subject: Your printer\n\n"
    found = report.read(notice(f"{listed}It cannot be delivered to\n\n  Recipient address: bob@shop.example\n"))
    assert found is not None
    assert (found.recipients, found.original_message_id) == (("bob@shop.example",), "ours@desk.example")


@pytest.mark.parametrize(
    "words",
    [
        "Your mail (Message-ID <ours@desk.example>) was not delivered to bob@shop.example.",
        "Nachrichten-ID: <ours@desk.example>\n\nEmpfänger: bob@shop.example",
        "Original message id: ours@desk.example.\n\nNot delivered to <bob@shop.example>: unknown user",
        "Not delivered to bob@shop.example: unknown user\n\nMessage-Id:        <ours@desk.example>\nSubject:  x",
    ],
)
def test_a_message_id_in_a_sentence_is_found_and_is_no_recipient(words):
    found = report.read(notice(f"{words}\n"))
    assert found is not None
    assert (found.recipients, found.original_message_id) == (("bob@shop.example",), "ours@desk.example")


@pytest.mark.parametrize(
    "words",
    [
        "did not reach the following recipient(s):\n\nBob Bee on Tuesday\n  The name is not recognized\n",  # a name only
        "was undeliverable to the following:\n\n  bob\n",  # a local part, of whatever domain
    ],
)
def test_a_notice_without_addresses_is_about_whom_we_wrote_to(words):
    found = report.read(notice(f"Your message\n\n{words}\n{ORIGINAL}"))
    assert found is not None
    assert found.recipients == ("bob@shop.example",)


def test_an_address_for_questions_is_no_recipient():
    found = report.read(
        notice("Nicht zugestellt an bob@shop.example. Bei Fragen: hilfe@mx.example\n", subject="Unzustellbar")
    )
    assert found is not None
    assert found.recipients == ("bob@shop.example",)
