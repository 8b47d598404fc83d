"""How five mail programs answer a mail: what they put around the words of whoever writes."""

from collections.abc import Callable
from dataclasses import dataclass

from lab.inside import texts
from mailcase.domain.outbox import OutboxMessage

BOUNDARY = "bo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The body of an answer."""

    plain: str
    html: str = ""
    """Empty when the program writes plain text only."""

    @property
    def headers(self) -> dict[str, str]:
        """The header fields that the body needs."""
        if not self.html:
            return {}
        return {"MIME-Version": "1.0", "Content-Type": f'multipart/alternative; boundary="{BOUNDARY}"'}

    @property
    def body(self) -> str:
        """The text below the header."""
        if not self.html:
            return self.plain
        parts = [("plain", self.plain), ("html", self.html)]
        written = (f"--{BOUNDARY}\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n" for kind, text in parts)
        return f"{''.join(written)}--{BOUNDARY}--\n"


def quoted(answered: OutboxMessage) -> str:
    """Return the text of a mail behind quote marks."""
    return "".join(f"> {line}\n" for line in texts(answered.raw)[0].splitlines())


def gmail(answered: OutboxMessage, words: str) -> Written:
    """Gmail: an attribution, then quote marks; HTML beside it."""
    said = "On Mon, Mar 2, 2026 at 9:05 AM Northwind Support <support@northwind.example> wrote:"
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in words.splitlines())
    old = texts(answered.raw)[-1]
    html = f'<div dir="ltr">{lines}</div><br><div class="gmail_quote"><blockquote class="gmail_quote">{old}</blockquote></div>'
    return Written(plain=f"{words}\n{said}\n\n{quoted(answered)}", html=html)


def outlook(answered: OutboxMessage, words: str) -> Written:
    """Outlook: header fields of the old mail, then the old mail as it was; HTML with its own paragraphs."""
    head = (
        "From: Northwind Support <support@northwind.example>\nSent: Monday, March 2, 2026 9:05 AM\n"
        f"To: Anna Berg <anna@northwind.example>\nSubject: {answered.subject}\n"
    )
    lines = "".join(f'<p class="MsoNormal">{line or "&nbsp;"}<o:p></o:p></p>' for line in words.splitlines())
    border = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
    old = "<p class=MsoNormal><b>From:</b> Northwind Support<br><b>Sent:</b> Monday, March 2, 2026 9:05 AM<br><b>To:</b> Anna</p>"
    html = f'<div class="WordSection1">{lines}{border}{old}</div>{texts(answered.raw)[-1]}</div>'
    rule = "_" * 32
    return Written(plain=f"{words}\n\n{rule}\n{head}\n{texts(answered.raw)[0]}", html=html)


def apple_mail(answered: OutboxMessage, words: str) -> Written:
    """Apple Mail: an attribution that is quoted, too."""
    said = "> On 2. Mar 2026, at 09:05, Northwind Support <support@northwind.example> wrote:\n> \n"
    return Written(plain=f"{words}\n{said}{quoted(answered)}")


def thunderbird(answered: OutboxMessage, words: str) -> Written:
    """Thunderbird: a signature between the answer and the old mail."""
    said = f"On 02.03.26 09:05, Northwind Support wrote:\n{quoted(answered)}"
    return Written(plain=f"{words}\n-- \nAnna Berg\nNorthwind\n\n{said}")


def telephone(answered: OutboxMessage, words: str) -> Written:
    """A telephone: its own advertisement, then the old mail."""
    said = f"> On 2 Mar 2026, at 09:05, Northwind Support <support@northwind.example> wrote:\n> \n{quoted(answered)}"
    return Written(plain=f"{words}\nSent from my iPhone\n\n{said}")


CLIENTS: dict[str, Callable[[OutboxMessage, str], Written]] = {
    "Gmail": gmail,
    "Outlook": outlook,
    "Apple Mail": apple_mail,
    "Thunderbird": thunderbird,
    "a telephone": telephone,
}
