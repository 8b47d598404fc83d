"""Numbers of things, as people say them."""

SIBILANTS = ("s", "x", "z", "ch", "sh")


def counted(number: int, noun: str) -> str:
    """Return `number` with `noun`, an English one of the regular kind, in the singular or plural: `2 mailboxes`."""
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{number} {noun[:-1]}ies"
    return f"{number} {noun}{'es' if noun.endswith(SIBILANTS) else 's'}"
