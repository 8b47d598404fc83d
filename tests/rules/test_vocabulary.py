"""Declared fields and subjects, as rules use them."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailcase.domain.decision import OpenCase
from mailcase.errors import Invalid
from mailcase.rules.judge import judge
from mailcase.rules.rulebook import Rulebook
from rule_cases import NOW, book, case, classified, context, email

FIELDS = """\
fields:
  seats: {title: Seats, type: integer}
  segment: {type: choice, choices: [small, key account]}
"""
SUBJECTS = "subjects: {billing: {title: Billing, subjects: {refund: {title: Refunds}}}}\n"
CAPTURE = """\
rules:
  - name: seats
    capture: [{in: text, pattern: '(?P<seats>\\S+) seats about (?P<subject>\\w+)', default: {seats: "1"}}]
    then: {case: {fields: {segment: Key Account}}}
"""


def rules(folder: Path, **files: str) -> Rulebook:
    return book(folder, custom_fields=FIELDS, subjects=SUBJECTS, **files)


def opened(rulebook: Rulebook, text: str) -> OpenCase:
    judged = judge(email(text=text), classified(), context(), rulebook, received_at=NOW, now=NOW)
    assert isinstance(judged.decision, OpenCase)
    return judged.decision


@pytest.mark.parametrize(
    ("text", "seats", "subject"),
    [
        ("012 seats about refunds", "12", "billing/refund"),
        ("many seats about weather", "1", None),  # neither is a value: the default, and nothing
    ],
)
def test_a_capture_fills_in_only_what_its_field_can_hold(
    tmp_path: Path, text: str, seats: str, subject: str | None
) -> None:
    fields = opened(rules(tmp_path, record_creation=CAPTURE), text).fields
    assert dict(fields.custom) == {"segment": "key account", "seats": seats}
    assert fields.subject == subject


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("rules: [{name: x, then: {case: {fields: {seat: '1'}}}}]", "1:48: there is no field 'seat'; did you mean 'seats'?"),
        ("rules: [{name: x, then: {case: {fields: {seats: no}}}}]", "1:49: 'no' is no value of seats"),
        ("rules: [{name: x, then: {case: {subject: refnd}}}]", "1:42: 'refnd' is no subject here"),
        ("rules: [{name: x, capture: [{in: text, pattern: '(?P<sea>x)'}]}]", "1:49: there is no field 'sea'"),
        ("rules: [{name: x, on: reply, when: 'case.fields[\"seat\"] == \"\"'}]", "1:16: its condition reads case.fields"),
        ("rules: [{name: x, on: reply, when: 'size(case.fields) > 0'}]", '1:47: write case.fields["name"]'),
    ],
)  # fmt: skip
def test_what_is_not_declared_is_refused_at_its_place(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(Invalid) as raised:
        rules(tmp_path, record_creation=content)
    assert raised.value.problems[0].startswith(f"record_creation.yaml:{problem}"), raised.value.problems


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("fields: {queue: {}}", "1:10: queue is a field of every case"),
        ("fields: {a: {type: choice}}", "1:10: `choices` belong to the type choice"),
        ("fields: {a: {choices: [b]}}", "1:10: `choices` belong to the type choice"),
        ("fields: {a: {type: money}}", "1:20: fields.a.type: it should be 'text', 'integer'"),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(Invalid) as raised:
        book(tmp_path, custom_fields=content)
    assert raised.value.problems[0].startswith(f"custom_fields.yaml:{problem}"), raised.value.problems


@pytest.mark.parametrize(("seats", "queue"), [("12", "big"), ("3", "support"), ("", "support")])
def test_a_condition_reads_a_field_that_may_be_empty(tmp_path: Path, seats: str, queue: str) -> None:
    files = {
        "queues": "queues: {support: {title: S}, big: {title: B}}\n",
        "routing": 'rules: [{name: big, when: \'case.fields["seats"].matches("^..+$")\', to: {queue: big}}]\n',
        "record_creation": "rules: [{name: n, capture: [{in: subject, pattern: '(?P<seats>[0-9]+)'}]}]\n",
    }
    mail = email(subject=f"{seats} seats")
    judged = judge(mail, classified(), context(), rules(tmp_path, **files), received_at=NOW, now=NOW)
    assert judged.case is not None
    assert judged.case.queue == queue


def test_rules_for_replies_see_the_fields_of_the_case(tmp_path: Path) -> None:
    rule = 'rules: [{name: known, on: reply, when: \'case.fields["seats"] == "12"\', then: {quiet: true}}]\n'
    known = context(case=replace(case(), custom=(("seats", "12"),)))
    mail = email(text="One more question: where do I find it?")
    judged = judge(mail, classified(), known, rules(tmp_path, record_creation=rule), received_at=NOW, now=NOW)
    assert judged.rule == "known"
