"""Comparing what is with what a story expects, where `*` stands for anything."""

import re
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

from mailcase.domain.outbox import OutboxMessage
from scenarios.script import plain_text

ABSENT = "(none)"


def fits(wanted: str, actual: str) -> bool:
    """Tell whether `actual` is `wanted`, but for white space at line ends."""
    pattern = re.escape(_trimmed(wanted)).replace(r"\*", ".*")
    return re.fullmatch(pattern, _trimmed(actual), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def mail_differences(wanted: str, row: OutboxMessage, mail: EmailMessage) -> list[str]:
    """Say in which headers and text a sent mail differs from `wanted`."""
    head, _, body = wanted.partition("\n\n")
    envelope = {"envelope-from": f"<{row.envelope_from}>", "envelope-to": ", ".join(r.address for r in row.recipients)}
    found = []
    for line in head.splitlines():
        name, _, value = line.partition(":")
        actual = envelope.get(name.lower()) or mail[name]
        shown = ABSENT if actual is None else str(actual)
        if not fits(value, shown):
            found.append(f"{name}: {shown}")
    if body.strip() and not fits(body, plain_text(mail)):
        found.append(plain_text(mail))
    return found


def differences(wanted: Any, actual: Any, place: str = "") -> list[str]:
    """Say where `actual` is not as `wanted`: of a mapping only the named keys count, a list counts as a whole."""
    if isinstance(wanted, dict):
        missing = [f"{place}.{key} is not told" for key in wanted if key not in actual]
        return missing + [
            line
            for key, value in wanted.items()
            if key in actual
            for line in differences(value, actual[key], f"{place}.{key}")
        ]
    if isinstance(wanted, list):
        return _list_differences(wanted, actual, place)
    if isinstance(wanted, str) and isinstance(actual, str):
        return [] if fits(wanted, actual) else [f"{place} is {actual!r}, not {wanted!r}"]
    return [] if wanted == actual else [f"{place} is {actual!r}, not {wanted!r}"]


def _list_differences(wanted: Sequence[Any], actual: Sequence[Any], place: str) -> list[str]:
    if len(wanted) != len(actual):
        return [f"{place} has {len(actual)} entries, not {len(wanted)}:", *(f"    {entry!r}" for entry in actual)]
    pairs = enumerate(zip(wanted, actual, strict=True))
    return [line for index, (one, other) in pairs for line in differences(one, other, f"{place}[{index}]")]
