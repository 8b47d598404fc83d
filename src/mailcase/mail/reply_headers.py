"""Header blocks: the `From: Sent: To: Subject:` with which Outlook and others begin an earlier message.

One table of field names in many languages. A block needs a sender and two more fields, and a subject or an address
or the word "sent" among them, so that a form ("From: Berlin", "To: Paris") is not taken for one; or else a time of day and an
address.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from mailcase.mail.reply_lines import Line
from mailcase.mail.reply_phrases import phrases

MOST_LINES = 24
"""Lines that one header block may span, wrapped recipients included."""
MOST_WRAPPED = 3
"""Lines without a field name in a row inside a block."""


class Field(StrEnum):
    """What a header line tells."""

    FROM = "from"
    """The earlier writer."""
    DATE = "date"
    """When it was sent."""
    TO = "to"
    """To whom."""
    SUBJECT = "subject"
    """About what."""
    OTHER = "other"
    """Copies, importance, attachments: part of a block, no proof of one."""
    TRANSPORT = "transport"
    """What no client repeats when it answers: a header that somebody pasted, or a bounce."""


_NAMES = {
    Field.FROM: """
        from|von|de|da|od|van|fra|från|frá|lähettäjä|saatja|feladó|от|от кого|від|від кого|kimden|gönderen|από|mittente
        差出人|送信者|寄件者|寄件人|发件人|發件人|보낸 사람|보낸사람|발신|מאת|من|từ|người gửi|dari|de la|expeditor|expéditeur|remitente
        remetente|afzender|avsändare|absender|odesílatel|odosielateľ|pošiljatelj|šalje|nuo|no|จาก|از|de parte de|sender""",
    Field.DATE: """
        sent|date|datum|gesendet|gesendet am|gesendet um|verschickt|verschickt am|envoyé|envoyé le|envoyé à|date d'envoi|enviado|enviado el|enviado em
        enviada|enviada em|enviat|enviat el|fecha|fecha de envío|data|inviato|inviato il|data invio|verzonden|verzonden op|sendt|dato
        skickat|skickades|sänt|lähetetty|päivämäärä|päiväys|pvm|saadetud|kuupäev|wysłano|wysłany|wysłane|data wysłania|odesláno
        odoslané|dátum|elküldve|küldve|küldés dátuma|trimis|trimis la|отправлено|дата|дата отправки|надіслано|відправлено
        дата надсилання|изпратено|gönderildi|gönderilme|tarih|gönderme tarihi|gönderim tarihi|στάλθηκε|ημερομηνία|αποστολή
        送信日時|送信日|日付|日時|送信|发送时间|发送日期|發送時間|寄件日期|日期|时间|時間|傳送時間|已傳送|已发送|보낸 날짜|보낸날짜|보낸 시간|날짜
        נשלח|תאריך|تاريخ الإرسال|التاريخ|تم الإرسال|أرسلت|đã gửi|ngày|ngày gửi|gửi|dikirim|tanggal|poslano|poslato|datums
        išsiųsta|nosūtīts|ส่ง|วันที่|تاریخ|ارسال شده|message du|sent at|sent on|date sent|date/time""",
    Field.TO: """
        to|an|à|a|para|aan|til|till|vastaanottaja|saaja|do|komu|címzett|către|catre|кому|до|kime|alıcı|προς|宛先|收件人|收件者
        받는 사람|받는사람|수신|אל|إلى|đến|tới|kepada|ke|za|prima|kam|kellele|ถึง|به|destinatario|destinatari|destinatário
        destinataire|empfänger|ontvanger|mottaker|modtager|mottagare|pour|per|per a|adressaat|pro|recipient|recipients""",
    Field.SUBJECT: """
        subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|emne|ämne|efni|aihe|teema|temat|předmět|predmet|tárgy
        subiect|тема|относно|предмет|konu|θέμα|件名|标题|主题|主旨|主題|제목|נושא|الموضوع|موضوع|chủ đề|tiêu đề|subjek|perihal
        subyek|naslov|zadeva|tema|tēma|temats|ogg|หัวข้อ|เรื่อง|assumpte|gaia""",
    Field.OTHER: """
        cc|bcc|c.c.|cci|cco|ccn|kopie|kopie an|copie|copie à|cópia|copia|kopi|kopia|kopio|dw|dw.|копия|копія|másolat
        másolatot kap|bilgi|κοιν.|抄送|抄送人|副本|密件副本|참조|עותק|نسخة|reply-to|reply to|répondre à|antwort an|antwort-an|responder a
        rispondi a|beantwoorden|svara till|svar til|odpowiedz do|importance|wichtigkeit|priority|priorität|sensitivity|attachment
        attachments|anlagen|anhang|anhänge|pièces jointes|adjuntos|datos adjuntos|anexos|allegati|bijlagen|bilagor|vedlegg
        organization|newsgroups|mailed-by|signed-by""",
    Field.TRANSPORT: """
        received|message-id|mime-version|content-type|content-transfer-encoding|return-path|delivered-to|dkim-signature
        envelope-to|x-mailer|x-originating-ip|list-id|authentication-results|references|in-reply-to|reason|final-recipient""",
}
FIELD_OF = {
    name.strip(): field
    for field, names in _NAMES.items()
    for row in names.split("\n")
    for name in row.split("|")
    if name.strip()
}

_PLAIN_DATES = phrases("""
    date|datum|dato|fecha|data|päivämäärä|päiväys|pvm|kuupäev|dátum|дата|tarih|ημερομηνία|日付|日時|日期|时间|時間|날짜|תאריך|التاريخ|ngày
    tanggal|datums|วันที่|تاریخ|date/time""")
"""Words for a date that forms use too."""
_NAME = re.compile(r"^[*_\s]{0,6}([^\s:：*_][^:：*_]{0,24})[*_\s]{0,4}\s?[:：]")
_NAME_WITHIN = 37
"""Characters of a line among which the colon behind a field name stands."""
_TIME = re.compile(r"\b\d{1,2}[\s\u200e\u200f]?[:.][\s\u200e\u200f]?\d{2}\b")  # Windows Mail turns directions inside it
_FORM_NAME = re.compile(r"^[*_]{0,2}\w[\w'’/-]{0,24}(?: [\w'’/-]{1,24}){0,2}[*_]{0,2} ?:[*_]{0,2}(?:\s|$)")


def field_of(line: Line) -> Field | None:
    """Return what a header line tells, or None when it begins with no field name."""
    name, colon, _ = line.bare[:_NAME_WITHIN].replace("：", ":").partition(":")
    if not colon:
        return None
    field = FIELD_OF.get(name.replace("*", " ").replace("_", " ").strip().lower())
    return field if field and _NAME.match(line.bare) else None  # a look at the table first, since few lines have a name


def _names_sending(line: Line) -> bool:
    """Whether a date is when a mail was sent, and not one of a form."""
    name = _NAME.match(line.bare)
    return name is not None and name[1].strip().lower() not in _PLAIN_DATES


def header_block_end(lines: Sequence[Line], start: int) -> int | None:
    """Return the index after the header block that begins with `lines[start]`, or None when there is none."""
    found: set[Field] = set()
    has_address = has_time = has_sent = False
    end, last, depth = start, min(len(lines), start + MOST_LINES), lines[start].depth
    for at in range(start, last):
        line = lines[at]
        field = field_of(line) if line.depth == depth else None
        if field:
            if field is Field.TRANSPORT:
                return None
            if field is Field.FROM and field in found and not lines[at - 1].bare:
                break  # the next block
            found.add(field)
            end = at + 1
        elif line.depth != depth or at - end >= MOST_WRAPPED or (line.bare and at > end and not lines[at - 1].bare):
            break
        elif end == at and ":" in line.bare and _FORM_NAME.match(line.bare):
            if not (has_sent and has_address and Field.FROM in found):
                return None  # a key that no mail client writes: a form, whose content is the writer's
            end = at + 1
        has_address = has_address or "@" in line.bare
        if field and field is Field.DATE and _TIME.search(line.bare):
            has_time, has_sent = True, has_sent or _names_sending(line)
    found.discard(Field.OTHER)
    if len(found) < 2:
        return None
    is_short = (
        has_address
        and has_time
        and (Field.FROM in found or field_of(lines[start]) is Field.DATE)
        and not (start and _FORM_NAME.match(lines[start - 1].bare))
    )
    is_full = Field.FROM in found and len(found) >= 3 and (Field.SUBJECT in found or has_address or has_sent)
    return end if is_short or is_full else None
