"""Address lists of header fields (RFC 5322 section 3.4), read the way people write them.

A tolerant tokenizer, linear in its input and without recursion: quoted names, names in comments, groups, missing
brackets and quotes, encoded words with commas in them. What is between angle brackets wins over everything else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailcase.domain.email import Address
from mailcase.mail import words

TOKEN = re.compile(
    r"""(?P<space>[ \t\xa0\u3000]+)
      | (?P<word>=\?[^?\s]+\?[bBqQ]\?[^?]*\?=)
      | "(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)"
      | <(?P<angle>[^<>]*)>
      | <(?P<cut>[^<>,;]*)
      | (?P<mark>[,;:])
      | (?P<open>\()
      | (?P<atom>[^\s"(<,;:>@\[]*@\[[^\]\s]*\]|[^\s"(<,;:>]+)
      | (?P<stray>.)""",
    re.VERBOSE | re.DOTALL,
)
PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
COMMENT = re.compile(r"\([^()]*\)")
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
INVISIBLE = re.compile(r"[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")  # pasted along with an address
QUOTED_LOCAL = re.compile(r'(?:"(?:[^"\\]|\\.)*"@|\S)+')  # RFC 5322 section 3.4.1: blanks belong to it
UNDISCLOSED = "undisclosed"
BARE = re.compile(r"[\w.+-]+$", re.ASCII)
LIST_MARKS = ",;"
LOOSE_DOMAIN = re.compile(r"@[\w.-]++(?:[ \t]++\.[ \t]*+[\w-]++)++")  # RFC 5322 section 4.4, obs-domain
# Nine values of ten: one address, with or without a name of plain letters, quoted or not. The tokenizer reads the rest.
PLAIN = re.compile(
    r"""[ \t]*(?:(?:"([A-Za-z0-9][A-Za-z0-9 .'_-]*+)"|([A-Za-z0-9][A-Za-z0-9 .'_-]*+))?[ \t]*+<([\w.+=-]+@[A-Za-z0-9.-]+)>
      |([\w.+=-]+@[A-Za-z0-9.-]+))[ \t]*""",
    re.VERBOSE | re.ASCII,
)


@dataclass(slots=True)
class _Pending:
    """The address being read."""

    phrase: list[str] = field(default_factory=list)
    """Tokens and the blanks between them."""
    comments: list[str] = field(default_factory=list)
    angle: str | None = None

    def is_blank(self) -> bool:
        return self.angle is None and not self.comments and not "".join(self.phrase).strip()


def parse(values: Iterable[str], hint: str | None = None) -> tuple[Address, ...]:
    """Return the addresses of unfolded field values whose encoded words are not yet decoded, in order."""
    found: list[Address] = []
    for text in values:
        plain = PLAIN.fullmatch(text)
        if plain is not None:
            found.append(_plain(*plain.groups(default="")))
            continue
        here = _list(text, hint)
        if not here and (decoded := words.decode(text, hint)) != text:  # the brackets themselves were encoded
            here = _list(decoded, hint)
        found += here
    return tuple(found)


def _plain(quoted: str, bare: str, angle: str, alone: str) -> Address:
    """Return the address of a value that PLAIN matches."""
    local, _, domain = (angle or alone).rpartition("@")
    return Address(address=f"{local}@{domain.lower()}", name=_unquoted(" ".join((quoted or bare).split())))


def _list(text: str, hint: str | None) -> list[Address]:
    """Return the addresses of one value."""
    text = LOOSE_DOMAIN.sub(lambda found: "".join(found[0].split()), text)
    found: list[Address] = []
    orphan = ""  # a piece without an address: the first half of an unquoted `Last, First <…>`
    for pending, closer in _pieces(text):
        addresses = _finish(pending, hint)
        if addresses and orphan and pending.angle is not None:
            first = addresses[0]
            addresses[0] = Address(address=first.address, name=f"{orphan}, {first.name}" if first.name else orphan)
        orphan = "" if addresses or closer == ";" or pending.angle is not None else _name(pending, hint)
        found += addresses
    if not found and BARE.match(orphan_text(text)) and not text.lower().startswith(UNDISCLOSED):
        found.append(Address(address=orphan_text(text), name=_comment_name(text, hint)))
    return found


def orphan_text(text: str) -> str:
    """Return a value without its comments: `MAILER-DAEMON (Mail Delivery System)` names a local mailbox."""
    return text.split("(", 1)[0].strip()


def _comment_name(text: str, hint: str | None) -> str:
    """Return what the first comment says."""
    inside = text.partition("(")[2].rpartition(")")[0]
    return words.decode(inside, hint).strip()


def _pieces(text: str) -> Iterable[tuple[_Pending, str]]:
    """Cut a value at its commas, semicolons and group names; yield each piece with the mark that closed it."""
    pending, at = _Pending(), 0
    is_open = True  # while comments close: after one that does not, parentheses are just characters
    while (token := TOKEN.match(text, at)) is not None:
        kind, at = token.lastgroup or "stray", token.end()
        if kind == "open":
            close = _comment_end(text, at) if is_open else -1
            is_open = close >= 0
            if close >= 0:
                pending.comments.append(text[at:close])
                at = close + 1
                pending.phrase.append("" if text.startswith("@", at) else " ")
        elif kind in ("angle", "cut"):
            if _is_next(pending, token[kind]):
                yield pending, ","
                pending = _Pending()
            _take_angle(pending, token[kind])
        elif kind == "mark":
            if token["mark"] in LIST_MARKS:
                yield pending, token["mark"]
                pending = _Pending()
            elif (
                pending.angle is None and text.find(";", at) >= 0 and not any("@" in piece for piece in pending.phrase)
            ):
                pending = _Pending()  # that was the name of a group
            else:
                pending.phrase.append(":")
            continue
        elif kind != "stray":
            piece = token[kind]
            is_local = kind == "quoted" and text.startswith("@", at)  # RFC 5322 section 3.4.1
            piece = ESCAPED.sub(r"\1", piece) if kind == "quoted" else piece
            pending.phrase.append(f'"{piece}"' if is_local else piece)
    yield pending, ""


def _is_next(pending: _Pending, inside: str) -> bool:
    """Tell whether a bracketed address right behind another, both without a name, is one more: the comma was left out."""
    return (
        pending.angle is not None
        and not "".join(pending.phrase).strip()
        and _is_whole(pending.angle.strip())
        and _is_whole(inside.strip())
        and _clean(inside) != _clean(pending.angle)
    )


def _take_angle(pending: _Pending, inside: str) -> None:
    """Keep the last bracketed text that has an @; what it pushes out belongs to the name."""
    if pending.angle is None or "@" not in pending.angle or "@" in inside:
        if pending.angle:
            pending.phrase.append(pending.angle)
        pending.angle = inside
    else:
        pending.phrase.append(inside)


def _comment_end(text: str, at: int) -> int:
    """Return the offset of the parenthesis that closes a comment opened just before `at`, or -1."""
    depth = 1
    for mark in PARENTHESIS.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.start()
    return -1


def _finish(pending: _Pending, hint: str | None) -> list[Address]:
    """Return the address of one piece; more than one when blanks stand where commas should."""
    phrase = "".join(pending.phrase)
    said = QUOTED_LOCAL.findall(phrase) if '"' in phrase else phrase.split()
    atoms = [atom for atom in said if _is_whole(_clean(atom))]
    if pending.angle is not None:
        address = _clean(COMMENT.sub("", pending.angle))
        if _is_whole(address) or (not atoms and BARE.match(address)):
            return [Address(address=address, name=_name(pending, hint))]
    if not atoms:
        return []
    rest = [atom for atom in said if atom not in atoms]
    name = _name(_Pending([" ".join(rest)], pending.comments), hint)
    return [Address(address=_clean(atom), name=name if index == 0 else "") for index, atom in enumerate(atoms)]


def _is_whole(address: str) -> bool:
    """Tell whether there is something on both sides of the last @."""
    local, at, domain = address.rpartition("@")
    return bool(local and at and domain) and not local.endswith(":") and not local.startswith("=?")


def _clean(text: str) -> str:
    """Return an address without blanks, a source route (RFC 5322 section 4.4) or `mailto:`; its domain in lower case."""
    address = "".join(text.split()) if '"' not in text else text.strip()
    if not address.isascii():
        address = INVISIBLE.sub("", address)
    if address.startswith("[") and address.endswith("]"):
        address = address[1:-1]
    address = address.removeprefix("mailto:").strip("<>'()")
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    local, at, domain = address.rpartition("@")
    if not at:
        return words.CONTROLS.sub("", address)
    return words.CONTROLS.sub("", f"{local}@{domain.lower()}")


def _name(pending: _Pending, hint: str | None) -> str:
    """Return the display name, or what the comments say when there is none."""
    phrase = "".join(pending.phrase).strip() or " ".join(ESCAPED.sub(r"\1", comment) for comment in pending.comments)
    return _unquoted(" ".join(words.decode(phrase, hint).split())) if phrase else ""


def _unquoted(name: str) -> str:
    """Return a name without quotes around it; one that stands within it or on one side only is part of it."""
    name = name.strip(' "\\')
    while len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].strip(' "')
    return name
