"""No cheap look at a line overlooks what its table would find."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail.reply_phrases import DISCLAIMERS, FOOTERS, MOBILE
from mailcase.mail.reply_signature import may_be_certain, may_be_mobile


def lines(table: re.Pattern[str]) -> st.SearchStrategy[str]:
    """Lines that a table matches."""
    return st.from_regex(table).map(lambda line: line.split("\n")[0]).filter(table.match)


@given(lines(MOBILE))
def test_every_line_of_a_program_is_looked_at(line: str) -> None:
    assert may_be_certain(line)
    assert may_be_mobile(line)


@given(st.one_of(lines(FOOTERS), lines(DISCLAIMERS)))
def test_every_footer_and_disclaimer_is_looked_at(line: str) -> None:
    assert may_be_certain(line)
