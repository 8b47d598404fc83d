"""docs/rules-cookbook.md: every recipe is a working set of files whose examples come out as told."""

import re
from pathlib import Path

import pytest

from mailcase.domain.mailbox import Mailbox
from mailcase.files import defaults
from mailcase.mail.render import Templates
from mailcase.rules.lint import Around, lint
from mailcase.rules.load import load
from rule_cases import BILLING

TEXT = (Path(__file__).parents[2] / "docs" / "rules-cookbook.md").read_text(encoding="utf-8")
SUPPORT = Mailbox(name="support", address="support@desk.example", queue="support")
RECIPES = [(title, body) for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)]
FENCE = re.compile(r"^```yaml (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("title", "body"), RECIPES, ids=[title for title, _ in RECIPES])
def test_a_recipe_works(title: str, body: str, tmp_path: Path) -> None:
    files = dict(FENCE.findall(body))
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    rules = load(tmp_path, [SUPPORT, BILLING])  # which tries the examples
    templates = frozenset(Templates.load(tmp_path, defaults("templates")).names())
    assert body.count("expect:") >= 1, "a recipe without an example shows nothing"
    assert not [
        line
        for line in lint(rules, Around(templates=templates, mailboxes=(SUPPORT, BILLING)))
        if "never reached" in line or "template" in line
    ]


def test_there_are_enough_recipes_and_each_has_its_number() -> None:
    assert [int(title.partition(".")[0]) for title, _ in RECIPES] == list(range(1, len(RECIPES) + 1))
    assert len(RECIPES) >= 25


@pytest.mark.parametrize("kept", ["expect: {outcome: skip}", "expect: {queue: german}"])
def test_an_example_that_comes_out_differently_would_be_found(kept: str, tmp_path: Path) -> None:
    body = next(body for _, body in RECIPES if kept in body)
    for name, content in FENCE.findall(body.replace(kept, "expect: {outcome: bounce}")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(Exception, match="outcome"):
        load(tmp_path, [SUPPORT, BILLING])
