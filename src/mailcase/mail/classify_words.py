"""What the words of a mail tell about the machine that wrote it, where no header does.

Words are weighed, never believed. A subject is strong when only programs write it so (`Automatic reply: <your subject>`)
and weak when people do (`Vacation`, `Re: Automatic reply`). A text is strong when it says what it is (`I am out of the
office`, `this is an automatic message`) and weak when it only goes along with that (`back on Monday`, `thank you for
contacting us`). It takes a subject and a text, one of them strong; and more of both from one who asks a question, which
machines do not.
"""

import re
from dataclasses import dataclass

from mailcase.domain.email import InboundEmail
from mailcase.mail import phrases_absence as absence
from mailcase.mail import phrases_automatic as automatic
from mailcase.mail import phrases_challenge as challenge
from mailcase.mail.phrases import Phrases, fold

MAX_PHRASE_TEXT = 4_000
"""Characters of the new text in which phrases are looked for: machines come to the point."""

MAX_MARKS = 6
"""How many of `Re:`, `[list]` and the like are looked behind."""

MANY_PHRASES = 3
"""So many phrases of a vacation notice in an answer need no other sign."""

_TEXTS = Phrases(
    absence.OUT_OF_OFFICE_TEXTS.rows,
    automatic.AUTO_REPLY_TEXTS.rows,
    challenge.HELD.rows,
)
"""All that is looked for in texts. Most texts hold nothing of it, and need no second look."""

_SUBJECTS = Phrases(
    absence.OUT_OF_OFFICE_SUBJECTS.rows,
    automatic.AUTO_REPLY_SUBJECTS.rows,
    challenge.READ_RECEIPT_SUBJECTS.rows,
)
"""The same of subjects."""

_REPLY_MARK = re.compile(
    r"(?:re|aw|sv|vs|antw|fwd?|wg|odp|ynt|rif|tr)(?:\[\d+\])? ?: ?|\[[^\]]{1,60}\] ?|\([^)]{1,20}\) ?"
)
_NUMBER = re.compile(r"(?:#|\b(?:id|number|no|nr|nummer)\b[ .:#]{0,3}(?:is )?)[a-z0-9-]{0,20}\d{3}")
_BRACKETS = ("[", "(", "*", "【")
_QUESTION = re.compile(r"\?(?=[\s\"'»”)!?]|$)")  # not the one in a URL
# Addresses of a desk rather than a person.
_DESK = re.compile(
    r"(?:.*[-_.])?(?:info|support|help|help-?desk|service-?desk|service|services|kunden(?:service|dienst)|kontakt|contacts?|sales|office"
    r"|team|hello|care|customer-?(?:care|service|support)|it|admin|tickets?|soporte|ayuda|atendimento|aide|assistance|assistenza"
    r"|hilfe|jira|desk|bestellung|orders?|billing|feedback|enquir(?:y|ies)|inquir(?:y|ies)|mail|post|webmaster)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a mail are compared as."""

    subject: str
    """Folded."""
    telling_subject: str
    """The same, or empty when it holds none of the phrases."""
    whole: str
    """The beginning of the new text, folded."""
    text: str
    """The same, or empty when it holds none of the phrases."""
    is_by_nobody: bool
    """Whether the address to answer says that nobody reads there."""
    is_answer: bool
    """Whether it refers to another mail."""

    @classmethod
    def of(cls, email: InboundEmail, *, is_by_nobody: bool) -> "Said":
        """Fold what `email` says."""
        subject, text = fold(email.subject), fold(email.reply.text[:MAX_PHRASE_TEXT])
        return cls(
            subject=subject,
            telling_subject=subject if _SUBJECTS.holds(subject) else "",
            whole=text,
            text=text if _TEXTS.holds(text) else "",
            is_by_nobody=is_by_nobody,
            is_answer=bool(email.in_reply_to or email.references),
        )

    @property
    def asks(self) -> bool:
        """Whether there is a question in it."""
        return _QUESTION.search(self.whole) is not None or _QUESTION.search(self.subject) is not None

    @property
    def is_unmarked_answer(self) -> bool:
        """Whether it is an answer whose subject has no `Re:` or the like, as machines write it."""
        return self.is_answer and not _REPLY_MARK.match(self.subject)


@dataclass(frozen=True, slots=True)
class Words:
    """The words found, and whether they are enough without any other sign."""

    found: tuple[str, ...]
    """As reasons."""
    is_enough: bool


def out_of_office(said: Said) -> Words:
    """Weigh the words of a vacation notice."""
    subject = in_subject(absence.OUT_OF_OFFICE_SUBJECTS, said.telling_subject)
    reply = None if subject else in_subject(automatic.AUTO_REPLY_SUBJECTS, said.telling_subject)
    is_of_a_program = _is_of_a_program(subject or reply)
    text = absence.OUT_OF_OFFICE_TEXTS.find(said.text) if said.text else None
    if text is None and is_of_a_program:
        text = absence.ABSENCE_HINTS.find(said.whole) or absence.ABSENCE_WORDS.find(said.whole)
    found = (*[f"subject: {subject}"] * bool(subject), *[f"text: {text}"] * bool(text))
    is_enough = bool(text) and (is_of_a_program or _is_plain(said, subject or reply))
    if said.asks:
        is_enough = is_of_a_program and absence.OUT_OF_OFFICE_TEXTS.find(said.text) is not None
    return Words(found, is_enough or (subject is not None and is_of_a_program and said.is_unmarked_answer))


def _is_plain(said: Said, subject: str | None) -> bool:
    """Tell whether a text that says that its writer is away says little else, under such a subject or any other."""
    strong = absence.OUT_OF_OFFICE_TEXTS.count(said.text)
    both = strong + absence.ABSENCE_HINTS.count(said.whole)
    if subject or said.is_unmarked_answer or automatic.AUTO_REPLY_TEXTS.find(said.text) is not None:
        return both > 1
    is_answer = said.is_answer or _REPLY_MARK.match(said.subject) is not None
    return is_answer and (strong >= MANY_PHRASES or (strong > 1 and both > MANY_PHRASES))


def auto_reply(said: Said, email: InboundEmail, signs: int) -> Words:
    """Weigh the words of an automatic answer, beside so many `signs` of another sort."""
    subject = in_subject(automatic.AUTO_REPLY_SUBJECTS, said.telling_subject)
    text = automatic.AUTO_REPLY_TEXTS.find(said.text) if said.text else None
    if text and subject and text.strip(" :") in subject:
        text = None  # said twice, by a person who writes about it
    found = [f"subject: {subject}"] * bool(subject) + [f"text: {text}"] * bool(text)
    signs += said.is_unmarked_answer
    is_enough = bool(found) and len(found) + signs > 1 + said.asks
    if is_enough or said.asks:
        return Words(tuple(found), is_enough)
    is_desk = said.is_by_nobody or any(_DESK.fullmatch(one.address.partition("@")[0]) for one in email.senders)
    receipt = _receipt(said) if is_desk or text or _is_of_a_program(subject) else []
    is_enough = bool(receipt) and (_is_of_a_program(subject) or len(receipt) + bool(text) + is_desk > 2)
    return Words((*found, *receipt), is_enough)


def _receipt(said: Said) -> list[str]:
    """Return what speaks for the receipt of a desk, if its text does. Its subject counts where it has a number, as machines give them."""
    text = automatic.RECEIPT_TEXTS.find(said.whole)
    receipt = [f"receipt: {text}"] * bool(text)
    mark = _REPLY_MARK.match(said.subject)
    is_numbered = _NUMBER.search(f"{said.subject} {said.whole}") is not None
    if receipt and (said.text or said.is_by_nobody or is_numbered) and (mark is None or mark[0].startswith(_BRACKETS)):
        subject = automatic.RECEIPT_SUBJECTS.find(said.subject)
        subject = subject or automatic.RECEIPT_SUBJECTS.find(said.subject.lstrip("".join(_BRACKETS)))
        receipt += [f"subject: {subject}"] * bool(subject)
    return receipt


def is_challenge(said: Said, *, by_machine: bool, also: str = "") -> bool:
    """Tell whether it asks for a proof before the mail is let through; `also` is what a report says, folded."""
    text = f"{said.whole} {also}" if also else said.text
    if not text or challenge.HELD.find(text) is None:
        return False
    parts = [table.find(text) is not None for table in (challenge.ASKED, challenge.BECAUSE)]
    return any(parts) if by_machine else all(parts) and not said.asks


def read_receipt(said: Said) -> str | None:
    """Return the words by which somebody's mail program says that a mail was read."""
    subject = challenge.READ_RECEIPT_SUBJECTS.find(said.telling_subject) if said.telling_subject else None
    if subject is None or said.asks or challenge.READ_MAIL.find(said.whole) is None:
        return None
    text = challenge.READ_RECEIPT_TEXTS.find(said.whole)
    return f"{subject} {text}" if text else None


def in_subject(table: Phrases, subject: str) -> str | None:
    """Find a phrase at the beginning of a folded subject, or behind and inside the marks of replies, forwards and lists.

    Behind the mark of a reply it does not end in the colon by which programs set off the subject of the other mail.
    """
    is_kept = False
    for _ in range(MAX_MARKS if subject else 0):
        found = table.find(subject.lstrip("".join(_BRACKETS)))
        mark = _REPLY_MARK.match(subject)
        if found or mark is None:
            return found.rstrip(": ") if found and is_kept else found
        is_kept = is_kept or not mark[0].startswith(_BRACKETS)
        subject = subject[mark.end() :]
    return None


def _is_of_a_program(subject: str | None) -> bool:
    return subject is not None and ":" in subject
