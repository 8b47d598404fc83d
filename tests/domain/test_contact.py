"""What can be changed about a contact."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailcase.domain.contact import ContactEdit, absorbed, differing, edited
from mailcase.domain.party import Contact
from mailcase.errors import Refused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLARA = Contact(id=1, name="Clara", address="clara@customer.example", created_at=NOW)
FULL = replace(CLARA, id=2, account_id=7, language="de", time_zone="Europe/Berlin", is_provisional=False)


def test_what_an_edit_does_not_name_stays() -> None:
    assert edited(FULL, ContactEdit()) == FULL


def test_a_dash_takes_a_value_away() -> None:
    bare = edited(FULL, ContactEdit(name="-", language="-", time_zone="-"))
    assert (bare.name, bare.language, bare.time_zone) == ("", None, None)


def test_a_name_is_one_line() -> None:
    assert edited(CLARA, ContactEdit(name="  Clara\n  Weber ")).name == "Clara Weber"


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (ContactEdit(language="german"), "two letters"),
        (ContactEdit(time_zone="Berlin"), "no time zone"),
        (ContactEdit(name="x" * 201), "longer than 200"),
        (ContactEdit(name="Clara\u202eWeber"), "cannot be shown"),  # it would turn the line around
    ],
)
def test_what_cannot_be_is_refused(edit: ContactEdit, said: str) -> None:
    with pytest.raises(Refused, match=said):
        edited(CLARA, edit)


def test_a_survivor_takes_what_it_lacks_and_keeps_the_rest() -> None:
    older = replace(FULL, name="Somebody else", created_at=NOW - timedelta(days=9))
    merged = absorbed(CLARA, [older])
    assert merged == replace(FULL, id=1, created_at=older.created_at)


def test_only_what_changed_is_told() -> None:
    assert differing(CLARA, replace(CLARA, name="Carla", created_at=NOW + timedelta(1))) == {"name": ["Clara", "Carla"]}
    assert differing(CLARA, CLARA) == {}
