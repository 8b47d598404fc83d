"""Attributions, header blocks, separators and phone signatures of many languages."""

import pytest

from mailcase.mail.reply import split_text

ATTRIBUTIONS = {
    "de": "Am Di., 3. März 2026 um 09:12 Uhr schrieb Vera Lund <vera@shop.example>:",
    "de, no address": "Am 03.03.2026 um 09:12 schrieb Vera Lund:",
    "fr": "Le mar. 3 mars 2026 à 09:12, Vera Lund <vera@shop.example> a écrit :",
    "es": "El mar, 3 mar 2026 a las 9:12, Vera Lund (<vera@shop.example>) escribió:",
    "ca": "El dia 3 de març de 2026 a les 9:12, Vera Lund <vera@shop.example> va escriure:",
    "pt": "Em ter., 3 de mar. de 2026 às 09:12, Vera Lund <vera@shop.example> escreveu:",
    "it": "Il giorno mar 3 mar 2026 alle ore 09:12 Vera Lund <vera@shop.example> ha scritto:",
    "nl": "Op di 3 mrt 2026 om 09:12 schreef Vera Lund <vera@shop.example>:",
    "da": "Den tir. 3. mar. 2026 kl. 09.12 skrev Vera Lund <vera@shop.example>:",
    "nb": "tir. 3. mars 2026 kl. 09:12 skrev Vera Lund <vera@shop.example>:",
    "sv": "Den tis 3 mars 2026 kl 09:12 skrev Vera Lund <vera@shop.example>:",
    "fi": "ti 3. maalisk. 2026 klo 9.12 Vera Lund (vera@shop.example) kirjoitti:",
    "pl": "wt., 3 mar 2026 o 09:12 Vera Lund <vera@shop.example> napisał(a):",
    "cs": "út 3. 3. 2026 v 9:12 odesílatel Vera Lund <vera@shop.example> napsal:",
    "sk": "ut 3. 3. 2026 o 9:12 Vera Lund <vera@shop.example> napísal(a):",
    "hu": "Vera Lund <vera@shop.example> ezt írta (időpont: 2026. márc. 3., K, 9:12):",
    "ro": "mar., 3 mar. 2026 la 09:12, Vera Lund <vera@shop.example> a scris:",
    "ru": "вт, 3 мар. 2026 г. в 09:12, Vera Lund <vera@shop.example>:",
    "uk": "вт, 3 бер. 2026 р. о 09:12 Vera Lund <vera@shop.example> пише:",
    "tr": "Vera Lund <vera@shop.example>, 3 Mar 2026 Sal, 09:12 tarihinde şunu yazdı:",
    "el": "Στις Τρί 3 Μαρ 2026 στις 9:12 π.μ., ο χρήστης Vera Lund <vera@shop.example> έγραψε:",
    "ja": "2026年3月3日(火) 9:12 Vera Lund <vera@shop.example>:",
    "zh": "Vera Lund <vera@shop.example> 于2026年3月3日周二 09:12写道：",
    "ko": "2026년 3월 3일 (화) 오전 9:12, Vera Lund <vera@shop.example>님이 작성:",
    "vi": "Vào Th 3, 3 thg 3, 2026 vào lúc 09:12 Vera Lund <vera@shop.example> đã viết:",
    "id": "Pada tanggal Sel, 3 Mar 2026 pukul 09.12 Vera Lund <vera@shop.example> menulis:",
    "he": "בתאריך יום ג׳, 3 במרץ 2026 ב-9:12 מאת Vera Lund <vera@shop.example>:",
    "hr": "uto, 3. ožu 2026. u 09:12 Vera Lund <vera@shop.example> napisao je:",
    "Zoho": "---- On Tue, 03 Mar 2026 09:12:00 +0100 Vera Lund <vera@shop.example> wrote ----",
    "Zimbra": "- On 3 Mar 2026, at 9:12, Vera Lund vera@shop.example wrote:",
    "Horde": "Quoting Vera Lund <vera@shop.example>:",
    "Yandex": '03.03.2026, 09:12, "Vera Lund" <vera@shop.example>:',
}
HEADERS = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado el", "Para", "Asunto"),
    "pt": ("De", "Enviada em", "Para", "Assunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "sk": ("Od", "Odoslané", "Komu", "Predmet"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "el": ("Από", "Στάλθηκε", "Προς", "Θέμα"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "zh-CN": ("发件人", "发送时间", "收件人", "主题"),
    "zh-TW": ("寄件者", "寄件日期", "收件者", "主旨"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "he": ("מאת", "נשלח", "אל", "נושא"),
    "ar": ("من", "تم الإرسال", "إلى", "الموضوع"),
    "vi": ("Từ", "Đã gửi", "Đến", "Chủ đề"),
}
ORIGINALS = ["Original Message", "Ursprüngliche Nachricht", "Message d'origine", "Mensaje original", "Mensagem original",
             "Messaggio originale", "Oorspronkelijk bericht", "Oprindelig meddelelse", "Ursprungligt meddelande",
             "Alkuperäinen viesti", "Wiadomość oryginalna", "Původní zpráva", "Eredeti üzenet", "Исходное сообщение",
             "Orijinal mesaj", "元のメッセージ", "原始邮件", "원본 메시지"]  # fmt: skip
PHONES = ["Sent from my iPhone", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Envoyé de mon iPhone",
          "Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPhone",
          "Sendt fra min iPhone", "Skickat från min iPhone", "Lähetetty iPhonesta", "Wysłane z iPhone'a",
          "Odesláno z iPhonu", "iPhone-omról küldve", "Trimis de pe iPhone-ul meu", "Отправлено с iPhone",
          "Надіслано з iPhone", "iPhone'umdan gönderildi", "Στάλθηκε από το iPhone μου", "iPhoneから送信", "发自我的 iPhone",
          "나의 iPhone에서 보냄", "נשלח מה-iPhone שלי", "Đã gửi từ iPhone của tôi", "Get Outlook for Android",
          "Sent from Outlook for iOS<https://aka.ms/x>"]  # fmt: skip


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_an_attribution_of_this_language_begins_earlier_mail(attribution: str):
    reply = split_text(f"It works now.\n\n{attribution}\n\nIs it plugged in?\n")

    assert reply.text == "It works now."


@pytest.mark.parametrize("names", HEADERS.values(), ids=HEADERS.keys())
@pytest.mark.parametrize("colon", [": ", " : "], ids=["close", "French"])
def test_a_header_block_of_this_language_begins_earlier_mail(names: tuple[str, ...], colon: str):
    values = ("Vera Lund <vera@shop.example>", "3. 3. 2026 09:12", "Ole Berg", "RE: 42")
    block = "\n".join(f"{name}{colon}{value}" for name, value in zip(names, values, strict=True))

    assert split_text(f"It works now.\n\n{block}\n\nIs it plugged in?\n").text == "It works now."


@pytest.mark.parametrize("phrase", ORIGINALS)
def test_a_separator_of_this_language_begins_earlier_mail(phrase: str):
    assert split_text(f"It works now.\n\n-----{phrase}-----\nIs it plugged in?\n").text == "It works now."


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_signs_in_this_language(phone: str):
    reply = split_text(f"It works now.\n\n{phone}\n")

    assert reply.text == "It works now."
    assert reply.signature == phone
