"""No cheap look at a line overlooks what its table would find."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail.reply_attribution import LAST_VERBS, Strength, attribution_at
from mailcase.mail.reply_breaks import break_at, may_break
from mailcase.mail.reply_headers import FIELD_OF, field_of
from mailcase.mail.reply_lines import of, of_text
from mailcase.mail.reply_phrases import ABOVE, DISCLAIMERS, FOOTERS, FORWARD, MOBILE, ORIGINAL
from mailcase.mail.reply_signature import may_be_certain, may_be_mobile

BEFORE = ("", " ", "* ", "*", "**", "--", "---- ", "=====", "<<< ", "##-", "_", ": ", "<", "please ", "Bitte ")
BEHIND = ("", ".", ":", " :", "：", "…", "!", "*", "**:", " --", " ----", "=", ">", ">:", " |", ") ", ": --", "-:")
SAID = (
    "Ann",
    "Ann <ann@example.org>",
    "ann@example.org",
    "On 3.3.2026 at 12:30 Ann",
    "2026/03/03 Ann <ann@example.org>",
)
PHRASES = sorted(
    {*LAST_VERBS, *ORIGINAL, *FORWARD, *ABOVE, *FIELD_OF, "quoting", "schrieb", "wrote on", "forwarded by"}
)


def lines(table: re.Pattern[str]) -> st.SearchStrategy[str]:
    """Lines that a table matches."""
    return st.from_regex(table).map(lambda line: line.split("\n")[0]).filter(table.match)


def spoken() -> st.SearchStrategy[str]:
    """Lines made of phrases of the tables, of names and times, and of signs around them."""
    words = st.lists(st.sampled_from(PHRASES) | st.sampled_from(SAID), min_size=1, max_size=3).map(" ".join)
    cased = st.one_of(words, words.map(str.upper), words.map(str.title))
    return st.tuples(st.sampled_from(BEFORE), cased, st.sampled_from(BEHIND)).map("".join)


@given(lines(MOBILE))
def test_every_line_of_a_program_is_looked_at(line: str) -> None:
    assert may_be_certain(line)
    assert may_be_mobile(line)


@given(st.one_of(lines(FOOTERS), lines(DISCLAIMERS)))
def test_every_footer_and_disclaimer_is_looked_at(line: str) -> None:
    assert may_be_certain(line)


@given(spoken() | st.text(" -=_*>:：.@<19aä", min_size=1))
def test_every_line_that_is_a_break_is_looked_at(said: str) -> None:
    line = of(said)

    assert not line.bare or may_break(line) or break_at([line], 0, 0) is None


@pytest.mark.parametrize("form", ["Ann <ann@example.org> {}:", "3.3.2026 12:30, Ann {} :", "- {}:", "Ann {}：-"])
def test_every_verb_that_comes_last_is_seen(form: str) -> None:
    said = {verb: of(form.format(verb)) for verb in LAST_VERBS}

    assert not [verb for verb, line in said.items() if not may_break(line)]
    assert not [verb for verb, line in said.items() if attribution_at([line], 0, 0)[1] is Strength.NONE]


FIRST_VERBS = [
    "schrieb",
    "schreef",
    "skrev",
    "skrifaði",
    "kirjoitti",
    "wrote on",
    "ezt írta",
    "şunu yazdı",
    "вы писали",
]


@pytest.mark.parametrize("verb", FIRST_VERBS)
def test_every_verb_that_comes_first_is_seen_from_the_end(verb: str) -> None:
    said = of_text(f"Am 3.3.2026 um 12:30 {verb}\nAnn\nExample:")

    assert attribution_at(said, 2, 0) == (0, Strength.STRONG)


def test_a_bracket_that_closes_below_its_address_is_seen() -> None:
    said = of_text("On 3.3.2026 at 12:30 Ann <ann@\nexample.org>:")

    assert attribution_at(said, 1, 0) == (0, Strength.STRONG)


@pytest.mark.parametrize("drawn", ["--", "-----", "=*=*=", "___ ___", "> > >", "—", "–", "\u200b--\u200b"])
def test_a_line_that_is_only_drawn_is_no_break(drawn: str) -> None:
    line = of(drawn)

    assert not line.bare or not may_break(line)


@pytest.mark.parametrize("form", ["{}:", "*{}:*", "{} : x", "_{}_：", "  {}\u3000： x"])
def test_every_field_name_is_found(form: str) -> None:
    found = {name: field_of(of(form.format(name.title()))) for name in FIELD_OF}

    assert found == FIELD_OF
