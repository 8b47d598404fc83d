"""The hostile mails of docs/security: each must end as one activity or one held mail, never a crash, a hang or a loss.

Every mail is made here, from what it is meant to break. `MAILS` maps its name to a function that makes the bytes, since
some are large.
"""

from base64 import b64encode
from collections.abc import Callable

HEAD = b"From: Mallory <mallory@example.net>\r\nTo: desk@example.com\r\nSubject: help\r\nMIME-Version: 1.0\r\n"
UNKNOWN_CHARSETS = ("x-nothing", "utf-99", "", "idna", "punycode", "unicode_escape", "zlib", "\x00", "x" * 500)


def mail(*fields: bytes, body: bytes = b"My printer is on fire.\r\n", head: bytes = HEAD) -> bytes:
    """Return a mail with some more header fields."""
    return head + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def html(body: bytes) -> bytes:
    """Return a mail whose body is HTML."""
    return mail(b"Content-Type: text/html; charset=utf-8", body=body)


def attached(disposition: bytes, content: bytes = b"x", kind: bytes = b"application/octet-stream") -> bytes:
    """Return a mail with one attachment."""
    part = b"Content-Type: " + kind + b"\r\nContent-Disposition: " + disposition + b"\r\n"
    part += b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(content)
    body = b"--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\n" + part + b"\r\n--b--\r\n"
    return mail(b"Content-Type: multipart/mixed; boundary=b", body=body)


def nested_multipart(depth: int = 600) -> bytes:
    """Multipart in multipart: a reader that recurses overflows its stack."""
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) for level in range(depth)
    )
    return HEAD + opening + b"Content-Type: text/plain\r\n\r\ndeep\r\n"


def nested_messages(depth: int = 1_000) -> bytes:
    """A mail in a mail in a mail."""
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * depth + HEAD + b"\r\ndeep\r\n"


def many_parts(count: int) -> bytes:
    """More parts than anyone sends."""
    return mail(b"Content-Type: multipart/mixed; boundary=b", body=b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n")


def many_attachments(count: int) -> bytes:
    """More files than anyone sends."""
    part = b"--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n"
    return mail(b"Content-Type: multipart/mixed; boundary=b", body=part * count + b"--b--\r\n")


def tnef(cut: int) -> bytes:
    """A winmail.dat that claims more than it has, cut short."""
    data = b"\x78\x9f\x3e\x22\x01\x00" + b"\x02\x02\x90\x06\x00\x0e\x00\x00\x00" + bytes(16)
    data += b"\x02\x10\x80\x01\x00\x05\x00\x00\x00a.txt\x00\x00" + b"\x02\x0f\x80\x06\x00\xff\xff\xff\x7fcontent"
    return attached(b"attachment; filename=winmail.dat", data[:cut], b"application/ms-tnef")


MAILS: dict[str, Callable[[], bytes]] = {
    "multipart in multipart, 600": nested_multipart,
    "mail in mail, 1,000": nested_messages,
    "100,000 parts": lambda: many_parts(100_000),
    "1,001 attachments": lambda: many_attachments(1_001),
    "101 attachments": lambda: many_attachments(101),
    "26 MB attachment": lambda: mail(
        b"Content-Type: multipart/mixed; boundary=b",
        body=b"--b\r\nContent-Type: application/zip\r\n\r\n" + b"x" * 26_000_000 + b"\r\n--b--\r\n",
    ),
    "boundary of dashes": lambda: mail(b"Content-Type: multipart/mixed; boundary=-", body=b"---\r\n-" * 2_000_000),
    "near misses of a boundary": lambda: mail(b"Content-Type: multipart/mixed; boundary=b", body=b"--bx\n" * 3_000_000),
    "child has its parent's boundary": lambda: mail(
        b"Content-Type: multipart/mixed; boundary=b",
        body=b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--b--\r\n",
    ),
    "1,000 parentheses in From": lambda: mail(head=b"From: " + b"(" * 1_000 + b"a@b.example\r\n"),
    "30,000 parentheses in From": lambda: mail(head=b"From: " + b"(" * 30_000 + b")" * 30_000 + b"\r\n"),
    "open quotes in From": lambda: mail(head=b'From: "\\' * 8_000 + b"a@b.example\r\n"),
    "encoded word starts in Subject": lambda: mail(b"Subject: " + b"=?utf-8?q?" * 6_000),
    "blanks in Subject": lambda: mail(b"Subject: " + b" " * 60_000 + b"x"),
    "200 kB To": lambda: mail(b"To: " + b"a@b.example, " * 16_000),
    "1,000 short To": lambda: mail(*[b"To: a@b.example"] * 900),
    "100 kB Content-Type": lambda: mail(b"Content-Type: text/plain; " + b"a=b; " * 20_000),
    "60 kB Content-Type of one word": lambda: mail(b"Content-Type: text/plain; " + b"a" * 60_000),
    "60 kB Content-Type of blanks": lambda: mail(b"Content-Type: text/plain;" + b" " * 60_000 + b"="),
    "60 kB of parameter sections": lambda: mail(
        b"Content-Type: text/plain; " + b"; ".join(b"name*%d*=%%41" % n for n in range(4_000))
    ),
    "50 MB folded field": lambda: mail(b"X-Long: " + b"x\r\n " * 12_500_000),
    "30 MB folded field": lambda: mail(b"X-Long: " + b"x\r\n " * 7_000_000),
    "a million fields": lambda: mail(*[b"X: y"] * 1_000_000),
    "40 MB mail": lambda: mail(body=b"x" * 40_000_000),
    "30 MB of one line": lambda: mail(body=b"x" * 30_000_000),
    "30 MB of line breaks": lambda: mail(body=b"\n" * 30_000_000),
    "30 MB of bare returns": lambda: b"From: a@b.example\r\r" + b"x\r" * 15_000_000,
    "60 Received": lambda: mail(*[b"Received: from a by b"] * 60),
    "100,000 div": lambda: html(b"<div>" * 100_000 + b"deep"),
    "190,000 div": lambda: html(b"<div>" * 190_000 + b"deep"),
    "10,000 open a": lambda: html(b"<a " * 10_000),
    "lists 40 kB deep": lambda: html(b"<ul><li>" * 5_000 + b"deep"),
    "div closed in comments only": lambda: html(b"<div><!--</div>-->" * 24_000),
    "div closed in attributes only": lambda: html(b'<div title="</div>">' * 24_000),
    "div closed in another table": lambda: html(b"<div><table></div></table>" * 12_000),
    "formatting copied into paragraphs": lambda: html(
        b"<p>" + b"".join(b"<b id=%d>" % n for n in range(250)) + b"<p>x" * 20_000
    ),
    "formatting closed in attributes": lambda: html(
        b"<p>" + b"".join(b'<b id=%d title="</b>">' % n for n in range(2_000)) + b"<p>x" * 20_000
    ),
    "100,000 attributes": lambda: html(b"<p " + b" ".join(b"a%d" % n for n in range(100_000)) + b">x"),
    "unclosed attribute": lambda: html(b"<p a='" * 100_000 + b"x"),
    "less-than signs": lambda: html(b"<" * 900_000),
    "open comments": lambda: html(b"<!--" * 200_000),
    "open scripts": lambda: html(b"<script>" * 100_000),
    "open pre": lambda: html(b"<pre>" * 100_000),
    "entities": lambda: html(b"&amp;" * 180_000),
    "style of one brace": lambda: html(b"<style>" + b".a{" * 200_000 + b"</style>x"),
    "20 MB of HTML": lambda: html(b"<p>hello</p>" * 1_700_000),
    **{
        f"charset {name[:20]!r}": lambda name=name: mail(  # type: ignore[misc]
            b'Content-Type: text/plain; charset="' + name.encode() + b'"', body=b"gr\xfc\xdfe " * 5_000
        )
        for name in UNKNOWN_CHARSETS
    },
    "GB2312 that is GBK": lambda: mail(b"Content-Type: text/plain; charset=gb2312", body="镕基囍".encode("gbk")),
    "raw 8-bit header": lambda: mail(b"Subject: gr\xfc\xdfe \x80\x81\xff"),
    "lone surrogates": lambda: mail(b"Subject: =?utf-7?Q?+2AA-?=", body=b"\xed\xa0\x80"),
    "NUL everywhere": lambda: mail(b"Subject: a\x00b", body=b"a\x00b"),
    "bare returns": lambda: b"From: a@b.example\rSubject: x\r\rbody\rmore\r",
    "byte order mark": lambda: b"\xef\xbb\xbf" + mail(),
    "blank first line": lambda: b"\r\n\r\n" + mail(),
    "mbox line first": lambda: b"From mallory Mon Jan  1 00:00:00 2026\n" + mail(),
    "empty file": lambda: b"",
    "white space": lambda: b" \r\n" * 1_000,
    "binary": lambda: bytes(range(256)) * 4_000,
    "no From": lambda: b"To: desk@example.com\r\nSubject: x\r\n\r\nbody",
    "two From": lambda: mail(b"From: other@example.org"),
    "name that is an address": lambda: mail(head=b"From: agent@corp.example <evil@evil.example>\r\n"),
    "encoded line breaks": lambda: mail(b"Subject: =?utf-8?Q?a=0D=0ABcc:_victim@example.org?="),
    "encoded line breaks in a name": lambda: mail(head=b"From: =?utf-8?B?YQ0KVG86IHhAeS56?= <a@b.example>\r\n"),
    **{
        f"file name {name[:20]!r}": lambda name=name: attached(b'attachment; filename="' + name + b'"')  # type: ignore[misc]
        for name in (
            b"../../x",
            b"php://foo",
            b"a\x00.exe",
            "gnp.\u202eexe".encode(),
            b"x" * 500,
            b"",
            b"..",
            b"C:\\a\\b",
        )
    },
    **{f"TNEF cut at {cut}": lambda cut=cut: tnef(cut) for cut in (3, 6, 10, 30, 45, 60, 70, 1_000)},  # type: ignore[misc]
    "calendar reply": lambda: mail(
        b"Content-Type: text/calendar; method=REPLY", body=b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
    ),
    "S/MIME": lambda: mail(
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m",
        b"Content-Transfer-Encoding: base64",
        body=b"MIAGCSqGSIb3DQEHA6CAMIACAQA=",
    ),
    "PGP": lambda: mail(b"Content-Type: multipart/encrypted; boundary=b", body=b"--b\r\n\r\nx\r\n--b--\r\n"),
    "message/partial": lambda: mail(b'Content-Type: message/partial; id="a"; number=1; total=3', body=HEAD + b"\r\nx"),
    "external body": lambda: mail(b"Content-Type: message/external-body; access-type=local-file; name=/etc/passwd"),
    "base64 of nothing": lambda: mail(b"Content-Transfer-Encoding: base64", body=b"=" * 1_000_000),
    "quoted-printable of equal signs": lambda: mail(
        b"Content-Transfer-Encoding: quoted-printable", body=b"= \t" * 1_000_000
    ),
    "begin without end": lambda: mail(body=b"begin 644 a\n" * 200_000),
    "uuencoded noise": lambda: mail(body=b"begin 644 a\n" + b"M" * 5_000_000),
    "8-bit noise without a charset": lambda: mail(body=bytes(range(128, 256)) * 100_000),
}
