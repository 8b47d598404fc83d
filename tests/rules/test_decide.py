"""The fixed policies of the desk: one row for each way a mail can go."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Status
from mailcase.domain.decision import (
    AppendToCase,
    Hold,
    Ignore,
    OpenCase,
    ReactivateCase,
    RecordBounce,
    ReturnToAgent,
    RunCommands,
)
from mailcase.domain.email import Address, Attachment, DeliveryReport, Kind
from mailcase.domain.inbox import HoldReason
from mailcase.domain.party import Agent
from mailcase.rules.decide import decide
from rule_cases import AGENTS, ANNA, NOW, book, case, classified, context, email

ACTIVE = case()
RESOLVED = case(status=Status.RESOLVED, status_reason="problem_solved", resolved_at=NOW - timedelta(days=3))
LONG_AGO = case(status=Status.RESOLVED, status_reason="problem_solved", resolved_at=NOW - timedelta(days=15))
MERGED = case(status=Status.CANCELLED, status_reason="merged", resolved_at=NOW, merged_into_id=5)
BEN = Agent(key="ben", name="Ben", address="ben@desk.example", is_active=False)
OUT = Activity(kind=ActivityKind.EMAIL_OUT, recipients=("x@y.example",), created_at=NOW, created_by="anna")
REPORT = DeliveryReport(permanent=True, recipients=("x@y.example",), status=("5.1.1",), original_message_id=None)
BOUNCE = classified(Kind.BOUNCE, report=REPORT)
THANKS = email(text="Thank you very much!\n\nCarla Diaz")

ROWS = [
    ("our own mail came back", email(), classified(Kind.LOOP), context(case=ACTIVE), Ignore),
    ("a bounce of our mail", email(), BOUNCE, context(case=ACTIVE, bounced=OUT), RecordBounce),
    ("a bounce on a case", email(), BOUNCE, context(case=ACTIVE), RecordBounce),
    ("a bounce of our mail that names nobody", email(), classified(Kind.BOUNCE), context(case=ACTIVE, bounced=OUT), RecordBounce),
    ("a bounce on a case that says nothing", email(), classified(Kind.BOUNCE), context(case=ACTIVE), AppendToCase),
    ("backscatter", email(), BOUNCE, context(), Ignore),
    ("a bounce that says nothing", email(), classified(Kind.BOUNCE), context(), Hold),
    ("a receipt on a case", email(), classified(Kind.DELIVERED), context(case=ACTIVE), AppendToCase),
    ("a complaint about no case", email(), classified(Kind.COMPLAINT), context(), Ignore),
    ("nobody sent it", email(senders=()), classified(), context(), Hold),
    ("two sent it", email(senders=(Address(address="a@b.c"), Address(address="d@b.c"))), classified(), context(), Hold),
    ("a canary", email(), classified(Kind.LOOP), context(canary="support"), Ignore),
    ("a flood", email(), classified(), context(case=ACTIVE, flood_limit=60), Hold),
    ("an agent's flood", email(), classified(), context(agent=ANNA, has_authority=True, case=ACTIVE, flood_limit=60), RunCommands),
    ("an agent on a case", email(), classified(), context(agent=ANNA, has_authority=True, case=ACTIVE), RunCommands),
    ("an agent on a resolved case", email(), classified(), context(agent=ANNA, has_authority=True, case=RESOLVED), RunCommands),
    ("an agent without proof", email(), classified(), context(agent=ANNA, case=ACTIVE), ReturnToAgent),
    ("an agent's reply without case", email(in_reply_to=("a@b",)), classified(), context(agent=ANNA, has_authority=True), ReturnToAgent),
    ("an agent guesses a case", email(), classified(), context(agent=ANNA, has_authority=True, hinted_case=ACTIVE), ReturnToAgent),
    ("an agent's command without case", email(text="#pick"), classified(), context(agent=ANNA, has_authority=True), ReturnToAgent),
    ("an agent writes as a customer", email(), classified(), context(agent=ANNA, has_authority=True), OpenCase),
    ("an agent is away", email(), classified(Kind.OUT_OF_OFFICE), context(agent=ANNA, case=ACTIVE), Ignore),
    ("an agent by way of a list", email(), classified(Kind.BULK), context(agent=ANNA), Ignore),
    ("a reply", email(), classified(), context(case=ACTIVE), AppendToCase),
    ("a reply to a resolved case", email(), classified(), context(case=RESOLVED), ReactivateCase),
    ("a late reply", email(), classified(), context(case=LONG_AGO), OpenCase),
    ("a reply to a merged case", email(), classified(), context(case=MERGED), OpenCase),
    ("the fourth reactivation", email(), classified(), context(case=RESOLVED, reactivations_last_hour=3), OpenCase),
    ("the third reactivation", email(), classified(), context(case=RESOLVED, reactivations_last_hour=2), ReactivateCase),
    ("thanks", THANKS, classified(), context(case=RESOLVED), AppendToCase),
    ("away, on a resolved case", email(), classified(Kind.OUT_OF_OFFICE), context(case=RESOLVED), AppendToCase),
    ("a guess", email(), classified(), context(hinted_case=ACTIVE), OpenCase),
    ("an automatic guess", email(), classified(Kind.AUTO_REPLY), context(hinted_case=ACTIVE), Ignore),
    ("a newsletter", email(), classified(Kind.BULK), context(), Ignore),
    ("a question", email(), classified(), context(), OpenCase),
    ("a stranger's question", email(), classified(), context(contact=None), OpenCase),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mail", "kind", "around", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_every_sort_of_mail_goes_its_way(tmp_path: Path, mail, kind, around, expected) -> None:
    decision, trace = decide(mail, kind, around, book(tmp_path, agents=AGENTS), NOW)

    assert type(decision) is expected
    assert trace.steps[-1].is_hit


def test_a_guess_opens_a_case_that_is_marked_and_linked(tmp_path: Path) -> None:
    decision, _ = decide(email(), classified(), context(hinted_case=ACTIVE), book(tmp_path), NOW)

    assert isinstance(decision, OpenCase)
    assert (decision.is_unverified, decision.related) == (True, ACTIVE)


def test_a_late_reply_opens_a_linked_case_of_a_participant(tmp_path: Path) -> None:
    decision, _ = decide(email(), classified(), context(case=LONG_AGO), book(tmp_path), NOW)

    assert isinstance(decision, OpenCase)
    assert (decision.is_unverified, decision.related) == (False, LONG_AGO)


def test_thanks_with_a_file_is_more_than_thanks(tmp_path: Path) -> None:
    file = Attachment(name="a.pdf", content_type="application/pdf", content=b"", sha256="", is_inline=False)
    mail = email(text="Thank you!", attachments=(file,))

    assert isinstance(decide(mail, classified(), context(case=RESOLVED), book(tmp_path), NOW)[0], ReactivateCase)


@pytest.mark.parametrize(
    ("size", "familiar", "why"),
    [(900, frozenset(), "an icon"), (20_000, frozenset({"logo"}), "a logo that came before")],
)
def test_thanks_with_a_signature_image_are_only_thanks(
    tmp_path: Path, size: int, familiar: frozenset[str], why: str
) -> None:
    file = Attachment(name="a.png", content_type="image/png", content=bytes(size), sha256="logo", is_inline=True)
    mail, around = email(text="Thank you!", attachments=(file,)), context(case=RESOLVED, familiar=familiar)

    assert isinstance(decide(mail, classified(), around, book(tmp_path), NOW)[0], AppendToCase), why


def test_thanks_with_a_picture_that_nobody_has_seen_are_more(tmp_path: Path) -> None:
    file = Attachment(name="a.png", content_type="image/png", content=bytes(20_000), sha256="new", is_inline=True)
    mail, around = email(text="Thank you!", attachments=(file,)), context(case=RESOLVED)

    assert isinstance(decide(mail, classified(), around, book(tmp_path), NOW)[0], ReactivateCase)


def test_an_answer_by_way_of_a_list_is_told(tmp_path: Path) -> None:
    decision, _ = decide(email(), classified(Kind.BULK), context(case=ACTIVE), book(tmp_path), NOW)

    assert isinstance(decision, AppendToCase)
    assert not decision.is_quiet


def test_mail_that_may_not_be_answered_opens_a_case_without_acknowledgement(tmp_path: Path) -> None:
    decision, trace = decide(
        email(), classified(may_acknowledge=False, why=("to a list",)), context(), book(tmp_path), NOW
    )

    assert isinstance(decision, OpenCase)
    assert decision.acknowledge is None
    assert "not to this mail: to a list" in [step.why for step in trace.steps]


@pytest.mark.parametrize(("policy", "reason"), [("hold", HoldReason.UNKNOWN_SENDER), ("ignore", "unknown_sender")])
def test_the_mailbox_says_what_becomes_of_strangers(tmp_path: Path, policy: str, reason: str) -> None:
    rules = book(tmp_path, mailboxes=f"defaults: {{unknown_senders: {policy}}}")

    decision, _ = decide(email(), classified(), context(contact=None), rules, NOW)

    assert isinstance(decision, Hold | Ignore)
    assert decision.reason == reason


def test_agents_may_be_kept_from_opening_cases(tmp_path: Path) -> None:
    rules = book(tmp_path, agents=AGENTS, mailboxes="defaults: {agents_may_open_cases: false}")

    decision, _ = decide(email(), classified(), context(agent=ANNA, has_authority=True), rules, NOW)

    assert isinstance(decision, ReturnToAgent)


@pytest.mark.parametrize(
    ("around", "expected"), [(context(agent=BEN), OpenCase), (context(agent=BEN, case=ACTIVE), Hold)]
)
def test_who_has_left_has_no_power_but_may_be_a_customer(tmp_path: Path, around, expected: type) -> None:
    assert type(decide(email(), classified(), around, book(tmp_path), NOW)[0]) is expected


def test_a_bounce_that_fits_nothing_is_held_where_the_mailbox_says_so(tmp_path: Path) -> None:
    rules = book(tmp_path, mailboxes="mailboxes: {support: {strange_bounces: hold}}")

    assert isinstance(decide(email(), BOUNCE, context(), rules, NOW)[0], Hold)


def test_no_rule_lets_a_loop_in(tmp_path: Path) -> None:
    rules = book(tmp_path, record_creation="rules: [{name: everything}]")

    assert decide(email(), classified(Kind.LOOP), context(), rules, NOW)[0] == Ignore(
        reason="loop", detail="test", rule="loop"
    )


def test_a_bounce_names_its_recipients_and_the_mail_it_is_about(tmp_path: Path) -> None:
    decision, _ = decide(email(), BOUNCE, context(case=ACTIVE, bounced=OUT), book(tmp_path), NOW)

    assert decision == RecordBounce(
        case=ACTIVE, recipients=("x@y.example",), status=("5.1.1",), is_permanent=True, activity=OUT
    )
