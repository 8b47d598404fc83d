"""flows.yaml: what is wrong in it, what is doubtful, and which flow a mail's case begins."""

from pathlib import Path

import pytest

from mailcase.errors import Invalid, Refused
from mailcase.rules.effect import Sort, differences, effect
from mailcase.rules.flows import onward, require_applicable
from mailcase.rules.judge import Judgement, judge
from mailcase.rules.lint import Around, lint
from mailcase.rules.rulebook import Rulebook
from rule_cases import NOW, book, case, classified, context, email

STAGES = "stages: {one: {}, two: {}, three: {}}"


@pytest.mark.parametrize(
    ("flow", "wrong"),
    [
        ("stages: {one: {steps: [{field: ordr}]}}", "there is no field 'ordr'; did you mean 'order'?"),
        ("stages: {one: {steps: [{field: type, activity: task}]}}", "asks for a field or for an activity"),
        ("stages: {one: {steps: [{}]}}", "asks for a field or for an activity"),
        ("stages: {one: {steps: [{field: type, count: 2}]}}", "'count' means nothing for a field"),
        ("stages: {one: {steps: [{activity: fax}]}}", "phone_call"),
        ("stages: {one: {next: four}, two: {}}", "there is no stage 'four'"),
        ("stages: {one: {}, two: {next: one}}", "one is not behind this stage; people go back with #stage back"),
        ("stages: {one: {next: [{when: 'case.typ == \"x\"', stage: two}]}, two: {}}", "case.typ"),
        ("stages: {next: {}}", "next is a word of #stage"),
        ("stages: {one: {until: reached}}", "it belongs to `gates: resolve`"),
        ("stages: {}", "at least 1"),
        ("{calendar: nowhere, stages: {one: {}}}", "there is no calendar 'nowhere'"),
        ('{when: \'case.fields["ordr"] == "1"\', stages: {one: {}}}', "ordr"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, flow: str, wrong: str) -> None:
    one = flow if flow.startswith("{") else f"{{{flow}}}"
    with pytest.raises(Invalid) as refused:
        book(tmp_path, flows=f"flows: {{a: {one}}}", custom_fields="fields: {order: {}}")
    assert any(line.startswith("flows.yaml:1:") and wrong in line for line in refused.value.problems)


def test_words_of_the_command_are_no_names(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="none is a word of #flow"):
        book(tmp_path, flows=f"flows: {{none: {{{STAGES}}}}}")


@pytest.mark.parametrize(
    ("flows", "warning"),
    [
        ("a: {stages: {one: {next: three}, two: {}, three: {}}}", "no way leads to stage 'two' of 'a'; name it"),
        ("a: {stages: {one: {next: end}, two: {gates: resolve}}}", "'two' of 'a', and its gate holds nothing"),
        ("a: {stages: {one: {next: [{stage: two}, {stage: end}]}, two: {}}}", "from 'one' of 'a' to 'end' is never taken"),
        (f"a: {{automatic: true, {STAGES}}}, b: {{automatic: true, {STAGES}}}", "flow 'b' never begins by itself: 'a'"),
    ],
)  # fmt: skip
def test_what_no_case_comes_to_is_warned_of(tmp_path: Path, flows: str, warning: str) -> None:
    warnings = lint(book(tmp_path, flows=f"flows: {{{flows}}}"), Around(templates=frozenset()))
    assert any(warning in line and line.startswith("flows.yaml:1:") for line in warnings), warnings


def test_a_sound_flow_is_not_warned_of(tmp_path: Path) -> None:
    flows = "flows: {a: {stages: {one: {next: [{when: case.is_escalated, stage: three}]}, two: {}, three: {gates: resolve}}}}"
    assert not [line for line in lint(book(tmp_path, flows=flows), Around(templates=frozenset())) if "flows" in line]


AUTOMATIC = f"""\
flows:
  problems: {{automatic: true, when: case.type == "problem", {STAGES}}}
  others: {{automatic: true, {STAGES}}}
  special: {{{STAGES}}}
"""
CREATION = """\
rules:
  - {{name: odd, when: subject == "odd", then: {{flow: {flow}}}}}
  - {{name: broken, when: subject == "broken", then: {{case: {{type: problem}}}}}}
"""


def judged(rules: Rulebook, subject: str) -> Judgement:
    return judge(email(subject=subject), classified(), context(), rules, received_at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("subject", "flow", "tried"),
    [
        ("broken", "problems", [("flow problems", True)]),
        ("plain", "others", [("flow problems", False), ("flow others", True)]),
        ("odd", "special", None),
    ],
)
def test_a_case_begins_what_its_rule_names_or_the_first_that_is_for_it(
    tmp_path: Path, subject: str, flow: str, tried: list[tuple[str, bool]] | None
) -> None:
    found = judged(book(tmp_path, flows=AUTOMATIC, record_creation=CREATION.format(flow="special")), subject)
    assert found.case is not None
    assert (found.case.flow, found.case.stage) == (flow, "one")
    assert (found.flows and [(step.rule, step.is_hit) for step in found.flows.steps]) == tried


def test_a_rule_keeps_a_case_from_a_flow(tmp_path: Path) -> None:
    found = judged(book(tmp_path, flows=AUTOMATIC, record_creation=CREATION.format(flow="false")), "odd")
    assert found.case is not None
    assert (found.case.flow, found.case.flow_state) == (None, None)


def test_another_flow_is_a_difference_of_its_own_sort(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    before = effect(judged(book(tmp_path), "plain"))
    after = effect(judged(book(tmp_path / "b", flows=AUTOMATIC), "plain"))
    (difference,) = differences(before, after)
    assert (difference.name, difference.after, difference.sort) == ("flow", "others", Sort.GUIDED)


@pytest.mark.parametrize(("flow", "is_right"), [("special", True), ("others", False), ("false", False)])
def test_examples_state_the_flow(tmp_path: Path, flow: str, is_right: bool) -> None:
    examples = f"examples:\n  - {{mail: {{subject: odd}}, expect: {{rule: odd, flow: {flow}}}}}\n"
    files = {"flows": AUTOMATIC, "record_creation": CREATION.format(flow="special") + examples}
    if is_right:
        assert book(tmp_path, **files).flows
    else:
        with pytest.raises(Invalid, match="this example comes out with flow special, not"):
            book(tmp_path, **files)


def test_a_rule_that_names_no_flow_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"record_creation.yaml:2:\d+: there is no flow 'spcial'; did you mean 'special'"):
        book(tmp_path, flows=AUTOMATIC, record_creation=CREATION.format(flow="spcial"))


WAYS = """\
flows:
  a:
    when: case.priority == "high"
    stages:
      one: {next: [{when: case.is_escalated, stage: three}, {when: '"quick" in case.tags', stage: end}]}
      two: {}
      three: {}
"""


@pytest.mark.parametrize(
    ("changes", "stage"), [({"is_escalated": True}, "three"), ({"tags": ("quick",)}, None), ({}, "two")]
)
def test_the_first_branch_that_is_true_is_taken(tmp_path: Path, changes: dict[str, object], stage: str | None) -> None:
    rules = book(tmp_path, flows=WAYS)
    choose = onward(rules.flows["a"], context(), rules, NOW)
    assert choose(case(flow="a", stage="one", **changes)) == stage


def test_a_flow_is_only_for_the_cases_that_it_says(tmp_path: Path) -> None:
    rules = book(tmp_path, flows=WAYS)
    with pytest.raises(Refused, match="the flow a is not for CAS-000042"):
        require_applicable(rules.flows["a"], case(), context(), rules, NOW)
