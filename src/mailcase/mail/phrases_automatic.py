"""The words by which automatic answers give themselves away: what programs say of themselves, and receipts of desks.

A phrase is evidence, never proof: people write about error messages too, so `mail.classify_words` asks for a second piece
of another sort.
"""

from mailcase.mail.phrases import Phrases
from mailcase.mail.phrases_absence import END

AUTO_REPLY_SUBJECTS = Phrases(
    (
        rf"auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|respond|responder|answer|acknowledge?ment){END}",
        r"auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|answer|acknowledge?ment) (?:from|by|to|of) .{1,80}",
        r".{1,150}(?: - |[(\[]) ?(?:auto[ -]?(?:reply|response)|automat(?:ic|ed) (?:reply|response))[)\]]?$",
        rf"(?:this is an )?automat(?:ic|ed) (?:message|email|e-mail|notification){END}",
        rf"auto{END}",
    ),
    (
        rf"auto(?:m(?:\.|atische|atisierte))? ?(?:antwort|ruckantwort|eingangsbestatigung|empfangsbestatigung|benachrichtigung|mail)(?: von .{{1,60}})?{END}",
    ),
    (
        rf"(?:reponse|message|courriel) automati(?:que|se)e?(?: de .{{1,60}})?{END}",
        rf"(?:auto-?(?:reponse|respuesta|risposta|resposta)|(?:contestador|risponditore) automatico){END}",
        rf"(?:respuesta|mensaje|contestacion) automatic[oa]{END}",
    ),
    (rf"(?:risposta|messaggio) automatic[oa]{END}", rf"(?:resposta|mensagem) automatica{END}"),
    (rf"auto(?:matisch(?:e)?)? ?(?:antwoord|beantwoording|bericht){END}",),
    (rf"auto(?:matisk(?:t)?)? ?svar{END}", rf"automaat(?:tinen|ti)? ?vast(?:us|aus){END}"),
    (
        rf"(?:automatyczna odpowiedz|odpowiedz automatyczna|autoodpowiedz){END}",
        rf"(?:automatick[ay] odpove[dt]|automatikus valasz|raspuns automat|autoraspuns){END}",
        rf"(?:automatski odgovor|samodejni odgovor|avtomatski odgovor){END}",
        rf"(?:.{{0,40}} )?automati(?:ska|nis) at(?:bilde|sakymas){END}",
    ),
    (
        rf"(?:автоматический ответ|автоответ(?:чик)?|автоматична відповідь|автоматичен отговор|аутоматски одговор){END}",
        rf"(?:αυτοματη απαντηση|otomatik (?:yanit|yanıt|cevap)|tra loi tu đong|balasan (?:otomatis|automatik)|erantzun automatikoa|sjalfvirkt svar){END}",
    ),
    (
        r"自動(?:応答|返信|回覆|答覆|送信)(?: ?:)?",
        r"自动(?:答复|回复)(?: ?:)?",
        r"자동 ?(?:회신|응답|답장)(?: ?:)?",
        r"(?:תשובה|מענה) אוטומטית?(?: ?:)?",
        r"رد تلقائي(?: ?:)?",
        r"ตอบกลับอัตโนมัติ(?: ?:)?",
        r"स्वचालित उत्तर(?: ?:)?",
    ),
    at_start=True,
)

AUTO_REPLY_TEXTS = Phrases(
    (
        r"(?:this|the following) (?:is|was) an? (?:system[ -])?(?:auto(?:matic|mated|matically|-)?)[ -]?(?:generated |sent )?(?:response|reply|message|e-?mail|notification|acknowledge?ment)?",
        r"(?:automat(?:ic|ed)|auto-generated) (?:response|reply|acknowledge?ment)",
        r"(?:sent|generated|created) automatically",
        r"(?:please )?do not (?:reply|respond) to this (?:message|e-?mail|mail|address)",
        r"only notification you will receive",
        r"this (?:mailbox|e-?mail address|address|inbox|account|e-?mail account) is (?:not|no longer) (?:being )?(?:monitored|in use|used|read|checked|active)",
    ),
    (
        r"(?:dies|das) ist eine automatisch",
        r"automatisch (?:generierte?|erstellte?|erzeugte?|versandte?)",
        r"automatische (?:antwort|eingangsbestatigung|empfangsbestatigung)",
        r"(?:antworten sie )?(?:bitte )?nicht auf diese (?:e-?mail|nachricht)",
    ),
    (
        r"(?:message|reponse|courriel|mail) (?:genere )?automati(?:que|quement)",
        r"(?:merci de|veuillez) ne pas repondre",
    ),
    (r"(?:mensaje|respuesta|correo) (?:generad[oa] )?automatic(?:o|a|amente)", r"(?:por favor,? )?no responda a este"),
    (
        r"(?:messaggio|risposta|e-?mail) (?:generat[oa] )?automatic(?:o|a|amente)",
        r"(?:non|si prega di non) rispond(?:ere|ete) a questa",
    ),
    (r"(?:mensagem|resposta|e-?mail) (?:gerad[oa] )?automatic(?:a|o|amente)", r"nao responda a (?:este|esta)"),
    (r"(?:dit is een )?automatisch (?:gegenereerd |verzonden )?(?:antwoord|bericht|e-?mail)",),
    (r"(?:detta ar ett|dette er (?:et|en)) auto(?:matisk|svar|genererad)", r"tama on automaattinen"),
    (
        r"(?:wiadomosc|odpowiedz) (?:zostala )?(?:wygenerowana )?automatyczn",
        r"tato zprava byla (?:vygenerovana|odeslana) automaticky",
        r"ez egy automatikus",
    ),
    (r"автоматическ(?:ий|ое|ая) (?:ответ|сообщение|письмо)", r"не отвечайте на это (?:письмо|сообщение)"),
    (
        r"(?:この|本)(?:メール|メッセージ)は.{0,20}自動",
        r"自動(?:応答|返信|送信|配信)",
        r"自动(?:回复|答复|发送)",
        r"자동 ?(?:회신|응답|발송)",
    ),
)

RECEIPT_SUBJECTS = Phrases(
    (
        r".{0,40}\b(?:ticket|request|case|incident|enquiry|inquiry|issue|query|message|e-?mail|support)(?: \S{1,20})? (?:has been |was |is )?(?:received|created|opened|registered|logged|acknowledged)\b",
        r"(?:we(?:'ve| have) )?(?:received|got) your (?:message|e-?mail|request|enquiry|inquiry|ticket|question|mail)|thank(?:s| you) for (?:contacting|your (?:message|e-?mail|mail|enquiry|inquiry|request|interest)|getting in touch|writing|reaching out)",
        r"(?:acknowledge?ment|confirmation) (?:of (?:receipt|your)|receipt|:|-)|receipt of your",
        r".{0,20}\[[^\]]{0,30}#? ?[a-z0-9-]{0,20}\d{3,}[^\]]{0,10}\]",
    ),
    (
        r"(?:(?:eingangs|empfangs)bestatigung|bestatigung (?:des eingangs|ihrer)|ihre (?:anfrage|nachricht|e-?mail|mail) (?:ist|wurde)|vielen dank fur ihre (?:anfrage|nachricht|e-?mail|mail))",
        r"accuse de reception|confirmation de reception|(?:merci|nous avons (?:bien )?recu) (?:de |pour )?votre|acuse de recibo|hemos recibido (?:su|tu)|conferma di ricezione|abbiamo ricevuto|confirmacao de recebimento|recebemos (?:sua|seu)|ontvangstbevestiging|(?:wij|we) hebben uw|bekraftelse|kvittering|potwierdzenie|potvrzeni|получено|подтверждение|受付|お問い合わせありがとう|접수",
    ),
    at_start=True,
)

RECEIPT_TEXTS = Phrases(
    (
        r"(?:we(?:'ve| have)|has been|was) (?:successfully )?(?:just )?(?:received|registered|logged|assigned|created)(?: your| a| and| by|\.|,)",
        r"thank(?:s| you) (?:very much |so much )?for (?:contacting|your (?:message|e-?mail|mail|enquiry|inquiry|request|interest)|getting in touch|writing|reaching out)",
        r"(?:will|shall|aim to|try to) (?:(?:get back|reply|respond|answer|contact|follow[- ]up)(?: to| with)? )(?:you|your)|be in touch|being (?:reviewed|processed|handled|looked)|(?:reply|respond|answer)(?: \S{1,20}){0,6} within \S{1,10} (?:\S{1,10} )?(?:hours|days)|as soon as possible|one of our",
        r"(?:ticket|case|request|reference|incident) (?:number|id|no\.?|#|reference)|(?:ticket|case|request) (?:has|was|is) (?:now |just )?(?:been )?(?:opened|created|received)",
        r"acknowledge(?: that)? (?:we|receipt|the)|confirm(?:s|ing|ation of)? (?:that we|receipt|the receipt)",
    ),
    (
        r"(?:ist|sind) bei uns eingegangen|haben wir erhalten|wir haben ihre|vielen dank fur ihre|schnellstmoglich|so (?:schnell|bald) wie moglich|bearbeiten",
        r"avons bien (?:recu|pris)|merci (?:de|pour) votre|dans les (?:meilleurs|plus brefs) delais|hemos recibido|gracias por|lo antes posible|abbiamo ricevuto|grazie per|al piu presto|recebemos|obrigad[oa] (?:pela|por|pelo)|o mais breve|hebben uw .{0,40}ontvangen|bedankt voor|zo (?:snel|spoedig) mogelijk",
        r"(?:har|ar) mottag|mottatt|modtaget|tack for|takk for|tak for|snarast|saasnart|otrzymalismy|dziekujemy za|obdrzeli jsme|dekujeme za|получили|спасибо за|отримали|дякуємо за|受け付け|お問い合わせ(?:いただき|ありがとう)|收到|已收到|感谢您|접수되었|문의",
    ),
)
"""What desks write to say that a mail arrived; people thank for mail as well, so these only add to what a machine says."""
