"""The one place that writes header fields: text, addresses, message ids and parameters, as bytes that end in CRLF.

CR, LF and NUL in a value are refused, never replaced: whoever sends them tries to write a header of their own. What is
not plain ASCII becomes encoded words (RFC 2047) or extended parameters (RFC 2231), and lines are folded at 78 octets.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from mailcase.domain.email import Address
from mailcase.errors import Refused

MAX_LINE = 78  # RFC 5322 section 2.1.1: a line should not be longer
MAX_OCTETS = 998  # RFC 5322 section 2.1.1: a line must not be longer
MAX_ENCODED_WORD = 75  # RFC 2047 section 2
MAX_LOCAL_PART = 64  # RFC 5321 section 4.5.3.1.1
MAX_DOMAIN = 255  # RFC 5321 section 4.5.3.1.2
MAX_MESSAGE_ID = 900  # leaves room for the field name and brackets on one line
MAX_REFERENCES = 900  # octets of message ids in one References field

_FORBIDDEN = re.compile(r"[\r\n\0]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?=.{1,255}\Z)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\.(?!\Z)|\Z))+")
_LITERAL = re.compile(r"\[[0-9A-Fa-f:.]{2,45}\]|\[IPv6:[0-9A-Fa-f:.]{2,45}\]")
_MESSAGE_ID = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+")


def text_field(name: str, value: str) -> bytes:
    """Return the unstructured field `name` that decodes to exactly `value`. Raises Refused for CR, LF or NUL in it."""
    _require_safe(name, value)
    if not value:
        return f"{name}:\r\n".encode("ascii")
    if _is_plain(value):
        return _fold(name, value.split(" "))
    return _fold(name, _encoded_words(value, first=MAX_LINE - len(name) - 2))


def token_field(name: str, value: str) -> bytes:
    """Return a field whose value is written as it is: printable ASCII that fits one line.

    Raises Refused for anything else.
    """
    _require_safe(name, value)
    if not value.isascii() or not value.isprintable() or len(name) + 2 + len(value) > MAX_OCTETS:
        raise Refused(f"{name}: only printable ASCII of {MAX_OCTETS} characters at most can stand there.")
    return f"{name}: {value}\r\n".encode("ascii")


def address_field(name: str, addresses: Sequence[Address], *, is_smtputf8: bool = False) -> bytes:
    """Return the address list `name`, one address after the other (RFC 5322 section 3.6.3).

    Raises Refused for CR, LF or NUL, and for an address that cannot be written: no domain, a domain that DNS could not
    hold, or a non-ASCII local part without `is_smtputf8`.
    """
    words: list[str] = []
    for position, address in enumerate(addresses, 1):
        words += _display_name(name, address.name)
        route = addr_spec(address.address, header=name, is_smtputf8=is_smtputf8)
        route = f"<{route}>" if address.name else route
        words.append(route if position == len(addresses) else route + ",")
    return _fold(name, words, charset="utf-8" if is_smtputf8 else "ascii")


def addr_spec(address: str, *, header: str = "Recipient", is_smtputf8: bool = False) -> str:
    """Return `address` as SMTP and headers write it: the domain in its IDNA form, the local part quoted if it must be.

    Raises Refused, naming `header`, for an address that cannot be written.
    """
    _require_safe(header, address)
    local, at, domain = address.rpartition("@")
    if not at or not local or len(local.encode("utf-8", "replace")) > MAX_LOCAL_PART:
        raise Refused(f"{header}: {address[:100]!r} is not an address.")
    return f"{_local_part(header, local, is_smtputf8=is_smtputf8)}@{_domain(header, domain)}"


def message_ids_field(name: str, ids: Sequence[str]) -> bytes:
    """Return a field of message ids (without angle brackets), or nothing when none can be written.

    Ids of others may be anything: one that is not a plain word with an @ is left out, as no mail client could find its
    mail again by it. Too many are cut in the middle: the first names the thread, the last are the nearest (RFC 5322
    section 3.6.4 lets an agent trim). Raises Refused for CR, LF or NUL.
    """
    for message_id in ids:
        _require_safe(name, message_id)
    usable = [f"<{i}>" for i in dict.fromkeys(ids) if is_message_id(i)]
    return _fold(name, _first_and_last(usable)) if usable else b""


def own_message_id_field(message_id: str) -> bytes:
    """Return the Message-ID field. Raises Refused when it is not a plain word with one @."""
    _require_safe("Message-ID", message_id)
    if not is_message_id(message_id) or message_id.count("@") != 1:
        raise Refused(f"Message-ID: {message_id[:100]!r} is not a message id.")
    return f"Message-ID: <{message_id}>\r\n".encode("ascii")


def parameter_field(name: str, value: str, parameters: Iterable[tuple[str, str]] = ()) -> bytes:
    """Return a MIME field such as Content-Disposition, with ASCII parameters quoted and others as RFC 2231 has them.

    Raises Refused for CR, LF or NUL, and for a `value` or parameter name that is no token.
    """
    words = [value]
    for key, text in parameters:
        _require_safe(name, text)
        words[-1] += ";"
        words += _parameter(key, text)
    return _fold(name, words)


def compatible_name(text: str) -> str:
    """Return a file name for the `name` parameter of Content-Type, as clients read it that know no RFC 2231.

    Those expect encoded words in the quotes, although RFC 2047 section 5 forbids them there; nothing else reads it.
    """
    return text if _is_plain(text) else " ".join(_encoded_words(text, first=MAX_LINE - 10))


def is_message_id(text: str) -> bool:
    """Whether `text`, without angle brackets, can be written as a message id."""
    return len(text) <= MAX_MESSAGE_ID and _MESSAGE_ID.fullmatch(text) is not None


def is_token(text: str) -> bool:
    """Whether `text` is a token of RFC 2045 section 5.1 such as a type or a subtype."""
    return _TOKEN.fullmatch(text) is not None


def _require_safe(name: str, value: str) -> None:
    if _FORBIDDEN.search(value):
        raise Refused(f"{name}: a line break or NUL cannot stand in a header field.")


def _is_plain(text: str) -> bool:
    """Whether text means the same after folding, unfolding and decoding: printable ASCII with single spaces within."""
    return (
        text.isascii()
        and text.isprintable()
        and "=?" not in text
        and "  " not in text
        and text[:1] != " " != text[-1:]
        and max(map(len, text.split(" "))) <= MAX_OCTETS // 2
    )


def _encoded_words(text: str, *, first: int) -> list[str]:
    """Return `text` as encoded words, the first at most `first` characters long, each of whole characters."""
    words: list[str] = []
    chunk = bytearray()
    room = _room(min(first, MAX_ENCODED_WORD))
    for character in text:
        octets = character.encode("utf-8", "replace")  # a lone surrogate becomes "?"
        if len(chunk) + len(octets) > room:
            words.append(_encoded_word(chunk))
            chunk, room = bytearray(), _room(MAX_ENCODED_WORD)
        chunk += octets
    return [*words, _encoded_word(chunk)]


def _room(length: int) -> int:
    """Octets of text that base64 fits into an encoded word of `length`; always enough for one character."""
    return max((length - len("=?utf-8?b??=")) // 4 * 3, 4)


def _encoded_word(octets: bytes | bytearray) -> str:
    # Base64 alone: the Q encoding differs between text and phrases, and nobody reads either.
    return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="


def _display_name(header: str, name: str) -> list[str]:
    _require_safe(header, name)
    if not name:
        return []
    if _ATOMS.fullmatch(name) and _is_plain(name):
        return name.split(" ")
    if _is_plain(name) and len(name) <= MAX_LINE - len(header) - 6:
        return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"']
    return _encoded_words(name, first=MAX_LINE - len(header) - 2)


def _local_part(header: str, local: str, *, is_smtputf8: bool) -> str:
    if local.isascii():
        if _DOT_ATOM.fullmatch(local):
            return local
        if not local.isprintable():
            raise Refused(f"{header}: a control character cannot stand in an address.")
        if len(local) > 2 and local[0] == local[-1] == '"':
            local = re.sub(r"\\(.)", r"\1", local[1:-1])
        elif "@" in local:  # two addresses run together rather than one
            raise Refused(f"{header}: {local!r} has an @ too many.")
        return '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    # RFC 6532 section 3.2 adds every non-ASCII character to atext; white space and controls stay out.
    if not is_smtputf8 or not all(character.isprintable() and character not in ' "(),:;<>@[\\]' for character in local):
        raise Refused(f"{header}: {local!r} needs a mail server with SMTPUTF8 (RFC 6531); write to an ASCII address.")
    return local


def _domain(header: str, domain: str) -> str:
    if _LITERAL.fullmatch(domain):
        return domain
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise Refused(f"{header}: {domain[:100]!r} is not a domain.") from error
    if not _DOMAIN.fullmatch(ascii_domain):
        raise Refused(f"{header}: {domain[:100]!r} is not a domain.")
    return ascii_domain


def _first_and_last(ids: list[str]) -> list[str]:
    room = MAX_REFERENCES - len(ids[0])
    kept: list[str] = []
    for message_id in reversed(ids[1:]):
        room -= len(message_id) + 1
        if room < 0:
            break
        kept.append(message_id)
    return [ids[0], *reversed(kept)]


def _parameter(key: str, text: str) -> list[str]:
    if _is_plain(text) and len(text) <= MAX_LINE - len(key) - 6:
        return [f'{key}="' + text.replace("\\", "\\\\").replace('"', '\\"') + '"']
    if key == "name" and text.startswith("=?utf-8?"):  # made by `compatible_name`
        return f'{key}="{text}"'.split(" ")
    # RFC 2231 sections 3 and 4: numbered pieces, the first tells the character set.
    encoded = quote(text, safe="!#$&+-.^_`|~", encoding="utf-8", errors="replace")
    room = MAX_LINE - len(key) - 14
    if len(encoded) <= room:
        return [f"{key}*=utf-8''{encoded}"]
    pieces = re.findall(rf"(?:%..|[^%]){{1,{room // 3}}}", encoded)
    marked = [f"{key}*0*=utf-8''{pieces[0]}", *(f"{key}*{n}*={piece}" for n, piece in enumerate(pieces[1:], 1))]
    return [*(f"{piece};" for piece in marked[:-1]), marked[-1]]


def _fold(name: str, words: list[str], *, charset: str = "ascii") -> bytes:
    """Return `name: words` with a line break before each word that would not fit (RFC 5322 section 2.2.3)."""
    lines: list[str] = []
    line = f"{name}:"
    for position, word in enumerate(words):
        if position and len(line) + 1 + len(word) > MAX_LINE:
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line, ""]).encode(charset)
