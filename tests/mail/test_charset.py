"""Character sets as mail names them."""

import pytest

from mailcase.mail import charset

DECODED = [
    (b"abc", None, "abc", "ASCII"),
    ("grüße".encode(), "utf-8", "grüße", "as declared"),
    ("grüße".encode(), "us-ascii", "grüße", "UTF-8 that calls itself ASCII"),
    ("grüße €".encode("cp1252"), "iso-8859-1", "grüße €", "ISO-8859-1 is Windows-1252"),
    ("镕基".encode("gbk"), "gb2312", "镕基", "GB2312 is GBK"),
    ("镕基".encode("gbk"), "x-gbk", "镕基", "a name that Python lacks"),
    ("grüße".encode(), "UFT-8", "grüße", "a misspelt name"),
    ("grüße".encode(), "DEFAULT", "grüße", "a name that says nothing"),
    ("שלום".encode("iso8859_8"), "iso-8859-8-i", "שלום", "a direction in the name"),
    ("한국어".encode("cp949"), "ks_c_5601-1987", "한국어", "what Outlook calls Korean"),
    (b'\x1b$B-!$"\x1b(B!', "iso-2022-jp", "①あ!", "vendor characters in ISO-2022-JP"),
    ("grüße".encode(), "iso-2022-jp", "grüße", "8-bit text under a seven-bit name"),
    (b"+2AA-", "utf-7", "\ufffd", "a lone surrogate never comes out"),
    ("grüße".encode("cp1252"), "zlib", "grüße", "a codec that is no charset"),
    ("grüße".encode("cp1252"), "\x00", "grüße", "a name with NUL"),
    ("grüße".encode("cp850"), "cp-850", "grüße", "a code page by another name"),
    ("Żółć".encode("cp1250"), "win-1250", "Żółć", "a Windows code page by another name"),
    ("Żółć".encode("iso8859_2"), "iso-8859-2 (Latin 2)", "Żółć", "RFC 2045 section 5.1: a comment after the name"),
    ("ありがとう".encode("iso2022_jp"), None, "ありがとう", "Japanese that is shifted, not declared"),
    ("ありがとう".encode("iso2022_jp"), "utf-8", "ありがとう", "Japanese that is shifted, declared as something else"),
    ("ありがとうございます".encode("cp932"), "iso-2022-jp", "ありがとうございます", "another Japanese charset"),
    ("café fermé".encode("cp1252"), "utf-8", "café fermé", "Latin text under the name of UTF-8"),
    ("grün".encode()[:-2], "utf-8", "gr\ufffd", "UTF-8 that is cut within its last character"),
    (b"gr\xc3\xbc\xc3\x9fe " * 40 + b"\xff", "utf-8", "grüße " * 40 + "\ufffd", "one damaged spot"),
]


@pytest.mark.parametrize(("data", "declared", "text"), [row[:3] for row in DECODED], ids=[row[3] for row in DECODED])
def test_bytes_become_text(data: bytes, declared: str | None, text: str) -> None:
    assert charset.decode(data, declared) == text


def test_the_charset_of_the_mail_helps_where_none_is_named() -> None:
    assert charset.decode("Привет".encode("koi8-r"), None, "koi8-r") == "Привет"


def test_what_names_no_charset_and_is_long_enough_is_recognised() -> None:
    text = "Здравствуйте, у нас не работает принтер, помогите пожалуйста. " * 5
    assert charset.decode(text.encode("cp1251")) == text


SPOKEN = [
    ("Договор аренды", "cp1251 koi8-r iso8859_5 cp866"),
    ("Вопрос по счёту за ноябрь", "cp1251 koi8-r iso8859_5 cp866"),
    ("关于二月份的发票", "gb18030"),
    ("請問訂單何時出貨", "cp950"),
    ("ご注文の確認", "cp932 euc_jp"),
    ("로그인이 안됩니다", "cp949"),
    ("Πότε θα έρθει η παραγγελία;", "cp1253"),
    ("מתי תגיע ההזמנה שלי", "cp1255"),
    ("متى يصل الطلب", "cp1256"),
    ("เมื่อไหร่จะได้รับสินค้า", "cp874"),
    ("Größe der Straßenschilder", "cp1252"),
    ("Où êtes-vous ? Déjà reçu !", "cp1252"),
    ("äöü", "cp1252"),
    ("Proszę o fakturę za zamówienie, które złożyłem", "cp1250"),
    ("Kérjük, küldjék el a díjbekérőt", "cp1250"),
    ("Siparişim henüz ulaşmadı", "cp1254"),
]


@pytest.mark.parametrize(("text", "codec"), [(text, codec) for text, codecs in SPOKEN for codec in codecs.split()])
def test_a_few_words_betray_their_charset(text: str, codec: str) -> None:
    assert charset.decode(text.encode(codec)) == text


@pytest.mark.parametrize("name", ["idna", "punycode", "unicode_escape", "zlib", "rot13", "base64", "undefined", "nope"])
def test_a_codec_that_is_no_charset_is_not_used(name: str) -> None:
    assert charset.codec_name(name) is None
