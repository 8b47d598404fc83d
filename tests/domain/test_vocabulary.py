"""Fields of one's own with their types, and the subject tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.vocabulary import CustomField, FieldType, Vocabulary
from mailcase.errors import Refused

TREE = {"billing": "Billing", "billing/refund": "Refunds", "shop": "Shop", "shop/refund": "Shop refunds"}


def field(kind: FieldType) -> CustomField:
    return CustomField(name="f", title="F", kind=kind, choices=("small", "key account"))


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        (FieldType.TEXT, "  two\n lines ", "two lines"),
        (FieldType.INTEGER, "007", "7"),
        (FieldType.INTEGER, "-3", "-3"),
        (FieldType.INTEGER, "3.5", None),
        (FieldType.INTEGER, "٣", None),  # digits of another script
        (FieldType.DECIMAL, "12,50", "12.50"),
        (FieldType.DECIMAL, "1e3", "1000"),
        (FieldType.DECIMAL, "NaN", None),
        (FieldType.DECIMAL, "1e999999", None),  # would be a million digits
        (FieldType.DECIMAL, "1.000,50", None),  # which of them is the point?
        (FieldType.DATE, "2026-03-31", "2026-03-31"),
        (FieldType.DATE, "1.4.2026", "2026-04-01"),
        (FieldType.DATE, "2026-02-30", None),
        (FieldType.DATE, "03/04/2026", None),  # March or April?
        (FieldType.CHOICE, "Key Account", "key account"),
        (FieldType.CHOICE, "medium", None),
        (FieldType.TEXT, " ", None),
        (FieldType.TEXT, "x" * 501, None),
    ],
)
def test_a_value_is_kept_in_one_form_or_refused(kind: FieldType, text: str, kept: str | None) -> None:
    if kept is not None:
        assert field(kind).value(text) == kept
        return
    with pytest.raises(Refused, match="is no value of f; it takes"):
        field(kind).value(text)


@given(st.sampled_from(FieldType), st.text(max_size=30))
def test_the_form_that_is_kept_is_kept(kind: FieldType, text: str) -> None:
    try:
        kept = field(kind).value(text)
    except Refused:
        return
    assert field(kind).value(kept) == kept


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("billing/refund", "billing/refund"),
        ("Billing/Refund/", "billing/refund"),
        ("refunds", "billing/refund"),  # by its title
        ("shop", "shop"),
        ("refund", None),  # of billing, or of the shop?
        ("biling", None),
    ],
)
def test_a_subject_is_found_by_path_or_by_what_is_only_there(words: str, path: str | None) -> None:
    vocabulary = Vocabulary(subjects=TREE)
    if path:
        assert vocabulary.find_subject(words) == path
        return
    with pytest.raises(Refused, match=r"is no subject here; (did you mean|known are)"):
        vocabulary.find_subject(words)


def test_a_desk_that_declares_nothing_takes_anything() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.find_subject("any/thing") == "any/thing"
    assert vocabulary.find_field("Order_no").value("17") == "17"


@pytest.mark.parametrize("name", ["", "two words", "a" * 65, "<b>", "-"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="is no name of a field"):
        Vocabulary().find_field(name)


def test_an_unknown_field_is_refused_with_the_nearest_one() -> None:
    vocabulary = Vocabulary(fields={"order_number": CustomField(name="order_number", title="Order number")})
    with pytest.raises(Refused, match="did you mean 'order_number'"):
        vocabulary.find_field("order_numer")
