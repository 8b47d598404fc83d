"""The rule action `suggest`: which articles an acknowledgement offers."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailcase.domain.article import Article, ArticleState, Audience, Library
from mailcase.domain.decision import OpenCase
from mailcase.domain.email import Classification, Kind
from mailcase.errors import Invalid
from mailcase.rules.article_lint import lint_suggestions
from mailcase.rules.effect import Sort, differences, effect
from mailcase.rules.judge import judge
from mailcase.rules.load import load
from mailcase.rules.rulebook import Rulebook
from rule_cases import AGENTS, BILLING, NOW, SUPPORT, context, email

NUMBERS = frozenset({"KB-0001", "KB-0002"})


def book(folder: Path, then: str, boxes: str = "") -> Rulebook:
    (folder / "agents.yaml").write_text(AGENTS)
    (folder / "mailboxes.yaml").write_text(boxes)
    (folder / "record_creation.yaml").write_text(f"rules:\n  - name: r\n    then: {then}\n")
    return load(folder, [SUPPORT, BILLING], NUMBERS)


def judged(rules: Rulebook, *, may_acknowledge: bool = True):
    classification = Classification(kind=Kind.HUMAN, may_acknowledge=may_acknowledge, why=("test",))
    return judge(email(), classification, context(), rules, received_at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("then", "boxes", "offers", "articles"),
    [
        ("{}", "", False, ()),
        ("{suggest: true}", "", True, ()),
        ("{}", "defaults: {suggest: true}", True, ()),
        ("{suggest: false}", "defaults: {suggest: true}", False, ()),
        ("{suggest: [KB-0002]}", "", True, ("KB-0002",)),
        ("{}", "mailboxes: {billing: {suggest: true}}", False, ()),  # another mailbox
    ],
)
def test_a_rule_goes_before_its_mailbox(
    then: str, boxes: str, offers: bool, articles: tuple[str, ...], tmp_path: Path
) -> None:
    decision = judged(book(tmp_path, then, boxes)).decision

    assert isinstance(decision, OpenCase)
    assert (decision.suggest, decision.articles) == (offers, articles)


def test_nothing_is_offered_where_nothing_is_acknowledged(tmp_path: Path) -> None:
    found = judged(book(tmp_path, "{suggest: true}"), may_acknowledge=False)

    assert not found.decision.suggest
    assert "there is no acknowledgement" in [step.why for step in found.trace.steps if step.rule == "suggest articles"]


def test_the_trace_tells_what_is_suggested(tmp_path: Path) -> None:
    steps = judged(book(tmp_path, "{suggest: [KB-0002, KB-0001]}")).trace.steps

    assert [(step.is_hit, step.why) for step in steps if step.rule == "suggest articles"] == [
        (True, "KB-0002, KB-0001")
    ]


def test_a_replay_tells_that_other_articles_are_offered(tmp_path: Path) -> None:
    before = effect(judged(book(tmp_path, "{}")))
    after = effect(judged(book(tmp_path, "{suggest: [KB-0001]}")))

    (found,) = differences(before, after)

    assert (found.name, found.before, found.after, found.sort) == ("suggest", "none", "KB-0001", Sort.ANSWERED)


@pytest.mark.parametrize(
    ("then", "place", "words"),
    [
        ("{suggest: [KB-0009]}", "3:22", "there is no article 'KB-0009'; did you mean 'KB-000"),
        ("{suggest: [password]}", "3:21", "the number of an article, such as KB-0012"),
        ("{suggest: []}", "3:21", "it names no article"),
        ("{suggest: yes}", "3:21", "valid boolean"),
        ("{suggest: true, acknowledge: false}", "3:12", "no acknowledgement to offer articles in"),
    ],
)
def test_a_mistake_is_told_with_its_place(then: str, place: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        book(tmp_path, then)

    assert caught.value.problems[0].startswith(f"record_creation.yaml:{place}: ")
    assert words in caught.value.problems[0]


def test_an_answer_opens_no_case_to_suggest_anything_for(tmp_path: Path) -> None:
    (tmp_path / "record_creation.yaml").write_text("rules:\n  - {name: r, on: reply, then: {suggest: true}}\n")

    with pytest.raises(Invalid, match="'suggest' means nothing in a rule with on: reply"):
        load(tmp_path, [SUPPORT, BILLING])


@pytest.mark.parametrize(
    ("expect", "is_sound"),
    [("suggest: true", True), ("suggest: [KB-0001]", True), ("suggest: false", False), ("suggest: [KB-0002]", False)],
)
def test_an_example_can_expect_suggestions(expect: str, is_sound: bool, tmp_path: Path) -> None:
    then = f"{{suggest: [KB-0001]}}\n    examples:\n      - mail: {{}}\n        expect: {{{expect}}}"
    if is_sound:
        book(tmp_path, then)
        return
    with pytest.raises(Invalid, match=r"record_creation.yaml:6:17: this example comes out with suggest"):
        book(tmp_path, then)


def test_a_rule_that_suggests_what_nobody_is_offered_is_warned_of(tmp_path: Path) -> None:
    rules = book(tmp_path, "{suggest: [KB-0001, KB-0002]}")
    draft = Article(number="KB-0001", language="en", title="x", audience=Audience.PUBLIC)
    secret = replace(draft, number="KB-0002", audience=Audience.INTERNAL, state=ArticleState.PUBLISHED)

    one, two = lint_suggestions(rules, Library(articles=(draft, secret)))

    assert one == (
        "record_creation.yaml:2:11: rule 'r' suggests KB-0001, which is draft: nobody is offered it; publish it, "
        "or name another."
    )
    assert two.endswith("suggests KB-0002, which is internal: only agents are offered it.")
