"""Bytes of a named, misnamed or unnamed character set to text, without ever failing.

The declared name is believed first, as what people mean by it: GB2312 is GBK, ISO-8859-1 is Windows-1252 (the WHATWG
encoding standard maps them the same way). Bytes that do not fit are tried as UTF-8, then by the letters that they make
(`charset_letters`), then looked at by charset-normalizer on a bounded sample, and in the end are read with replacement
characters: something is always shown.
"""

import codecs
import re
from collections.abc import Container
from contextlib import suppress
from functools import lru_cache

from charset_normalizer import from_bytes

from mailcase.mail import charset_letters

SAMPLE = 4_096  # bytes given to detection: its time grows with them, its answer hardly changes
MIN_DETECTABLE = 12  # 8-bit bytes: below that, detection guesses
FEW_ERRORS = 0.05  # of the text: a damaged spot in what is else the declared charset

# What a name means in mail, keyed by `_key`. Left out: names that Python already takes for the right codec.
MEANT = {
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "usascii": "cp1252",
    "ascii": "cp1252",
    "ansix3.41968": "cp1252",
    "iso88599": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "windows874": "cp874",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "iso88596i": "iso8859_6",
    "iso88596e": "iso8859_6",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "euccn": "gb18030",
    "eucgb2312cn": "gb18030",
    "csgb2312": "gb18030",
    "chinese": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows936": "gb18030",
    "big5": "cp950",
    "xbig5": "cp950",
    "cnbig5": "cp950",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "xsjis": "cp932",
    "xshiftjis": "cp932",
    "mskanji": "cp932",
    "windows31j": "cp932",
    "iso2022jp": "iso2022_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "cp50222": "iso2022_jp",
    "csiso2022jp": "iso2022_jp",
    "xeucjp": "euc_jp",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "euckr": "cp949",
    "windows949": "cp949",
    "uft8": "utf_8",
    "utf": "utf_8",
    "utf8mb4": "utf_8",
    "unicode11utf8": "utf_8",
    "unicode11utf7": "utf_7",
    "unicode": "utf_16",
    "macintosh": "mac_roman",
    "xmacroman": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
}
# Python codecs that are not character sets, or that take more than linear time.
UNSAFE = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
# Codecs whose bytes may look like ASCII and must still be decoded.
SEVEN_BIT = re.compile(r"utf-7|hz|utf-16|utf-32|iso2022")
# ISO-2022-JP as it is written: the escape sequences of RFC 1468 and half-width katakana, to codecs of shifted bytes
# that know the vendor rows (circled digits, units) which Python's own codec refuses.
SHIFT = re.compile(rb"\x1b(?:\$[@B]|\(I)")
ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI])")
SHIFTED = {b"$@": "euc_jis_2004", b"$B": "euc_jis_2004", b"(I": "cp932"}
EIGHTH_BIT = bytes(byte | 0x80 for byte in range(256))
# The start of a last UTF-8 character; after ASCII letters only a byte that is no small letter elsewhere.
CUT_SHORT = re.compile(
    rb"(?:[\xc2-\xdf]|(?:(?<=[\x80-\xbf])|\A)[\xe0-\xf4][\x80-\xbf]{0,2}|[\xe0-\xf4][\x80-\xbf]{1,2})\Z"
)
SURROGATE = re.compile(r"[\ud800-\udfff]")
NAME = re.compile(r"[^A-Za-z0-9]*(?:charset\s*=\s*)?[\"']?([^\s\"'*()$;,]*)", re.IGNORECASE)
FAMILY = re.compile(r"(?:x?cp|ibm|dos|ms|win|windows|codepage)(\d{3,5})$")  # code pages by any name


@lru_cache(maxsize=256)
def codec_name(declared: str) -> str | None:
    """Return the canonical name of the Python codec for a declared charset, or None for one that means nothing."""
    match = NAME.match(declared)
    name = match[1] if match else ""
    key = re.sub(r"[^a-z0-9.]", "", name.lower())
    page = FAMILY.match(key)
    for candidate in (MEANT.get(key, name), f"cp{page[1]}" if page else key):
        with suppress(LookupError, ValueError):  # ValueError: NUL in the name
            codec = codecs.lookup(candidate)
            is_text = getattr(codec, "_is_text_encoding", True)
            return codec.name if is_text and codec.name.replace("-", "_") not in UNSAFE else None
    return None


def decode(data: bytes, declared: str | None = None, hint: str | None = None) -> str:
    """Return `data` as text, by the declared charset where it fits; `hint` is the charset of the rest of the mail."""
    codec = codec_name(declared) if declared else None
    if codec is not None and SEVEN_BIT.match(codec):
        return _seven_bit(data, codec)
    if data.isascii():
        japanese = _iso2022_jp(data) if b"\x1b" in data and SHIFT.search(data) else None
        return japanese if japanese is not None else data.decode("ascii")
    for name in (codec if codec != "cp1252" or not _is_utf8(data) else "utf-8", "utf-8"):
        text = _strict(data, name) if name else None
        if text is not None:
            return text
    return _repair(data, codec, codec_name(hint) if hint else None)


def _seven_bit(data: bytes, codec: str) -> str:
    """Decode data whose bytes look like ASCII or hold NULs; plain 8-bit text under such a name is UTF-8."""
    text = _iso2022_jp(data) if codec == "iso2022_jp" else _strict(data, codec)
    if text is None and not data.isascii():
        text = _strict(data, "utf-8") or _by_letters(data, charset_letters.MULTIBYTE)
    return text if text is not None else SURROGATE.sub("\ufffd", data.decode(codec, "replace"))


def _iso2022_jp(data: bytes) -> str | None:
    """Decode Japanese mail (RFC 1468), or return None when it is something else."""
    if not data.isascii():
        return None
    first, *pieces = ESCAPE.split(data)
    out = [first.decode("ascii")]
    for mark, piece in zip(pieces[::2], pieces[1::2], strict=True):
        codec = SHIFTED.get(mark)
        line, end, rest = piece.partition(b"\n")  # RFC 1468: a line ends in ASCII, whether it says so or not
        out.append(line.translate(EIGHTH_BIT).decode(codec, "replace") if codec else line.decode("ascii"))
        out.append((end + rest).decode("ascii"))
    return "".join(out)


def _is_utf8(data: bytes) -> bool:
    """Tell whether 8-bit data is UTF-8; Windows-1252 text is so by accident only when it was UTF-8 once."""
    return _strict(data, "utf-8") is not None


def _strict(data: bytes, codec: str) -> str | None:
    """Decode without repairs, or return None."""
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError):
        return None
    return SURROGATE.sub("\ufffd", text) if codec.startswith("utf") else text


def _repair(data: bytes, codec: str | None, hint: str | None) -> str:
    """Decode data that is neither its declared charset nor UTF-8."""
    if codec == "utf-8" and CUT_SHORT.search(data) and _is_utf8(CUT_SHORT.sub(b"", data)):
        return data.decode(codec, "replace")
    for name in (codec, "utf-8"):
        text = _mostly(data, name) if name else None
        if text is not None:
            return text
    found = _strict(data, hint) if hint and hint != "cp1252" else None  # which decodes nearly anything
    if found is not None:
        return found
    last = "cp1252" if codec is None or codec.startswith("utf") else codec
    return _by_letters(data) or _detect(data) or SURROGATE.sub("\ufffd", data.decode(last, "replace"))


def _by_letters(data: bytes, among: Container[str] = charset_letters.KNOWN) -> str | None:
    """Decode data by the charset that its letters betray, or return None when that is none `among` those allowed."""
    name = charset_letters.recognised(data)
    return data.decode(name, "replace") if name and name in among else None


def _mostly(data: bytes, codec: str) -> str | None:
    """Decode data with a few damaged spots, or return None when it is another charset altogether."""
    text = data.decode(codec, "replace")
    foreign = sum(1 for char in text[:SAMPLE] if char > "\x7f") if not text.isascii() else 0
    if text[:SAMPLE].count("\ufffd") > max(foreign, 1) * FEW_ERRORS * 4:
        return None
    return SURROGATE.sub("\ufffd", text)


def _detect(data: bytes) -> str | None:
    """Let charset-normalizer look at the first 8-bit lines, or return None when there is too little to see."""
    start = next((at for at, byte in enumerate(data[: SAMPLE * 16]) if byte > 0x7F), 0)
    sample = data[max(0, start - 64) : start + SAMPLE]
    if sum(byte > 0x7F for byte in sample) < MIN_DETECTABLE:
        return None
    best = from_bytes(sample, steps=4, chunk_size=512, enable_fallback=False).best()
    name = codec_name(best.encoding) if best else None
    return SURROGATE.sub("\ufffd", data.decode(name, "replace")) if name else None
