"""Warnings about rules that are sound but hardly meant."""

from pathlib import Path

import pytest

from mailcase.rules.lint import lint
from rule_cases import AGENTS, book

TEMPLATES = frozenset({"customer/acknowledged"})
QUEUE = "queues: {support: {title: S, members: all}}"


@pytest.mark.parametrize(
    ("file", "content", "warning"),
    [
        ("record_creation", "rules: [{name: a}, {name: b, when: 'subject == \"x\"'}]", "record_creation.yaml:1:27: rule 'b' is never reached"),
        ("record_creation", "rules: [{name: a, when: 'text == \"x\"'}, {name: b, when: 'text == \"x\"'}]", "'b' is never reached"),
        ("record_creation", "rules: [{name: a, then: {skip: x}}]", "skips every mail"),
        ("record_creation", "rules: [{name: a, then: {acknowledge: customer/none}}]", "no such template"),
        ("mailboxes", "defaults: {acknowledge: x}", "defaults acknowledges with 'x'"),
        ("routing", "rules: [{name: a, to: {queue: support}}, {name: b, to: {queue: support}}]", "'b' is never reached"),
        ("routing", "rules: [{name: a, to: {owner: ben}}]", "gives cases to ben, who is not active"),
        ("queues", "queues: {support: {title: S}}", "nobody is told"),
        ("queues", "queues: {support: {title: S, members: [ben]}}", "nobody is told"),
        ("queues", "queues: {support: {title: S, members: [ben]}}", "anna is a member of no queue"),
        ("sla", "default: a\nslas: {a: {calendar: office, items: [{name: i, kpi: resolution, fail_after: 1h, on_fail: {tell: [managers]}}]}}", "nobody is a manager"),
    ],
)  # fmt: skip
def test_a_doubtful_rule_is_warned_of(tmp_path: Path, file: str, content: str, warning: str) -> None:
    warnings = lint(book(tmp_path, **({"agents": AGENTS, "queues": QUEUE} | {file: content})), TEMPLATES)

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
    assert lint(book(tmp_path, agents=AGENTS, queues=QUEUE, record_creation=rules), TEMPLATES) == ()


def test_the_shipped_rules_only_want_people(tmp_path: Path) -> None:
    assert lint(book(tmp_path), TEMPLATES) == (
        "queues.yaml: queue 'support' has no active member: nobody is told of its cases.",
    )
