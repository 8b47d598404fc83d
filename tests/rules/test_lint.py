"""Warnings about rules that are sound but hardly meant."""

from pathlib import Path

import pytest

from mailcase.rules.lint import Around, lint
from mailcase.rules.rulebook import ENVIRONMENTS, On
from mailcase.rules.told import NOTICES
from rule_cases import AGENTS, BILLING, SUPPORT, book

AROUND = Around(
    templates=frozenset({"customer/acknowledged"} | {one.template for one in NOTICES.values()}),
    mailboxes=(SUPPORT, BILLING),
)
QUEUE = "queues: {support: {title: S, members: all}}"


@pytest.mark.parametrize(
    ("file", "content", "warning"),
    [
        ("record_creation", "rules: [{name: a}, {name: b, when: 'subject == \"x\"'}]", "record_creation.yaml:1:27: rule 'b' is never reached"),
        ("record_creation", "rules: [{name: a, when: 'text == \"x\"'}, {name: b, when: 'text == \"x\"'}]", "'b' is never reached"),
        ("record_creation", "rules: [{name: a, then: {skip: x}}]", "nobody sees customers' mail to mailbox support"),
        ("record_creation", "rules: [{name: a, on: reply, when: 'text != \"\"', then: {quiet: true}}]", "'a' nobody sees customers' answers to mailbox support"),
        ("record_creation", "rules: [{name: a, on: resolved_reply, then: {skip: x}}]", "answers to resolved cases to mailbox billing"),
        ("record_creation", "rules: [{name: a}]", "automatic answers to the mailboxes support, billing become cases, by rule 'a'"),
        ("record_creation", "rules: [{name: a, mailbox: billing, when: 'kind == \"bulk\"'}]", "newsletters to mailbox billing become cases, by rule 'a'"),
        ("record_creation", "rules: [{name: a, when: 'from.address == \"billing@desk.example\"'}]", "rule 'a' is for mail from billing@desk.example, a mailbox of this desk"),
        ("record_creation", "rules: [{name: a, then: {acknowledge: customer/none}}]", "no such template"),
        ("mailboxes", "defaults: {acknowledge: customer/x}", "defaults acknowledges with 'customer/x'"),
        ("routing", "rules: [{name: a, to: {queue: support}}, {name: b, to: {queue: support}}]", "'b' is never reached"),
        ("routing", "rules: [{name: a, to: {owner: ben}}]", "gives cases to ben, who is not active"),
        ("queues", "queues: {support: {title: S}}", "nobody is told"),
        ("queues", "queues: {support: {title: S, members: all}, vip: {title: V, members: all}}", "leads to queue 'vip'"),
        ("queues", "queues: {support: {title: S, members: [ben]}}", "nobody is told"),
        ("queues", "queues: {support: {title: S, members: [ben]}}", "anna is a member of no queue"),
        ("sla", "default: a\nslas: {a: {calendar: office, items: [{name: i, kpi: resolution, fail_after: 1h, on_fail: {tell: [managers]}}]}}", "nobody is a manager"),
    ],
)  # fmt: skip
def test_a_doubtful_rule_is_warned_of(tmp_path: Path, file: str, content: str, warning: str) -> None:
    warnings = lint(book(tmp_path, **({"agents": AGENTS, "queues": QUEUE} | {file: content})), AROUND)

    assert any(warning in line for line in warnings), warnings


@pytest.mark.parametrize(
    "rules",
    [
        "rules: [{name: a, mailbox: billing}, {name: b}]",
        "rules: [{name: a, then: {watch: true}}, {name: b}]",
        "rules: [{name: a, on: reply}, {name: b}]",
        "rules: [{name: a, capture: [{in: text, pattern: '(?P<x>y)'}], otherwise: next}, {name: b}]",
    ],
)
def test_a_rule_that_lets_some_mail_pass_shadows_nothing(tmp_path: Path, rules: str) -> None:
    warnings = lint(book(tmp_path, agents=AGENTS, queues=QUEUE, record_creation=rules), AROUND)

    assert not [line for line in warnings if "never reached" in line]


def test_a_template_that_nothing_uses_is_warned_of(tmp_path: Path) -> None:
    rules = "rules: [{name: a, then: {acknowledge: customer/vip}}]"
    around = Around(
        templates=AROUND.templates | {"customer/vip", "customer/old"},
        own_templates=frozenset({"customer/vip", "customer/old"}),
    )

    warnings = lint(book(tmp_path, agents=AGENTS, queues=QUEUE, record_creation=rules), around)

    assert [line for line in warnings if "template" in line] == [
        "templates/customer/old: no rule and no mailbox uses this template, and the desk does not know it by itself."
    ]


def test_the_shipped_rules_only_want_people(tmp_path: Path) -> None:
    assert lint(book(tmp_path), AROUND) == (
        "queues.yaml: queue 'support' has no active member: nobody is told of its cases.",
    )


@pytest.mark.parametrize(
    ("before", "after", "is_covered"),
    [
        ('subject == "a"', 'text == "b" && subject == "a"', True),
        ('subject == "a" || text == "b"', 'text == "b"', True),
        ('subject == "a" && text == "b"', 'subject == "a"', False),
        ('subject == "a"', 'subject == "a" || text == "b"', False),
    ],
)
def test_a_condition_covers_what_asks_for_more(before: str, after: str, *, is_covered: bool) -> None:
    environment = ENVIRONMENTS[On.NEW]

    assert environment.compile(before).covers(environment.compile(after)) is is_covered
