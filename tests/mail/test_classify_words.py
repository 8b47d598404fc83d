"""Vacation notices, receipts and challenges are told by their words, never by one alone."""

import pytest

from letters import letter
from mailcase.domain.email import Kind
from mailcase.mail.classify import classify

OWN = frozenset({"support@desk.example"})
QUESTION = "Hello,\nmy printer burns. Can you help?\nAda\n"


def kind_of(body: str = QUESTION, **fields: str | None) -> Kind:
    return classify(letter(body, **fields), OWN).kind


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
        ("מענה אוטומטי: מדפסת", "I am on annual leave until Monday.\n"),
        ("Fravær: printer", "Jeg er ikke til stede før mandag.\n"),
        ("Réponse automatique : imprimante", "Je serai de retour le 5 mai.\n"),
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


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("postmaster@customer.example", "Message delivery failed", "Our mail to you could not be delivered. Why?\n"),
        ("mailadmin@customer.example", "Undeliverable mail", "550 5.7.1 relaying denied: is your server down?\n"),
        ("shop-admin@customer.example", "Delivery failed", "Messages to bob@shop.example could not be delivered.\n"),
    ],
)
def test_the_people_who_run_a_mail_server_may_ask_about_bounces(sender, subject, body):
    mail = letter(body, subject=subject, return_path=f"<{sender}>", **{"from": sender})
    assert classify(mail, OWN).kind is Kind.HUMAN


def test_a_parcel_that_could_not_be_delivered_is_no_bounce():
    mail = letter(
        "Your parcel could not be delivered.\n", subject="Delivery attempt failed", **{"from": "noreply@post.example"}
    )
    assert classify(mail, OWN).kind is Kind.HUMAN
