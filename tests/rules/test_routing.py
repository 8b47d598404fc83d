"""Routing: the first rule that matches says where a case goes; else its mailbox does."""

from pathlib import Path

from mailcase.rules.routing import Route, route
from rule_cases import AGENTS, BILLING, NOW, book, case, context, email

ROUTING = """
rules:
  - {name: invoices, when: 'subject.matches("(?i)invoice") || case.tags.exists(t, t == "money")', to: {queue: money, owner: anna}}
"""
QUEUES = "queues: {support: {title: Support}, money: {title: Money}}"


def routed(folder: Path, **changes):
    rules = book(folder, routing=ROUTING, queues=QUEUES, agents=AGENTS)
    mail, around = changes.pop("mail", None), changes.pop("around", context())
    return route(case(**changes), mail, around, rules, NOW)


def test_a_rule_sees_the_mail(tmp_path: Path) -> None:
    chosen, trace = routed(tmp_path, mail=email(subject="INVOICE 7"))

    assert chosen == Route(queue="money", owner="anna", rule="invoices")
    assert trace.steps[0].why == 'subject.matches("(?i)invoice") is true'


def test_a_rule_sees_the_case_when_there_is_no_mail(tmp_path: Path) -> None:
    assert routed(tmp_path, tags=("money",))[0].queue == "money"


def test_without_a_match_the_mailbox_decides(tmp_path: Path) -> None:
    assert routed(tmp_path)[0] == Route(queue="support", owner=None, rule="mailbox")


def test_a_mailbox_without_queue_uses_the_first(tmp_path: Path) -> None:
    assert routed(tmp_path, around=context(mailbox=BILLING))[0].queue == "support"
