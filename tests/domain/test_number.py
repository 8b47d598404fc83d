"""Case numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.number import ALPHABET, find_numbers, format_number, parse_number
from mailcase.errors import Invalid

IDS = st.integers(1, 10**12)
DIGITS = "0123456789"


def with_digits(number: str, digits: str) -> str:
    prefix, _, check = number.split("-")
    return f"{prefix}-{digits}-{check}"


@given(IDS)
def test_a_number_says_its_case(case_id: int) -> None:
    assert parse_number(format_number(case_id)) == case_id
    assert find_numbers(f"Re: [{format_number(case_id)}] Printer") == (case_id,)


@given(IDS, st.data())
def test_a_wrong_digit_is_noticed(case_id: int, data: st.DataObject) -> None:
    number = format_number(case_id)
    digits = number.split("-")[1]
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from([digit for digit in DIGITS if digit != digits[place]]))
    mistyped = with_digits(number, digits[:place] + wrong + digits[place + 1 :])
    with pytest.raises(Invalid, match="mistyped"):
        parse_number(mistyped)
    assert find_numbers(mistyped) == ()


@given(IDS, st.data())
def test_two_swapped_neighbours_are_noticed(case_id: int, data: st.DataObject) -> None:
    number = format_number(case_id)
    digits = number.split("-")[1]
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    if swapped != digits:
        with pytest.raises(Invalid, match="mistyped"):
            parse_number(with_digits(number, swapped))


@given(IDS, st.integers(0, 2), st.sampled_from(ALPHABET))
def test_a_wrong_check_character_is_noticed(case_id: int, place: int, wrong: str) -> None:
    number = format_number(case_id)
    check = number[-3:]
    if check[place] != wrong:
        with pytest.raises(Invalid, match="mistyped"):
            parse_number(number[:-3] + check[:place] + wrong + check[place + 1 :])


@pytest.mark.parametrize(
    "typed",
    [
        "CAS-000123-{check}",
        "cas-000123-{lower}",  # as it comes
        "CAS000123{check}",  # without dashes
        "CAS 000123 {check}",
        "  [CAS-000123-{check}] ",  # copied with its brackets
        "CAS–000123–{check}",  # a word processor made the dashes long
        "CAS-123-{check}",  # the zeros left out
    ],
)
def test_people_type_numbers_in_their_own_way(typed: str) -> None:
    check = format_number(123)[-3:]
    assert parse_number(typed.format(check=check, lower=check.lower())) == 123


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    case_id = next(one for one in range(1, 5000) if {"0", "1"} <= set(format_number(one)[-3:]))
    number = format_number(case_id)
    read_aloud = number[:-3] + number[-3:].replace("1", "I").replace("0", "O")
    assert parse_number(read_aloud) == case_id


@pytest.mark.parametrize("text", ["", "CAS", "CAS-12", "123", "CAS-000123-", "XAS-000123-ABC", "CAS-1x3-ABC"])
def test_what_has_another_form_is_no_number(text: str) -> None:
    with pytest.raises(Invalid, match="is not a case number; one looks like CAS-000123-"):
        parse_number(text)


def test_several_numbers_are_found_in_order_and_once() -> None:
    first, second = format_number(7), format_number(1_234_567)
    assert find_numbers(f"{second} and {first}, again {second}; not CAS-000007-ZZZ") == (1_234_567, 7)


def test_numbers_grow_past_their_six_digits() -> None:
    assert format_number(123).startswith("CAS-000123-")
    assert format_number(12_345_678).startswith("CAS-12345678-")
