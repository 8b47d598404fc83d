"""Mails of customers that an experiment sends, each like no other, the same for the same source of chance."""

from random import Random

WORDS = ("the printer", "shows", "an error", "since yesterday", "please help", "urgent", "order", "invoice", "broken")
NAMES = ("Clara Weber", "Jörg Müller", "Zoë Brontë", "O'Neil, Pat", "山田 太郎")


def letters(chance: Random, count: int, *, largest: int = 40_000, to: str = "support@northwind.example") -> list[bytes]:
    """Return `count` mails of different people, most of them small, a few of nearly `largest` bytes."""
    return [letter(chance, number, largest=largest, to=to) for number in range(count)]


def letter(chance: Random, number: int, *, largest: int = 40_000, to: str = "support@northwind.example") -> bytes:
    """Return mail `number`: unlike any other in sender, Message-ID and text, with some 8-bit text and long lines."""
    size = largest if chance.random() < 0.05 else chance.randint(20, 2_000)
    words: list[str] = []
    while sum(map(len, words)) < size:
        words.append(chance.choice(WORDS))
    name = chance.choice(NAMES)
    domain = f"customer{number}.example"
    head = {
        "Return-Path": f"<c{number}@{domain}>",
        "From": f'"{name}" <c{number}@{domain}>',
        "To": to,
        "Subject": f"Letter {number}",
        "Message-ID": f"<{number}.{chance.getrandbits(48):x}@{domain}>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    fields = "".join(f"{field}: {value}\r\n" for field, value in head.items())
    lines = [" ".join(words[start : start + 12]) for start in range(0, len(words), 12)]
    return (fields + "\r\n" + "\r\n".join([f"Grüße, {number}.", *lines]) + "\r\n").encode()
