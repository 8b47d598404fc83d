"""The words of absence: how people and their programs say that they are away, in the languages that customers write.

Three strengths. A subject is written by a program if a colon and the subject of the other mail follow; alone it may be
anybody's. A text says that its writer is away; a hint says what goes along with that, and counts beside such a subject.
"""

from mailcase.mail.phrases import Phrases

# Subjects. What stands before (`Re:`, `[list]`) is cut off by `classify_words`; what follows is a mark or the end.
END = r"(?: ?[:!(\[\])*/.–-]| ?$| re:)"

OUT_OF_OFFICE_SUBJECTS = Phrases(
    (
        rf"out[ -]of[ -](?:the[ -])?office(?: auto-?(?:matic )?(?:reply|response)| reply| message| response| notification| notice)?{END}",
        r"auto: .{1,60} (?:is|ist|est|e|esta) (?:out of the office|away|on (?:vacation|leave|holiday)|ausser haus|im urlaub|nicht im buro|absent|en conges?|fuori|assente|in ferie|fuera|ausente|afwezig)",
        rf".{{1,60}} is (?:currently )?(?:out of (?:the )?office|on (?:vacation|leave)){END}",
        r".{1,150}(?: - |[(\[]) ?(?:out of (?:the )?office|vacation|away)(?: message| notice| reply)?[)\]]?$",
        r"(?:i will not|i won't) be (?:in the office|reading|available).{0,40}",
        rf"(?:i am |i'm )?(?:currently )?(?:away from|not in) (?:the |my )?(?:office|e?-?mail|desk){END}",
        rf"(?:i am |i'm )?(?:currently )?(?:out of|away from) (?:the |my )?(?:office|email)(?: until| from| till|,|{END})",
        rf"(?:on )?(?:vacation|(?:annual |sick |medical )?leave|holiday|parental leave|maternity leave|absence)(?: (?:reply|message|alert|notice|notification|auto-?reply|response|until .{{1,40}}))?{END}",
        rf"(?:ooo|oof|away)(?: message| notice| notification)?{END}",
    ),
    (
        rf"abwesen(?:d|heit)s?(?:notiz|nachricht|benachrichtigung|meldung|hinweis|mitteilung|assistent|agent|info)?(?: bis .{{1,40}})?{END}",
        rf"(?:ich bin )?(?:derzeit |zurzeit )?(?:nicht (?:da|im (?:buro|haus|office))|ausser haus|im urlaub){END}",
        rf"(?:bin im )?(?:betriebs)?(?:urlaubs?|ferien)(?:benachrichtigung|meldung|mitteilung|vertretung|notiz|abwesenheit)?{END}",
    ),
    (
        rf"(?:message|notification|reponse)? ?d'?absence(?: du bureau)?{END}",
        rf"(?:je suis )?absen(?:t\(e\)|te?|ce)(?: du bureau| temporaire)?{END}",
        rf"(?:je suis )?(?:en conges?|en vacances|hors du bureau){END}",
    ),
    (
        rf"(?:estoy )?fuera de (?:la )?oficina{END}",
        rf"(?:respuesta|aviso|mensaje) (?:por|de) ausencia{END}",
        rf"(?:estoy )?(?:ausente(?: de la oficina)?|ausencia|de vacaciones){END}",
    ),
    (rf"(?:sono )?(?:fuori (?:sede|ufficio)|assente(?: dall'ufficio)?|assenza|in ferie){END}",),
    (rf"(?:estou )?(?:fora do escritorio|ausente do escritorio|ausencia temporaria|ausencia|de ferias){END}",),
    (
        rf"(?:ik ben )?(?:afwezig(?:heids?(?:bericht|melding|assistent)?)?|niet aanwezig|niet op kantoor|buiten kantoor|met vakantie){END}",
    ),
    (
        rf"(?:franvaro(?:meddelande)?|franvarande|ej pa plats|semester){END}",
        rf"(?:fravær(?:ende)?|ikke pa kontoret|fraværsmelding|fraværsbesked|ikke til stede|borte fra kontoret|ferie){END}",
        rf"(?:poissa(?:olo(?:viesti|ilmoitus)?)?(?: toimistosta)?|loma(?:lla)?){END}",
    ),
    (
        rf"(?:poza biurem|nieobecnosc(?: w biurze)?|nieobecny|urlop){END}",
        rf"(?:mimo kancelar(?:e|ie)?|nepritomnost|odpoved v nepritomnosti|dovolena){END}",
        rf"(?:hazon kivul|irodan kivul|szabadsag(?:on)?|tavolleti valasz){END}",
        rf"(?:absent din birou|in afara biroului|in concediu){END}",
        rf"(?:odsutnost|odsoten|izvan ureda|van ureda|van kancelarije){END}",
        rf"(?:prombutne|atvalinajum[sa]|arpus biroja[^:]*|isvykes|atostogos|kontorist vahal|puhkusel)(?: re)?{END}",
    ),
    (
        rf"(?:(?:я )?в отпуске|отпуск|нет на работе|вне офиса|отсутств(?:ую|ие)(?: на (?:работе|рабочем месте))?|нет на месте){END}",
        rf"(?:(?:я )?у відпустці|поза офісом|відсутн(?:ій|ість)){END}",
        rf"(?:извън офиса|в отпуск|εκτος γραφειου|απουσια|ofis d[iı]s[iı](?:nda)?|ofiste degilim|izindeyim){END}",
    ),
    (
        r"(?:休業|请假)(?:のお知らせ|中)?(?: ?:)?",
        r"不在(?:通知|連絡|の?お知らせ|届)?(?: ?:)?",
        r"休暇(?:中|のお知らせ|通知)?(?: ?:)?",
        r"(?:不在|离开)办公室(?: ?:)?",
        r"外出(?:自动(?:回复|答复)?|通知)?(?: ?:)?",
        r"休假(?: ?:)?",
        rf"(?:מחוץ למשרד|בחופשה|خارج المكتب|في إجازة|vang mat|nghi phep|sedang cuti|di luar kantor){END}",
        r"부재 ?중(?: ?:)?",
        r"휴가 ?(?:중|안내)(?: ?:)?",
    ),
    at_start=True,
)

OUT_OF_OFFICE_TEXTS = Phrases(
    (
        r"(?:i am|i'm|i will be|i'll be) (?:currently |presently |now )?(?:out of|away from|not in|returning to) (?:the |my )?office|(?:i will be|i'll be) back in (?:the |my )?office",
        r"(?:i am|i'm) back in (?:the |my )?office (?:on|from|by|at the|next|tomorrow|monday|tuesday|wednesday|thursday|friday|\d)",
        r"(?:am|are|is|(?:will|'ll) be) (?:currently |presently )?(?:out of the office|out of office)",
        r"(?:i am|i'm|i will be|i'll be) (?:currently |presently |now )?(?:away|on (?:annual |maternity |paternity |parental |sick |medical )?leave|on vacation|on (?:my )?holidays?|travell?ing)",
        r"limited access to (?:my )?e-?mails?",
        r"(?:this|the) person is away",
        r"(?:am|i'm|is|be|be) ooo(?:[^a-z]|$)",
        r"(?:am|are|be) (?:not reading|not be reading|unable to read) (?:my |your )?(?:e-?)?mail|will not be reading my mail",
        r"(?:i am|i'm|i will be|i'll be) (?:currently |presently |now )?not (?:at work|available|working|in) (?:until|till|from|today|this|next|before)",
        r"(?:i am|i'm|i have been|i will be|i'll be) (?:currently )?(?:absent|out)(?: of town| sick)? (?:until|till|from|today|this|next|and|on) ",
        r"i (?:am|will be) .{0,30}unable to read your (?:message|e-?mail)",
    ),
    (
        r"(?:ich bin|bin ich|wir sind|ich befinde mich)(?: \S{1,20}){0,8} (?:nicht im (?:buro|hause?|office)|ausser haus|abwesend|im urlaub|nicht erreichbar|auf dienstreise|in elternzeit)",
        r"befinde ich mich(?: \S{1,20}){0,8} (?:im urlaub|auf dienstreise|in elternzeit|im mutterschutz)|bin im urlaub bis",
        r"(?:vertritt mich|vertreten mich|meine vertretung|wahrend dieser person abwesend)|wahrend diese person abwesend",
        r"e-?mails? (?:wird|werden) (?:nicht|auch nicht) (?:automatisch )?weitergeleitet",
    ),
    (
        r"(?:je suis|je serai|nous sommes)(?: \S{1,20}){0,3} (?:absente?|en conges?|en deplacement|en vacances|hors du bureau)",
        r"actuellement (?:\S{1,20} ){0,2}(?:en deplacement|absente?|en conges?)",
        r"(?:absente?) (?:du bureau|jusqu'au|du \d)",
    ),
    (
        r"(?:estoy|estare|me encuentro|me encontrare)(?: \S{1,20}){0,2} (?:fuera de (?:la )?oficina|de vacaciones|ausente|de viaje)",
    ),
    (r"(?:sono|saro)(?: \S{1,20}){0,3} (?:fuori (?:sede|ufficio)|assente|in ferie)",),
    (r"(?:estou|estarei|encontro-me)(?: \S{1,20}){0,3} (?:fora do escritorio|de ferias|ausente)",),
    (
        r"(?:ik ben|ben ik)(?: \S{1,20}){0,8} (?:afwezig|niet aanwezig|op vakantie|met vakantie|met verlof|niet op kantoor)",
    ),
    (
        r"(?:jeg|vi) holder (?:sommer|jule|paske)?ferie|jeg har ferie|(?:jag|vi) har semester",
        r"jag ar(?: \S{1,20}){0,5} (?:franvarande|pa semester|inte pa kontoret|bortrest|foraldraledig)",
        r"jeg er(?: \S{1,20}){0,5} (?:fraværende|pa ferie|ikke pa kontoret|ikke til stede|bortreist|ude af huset)",
        r"(?:olen|en ole)(?: \S{1,20}){0,4} (?:poissa|lomalla|toimistolla|tavoitettavissa)",
    ),
    (
        r"(?:jestem|bede|przebywam)(?: \S{1,20}){0,4} (?:na urlopie|nieobecn[ya]|poza biurem)",
        r"(?:mam|cerpam) (?:do \S{1,20} (?:\S{1,20} )?)?dovolen|som(?: \S{1,20}){0,4} (?:na dovolenke|mimo kancelarie)|do \S{1,10} \S{1,12} mam dovolenou",
        r"(?:sunt|voi fi) (?:\S{1,20} ){0,3}(?:in concediu|plecat|in afara biroului)|in absenta mea",
        r"(?:na godisnjem (?:odmoru|sam)|na dopustu|odsoten s?em)",
        r"(?:jsem|budu)(?: \S{1,20}){0,4} (?:na dovolene|mimo kancelar|nepritom(?:en|na))",
        r"(?:esmu|busu)(?: \S{1,20}){0,4} (?:atvalinajuma|prombutne)",
        r"(?:szabadsagon|hazon kivul|irodan kivul) (?:vagyok|leszek)",
    ),
    (
        r"(?:^|[ ,.!])я в (?:отпуске|командировке)|меня не будет (?:на работе|в офисе|на месте|до )",
        r"(?:я )?(?:нахожусь|буду|сейчас|ухожу)(?: \S{1,20}){0,3} (?:в отпуске|в командировке|вне офиса|отсутствовать)",
        r"(?:^|[ ,.!])я (?:у відпустці|на лікарняному|у відрядженні)|(?:в отпуск|на почивка) съм|απουσιαζω|(?:ειμαι|θα ειμαι) (?:\S{1,20} ){0,2}(?:σε αδεια|εκτοσ γραφειου)",
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
        r"休暇(?:中|を取得)|お休み(?:を)?いただ|出張(?:中|のため)|正在(?:休假|度假|出差)|休假中|外出(?:中|期间)",
        r"אני (?:נמצאת? )?(?:בחופשה|מחוץ למשרד)|(?:אהיה|נמצא) (?:בחופשה|מחוץ למשרד)|(?:أنا|سأكون) (?:حاليا )?(?:خارج المكتب|في إجازة)",
        r"toi (?:\S{1,20} ){0,3}(?:nghi phep|vang mat)|saya (?:\S{1,20} ){0,3}(?:cuti|di luar kantor)|ลาพักร้อน|ไม่อยู่(?:ที่)?(?:สำนักงาน|ออฟฟิศ)",
    ),
)

ABSENCE_HINTS = Phrases(
    (
        r"(?:in|during) my absence|(?:wahrend|in|bei) meiner abwesenheit|(?:en|pendant|durant) mon absence|(?:en|durante) mi ausencia|(?:in|durante la) mia assenza|(?:na|durante a) minha ausencia|(?:tijdens|bij) mijn afwezigheid|podczas mojej nieobecnosci|(?:во время|в) мое(?:го|м) отсутстви[яе]",
        r"(?:ich bin|bin ich)(?: \S{1,20}){0,8} wieder (?:da|im (?:buro|hause?)|erreichbar|fur sie)",
        r"(?:back|return(?:ing)?|returned|available again|in the office again) (?:on|in the office|at work|to work|from|by|the|monday|tuesday|wednesday|thursday|friday|when|to my|\d)",
        r"when (?:i return|i am back|i'm back|i get back)|(?:on|upon|until|after) my return|i'll be back|i will be back",
        r"(?:no|limited|little|intermittent|sporadic) access to (?:my )?(?:e-?)?mail|not (?:have|be checking|be reading|check) (?:my )?(?:e-?)?mail",
        r"(?:urgent|immediate|emergency|pressing|important|time-sensitive) (?:matters?|case|cases|requests?|assistance|help|enquir|inquir|issues?|questions?)|(?:if|is) (?:it is |this is |it's |your .{1,40} is )?urgent|in (?:case of )?(?:an )?emergenc",
        r"(?:away|out|gone|absent|closed|travell?ing|abroad) (?:from .{1,30} |of (?:the )?office )?(?:until|till|through|to) ",
        r"(?:e-?mails?|messages?) (?:will|are|is) (?:not |neither )?(?:be )?(?:read|forwarded|deleted|answered|checked)",
    ),
    (
        r"(?:wieder|erst) (?:im buro|im haus|erreichbar|zuruck|ab (?:dem|montag|dienstag|mittwoch|donnerstag|freitag|\d))|(?:in )?dringend(?:en|e) (?:fall|fallen|angelegenheit)|(?:vertritt|vertreten) mich|meine vertretung|nicht (?:weitergeleitet|gelesen)",
        r"(?:(?:de|mon) retour (?:le \d|au bureau|lundi|mardi|mercredi|jeudi|vendredi)|mon retour|en cas d'urgence|pour toute urgence)|(?:mi (?:regreso|vuelta)|temas urgentes|en caso de urgencia)|(?:il mio (?:rientro|ritorno)|in caso di urgenz)|(?:meu (?:regresso|retorno)|em caso de urgencia|assuntos urgentes)",
        r"(?:terug op|dringende zaken|tot en met)|(?:ater den|tillbaka (?:den|pa)|bradskande arenden|tilbake (?:den|pa|i)|tilbage (?:den|pa|i)|haste(?:saker|tilfælde)|palaan|takaisin \d|kiireellis)",
        r"(?:wroce|pilnych sprawach)|(?:nalehavych|vratim se|surnych)|(?:surgos esetben|visszaterek)|(?:cazuri urgente|revin (?:pe|la))|вернусь|срочным вопросам|терміновими|повернус|επιστρεφω|επειγ|acil durum|donecegim",
    ),
)
"""What goes along with an absence: a return, somebody else for what is urgent."""

ABSENCE_WORDS = Phrases(
    (
        r"wieder|dringend|vertret|abwesen|ruckkehr|urlaub",
        r"(?:absente?|conges?|vacances|urgence|retour|jusqu'au)(?:[^a-z]|$)",
        r"(?:regreso|vuelta|vuelvo|urgencia|urgentes?|ausencia|vacaciones|rientro|ritorno|urgenz[ae]|urgenti|assenza|assente|ferie|regresso|retorno|ausente|ferias)",
        r"(?:terug|dringend|afwezig|verlof|ater|bradskande|semester|tilbake|tilbage|haster|ferie|lomal|poissa|takaisin)",
        r"(?:urlop|nieobecn|dovolen|navrat|nalehav|szabadsag|surgos|concediu|urgent)",
        r"отпуск|отсутств|возвращ|срочн|командировк|відпустк|терміново|отсъств|αδεια|απουσι|izin|tatil",
        r"休暇|不在|出張|戻り|休假|出差|返回|回来|緊急|紧急|급한|휴가|부재|복귀|חופש|חזר|דחוף|إجازة|خارج|عاجل|nghi phep|cuti|พักร้อน|ลา",
    ),
)
"""Words about an absence, which people use as well: evidence only beside a subject that none but programs write."""
