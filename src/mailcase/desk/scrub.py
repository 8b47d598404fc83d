"""What must not go out with an agent's words: quoted notices, internal notes, and reply tokens (GUARANTEES G14)."""

from collections.abc import Iterable

from mailcase.domain.email import Attachment
from mailcase.errors import Refused
from mailcase.mail.compose import LOOP_HEADER
from mailcase.mail.letter import INTERNAL
from mailcase.mail.thread import hides_tokens, without_tokens


def scrub(words: str, public: Iterable[str]) -> str:
    """Return an agent's words as they may go to the customer.

    Quoted lines stay only when they are the customer's to read, that is lines of the `public` texts of the case. Reply
    addresses lose their tokens. Raises Refused when what is left still holds a notice of the desk.
    """
    if INTERNAL in " ".join(words.replace(">", " ").split()) and not _unquoted(words).strip():
        raise Refused("your mail holds nothing but the quoted notice; write your answer above it.")
    readable = {_bare(line) for text in public for line in text.splitlines()}
    kept = [line for line in words.splitlines() if not _is_quoted(line) or _bare(line) in readable]
    scrubbed = without_tokens("\n".join(kept)).strip()
    if INTERNAL in " ".join(scrubbed.split()):
        raise Refused(
            "your mail repeats an internal notice where it cannot be told from your own words. "
            "Take the quoted notice out and send it again; nothing went to the customer."
        )
    if hides_tokens(scrubbed):
        raise Refused(
            "your mail holds a reply address or a Message-ID of this desk, encoded or broken over lines. "
            "Take it out and send your mail again; nothing went to the customer."
        )
    return scrubbed


def require_public(files: Iterable[Attachment]) -> None:
    """Raise Refused when one of the files that an agent attached is, or holds, a mail of the desk.

    Notices travel so when a mail program forwards them as attachments; all of them bear our header, which no encoding
    of their bodies hides. Outlook's own format writes two bytes a character.
    """
    for file in files:
        text = file.content.replace(b"\0", b"").decode("latin-1")
        if f"{LOOP_HEADER}:".lower() in text.lower() or INTERNAL in text or _has_tokens(text):
            raise Refused(
                f"the attached file {file.name} is a mail of this desk, or holds one. "
                "Take it out and send your mail again; nothing went to the customer."
            )


def _has_tokens(text: str) -> bool:
    return without_tokens(text) != text or hides_tokens(text)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _bare(line: str) -> str:
    return " ".join(line.lstrip("> \t").split())


def _unquoted(words: str) -> str:
    return "\n".join(line for line in words.splitlines() if not _is_quoted(line))
