"""Merging, families and links of cases, as values."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from desk.values import ACT, ANNA, CREATED, NOW, a_case
from lab.desks import RULES
from mailcase.desk import cases
from mailcase.desk.call import EmptyShelf, Request, Surroundings
from mailcase.desk.commands import Ran, run
from mailcase.desk.outcome import Outcome
from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.domain.case import Case, Status
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.number import format_number
from mailcase.domain.queue import QueueItem
from mailcase.domain.relations import MAX_CHILDREN, CaseLink
from mailcase.mail.commands import parse_commands
from mailcase.rules.load import load
from mailcase.rules.rulebook import Rulebook


@dataclass
class MemoryShelf(EmptyShelf):
    """Cases in memory."""

    known: dict[int, Outcome] = field(default_factory=dict)
    linked: tuple[CaseLink, ...] = ()
    last: int = 100

    def case(self, case_id: int) -> Outcome | None:
        return self.known.get(case_id)

    def children(self, case: Case) -> tuple[Outcome, ...]:
        return tuple(one for one in self.known.values() if one.case.parent_id == case.id)

    def links(self, case: Case) -> tuple[CaseLink, ...]:
        return self.linked

    def new_id(self) -> int:
        self.last += 1
        return self.last


def rulebook_with(folder: Path, closing: str) -> Rulebook:
    for name, content in (RULES | {"mailboxes.yaml": f"defaults: {{parent_closing: {closing}}}\n"}).items():
        (folder / name).write_text(content)
    return load(folder, [Mailbox(name="support", address="support@northwind.example", queue="support")])


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook_with(tmp_path_factory.mktemp("rules"), "independent")


def waiting(case_id: int, work: Sequence[Activity] = (), **changes: object) -> Outcome:
    item = QueueItem(id=case_id, case_id=case_id, queue="support", entered_at=CREATED)
    return Outcome.of(a_case(id=case_id, **changes), item, tuple(work))


def task(key: int, case_id: int, state: ActivityState = ActivityState.OPEN) -> Activity:
    return Activity(
        id=key,
        case_id=case_id,
        kind=ActivityKind.TASK,
        state=state,
        text=f"task {key}",
        created_at=CREATED,
        created_by="ben",
    )


def told(text: str, rulebook: Rulebook, start: Outcome, *others: Outcome, linked: tuple[CaseLink, ...] = ()) -> Ran:
    parsed = parse_commands(text)
    words = cases.outgoing(start.case, parsed.words, ACT) if parsed.words else None
    shelf = MemoryShelf(known={one.case.id: one for one in (start, *others)}, linked=linked)
    request = Request(agent=ANNA, commands=parsed.commands, words=words)
    return run(start, request, rulebook, ACT, Surroundings(shelf=shelf))


def numbers(*ids: int) -> str:
    return " ".join(map(format_number, ids))


def test_a_merge_ends_the_losers_and_the_survivor_has_all_of_theirs(rulebook: Rulebook) -> None:
    loser = waiting(8, [task(1, 8)], unanswered_since=CREATED, last_customer_mail_at=NOW)
    start = waiting(7, owner="ben", unanswered_since=NOW)
    ran = told(f"#merge {numbers(8)}", rulebook, start, loser)
    (gone,) = ran.outcome.others
    assert (gone.case.status, gone.case.status_reason, gone.case.merged_into_id) == (Status.CANCELLED, "merged", 7)
    assert gone.item is None
    case = ran.outcome.case
    assert (case.owner, case.unanswered_since, case.last_customer_mail_at) == ("ben", CREATED, NOW)
    assert ran.outcome.absorbed == (8,)
    assert [(one.id, one.case_id) for one in ran.outcome.open_work] == [(1, 7)]
    assert [line.outcome for line in ran.lines] == [f"took over {numbers(8)}"]


def test_the_children_of_a_loser_are_the_survivors(rulebook: Rulebook) -> None:
    ran = told(f"#merge {numbers(8)}", rulebook, waiting(7), waiting(8), waiting(9, parent_id=8))
    assert {one.case.id: one.case.parent_id for one in ran.outcome.others} == {8: None, 9: 7}


def test_what_the_loser_has_open_keeps_the_survivor_from_ending(rulebook: Rulebook) -> None:
    ran = told(f"#merge {numbers(8)}\n#resolve", rulebook, waiting(7), waiting(8, [task(1, 8)]))
    assert ran.refusal is not None
    assert "has open activities: task 1 (task 1)" in ran.refusal.outcome


OTHER = {"contact_id": 99}


@pytest.mark.parametrize(
    ("text", "start", "others", "why"),
    [
        (f"#merge {numbers(7)}", {}, [], "cannot be merged into itself"),
        (f"#merge {numbers(8, 8)}", {}, [waiting(8)], "a case is named twice"),
        (f"#merge {numbers(8)}", {}, [], "does not exist here"),
        ("#merge CAS-000008-AAA", {}, [], "is mistyped"),
        ("#merge tell", {}, [], "name the cases"),
        (f"#merge {numbers(8)}", {}, [waiting(8, status=Status.RESOLVED)], "is resolved; only active cases"),
        (f"#merge {numbers(8)}", {}, [waiting(8, status=Status.CANCELLED, merged_into_id=3)], "was merged already"),
        (f"#merge {numbers(8)}", {}, [waiting(8, **OTHER)], "of another customer"),
        (f"#merge {numbers(*range(10, 21))}", {}, [waiting(n) for n in range(10, 21)], "11 cases are too many"),
        (f"#merge {numbers(8)}", {"parent_id": 8}, [waiting(8)], "is a child of"),
        (f"#merge {numbers(8)}", {"parent_id": 5}, [waiting(8), waiting(9, parent_id=8)], "can have no children"),
        (
            f"#merge {numbers(8)}",
            {},
            [waiting(8), waiting(9, parent_id=8), *(waiting(n, parent_id=7) for n in range(100, 200))],
            "would have 101 children; 100 at most",
        ),
        (f"#parent {numbers(7)}", {}, [], "cannot be its own parent"),
        (f"#parent {numbers(8)}", {}, [waiting(8, parent_id=3)], "is a child itself"),
        (f"#parent {numbers(8)}", {}, [waiting(8), waiting(9, parent_id=7)], "has children of its own"),
        (f"#parent {numbers(8)}", {"parent_id": 8}, [waiting(8)], "already"),
        (f"#parent {numbers(8)}", {}, [waiting(8, status=Status.RESOLVED)], "reactivate it first"),
        ("#parent -", {}, [], "nobody's child"),
        ("#child x", {"parent_id": 3}, [], "a child can have no children"),
        ("#child x", {}, [waiting(n, parent_id=7) for n in range(10, 10 + MAX_CHILDREN)], "100 children; 100 at most"),
        (f"#link {numbers(7)}", {}, [], "cannot be linked with itself"),
        (f"#link -{numbers(8)}", {}, [waiting(8)], "is not linked with"),
        (f"#link {numbers(8)}\n#merge {numbers(8)}", {}, [waiting(8)], "changed by another command of this mail"),
    ],
)
def test_what_cannot_be_says_why(
    text: str, start: dict[str, object], others: list[Outcome], why: str, rulebook: Rulebook
) -> None:
    begun = waiting(7, **start)
    ran = told(text, rulebook, begun, *others)
    assert ran.refusal is not None, ran.lines
    assert why in ran.refusal.outcome
    assert ran.outcome == begun


def test_people_of_one_account_are_one_customer(rulebook: Rulebook) -> None:
    ran = told(f"#merge {numbers(8)}", rulebook, waiting(7, account_id=4), waiting(8, account_id=4, **OTHER))
    assert ran.outcome.absorbed == (8,)


def test_a_child_inherits_and_goes_where_its_title_says(rulebook: Rulebook) -> None:
    start = waiting(7, product="Printer", account_id=4)
    ran = told("#child billing: Refund the ink\n#child", rulebook, start)
    refund, same = (one.case for one in ran.outcome.others)
    assert (refund.id, refund.title, refund.queue, refund.product) == (101, "Refund the ink", "billing", "Printer")
    assert (refund.parent_id, refund.contact_id, refund.account_id) == (7, start.case.contact_id, 4)
    assert (same.id, same.title, same.queue) == (102, start.case.title, "support")
    assert ran.lines[0].outcome == f"child {format_number(101)} opened: Refund the ink"


def test_a_colon_in_a_title_is_no_queue(rulebook: Rulebook) -> None:
    (born,) = told("#child Error: E42", rulebook, waiting(7)).outcome.others
    assert (born.case.title, born.case.queue) == ("Error: E42", "support")


def test_a_case_joins_and_leaves_a_family(rulebook: Rulebook) -> None:
    joined = told(f"#parent {numbers(8)}", rulebook, waiting(7), waiting(8)).outcome
    assert joined.case.parent_id == 8
    assert [event.summary for event in joined.others[0].events] == [f"parent of {format_number(7)}"]
    left = told("#parent -", rulebook, waiting(7, parent_id=8), waiting(8)).outcome
    assert left.case.parent_id is None


def test_links_are_made_and_taken_away(rulebook: Rulebook) -> None:
    made = told(f"#link {numbers(8, 9)}", rulebook, waiting(7), waiting(8), waiting(9)).outcome
    assert made.links == (8, 9)
    assert [one.events[0].summary for one in made.others] == [f"linked with {format_number(7)}"] * 2
    there = (CaseLink(case_id=7, other_id=8, created_at=CREATED, created_by="anna"),)
    gone = told(f"#link -{numbers(8)}", rulebook, waiting(7), waiting(8), linked=there).outcome
    assert gone.unlinks == (8,)


@pytest.mark.parametrize(
    ("closing", "command", "ends", "why"),
    [
        ("independent", "#resolve", [], None),
        ("blocked", "#resolve", [], "has active children: CAS-000008"),
        ("blocked", "#cancel x", [], "has active children: CAS-000008"),
        ("cascade", "#resolve information_provided", [(8, "information_provided")], None),
        ("cascade", "#cancel a test", [(8, "cancelled")], None),
    ],
)
def test_the_end_of_a_parent(
    closing: str, command: str, ends: list[tuple[int, str]], why: str | None, tmp_path: Path
) -> None:
    child = waiting(8, [task(1, 8)], parent_id=7)
    done = waiting(9, parent_id=7, status=Status.RESOLVED, status_reason="problem_solved")
    ran = told(command, rulebook_with(tmp_path, closing), waiting(7), child, done)
    assert (why is None) == (ran.refusal is None)
    assert why is None or why in ran.refusal.outcome  # type: ignore[union-attr]
    assert [(one.case.id, one.case.status_reason) for one in ran.outcome.others] == ends
    assert all(not one.open_work for one in ran.outcome.others)


def test_a_case_is_no_loser_twice_over(rulebook: Rulebook) -> None:
    survivor = waiting(7)
    ran = told(f"#merge {numbers(8)}\n#merge {numbers(9)}", rulebook, survivor, waiting(8), waiting(9))
    assert ran.outcome.absorbed == (8, 9)
    assert replace(ran.outcome.case, modified_at=CREATED).merged_into_id is None


@pytest.mark.parametrize("text", ["#note one more thing", "#tag late", "#phone 5m rang", "#undo", "#reopen why"])
def test_nothing_is_put_on_a_case_that_was_merged(text: str, rulebook: Rulebook) -> None:
    gone = waiting(8, status=Status.CANCELLED, status_reason="merged", merged_into_id=7)
    refusal = told(text, rulebook, gone).refusal
    assert refusal is not None
    assert refusal.outcome == f"{numbers(8)} was merged into {numbers(7)}; work on that."
