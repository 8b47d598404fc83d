"""Whatever a mail holds, it is data to a condition: it changes no syntax, raises nothing, and answers like Python."""

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from mailcase.domain.decision import Hold
from mailcase.domain.email import Address, Kind
from mailcase.rules.decide import decide
from mailcase.rules.rulebook import Rulebook
from rule_cases import NOW, book, classified, context, email

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)  # with lone surrogates and control characters
EXPRESSION_LIKE = st.sampled_from(["' || true || '", '") || true', "${x}", "{{ 7*7 }}", "&& false", "\\", "%s", "\0"])
MAIL_TEXT = ANY_TEXT | EXPRESSION_LIKE
RULES = """
rules:
  - {name: contains, when: 'subject.contains("refund") || text.contains("refund")', then: {case: {tags: [refund]}}}
  - {name: regex, when: 'from.name.matches("^A+$") && headers["x-a"].startsWith("b")', then: {skip: a}}
  - {name: captured, capture: [{in: text, pattern: '#(?P<word>.*)'}, {in: header x-a, pattern: '(?P<a>[\\s\\S]+)'}]}
"""


@cache
def rules() -> Rulebook:
    with tempfile.TemporaryDirectory() as folder:
        return book(Path(folder), record_creation=RULES)


@settings(max_examples=200, deadline=None)
@given(subject=MAIL_TEXT, text=MAIL_TEXT, name=MAIL_TEXT, header=MAIL_TEXT, kind=st.sampled_from(Kind))
def test_no_mail_makes_a_condition_fail_or_lie(subject: str, text: str, name: str, header: str, kind: Kind) -> None:
    mail = email(
        subject=subject, text=text, senders=(Address(address="a@b.example", name=name),), headers=(("X-A", header),)
    )

    decision, trace = decide(mail, classified(kind), context(), rules(), NOW)

    tried = {step.rule: step.is_hit for step in trace.steps}
    assert not isinstance(decision, Hold) or kind is Kind.BOUNCE
    assert tried.get("contains", "refund" in subject + "\0" + text) is ("refund" in subject or "refund" in text)


@settings(max_examples=200, deadline=None)
@given(text=MAIL_TEXT, header=MAIL_TEXT)
def test_captured_text_is_one_line_of_a_field(text: str, header: str) -> None:
    decision, _ = decide(email(text=text, headers=(("x-a", header),)), classified(), context(), rules(), NOW)

    for name, value in getattr(decision, "fields", None).custom if hasattr(decision, "fields") else ():
        assert name in ("word", "a")
        assert value.isprintable()
        assert len(value) <= 500
