"""Which HTML may be parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail import markup
from mailcase.mail.limits import Limits

LIMITS = Limits()
LONG = "x" * markup.LONG_TAG  # HTML that is not small
MANY = markup.MAX_ATTRIBUTES + 100


@pytest.mark.parametrize(
    ("source", "is_bounded"),
    [
        pytest.param("<td>x</td>" * 2_000, True, id="cells beside each other"),
        pytest.param("<p>x" * 2_000, True, id="paragraphs end the ones before them"),
        pytest.param("<style>" + "<div>" * 600 + "</style>", True, id="no tags in a style sheet"),
        pytest.param("a < b " * 2_000, True, id="brackets that are no tags"),
        pytest.param(f'<img alt="{LONG}">', True, id="a long value"),
        pytest.param("<div>" * 300 + LONG, False, id="blocks in blocks"),
        pytest.param("<table><tr><td>" * 150, False, id="tables in tables"),
        pytest.param("<table><tr><td><div></table></div>" * 100 + "<div>" * 200, True, id="a table ends what is in it"),
        pytest.param("<div>" + "<table><tr><td></div>" * 200, False, id="end tags that a table hides"),
        pytest.param("<b>" * 200 + "<p>x" * 3_000, False, id="formatting copied into paragraphs"),
        pytest.param("<a" + " x" * MANY + ">", False, id="too many attributes"),
        pytest.param("<a" + " x" * MANY, False, id="too many attributes of a tag without an end"),
        pytest.param("<a" + ' x=">"' * MANY + ">", False, id="too many attributes, each with a bracket"),
        pytest.param("<a" + " x =\n'>'" * MANY + ">", False, id="too many attributes, each with blanks and a bracket"),
        pytest.param('<a x="<b y=">z</b>' + "<div>" * 300 + '"' + LONG, False, id="quotation marks that end early"),
    ],
)
def test_only_html_that_parses_in_linear_time_is_parsed(source: str, is_bounded: bool) -> None:
    assert markup.is_bounded(source, LIMITS) is is_bounded


PIECES = st.sampled_from(["<a", "</b", "<style", "</style", "<", ">", " ", "/", "=", '="', "='", '"', "'", "x", "\n"])


@given(st.lists(PIECES, max_size=40).map("".join))
def test_a_tag_ends_at_the_next_bracket_where_no_value_hides_one(source: str) -> None:
    plain = [tag[:2] for tag in markup._tags(source, markup.PLAIN_TAG)]
    exact = [tag[:2] for tag in markup._tags(source, markup.TAG)]

    assert plain == exact or markup.QUOTED_END.search(source)
