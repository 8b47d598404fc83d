"""Names of folders on an IMAP server: how they are written to it, and which there are.

A name is in modified UTF-7 (RFC 3501 section 5.1.3), or in UTF-8 once both sides agreed on that (RFC 6855). Folders of
other people and shared ones stand in namespaces of their own (RFC 2342), which a plain LIST leaves out on some servers.
"""

import difflib
import imaplib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from imap_tools.imap_utf7 import utf7_decode, utf7_encode

from mailcase.errors import Unavailable

MOST_NAMED = 50
"""Folders that an error names; an archive may have thousands."""
LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"(?:\\.|[^"\\])*"|NIL) (?P<name>.*)', re.DOTALL)
PREFIX = re.compile(r'\("((?:\\.|[^"\\])*)" (?:"(?:\\.|[^"\\])*"|NIL)')
LITERAL = re.compile(rb"\{\d+\+?\}$")
DELIMITERS = str.maketrans(dict.fromkeys("./\\", "/"))


def enable_utf8(client: imaplib.IMAP4, capabilities: Collection[str]) -> bool:
    """Agree with the server on names in UTF-8, and mail with headers in UTF-8, if it can; return whether it can.

    Without that a server may hide such mail, or hand out something else in its place (RFC 6855 section 3).
    """
    if "ENABLE" not in capabilities or not {"UTF8=ACCEPT", "UTF8=ONLY"} & set(capabilities):
        return False
    try:
        status, _ = client.enable("UTF8=ACCEPT")
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:  # BAD: it only says that it can
        return False
    told = client.response("ENABLED")[1]
    return status == "OK" and any(b"UTF8=ACCEPT" in (one or b"").upper() for one in told)


def quoted(name: str, *, is_utf8: bool) -> str:
    """Return the name of a folder as it stands in a command."""
    raw = name if is_utf8 else utf7_encode(name).decode("ascii")
    return '"' + raw.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folder_names(client: imaplib.IMAP4, capabilities: Collection[str], *, is_utf8: bool) -> list[str]:
    """Return every folder that can be opened, also of other people and shared ones, as people write its name."""
    patterns = ['"*"', *(f'"{prefix}*"' for prefix in _prefixes(client, capabilities))]
    found: dict[str, None] = {}
    for pattern in patterns:
        _, lines = client.list('""', pattern)
        found |= dict.fromkeys(_names(lines, is_utf8=is_utf8))
    return list(found)


def no_such_folder(where: str, folder: str, answer: str, others: Sequence[str]) -> Unavailable:
    """Return the error for a folder that cannot be opened; `others` are those that there are."""
    wanted = folder.translate(DELIMITERS)
    alike = [other for other in others if other.translate(DELIMITERS).casefold() == wanted.casefold()]
    alike = alike or difflib.get_close_matches(folder, others, n=1)
    guess = f"Did you mean {alike[0]}? " if alike else ""
    named = ", ".join(others[:MOST_NAMED]) or "none"
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    return Unavailable(
        f"{where}: the folder {folder} cannot be opened ({answer})",
        remedy=f"{guess}Folders of this account: {named}{more}.",
    )


def _prefixes(client: imaplib.IMAP4, capabilities: Collection[str]) -> list[str]:
    """Return the beginnings of the names of other people's and shared folders, as the server writes them."""
    if "NAMESPACE" not in capabilities:
        return []
    _, told = client.namespace()
    text = b" ".join(line for line in told if line).decode("utf-8", "replace")
    return [prefix for prefix in dict.fromkeys(PREFIX.findall(text)) if prefix]


def _names(lines: Iterable[bytes | tuple[bytes, bytes] | None], *, is_utf8: bool) -> Iterator[str]:
    for line in lines:
        # A name with odd characters comes as a literal behind the line.
        text = LITERAL.sub(b"", line[0]) + line[1] if isinstance(line, tuple) else line
        found = LISTED.fullmatch(text) if text else None
        if found is None or b"\\noselect" in found["flags"].lower() or b"\\nonexistent" in found["flags"].lower():
            continue
        name = found["name"]
        if name.startswith(b'"') and name.endswith(b'"'):
            name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
        yield name.decode("utf-8", "replace") if is_utf8 else _decoded(name)


def _decoded(name: bytes) -> str:
    try:
        return utf7_decode(name)
    except ValueError:  # not the modified UTF-7 that it should be
        return name.decode("utf-8", "replace")
