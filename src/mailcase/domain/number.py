"""Case numbers: a counter that never rolls over, and three check characters that catch a mistyped one.

`CAS-000123-K7Q` is 123 and its check characters. They are the counter times a constant, modulo the largest prime below
32**3, written in base 32: two counters that differ in one digit, or in two neighbours swapped, differ by something that
the prime does not divide, so their check characters differ too.
"""

import re

from mailcase.errors import Invalid

PREFIX = "CAS"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U to mistake
_PRIME = 32_749
_FACTOR = 23_117
_PATTERN = re.compile(rf"{PREFIX}[-‐‑–— ]?(\d{{1,18}})[-‐‑–— ]?([0-9A-Z]{{3}})", re.ASCII | re.IGNORECASE)
_MISREAD = str.maketrans("ILOU", "110V")


def format_number(case_id: int) -> str:
    """Return the number that people see of the case with this id, at least six digits."""
    return f"{PREFIX}-{case_id:06d}-{_check(case_id)}"


def parse_number(text: str) -> int:
    """Return the case id of a number that a person typed: any case, dashes optional, I and O taken for 1 and 0.

    Raises Invalid when it has not the form of a case number, or when its check characters do not fit.
    """
    match = _PATTERN.fullmatch(text.strip().strip("[]"))
    if match is None:
        raise Invalid(f"{text!r} is not a case number; one looks like {format_number(123)}.")
    case_id, check = int(match[1]), match[2].upper().translate(_MISREAD)
    if check != _check(case_id):
        raise Invalid(f"{text!r} is mistyped: its last three characters do not fit its digits.")
    return case_id


def looks_like_number(text: str) -> bool:
    """Tell whether `text` has the form of a case number, mistyped or not."""
    return _PATTERN.fullmatch(text.strip().strip("[]")) is not None


def find_numbers(text: str) -> tuple[int, ...]:
    """Return the ids of the well-formed, well-checked case numbers in `text`, in order, each once."""
    found = ((int(match[1]), match[2].upper().translate(_MISREAD)) for match in _PATTERN.finditer(text))
    return tuple(dict.fromkeys(case_id for case_id, check in found if check == _check(case_id)))


def _check(case_id: int) -> str:
    value = (case_id * _FACTOR + 7) % _PRIME
    return ALPHABET[value // 1024] + ALPHABET[value // 32 % 32] + ALPHABET[value % 32]
