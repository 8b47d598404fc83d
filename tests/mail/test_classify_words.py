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


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            "Automatic reply: how do I stop it?",
            "Everybody who writes to me gets an automatic reply. How do I stop it?\n",
        ),
        ("Auto reply", 'I want it to say "I am out of the office until Monday". Can you help?\n'),
        ("Urlaub", "Ich bin nächste Woche im Urlaub. Kommt das Paket vorher?\n"),
        ("On holiday", "I'm on holiday in your flat, and the heating is broken!\n"),
        ("Annual leave until 5 May", "Please enter it into the system: I will be on leave from 1 May.\n"),
        ("Re: Automatic reply: printer", "Thanks, then I wait until you are back.\n"),
        (
            "Your colleague",
            "I always get this:\n\nI am out of office with limited access to email. In my absence call Eve.\n",
        ),
        (
            "Link",
            "You say: click the following link to verify that you are the owner. My account is protected by it.\n",
        ),
        ("Spam", "Your filter has held my mail since Monday. How do I confirm that the sender sends no spam?\n"),
        ("Read: page 5", "It says that the meter was read on Tuesday.\n"),
        ("Thank you for your message", "We have received your offer and will get back to you.\n"),
        ("Re: Absence", "Merci, je serai de retour le 5 mai.\n"),
        ("Re: Out of office", "Sorry, I was away. Now I am back in the office and will test it.\n"),
        ("Re: printer", "During my absence it was moved. I am back in the office, with limited access to email.\n"),
        ("Automatic reply from your shop", "I got an automatic reply that says nothing. Please call me.\n"),
        ("Absence", "Je serai absent lundi. Merci de prévenir l'équipe.\n"),
        ("Automatische Antwort", "Bitte keine automatische Antwort, ich möchte mit einem Menschen sprechen.\n"),
        ("Re: Delivery", "I'll be on holiday, back on Monday. In urgent cases ring my wife.\n"),
        (
            "Your mail",
            "It was held by our spam filter. Please confirm that you sent it, or use the link on our page.\n",
        ),
        ("Re: Thank you for your request", "Thank you for your quick reply. We have received your offer.\n"),
    ],
)
def test_people_say_the_same_in_other_ways(subject, body):
    mail = letter(body, subject=subject, in_reply_to="<ours@desk.example>" if subject.startswith("Re:") else None)
    found = classify(mail, OWN)
    assert (found.kind, found.may_acknowledge) == (Kind.HUMAN, True), found.why


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Automatic reply: printer", "Thank you for your message. I am back on 5 May.\n"),
        ("Out of office Re: printer", "On the sea until Friday. If it is urgent, call Eve.\n"),
        ("Urlaub", "Vom 1. bis 14. August befinde ich mich im Urlaub. In dringenden Fällen hilft Eva.\n"),
        ("Bob Bee is out of the office", "I will be out of the office from Monday and will answer when I return.\n"),
        ("AUTO: Bob Bee ist außer Haus (Rückkehr am 5.)", "Ich bin wieder da am 5.\n"),
        ("Automatisk svar: printer", "Jeg holder ferie til mandag.\n"),
        ("Automatická odpověď: tiskárna", "Do pondělí mám dovolenou.\n"),
        ("Răspuns automat: imprimantă", "Sunt în concediu până luni.\n"),
        ("Автоматична відповідь: принтер", "Я у відпустці до понеділка.\n"),
        ("Αυτόματη απάντηση: εκτυπωτής", "Απουσιάζω μέχρι τη Δευτέρα.\n"),
        ("תשובה אוטומטית: מדפסת", "אני בחופשה עד יום שני.\n"),
        ("رد تلقائي: طابعة", "أنا خارج المكتب حتى الاثنين.\n"),
        ("Trả lời tự động: máy in", "Tôi đang nghỉ phép.\n"),
        ("자동 회신: 프린터", "월요일에 복귀합니다.\n"),
    ],
)
def test_a_subject_that_only_programs_write_needs_little_beside_it(subject, body):
    assert kind_of(body, subject=subject) is Kind.OUT_OF_OFFICE


def test_an_answer_that_says_nothing_but_an_absence_is_a_vacation_notice():
    text = "I'm out of the office until May with limited access to email. I will answer on my return.\n"
    assert kind_of(text, subject="Re: printer", in_reply_to="<ours@desk.example>") is Kind.OUT_OF_OFFICE
    assert kind_of(f"{text}Who may sign for me?\n", subject="Re: printer") is Kind.HUMAN


@pytest.mark.parametrize("sender", ["info@customer.example", "it@customer.example"])
def test_the_desk_of_a_customer_may_thank_and_promise(sender):
    text = "Thank you for your message. We have received it and will get back to you.\n"
    assert kind_of(text, subject="Message received", **{"from": sender}) is Kind.HUMAN
    mail = letter(text, subject="Re: [#4711] printer", in_reply_to="<ours@desk.example>", **{"from": sender})
    assert classify(mail, OWN).kind is Kind.HUMAN


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (
            "noreply@shop.example",
            "Your message has been received",
            "Thank you for contacting us. We will be in touch.\n",
        ),
        ("info@shop.example", "【自動返信】お問い合わせ", "このメールは自動送信です。\n"),
        ("bob@shop.example", "Automatic reply: printer", "Thank you for contacting us. We answer in two days.\n"),
        (
            "info@shop.example",
            "Thank you for contacting us",
            "This is an automatic message. We have received your mail.\n",
        ),
        (
            "help@shop.example",
            "Ticket #4711 created: printer",
            "We have received your request and will get back to you.\n",
        ),
        (
            "info@shop.example",
            "Eingangsbestätigung",
            "Dies ist eine automatisch erstellte Nachricht. Wir haben Ihre Mail.\n",
        ),
    ],
)
def test_receipts_of_other_desks_are_told_without_any_header(sender, subject, body):
    assert kind_of(body, subject=subject, **{"from": sender}) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "body",
    [
        "To keep junk mail out, just this once click the link below so I can receive your emails.\n",
        "I only accept mail from senders I have approved beforehand. Please fill out the request form.\n",
        "Sua mensagem foi retida pelo antispam; para que seja entregue, clique aqui.\n",
        "Ihre Mail wird zurückgehalten, bis feststeht, dass sie kein Spam ist. Klicken Sie dazu hier.\n",
    ],
)
def test_a_challenge_holds_the_mail_gives_its_reason_and_asks_for_a_proof(body):
    assert kind_of(body, subject="Re: printer") is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Read: printer", "Your message\n\n  To: Bob\n\nwas read on Tuesday.\n"),
        ("Gelezen: printer", "Uw bericht\n\n  Aan: Bob\n\nis gelezen op dinsdag.\n"),
        ("Przeczytano: drukarka", "Twoja wiadomość\n\n  Do: Bob\n\nzostała przeczytana we wtorek.\n"),
        ("Прочтено: принтер", "Ваше сообщение\n\n  Кому: Bob\n\nбыло прочитано во вторник.\n"),
        ("開封済み: プリンター", "メッセージは火曜日に開封されました。\n"),
        ("Return receipt", "Your document: printer was received by: Bob\n"),
    ],
)
def test_read_receipts_of_mail_programs_are_told_by_what_was_read(subject, body):
    assert kind_of(body, subject=subject) is Kind.DELIVERED
