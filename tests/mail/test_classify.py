"""Machines are told from people, and only people are answered."""

import time

import pytest

from letters import letter, raw
from mailcase.domain.email import Kind
from mailcase.domain.token import Party, Token
from mailcase.mail.classify import classify
from mailcase.mail.thread import mint_message_id

OWN = frozenset({"support@desk.example"})
QUESTION = "Hello,\nmy printer burns. Can you help?\nAda\n"


def kind_of(body: str = QUESTION, **fields: str | None) -> Kind:
    return classify(letter(body, **fields), OWN).kind


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"auto_submitted": "no"},
        {"auto_submitted": "  No  "},
        {"auto_submitted": "auto-forwarded"},
        {"precedence": "normal"},
        {"precedence": "first-class"},
        {"x_auto_response_suppress": "DR, RN, NRN"},
        {"x_ms_exchange_inbox_rules_loop": "ada@customer.example"},
        {"x_autoreply": "no"},
        {"return_path": None},
        {"subject": "Out of office replies are not sent"},
        {"subject": "Automatic reply does not work"},
        {"subject": "Fwd: Undelivered Mail Returned to Sender"},
        {"subject": "Undelivered mail?"},
        {"subject": "Vacation"},
        {"subject": ""},
        {"from": "noreen@customer.example"},
        {"from": "admin@customer.example"},
        {"from": "Notker Responder <notker@customer.example>"},
    ],
    ids=str,
)
def test_people_are_answered(fields):
    found = classify(letter(QUESTION, **fields), OWN)
    assert (found.kind, found.may_acknowledge) == (Kind.HUMAN, True), found.why


@pytest.mark.parametrize(
    "body",
    [
        "I am out of the office next week, so please call before Friday.\n",
        "Your shop sent me this:\n\n> This is an automated message, please do not reply.\n\nIs it genuine?\n",
        "I get this when I write to bob@shop.example:\n550 5.1.1 <bob@shop.example>: user unknown\nWhat can I do?\n",
        "Ich bin im Urlaub, bitte schicken Sie die Ware erst im August.\n",
        "Please click on the following link to see the error: https://customer.example/x\n",
    ],
)
def test_words_of_machines_do_not_make_a_machine(body):
    found = classify(letter(body), OWN)
    assert (found.kind, found.may_acknowledge) == (Kind.HUMAN, True), found.why


def test_a_forwarded_bounce_is_from_the_person_who_forwards_it():
    mail = raw("""
        From: ada@customer.example
        To: support@desk.example
        Subject: WG: Undelivered Mail Returned to Sender
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain

        Why does this come back?
        --b
        Content-Type: message/rfc822

        From: MAILER-DAEMON@mx.example
        Subject: Undelivered Mail Returned to Sender
        Content-Type: multipart/report; report-type=delivery-status; boundary=c

        --c
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; bob@shop.example
        Action: failed
        Status: 5.1.1
        --c--
        --b--
        """)
    assert classify(mail, OWN).kind is Kind.HUMAN


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"auto_submitted": "auto-replied"}, Kind.AUTO_REPLY),
        ({"auto_submitted": "AUTO-GENERATED"}, Kind.AUTO_REPLY),
        ({"auto_submitted": "auto-notified; owner-email=ada@customer.example"}, Kind.AUTO_REPLY),
        ({"auto_submitted": "something-new"}, Kind.AUTO_REPLY),
        ({"auto_submitted": "auto-replied (vacation)"}, Kind.OUT_OF_OFFICE),
        ({"auto_submitted": 'auto-replied; owner-email="ada@customer.example"'}, Kind.OUT_OF_OFFICE),
        ({"x_autoreply": "yes"}, Kind.AUTO_REPLY),
        ({"x_autorespond": "Thanks"}, Kind.AUTO_REPLY),
        ({"x_auto_response_suppress": "All", "x_ms_exchange_inbox_rules_loop": "a@b.example"}, Kind.OUT_OF_OFFICE),
        ({"precedence": "auto_reply"}, Kind.AUTO_REPLY),
        ({"return_path": "<>"}, Kind.AUTO_REPLY),
        ({"return_path": "<MAILER-DAEMON>"}, Kind.AUTO_REPLY),
        ({"return_path": "<>", "precedence": "bulk"}, Kind.AUTO_REPLY),
        ({"x_loop": "somebody"}, Kind.AUTO_REPLY),
        ({"x_otherdesk_loop": "yes"}, Kind.AUTO_REPLY),
        ({"precedence": "bulk"}, Kind.BULK),
        ({"precedence": "first\nPrecedence: bulk"}, Kind.BULK),
        ({"list_id": "News <news.shop.example>"}, Kind.BULK),
        ({"list_unsubscribe": "<mailto:leave@shop.example>"}, Kind.BULK),
        ({"x_mailing_list": "dev@lists.example", "precedence": "bulk"}, Kind.BULK),
        ({"from": "support@desk.example"}, Kind.LOOP),
        ({"from": "Support+tag@Desk.Example"}, Kind.LOOP),
        ({"x_mailcase_loop": "desk.example"}, Kind.LOOP),
    ],
    ids=str,
)
def test_header_fields_give_machines_away(fields, kind):
    found = classify(letter(QUESTION, **fields), OWN)
    assert (found.kind, found.may_acknowledge) == (kind, False), found.why


@pytest.mark.parametrize(
    "fields",
    [
        {"from": "no-reply@shop.example"},
        {"from": "donotreply@shop.example"},
        {"from": "shop-noreply@shop.example"},
        {"from": "ne-pas-repondre@shop.example"},
        {"from": "postmaster@shop.example"},
        {"from": "root@host.shop.example"},
        {"from": "dev-request@lists.example"},
        {"from": "owner-dev@lists.example"},
        {"reply_to": "support@desk.example"},
        {"reply_to": "noreply@shop.example"},
        {"x_auto_response_suppress": "OOF, AutoReply"},
        {"to": "undisclosed-recipients:;"},
        {"to": "sales@shop.example"},
        {"from": None, "return_path": None},
    ],
    ids=str,
)
def test_nothing_automatic_goes_to_nobody(fields):
    assert not classify(letter(QUESTION, **fields), OWN).may_acknowledge


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "Support <SUPPORT@desk.example>"},
        {"to": "a@b.example", "cc": "support+x@desk.example"},
        {"to": "a@b.example", "resent_to": "support@desk.example"},
    ],
    ids=str,
)
def test_a_mail_addressed_to_us_is_answered(fields):
    assert classify(letter(QUESTION, **fields), OWN).may_acknowledge


def test_a_group_that_feeds_our_mailbox_is_no_list():
    fields = {"list_id": "<support.desk.example>", "precedence": "list", "mailing_list": "list support@desk.example"}
    assert classify(letter(QUESTION, **fields), OWN).may_acknowledge
    assert not classify(letter(QUESTION, **fields)).may_acknowledge


def test_the_envelope_given_wins_over_the_field():
    assert classify(letter(), OWN, return_path="").kind is Kind.AUTO_REPLY
    assert classify(letter(return_path="<>"), OWN, return_path="ada@customer.example").kind is Kind.HUMAN


def test_a_list_with_a_null_return_path_is_bulk():
    assert kind_of(return_path="<>", list_id="<news.shop.example>", precedence="bulk") is Kind.BULK


def test_a_report_for_a_machine_is_automatic():
    assert kind_of(subject="Report Domain: a.example Submitter: b.example Report-ID: <1>") is Kind.AUTO_REPLY


def test_our_own_message_id_is_a_loop():
    minted = mint_message_id(Token(case_id=1, party=Party.CUSTOMER, party_id="7"), b"k", "n1", "desk.example")
    assert kind_of(message_id=f"<{minted}>") is Kind.LOOP


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Automatic reply: The printer", "I am out of the office until Monday with limited access to email.\n"),
        ("Re: Out of Office AutoReply: [x]", "Back in the office next week. I am currently out of office.\n"),
        ("AUTO: Bob Bee is out of the office (returning 03/04/2026)", "I am out of the office until 03/04/2026.\n"),
        ("[Desk] Out of office: printer", "I'll be away until the 4th. In my absence, call Eve.\n"),
        ("Abwesenheitsnotiz: Drucker", "Ich bin derzeit nicht im Büro. In dringenden Fällen rufen Sie Eva an.\n"),
        ("Automatische Antwort: Drucker", "Vielen Dank. Ich bin bis 4. März im Urlaub.\n"),
        ("Réponse automatique : imprimante", "Bonjour, je suis actuellement absent du bureau jusqu’au 4 mars.\n"),
        ("Respuesta automática: impresora", "Estoy de vacaciones hasta el lunes. En mi ausencia, llame a Eva.\n"),
        ("Risposta automatica: stampante", "Sono fuori ufficio fino a lunedì.\n"),
        ("Resposta automática: impressora", "Estou de férias até segunda-feira.\n"),
        (
            "Automatisch antwoord: printer",
            "Ik ben momenteel niet aanwezig. Tijdens mijn afwezigheid kunt u Eva bellen.\n",
        ),
        ("Autosvar: skrivare", "Hej! Jag är på semester till måndag.\n"),
        ("Automatisk svar: printer", "Jeg er på ferie til mandag.\n"),
        ("Automaattinen vastaus: tulostin", "Olen lomalla maanantaihin asti.\n"),
        ("Odpowiedź automatyczna: drukarka", "Jestem na urlopie do poniedziałku.\n"),
        ("Automatická odpověď: tiskárna", "Jsem na dovolené do pondělí.\n"),
        ("Автоматический ответ: принтер", "Здравствуйте! Я нахожусь в отпуске до понедельника.\n"),
        ("Otomatik yanıt: yazıcı", "Pazartesiye kadar izindeyim. Ofis dışındayım.\n"),
        ("自動応答: プリンター", "ただいま休暇をいただいております。\n"),
        ("自动答复: 打印机", "我目前休假，周一回来。\n"),
    ],
)
def test_vacations_without_any_header_are_told_by_two_signs(subject, body):
    found = classify(letter(body, subject=subject), OWN)
    assert found.kind is Kind.OUT_OF_OFFICE, found.why
    assert not found.may_acknowledge


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Auto-Reply: Your enquiry", "This is an automated response. We have received your message.\n"),
        (
            "Eingangsbestätigung",
            "Dies ist eine automatisch generierte E-Mail. Bitte antworten Sie nicht auf diese E-Mail.\n",
        ),
        ("Automatische Antwort: Ihre Anfrage", "Dies ist eine automatische Eingangsbestätigung.\n"),
        ("Accusé de réception", "Ceci est un message automatique, merci de ne pas répondre.\n"),
    ],
)
def test_receipts_of_other_desks_are_automatic_in_one_way_or_another(subject, body):
    assert not classify(
        letter(body, subject=subject, from_=None, **{"from": "noreply@shop.example"}), OWN
    ).may_acknowledge


@pytest.mark.parametrize(
    "fields",
    [
        {"precedence": "junk"},
        {"x_auto_response_suppress": "All"},
        {"return_path": "<>"},
        {"auto_submitted": "auto-replied"},
    ],
    ids=str,
)
def test_a_subject_and_a_header_make_an_auto_reply(fields):
    assert kind_of("Thank you.\n", subject="[Automatyczna odpowiedź] drukarka", **fields) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "body",
    [
        (
            "Bob's mailbox is protected by GuardMail. Please click on the link below to have your address added to his"
            " approved senders list and to ensure delivery of your message.\nhttps://guard.example/c/1\n"
        ),
        "Your message has been held. To verify that you are a person, follow this link:\nhttps://guard.example/c/1\n",
    ],
)
def test_a_challenge_is_not_answered(body):
    found = classify(letter(body, subject="Re: printer"), OWN)
    assert (found.kind, found.may_acknowledge) == (Kind.AUTO_REPLY, False), found.why


def report(kind: str, part: str, fields: str) -> str:
    return f"""From: reporter@isp.example
To: support@desk.example
Subject: report
Content-Type: multipart/report; report-type={kind}; boundary=b

--b
Content-Type: text/plain

A report.
--b
Content-Type: message/{part}

{fields}
--b
Content-Type: message/rfc822

From: support@desk.example
Message-ID: <ours@desk.example>

Text
--b--
"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (report("feedback-report", "feedback-report", "Feedback-Type: abuse\nVersion: 1"), Kind.COMPLAINT),
        (
            report(
                "disposition-notification",
                "disposition-notification",
                "Final-Recipient: rfc822;a@b.example\nDisposition: manual-action/MDN-sent-manually; displayed",
            ),
            Kind.DELIVERED,
        ),
        (
            report(
                "delivery-status",
                "delivery-status",
                "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0",
            ),
            Kind.DELIVERED,
        ),
        (
            report(
                "delivery-status",
                "delivery-status",
                "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: relayed\nStatus: 2.0.0\n\n"
                "Final-Recipient: rfc822; c@b.example\nAction: failed\nStatus: 5.1.1",
            ),
            Kind.BOUNCE,
        ),
    ],
    ids=["complaint", "read", "delivered", "one of two failed"],
)
def test_reports_are_told_by_their_parts(text, kind):
    found = classify(raw(text), OWN)
    assert (found.kind, found.may_acknowledge) == (kind, False)


def test_a_read_receipt_without_a_report_part_is_told_by_its_words():
    assert kind_of("Your message was read on Tuesday.\n", subject="Read: printer") is Kind.DELIVERED
    assert kind_of(subject="Read: the manual does not help") is Kind.HUMAN


def test_an_automatic_unsubscription_is_a_complaint():
    assert kind_of("x", subject="unsubscribe", auto_submitted="auto-generated") is Kind.COMPLAINT


@pytest.mark.parametrize("body", ["a " * 500_000, "(" * 200_000, "x@" * 200_000, "the following address " * 20_000])
def test_a_huge_mail_takes_no_longer_than_a_long_one(body):
    mail = letter(body, subject="Re: " * 200, **{"from": "mailer-daemon@mx.example"})
    started = time.perf_counter()
    classify(mail, OWN)
    assert time.perf_counter() - started < 0.5


def test_a_normal_mail_takes_less_than_a_millisecond():
    mail = letter(QUESTION * 10)
    started = time.perf_counter()
    for _ in range(100):
        classify(mail, OWN)
    assert (
        time.perf_counter() - started < 0.3
    )  # seconds for a hundred; three times what is promised, for a busy machine
