"""The words by which automatic answers give themselves away: vacations, acknowledgements, challenges, read receipts.

A phrase is evidence, never proof: people write about vacations and error messages too, so `mail.classify` asks for a
second piece of another sort.
"""

from mailcase.mail.phrases import Phrases

# Subjects. What stands before (`Re:`, `[list]`) is cut off by classify; what follows is a mark or the end.
_END = r"(?: ?[:!(\[\])*/.–-]| ?$)"

OUT_OF_OFFICE_SUBJECTS = Phrases(
    (
        rf"out[ -]of[ -](?:the[ -])?office(?: auto-?(?:matic )?(?:reply|response)| reply| message| response| notification| notice)?{_END}",
        r"auto: .{1,60} is (?:out of the office|away|on vacation)",
        rf"(?:i am |i'm )?(?:currently )?(?:away from|not in) (?:the |my )?(?:office|mail|desk|email){_END}",
        rf"(?:i am |i'm )?(?:currently )?(?:out of|away from) (?:the |my )?(?:office|email)(?: until| from| till|,|{_END})",
        rf"(?:on )?(?:vacation|annual leave|holiday|parental leave|maternity leave)(?: (?:reply|message|notice|notification|auto-?reply|response|until .{{1,40}}))?{_END}",
        rf"(?:ooo|oof|away)(?: message| notice| notification)?{_END}",
    ),
    (
        rf"abwesen(?:d|heit)s?(?:notiz|nachricht|benachrichtigung|meldung|hinweis|mitteilung|assistent|agent|info)?(?: bis .{{1,40}})?{_END}",
        rf"(?:ich bin )?(?:derzeit |zurzeit )?(?:nicht im (?:buro|haus|office)|ausser haus|im urlaub){_END}",
        rf"urlaubs?(?:benachrichtigung|vertretung|notiz|abwesenheit)?{_END}",
    ),
    (
        rf"(?:message|notification|reponse)? ?d'?absence(?: du bureau)?{_END}",
        rf"absen(?:t|te|ce)(?: du bureau| temporaire)?{_END}",
        rf"(?:je suis )?(?:en conges?|en vacances|hors du bureau){_END}",
    ),
    (
        rf"(?:estoy )?fuera de (?:la )?oficina{_END}",
        rf"(?:respuesta|aviso|mensaje) (?:por|de) ausencia{_END}",
        rf"(?:ausente(?: de la oficina)?|ausencia|de vacaciones){_END}",
    ),
    (rf"(?:sono )?(?:fuori (?:sede|ufficio)|assente(?: dall'ufficio)?|assenza|in ferie){_END}",),
    (rf"(?:estou )?(?:fora do escritorio|ausente do escritorio|ausencia temporaria|ausencia|de ferias){_END}",),
    (
        rf"(?:ik ben )?(?:afwezig(?:heids?(?:bericht|melding|assistent)?)?|niet aanwezig|niet op kantoor|buiten kantoor|met vakantie){_END}",
    ),
    (
        rf"(?:franvaro(?:meddelande)?|franvarande|ej pa plats|semester){_END}",
        rf"(?:fravær(?:ende)?|ikke pa kontoret|fraværsmelding|fraværsbesked|ikke til stede|borte fra kontoret|ferie){_END}",
        rf"(?:poissa(?:olo(?:viesti|ilmoitus)?)?(?: toimistosta)?|lomalla){_END}",
    ),
    (
        rf"(?:poza biurem|nieobecnosc(?: w biurze)?|nieobecny|urlop){_END}",
        rf"(?:mimo kancelar(?:e|ie)?|nepritomnost|odpoved v nepritomnosti|dovolena){_END}",
        rf"(?:hazon kivul|irodan kivul|szabadsag(?:on)?){_END}",
        rf"(?:absent din birou|in afara biroului|in concediu){_END}",
        rf"(?:odsutnost|odsoten|izvan ureda|van ureda|van kancelarije){_END}",
        rf"(?:prombutne|atvalinajum[sa]|arpus biroja[^:]*|isvykes|atostogos|kontorist vahal|puhkusel)(?: re)?{_END}",
    ),
    (
        rf"(?:(?:я )?в отпуске|вне офиса|отсутств(?:ую|ие)(?: на (?:работе|рабочем месте))?|нет на месте){_END}",
        rf"(?:(?:я )?у відпустці|поза офісом|відсутн(?:ій|ість)){_END}",
        rf"(?:извън офиса|в отпуск|εκτος γραφειου|απουσια|ofis d[iı]s[iı](?:nda)?|ofiste degilim|izindeyim){_END}",
    ),
    (
        r"不在(?:通知|連絡|の?お知らせ|届)?",
        r"休暇(?:中|のお知らせ|通知)?",
        r"(?:不在|离开)办公室",
        r"外出(?:自动|通知)",
        r"休假",
        r"부재 ?중",
        r"휴가 ?(?:중|안내)",
    ),
    at_start=True,
)

AUTO_REPLY_SUBJECTS = Phrases(
    (
        rf"auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|respond|responder|answer|acknowledge?ment){_END}",
        rf"(?:this is an )?automat(?:ic|ed) (?:message|email|e-mail|notification){_END}",
        rf"auto{_END}",
    ),
    (
        rf"auto(?:m(?:\.|atische|atisierte))? ?(?:antwort|ruckantwort|eingangsbestatigung|empfangsbestatigung|benachrichtigung){_END}",
    ),
    (
        rf"(?:reponse|message|courriel) automati(?:que|se)e?{_END}",
        rf"(?:respuesta|mensaje|contestacion) automatic[oa]{_END}",
    ),
    (rf"(?:risposta|messaggio) automatic[oa]{_END}", rf"(?:resposta|mensagem) automatica{_END}"),
    (rf"auto(?:matisch(?:e)?)? ?(?:antwoord|beantwoording|bericht){_END}",),
    (rf"auto(?:matisk(?:t)?)? ?svar{_END}", rf"automaat(?:tinen)? ?vast(?:us|aus){_END}"),
    (
        rf"(?:automatyczna odpowiedz|odpowiedz automatyczna|autoodpowiedz){_END}",
        rf"(?:automatick[ay] odpove[dt]|automatikus valasz|raspuns automat){_END}",
        rf"(?:automatski odgovor|samodejni odgovor|avtomatski odgovor){_END}",
        rf"(?:.{{0,40}} )?automati(?:ska|nis) at(?:bilde|sakymas){_END}",
    ),
    (
        rf"(?:автоматический ответ|автоответ(?:чик)?|автоматична відповідь|автоматичен отговор|аутоматски одговор){_END}",
        rf"(?:αυτοματη απαντηση|otomatik (?:yanit|yanıt|cevap)|tra loi tu đong|balasan (?:otomatis|automatik)|erantzun automatikoa|sjalfvirkt svar){_END}",
    ),
    (
        r"自動(?:応答|返信|回覆|答覆|送信)",
        r"自动(?:答复|回复)",
        r"자동 ?(?:회신|응답|답장)",
        r"(?:תשובה|מענה) אוטומטית?",
        r"رد تلقائي",
        r"ตอบกลับอัตโนมัติ",
        r"स्वचालित उत्तर",
    ),
    at_start=True,
)

OUT_OF_OFFICE_TEXTS = Phrases(
    (
        r"(?:i am|i'm|i will be|i'll be) (?:currently |presently |now )?(?:out of|away from|not in|back in|returning to) (?:the |my )?office",
        r"(?:am|are|is|be) (?:currently |presently )?(?:out of the office|out of office)",
        r"(?:i am|i'm|i will be|i'll be) (?:currently |presently |now )?(?:away|on (?:annual |maternity |paternity |parental |sick |medical )?leave|on vacation|on (?:my )?holidays?|travell?ing)",
        r"limited access to (?:my )?e-?mails?",
        r"(?:in|during) my absence",
        r"(?:this|the) person is away",
        r"i (?:am|will be) .{0,30}unable to read your (?:message|e-?mail)",
    ),
    (
        r"(?:ich bin|bin ich|wir sind|ich befinde mich)(?: \S{1,20}){0,8} (?:nicht im (?:buro|hause?|office)|ausser haus|abwesend|im urlaub|nicht erreichbar|auf dienstreise|in elternzeit)",
        r"(?:wahrend|in) meiner abwesenheit",
        r"(?:ich bin|bin ich)(?: \S{1,20}){0,8} wieder (?:da|im (?:buro|hause?)|erreichbar|fur sie)",
        r"e-?mails? (?:wird|werden) (?:nicht|auch nicht) (?:automatisch )?weitergeleitet",
    ),
    (
        r"(?:je suis|je serai|nous sommes)(?: \S{1,20}){0,3} (?:absente?|en conges?|en deplacement|en vacances|hors du bureau)",
        r"(?:en|pendant|durant) mon absence",
        r"(?:de|a mon) retour (?:le \d|au bureau|lundi|mardi|mercredi|jeudi|vendredi)",
        r"actuellement (?:\S{1,20} ){0,2}(?:en deplacement|absente?|en conges?)",
        r"(?:absente?) (?:du bureau|jusqu'au|du \d)",
    ),
    (
        r"(?:estoy|estare|me encuentro|me encontrare)(?: \S{1,20}){0,2} (?:fuera de (?:la )?oficina|de vacaciones|ausente|de viaje)",
        r"(?:en|durante) mi ausencia",
    ),
    (r"(?:sono|saro)(?: \S{1,20}){0,3} (?:fuori (?:sede|ufficio)|assente|in ferie)", r"(?:in|durante la) mia assenza"),
    (
        r"(?:estou|estarei|encontro-me)(?: \S{1,20}){0,3} (?:fora do escritorio|de ferias|ausente)",
        r"(?:na|durante a) minha ausencia",
    ),
    (
        r"(?:ik ben|ben ik)(?: \S{1,20}){0,8} (?:afwezig|niet aanwezig|op vakantie|met vakantie|met verlof|niet op kantoor)",
        r"(?:tijdens|bij) mijn afwezigheid",
    ),
    (
        r"jag ar(?: \S{1,20}){0,5} (?:franvarande|pa semester|inte pa kontoret|bortrest|foraldraledig)",
        r"jeg er(?: \S{1,20}){0,5} (?:fraværende|pa ferie|ikke pa kontoret|ikke til stede|bortreist|ude af huset)",
        r"(?:olen|en ole)(?: \S{1,20}){0,4} (?:poissa|lomalla|toimistolla|tavoitettavissa)",
    ),
    (
        r"(?:jestem|bede|przebywam)(?: \S{1,20}){0,4} (?:na urlopie|nieobecn[ya]|poza biurem)",
        r"podczas mojej nieobecnosci",
        r"(?:jsem|budu)(?: \S{1,20}){0,4} (?:na dovolene|mimo kancelar|nepritom(?:en|na))",
        r"(?:esmu|busu)(?: \S{1,20}){0,4} (?:atvalinajuma|prombutne)",
        r"(?:szabadsagon|hazon kivul|irodan kivul) (?:vagyok|leszek)",
    ),
    (
        r"(?:^|[ ,.!])я в (?:отпуске|командировке)|меня не будет (?:на работе|в офисе|на месте|до )",
        r"(?:я )?(?:нахожусь|буду|сейчас|ухожу)(?: \S{1,20}){0,3} (?:в отпуске|в командировке|вне офиса|отсутствовать)",
        r"(?:во время|в) мое(?:го|м) отсутстви[яе]",
        r"(?:я )?(?:перебуваю|буду)(?: \S{1,20}){0,3} (?:у відпустці|поза офісом)",
        r"(?:ofis disinda|ofis dısında|izinde|yillik izinde|tatilde)(?:yim| olacagim|yım| olacagım)",
    ),
    (
        r"不在に(?:し|いたし|致し)",
        r"休暇(?:を|の)?(?:中|いただ|頂)",
        r"我(?:目前|正在|现在)?(?:休假|出差|不在办公室)",
        r"休假(?:中|期间)",
        r"부재 ?중",
        r"휴가 ?중",
    ),
)

AUTO_REPLY_TEXTS = Phrases(
    (
        r"(?:this|the following) (?:is|was) an? (?:system[ -])?(?:auto(?:matic|mated|matically|-)?)[ -]?(?:generated |sent )?(?:response|reply|message|e-?mail|notification|acknowledge?ment)?",
        r"(?:automat(?:ic|ed)|auto-generated) (?:response|reply|acknowledge?ment)",
        r"(?:sent|generated|created) automatically",
        r"(?:please )?do not (?:reply|respond) to this (?:message|e-?mail|mail|address)",
        r"only notification you will receive",
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

CHALLENGES = Phrases(
    (
        r"(?:allowed|approved|guest|white|safe|trusted|accepted)[ -]?(?:senders?)?[ -]?list",
        r"(?:ensure|guarantee|complete|allow|release|authorize) (?:the )?delivery of your",
        r"(?:verify|confirm|prove|authenticate) (?:that )?(?:you are|you're|your|yourself|the sender)",
        r"(?:click|follow|visit|use) (?:on )?(?:the |this )?(?:following )?(?:link|url|address|web ?page)(?: below)?",
        r"(?:account|mailbox|address|inbox) is (?:protected|guarded) by",
        r"(?:been|is) (?:held|waitlisted|quarantined|put on hold)",
        r"(?:not|must be) (?:been )?(?:pre-?)?(?:approved|authorized|whitelisted)",
        r"challenge[ -/]?response|sender verification|confirmation request",
        r"one-time (?:automat(?:ed|ic) )?(?:message|confirmation|process)",
        r"automat(?:ic|ed) (?:message|confirmation) (?:to|for) (?:confirm|let you know)",
    )
)

READ_RECEIPT_SUBJECTS = Phrases(
    (
        r"(?:read|not read|return receipt|read receipt|gelesen|nicht gelesen|ungelesen|lesebestatigung|lu|non lu|accuse de lecture|leido|no leido|letto|non letto|conferma di lettura|lida|nao lida|gelezen|niet gelezen|last|ikke last|przeczytano|przeczytane|precteno|прочитано|прочтено|开封|開封済み|已读|읽음) ?(?::|\(|$)",
        r"(?:disposition notification|message disposition|empfangsbestatigung|confirmation de lecture)",
    ),
    at_start=True,
)

READ_RECEIPT_TEXTS = Phrases(
    (
        r"(?:was|has been) (?:read|displayed|opened|seen|deleted without being read)",
        r"(?:return receipt|read receipt)",
        r"wurde (?:am .{1,60} )?(?:gelesen|angezeigt|geoffnet)",
        r"(?:a ete|ete) (?:lu|affiche|ouvert)|(?:fue|ha sido) (?:leido|mostrado|abierto)|e stato (?:letto|visualizzato)|foi (?:lida|exibida)",
    )
)

TEXTS = Phrases(OUT_OF_OFFICE_TEXTS.rows, AUTO_REPLY_TEXTS.rows, CHALLENGES.rows, READ_RECEIPT_TEXTS.rows)
"""All that is looked for in texts. Most texts hold nothing of it, and need no second look."""
