"""Small mails as bytes."""

from collections.abc import Mapping

CLARA = "Clara Weber <clara@customer.example>"
ANNA = "Anna Berg <anna@northwind.example>"


def mail(
    text: str = "The printer shows E42.\n",
    *,
    sender: str = CLARA,
    to: str = "support@northwind.example",
    subject: str = "Printer",
    message_id: str = "<1@customer.example>",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a plain mail with CRLF line ends."""
    fields = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Message-ID": message_id,
        "Content-Type": "text/plain; charset=utf-8",
    }
    head = "\n".join(f"{name}: {value}" for name, value in (fields | dict(headers or {})).items())
    return f"{head}\n\n{text}".replace("\n", "\r\n").encode()


def answer(original: str, text: str, **others: str) -> bytes:
    """Return a mail that answers the one with the Message-ID `original` (without angle brackets)."""
    return mail(text, headers={"In-Reply-To": f"<{original}>", "References": f"<{original}>"}, **others)
