"""The words of bounces: how mail systems name, phrase and explain that a mail was not delivered.

Tables over folded text, as in `mail.phrases`. The reasons are ordered by what they say about trying again: a wrong
address stays wrong, while a full mailbox, a lost connection or a refusal of this one message may pass.
"""

from mailcase.mail.phrases import Phrases

SUBJECTS = Phrases(
    (
        r"undeliver(?:ed|able|y)",
        r"^(?:user unknown|unknown user|(?:recipient|user|address) (?:not found|unknown|rejected)|error sending)|(?:could not|cannot|unable to) deliver",
        r"returned (?:mail|e-?mail|to sender|message)",
        r"(?:mail|message|e-?mail|post|delivery)(?: system)? (?:delivery )?(?:error|failure|failed|problem|system error|status notification|report|notification|notice)",
        r"failure (?:notice|notification|report|delivery)",
        r"failed (?:mail|delivery|to deliver)",
        r"delivery (?:status|has failed|failed|unsuccessful|attempt|to .{1,80} (?:failed|delayed)|delayed|incomplete)",
        r"non-?delivery|ndr:|dsn:|nondeliverable|notdelivered",
        r"(?:warning|notice|attention): .{0,60}(?:delayed|could not send|not (?:been )?delivered|still being)",
        r"delayed (?:mail|message|delivery)",
        r"message (?:status - |you sent )?(?:undeliver|delayed|not delivered|blocked|could not|rejected)",
        r"(?:your )?(?:mail|message|e-?mail)(?: to .{1,80})? (?:could not|cannot|was not|has not|wasn't) (?:be |been )?(?:delivered|sent)",
        r"(?:sorry, )?(?:your |the )?(?:mail|message) (?:could not|couldn't|was not) (?:be )?(?:delivered|sent)",
        r"\*+ ?message you sent (?:was )?blocked",
        r"considered unsolicited bulk|rejected(?: mail| message|:)|blocked (?:mail|message)|(?:mail|message) (?:rejected|blocked|refused|bounced?)",
        r"unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|unzustellbare|rucksendung|(?:mail|nachricht) konnte nicht|benachrichti?(?:g)?ung zum ubermittlungsstatus|ubermittlungsfehler|mailzustellung",
        r"(?:message|courriel|mail)? ?non (?:remis|delivre|distribue|livre)|echec (?:de (?:la )?(?:remise|livraison|distribution)|d'envoi)|notification d'etat de (?:la )?(?:remise|distribution)|retour de (?:mail|courrier)",
        r"no se (?:ha )?(?:pudo|puede|podido) entregar|(?:correo|mensaje) (?:devuelto|no entregado)|error de entrega|notificacion (?:del|de) estado de (?:la )?entrega|no entregado",
        r"(?:messaggio )?non (?:recapitabile|consegnato|recapitato)|mancat[oa] (?:recapito|consegna)|notifica(?: sullo)? stato (?:del )?recapito",
        r"nao (?:e )?(?:possivel )?entreg(?:ue|ar)|falha n[ao] (?:entrega|envio)|notificacao (?:de|do) status de entrega|mensagem (?:devolvida|nao entregue)",
        r"onbestelbaar|niet te bezorgen|kan niet bezorgen|niet (?:bezorgd|afgeleverd)|kan niet worden (?:bezorgd|afgeleverd)|afleveringsfout",
        r"oleverer?bar|kan inte levereras|kunne ikke leveres|kan ikke leveres|ikke lever(?:et|bar)|ei voida toimittaa|leveringsfeil|leveransfel|toimittaminen epaonnistui|ei voitu toimittaa",
        r"nie ?dostarczon|niedostarczaln|nie mozna dostarczyc|zwrot|nelze dorucit|nedorucitel|nedorucen|kezbesit(?:het)?etlen|nelivra[bt]|teslim edilemedi|αδυνατη η παραδοση|mesajul nu a",
        r"недоставлен|не ?доставлен|ваше сообщение не доставлено|ошибка доставки|не удалось доставить|возврат (?:письма|сообщения)|недоставка",
        r"δεν ειναι δυνατη η παραδοση|не вдалося доставити|toimitus epaonnistui|לא ניתן למסירה|تعذر (?:ال)?تسليم|khong the (?:gui|phan phoi)",
        r"未传递|配信(?:できません|不能|エラー|失敗)|(?:メール|送信)エラー|エラーメール|宛先不明|未达|退信|无法(?:投递|送达|传递)|未傳遞|无法发送|無法(?:傳遞|投遞|送達)|未送達|전달(?:되지|할 수)|반송|전송 ?실패|배달 ?(?:실패|되지)",
        r"uncaught bounce|bounce (?:action )?notification|verzogerte zustellung|(?:remise|livraison|distribution) (?:differee|retardee)|entrega (?:retrasada|atrasada|adiada)|consegna (?:ritardata|in ritardo)|vertraagde bezorging|forsinket levering|forsenad leverans|opozniona|zpozden",
        r"postmaster notify|postfix smtp server: errors|mta-blocked|loop alert|you .{1,80} (?:are|is) not (?:a )?member",
    ),
)

NOTICES = Phrases(
    (
        r"(?:could|can|can't|couldn't|was|is|has|did)(?: ?not|n't)? (?:be |been )?(?:not )?(?:delivered|deliver your|be delivered|deliver the)",
        r"(?:unable|failed|failing|not able|impossible) to (?:be )?(?:deliver|send|relay)",
        r"(?:delivery|delivering|sending)(?: of .{1,80})? (?:to .{0,80} )?(?:has |have |was |is )?(?:fail|been delayed|delayed|permanently|attempt|unsuccessful|not possible|aborted)",
        r"(?:failed|undeliverable|rejected|not delivered|non-deliverable|nondeliverable|undelivered)(?: message| mail)? (?:to|for|by|permanently)",
        r"following (?:address|recipient|mail|destination|user)(?:s|\(es\)|\(s\))?",
        r"(?:delivery|permanent|fatal|temporary|transient|delivery) (?:errors?|problems?|failures?)",
        r"did not reach|not reach(?:ed)? the following|was undeliverable|message non-deliverable|message could not be sent",
        r"this is the (?:qmail|postfix|mail) |mail delivery (?:software|system|subsystem)|mail system at host",
        r"(?:was|were|been|has been|is) (?:rejected|refused|blocked|bounced|returned)(?: by)?",
        r"user unknown|unknown user|no such (?:user|mailbox|recipient)|mailbox (?:is )?full|mailbox exceeds|over quota|that's not a valid user|invalid (?:user|address|recipient)|mailbox unavailable",
        r"returned (?:below|message|to sender)|copy of (?:the|your) (?:message|original)|original message (?:follows|was received|headers)",
        r"transcript of (?:the )?session|smtp error|error from remote|remote (?:host|server) (?:said|returned|responded)",
        r"message will be retried|still being retried|will continue trying|delayed delivery|delay(?:ed)? (?:at|for) |warning message only",
        r"not a member of|are not (?:a )?member|duplicated message-id",
    ),
    (
        r"nicht (?:zugestellt|ubermittelt|zustellbar|ausgeliefert|gesendet) |konnte (?:\S{1,20} ){0,6}nicht (?:zugestellt|ubermittelt|zugestellt|ausgeliefert)|unzustellbar|zustellung (?:an|ist)",
        r"n'a (?:pas )?(?:pu|ete) (?:etre )?(?:remis|delivre|livre|distribue|envoye)|pas (?:pu )?etre (?:remis|delivre|distribue)|echec de (?:la )?(?:remise|livraison)|impossible de (?:remettre|distribuer)",
        r"no (?:se )?(?:ha )?(?:pudo|puede|podido) (?:ser )?(?:entreg|enviar)|no entregado",
        r"(?:non (?:e stato possibile|puo essere) |impossibile )(?:recapit|consegn)|nao (?:pode|foi possivel) (?:ser )?entreg|falha ao entregar",
        r"kon(?: \S{1,20}){0,4} niet (?:worden )?(?:bezorgd|afgeleverd)|gick inte att leverera|kunne ikke leveres|ei voitu toimittaa",
        r"nie (?:mogla|moze|zostala|udalo sie) (?:zostac |byc )?(?:dostarcz|doreczon)|nelze dorucit|nem (?:sikerult|lehetett) kezbesiteni",
        r"не (?:может быть|было|удалось|была?)? ?(?:доставлен|доставить)|не доставлен",
        r"fehler bei der (?:nachrichten)?zustellung|(?:remise|livraison) (?:a|de) .{1,80} (?:a echoue|impossible)|la entrega a .{1,80} fallo|falha na entrega|(?:leveransen|leveringen?) (?:till?|mislykte?de?s)|bezorging (?:bij|aan) .{1,80} mislukt",
        r"dostarczanie .{1,80} nie powiodlo|doruceni .{1,80} nezdarilo|kezbesites .{0,40}nem sikerult|livrarea .{1,80} nu a reusit|nu a putut fi livrat|teslim .{0,80}basarisiz|teslim edilemedi|khong (?:the )?(?:gui|chuyen|phan phoi)",
        r"не вдалося доставити|неможливо доставити|η παραδοση .{0,80}απετυχε|δεν (?:ειναι δυνατη η παραδοση|παραδοθηκε)|לא ניתן (?:היה )?למסור|تعذر (?:ال)?تسليم|ไม่สามารถ(?:นำ)?ส่ง",
        r"(?:n'a pas encore|noch nicht|aun no|todavia no|non (?:e )?(?:stato )?ancora|ainda nao|nog niet|har annu inte|er endnu ikke|er ennå ikke) .{0,60}(?:remis|distribu|zugestellt|entreg|consegnat|recapitat|bezorgd|afgeleverd|levere)",
        r"配信に失敗|送信に失敗|未能向.{1,60}(?:传递|投递|发送)|(?:无法|無法|未能)(?:投递|送达|传递|发送|傳遞|投遞|送達)|的傳遞失敗|(?:被退|退信|退回)|배달하지 못|전달하지 못|발송 ?실패",
        r"(?:配信|配送|送信|お届け)(?:する(?:こと)?が?)?でき(?:ません|なかった)|エラーのため送信|无法(?:投递|送达|传递)|未能(?:投递|送达)|전송(?:하지|할 수)|배달(?:하지|되지)",
    ),
)

DELAYS = Phrases(
    (
        r"(?:has been|been|is|was) delayed|delayed (?:mail|message|delivery|\d)|delay(?:ed)? (?:notification|\(still)|\(delay\)|warning message only|warning: (?:could|message)",
        r"will be retried|still being retried|will (?:keep|continue)(?: to)? (?:try|retry|attempt)|not yet (?:been )?delivered|no action is required on your part|do not need to resend",
        r"noch nicht zugestellt|n'a pas encore|aun no (?:se )?ha|non (?:e )?(?:stato )?ancora|ainda nao|nog niet|differee|verzogert|wird weiterhin versucht|retarde|retraso|retrasado|ritardo|atrasad|vertraagd|forsinket|forsenad|opozni|задерж|遅延",
    )
)

NOT_THE_ADDRESS = Phrases(
    (
        r"(?:mailbox|mail box|inbox|quota|storage|account|folder)s? (?:\S{1,20} )?(?:is |are |has |was )?(?:full|exceed|over)|over ?quota|quota exceed|not enough (?:storage|space)|insufficient (?:system )?storage|\S{0,30}mailbox exceeds",
        r"sender (?:address |domain )?(?:\S{1,60} )?(?:rejected|denied|refused|verif|blocked|not|unknown|invalid|does)|(?:invalid|unknown|bad|unverified) (?:sender|envelope from|return path)|verify sender|(?:mail from|sender|from) (?:address )?(?:\S{1,60} )?does not exist",
        r"(?:after|reply to) mail from|>>> mail from:? ?(?:\S{1,100} ){1,4}<<< [45]|unrout(?:e)?able sender|address is not verified|not found, try again|at a rate that|my name was rejected|not a member of",
        r"your (?:domain|host|server|ip)(?:name)? .{0,40}(?:not|block|reject|listed|den(?:y|ied)|refused)|unknown mailer error",
        r"(?:reverse|ptr|rdns|helo|ehlo|client host|your host|ip name|cannot find your) .{0,40}(?:not|fail|missing|unknown|invalid|lookup|reject)|client host rejected",
    )
)

WRONG_ADDRESS = Phrases(
    (
        r"(?:user|recipient|mailbox|account|(?:e?-?mail ?)?address|addressee|person|alias|destination|resource)s? (?:\S{1,60} )?(?:is |was |are |been )?(?:currently |permanently |administrat\S{1,8} )?(?:unknown|invalid|not found|not exist|does ?n[o']t exist|doesn't exist|not known|not listed|not valid|undefined|inactive|disabled|unavailable|closed|deactivated|no longer|has moved|suspended)",
        r"(?:unknown|invalid|no such|bad|nonexistent|non-existent|unrouteable|unroutable|incorrect|illegal|malformed|disabled|inactive) (?:\S{1,20} )?(?:user|recipient|mailbox|account|address|addressee|person|alias|destination|local part|domain|host|mail domain|name)",
        r"(?:does|do|did) ?(?:n't|not) (?:seem to )?(?:exist|have (?:a|an) .{0,20}(?:account|mailbox))|(?:account|domain|address|mailbox) .{0,20}may not exist",
        r"(?:no|not) (?:a )?(?:mailbox|account|user|such user|valid user|valid mailbox|valid recipient|known user|local user|registered)(?: here| by that| with)?",
        r"(?:isn't|is not|not|wasn't|was not|couldn't be|could not be|cannot be) (?:\S{1,20} )?(?:found|a valid|a known|known|listed|recognized|valid (?:user|recipient|mailbox|address))",
        r"(?:user|recipient)(?: name)? .{0,40}not (?:unique|listed|found|recognized)|recip(?:ient)?notfound|recipient(?:address)? (?:address )?reject|recipient rejected|user (?:doesn't|does not|not) |unknown recipient|relay(?:ing)?.{0,20}recipient",
        r"host (?:or domain name )?(?:unknown|not found)|domain (?:\S{1,60} )?(?:not found|does not exist|unknown|has no)|(?:no|non-existent) (?:such )?domain|name service error.{0,80}not found|nxdomain|mail loop|null ?mx|does not accept mail|cannot find (?:any|a|your)? ?(?:host|mail exchange|domain)|couldn't find (?:any host|a mail exchanger)",
        r"moved (?:to|permanently)|no longer (?:valid|available|active|here|works|employed|in use)|address (?:you entered|wasn't|is wrong|error)|e-?mail address (?:\S{1,60} )?(?:wasn't|couldn't|could not|not)",
        r"unbekannt|existiert nicht|nicht gefunden|inconnue?|n'existe pas|desconocid|no existe|sconosciut|non esiste|desconhecid|nao existe|onbekend|bestaat niet|okand|ukendt|ukjent|tuntematon|nieznan|nie istnieje|neexistuje|ismeretlen|неизвест|не существует|не найден|存在しな|不存在",
    )
)

MAY_PASS = Phrases(
    (
        r"(?:mailbox|mail box|inbox|quota|storage|disk|account|folder)s? (?:\S{1,20} )?(?:is |are |has |was )?(?:full|exceed|over|limit|space)|over ?quota|over (?:the |his |her |its )?(?:allotted |allocated |disk |storage )?(?:quota|limit)|quota (?:exceed|limit|full|is)|exceed(?:s|ed|ing)? .{0,30}(?:quota|storage|limit|size|space|mailbox)|(?:insufficient|not enough|no) (?:system )?(?:storage|disk|space)|mailbox voll|voll\b|boite pleine|buzon lleno|一杯|满",
        r"too (?:big|large|long|many|much|frequent)|(?:message|mail) size|size (?:limit|exceed)|limit exceeded|larger than",
        r"tim(?:ed|e) ?out|connection (?:refused|reset|dropped|closed|lost|failed|error)|(?:host|server|network|route) (?:\S{1,20} )?(?:not reachable|unreachable|down|is not responding)|no route|could not (?:connect|initiate|establish)|not (?:accept|able to establish)|queue too long|retry (?:time|timeout)|have been failing|expired|too long|giving up on|after (?:multiple|several|many) (?:retries|attempts)|unable to connect|try again|temporar|later|deferred|service (?:currently )?(?:unavailable|not available)|busy|overload|rate|throttl|grey ?list|gray ?list",
        r"spam|junk|bulk|unsolicited|ube\b|block(?:ed|ing|list)|black ?list|deny ?list|dnsbl|\brbl\b|reputation|listed (?:in|at|by|on)|\bspf\b|\bdkim\b|\bdmarc\b|authenticat|\bptr\b|reverse|rdns|policy|polic(?:y|ies)|virus|malware|infected|content|attachment|prohibited|banned|forbidden|violat|sender|not (?:accept|permitted|allowed|authori[sz]ed)|permission|denied|refused|rejected|relay|abuse|suspicious|invalid ip|security|restrict|helo|ehlo|tls|starttls",
        r"system (?:error|problem|resources)|local (?:error|problem)|internal (?:error|problem)|i/o error|disk|configuration|loop|too many hops|memory|write error|command|syntax|not compliant|rfc ?\d",
    )
)

DELIVERED_SUBJECTS = Phrases(
    (
        r"(?:delivered|relayed|expanded|zugestellt|ubermittelt|remis|distribue|entregado|entregue|consegnato|recapitato|bezorgd|afgeleverd|levererat|leveret|levert|toimitettu|dostarczono|doruceno|kezbesitve|доставлено|配信済み|已送达|已传递|배달됨) ?:",
        r"success(?:ful)? (?:mail )?delivery|delivery (?:status )?(?:notification|report)s? \(success\)|(?:mail|message) (?:successfully )?delivered$",
    ),
    at_start=True,
)

DELIVERED_NOTICES = Phrases(
    (
        r"(?:has been|was|were) (?:successfully )?(?:delivered|relayed|transmitted)|successfully (?:delivered|relayed)|delivery .{0,60}successful",
        r"(?:wurde|wurden) .{0,80}(?:zugestellt|ubermittelt)|a (?:bien )?ete (?:remis|distribue|delivre)|(?:se )?(?:ha|fue) (?:sido )?entregado|foi entregue|e stat[oa] (?:consegnat|recapitat)|(?:is|werd) (?:bezorgd|afgeleverd)",
        r"har leverer?a?t|ble levert|blev leveret|on toimitettu|zostala dostarczona|byla dorucena|kezbesitettuk|было доставлено|配信されました|已(?:经)?(?:送达|传递)|배달되었습니다",
    )
)
