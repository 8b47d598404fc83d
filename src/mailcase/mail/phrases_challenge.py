"""The words of challenges, which ask a writer to prove himself, and of receipts, which say that a mail was read.

A challenge has three parts: your mail is held, do this, and the reason, which is spam. People write about each of them.
"""

from mailcase.mail.phrases import Phrases

HELD = Phrases(
    (
        r"(?:been|is|was|be) (?:being |temporarily )?(?:held|waitlisted|wait-listed|quarantined|put on hold|parked|intercepted)|on hold (?:because|until|pending)",
        r"(?:ensure|guarantee|complete|allow|release|authorize|resume) (?:the )?delivery|(?:to )?release (?:it|your (?:message|e-?mail|mail))",
        r"(?:address|sender|you) .{0,60}(?:has|have|is) not (?:yet )?(?:been )?(?:verified|approved|authorized|authenticated|confirmed|recognized)|not (?:pre-?)?(?:approved|authorized|whitelisted)",
        r"(?:only )?(?:allows?|accepts?) (?:incoming |in-coming )?(?:e-?mails?|messages?|mail) (?:only )?from|so (?:that )?i can receive your|have your (?:message|e-?mail|mail) delivered|for your (?:message|e-?mail|mail) to be delivered|your (?:message|e-?mail|mail) will be delivered (?:after|once|when|as soon)",
        r"(?:account|mailbox|address|inbox) is (?:protected|guarded) by",
        r"zuruckgehalten|noch nicht zugestellt|seja (?:encaminhada|entregue)|sea (?:entregado|enviado)|(?:soit|etre) (?:delivre|remis|transmis|distribue)|retenu|in attesa di conferma|vastgehouden",
    )
)

ASKED = Phrases(
    (
        r"(?:click|follow|visit|use|go to) (?:on )?(?:(?:the |one of the )?following|this (?:link|url|address|web ?page|web ?site)|the .{0,30}below)|by clicking|click (?:on )?(?:the|here|this|below)|visit (?:the|this) web ?(?:page|site)",
        r"(?:verify|confirm|prove|authenticate) (?:that )?(?:you are|you're|your|yourself|the sender|receipt)",
        r"(?:just |simply |please )?(?:reply to|respond to|answer) this (?:message|e-?mail|mail)|use your mailer's|send (?:an empty|a blank|a) (?:message|e-?mail|mail|reply) to|hit reply",
        r"(?:fill (?:out|in)|complete) (?:the|this) .{0,20}(?:form|request)|type (?:in )?the (?:number|word|letters|code|characters)|add yourself",
        r"klicken sie|bestatigen sie|clique (?:aqui|no link)|haga clic|cliquez|confirme|clicca|confermare|klik (?:op|hier)",
    )
)

BECAUSE = Phrases(
    (
        r"(?:junk|unsolicited|unwanted|bulk)[ -]?(?:e-?)?mail|spam(?:mers?|bots?)?(?:[^a-z]|$)|anti-?spam",
        r"(?:allowed|approved|guest|white|safe|trusted|accepted)[ -]?(?:senders?)?[ -]?list|list of (?:approved|allowed|trusted)|approved (?:senders?|beforehand)|senders? i (?:have )?(?:approved|know)",
        r"real person|human (?:being|sender)|a human|not a (?:robot|machine|computer)|are (?:a )?(?:human|person|real)|robos|robots?",
        r"(?:this|just|only) once|one-time|only (?:have|need) to (?:do this|confirm|verify)|(?:won't|not) have to do (?:this|it) again|only .{0,30}once|do this once",
        r"challenge[ -/]?response|sender verification|confirmation request|verification (?:request|required)",
    )
)

READ_RECEIPT_SUBJECTS = Phrases(
    (
        r"(?:read|not read|opened|displayed|return receipt|read receipt|gelesen|nicht gelesen|ungelesen|lesebestatigung|lu|non lu|accuse de lecture|leido|no leido|letto|non letto|conferma di lettura|lida|nao lida|lido|gelezen|niet gelezen|ongelezen|last|olast|ikke last|læst|ulæst|lest|ulest|luettu|lukematta|przeczytano|przeczytane|nie przeczytano|precteno|neprecteno|precitane|elolvasva|olvasott|citit|okundu|прочитано|прочтено|не прочтено|прочетено|διαβαστηκε|开封|開封済み|已读|已讀|읽음|נקרא|تمت القراءة) ?(?::|\(|$)",
        r"(?:disposition notification|message disposition|empfangsbestatigung|confirmation de lecture|confirmacion de lectura|leesbevestiging)",
    ),
    at_start=True,
)

READ_RECEIPT_TEXTS = Phrases(
    (
        r"(?:was|has been|is) (?:read|displayed|opened|seen|received by|deleted without being read)|(?:return|read) receipt|receipt verifies",
        r"(?:wurde|ist|wird) .{0,60}(?:gelesen|angezeigt|geoffnet)|lesebestatigung|(?:a ete|ete) (?:lu|affiche|ouvert)|(?:fue|ha sido) (?:leido|mostrado|abierto)|e stato (?:letto|visualizzato)|foi (?:lid[oa]|exibid[oa]|aberta)|(?:is|werd|wordt) .{0,40}(?:gelezen|weergegeven|geopend)|gelezen op",
        r"lastes|har lasts|blev læst|ble lest|er (?:læst|lest)|luettiin|on luettu|(?:zostala|wiadomosc) (?:przeczytana|wyswietlona|otwarta)|byla prectena|bola precitana|elolvastak|a fost citit|okundu|goruntulendi",
        r"(?:было|был[аи]?) (?:прочитан|прочтен|открыт)|прочитано|διαβαστηκε|開封され|に開かれ|(?:被|已).{0,40}(?:阅读|閱讀|读取|讀取)|(?:阅读|閱讀)|읽었|נקרא|تمت قراءة",
    )
)

READ_MAIL = Phrases(
    (
        r"(?:your|the) (?:message|mail|e-?mail|document)|this is a (?:return |read )?receipt|receipt for the",
        r"(?:ihre|die|deine) (?:nachricht|e-?mail|mail)|(?:votre|le) (?:message|courriel|mail)|(?:el|su|tu) (?:mensaje|correo)|(?:il|suo|tuo) (?:messaggio|suo)|(?:a |sua )?mensagem|(?:uw|het|je) (?:bericht|e-?mail)",
        r"meddelande|(?:din )?meddelelse|melding|e-post|viesti|wiadomosc|zprava|sprava|uzenet|mesaj|ileti|сообщени|письмо|μηνυμα|メッセージ|メール|邮件|郵件|메시지|메일|הודע|رسال",
    )
)
"""The mail that was read, which a receipt names."""
