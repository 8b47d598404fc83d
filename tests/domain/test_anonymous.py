"""Personal data taken out of what is written about a case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.anonymous import names_in, without_person

NAMES = names_in("Clara Weber", "Acme GmbH")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Clara Weber cannot log in.", "[name] cannot log in."),
        ("It is CLARA's phone.", "It is [name] phone."),
        ("Clarify this.", "Clarify this."),  # no name within a word
        ("Write to clara.weber@acme.example, please.", "Write to [mail address], please."),
        ("Call +49 (0)30 123 45-67 or 030/1234567.", "Call [number] or [number]."),
        ("My order AB-12345 and 20931.", "My order [number] and [number]."),
        ("Windows 11 and version 2.4 are new.", "Windows 11 and version 2.4 are new."),  # nobody's own
        ("I live in Hauptstraße 12a, 10115 Berlin.", "I live in [place], [place]."),
        ("See https://shop.example/order/9931?c=1 now", "See [link] now"),
        ("See https://shop.example/help now", "See https://shop.example/help now"),
        ("Hello Bob,\n\nit is broken.\n\nKind regards\nJim", "it is broken."),
        ("Sehr geehrte Frau Berg,\nes ist kaputt.\nMit freundlichen Grüßen\nC. Weber\nAcme GmbH", "es ist kaputt."),
        ("The thanks page is broken.\n\nMore.", "The thanks page is broken.\n\nMore."),
        ("IBAN DE89370400440532013000", "IBAN [number]"),
    ],
)
def test_what_tells_of_a_person_is_taken_out(text: str, left: str) -> None:
    assert without_person(text, NAMES) == left


def test_what_was_captured_is_taken_out_whatever_it_looks_like() -> None:
    assert without_person("The code is blue-whale.", (), ["blue-whale"]) == "The code is [number]."


@given(st.text(max_size=80), st.sampled_from(["Weber", "ACME", "clara", "Clara Weber"]), st.text(max_size=80))
def test_a_known_name_never_stays(before: str, name: str, after: str) -> None:
    cleaned = without_person(f"{before} {name} {after}", NAMES).casefold()

    assert not any(f" {word.casefold()} " in f" {cleaned} " for word in NAMES)
