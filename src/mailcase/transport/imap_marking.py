"""How a server is told that a mail is stored: with what it offers, and never touching a mail that is not ours.

A plain EXPUNGE would also destroy what a colleague marked as deleted, so only UID EXPUNGE (RFC 4315) and UID MOVE
(RFC 6851) are used; a server without them keeps its mail.
"""

import imaplib
from collections.abc import Collection, Sequence
from enum import StrEnum

from imap_tools.errors import UnexpectedCommandStatusError

from mailcase.transport.account import AfterFiling, ImapAccount

# Keeps a command below the 8,192 bytes that RFC 7162 section 4 asks servers to take.
UIDS_PER_COMMAND = 500


class Marking(StrEnum):
    """What is really done with a stored mail on this server."""

    NOTHING = "nothing"
    KEYWORD = "keyword"
    """UID STORE +FLAGS.SILENT."""
    MOVE = "move"
    """UID MOVE."""
    COPY_AND_EXPUNGE = "copy and expunge"
    """UID COPY, then \\Deleted and UID EXPUNGE of exactly these."""
    DELETION = "deletion, some time after it is filed"
    """Nothing yet; later \\Deleted and UID EXPUNGE of exactly these."""


WAYS_TO_MOVE = {"MOVE": Marking.MOVE, "UIDPLUS": Marking.COPY_AND_EXPUNGE}
"""By capability, the better way first."""


def choose(
    account: ImapAccount, *, capabilities: Collection[str], permanent_flags: Collection[str], is_read_only: bool
) -> tuple[Marking, str]:
    """Return what can be done of what `account` asks for, and one line about what cannot (empty when all can)."""
    if account.after_filing is AfterFiling.KEEP:
        return Marking.NOTHING, ""
    if is_read_only:
        undone = "not deleted" if account.after_filing is AfterFiling.DELETE else "neither marked nor moved"
        return Marking.NOTHING, f"{account.folder} is read-only: stored mail is {undone}"
    if account.after_filing is AfterFiling.DELETE:
        if "UIDPLUS" in capabilities:
            return Marking.DELETION, ""
        # A plain EXPUNGE would take what others marked as deleted along with it, so not even \\Deleted is set.
        return Marking.NOTHING, f"the server has no UIDPLUS: stored mail is not deleted from {account.folder}"
    if account.after_filing is AfterFiling.MOVE:
        ways = (way for capability, way in WAYS_TO_MOVE.items() if capability in capabilities)
        limitation = f"the server has neither MOVE nor UIDPLUS: stored mail stays in {account.folder}"
    else:
        # RFC 9051 section 7.1: \* says that new keywords may be made.
        known = {flag.lower() for flag in permanent_flags}
        ways = (Marking.KEYWORD for flag in ("\\*", account.keyword.lower()) if flag in known)
        limitation = f"the server stores no keywords in {account.folder}: stored mail is not marked there"
    marking = next(ways, Marking.NOTHING)
    return marking, limitation if marking is Marking.NOTHING else ""


def mark(client: imaplib.IMAP4, marking: Marking, account: ImapAccount, target: str, uids: Sequence[int]) -> None:
    """Carry out `marking` for `uids` of the selected folder; UIDs that are gone are passed over.

    `target` is the encoded name of the folder to move to. Raises what imaplib and imap-tools raise.
    """
    for start in range(0, len(uids), UIDS_PER_COMMAND):
        numbers = uid_set(uids[start : start + UIDS_PER_COMMAND])
        for command in _commands(marking, account.keyword, target):
            _done(client.uid(command[0], numbers, *command[1:]))


def delete(client: imaplib.IMAP4, uids: Sequence[int]) -> None:
    """Delete messages of the selected folder for good; UIDs that are gone are passed over. Takes a server with UIDPLUS."""
    for start in range(0, len(uids), UIDS_PER_COMMAND):
        numbers = uid_set(uids[start : start + UIDS_PER_COMMAND])
        _done(client.uid("STORE", numbers, "+FLAGS.SILENT", "(\\Deleted)"))
        _done(client.uid("EXPUNGE", numbers))


def uid_set(uids: Sequence[int]) -> str:
    """Return a sequence-set (RFC 9051 section 9) of ascending `uids`, runs written as ranges."""
    runs: list[list[int]] = []
    for uid in uids:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{first:d}" if first == last else f"{first:d}:{last:d}" for first, last in runs)


def _commands(marking: Marking, keyword: str, target: str) -> tuple[tuple[str, ...], ...]:
    match marking:
        case Marking.NOTHING | Marking.DELETION:
            return ()
        case Marking.KEYWORD:
            return (("STORE", "+FLAGS.SILENT", f"({keyword})"),)
        case Marking.MOVE:
            return (("MOVE", target),)
        case Marking.COPY_AND_EXPUNGE:
            return (("COPY", target), ("STORE", "+FLAGS.SILENT", "(\\Deleted)"), ("EXPUNGE",))


def _done(answer: tuple[str, list[bytes]]) -> None:
    if answer[0] != "OK":
        raise UnexpectedCommandStatusError(command_result=answer, expected="OK")
