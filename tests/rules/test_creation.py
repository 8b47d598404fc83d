"""Creation rules: first match wins, captures fill fields, an error is never taken for false."""

from pathlib import Path

import pytest

from mailcase.domain.case import Priority, Status
from mailcase.domain.decision import AppendToCase, Hold, Ignore, NewCase, OpenCase, ReactivateCase
from mailcase.domain.email import Address, Kind
from mailcase.domain.inbox import HoldReason
from mailcase.rules.decide import decide
from rule_cases import BILLING, NOW, book, case, classified, context, email


def outcome(folder: Path, rules: str, mail=None, around=None):
    return decide(mail or email(), classified(), around or context(), book(folder, record_creation=rules), NOW)


def test_the_first_rule_that_matches_decides(tmp_path: Path) -> None:
    decision, trace = outcome(
        tmp_path,
        """
rules:
  - {name: invoices, when: 'subject.contains("invoice")', then: {case: {priority: low}}}
  - {name: parcels, when: 'subject.contains("parcel") && from.domain == "customer.example"', then: {case: {priority: high}}}
  - {name: all, then: {skip: never reached}}
""",
    )

    assert isinstance(decision, OpenCase)
    assert (decision.rule, decision.fields.priority) == ("parcels", Priority.HIGH)
    tried = [step for step in trace.steps if step.place.startswith("record_creation.yaml")]
    assert [(step.rule, step.is_hit) for step in tried] == [("invoices", False), ("parcels", True)]
    assert tried[0].why == 'subject.contains("invoice") is false'


def test_a_rule_of_another_mailbox_is_passed(tmp_path: Path) -> None:
    rules = "rules: [{name: a, mailbox: billing, then: {skip: no}}]"

    assert isinstance(outcome(tmp_path, rules)[0], OpenCase)
    assert isinstance(outcome(tmp_path, rules, around=context(mailbox=BILLING))[0], Ignore)


def test_a_rule_for_new_mail_never_sees_a_reply(tmp_path: Path) -> None:
    decision, _ = outcome(tmp_path, "rules: [{name: all, then: {skip: everything}}]", around=context(case=case()))

    assert isinstance(decision, AppendToCase)


def test_captured_text_fills_fields(tmp_path: Path) -> None:
    decision, _ = outcome(
        tmp_path,
        """
rules:
  - name: orders
    capture:
      - {in: text, pattern: 'order (?P<order>\\d+) of (?P<product>\\w+)', default: {order: none}}
      - {in: header X-Shop, pattern: '(?P<shop>.+)'}
""",
        email(text="About order 77 of Lamp", headers=(("x-shop", "a\tb"),)),
    )

    assert isinstance(decision, OpenCase)
    assert decision.fields.product == "Lamp"
    assert decision.fields.custom == (("order", "77"), ("shop", "a b"))


@pytest.mark.parametrize(("otherwise", "expected"), [("continue", OpenCase), ("next", Ignore), ("hold", Hold)])
def test_a_capture_that_finds_nothing_does_what_the_rule_says(tmp_path: Path, otherwise: str, expected: type) -> None:
    decision, _ = outcome(
        tmp_path,
        f"""
rules:
  - {{name: orders, capture: [{{in: subject, pattern: '(?P<order>[0-9]+)'}}], otherwise: {otherwise}}}
  - {{name: rest, then: {{skip: rest}}}}
""",
    )

    assert type(decision) is expected


def test_a_condition_that_fails_on_a_mail_holds_it(tmp_path: Path) -> None:
    rules = "rules: [{name: bad, when: '1 / (subject.size() - 19) > 0', then: {skip: x}}, {name: all, then: {skip: y}}]"

    decision, trace = outcome(tmp_path, rules)

    assert isinstance(decision, Hold)
    assert decision.reason is HoldReason.RULE_ERROR
    assert "rule 'bad', record_creation.yaml:1" in decision.detail
    assert any("error: divide by zero" in step.why for step in trace.steps)


def test_a_watching_rule_is_noted_and_passed(tmp_path: Path) -> None:
    decision, trace = outcome(tmp_path, "rules: [{name: look, then: {watch: true}}, {name: b, then: {hold: c}}]")

    assert isinstance(decision, Hold)
    assert [(s.rule, s.why) for s in trace.steps if s.rule == "look"] == [("look", "no condition; only watching")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("priority: HIGH", Priority.HIGH), ("priority: mega", None), ("nothing", None)],
)
def test_captured_text_chooses_only_among_the_values_there_are(tmp_path: Path, text: str, expected) -> None:
    rules = "rules: [{name: form, capture: [{in: text, pattern: 'priority: (?P<priority>[a-zA-Z]+)'}]}]"

    decision, _ = outcome(tmp_path, rules, email(text=text))

    assert isinstance(decision, OpenCase)
    assert decision.fields.priority is expected


@pytest.mark.parametrize("group", ["queue", "owner", "tags", "note", "sla"])
def test_a_customers_words_name_no_queue_and_no_agent(tmp_path: Path, group: str) -> None:
    rules = f"rules: [{{name: form, capture: [{{in: text, pattern: 'x: (?P<{group}>.+)'}}]}}]"

    decision, _ = outcome(tmp_path, rules, email(text="x: support"))

    assert isinstance(decision, OpenCase)
    assert decision.fields.custom == ((group, "support"),)
    assert not getattr(decision.fields, group)


def test_the_first_capture_of_a_field_counts(tmp_path: Path) -> None:
    rules = (
        "rules: [{name: a, capture: [{in: subject, pattern: '(?P<n>[0-9]+)'}, {in: text, pattern: '(?P<n>[0-9]+)'}]}]"
    )

    decision, _ = outcome(tmp_path, rules, email(subject="7", text="8"))

    assert isinstance(decision, OpenCase)
    assert decision.fields.custom == (("n", "7"),)


def test_a_rule_for_replies_changes_the_case(tmp_path: Path) -> None:
    rules = "rules: [{name: up, on: reply, then: {case: {priority: high}, note: look, quiet: true}}]"

    decision, _ = outcome(tmp_path, rules, around=context(case=case()))

    assert isinstance(decision, AppendToCase)
    assert decision.update == NewCase(priority=Priority.HIGH)
    assert (decision.note, decision.is_quiet) == ("look", True)


RESOLVED = case(status=Status.RESOLVED, resolved_at=NOW)


@pytest.mark.parametrize(
    ("wanted", "expected"), [("reactivate", ReactivateCase), ("new_case", OpenCase), ("attach", AppendToCase)]
)
def test_a_rule_says_what_a_reply_to_a_resolved_case_does(tmp_path: Path, wanted: str, expected: type) -> None:
    rules = f"rules: [{{name: again, on: resolved_reply, then: {{resolved: {wanted}, note: look}}}}]"

    decision, _ = outcome(tmp_path, rules, around=context(case=RESOLVED))

    assert type(decision) is expected
    assert decision.rule == "again"


def test_a_rule_that_keeps_a_reply_from_being_filed_holds_it(tmp_path: Path) -> None:
    rules = "rules: [{name: stop, on: resolved_reply, then: {hold: ask Anna}}]"

    decision, _ = outcome(tmp_path, rules, around=context(case=RESOLVED))

    assert isinstance(decision, Hold)
    assert (decision.reason, decision.detail) == (HoldReason.RULE, "ask Anna")


@pytest.mark.parametrize(
    ("rule", "mailbox", "expected"),
    [
        ("", "", "customer/acknowledged"),
        ("acknowledge: customer/vip", "", "customer/vip"),
        ("acknowledge: false", "", None),
        ("", "acknowledge: false", None),
        ("acknowledge: customer/vip", "acknowledge: false", "customer/vip"),
        ("", "acknowledge: customer/hello", "customer/hello"),
    ],
)
def test_the_rule_says_the_acknowledgement_before_the_mailbox(
    tmp_path: Path, rule: str, mailbox: str, expected
) -> None:
    rules = book(
        tmp_path,
        record_creation=f"rules: [{{name: a, then: {{{rule}}}}}]",
        mailboxes=f"mailboxes: {{support: {{{mailbox}}}}}",
    )

    decision, _ = decide(email(), classified(), context(), rules, NOW)

    assert isinstance(decision, OpenCase)
    assert decision.acknowledge == expected


def test_a_rule_lets_a_stranger_in_where_the_mailbox_does_not(tmp_path: Path) -> None:
    rules = book(
        tmp_path,
        record_creation="rules: [{name: form, when: 'auth.is_authentic', then: {unknown_senders: create}}]",
        mailboxes="defaults: {unknown_senders: hold}",
    )

    known, _ = decide(email(), classified(), context(contact=None, is_authentic=True), rules, NOW)
    unknown, _ = decide(email(), classified(), context(contact=None), rules, NOW)

    assert isinstance(known, OpenCase)
    assert isinstance(unknown, Hold)


@pytest.mark.parametrize(
    ("reply_to", "named"),
    [
        (("Ida <ida@shop.example>",), "ida@shop.example"),
        (("carla@customer.example",), None),  # the sender's own
        (("ida@shop.example", "max@shop.example"), None),  # which of them?
        (("nobody",), None),
        ((), None),
    ],
)
def test_a_form_names_its_writer_in_reply_to(tmp_path: Path, reply_to: tuple[str, ...], named: str | None) -> None:
    mail = email(reply_to=tuple(Address(address=one.strip("<>").split("<")[-1], name="Ida") for one in reply_to))

    decision, _ = outcome(tmp_path, "rules: [{name: form, then: {customer: reply_to}}]", mail)

    assert isinstance(decision, OpenCase)
    assert (decision.fields.customer.address if decision.fields.customer else None) == named


CAPTURED = """
rules:
  - name: form
    capture:
      - {in: text, pattern: '(?m)^Mail: (?P<customer_address>.+)$'}
      - {in: text, pattern: '(?m)^Name: (?P<customer_name>.+)$'}
    otherwise: hold
    then: {acknowledge: customer/acknowledged}
"""


def test_a_captured_customer_is_answered_though_a_machine_wrote(tmp_path: Path) -> None:
    mail = email(text="Mail: ida@shop.example\nName: Ida\n")
    book_ = book(tmp_path, record_creation=CAPTURED, mailboxes="defaults: {unknown_senders: hold}")

    decision, _ = decide(mail, classified(Kind.AUTO_REPLY), context(contact=None), book_, NOW)

    assert isinstance(decision, OpenCase)
    assert decision.fields.customer == Address(address="ida@shop.example", name="Ida")
    assert decision.acknowledge == "customer/acknowledged"


@pytest.mark.parametrize(
    "text", ["ida", "ida@shop", "a@b.example, c@d.example", "<ida@shop.example>", "i da@shop.example"]
)
def test_a_captured_text_that_is_no_address_names_nobody(tmp_path: Path, text: str) -> None:
    decision, _ = outcome(tmp_path, CAPTURED, email(text=f"Mail: {text}\nName: Ida"))

    assert isinstance(decision, Hold)
    assert decision.detail == "nothing captured for customer_address"
