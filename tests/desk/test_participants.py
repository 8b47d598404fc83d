"""Who takes part in a case besides its customer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.values import ACT, a_case, waiting
from mailcase.desk.participants import MAX_PARTICIPANTS, changed, outside, parse
from mailcase.desk.relations import _waiting_too
from mailcase.domain.email import Address
from mailcase.errors import Refused

ADDRESSES = st.sampled_from([f"a{number}@x.example" for number in range(6)])
INSIDERS = frozenset({"support@northwind.example", "@northwind.example", "clara@customer.example"})


@pytest.mark.parametrize(
    ("argument", "added", "removed"),
    [
        ("max@x.example", ("max@x.example",), ()),
        ("+max@x.example -eva@x.example", ("max@x.example",), ("eva@x.example",)),
        ("Max Muster <Max@X.Example>; eva@x.example", ("max@x.example", "eva@x.example"), ()),
        ("-Max <max@x.example>", (), ("max@x.example",)),
        ("jean-luc@x.example +a+tag@x.example", ("jean-luc@x.example", "a+tag@x.example"), ()),
        ("+max@x.example<mailto:+max@x.example>", ("max@x.example",), ()),
        ("[max@x.example](mailto:max@x.example)", ("max@x.example",), ()),
        ("", (), ()),
    ],
)
def test_addresses_are_read_as_people_write_them(
    argument: str, added: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    assert parse(argument) == (added, removed)


@given(st.lists(ADDRESSES, max_size=6), st.lists(ADDRESSES, max_size=6))
def test_what_is_added_and_taken_off_again_leaves_nothing(first: list[str], second: list[str]) -> None:
    copied = changed(changed(waiting(), first, (), INSIDERS, ACT), second, (), INSIDERS, ACT)
    assert set(copied.case.cc) == {*first, *second}
    assert changed(copied, (), copied.case.cc, INSIDERS, ACT).case.cc == ()


@pytest.mark.parametrize("address", ["support@northwind.example", "clara@customer.example"])
def test_the_desk_and_the_customer_are_never_copied(address: str) -> None:
    with pytest.raises(Refused, match="there is no need to copy it"):
        changed(waiting(), (address,), (), INSIDERS, ACT)


def test_outside_are_those_of_other_domains_that_take_no_part() -> None:
    to = [
        Address(address=one)
        for one in ("Eve@x.example", "ben@northwind.example", "clara@customer.example", "m@x.example")
    ]
    assert outside(to, {"m@x.example"}, INSIDERS) == ("eve@x.example",)


def test_a_merge_brings_its_participants_along() -> None:
    merged = _waiting_too(a_case(cc=("a@x.example",)), [a_case(cc=("b@x.example", "a@x.example"))])
    assert merged.cc == ("a@x.example", "b@x.example")
    assert len(merged.cc) <= MAX_PARTICIPANTS
