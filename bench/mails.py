"""Seeded support mail: the same every time, in the forms and charsets that desks see; 4 kB, some with large files."""

import base64
import quopri
import random
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime

from bench.servers import USER
from mailcase.domain.number import format_number
from mailcase.domain.token import Party, Token
from mailcase.mail.thread import mint_address, mint_message_id

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
REPLIES = 0.2  # of all mails
MEDIUM_BYTES, LARGE_BYTES = 100_000, 1_000_000  # of attachments
FILE_WEIGHTS = (85, 10, 5)  # none, medium, large
SENDERS = 300


@dataclass(frozen=True, slots=True)
class Tongue:
    """Words of one language, in a charset that its mail programs use."""

    charset: str
    names: tuple[str, ...]
    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


TONGUES = (
    Tongue(
        "utf-8",
        ("Maja Lindqvist", "Tom O’Hara", "Priya Nair"),
        ("Where is my parcel?", "Printer prints every other page", "Invoice {n} is wrong", "urgent: cannot log in"),
        (
            "The parcel was to be here on Monday, and the tracking page has not changed since.",
            "I switched it off and on again as the manual says, but it did not help.",
            "Could you please tell me when somebody can look at it?",
            "My order is AB-{n:06d}, in case you need it.",
        ),
    ),
    Tongue(
        "us-ascii",
        ("Jane Smith", "Bob Miller"),
        ("Question about my account", "Laptop does not start", "Refund for order {n}"),
        (
            "I would like to know how the second user can be added to our account.",
            "Since the last update the machine shows a black screen and nothing else.",
            "Please let me know which documents you need from us.",
        ),
    ),
    Tongue(
        "iso-8859-1",
        ("Jürgen Groß", "Käthe Möller"),
        ("Rechnung {n} prüfen", "Drucker druckt nicht", "Störung seit heute früh"),
        (
            "Seit heute früh können wir uns nicht mehr anmelden, und das Gerät zeigt nur noch eine Störung an.",
            "Könnten Sie uns bitte mitteilen, wann wir mit einem Techniker rechnen dürfen?",
            "Für Rückfragen erreichen Sie uns täglich bis fünf Uhr.",
        ),
    ),
    Tongue(
        "windows-1252",
        ("Hélène Béranger", "Noël Dupré"),
        ("Facture n° {n}", "Problème d’accès à l’espace client"),
        (
            "Je n’arrive plus à me connecter à l’espace client depuis hier soir.",
            "Le message d’erreur dit que le compte n’existe pas – c’est étonnant.",
            "Merci de me répondre dès que possible, la livraison est prévue demain.",
        ),
    ),
    Tongue(
        "koi8-r",
        ("Анна Петрова", "Иван Смирнов"),
        ("Вопрос по заказу {n}", "Не приходит посылка"),
        (
            "Здравствуйте, посылка должна была прийти ещё на прошлой неделе.",
            "Пожалуйста, сообщите, где она сейчас находится.",
        ),
    ),
    Tongue(
        "iso-2022-jp",
        ("山田太郎", "佐藤花子"),
        ("注文番号 {n} について", "ログインできません"),
        ("昨日から管理画面にログインできなくなりました。", "ご確認のほどよろしくお願いいたします。"),
    ),
    Tongue(
        "gb2312",
        ("王小明", "李华"),
        ("订单 {n} 还没有收到", "打印机坏了"),
        ("我上周订的货到现在还没有收到。", "请尽快帮我查一下，谢谢。"),
    ),
)
WEIGHTS = (45, 15, 12, 10, 6, 6, 6)


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME part: its header lines and its encoded body."""

    headers: tuple[str, ...]
    body: bytes

    def written(self) -> bytes:
        """Return it as bytes."""
        return "\r\n".join(self.headers).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case that an earlier mail opens, and who wrote that."""

    case_id: int
    contact_id: int
    number: int
    """Of the mail."""
    tongue: Tongue


@dataclass(frozen=True, slots=True)
class Answer:
    """What makes a mail an answer: where it goes to, and the header fields that thread it."""

    to: str = USER
    fields: tuple[str, ...] = ()


NO_ANSWER = Answer()


class Seeded:
    """`count` mails to the desk; the replies among them answer cases that the earlier ones open.

    The desk numbers cases and contacts from 1 in the order of receipt, so the tokens of our acknowledgements are known
    before the cases are there.
    """

    def __init__(
        self, count: int, secret: bytes, *, seed: int = 7, opening: int | None = None, has_files: bool = True
    ) -> None:
        """Only the cases of the first `opening` mails are answered, if that is given."""
        self.count = count
        self._opening = count if opening is None else opening
        self._sizes = (0, MEDIUM_BYTES if has_files else 0, LARGE_BYTES if has_files else 0)
        self.cases = 0
        self.replies = 0
        self._secret = secret
        self._random = random.Random(seed)
        self._file = self._random.randbytes(LARGE_BYTES)
        self._contacts: dict[str, int] = {}
        self._opened: list[Opened] = []

    def __iter__(self) -> Iterator[bytes]:
        for number in range(1, self.count + 1):
            is_reply = len(self._opened) >= 10 and self._random.random() < REPLIES
            yield self._reply(number) if is_reply else self._question(number)

    def _question(self, number: int) -> bytes:
        self.cases += 1
        tongue = self._random.choices(TONGUES, WEIGHTS)[0]
        address = f"customer{self._random.randrange(SENDERS)}@example{number % 40}.com"
        contact = self._contacts.setdefault(address, len(self._contacts) + 1)
        if number <= self._opening:
            self._opened.append(Opened(self.cases, contact, number, tongue))
        subject = self._random.choice(tongue.subjects).format(n=number)
        return self._written(number, tongue, address, subject, self._text(number, tongue))

    def _reply(self, number: int) -> bytes:
        self.replies += 1
        to = self._random.choice(self._opened)
        address = next(name for name, contact in self._contacts.items() if contact == to.contact_id)
        token = Token(case_id=to.case_id, party=Party.CUSTOMER, party_id=str(to.contact_id))
        answered = mint_message_id(token, self._secret, f"nonce{to.number}", "desk.example")
        threading = (
            f"In-Reply-To: <{answered}>",
            f"References: <{to.number}.{to.number}@mail.example.com>\r\n <{answered}>",
        )
        recipient = mint_address(token, self._secret, USER) if number % 2 else USER
        quoted = "\n".join(f"> {line}" for line in self._text(to.number, to.tongue).splitlines())
        text = (
            f"{self._text(number, to.tongue)}\n\nOn Mon, 2 Mar 2026 at 09:14, The Desk <{recipient}> wrote:\n{quoted}"
        )
        subject = f"Re: [{format_number(to.case_id)}] {to.tongue.subjects[0].format(n=to.number)}"
        return self._written(number, to.tongue, address, subject, text, Answer(recipient, threading))

    def _text(self, number: int, tongue: Tongue) -> str:
        paragraphs = [
            textwrap.fill(" ".join(self._random.choices(tongue.sentences, k=4)).format(n=number), 76) for _ in range(5)
        ]
        name = tongue.names[number % len(tongue.names)]
        return (
            "\n\n".join(paragraphs) + f"\n\n-- \n{name}\nExample {number % 40} Ltd.\n+44 20 7946 0{number % 1000:03d}"
        )

    def _written(
        self, number: int, tongue: Tongue, address: str, subject: str, text: str, answer: Answer = NO_ANSWER
    ) -> bytes:
        body = self._body(number, tongue, text)
        size = self._random.choices(self._sizes, FILE_WEIGHTS)[0]
        if size:
            body = multipart("mixed", number, [body, self._attachment(number, size)])
        at = START + timedelta(seconds=number)
        name = Header(tongue.names[number % len(tongue.names)], tongue.charset).encode()
        lines = [
            f"Return-Path: <{address}>",
            f"Delivered-To: {answer.to}",
            *(
                f"Received: from relay{hop}.example.com (relay{hop}.example.com [192.0.2.{hop + 1}])\r\n"
                f"\tby mx{hop}.desk.example with ESMTPS id {number:08x}{hop}; {format_datetime(at)}"
                for hop in range(3)
            ),
            signature(number),
            f"From: {name} <{address}>",
            f"To: The Desk <{answer.to}>",
            f"Subject: {Header(subject, tongue.charset, header_name='Subject').encode(linesep=chr(13) + chr(10))}",
            f"Date: {format_datetime(at)}",
            f"Message-ID: <{number}.{number}@mail.example.com>",
            *answer.fields,
            "MIME-Version: 1.0",
            "X-Mailer: Example Mail 12.1",
        ]
        return "\r\n".join(lines).encode() + b"\r\n" + body.written()

    def _body(self, number: int, tongue: Tongue, text: str) -> Part:
        plain = text_part("plain", tongue.charset, text, number)
        if number % 5 < 2:
            return plain
        paragraphs = "".join(f"<p style='margin:0 0 1em'>{line}</p>\n" for line in text.split("\n\n"))
        html = f"<html><head><style>p {{font: 11pt Calibri}}</style></head><body><div dir=ltr>{paragraphs}</div></body></html>"
        return multipart("alternative", number, [plain, text_part("html", tongue.charset, html, number)])

    def _attachment(self, number: int, size: int) -> Part:
        start = self._random.randrange(1000)
        content = base64.encodebytes(b"%08d" % number + self._file[start : start + size]).replace(b"\n", b"\r\n")
        name = f"scan {number}.pdf"
        return Part(
            (
                f'Content-Type: application/pdf; name="{name}"',
                "Content-Transfer-Encoding: base64",
                f'Content-Disposition: attachment; filename="{name}"',
            ),
            content,
        )


def text_part(kind: str, charset: str, text: str, number: int) -> Part:
    """Return a text part, encoded as mail programs do for its charset."""
    content = text.replace("\n", "\r\n").encode(charset, "xmlcharrefreplace")
    if charset in ("us-ascii", "iso-2022-jp"):
        encoding, body = "7bit", content
    elif number % 3 == 0:
        encoding, body = "base64", base64.encodebytes(content).replace(b"\n", b"\r\n")
    else:
        encoding = "quoted-printable"
        body = quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return Part((f"Content-Type: text/{kind}; charset={charset}", f"Content-Transfer-Encoding: {encoding}"), body)


def multipart(kind: str, number: int, parts: list[Part]) -> Part:
    """Return the parts as one."""
    boundary = f"=_{kind}_{number:08x}"
    body = b"".join(f"--{boundary}\r\n".encode() + part.written() + b"\r\n" for part in parts)
    return Part((f'Content-Type: multipart/{kind}; boundary="{boundary}"',), body + f"--{boundary}--\r\n".encode())


def signature(number: int) -> str:
    """Return a DKIM signature as long as they are."""
    digest, signed = (base64.b64encode(b"%0*d" % (length, number)).decode() for length in (32, 192))
    return (
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;\r\n"
        f"\th=from:to:subject:date; bh={digest};\r\n\tb={signed}"
    )
