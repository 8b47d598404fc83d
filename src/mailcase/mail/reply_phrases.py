"""The words of many languages by which a message is introduced, signed and closed.

In a table of phrases one row holds several, apart by `|`, in lower case and without the dashes drawn around them.
"""

import re


def phrases(table: str) -> frozenset[str]:
    """Return the phrases of a table."""
    return frozenset(phrase.strip() for row in table.split("\n") for phrase in row.split("|") if phrase.strip())


ORIGINAL = phrases("""
    original message|original|original appointment|original email|ursprüngliche nachricht|ursprüngliche mitteilung|ursprüngliche e-mail|urspr. mitt.|original nachricht|originalnachricht|original-nachricht
    ursprünglicher termin|originalmeldung|message d'origine|message d’origine|e-mail d'origine|mail original|message original|message initial|mensaje original|missatge original
    mensagem original|messaggio originale|messaggio original|oorspronkelijk bericht|origineel bericht|oprindelig meddelelse
    oprindelig besked|original meddelelse|opprinnelig melding|original melding|ursprungligt meddelande|originalmeddelande
    alkuperäinen viesti|algne sõnum|upprunaleg skilaboð|wiadomość oryginalna|oryginalna wiadomość|původní zpráva|originální zpráva
    pôvodná správa|eredeti üzenet|mesaj original|mesajul original|исходное сообщение|оригинальное сообщение|исходное письмо
    вихідне повідомлення|оригінальне повідомлення|оригинално съобщение|orijinal mesaj|orijinal ileti|özgün ileti|αρχικό μήνυμα
    元のメッセージ|元のメール|原始邮件|原始郵件|原始信件|邮件原件|原邮件|回复的原邮件|回复的邮件|원본 메시지|원본 메일|원본메일|הודעה מקורית|الرسالة الأصلية|رسالة أصلية
    thư gốc|tin nhắn gốc|pesan asli|originalna poruka|izvorna poruka|izvirno sporočilo|pôvodný e-mail|ข้อความต้นฉบับ""")
FORWARD = phrases("""
    forwarded message|begin forwarded message|forwarded text|begin forwarded text|forwarded messages|forwarded email|forwarded mail|forward header|weitergeleitete nachricht
    weitergeleitete e-mail|anfang der weitergeleiteten nachricht|message transféré|message réexpédié|début du message transféré
    début du message réexpédié|mensaje reenviado|inicio del mensaje reenviado|missatge reenviat|mensagem encaminhada
    mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|messaggio inoltrato
    inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|videresendt meddelelse|videresendt besked
    start på videresendt besked|videresendt melding|videresendte melding|vidarebefordrat meddelande|vidarebefordrat brev
    vidarebefordrat mejl|börja vidarebefordrat brev|edelleenlähetetty viesti|välitetty viesti|edastatud kiri|przekazana wiadomość
    wiadomość przekazana|przekazywana wiadomość|początek przekazywanej wiadomości|přeposlaná zpráva|přeposlaný e-mail
    preposlaná správa|továbbított üzenet|továbbított levél|mesaj redirecționat|mesaj redirectionat|пересланное сообщение
    пересылаемое сообщение|перенаправленное сообщение|начало переадресованного сообщения|переслане повідомлення
    препратено съобщение|iletilen mesaj|yönlendirilen mesaj|yönlendirilmiş mesaj|προωθημένο μήνυμα|転送されたメッセージ|転送メッセージ
    转发邮件|转发的邮件|轉寄郵件|轉寄的郵件|전달된 메시지|전달된 메일|הודעה שהועברה|رسالة معاد توجيهها|thư đã chuyển tiếp|tin nhắn được chuyển tiếp
    pesan terusan|pesan yang diteruskan|proslijeđena poruka|prosleđena poruka|posredovano sporočilo|ข้อความที่ส่งต่อ""")
ABOVE = phrases("""
    reply above this line|reply above the line|in replies all text above this line is added|write above this line|type your reply above this line|reply above this
    write your reply above|type your response above this line|respond above this line|enter your reply above this line|add your reply above this line
    reply to this email above this line|resposta acima desta linha|sopra questa riga|über dieser zeile
    над этой строкой|выше этой строки|powyżej tej linii|ovanför denna rad|reply to this email above this line|type above this line|do not write below this line|antworten sie oberhalb dieser zeile|oberhalb dieser zeile antworten|antwort oberhalb dieser linie
    antworten über dieser zeile|répondre au-dessus de cette ligne|répondez au-dessus de cette ligne|réponse au-dessus de cette ligne
    responda por encima de esta línea|responder por encima de esta línea|escriba su respuesta por encima de esta línea
    responda acima desta linha|rispondi sopra questa riga|antwoord boven deze regel|reageer boven deze regel|svar over denne linje
    svara ovanför denna rad|svar over denne linjen|vastaa tämän rivin yläpuolelle|odpowiedz powyżej tej linii|odpovězte nad tento řádek
    напишите ответ выше этой строки|ответьте выше этой строки|bu satırın üstüne yanıt|この行より上に返信|请在此行上方回复""")
CLOSINGS = phrases("""
    regards|best regards|kind regards|kindest regards|warm regards|warmest regards|many thanks and regards|thanks and regards
    thanks & regards|best|all the best|best wishes|kind wishes|cheers|sincerely|sincerely yours|yours sincerely|yours faithfully
    yours truly|yours|respectfully|cordially|thanks|thank you|many thanks|thanks in advance|thank you in advance|thanks again|thx|br|rgds
    grüße|viele grüße|liebe grüße|beste grüße|schöne grüße|herzliche grüße|freundliche grüße|mit freundlichen grüßen|gruß|lg|mfg|vg
    mit freundlichem gruß|mit besten grüßen|mit herzlichen grüßen|freundliche grüsse|mit freundlichen grüssen|beste grüsse|liebe grüsse
    viele grüsse|hochachtungsvoll|danke|vielen dank|danke und gruß|herzlichen gruß|besten gruß|lieben gruß|cordialement|bien cordialement
    bien à vous|très cordialement|sincères salutations|salutations|meilleures salutations|amicalement|merci|merci d'avance|cdt|cdlt
    saludos|un saludo|saludos cordiales|cordialmente|atentamente|atte|gracias|muchas gracias|un cordial saludo|salutacions|gràcies
    atenciosamente|cumprimentos|melhores cumprimentos|com os melhores cumprimentos|obrigado|obrigada|abraços|abraço|att|grato|grata
    cordiali saluti|distinti saluti|saluti|cari saluti|un saluto|grazie|grazie mille|met vriendelijke groet|met vriendelijke groeten
    vriendelijke groet|vriendelijke groeten|groeten|groet|groetjes|hartelijke groet|mvg|bedankt|alvast bedankt|hoogachtend
    med venlig hilsen|venlig hilsen|mvh|hilsen|de bedste hilsner|bedste hilsner|vh|kh|kærlig hilsen|mange hilsner|tak|på forhånd tak
    med vennlig hilsen|vennlig hilsen|beste hilsen|takk|takk på forhånd|hälsningar|med vänliga hälsningar|vänliga hälsningar
    med vänlig hälsning|vänligen|bästa hälsningar|tack|tack på förhand|ystävällisin terveisin|terveisin|parhain terveisin|terv|kiitos
    pozdrawiam|z poważaniem|z powazaniem|pozdrowienia|serdecznie pozdrawiam|z wyrazami szacunku|dziękuję|dzięki|z góry dziękuję
    s pozdravem|pozdravem|s přátelským pozdravem|děkuji|s úctou|hezký den|zdravím|s pozdravom|ďakujem|pozdrav|lijep pozdrav|srdačan pozdrav
    lep pozdrav|hvala|üdvözlettel|tisztelettel|köszönöm|üdv|köszönettel|cu stimă|cu respect|mulțumesc|o zi bună|с уважением|спасибо
    с наилучшими пожеланиями|з повагою|дякую|поздрави|с уважение|благодаря|saygılarımla|saygılar|iyi çalışmalar|teşekkürler|selamlar
    με εκτίμηση|ευχαριστώ|φιλικά|敬具|よろしくお願いします|よろしくお願いいたします|以上、よろしくお願いいたします|此致|敬上|谢谢|謝謝|祝好|敬礼|敬禮|감사합니다|드림
    בברכה|תודה|مع التحية|مع خالص التحية|شكرا|شكراً|trân trọng|cảm ơn|salam|hormat saya|terima kasih|lugupidamisega|tervitustega|aitäh
    pagarbiai|ačiū|ar cieņu|paldies|kveðja|bestu kveðjur""")
CLOSING_ENDS = tuple(
    phrases(
        "regards|grüße|grüßen|grüsse|grüssen|gruß|gruss|hilsen|hälsning|hälsningar|groet|groeten|salutations|saludos"
    )
)
PARTICLES = phrases("de|da|do|dos|di|del|della|der|den|van|von|zu|la|le|el|al|bin|ibn|y|e|und|and|&|the|of")
"""Words of a name that are written small."""

_SENT = (
    r"^(?:sent|written|composed|typed) (?:from|via|with|using|by|through|on) (?:my |the |a )?\S",
    r"^from my (?:iphone|ipad|android|mobile|phone|blackberry)\b|^(?:get|download) [\w ]{2,30} for (?:android|ios|iphone|ipad|mac|windows)\b|^sent from (?:outlook|mail) for \S",
    r"^(?:gesendet|verschickt|geschrieben|verfasst) (?:von|mit|vom|via|über|aus)\s\S|^von \S.{0,60} (?:gesendet|verschickt|geschrieben)$",
    r"^diese (?:nachricht|e-mail|mail) wurde (?:von|mit|vom) \S.{0,80} (?:gesendet|verschickt|versendet)$",
    r"^outlook für (?:ios|android) (?:beziehen|herunterladen|abrufen)|^holen sie sich outlook für",
    r"^(?:envoyé|écrit|provenance) (?:de|depuis|à partir|avec|par|via|du|d['’]|:)\s?\S|^(?:obtenir|télécharger|obtenez) outlook pour",
    r"^enviad[oa] (?:desde|con|a través|mediante|do|da|de|pelo|pela|a partir|via|por|com)\s\S|^(?:obtener|obtenha|obter|baixe) (?:o )?outlook",
    r"^enviat (?:des|amb|del)\s\S|^escrito desde \S|^inviat[oa] (?:da|dal|con|tramite|via|dall['’])\s?\S|^(?:ottieni|scarica) outlook per",
    r"^(?:verstuurd|verzonden|gestuurd) (?:vanaf|vanuit|met|via|door)\s\S|^(?:outlook voor \S+ downloaden|download outlook voor)",
    r"^sendt (?:fra|med|via|frå)\s\S|^skickat (?:från|med|via)\s\S|^(?:hent|skaffa|hämta|få|last ned) outlook (?:til|för|for)",
    r"^lähetetty \S+|^lähetetty (?:laitteesta|käyttäen)|^hanki outlook|^saadetud (?:minu|seadmest)\s?\S|^sent úr \S",
    r"^(?:wysłan[eoay]|wysyłane) (?:z|ze|za|przez|przy)\s\S|^pobierz (?:aplikację )?outlook|^(?:odesláno|odoslané|poslané|posláno) (?:z|ze|zo|přes|cez)\s\S",
    r"^(?:poslano|poslato|poslan[oa]) (?:iz|s|sa|z|preko)\s\S|^elküldve (?:a|az)\s\S|.{1,40}(?:-ról|-ről|-ról|ról|ről) küldve$|^küldve \S",
    r"^trimis (?:de pe|din|cu)\s\S|^(?:отправлено|отправлен|послано|написано) (?:с|из|через|от)\s\S|^(?:надіслано|відправлено) (?:з|із|зі|через)\s\S",
    r"^(?:изпратено) (?:от|с|чрез)\s\S|^.{1,40}(?:['’]?(?:um|im)?(?:dan|den|tan|ten)) gönderildi$|^στάλθηκε (?:από|με)\s\S",
    r"^発信元|^.{1,40}から送信(?:されました)?$|^.{1,40}を入手$|^(?:发自|發自|来自|來自)我的?\s?\S.{0,40}$|^[从從]我的.{1,40}(?:发送|發送|傳送)$|^获取 ?outlook|^取得 ?outlook",
    r"^.{1,40}에서 (?:보냄|보냈습니다|전송됨)|^נשלח (?:מ|באמצעות)\S?|^(?:أرسلت|أُرسلت|مرسل|تم الإرسال) من\s\S|^ارسال شده از",
    r"^(?:đã )?(?:gửi|được gửi) từ\s\S|^(?:dikirim|terkirim) (?:dari|dengan)\s\S|^ส่งจาก\s?\S|^išsiųsta (?:iš|naudojant)\s\S|^nosūtīts no\s\S",
)
MOBILE = re.compile("|".join(_SENT))
"""What a phone or a program adds below the text, in lower case: to ignore case takes three times as long."""
DEVICE = re.compile(
    r"\b(?:iphone|ipad|ipod|outlook|android|samsung|galaxy|blackberry|huawei|xiaomi|pixel|nokia|windows|yahoo|gmail|gmx"
    r"|proton|typeapp|smartphone|phone|mobiles?|handy|tablet|t-mobile|verizon|telefon|téléphone|celular|móvil|cellulare|telefoon"
    r"|телефон|смартфон)|\bmy\b|\bmeine[mr]\b|\bmon\b|\bmi\b|\bmeu\b|\bmio\b|\bmijn\b|\bmin\b|\bmojego\b|моего|мого|我的|나의|μου",
    re.IGNORECASE,
)
"""What says that such a line is no sentence: a device, a program, or "my" one."""
FOOTERS = re.compile(
    r"^(?:you (?:are receiving|received) this (?:message|e-?mail|mail)? ?because\b|you are receiving this because\b"
    r"|to unsubscribe from this (?:group|list)\b|to (?:view|stop receiving) .{0,60}(?:discussion|emails from it)\b"
    r"|reply to this e-?mail directly\b|please consider the environment before\b|virus-free\. ?(?:www\.)?avg|virus-free\. ?(?:www\.)?avast"
    r"|(?:this|diese) (?:e-?mail|message|nachricht) (?:has been|was|wurde) .{0,40}\b(?:checked|scanned|geprüft)\b.{0,20}\bvir)",
    re.IGNORECASE,
)
DISCLAIMERS = re.compile(
    r"^[*_\s]{0,4}(?:confidentiality (?:notice|note|statement)|legal (?:notice|disclaimer)|disclaimer\s?[:\n]?$|disclaimer:|important notice:"
    r"|(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication|electronic mail)\b.{0,200}?\b(?:confidential|intended|privileged)"
    r"|(?:diese|der inhalt dieser) (?:e-?mail|nachricht|information)\b.{0,160}?(?:vertraulich|ausschließlich|bestimmt)"
    r"|(?:ce|le contenu de ce) (?:message|courriel|mail|e-mail)\b.{0,160}?(?:confidentiel|destiné|exclusi)"
    r"|(?:este|esta) (?:mensaje|correo|mensagem|e-?mail)\b.{0,160}?(?:confidencia|destinat|dirig)"
    r"|(?:questo messaggio|le informazioni contenute|la presente e-?mail|il presente messaggio)\b.{0,160}?(?:riservat|confidenzial|destinatari)"
    r"|(?:dit (?:bericht|e-?mail)|deze (?:e-?mail|boodschap)|de informatie (?:verzonden )?in (?:dit|deze))\b.{0,160}?(?:vertrouwelijk|bestemd)"
    r"|(?:ta wiadomość|niniejsza wiadomość|treść tej wiadomości)\b.{0,160}?(?:poufn|przeznaczon)"
    r"|(?:denne|detta|dette) (?:e-?mail|e-?post|mail|meddelande|besked)\b.{0,160}?(?:fortrolig|konfidenti)"
    r"|(?:данное|это|настоящее) (?:сообщение|письмо|электронное)\b.{0,160}?(?:конфиденциальн|предназначен))",
    re.IGNORECASE,
)
OPENERS = phrases("""
    bai|ce|com|con|de|den|der|det|dez|die|dik|dis|dit|dow|env|esc|est|fro|ges|get|han|hen|hol|il|imp|inv|la|las|le|leg|nin
    obt|ott|out|pob|pos|pro|que|rep|saa|sca|sen|ska|ski|ta|ter|the|thi|to|tri|typ|ver|von|wri|you|htt|ple|vir|mai|www""")
"""The first three letters of every line in English letters that MOBILE, FOOTERS or DISCLAIMERS match, or of a link."""
NEVER_MOBILE = phrases("the|you|to|thi|ple|vir|con|ce|la|le|leg|dis|imp|que|est|dit|dez|ta|nin|tre")
"""Those of them that begin nothing MOBILE matches."""
