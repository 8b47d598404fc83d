"""The language of support mails."""

import pytest

from mailcase.mail.language import detect

MAILS = {
    "en": "Hello, my printer has stopped working since yesterday. Can you please help me?",
    "de": "Guten Tag, mein Drucker funktioniert seit gestern nicht mehr. Können Sie mir bitte helfen?",
    "fr": "Bonjour, mon imprimante ne fonctionne plus depuis hier. Pouvez-vous m'aider, s'il vous plaît ?",
    "es": "Hola, mi impresora no funciona desde ayer. ¿Me pueden ayudar, por favor? Muchas gracias.",
    "pt": "Olá, a minha impressora não funciona desde ontem. Vocês podem me ajudar? Muito obrigado.",
    "it": "Buongiorno, la mia stampante non funziona più da ieri. Potete aiutarmi? Grazie mille.",
    "nl": "Beste, mijn printer werkt sinds gisteren niet meer. Kunnen jullie mij helpen? Met vriendelijke groet",
    "sv": "Hej, min skrivare har inte fungerat sedan i går. Kan ni hjälpa mig? Med vänliga hälsningar",
    "da": "Hej, min printer virker ikke siden i går. Kan I hjælpe mig? Med venlig hilsen og tak",
    "no": "Hei, skriveren min virker ikke siden i går. Kan dere hjelpe meg? Med vennlig hilsen",
    "fi": "Hei, tulostimeni ei ole toiminut eilisen jälkeen. Voitteko auttaa? Ystävällisin terveisin",
    "pl": "Dzień dobry, moja drukarka nie działa od wczoraj. Czy mogą mi Państwo pomóc? Pozdrawiam",
    "cs": "Dobrý den, moje tiskárna od včera nefunguje. Můžete mi prosím pomoci? S pozdravem",
    "hu": "Jó napot, a nyomtatóm tegnap óta nem működik. Kérem, segítsenek. Köszönöm, üdvözlettel",
    "ro": "Bună ziua, imprimanta mea nu mai funcționează de ieri. Vă rog să mă ajutați. Mulțumesc",
    "tr": "Merhaba, yazıcım dünden beri çalışmıyor. Bana yardım edebilir misiniz? Teşekkürler, iyi günler",
    "ru": "Здравствуйте, мой принтер не работает со вчерашнего дня. Помогите, пожалуйста. Спасибо",
    "uk": "Добрий день, мій принтер не працює з учора. Допоможіть, будь ласка. Дякую, з повагою",
    "el": "Καλημέρα, ο εκτυπωτής μου δεν λειτουργεί από χθες.",
    "he": "שלום, המדפסת שלי לא עובדת מאתמול. תודה",
    "ar": "مرحبا، الطابعة لا تعمل منذ أمس. هل يمكن مساعدتي من فضلك؟ شكرا",
    "ja": "昨日からプリンターが動きません。助けてください。",
    "zh": "您好，我的打印机从昨天开始无法工作，请帮忙。",
    "ko": "안녕하세요, 어제부터 프린터가 작동하지 않습니다.",
    "th": "สวัสดีครับ เครื่องพิมพ์ใช้งานไม่ได้ตั้งแต่เมื่อวาน",
    "vi": "Xin chào, máy in của tôi không hoạt động từ hôm qua. Các bạn giúp tôi được không? Cảm ơn",
    "id": "Halo, printer saya tidak bisa digunakan sejak kemarin. Mohon bantuan dari anda. Terima kasih",
}


@pytest.mark.parametrize("code", MAILS)
def test_a_support_mail_tells_its_language(code: str) -> None:
    assert detect(MAILS[code]) == code


@pytest.mark.parametrize(
    "text", ["", "ok", "Thanks!", "CAS-000123", "https://a.example/b", "x" * 5_000, "1 2 3 4 5 6 7"]
)
def test_too_little_text_tells_nothing(text: str) -> None:
    assert detect(text) is None
